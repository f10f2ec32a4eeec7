"""What stands upon applying: in one go, at the counter, progress, figures, guides, ratings."""

from functools import cached_property

from certstore.service.issuing_floor import IssuingFloor
from certstore.service.officers import lookers
from issuance.counter.cases.desk import IntakeDesk
from issuance.counter.presence import PresenceDesk
from issuance.guides.desk import GuideDesk
from issuance.guides.figures import FigureSource
from issuance.joint.choosing import ChoosingDesk
from issuance.joint.desk import JointDesk
from issuance.joint.starting import StartDesk
from issuance.progress.desk import ProgressDesk
from issuance.ratings.desk import RatingDesk
from issuance.statistics import StatisticsDesk
from issuance.volumes.desk import VolumeDesk


class ApplicantsRoom(IssuingFloor):
    """The desks that use the issuing floor, and that nothing on it needs."""

    @cached_property
    def start_desk(self) -> StartDesk:
        """Applications that wait for others."""
        return StartDesk(
            archive=self.archive, applying=self.apply_desk, predecessors=self.predecessors
        )

    @cached_property
    def choosing_desk(self) -> ChoosingDesk:
        """What can be done in one go."""
        return ChoosingDesk(
            archive=self.archive,
            applying=self.apply_desk,
            predecessors=self.predecessors,
            clock=self.clock,
        )

    @cached_property
    def joint_desk(self) -> JointDesk:
        """Several matters in one go."""
        return JointDesk(
            archive=self.archive,
            applying=self.apply_desk,
            choosing=self.choosing_desk,
            starting=self.start_desk,
            predecessors=self.predecessors,
            clock=self.clock,
        )

    @cached_property
    def progress_desk(self) -> ProgressDesk:
        """Where cases stand."""
        return ProgressDesk(
            applications=self.apply_desk,
            predecessors=self.predecessors,
            sequels=self.sequels,
            others=self.other_cases,
        )

    @property
    def figure_sources(self) -> tuple[FigureSource, ...]:
        """What workflows beside the core tell the guides, by day: nothing."""
        return ()

    @cached_property
    def guide_desk(self) -> GuideDesk:
        """Guides and answers."""
        return GuideDesk(rules=self.rules, clock=self.clock, sources=self.figure_sources)

    @cached_property
    def presence_desk(self) -> PresenceDesk:
        """Who is at a counter."""
        return PresenceDesk(
            archive=self.archive,
            checklist=self.checklist_desk,
            lookers=lookers(self),
            clock=self.clock,
        )

    @cached_property
    def intake_desk(self) -> IntakeDesk:
        """Taking applications in at counters."""
        return IntakeDesk(
            presence=self.presence_desk,
            applying=self.apply_desk,
            supplements=self.supplement_desk,
            uploads=self.upload_desk,
            photos=self.photo_desk,
            objects=self.objects,
        )

    @cached_property
    def statistics_desk(self) -> StatisticsDesk:
        """Figures about reuse."""
        return StatisticsDesk(archive=self.archive, clock=self.clock)

    @cached_property
    def volume_desk(self) -> VolumeDesk:
        """Figures of the work."""
        return VolumeDesk(archive=self.archive, clock=self.clock, exact=self.demonstration)

    @cached_property
    def rating_desk(self) -> RatingDesk:
        """How content applicants were."""
        return RatingDesk(archive=self.archive, own=self.apply_desk, clock=self.clock)
