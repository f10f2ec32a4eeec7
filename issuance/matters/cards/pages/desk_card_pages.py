"""From the cards of a service point to the officers' views: mapping only, no IO."""

from collections.abc import Iterable, Sequence
from datetime import date

from certstore.callers import Officer
from certstore.web.dress import Lang
from issuance.matters.cards.centre.arriving import Arrival, CentreRoom
from issuance.matters.cards.centre.desk import CardAtDesk
from issuance.matters.cards.orders import CardOrder, Moved, Way
from issuance.matters.cards.overdue.desk import LateCard
from issuance.matters.cards.pages.views import (
    ArrivalLine,
    DeskCardLine,
    DeskCardsView,
    DeskCardView,
    HistoryLine,
    LateCardLine,
    LateCardsView,
)
from issuance.matters.cards.points.points import PointsDesk
from issuance.matters.cards.stages import stage_table
from issuance.pages.desk_queue_pages import officer_name


def desk_cards_view(
    officer: Officer,
    waiting: int,
    room: CentreRoom,
    lang: Lang,
) -> DeskCardsView:
    """The cards of a point, list by list."""
    lists: Sequence[tuple[str, Iterable[CardOrder]]] = (
        ("late", room.late),
        ("here", room.here),
        ("to_send", room.to_send),
        ("returned", room.returned),
        ("coming", room.coming),
    )
    shown = [(name, tuple(_line(o, room.today) for o in found)) for name, found in lists]
    refused = tuple(_line(order, room.today, why) for order, why in room.refused)
    return DeskCardsView(
        office=officer.station,
        officer=officer_name(officer),
        waiting=waiting,
        point=room.point.name[lang],
        lists=(*shown, ("refused", refused)),
    )


def _line(order: CardOrder, today: date, why: str = "") -> DeskCardLine:
    late = order.overdue(today)
    return DeskCardLine(order.ref, order.card_no, order.stage_since, order.due_on, late, why)


def late_cards_view(
    officer: Officer, waiting: int, found: Iterable[LateCard], lang: Lang
) -> LateCardsView:
    """The supervisor's list of late cards."""
    return LateCardsView(
        office=officer.station,
        officer=officer_name(officer),
        waiting=waiting,
        cards=tuple(
            LateCardLine(
                card_no=late.order.card_no,
                stage=late.order.stage,
                held_by=late.held_by,
                point=late.point.name[lang] if late.point else late.order.delivery.point,
                due_on=late.order.due_on,
            )
            for late in found
        ),
    )


def arrival_lines(
    found: Iterable[Arrival], points: PointsDesk, lang: Lang
) -> tuple[ArrivalLine, ...]:
    """What became of each number, with the name of where a card belongs."""

    def name(code: str) -> str:
        point = points.find(code)
        return point.name[lang] if point else code

    return tuple(ArrivalLine(a.typed, a.answer, name(a.point) if a.point else "") for a in found)


def desk_card_view(officer: Officer, waiting: int, found: CardAtDesk) -> DeskCardView:
    """One card before the officer."""
    order, permit, table = found.order, found.permit, stage_table()
    holder = permit.holders[0]
    here = found.may_hand_over
    return DeskCardView(
        office=officer.station,
        officer=officer_name(officer),
        waiting=waiting,
        ref=order.ref,
        card_no=order.card_no,
        stage=order.stage,
        standing=found.standing.value,
        way=order.delivery.way.value,
        name=holder.name,
        id_number=holder.id_number,
        photo_href=f"/desk/cards/{order.ref}/photo" if permit.file("photo") else None,
        may_hand_over=here,
        may_send=here and order.delivery.way is Way.COURIER,
        may_spoil=table.allows("find_spoiled", order.stage),
        may_order_again=order.stage == "refused",
        tracking_no=found.tracking_no,
        history=tuple(_history(step) for step in found.steps if step.step != "look"),
    )


def _history(step: Moved) -> HistoryLine:
    by = step.by if step.role == "officer" else ""
    return HistoryLine(step.at, step.step, by, str(step.note.get("reason", "")))
