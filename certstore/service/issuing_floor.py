"""The desks of issuance: from an application to a sealed certificate, and what becomes of it."""

from datetime import date, timedelta
from functools import cached_property

from certstore.certificates import File
from certstore.keys import Purpose
from certstore.reminders.source import ReminderSource
from certstore.service.for_others import for_others_desk
from certstore.service.glyphs import RareGlyphs
from certstore.service.message_room import MessageRoom
from certstore.service.middle_floor import day_of
from certstore.service.officers import (
    bulk_desk,
    claim_desk,
    finding_desk,
    letter_desk,
    lookers,
    overdue_desk,
    review_desk,
    sealer,
    second_desk,
)
from certstore.tables.books import Books
from issuance.application import Application, Matter
from issuance.apply import ApplyDesk
from issuance.bulk.desk import BulkDesk
from issuance.checklist import ChecklistDesk
from issuance.claims.desk import ClaimDesk
from issuance.conduct import Conduct
from issuance.document.fontset import FontSet
from issuance.dormitory import DormitoryDesk
from issuance.effects import Effect, Prelude
from issuance.findings.desk import FindingDesk
from issuance.for_others.changes import StatusChangeDesk
from issuance.for_others.desk import ForOthersDesk
from issuance.four_eyes.desk import SecondDesk
from issuance.gates import Gate
from issuance.issue import Drafter, Follower, IssuanceDesk
from issuance.joint.predecessors import Predecessor, Predecessors
from issuance.letters.desk import LetterDesk
from issuance.overdue.desk import OverdueDesk
from issuance.photo_capture import PhotoDesk, photo_handed_in
from issuance.progress.sequel import NoSequels, OtherCases, Sequels
from issuance.reminders.half_years import HalfYearReminders
from issuance.reminders.registrations import RegistrationReminders
from issuance.review import ReviewDesk
from issuance.sealing import Sealer
from issuance.supplementing import SupplementDesk
from issuance.upkeep import UpkeepDesk
from issuance.upload_cases import UploadCaseDesk
from issuance.upload_erasure import UploadErasure
from issuance.upload_shelf import UploadShelf
from issuance.uploads import UploadDesk
from issuance.voucher_draft import VoucherDrafter
from verifiers.materials.handed_in_profile import read_profile as read_upload_profile
from verifiers.materials.limited_room import limited_room, limited_shares
from verifiers.materials.photo_findings import PhotoLevel


class IssuingFloor(MessageRoom):
    """Applications, uploads, letters, the press, and certificates of other authorities."""

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
            predecessors=self.predecessors,
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
            drafters=self.drafters,
            followers=self.followers,
            effects=self.effects,
        )

    @property
    def drafters(self) -> dict[Matter, Drafter]:
        """What drafts the certificate of each matter."""
        voucher = VoucherDrafter(
            statuses=self.status_desk,
            city=self.settings.city,
            specimen=self.sealer.specimen,
            given_photo=self.given_photo,
        )
        return {matter: voucher for matter in Matter if matter.is_registration}

    @property
    def reminder_sources(self) -> tuple[ReminderSource, ...]:
        """What knows of days to remind of."""
        return (
            RegistrationReminders(),
            HalfYearReminders(self._half_year_months, self.settings.city),
        )

    def _half_year_months(self, day: date) -> int:
        later_from = day_of(self.settings.rules_later_from)
        return self.rules.in_force(day, later_from=later_from).half_year.months

    @property
    def gates(self) -> dict[Matter, Gate]:
        """What matters ask before they are begun."""
        return {}

    @property
    def predecessor_kinds(self) -> dict[str, Predecessor]:
        """What applications can follow besides applications."""
        return {}

    @cached_property
    def predecessors(self) -> Predecessors:
        """What applications can follow."""
        return Predecessors(self.settings.city, self.predecessor_kinds)

    @property
    def followers(self) -> tuple[Follower, ...]:
        """What follows from an issued certificate."""
        return ()

    @property
    def sequels(self) -> Sequels:
        """What follows an e-certificate."""
        return NoSequels()

    @property
    def other_cases(self) -> tuple[OtherCases, ...]:
        """Cases that are no applications."""
        return ()

    @property
    def effects(self) -> dict[Matter, Effect]:
        """What is carried out where a matter leads to no certificate."""
        return {}

    @property
    def preludes(self) -> dict[Matter, Prelude]:
        """What is done before an application is submitted."""
        return {}

    def given_photo(self, books: Books, application: Application) -> File | None:
        """The photo that an applicant handed in; the storage keys are opened where there is one."""
        if photo_handed_in(application) is None:
            return None
        return self.photo_desk.for_certificate(books, application)

    @cached_property
    def letter_desk(self) -> LetterDesk:
        """Commitment letters as certificates."""
        return letter_desk(self)

    @cached_property
    def conduct(self) -> Conduct:
        """Takes applications on by the tables of their matters."""
        return Conduct(self.calendar)

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
            conduct=self.conduct,
            clock=self.clock,
            city=self.settings.city,
            districts=self.settings.districts,
            gates=self.gates,
            predecessors=self.predecessors,
            preludes=self.preludes,
            offered=frozenset({*self.drafters, *self.effects}),
        )

    @cached_property
    def supplement_desk(self) -> SupplementDesk:
        """Asking for what is missing, and what comes back."""
        return SupplementDesk(
            archive=self.archive,
            conduct=self.conduct,
            checklist=self.checklist_desk,
            reviewing=self.review_desk,
            clock=self.clock,
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
    def upkeep_desk(self) -> UpkeepDesk:
        """What becomes of applications by themselves."""
        return UpkeepDesk(
            archive=self.archive,
            checklist=self.checklist_desk,
            issuance=self.issuance_desk,
            conduct=self.conduct,
            clock=self.clock,
        )

    @cached_property
    def review_desk(self) -> ReviewDesk:
        """Reviews."""
        return review_desk(self)

    @cached_property
    def claim_desk(self) -> ClaimDesk:
        """Cases in officers' hands."""
        return claim_desk(self)

    @cached_property
    def second_desk(self) -> SecondDesk:
        """Second officers."""
        return second_desk(self)

    @cached_property
    def bulk_desk(self) -> BulkDesk:
        """Approving together."""
        return bulk_desk(self)

    @cached_property
    def overdue_desk(self) -> OverdueDesk:
        """What is late."""
        return overdue_desk(self)

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
