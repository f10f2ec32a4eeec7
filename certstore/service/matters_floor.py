"""The workflows of the matters, put together; the house stands without them, too (matters.py)."""

from collections.abc import Callable, Mapping

from fastapi import APIRouter

from certstore.callers import Resident
from certstore.own_data.gathering import Section
from certstore.reminders.source import ReminderSource
from certstore.service.deadlines import Deadline
from certstore.service.guide_figures import MatterFigures
from certstore.service.lease_room import LeaseRoom
from certstore.service.lease_room import rooms_beside as rooms_beside
from issuance.application import Matter
from issuance.effects import Effect, Prelude
from issuance.gates import Gate
from issuance.guides.figures import FigureSource
from issuance.issue import Drafter, Follower
from issuance.joint.predecessors import Predecessor
from issuance.matters.cancellation.effect import CancellationEffect
from issuance.matters.cancellation.gate import CancellationGate
from issuance.matters.cards import page_routes as card_pages
from issuance.matters.cards import routes as cards
from issuance.matters.cards.centre import page_routes as centre_pages
from issuance.matters.cards.centre.arriving import ArrivingDesk
from issuance.matters.cards.centre.desk import CentreDesk
from issuance.matters.cards.desk import CardDesk
from issuance.matters.cards.held import cards_held
from issuance.matters.cards.making import routes as card_making
from issuance.matters.cards.making.desk import MakingDesk
from issuance.matters.cards.overdue.desk import LateCardDesk
from issuance.matters.cards.points import page_routes as service_point_pages
from issuance.matters.cards.points import routes as service_points
from issuance.matters.cards.points.points import PointsDesk
from issuance.matters.cards.sequel import CardSequels
from issuance.matters.cards.shipping import routes as courier_calls
from issuance.matters.cards.shipping.door import CourierDoor
from issuance.matters.endorsement import page_routes as endorsement_pages
from issuance.matters.endorsement import routes as endorsements
from issuance.matters.endorsement.desk import EndorsementDesk
from issuance.matters.endorsement.draft import EndorsementDrafter
from issuance.matters.endorsement.gate import EndorsementGate
from issuance.matters.endorsement.reminding import EndorsementReminders
from issuance.matters.lease import page_routes as lease_pages
from issuance.matters.lease import routes as leases
from issuance.matters.lease.awaited import LeasePredecessor
from issuance.matters.lease.besides import LeaseCases
from issuance.matters.lease.desk import LeaseDesk
from issuance.matters.lease.filings import page_routes as filing_pages
from issuance.matters.lease.filings.desk import LeaseReviewDesk
from issuance.matters.lease.held import leases_held
from issuance.matters.lease.signing_desk import LeaseSigningDesk
from issuance.matters.lease.tables import LEASE_FILING
from issuance.matters.loss import page_routes as loss_pages
from issuance.matters.loss import routes as losses
from issuance.matters.loss.besides import LossCases
from issuance.matters.loss.desk import LossDesk
from issuance.matters.permit.draft import PermitDrafter
from issuance.matters.permit.following import PermitFollower
from issuance.matters.reissue.draft import ReissueDrafter
from issuance.matters.reissue.gate import ReissueGate
from issuance.matters.reissue.reporting import LossPrelude
from issuance.progress.sequel import OtherCases, Sequels


class MattersFloor(LeaseRoom):
    """Permits, and what becomes of them."""

    def look_at_settings(self) -> None:
        """Service points and the courier's secret, too."""
        super().look_at_settings()
        _ = (self.points_desk, self.courier_secret)

    @property
    def drafters(self) -> dict[Matter, Drafter]:
        """What drafts the certificate of each matter."""
        permit = PermitDrafter(
            statuses=self.status_desk, specimen=self.sealer.specimen, given_photo=self.given_photo
        )
        return {
            **super().drafters,
            Matter.RESIDENCE_PERMIT: permit,
            Matter.PERMIT_UPDATE: permit,
            Matter.ENDORSEMENT: EndorsementDrafter(
                statuses=self.status_desk,
                specimen=self.sealer.specimen,
                given_photo=self.given_photo,
                rules=self.endorsement_desk.rules,
            ),
            Matter.REISSUE: ReissueDrafter(
                statuses=self.status_desk,
                specimen=self.sealer.specimen,
                given_photo=self.given_photo,
                rules=self.endorsement_desk.rules,
            ),
        }

    @property
    def gates(self) -> dict[Matter, Gate]:
        """What matters ask before they are begun."""
        return {
            **super().gates,
            Matter.ENDORSEMENT: EndorsementGate(self.endorsement_desk.rules),
            Matter.REISSUE: ReissueGate(),
            Matter.CANCELLATION: CancellationGate(),
        }

    @property
    def predecessor_kinds(self) -> dict[str, Predecessor]:
        """What applications can follow besides applications."""
        lease = LeasePredecessor(self.settings.city)
        return {**super().predecessor_kinds, LEASE_FILING: lease}

    @property
    def figure_sources(self) -> tuple[FigureSource, ...]:
        """What the guides say of the matters."""
        open_days = self.lease_upkeep_desk.open_for.days
        told = MatterFigures(rules=self.endorsement_desk.rules, lease_open_days=open_days)
        return (*super().figure_sources, told.on)

    @property
    def followers(self) -> tuple[Follower, ...]:
        """What follows from an issued certificate."""
        return (*super().followers, PermitFollower(self.conduct, self.clock))

    @property
    def sequels(self) -> Sequels:
        """The cards of permits."""
        return CardSequels(self.points_desk)

    @property
    def other_cases(self) -> tuple[OtherCases, ...]:
        """Leases, and what is reported lost."""
        return (*super().other_cases, LeaseCases(), LossCases())

    @property
    def effects(self) -> dict[Matter, Effect]:
        """What is carried out where a matter leads to no certificate."""
        cancelling = CancellationEffect(
            conduct=self.conduct,
            origin=self.settings.ledger_origin,
            agency_uscc=self.settings.authority_uscc,
        )
        return {**super().effects, Matter.CANCELLATION: cancelling}

    @property
    def preludes(self) -> dict[Matter, Prelude]:
        """What is done before an application is submitted."""
        return {**super().preludes, Matter.REISSUE: LossPrelude(self.loss_desk)}

    @property
    def reminder_sources(self) -> tuple[ReminderSource, ...]:
        """What knows of days to remind of: endorsements, too."""
        return (*super().reminder_sources, EndorsementReminders(self.endorsement_desk.rules))


DESKS: Mapping[type, str] = {
    LossDesk: "loss_desk",
    EndorsementDesk: "endorsement_desk",
    PointsDesk: "points_desk",
    CardDesk: "card_desk",
    MakingDesk: "making_desk",
    ArrivingDesk: "arriving_desk",
    CentreDesk: "centre_desk",
    CourierDoor: "courier_door",
    LateCardDesk: "late_card_desk",
    LeaseDesk: "lease_desk",
    LeaseReviewDesk: "lease_review_desk",
    LeaseSigningDesk: "lease_signing_desk",
}
API: tuple[APIRouter, ...] = (
    losses.router,
    endorsements.router,
    cards.router,
    card_making.router,
    courier_calls.router,
    service_points.router,
    leases.router,
)
PAGES: tuple[APIRouter, ...] = (
    loss_pages.router,
    endorsement_pages.router,
    card_pages.router,
    centre_pages.router,
    service_point_pages.router,
    lease_pages.router,
    filing_pages.router,
)

PLACES = ("cards", "endorsement", "leases", "loss")
"""What pages of the core may lead to, in a house with the matters."""
SECTIONS: Mapping[str, Section] = {"cards": cards_held, "leases": leases_held}
"""What a copy of somebody's own data holds of the matters."""


def deadline_of(house: MattersFloor, resident: Resident) -> Deadline | None:
    """The endorsement of somebody's own permit, while it is due or overdue."""
    found = house.endorsement_desk.of_mine(resident)
    if found is None or not found.standing.possible:
        return None
    since, due_on = found.standing.overdue_since, found.standing.due_on
    if since is not None:
        return Deadline("endorsement_overdue", since, endorsement_pages.APPLY_HREF)
    return Deadline("endorsement_due", due_on, endorsement_pages.APPLY_HREF)


def jobs_of(house: MattersFloor) -> tuple[Callable[[], object], ...]:
    """What the worker does for the matters at every round, each job by itself."""
    cards, shipping = house.card_keeping_desk, house.shipping_desk
    return (
        house.lease_upkeep_desk.work,
        house.endorsement_desk.suspend_overdue,
        cards.order_missing,
        cards.stop_ended,
        cards.resume,
        cards.order_spoiled_again,
        house.card_file_desk.make_file,
        cards.notify,
        cards.count_anew,
        cards.forget,
        house.late_card_desk.raise_late,
        shipping.open,
        shipping.book,
        shipping.cancel,
        shipping.ask,
    )
