"""The ground floor of one installation: keys, trust, and the desks of `certstore`."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property

from certstore.authority import AuthorityName, KeyRing
from certstore.authorization.access_token import TOKEN_LIFETIME_S, TokenMint
from certstore.authorization.client_keys import ClientKeyDesk
from certstore.authorization.debugging import DebugDesk
from certstore.authorization.details import USABLE
from certstore.authorization.metadata import MetadataDesk
from certstore.authorization.resource_gate import ResourceGate
from certstore.authorization.standing import TokenStandingDesk
from certstore.authorization.token_desk import TokenDesk
from certstore.cases.desk import CaseDesk
from certstore.collection import CollectionDesk
from certstore.consent.desk import ConsentDesk
from certstore.consent.request_desk import ConsentRequestDesk
from certstore.counter.desk import CounterDesk
from certstore.disputes.answering import AnswerDesk
from certstore.disputes.desk import DisputeDesk
from certstore.entrustment.code_desk import UseCodeDesk
from certstore.entrustment.desk import EntrustmentDesk
from certstore.errors import NotFoundError
from certstore.federation.desk import FederationDesk
from certstore.federation.peer_line import PeerLine
from certstore.holdings import HoldingsDesk
from certstore.issuer_keys import IssuerKeys
from certstore.issuers import IssuerDesk
from certstore.key_rotation import KeySuccession
from certstore.keys import Purpose
from certstore.ledger import LedgerDesk
from certstore.organisations import OrganisationDesk
from certstore.pictures import PictureDesk
from certstore.presentation import PresentationDesk
from certstore.questions.desk import QuestionDesk
from certstore.service.answer_forms import form_desk
from certstore.service.key_room import open_key_room, witness_signer
from certstore.service.openid import HttpProvider, OpenIdClient
from certstore.service.passphrase import passphrase
from certstore.service.peer_file import open_peer_lines
from certstore.service.photo_check import PhotoCheckers, open_photo_check
from certstore.service.stores import Stores
from certstore.service.trust_file import TrustFile
from certstore.service.witness_client import HttpWitnesses
from certstore.service.witness_files import open_witness_desk, read_policy
from certstore.sharing.desk import SharingDesk
from certstore.sharing.form_desk import FormDesk
from certstore.sharing.verify_desk import VerifyDesk
from certstore.sign_in import SignInDesk
from certstore.source_account import SourceDesk
from certstore.status_desk import StatusDesk
from certstore.trust import TrustList
from certstore.witness import WitnessDesk
from certstore.witness_policy import WitnessPolicy
from certstore.witnessing import WitnessingDesk
from certstore.working_days import WorkCalendar
from verifiers.materials.addresses import same_place


class GroundFloor(Stores):
    """Keys, trust, and the desks of `certstore`."""

    @cached_property
    def authority(self) -> AuthorityName:
        """The authority this house issues for."""
        s = self.settings
        return AuthorityName(s.authority_uscc, s.authority_name_zh, s.authority_name_en)

    @cached_property
    def keys(self) -> KeyRing:
        """The signers."""
        return open_key_room(
            self.settings.keys_folder,
            passphrase(self.settings),
            self.authority,
            self.clock.now(),
            demonstration=self.settings.demonstration,
        )

    @property
    def demonstration(self) -> bool:
        """Whether sandboxes are open: wanted by the settings, and beside demonstration keys only.

        Demonstration keys in the folder of a house that wants no demonstration open nothing.
        """
        return self.settings.demonstration and self.keys.demonstration

    @cached_property
    def trust_file(self) -> TrustFile:
        """The trust list, verified with our own root; read anew when its file changes."""
        path = self.settings.keys_folder / "trust-list.jws"
        return TrustFile(path, self.keys.root, self.clock)

    @property
    def trust(self) -> TrustList:
        """The trust list that holds just now."""
        return self.trust_file()

    @property
    def trust_jws(self) -> str:
        """The trust list as it is published."""
        return self.trust_file.text

    @cached_property
    def ledger_desk(self) -> LedgerDesk:
        """Checkpoints and proofs."""
        return LedgerDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.LEDGER),
            clock=self.clock,
            origin=self.settings.ledger_origin,
            policy=self.witness_policy,
        )

    @cached_property
    def witness_policy(self) -> WitnessPolicy | None:
        """Who cosigns our checkpoints; none where no file names anybody."""
        return read_policy(self.settings.witnesses_file)

    @cached_property
    def witness_client(self) -> HttpWitnesses:
        """Asks witnesses over HTTP."""
        return HttpWitnesses()

    def close(self) -> None:
        """Give back connections and files, to witnesses too."""
        if "witness_client" in self.__dict__:  # asked for
            self.witness_client.close()
        if "peer_lines" in self.__dict__:
            for line in self.peer_lines.values():
                line.close()
        super().close()

    @cached_property
    def witnessing_desk(self) -> WitnessingDesk | None:
        """Has our checkpoints cosigned."""
        if self.witness_policy is None:
            return None
        return WitnessingDesk(
            archive=self.archive,
            clock=self.clock,
            policy=self.witness_policy,
            client=self.witness_client,
        )

    @cached_property
    def witness_desk(self) -> WitnessDesk:
        """Cosigns other logs' checkpoints; NotFoundError where the settings name no log."""
        file = self.settings.witness_logs
        if file is None:
            raise NotFoundError(
                "this service is no witness",
                where="CERTSTORE_WITNESS_LOGS",
                remedy="its operator lists the logs it is to watch (docs/ledger.md)",
            )
        return open_witness_desk(
            file,
            self.settings.witness_name,
            witness_signer(
                self.settings.keys_folder, passphrase(self.settings), make=self.keys.demonstration
            ),
            self.archive,
            self.clock,
        )

    @cached_property
    def status_desk(self) -> StatusDesk:
        """Status lists."""
        return StatusDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.STATUS),
            clock=self.clock,
            issuer=self.settings.public_url,
            issuer_signer=lambda uscc: self.issuer_keys.find(uscc, Purpose.STATUS),
        )

    @cached_property
    def issuer_keys(self) -> IssuerKeys:
        """The keys of authorities enrolled to issue."""
        return IssuerKeys(self.keys, passphrase(self.settings))

    @cached_property
    def issuer_desk(self) -> IssuerDesk:
        """Authorities enrolled to issue."""
        return IssuerDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def collection_desk(self) -> CollectionDesk:
        """Batches of source authorities."""
        return CollectionDesk(
            archive=self.archive,
            objects=self.objects,
            trust=self.trust_file,
            clock=self.clock,
            pictures=self.picture_desk,
        )

    @cached_property
    def photo_check(self) -> PhotoCheckers:
        """The photo check, at the levels the settings want and the installation has."""
        return open_photo_check(self.settings.photo_level)

    @cached_property
    def picture_desk(self) -> PictureDesk:
        """Photos on file."""
        check = self.photo_check
        return PictureDesk(
            archive=self.archive,
            objects=self.objects,
            clock=self.clock,
            judge=check.for_batches,
            look_closer=check.look_closer,
        )

    @cached_property
    def organisation_desk(self) -> OrganisationDesk:
        """Employers and schools enrolled."""
        return OrganisationDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def source_desk(self) -> SourceDesk:
        """What sources may know of their hand-ins."""
        return SourceDesk(
            archive=self.archive,
            trust=self.trust_file,
            calendar=self.calendar,
            clock=self.clock,
        )

    @cached_property
    def holdings_desk(self) -> HoldingsDesk:
        """What residents hold."""
        return HoldingsDesk(
            archive=self.archive,
            objects=self.objects,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def presentation_desk(self) -> PresentationDesk:
        """Codes shown on line."""
        return PresentationDesk(
            archive=self.archive,
            signer=self.keys.signer(Purpose.PRESENTATION),
            clock=self.clock,
            origin=self.settings.ledger_origin,
            issuer_signer=lambda uscc: self.issuer_keys.find(uscc, Purpose.PRESENTATION),
        )

    @cached_property
    def token_desk(self) -> TokenDesk:
        """Access tokens, given."""
        usable = USABLE | ({"approved"} if self.demonstration else set())
        return TokenDesk(
            archive=self.archive, mint=self.token_mint, clock=self.clock, usable=usable
        )

    @cached_property
    def token_keys(self) -> KeySuccession:
        """The keys that sign access tokens, one after the other."""
        lifetime = timedelta(seconds=TOKEN_LIFETIME_S)
        return KeySuccession(self.keys, passphrase(self.settings), Purpose.TOKEN, lifetime)

    @cached_property
    def token_mint(self) -> TokenMint:
        """Writes and opens access tokens."""
        return TokenMint(self.token_keys, self.settings.public_url)

    @cached_property
    def resource_gate(self) -> ResourceGate:
        """Access tokens, used."""
        return ResourceGate(archive=self.archive, mint=self.token_mint, clock=self.clock)

    @cached_property
    def token_standing_desk(self) -> TokenStandingDesk:
        """Access tokens, asked about and revoked."""
        return TokenStandingDesk(
            archive=self.archive, mint=self.token_mint, tokens=self.token_desk, clock=self.clock
        )

    @cached_property
    def client_key_desk(self) -> ClientKeyDesk:
        """The keys that clients sign with."""
        return ClientKeyDesk(archive=self.archive)

    @cached_property
    def debug_desk(self) -> DebugDesk:
        """Why a token is refused."""
        return DebugDesk(archive=self.archive, tokens=self.token_desk, clock=self.clock)

    @cached_property
    def metadata_desk(self) -> MetadataDesk:
        """What machines read about the token endpoints."""
        return MetadataDesk(
            tokens=self.token_desk,
            standing=self.token_standing_desk,
            keys=self.token_keys,
            clock=self.clock,
        )

    @cached_property
    def sharing_desk(self) -> SharingDesk:
        """Pulls."""
        return SharingDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
            gate=self.resource_gate,
            forms=self.form_desk,
        )

    @cached_property
    def peer_lines(self) -> Mapping[str, PeerLine]:
        """Lines to other cities; none where no file names any."""
        s = self.settings
        return open_peer_lines(s.peers_file, passphrase(s), s.public_url, self.clock)

    @cached_property
    def federation_desk(self) -> FederationDesk:
        """Pulls from other cities."""
        return FederationDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
            lines=self.peer_lines,
        )

    @cached_property
    def verify_desk(self) -> VerifyDesk:
        """Yes-or-no questions."""
        return VerifyDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
            same_place=same_place,
        )

    @cached_property
    def form_desk(self) -> FormDesk:
        """Forms of an answer; the floor with the press makes copies, too."""
        return form_desk(self, None)

    @cached_property
    def openid_issuer(self) -> str:
        """The identity provider: the one configured, or the built-in one."""
        return self.settings.oidc_issuer or f"{self.settings.public_url}/development-identity"

    @cached_property
    def sign_in_desk(self) -> SignInDesk:
        """Sessions."""
        s = self.settings
        client = OpenIdClient(
            client_id=s.oidc_client_id,
            client_secret=s.oidc_client_secret.get_secret_value(),
            algorithms=frozenset(s.oidc_algorithms),
        )
        return SignInDesk(
            archive=self.archive,
            provider=HttpProvider(self.openid_issuer, client),
            clock=self.clock,
            client_id=s.oidc_client_id,
            redirect_uri=f"{s.public_url}/sign-in/return",
            session_time=timedelta(minutes=s.session_minutes),
        )

    @cached_property
    def calendar(self) -> WorkCalendar:
        """Working days."""
        return WorkCalendar.load()

    @cached_property
    def case_desk(self) -> CaseDesk:
        """What an agency did under a case number."""
        return CaseDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
        )

    @cached_property
    def counter_desk(self) -> CounterDesk:
        """Pulls by clerks of agencies without a system of their own."""
        return CounterDesk(archive=self.archive, sharing=self.sharing_desk, cases=self.case_desk)

    @cached_property
    def consent_request_desk(self) -> ConsentRequestDesk:
        """Consent, asked for by services."""
        return ConsentRequestDesk(
            archive=self.archive,
            clock=self.clock,
            issuer=self.settings.public_url,
            demonstration=self.demonstration,
        )

    @cached_property
    def consent_desk(self) -> ConsentDesk:
        """Consent, given and taken back by holders."""
        return ConsentDesk(
            archive=self.archive,
            clock=self.clock,
            receipt_signer=self.keys.signer(Purpose.RECEIPT),
            issuer=self.settings.public_url,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def question_desk(self) -> QuestionDesk:
        """Questions about accesses."""
        return QuestionDesk(
            archive=self.archive,
            calendar=self.calendar,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def dispute_desk(self) -> DisputeDesk:
        """Disputes, for whose records they are about."""
        return DisputeDesk(
            archive=self.archive,
            calendar=self.calendar,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def answer_desk(self) -> AnswerDesk:
        """Disputes, for the authorities that answer them."""
        return AnswerDesk(
            archive=self.archive,
            calendar=self.calendar,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def entrustment_desk(self) -> EntrustmentDesk:
        """Entrusting certificates."""
        return EntrustmentDesk(
            archive=self.archive, clock=self.clock, origin=self.settings.ledger_origin
        )

    @cached_property
    def use_code_desk(self) -> UseCodeDesk:
        """Codes for one use."""
        return UseCodeDesk(
            archive=self.archive, clock=self.clock, origin=self.settings.ledger_origin
        )
