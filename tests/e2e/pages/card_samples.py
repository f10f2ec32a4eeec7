"""Cards and service points: the holder's pages, the officers' pages, the list of points."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from issuance.answers import Fault
from issuance.matters.cards.pages.card_pages import point_view, service_points_view
from issuance.matters.cards.pages.views import (
    ArrivalLine,
    CardListView,
    CardRow,
    CardView,
    DeliveryView,
    DeskCardLine,
    DeskCardsView,
    DeskCardView,
    Going,
    HistoryLine,
    LateCardLine,
    LateCardsView,
    Track,
)
from issuance.matters.cards.points.points import PointsDesk, read_points
from issuance.progress.sequel import Word
from tests.e2e.pages.people import NOW, OFFICER, PORTRAIT, REF, Sample

POINTS = PointsDesk(read_points(None))
DISTRICTS = ("海港区", "梧桐区", "望江区", "云杉区")
NO = "JZ20260000000001-001-1"
HERE = point_view(POINTS.points[3], "zh")
SENT = Going(
    recipient="林晓禾",
    address="梧桐区听雨路77号3幢1202室",
    days="workdays",
    slot="evening",
    day=date(2026, 12, 8),
    tracking_no="YF7731026011",
)
DAY = timedelta(days=1)


def cards() -> Iterator[Sample]:
    """All of them."""
    yield from _mine()
    yield from _delivery()
    yield from _points()
    yield from _desk()


def _tracks(*names: str, reached: int, due: date | None = None) -> tuple[Track, ...]:
    found = []
    for place, name in enumerate(names):
        if place < reached:
            found.append(Track(name, "done", NOW - DAY * (reached - place)))
        else:
            now = place == reached
            found.append(Track(name, "now" if now else "later", None, due if now else None))
    return tuple(found)


def _mine() -> Iterator[Sample]:
    page, path = "issuance/card.html", f"/cards/{REF}"
    making = CardView(
        ref=REF,
        card_no=NO,
        stage="making",
        way="pickup",
        due_on=date(2026, 12, 7),
        point=HERE,
        tracks=_tracks("ordered", "making", "ready", "yours", reached=1, due=date(2026, 12, 7)),
        may_choose=True,
    )
    ready = replace(
        making,
        stage="notified",
        due_on=None,
        tracks=_tracks("ordered", "making", "ready", "yours", reached=3),
        chosen=True,
        ward="林小禾",
    )
    words = (
        Word(NOW - timedelta(hours=20), "picked_up", "梧桐区营业部"),
        Word(NOW - timedelta(hours=3), "attempt_failed", ""),
        Word(NOW - timedelta(hours=1), "out_for_delivery", "听雨路网点"),
    )
    sent = replace(
        making,
        stage="handed_to_courier",
        way="courier",
        due_on=None,
        going=SENT,
        words=words,
        tracks=_tracks("ordered", "making", "ready", "sent", "yours", reached=4),
        may_choose=False,
    )
    stopped = replace(making, stage="stopped", why="suspended_loss", tracks=(), due_on=None)
    row = CardRow(REF, "making", "pickup", date(2026, 12, 7))
    listed = CardListView((row, CardRow("c" * 20, "notified", "pickup", None, "林小禾")))
    yield Sample("cards", "issuance/card_list.html", listed, "/cards")
    yield Sample("cards-none", "issuance/card_list.html", CardListView(), "/cards")
    for name, view in (
        ("card-making", making),
        ("card-late", replace(making, late=True, due_on=date(2026, 11, 24), provisional=True)),
        ("card-booking", replace(sent, stage="at_centre", words=(), may_choose=True)),
        ("card-ready", ready),
        ("card-sent", sent),
        ("card-stopped", stopped),
        ("card-collected", replace(ready, stage="collected", chosen=False)),
    ):
        yield Sample(name, page, view, path)


def _delivery() -> Iterator[Sample]:
    page, path = "issuance/card_delivery.html", f"/cards/{REF}/delivery"
    points = tuple(point_view(p, "zh") for p in POINTS.giving_cards)
    form = DeliveryView(
        ref=REF,
        choice=1,
        points=points,
        districts=DISTRICTS,
        courier=True,
        point_fixed=False,
        way="pickup",
        point="WT01",
        recipient="林晓禾",
    )
    wrong = {
        "phone": Fault("malformed"),
        "address": Fault("elsewhere"),
        "district": Fault("missing"),
    }
    for name, view in (
        ("card-delivery", form),
        ("card-delivery-fixed", replace(form, point_fixed=True, courier=False)),
        ("card-delivery-error", replace(form, way="courier", errors=wrong)),
        ("card-delivery-moved", replace(form, moved=True)),
    ):
        yield Sample(name, page, view, path)


def _points() -> Iterator[Sample]:
    page = "issuance/service_points.html"
    every = service_points_view(POINTS, "", "", "zh")
    yield Sample("service-points", page, every, "/service-points")
    none = service_points_view(POINTS, "望江区", "photos", "zh")
    empty = replace(none, districts=())
    yield Sample("service-points-none", page, empty, "/service-points")


def _desk() -> Iterator[Sample]:
    page, path = "issuance/desk_cards.html", "/desk/cards"
    lines = tuple(
        DeskCardLine(f"{n:020d}", f"JZ2026{n:010d}-001-1", NOW - DAY * n, None) for n in range(1, 9)
    )
    late = replace(lines[0], due_on=date(2026, 11, 24), late=True)
    refused = replace(lines[4], why="照片无法打印")
    room = DeskCardsView(
        office="梧桐派出所",
        officer=OFFICER.name,
        waiting=12,
        point="梧桐区社区事务受理服务中心",
        lists=(
            ("late", (late,)),
            ("here", lines),
            ("to_send", lines[:2]),
            ("returned", ()),
            ("coming", lines[5:]),
            ("refused", (refused,)),
        ),
    )
    answers = ("arrived", "known", "elsewhere", "stopped", "replaced", "not_expected", "unknown")
    arrivals = tuple(
        ArrivalLine(f"JZ2026{n:010d}-001-1", answer, "海港区滨海受理点" if n == 2 else "")
        for n, answer in enumerate(answers)
    )
    too_many = {"numbers": Fault("too_many", 101)}
    empty = replace(room, lists=(("here", ()),), done="collected")
    for name, view in (
        ("desk-cards", room),
        ("desk-cards-arrived", replace(room, arrivals=arrivals)),
        ("desk-cards-error", replace(room, numbers="JZ1", errors=too_many)),
        ("desk-cards-empty", empty),
        ("desk-cards-nothing", replace(empty, done="", number="JZ9", nothing_found=True)),
    ):
        yield Sample(name, page, view, path, OFFICER, wide=True)
    late = LateCardsView(
        office="梧桐派出所",
        officer=OFFICER.name,
        waiting=12,
        cards=tuple(
            LateCardLine(NO, stage, held_by, "梧桐区社区事务受理服务中心", date(2026, 11, 20))
            for stage, held_by in (
                *(("ordered", "registry"), ("making", "card_maker")),
                *(("at_centre", "centre"), ("handed_to_courier", "courier")),
            )
        ),
    )
    page, path = "issuance/desk_late_cards.html", "/desk/cards/late"
    yield Sample("desk-cards-late", page, late, path, OFFICER, wide=True)
    yield Sample("desk-cards-none-late", page, replace(late, cards=()), path, OFFICER, wide=True)
    yield from _one_at_the_desk()


def _one_at_the_desk() -> Iterator[Sample]:
    page, path = "issuance/desk_card.html", f"/desk/cards/{REF}"
    history = (
        HistoryLine(NOW - DAY * 9, "order", ""),
        HistoryLine(NOW - DAY * 8, "refuse", "", "照片无法打印"),
        HistoryLine(NOW - DAY, "arrive", "1047"),
    )
    card = DeskCardView(
        office="梧桐派出所",
        officer=OFFICER.name,
        waiting=12,
        ref=REF,
        card_no=NO,
        stage="notified",
        standing="valid",
        way="pickup",
        name="林晓禾",
        id_number="310199199003070020",
        photo_href=PORTRAIT,
        may_hand_over=True,
        may_send=False,
        may_spoil=True,
        may_order_again=False,
        history=history,
    )
    wrong = {"who": Fault("missing"), "seen": Fault("missing"), "code": Fault("another_person")}
    sent = replace(card, way="courier", may_send=True, tracking_no="YF7731026011")
    suspended = replace(card, standing="suspended", may_hand_over=False)
    refused = replace(suspended, stage="refused", standing="valid", may_spoil=False)
    spoiled = {"spoiled_reason": Fault("missing")}
    for name, view in (
        ("desk-card", card),
        ("desk-card-error", replace(card, errors=wrong, check="code")),
        ("desk-card-courier", sent),
        ("desk-card-suspended", replace(suspended, errors=spoiled)),
        ("desk-card-refused", replace(refused, may_order_again=True)),
        ("desk-card-late", replace(refused, stage="collected", came_late=True)),
    ):
        yield Sample(name, page, view, path, OFFICER, wide=True)
