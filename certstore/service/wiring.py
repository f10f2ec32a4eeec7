"""Builds the house once, from settings: the only place where parts meet.

The floors stand in modules of their own, each on the one below: stores, ground floor, middle
floor; the top floor, `issuance`, is here.
"""

from functools import cached_property
from typing import TypeVar, cast

from certstore.authorization.debugging import DebugDesk
from certstore.authorization.metadata import MetadataDesk
from certstore.authorization.resource_gate import ResourceGate
from certstore.authorization.standing import TokenStandingDesk
from certstore.authorization.token_desk import TokenDesk
from certstore.cases.desk import CaseDesk
from certstore.collection import CollectionDesk
from certstore.consent.desk import ConsentDesk
from certstore.consent.held import consents_held
from certstore.consent.request_desk import ConsentRequestDesk
from certstore.counter.desk import CounterDesk
from certstore.disputes.answering import AnswerDesk
from certstore.disputes.desk import DisputeDesk
from certstore.entrustment.code_desk import UseCodeDesk
from certstore.entrustment.desk import EntrustmentDesk
from certstore.errors import MalformedError
from certstore.events.discovery import DiscoveryDesk
from certstore.events.feed import FeedDesk
from certstore.events.subscriptions import SubscriptionDesk
from certstore.federation.desk import FederationDesk
from certstore.hand_over.desk import HandOverDesk
from certstore.holdings import HoldingsDesk
from certstore.idempotency.desk import IdempotencyDesk
from certstore.keys import Purpose
from certstore.ledger import LedgerDesk
from certstore.messages.contact_desk import ContactDesk
from certstore.messages.report_desk import ReportDesk
from certstore.objects import ObjectStore
from certstore.onboarding.applying import OnboardingDesk
from certstore.onboarding.approval import ApprovalDesk
from certstore.onboarding.refusals import RefusalDesk
from certstore.onboarding.trying import TryingDesk
from certstore.organisations import OrganisationDesk
from certstore.own_data.desk import OwnDataDesk
from certstore.presentation import PresentationDesk
from certstore.presenting.devices import DeviceDesk
from certstore.questions.desk import QuestionDesk
from certstore.service.answer_forms import copies, form_desk, own_copy_desk
from certstore.service.matters import DESKS, SECTIONS, TopFloor
from certstore.sharing.desk import SharingDesk
from certstore.sharing.form_desk import FormDesk
from certstore.sharing.job_desk import JobDesk
from certstore.sharing.own_copies import OwnCopyDesk
from certstore.sharing.verify_desk import VerifyDesk
from certstore.sign_in import SignInDesk
from certstore.source_account import SourceDesk
from certstore.status_desk import StatusDesk
from certstore.storage.migrations import upgrade
from certstore.wallets.desk import WalletDesk
from certstore.wallets.held import wallet_copies_held
from certstore.wallets.metadata import WalletMetadataDesk
from certstore.wallets.nonces import NonceMint
from certstore.wallets.offers import WalletOfferDesk
from certstore.wallets.requests import WalletRequestDesk
from certstore.wallets.tokens import WalletTokenDesk
from certstore.witness import WitnessDesk
from face_auth.acceptance import FaceDesk
from face_auth.sandbox import SandboxProvider
from issuance.application import Application
from issuance.apply import ApplyDesk
from issuance.bulk.desk import BulkDesk
from issuance.checklist import ChecklistDesk
from issuance.claims.desk import ClaimDesk
from issuance.counter.cases.desk import IntakeDesk
from issuance.counter.presence import PresenceDesk
from issuance.dormitory import DormitoryDesk
from issuance.findings.desk import FindingDesk
from issuance.for_others.changes import StatusChangeDesk
from issuance.for_others.desk import ForOthersDesk
from issuance.four_eyes.desk import SecondDesk
from issuance.guides.desk import GuideDesk
from issuance.issue import IssuanceDesk
from issuance.joint.choosing import ChoosingDesk
from issuance.joint.desk import JointDesk
from issuance.photo_capture import PhotoDesk
from issuance.progress.desk import ProgressDesk
from issuance.ratings.desk import RatingDesk
from issuance.relied_on import closed_cases
from issuance.review import ReviewDesk
from issuance.statistics import StatisticsDesk
from issuance.supplementing import SupplementDesk
from issuance.tables import ApplicationBook
from issuance.taken_along import applications_held
from issuance.upload_cases import UploadCaseDesk
from issuance.uploads import UploadDesk
from issuance.volumes.desk import VolumeDesk
from verifiers.asking.desk import AskDesk
from verifiers.materials.rules import RuleBook
from verifiers.matters.approving import MatterApprovalDesk
from verifiers.matters.deciding import DecisionDesk
from verifiers.matters.registry import MatterDesk
from verifiers.scanning.desk import ScanDesk
from verifiers.scanning.told_scans import ToldScanDesk
from verifiers.wallets.desk import WalletQuestionDesk

D = TypeVar("D")


class House(TopFloor):
    """Every desk of one installation, built as they are asked for and kept."""

    def find(self, kind: type[D]) -> D:
        """The desk of this kind."""
        return cast("D", getattr(self, _NAMES[kind]))

    def prepare(self) -> None:
        """Bring the stores up to date and open what must be open before the first request."""
        if not self.keys.demonstration and not self.settings.oidc_issuer:
            raise MalformedError(
                "nobody could sign in: built-in identities stand beside demonstration keys only",
                where="CERTSTORE_OIDC_ISSUER",
                remedy="name the OpenID provider that people sign in with",
            )
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        upgrade(self.database)
        self.status_desk.open_first()
        _ = (self.keys, self.trust, self.objects)
        if self.settings.witness_logs is not None:
            _ = self.witness_desk  # a list or a key that cannot be read is told at the start
        self.look_at_settings()
        _ = (
            self.entry_hosts,
            self.witness_policy,
            self.peer_lines,
            self.time_authorities,
            self.stamp_desk,
        )

    @cached_property
    def holdings_desk(self) -> HoldingsDesk:
        """What residents hold; who relied on a record of theirs is told when the case is closed."""
        return HoldingsDesk(
            archive=self.archive,
            objects=self.objects,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            closed_cases=closed_cases,
        )

    @cached_property
    def form_desk(self) -> FormDesk:
        """Forms of an answer, annotated copies among them."""
        return form_desk(self, copies(self))

    @cached_property
    def job_desk(self) -> JobDesk:
        """Jobs of many pulls."""
        return JobDesk(
            archive=self.archive,
            clock=self.clock,
            sharing=self.sharing_desk,
            open_safe=lambda: self.safe,
        )

    @cached_property
    def own_copy_desk(self) -> OwnCopyDesk:
        """Annotated copies for holders."""
        return own_copy_desk(self)

    def application(self, ref: str) -> Application:
        """An application, whoever's it is: for the operator's own work, never for a route."""
        with self.archive.reading() as books:
            return ApplicationBook(books.connection).get(ref)

    @cached_property
    def idempotency_desk(self) -> IdempotencyDesk:
        """Requests sent again."""
        return IdempotencyDesk(archive=self.archive, clock=self.clock, open_safe=lambda: self.safe)

    @cached_property
    def wallet_question_desk(self) -> WalletQuestionDesk:
        """What verifiers ask wallets."""
        return WalletQuestionDesk(
            archive=self.archive,
            trust=self.trust_file,
            find_signer=lambda: self.keys.signer(Purpose.WALLET_REQUEST),
            clock=self.clock,
            origin=self.settings.ledger_origin,
            public_url=self.settings.public_url,
            open_safe=lambda: self.safe,
        )

    @cached_property
    def own_data_desk(self) -> OwnDataDesk:
        """Copies of everything held about somebody."""
        return OwnDataDesk(
            archive=self.archive,
            objects=self.objects,
            ledger=self.ledger_desk,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            sections={
                "applications": applications_held,
                "consents": consents_held,
                "wallet_copies": wallet_copies_held,
                "contacts": self.contacts_held,
                **SECTIONS,
            },
        )


_NAMES: dict[type, str] = {
    LedgerDesk: "ledger_desk",
    WitnessDesk: "witness_desk",
    StatusDesk: "status_desk",
    CollectionDesk: "collection_desk",
    HoldingsDesk: "holdings_desk",
    ObjectStore: "objects",
    PresentationDesk: "presentation_desk",
    DeviceDesk: "device_desk",
    TokenDesk: "token_desk",
    TokenStandingDesk: "token_standing_desk",
    ResourceGate: "resource_gate",
    DebugDesk: "debug_desk",
    MetadataDesk: "metadata_desk",
    SharingDesk: "sharing_desk",
    OwnDataDesk: "own_data_desk",
    UseCodeDesk: "use_code_desk",
    EntrustmentDesk: "entrustment_desk",
    AnswerDesk: "answer_desk",
    DisputeDesk: "dispute_desk",
    QuestionDesk: "question_desk",
    IdempotencyDesk: "idempotency_desk",
    StatusChangeDesk: "status_change_desk",
    ForOthersDesk: "for_others_desk",
    TryingDesk: "trying_desk",
    RefusalDesk: "refusal_desk",
    ApprovalDesk: "approval_desk",
    OnboardingDesk: "onboarding_desk",
    DiscoveryDesk: "discovery_desk",
    FeedDesk: "feed_desk",
    SubscriptionDesk: "subscription_desk",
    ConsentDesk: "consent_desk",
    ConsentRequestDesk: "consent_request_desk",
    FederationDesk: "federation_desk",
    FormDesk: "form_desk",
    OwnCopyDesk: "own_copy_desk",
    VerifyDesk: "verify_desk",
    JobDesk: "job_desk",
    SignInDesk: "sign_in_desk",
    HandOverDesk: "hand_over_desk",
    SandboxProvider: "sandbox_provider",
    FaceDesk: "face_desk",
    ChecklistDesk: "checklist_desk",
    IssuanceDesk: "issuance_desk",
    ApplyDesk: "apply_desk",
    ProgressDesk: "progress_desk",
    ChoosingDesk: "choosing_desk",
    JointDesk: "joint_desk",
    OrganisationDesk: "organisation_desk",
    SourceDesk: "source_desk",
    StatisticsDesk: "statistics_desk",
    VolumeDesk: "volume_desk",
    RatingDesk: "rating_desk",
    DormitoryDesk: "dormitory_desk",
    ReviewDesk: "review_desk",
    SupplementDesk: "supplement_desk",
    PresenceDesk: "presence_desk",
    IntakeDesk: "intake_desk",
    ClaimDesk: "claim_desk",
    SecondDesk: "second_desk",
    BulkDesk: "bulk_desk",
    FindingDesk: "finding_desk",
    GuideDesk: "guide_desk",
    UploadDesk: "upload_desk",
    UploadCaseDesk: "upload_case_desk",
    PhotoDesk: "photo_desk",
    ScanDesk: "scan_desk",
    WalletQuestionDesk: "wallet_question_desk",
    AskDesk: "ask_desk",
    ToldScanDesk: "told_scan_desk",
    MatterDesk: "matter_desk",
    MatterApprovalDesk: "matter_approval_desk",
    DecisionDesk: "decision_desk",
    CaseDesk: "case_desk",
    CounterDesk: "counter_desk",
    RuleBook: "rules",
    NonceMint: "wallet_nonces",
    WalletMetadataDesk: "wallet_metadata_desk",
    WalletOfferDesk: "wallet_offer_desk",
    WalletRequestDesk: "wallet_request_desk",
    WalletTokenDesk: "wallet_token_desk",
    WalletDesk: "wallet_desk",
    ContactDesk: "contact_desk",
    ReportDesk: "report_desk",
    **DESKS,
}
