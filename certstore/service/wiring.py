"""Builds the house once, from settings: the only place where parts meet.

The floors stand in modules of their own, each on the one below: stores, ground floor, middle
floor; the top floor, `issuance`, is here.
"""

from datetime import timedelta
from functools import cached_property
from typing import TypeVar, cast

from certstore.authorization.debugging import DebugDesk
from certstore.authorization.metadata import MetadataDesk
from certstore.authorization.resource_gate import ResourceGate
from certstore.authorization.standing import TokenStandingDesk
from certstore.authorization.token_desk import TokenDesk
from certstore.cases.desk import CaseDesk
from certstore.certificates import File
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
from certstore.holdings import HoldingsDesk
from certstore.idempotency.desk import IdempotencyDesk
from certstore.keys import Purpose
from certstore.ledger import LedgerDesk
from certstore.objects import ObjectStore
from certstore.onboarding.applying import OnboardingDesk
from certstore.onboarding.approval import ApprovalDesk
from certstore.onboarding.refusals import RefusalDesk
from certstore.onboarding.trying import TryingDesk
from certstore.organisations import OrganisationDesk
from certstore.own_data.desk import OwnDataDesk
from certstore.presentation import PresentationDesk
from certstore.questions.desk import QuestionDesk
from certstore.service.answer_forms import copies, form_desk, own_copy_desk
from certstore.service.event_room import EventRoom
from certstore.service.for_others import for_others_desk
from certstore.service.glyphs import RareGlyphs
from certstore.service.middle_floor import day_of
from certstore.service.officers import finding_desk, letter_desk, lookers, review_desk, sealer
from certstore.sharing.desk import SharingDesk
from certstore.sharing.form_desk import FormDesk
from certstore.sharing.job_desk import JobDesk
from certstore.sharing.own_copies import OwnCopyDesk
from certstore.sharing.verify_desk import VerifyDesk
from certstore.sign_in import SignInDesk
from certstore.source_account import SourceDesk
from certstore.status_desk import StatusDesk
from certstore.storage.migrations import upgrade
from certstore.tables.books import Books
from certstore.witness import WitnessDesk
from face_auth.acceptance import FaceDesk
from face_auth.sandbox import SandboxProvider
from issuance.application import Application
from issuance.apply import ApplyDesk
from issuance.checklist import ChecklistDesk
from issuance.document.fontset import FontSet
from issuance.dormitory import DormitoryDesk
from issuance.findings.desk import FindingDesk
from issuance.for_others.changes import StatusChangeDesk
from issuance.for_others.desk import ForOthersDesk
from issuance.issue import IssuanceDesk
from issuance.letters.desk import LetterDesk
from issuance.photo_capture import PhotoDesk, photo_handed_in
from issuance.relied_on import closed_cases
from issuance.review import ReviewDesk
from issuance.sealing import Sealer
from issuance.statistics import StatisticsDesk
from issuance.tables import ApplicationBook
from issuance.taken_along import applications_held
from issuance.upkeep import UpkeepDesk
from issuance.upload_cases import UploadCaseDesk
from issuance.upload_erasure import UploadErasure
from issuance.upload_shelf import UploadShelf
from issuance.uploads import UploadDesk
from verifiers.materials.handed_in_profile import read_profile as read_upload_profile
from verifiers.materials.limited_room import limited_room, limited_shares
from verifiers.materials.photo_findings import PhotoLevel
from verifiers.materials.rules import RuleBook
from verifiers.matters.approving import MatterApprovalDesk
from verifiers.matters.deciding import DecisionDesk
from verifiers.matters.registry import MatterDesk
from verifiers.scanning.desk import ScanDesk

D = TypeVar("D")


class House(EventRoom):
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
        _ = (self.witness_policy, self.peer_lines)

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

    @cached_property
    def checklist_desk(self) -> ChecklistDesk:
        """Reuse decisions for applications."""
        return ChecklistDesk(
            archive=self.archive,
            face=self.face_desk,
            live=self.live_check_desk,
            rules=self.rules,
            clock=self.clock,
            city=self.settings.city,
            sources_down=self.settings.sources_down,
            later_from=day_of(self.settings.rules_later_from),
        )

    @cached_property
    def fonts(self) -> FontSet:
        """The document fonts."""
        return FontSet.bundled(self.settings.fallback_fonts)

    @cached_property
    def glyphs(self) -> RareGlyphs:
        """Draws names that system fonts cannot."""
        return RareGlyphs(self.fonts)

    @cached_property
    def sealer(self) -> Sealer:
        """Signs what is issued."""
        return sealer(self)

    @cached_property
    def issuance_desk(self) -> IssuanceDesk:
        """Issuing."""
        return IssuanceDesk(
            archive=self.archive,
            objects=self.objects,
            sealer=self.sealer,
            statuses=self.status_desk,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            city=self.settings.city,
            given_photo=self._given_photo,
        )

    def _given_photo(self, books: Books, application: Application) -> File | None:
        """The photo that an applicant handed in; the storage keys are opened where there is one."""
        if photo_handed_in(application) is None:
            return None
        return self.photo_desk.for_certificate(books, application)

    @cached_property
    def letter_desk(self) -> LetterDesk:
        """Commitment letters as certificates."""
        return letter_desk(self)

    @cached_property
    def apply_desk(self) -> ApplyDesk:
        """Applications."""
        return ApplyDesk(
            archive=self.archive,
            checklist=self.checklist_desk,
            issuance=self.issuance_desk,
            letters=self.letter_desk,
            face=self.face_desk,
            countersigner=self.keys.signer(Purpose.RECEIPT),
            calendar=self.calendar,
            clock=self.clock,
            city=self.settings.city,
            districts=self.settings.districts,
        )

    @cached_property
    def dormitory_desk(self) -> DormitoryDesk:
        """Dormitory certificates of employers and schools."""
        return DormitoryDesk(
            archive=self.archive,
            organisations=self.organisation_desk,
            clock=self.clock,
            city=self.settings.city,
            districts=self.settings.districts,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def statistics_desk(self) -> StatisticsDesk:
        """Figures about reuse."""
        return StatisticsDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def upkeep_desk(self) -> UpkeepDesk:
        """What becomes of applications by themselves."""
        return UpkeepDesk(
            archive=self.archive,
            checklist=self.checklist_desk,
            issuance=self.issuance_desk,
            clock=self.clock,
        )

    @cached_property
    def review_desk(self) -> ReviewDesk:
        """Reviews."""
        return review_desk(self)

    @cached_property
    def finding_desk(self) -> FindingDesk:
        """Letters found false."""
        return finding_desk(self)

    @cached_property
    def upload_shelf(self) -> UploadShelf:
        """Where uploads lie."""
        return UploadShelf(self.objects, self.safe)

    @cached_property
    def upload_desk(self) -> UploadDesk:
        """Uploads of applicants."""
        return UploadDesk(
            archive=self.archive,
            shelf=self.upload_shelf,
            limited=limited_room(),
            shares=limited_shares(),
            applying=self.apply_desk,
            clock=self.clock,
            profile=read_upload_profile(),
        )

    @cached_property
    def photo_desk(self) -> PhotoDesk:
        """ID photos that applicants take."""
        finder = self.photo_check.finder
        return PhotoDesk(
            archive=self.archive,
            shelf=self.upload_shelf,
            objects=self.objects,
            limited=limited_room(),
            shares=limited_shares(),
            pictures=self.picture_desk,
            clock=self.clock,
            level=PhotoLevel.BASIC if finder is None else PhotoLevel.FACE,
        )

    @cached_property
    def upload_case_desk(self) -> UploadCaseDesk:
        """Uploads, as officers see them."""
        return UploadCaseDesk(
            archive=self.archive,
            shelf=self.upload_shelf,
            clock=self.clock,
            lookers=lookers(self),
        )

    @cached_property
    def upload_erasure(self) -> UploadErasure:
        """Erasing uploads whose time is over."""
        return UploadErasure(
            archive=self.archive,
            open_safe=lambda: self.safe,
            clock=self.clock,
            kept_after_refusal=timedelta(days=self.settings.uploads_kept_days),
        )

    def application(self, ref: str) -> Application:
        """An application, whoever's it is: for the operator's own work, never for a route."""
        with self.archive.reading() as books:
            return ApplicationBook(books.connection).get(ref)

    @cached_property
    def for_others_desk(self) -> ForOthersDesk:
        """Certificates of enrolled authorities."""
        return for_others_desk(self)

    @cached_property
    def status_change_desk(self) -> StatusChangeDesk:
        """What issuers make of their certificates."""
        return StatusChangeDesk(
            archive=self.archive,
            objects=self.objects,
            clock=self.clock,
            origin=self.settings.ledger_origin,
        )

    @cached_property
    def idempotency_desk(self) -> IdempotencyDesk:
        """Requests sent again."""
        return IdempotencyDesk(archive=self.archive, clock=self.clock, open_safe=lambda: self.safe)

    @cached_property
    def own_data_desk(self) -> OwnDataDesk:
        """Copies of everything held about somebody."""
        return OwnDataDesk(
            archive=self.archive,
            objects=self.objects,
            ledger=self.ledger_desk,
            clock=self.clock,
            origin=self.settings.ledger_origin,
            sections={"applications": applications_held, "consents": consents_held},
        )


_NAMES: dict[type, str] = {
    LedgerDesk: "ledger_desk",
    WitnessDesk: "witness_desk",
    StatusDesk: "status_desk",
    CollectionDesk: "collection_desk",
    HoldingsDesk: "holdings_desk",
    ObjectStore: "objects",
    PresentationDesk: "presentation_desk",
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
    SandboxProvider: "sandbox_provider",
    FaceDesk: "face_desk",
    ChecklistDesk: "checklist_desk",
    IssuanceDesk: "issuance_desk",
    ApplyDesk: "apply_desk",
    OrganisationDesk: "organisation_desk",
    SourceDesk: "source_desk",
    StatisticsDesk: "statistics_desk",
    DormitoryDesk: "dormitory_desk",
    ReviewDesk: "review_desk",
    FindingDesk: "finding_desk",
    UploadDesk: "upload_desk",
    UploadCaseDesk: "upload_case_desk",
    PhotoDesk: "photo_desk",
    ScanDesk: "scan_desk",
    MatterDesk: "matter_desk",
    MatterApprovalDesk: "matter_approval_desk",
    DecisionDesk: "decision_desk",
    CaseDesk: "case_desk",
    CounterDesk: "counter_desk",
    RuleBook: "rules",
}
