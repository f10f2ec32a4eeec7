"""The books of the ground floor, opened together in one transaction."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property

from sqlalchemy import Connection

from certstore.storage.database import Database
from certstore.tables.batches import BatchBook
from certstore.tables.consents import ConsentBook
from certstore.tables.contacts import ContactBook
from certstore.tables.devices import DeviceBook
from certstore.tables.disputes import DisputeBook
from certstore.tables.documents import DocumentBook
from certstore.tables.earlier import EarlierBook
from certstore.tables.entries import EntryBook
from certstore.tables.entrustments import EntrustmentBook
from certstore.tables.events import EventBook
from certstore.tables.expiries import ExpiryBook
from certstore.tables.guardianships import GuardianshipBook
from certstore.tables.holds import HoldBook
from certstore.tables.idempotency import IdempotencyBook, confirm_claim
from certstore.tables.issuers import IssuerBook
from certstore.tables.joint_tests import JointTestBook
from certstore.tables.ledger import LedgerBook
from certstore.tables.matter_proposals import ProposalBook
from certstore.tables.matters import MatterBook
from certstore.tables.message_attempts import AttemptBook
from certstore.tables.messages import MessageBook
from certstore.tables.notices import Inbox
from certstore.tables.onboarding import OnboardingBook
from certstore.tables.organisations import OrganisationBook
from certstore.tables.outbox import Outbox
from certstore.tables.peers import PeerBook
from certstore.tables.people import People
from certstore.tables.pictures import PictureBook
from certstore.tables.presentations import PresentationBook
from certstore.tables.pull_jobs import PullJobBook
from certstore.tables.questions import QuestionBook
from certstore.tables.quotas import QuotaBook
from certstore.tables.refused_calls import RefusedCallBook
from certstore.tables.register import Register
from certstore.tables.reminder_days import ReminderBook
from certstore.tables.sessions import SessionBook
from certstore.tables.sharing import SharingBook
from certstore.tables.sources import SourceBook
from certstore.tables.stamps import StampBook
from certstore.tables.statuses import StatusListBook
from certstore.tables.told_scans import ToldScanBook
from certstore.tables.turns import TurnBook
from certstore.tables.usage import UsageBook
from certstore.tables.use_codes import UseCodeBook
from certstore.tables.verifier_requests import VerifierRequestBook
from certstore.tables.wallet_questions import WalletQuestionBook
from certstore.tables.wallets import WalletBook
from certstore.tables.webhooks import WebhookBook
from certstore.tables.witness import WitnessBook
from certstore.tables.wrong_numbers import WrongNumberBook


class Books:
    """Every book of the ground floor on one connection; opened as they are asked for."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this connection's transaction."""
        self.connection = connection

    @cached_property
    def people(self) -> People:
        """People."""
        return People(self.connection)

    @cached_property
    def register(self) -> Register:
        """Certificates."""
        return Register(self.connection)

    @cached_property
    def holds(self) -> HoldBook:
        """What keeps certificates from being used."""
        return HoldBook(self.connection)

    @cached_property
    def ledger(self) -> LedgerBook:
        """The tamper-evident record."""
        return LedgerBook(self.connection)

    @cached_property
    def witness(self) -> WitnessBook:
        """Cosigned tree heads, others' and ours."""
        return WitnessBook(self.connection)

    @cached_property
    def usage(self) -> UsageBook:
        """Accesses."""
        return UsageBook(self.connection)

    @cached_property
    def outbox(self) -> Outbox:
        """Events to tell."""
        return Outbox(self.connection)

    @cached_property
    def events(self) -> EventBook:
        """Feeds of events."""
        return EventBook(self.connection)

    @cached_property
    def webhooks(self) -> WebhookBook:
        """Subscriptions and deliveries."""
        return WebhookBook(self.connection)

    @cached_property
    def inbox(self) -> Inbox:
        """Notices to people."""
        return Inbox(self.connection)

    @cached_property
    def guardianships(self) -> GuardianshipBook:
        """Who may act for which child."""
        return GuardianshipBook(self.connection)

    @cached_property
    def presentations(self) -> PresentationBook:
        """Codes shown on line."""
        return PresentationBook(self.connection)

    @cached_property
    def devices(self) -> DeviceBook:
        """Phones that show off line."""
        return DeviceBook(self.connection)

    @cached_property
    def verifier_requests(self) -> VerifierRequestBook:
        """What verifiers ask."""
        return VerifierRequestBook(self.connection)

    @cached_property
    def told_scans(self) -> ToldScanBook:
        """Scans off line that were told of."""
        return ToldScanBook(self.connection)

    @cached_property
    def wrong_numbers(self) -> WrongNumberBook:
        """Nine digits that stood for no code."""
        return WrongNumberBook(self.connection)

    @cached_property
    def batches(self) -> BatchBook:
        """Batches handed in."""
        return BatchBook(self.connection)

    @cached_property
    def sharing(self) -> SharingBook:
        """Clients and purposes."""
        return SharingBook(self.connection)

    @cached_property
    def matter_proposals(self) -> ProposalBook:
        """Versions of matters that wait for two people."""
        return ProposalBook(self.connection)

    @cached_property
    def matters(self) -> MatterBook:
        """Agencies' matters, and decisions made for them."""
        return MatterBook(self.connection)

    @cached_property
    def consents(self) -> ConsentBook:
        """What holders are asked for, and what they gave."""
        return ConsentBook(self.connection)

    @cached_property
    def organisations(self) -> OrganisationBook:
        """Employers and schools enrolled."""
        return OrganisationBook(self.connection)

    @cached_property
    def issuers(self) -> IssuerBook:
        """Authorities whose certificates are sealed here."""
        return IssuerBook(self.connection)

    @cached_property
    def idempotency(self) -> IdempotencyBook:
        """Requests that brought a key."""
        return IdempotencyBook(self.connection)

    @cached_property
    def pictures(self) -> PictureBook:
        """Photo checks and fingerprints."""
        return PictureBook(self.connection)

    @cached_property
    def joint_tests(self) -> JointTestBook:
        """Joint tests of interfaces."""
        return JointTestBook(self.connection)

    @cached_property
    def sources(self) -> SourceBook:
        """What source authorities said last."""
        return SourceBook(self.connection)

    @cached_property
    def sessions(self) -> SessionBook:
        """Sessions and sign-ins."""
        return SessionBook(self.connection)

    @cached_property
    def entries(self) -> EntryBook:
        """People handed over by apps."""
        return EntryBook(self.connection)

    @cached_property
    def earlier(self) -> EarlierBook:
        """Earlier verifications told of at sign-in."""
        return EarlierBook(self.connection)

    @cached_property
    def expiries(self) -> ExpiryBook:
        """Ends of validity."""
        return ExpiryBook(self.connection)

    @cached_property
    def peers(self) -> PeerBook:
        """Other cities."""
        return PeerBook(self.connection)

    @cached_property
    def documents(self) -> DocumentBook:
        """Links to documents."""
        return DocumentBook(self.connection)

    @cached_property
    def pull_jobs(self) -> PullJobBook:
        """Jobs of many pulls."""
        return PullJobBook(self.connection)

    @cached_property
    def wallets(self) -> WalletBook:
        """Certificates put into wallets."""
        return WalletBook(self.connection)

    @cached_property
    def statuses(self) -> StatusListBook:
        """Published status lists."""
        return StatusListBook(self.connection)

    @cached_property
    def stamps(self) -> StampBook:
        """Time-stamps over documents."""
        return StampBook(self.connection)

    @cached_property
    def onboarding(self) -> OnboardingBook:
        """Clients and purposes on their way."""
        return OnboardingBook(self.connection)

    @cached_property
    def quotas(self) -> QuotaBook:
        """How often purposes were used."""
        return QuotaBook(self.connection)

    @cached_property
    def refused_calls(self) -> RefusedCallBook:
        """Why clients' calls were refused."""
        return RefusedCallBook(self.connection)

    @cached_property
    def questions(self) -> QuestionBook:
        """Questions about accesses."""
        return QuestionBook(self.connection)

    @cached_property
    def disputes(self) -> DisputeBook:
        """Disputes about records."""
        return DisputeBook(self.connection)

    @cached_property
    def entrustments(self) -> EntrustmentBook:
        """Who may use whose certificate."""
        return EntrustmentBook(self.connection)

    @cached_property
    def turns(self) -> TurnBook:
        """One transaction at a time."""
        return TurnBook(self.connection)

    @cached_property
    def use_codes(self) -> UseCodeBook:
        """Codes for one use."""
        return UseCodeBook(self.connection)

    @cached_property
    def wallet_questions(self) -> WalletQuestionBook:
        """What verifiers ask wallets."""
        return WalletQuestionBook(self.connection)

    @cached_property
    def contacts(self) -> ContactBook:
        """Where people are told besides the inbox."""
        return ContactBook(self.connection)

    @cached_property
    def messages(self) -> MessageBook:
        """What is told there."""
        return MessageBook(self.connection)

    @cached_property
    def attempts(self) -> AttemptBook:
        """How often, whatever became of it."""
        return AttemptBook(self.connection)

    @cached_property
    def reminders(self) -> ReminderBook:
        """Up to which day was reminded of what."""
        return ReminderBook(self.connection)


class Archive:
    """Opens the books: every desk holds it, and closes what it opened before it answers."""

    def __init__(self, database: Database) -> None:
        """Keep the books in this database."""
        self.database = database

    @contextmanager
    def writing(self) -> Iterator[Books]:
        """Open the books to write; committed when the block ends without an error.

        What is done for a request that brought a key is committed only while the key is held.
        """
        with self.database.write() as connection:
            yield Books(connection)
            confirm_claim(connection)

    @contextmanager
    def reading(self) -> Iterator[Books]:
        """Open the books to read one consistent state."""
        with self.database.read() as connection:
            yield Books(connection)
