"""From cards and service points to the views of their pages: mapping only, no IO."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from certstore.web.dress import Lang
from issuance.matters.cards.desk import CardStory, Wanted
from issuance.matters.cards.orders import CardOrder, Moved, Way
from issuance.matters.cards.pages.views import (
    CardListView,
    CardRow,
    CardView,
    DeliveryView,
    Going,
    HoursLine,
    PointView,
    ServicePointsView,
    Track,
    TrackState,
)
from issuance.matters.cards.points.points import SERVICES, PointsDesk, ServicePoint
from issuance.progress.sequel import Word

# What comes next at each stage, of the tracker's names; what stands before it is done.
_NEXT: Mapping[str, str] = {
    **dict.fromkeys(("ordered", "in_file", "refused", "spoiled", "making"), "making"),
    **dict.fromkeys(("made", "at_centre", "returned"), "ready"),
    "notified": "yours",
    "handed_to_courier": "yours",
    "collected": "",
    "delivered": "",
}
# Which clock of a card says until when a step of the tracker is due.
_DUE = {
    *(("making", "making"), ("ready", "transport"), ("ready", "notify")),
    ("yours", "delivery"),
}
_BEGINS = {"order", "order_again", "resume", "ask"}
_MARKS: Mapping[str, str] = {
    **dict.fromkeys(_BEGINS, "ordered"),
    "make": "making",
    "arrive": "ready",
    "hand_to_courier": "sent",
    "collect": "yours",
    "deliver": "yours",
}


def card_list_view(found: Sequence[tuple[CardOrder, str]]) -> CardListView:
    """The list of somebody's cards."""
    return CardListView(
        tuple(CardRow(o.ref, o.stage, o.delivery.way.value, o.due_on, ward) for o, ward in found)
    )


def card_view(story: CardStory, lang: Lang, *, chosen: bool = False, ward: str = "") -> CardView:
    """One card's page."""
    order = story.order
    return CardView(
        ref=order.ref,
        card_no=order.card_no,
        stage=order.stage,
        way=order.delivery.way.value,
        due_on=order.due_on,
        late=story.late,
        provisional=order.due_provisional,
        why=order.stop_reason if order.stage == "stopped" else "",
        point=point_view(story.point, lang) if story.point else None,
        going=_going(story),
        tracks=tracks(order, story.steps),
        words=tuple(Word(w.at, w.kind, w.place) for w in story.tracking if w.kind != "booked"),
        may_choose=bool(story.may_choose),
        chosen=chosen,
        ward=ward,
    )


def _going(story: CardStory) -> Going | None:
    to, sent = story.order.delivery.to, story.shipment
    if story.order.delivery.way is not Way.COURIER or to is None:
        return None
    return Going(
        recipient=to.recipient,
        address=f"{to.district}{to.address.removeprefix(to.district)}",
        days=to.days,
        slot=to.slot,
        day=sent.day if sent else None,
        tracking_no=sent.tracking_no if sent else "",
    )


def tracks(order: CardOrder, steps: Iterable[Moved]) -> tuple[Track, ...]:
    """What is done, what is now, what comes: of the card that is being made, not of former ones."""
    if order.stage not in _NEXT:
        return ()
    names = ["ordered", "making", "ready", "sent", "yours"]
    sends = order.delivery.way is Way.COURIER
    if not sends and order.stage not in {"handed_to_courier", "delivered"}:
        names.remove("sent")
    coming = "sent" if sends and order.stage == "notified" else _NEXT[order.stage]
    reached = names.index(coming) if coming else len(names)
    at = dict[str, Moved]()
    for step in steps:
        if step.step in _BEGINS:
            at.clear()
        if step.step in _MARKS:
            at[_MARKS[step.step]] = step
    found = []
    for place, name in enumerate(names):
        state: TrackState = "done" if place < reached else "now" if place == reached else "later"
        when = at[name].at if name in at and state == "done" else None
        due = order.due_on if _is_due(name, order) and state != "done" else None
        found.append(Track(name, state, when, due))
    return tuple(found)


def _is_due(name: str, order: CardOrder) -> bool:
    return (name, order.clock) in _DUE


def point_view(point: ServicePoint, lang: Lang) -> PointView:
    """A service point in the reader's language."""
    return PointView(
        code=point.code,
        district=point.district,
        name=point.name[lang],
        address=point.address[lang],
        hours=tuple(HoursLine(h.days, h.from_, h.to) for h in point.hours),
        services=point.services,
        latitude=point.at.latitude,
        longitude=point.at.longitude,
    )


def service_points_view(
    points: PointsDesk, district: str, service: str, lang: Lang
) -> ServicePointsView:
    """The list of service points; what names no district or service narrows nothing down."""
    every = tuple(dict.fromkeys(p.district for p in points.points))
    district = district if district in every else ""
    service = service if service in SERVICES else ""
    found = points.by_district(district, service)
    grouped = dict[str, list[PointView]]()
    for point in found:
        grouped.setdefault(point.district, []).append(point_view(point, lang))
    return ServicePointsView(
        tuple((name, tuple(members)) for name, members in grouped.items()),
        every,
        SERVICES,
        district,
        service,
    )


def delivery_view(
    story: CardStory,
    points: Iterable[ServicePoint],
    districts: tuple[str, ...],
    lang: Lang,
    typed: Wanted | None = None,
) -> DeliveryView:
    """The form of a choice: as it stands, or as it was typed."""
    delivery = story.order.delivery
    to = (typed.to if typed else None) or delivery.to
    view = DeliveryView(
        ref=story.order.ref,
        choice=story.order.choice,
        points=tuple(point_view(p, lang) for p in points),
        districts=districts,
        courier=story.courier,
        point_fixed=story.may_choose != "all",
        way=typed.way if typed else delivery.way.value,
        point=(typed.point if typed else "") or delivery.point,
        recipient=story.permit.holders[0].name,
    )
    if to is None:
        return view
    return replace(
        view,
        recipient=to.recipient,
        phone=to.phone,
        district=to.district,
        address=to.address,
        days=to.days,
        slot=to.slot,
    )
