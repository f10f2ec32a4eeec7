"""Volumes and times in the console, ratings of applicants and their answers."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from certstore.web.shell import Signed
from issuance.application import Matter
from issuance.pages.rating_views import DeskRatingsView, RatingLine, RatingView
from issuance.pages.volumes_views import volumes_view
from issuance.volumes.figures import MatterVolume, Reuse, Spread, Volumes, in_spans
from tests.e2e.pages.people import NOW, OFFICER, REF, RESIDENT, TODAY, Sample

OPERATOR = Signed("郑运维", "operator")
_FIRST = date(2026, 10, 27)
_REUSE = (Reuse("residence_registration", 1964, 1731), Reuse("residence_permit", 620, 566))


def figures() -> Iterator[Sample]:
    """The console's figures; giving a rating; answering one."""
    yield from _volumes()
    yield from _ratings()


def _volumes() -> Iterator[Sample]:
    page, path = "issuance/volumes.html", "/console/volumes"
    registration = MatterVolume(
        matter=Matter.RESIDENCE_REGISTRATION,
        submitted=982,
        issued=931,
        done=0,
        refused=24,
        withdrawn=11,
        open=16,
        late=2,
        automatic=861,
        decided=955,
        in_time=953,
        answer=Spread(955, 0.4, 14_320.0),
        sealing=Spread(931, 0.2, 0.9),
        reasons={"ADDRESS_MISMATCH": 12, "NO_RECORD": 8, "OTHER": 4},
    )
    permit = replace(
        registration,
        matter=Matter.RESIDENCE_PERMIT,
        automatic=0,
        answer=Spread(310, 273_600.0, 518_400.0),
        reasons={},
    )
    by_day = {_FIRST + timedelta(days=n): 20 + (n * 37) % 90 for n in range(30)}
    found = Volumes(
        since=_FIRST,
        until=_FIRST + timedelta(days=29),
        matters=(registration, permit),
        by_day=by_day,
        pulls={"示范市教育局": 412, "示范市公积金中心": 96},
        scans=1530,
    )
    found = replace(found, spans=in_spans(by_day), reuse=_REUSE)
    grades = {("residence_registration", 5): 130, ("residence_registration", 2): 7}
    me = "郑运维 A01"
    view = volumes_view(me, found, grades, days=30, demonstration=True)
    yield Sample("volumes", page, view, path, OPERATOR, wide=True)
    real = volumes_view(me, found, grades, days=30, demonstration=False)
    yield Sample("volumes-real", page, real, path, OPERATOR, wide=True)
    loss = replace(
        registration,
        matter=Matter.LOSS_REPORT,
        submitted=2,
        issued=0,
        done=2,
        refused=0,
        withdrawn=0,
        open=0,
        late=0,
        automatic=2,
        decided=2,
        in_time=2,
        reasons={},
        sealing=None,
    )
    many = {_FIRST - timedelta(days=n): 20 + (n * 37) % 90 for n in reversed(range(366))}
    year = replace(
        found,
        since=_FIRST - timedelta(days=365),
        until=_FIRST,
        matters=(*found.matters, loss),
        by_day=many,
        spans=in_spans(many),
    )
    weekly = volumes_view(me, year, grades, days=366, demonstration=True)
    yield Sample("volumes-year", page, weekly, path, OPERATOR, wide=True)
    nothing = replace(found, matters=(), by_day={}, spans=(), pulls={}, scans=0, reuse=())
    empty = volumes_view(me, nothing, {}, days=7, demonstration=True)
    yield Sample("volumes-empty", page, empty, path, OPERATOR, wide=True)


def _ratings() -> Iterator[Sample]:
    page, path = "issuance/rating.html", f"/applications/{REF}/rating"
    view = RatingView(ref=REF, matter="residence_registration")
    yield Sample("rating", page, view, path, RESIDENT)
    said = replace(
        view,
        grade=2,
        tags=("slow", "unclear"),
        words="等了三天，不知道卡在哪一步。",
        rated_at=NOW - timedelta(days=1),
    )
    yield Sample("rating-thanks", page, replace(said, thanks=True), path, RESIDENT)
    freed = replace(said, thanks=True, freed=True)
    yield Sample("rating-freed", page, freed, path, RESIDENT)
    answered = replace(said, may_change=False, reply="已经改进短信提醒，抱歉。", replied_at=NOW)
    yield Sample("rating-answered", page, answered, path, RESIDENT)
    yield Sample("rating-error", page, replace(view, errors={"grade": "wrong"}), path, RESIDENT)
    page, path = "issuance/desk_ratings.html", "/desk/ratings"
    line = RatingLine(
        ref=REF,
        matter="residence_registration",
        read="9f2c9f2c9f2c9f2c",
        grade=1,
        bad=True,
        tags=("slow", "asked_again"),
        words="等了三天，不知道卡在哪一步。",
        rated_on=TODAY - timedelta(days=1),
    )
    good = replace(line, ref="k7m2x9qd4wzr5t8vbn3c", grade=5, bad=False, tags=("fast",), words="")
    desk = DeskRatingsView(
        officer="彭所长 1100", office="梧桐派出所", waiting=4, ratings=(line, good)
    )
    yield Sample("desk-ratings", page, desk, path, OFFICER, wide=True)
    replied = replace(line, reply="已经改进短信提醒，抱歉。", replied_on=TODAY)
    lately = replace(desk, ratings=(good,), lately=(replied, replace(replied, grade=4)))
    yield Sample("desk-ratings-lately", page, lately, path, OFFICER, wide=True)
    wrong = replace(desk, wrong=REF, typed="")
    yield Sample("desk-ratings-error", page, wrong, path, OFFICER, wide=True)
    empty = replace(desk, ratings=(), answered=True)
    yield Sample("desk-ratings-empty", page, empty, path, OFFICER, wide=True)
    moved = replace(desk, moved=True)
    yield Sample("desk-ratings-moved", page, moved, path, OFFICER, wide=True)
