"""The figures of the work: what counts as in time, times by nearest rank, nothing that points."""

import csv
import io
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest

from issuance.application import Matter, State
from issuance.pages.figure_tables import reuse_csv, volumes_csv, volumes_json
from issuance.pages.volumes_views import Lasting, chart, shown, volumes_view
from issuance.reuse_figures import Figure, ReuseFigures
from issuance.volumes.figures import (
    Case,
    Reuse,
    Span,
    Spread,
    Volumes,
    as_it_stood,
    count_days,
    count_matters,
    in_spans,
)
from issuance.volumes.rounding import in_steps, rounded, without_persons
from tests.house import TODAY
from verifiers.materials.vocabulary import Material
from verifiers.materials.vocabulary import Matter as Decided

DUE = date(2026, 11, 26)
DAY = timedelta(days=1)


def case(state=State.ISSUED, **changes):
    decided = None if state in {State.IN_REVIEW, State.WITHDRAWN} else TODAY
    said = {
        "matter": Matter.RESIDENCE_REGISTRATION,
        "state": state,
        "submitted_at": TODAY - timedelta(hours=1),
        "decided_at": decided,
        "due_on": DUE,
    }
    return Case(**{**said, **changes})


def figures(*cases, today=DUE):
    (found,) = count_matters(cases, today)
    return found


def test_what_came_in_and_what_became_of_it():
    found = figures(
        case(automatic=True, issued_at=TODAY + timedelta(seconds=2)),
        case(State.APPROVED),
        case(State.REFUSED, reasons=("NO_RECORD", "OTHER")),
        case(State.REFUSED, reasons=("NO_RECORD",)),
        case(State.WITHDRAWN),
        case(State.IN_REVIEW),
        case(State.DONE, issued_at=TODAY + timedelta(seconds=9)),  # carried out, no certificate
    )
    assert (found.submitted, found.issued, found.done) == (7, 1, 1)
    assert (found.refused, found.withdrawn) == (2, 1)
    assert (found.open, found.decided, found.automatic) == (2, 5, 1)
    assert found.reasons == {"NO_RECORD": 2, "OTHER": 1}
    assert found.answer == Spread(5, 3600.0, 3600.0)
    assert found.sealing == Spread(1, 2.0, 2.0)


@pytest.mark.parametrize("state", [s for s in State if s is not State.DRAFT])
def test_the_columns_of_a_row_add_up_whatever_became_of_it(state):
    found = figures(case(state))
    ended = found.issued + found.done + found.refused + found.withdrawn
    assert (found.submitted, ended + found.open) == (1, 1)


def test_a_report_of_loss_is_settled_and_has_its_time():
    found = volumes(case(State.DONE, matter=Matter.LOSS_REPORT))
    view = volumes_view("x", found, {}, days=7, demonstration=True)
    assert (view.rows[0].settled, view.rows[0].open) == (1, 0)
    assert view.rows[0].in_time == "100.0"
    assert view.rows[0].median == Lasting("minutes", "60")


@pytest.mark.parametrize(
    ("days", "bars", "first"), [(1, 1, 1), (30, 30, 1), (60, 60, 1), (90, 13, 6), (366, 53, 2)]
)
def test_of_many_days_weeks_are_shown_and_none_is_lost(days, bars, first):
    by_day = {DUE - n * DAY: 1 for n in reversed(range(days))}
    spans = in_spans(by_day)
    assert (len(spans), spans[0].n, sum(s.n for s in spans)) == (bars, first, days)
    assert (spans[0].first, spans[-1].last) == (DUE - (days - 1) * DAY, DUE)
    assert all(later.first == s.last + DAY for s, later in pairwise(spans))
    drawn = chart(spans)
    assert drawn.weekly == (days > 60)
    assert drawn.short == (first if days > 60 else 0)


@pytest.mark.parametrize(
    ("most", "top"), [(0, 2), (1, 2), (3, 4), (5, 6), (11, 20), (41, 60), (100, 100), (101, 200)]
)
def test_a_scale_ends_at_a_round_number(most, top):
    drawn = chart([Span(DUE, DUE, most)])
    assert (drawn.top, drawn.bars[0].height) == (top, round(60 * most / top, 1))


@pytest.mark.parametrize(
    ("at", "due", "in_time"),
    [
        ("2026-11-26T15:59:59+00:00", DUE, 1),  # 23:59:59 in China
        ("2026-11-26T16:00:00+00:00", DUE, 0),  # the next day there
        ("2026-12-26T16:00:00+00:00", None, 1),  # nothing was promised
    ],
)
def test_in_time_is_on_the_promised_day_in_china(at, due, in_time):
    assert figures(case(decided_at=TODAY.fromisoformat(at), due_on=due)).in_time == in_time


def test_what_waits_for_its_applicant_is_open_and_never_late():
    assert figures(case(State.SUPPLEMENT, decided_at=None, due_on=None)).late == 0
    waiting = case(State.IN_REVIEW)
    assert figures(waiting, today=DUE).late == 0
    assert figures(waiting, today=DUE + DAY).late == 1


def test_percentiles_are_of_the_nearest_rank():
    assert Spread.of([]) is None
    assert Spread.of([7.0]) == Spread(1, 7.0, 7.0)
    assert Spread.of(map(float, range(1, 101))) == Spread(100, 50.0, 95.0)
    assert Spread.of([4.0, 1.0, 3.0, 2.0]) == Spread(4, 2.0, 4.0)


def test_every_day_of_the_period_is_there_by_the_day_in_china():
    late = TODAY.fromisoformat("2026-11-25T16:30:00+00:00")
    found = count_days([TODAY, TODAY, late], date(2026, 11, 24), DUE)
    assert found == {date(2026, 11, 24): 0, date(2026, 11, 25): 2, DUE: 1}


def volumes(*cases, **changes):
    said = {
        "since": DUE - DAY,
        "until": DUE,
        "matters": count_matters(cases, DUE),
        "by_day": count_days((c.submitted_at for c in cases), DUE - DAY, DUE),
        "pulls": {"示范市教育局": 12, "示范市公积金中心": 2},
        "scans": 4,
    }
    return Volumes(**{**said, **changes})


@pytest.mark.parametrize(("n", "to"), [(0, 0), (2, 0), (3, 5), (5, 5), (7, 5), (8, 10)])
def test_counts_are_rounded_to_five(n, to):
    assert rounded(n) == to


def test_of_real_people_no_count_is_exact_and_few_have_no_times():
    few = without_persons(volumes(*[case() for _ in range(9)], case(State.REFUSED)))
    (m,) = few.matters
    assert (m.submitted, m.issued, m.refused, m.answer) == (10, 10, 0, None)
    assert few.pulls == {"示范市教育局": 10}
    assert few.scans == 5
    assert without_persons(volumes(case(), case())).matters == ()
    many = without_persons(volumes(*[case() for _ in range(60)]))
    assert many.matters[0].answer == Spread(60, 3600.0, None)
    for said in (few, many):
        assert all(n % 5 == 0 for n in said.by_day.values())
        for one in said.matters:
            counts = (one.submitted, one.issued, one.refused, one.open, one.decided, one.in_time)
            assert all(n % 5 == 0 for n in counts)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.0, 10.0),
        (0.4, 10.0),
        (10.0, 10.0),
        (10.1, 20.0),
        (119.5, 120.0),
        (120.5, 300.0),
        (7199.0, 7200.0),
        (7201.0, 10800.0),
        (47.5 * 3600, 48 * 3600.0),
        (48 * 3600 + 1.0, 60 * 3600.0),
    ],
)
def test_times_are_told_in_steps(seconds, told):
    assert in_steps(seconds) == told


def test_no_time_of_real_people_is_anybodys_own():
    own = [60.0 + 13.7 * n for n in range(120)]
    cases = [case(submitted_at=TODAY - timedelta(seconds=s)) for s in own]
    (m,) = without_persons(volumes(*cases)).matters
    assert m.answer is not None
    for told in (m.answer.median_s, m.answer.p95_s):
        assert told not in own
        assert told % 10 == 0
    assert m.answer.median_s <= m.answer.p95_s


def test_what_came_after_the_last_day_had_not_happened():
    end = TODAY
    before, after = end - timedelta(seconds=1), end + timedelta(seconds=1)
    issued = case(decided_at=before, issued_at=after)
    assert as_it_stood(issued, end) == replace(issued, state=State.APPROVED, issued_at=None)
    done = case(decided_at=before, issued_at=before)
    assert as_it_stood(done, end) == done
    for later in (
        case(State.REFUSED, decided_at=end, reasons=("OTHER",)),
        case(State.WITHDRAWN, decided_at=after),
        case(decided_at=after, issued_at=after, automatic=True),
    ):
        found = figures(as_it_stood(later, end))
        assert (found.open, found.decided, found.withdrawn, found.automatic) == (1, 0, 0, 0)
        assert found.reasons == {}
        assert found.answer is None


def test_ratings_of_few_real_people_are_not_shown():
    grades = {("residence_registration", 5): 12, ("residence_registration", 1): 7}
    assert shown(volumes(case()), grades, demonstration=False)[1] == {}
    assert shown(volumes(case()), grades, demonstration=True)[1] == grades
    enough = grades | {("residence_registration", 4): 1}
    coarse = shown(volumes(case()), enough, demonstration=False)[1]
    assert set(coarse.values()) == {10, 5, 0}


def table(found, grades=()):
    lines = csv.DictReader(io.StringIO(volumes_csv(found, dict(grades))))
    return {(x["figure"], x["matter"], x["detail"]): x for x in lines}


def test_the_table_holds_every_figure_and_is_read_back_by_a_reader_of_csv():
    found = volumes(
        case(),
        case(State.REFUSED, matter=Matter.RESIDENCE_PERMIT, reasons=("NO_RECORD",)),
        reuse=(Reuse("residence_permit", 8, 7),),
    )
    registration, permit = "residence_registration", "residence_permit"
    grades = {(registration, 5): 3, (registration, 1): 1}
    said = table(found, grades)
    for key, value in {
        ("submitted", registration, ""): "1",
        ("in_time", registration, ""): "1",
        ("answer_median_s", registration, ""): "3600.0",
        ("refused", permit, ""): "1",
        ("refused_for", permit, "NO_RECORD"): "1",
        ("materials_due", permit, ""): "8",
        ("without_upload", permit, ""): "7",
        ("without_upload_per_cent", permit, ""): "87.5",
        ("ratings", registration, ""): "4",
        ("ratings_good", registration, ""): "3",
        ("ratings_of_grade", registration, "1"): "1",
        ("pulls", "", "示范市教育局"): "12",
        ("scans", "", ""): "4",
        ("submitted_on_day", "", DUE.isoformat()): "0",
    }.items():
        assert said[key]["value"] == value, key
        assert (said[key]["since"], said[key]["until"]) == ("2026-11-25", "2026-11-26")
    assert ("sealing_median_s", registration, "") not in said
    assert volumes_json(found, grades)["ratings"] == {registration: {"1": 1, "5": 3}}
    assert volumes_json(found, grades)["reuse"] == [
        {"matter": permit, "due": 8, "without_upload": 7}
    ]


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@x", "\tx"])
def test_no_cell_is_a_formula(name):
    assert ("pulls", "", f"'{name}") in table(volumes(pulls={name: 1}))


def test_reuse_is_a_table_as_well():
    found = ReuseFigures(
        (Figure(Decided.PERMIT, Material.DWELLING, 8, 6, reasons={"NO_RECORD": 2}),), 8
    )
    lines = list(csv.reader(io.StringIO(reuse_csv(found, hides_small=False))))
    assert lines == [
        ["figure", "matter", "material", "reason", "value"],
        ["applications", "", "", "", "8"],
        ["due", "residence_permit", "dwelling", "", "8"],
        ["without_upload", "residence_permit", "dwelling", "", "6"],
        ["without_upload_per_cent", "residence_permit", "dwelling", "", "75.0"],
        ["handed_in_because", "residence_permit", "dwelling", "NO_RECORD", "2"],
    ]
    few = ReuseFigures((), 3)
    assert "applications" not in reuse_csv(few, hides_small=True)


def test_of_real_people_reuse_is_coarse_and_of_few_it_is_not_told():
    found = volumes(
        reuse=(Reuse("residence_permit", 402, 401), Reuse("address_change", 99, 3)),
        spans=(Span(DUE, DUE, 3),),
    )
    coarse = without_persons(found)
    assert coarse.reuse == (Reuse("residence_permit", 400, 400),)
    assert coarse.spans == (Span(DUE, DUE, 5),)


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (0.4, ("seconds", "0.4")),
        (45.2, ("seconds", "45")),
        (300.0, ("minutes", "5.0")),
        (7200.0, ("hours", "2.0")),
        (190_000.0, ("days", "2.2")),
    ],
)
def test_a_time_is_told_in_its_best_unit(seconds, told):
    assert Lasting.of(seconds) == Lasting(*told)
    assert Lasting.of(None) is None


def test_no_figure_names_anybody():
    said = volumes(case()).as_json()
    days = {"since", "until", "submitted_by_day"}
    assert set(said) == {*days, "matters", "pulls", "scans", "reuse"}
    assert replace(volumes(case()), scans=1).as_json()["scans"] == 1
