"""The queue: page by page, by due date, by case number; what is late says so."""

from datetime import date, timedelta

import pytest
from sqlalchemy import text

from certstore.chance import reference
from issuance.application import Matter, State
from issuance.pages.desk_queue_pages import queue_lines
from issuance.tables import applications
from issuance.waiting.queue import PAGE, WHICH, Asked
from tests.residents import GAO, resident, submitted

TODAY = date(2026, 11, 25)
SHEN = resident("shen_xiaozhou")


def copies(house, ref, count, **changes):
    """More cases like this one, as others' would be."""
    with house.archive.writing() as books:
        row = dict(
            books.connection.execute(applications.select().where(applications.c.ref == ref))
            .mappings()
            .one()
        )
        del row["id"]
        made = [
            row
            | {
                "ref": reference(),
                "number": f"SF-2611-{900_000 + n:06d}",
                "subject_key": f"copy-{n}-{changes.get('due_on', '')}",
            }
            | changes
            for n in range(count)
        ]
        books.connection.execute(applications.insert(), made)
    return [m["ref"] for m in made]


@pytest.fixture
def case(house):
    return submitted(house, "shen_xiaozhou").ref


def test_beyond_two_hundred_every_case_stands_on_one_page_and_one_only(house, case):
    others = copies(house, case, 260)
    first = house.review_desk.waiting(Asked())
    assert (first.counts["all"], first.found, first.pages, len(first.lines)) == (261, 261, 6, PAGE)
    seen = [
        line.ref
        for page in range(1, first.pages + 1)
        for line in house.review_desk.waiting(Asked(page=page)).lines
    ]
    assert sorted(seen) == sorted([case, *others])
    beyond = house.review_desk.waiting(Asked(page=99))
    assert (beyond.asked.page, len(beyond.lines)) == (6, 11)


def test_the_most_urgent_stands_first_and_says_how_it_stands_to_its_date(house, case):
    due = {
        "late": TODAY - timedelta(days=2),
        "today": TODAY,
        "soon": TODAY + timedelta(days=1),
        "later": TODAY + timedelta(days=6),
    }
    with house.archive.writing() as books:
        books.connection.execute(applications.delete().where(applications.c.ref != case))
        change = applications.update().where(applications.c.ref == case)
        books.connection.execute(change.values(due_on=due["later"]))
    for n, day in enumerate((due["soon"], due["today"], due["late"])):
        copies(house, case, 1, due_on=day, number=f"SF-2611-80000{n}")
    found = house.review_desk.waiting(Asked())
    lines = queue_lines(found)
    assert [line.due for line in lines] == ["late", "today", "soon", "later"]
    assert [line.days for line in lines] == [-2, 0, 1, 4]  # working days
    none = dict.fromkeys(WHICH, 0)
    assert found.counts == none | {"all": 4, "late": 1, "today": 1, "week": 2}
    for which in ("late", "today"):
        (only,) = queue_lines(house.review_desk.waiting(Asked(which)))
        assert only.due == which


def test_over_a_weekend_a_case_past_its_date_is_late_though_no_working_day_has_passed(house, case):
    saturday = date(2026, 11, 28)
    house.clock.skip(timedelta(days=3))
    copies(house, case, 1, due_on=saturday - timedelta(days=1), number="SF-2611-800000")
    late = house.review_desk.waiting(Asked("late")).lines
    lines = queue_lines(house.review_desk.waiting(Asked("late")))
    assert {line.due for line in lines} == {"late"}
    assert "SF-2611-800000" in {line.number for line in late}


def test_a_case_that_waits_for_a_source_says_so_until_it_is_late(house, case):
    week = TODAY + timedelta(days=7)
    copies(house, case, 1, waits_for_source=True, due_on=week, number="SF-2611-800000")
    copies(house, case, 1, waits_for_source=True, due_on=date(2026, 11, 20), number="SF-2611-8")
    marks = {line.case_number: line.due for line in queue_lines(house.review_desk.waiting(Asked()))}
    assert marks["SF-2611-800000"] == "source"
    assert marks["SF-2611-8"] == "late"


def test_a_case_is_found_by_its_number_or_a_part_of_it_also_when_it_is_decided(house, case):
    number = house.application(case).number
    copies(house, case, 3)
    for typed in (number, number.lower(), f"  {number[-6:]} ", number[-6:]):
        (line,) = house.review_desk.waiting(Asked.read("late", typed, 1)).lines
        assert line.ref == case
    assert len(house.review_desk.waiting(Asked.read("all", "90000", 1)).lines) == 3
    house.review_desk.approve(GAO, case, {"dwelling": "yes"})
    found = house.review_desk.waiting(Asked.read("all", number, 1))
    assert [line.state for line in found.lines] == [State.ISSUED]
    assert queue_lines(found)[0].due == "decided"
    assert case not in {line.ref for line in house.review_desk.waiting(Asked()).lines}


@pytest.mark.parametrize("typed", ["%", "_", "SF-2611-999999", "' OR 1=1 --", "\x00", "长" * 60])
def test_what_is_typed_is_no_pattern(house, case, typed):
    assert house.review_desk.waiting(Asked.read("all", typed, 1)).lines == ()


def test_a_draft_is_not_found_by_its_number(house):
    draft = house.apply_desk.begin(SHEN, Matter.RESIDENCE_REGISTRATION)
    assert house.review_desk.waiting(Asked.read("all", draft.number, 1)).lines == ()


@pytest.mark.parametrize(
    ("asked", "read"),
    [
        (("late", "", 2), Asked("late", "", 2)),
        (("everything", "", 1), Asked()),
        (("late", "12", 0), Asked("all", "12", 1)),
    ],
)
def test_what_is_not_understood_asks_for_everything(asked, read):
    assert Asked.read(*asked) == read


def test_of_a_child_the_childs_name_stands_in_the_line(house, case):
    with house.archive.writing() as books:
        setting = "json_set(answers, '$.child', json(:child))"
        change = text(f"UPDATE applications SET answers = {setting}")
        child = '{"name":"沈小小","id_number":"340199201801010017","relation":"parent"}'
        books.connection.execute(change, {"child": child})
    (line,) = house.review_desk.waiting(Asked()).lines
    assert line.name == "沈小小"
