"""A few simulated days hold; and whatever is broken in their stores afterwards is found."""

import json
import shutil
import sqlite3
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from certstore.clock import CHINA, MovedClock
from certstore.errors import UnavailableError
from certstore.service.cli import main
from certstore.service.demo_city.dice import Dice
from certstore.service.simulation.assumptions import assumptions
from certstore.service.simulation.auditing import audit
from certstore.service.simulation.city import settings_in
from certstore.service.simulation.failing_sources import FailingSource, failing_sources
from certstore.service.simulation.figures import Outcome, as_lines
from certstore.service.simulation.parts import Part, play
from certstore.service.simulation.schedule import Schedule
from certstore.service.wiring import House
from issuance.application import Matter
from verifiers.materials.holdings import HeldRecord
from verifiers.materials.vocabulary import RecordStatus, RecordType

MONDAY = date(2026, 3, 2)
NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
DAYS, PER_DAY = 2, 40


@pytest.fixture(scope="module")
def played(tmp_path_factory):
    """Two days of one part, played once: the folder of its stores, and what came of it."""
    folder = tmp_path_factory.mktemp("played") / "part"
    part = Part(number=0, folder=folder, start=MONDAY, days=DAYS, per_day=PER_DAY, seed="tests")
    told = []
    done = play(part, lambda *day: told.append(day))
    assert [day for day, _ in told] == [1, 2]
    return folder, done


@pytest.fixture
def again(played, tmp_path):
    """A copy of the stores, to be broken, and the audit of them."""
    folder = tmp_path / "part"
    shutil.copytree(played[0], folder)

    def look():
        house = House(settings_in(folder), MovedClock(NOON))
        try:
            tally = played[1].tally
            return audit(house, scanned=tally.scanned, pulled=tally.pulled)
        finally:
            house.close()

    return folder, look


def changed(folder: Path, statement: str, *values: object) -> None:
    """Change something behind the service's back."""
    with sqlite3.connect(folder / "certstore.db") as database:
        assert database.execute(statement, values).rowcount > 0
    database.close()


def one(folder: Path, query: str) -> str:
    """One value of the database."""
    with sqlite3.connect(folder / "certstore.db") as database:
        found = database.execute(query).fetchone()[0]
    database.close()
    return found


def test_everything_holds_and_everybody_is_accounted_for(played):
    done = played[1]
    audited, tally = done.audit, done.tally
    assert audited.faults == []
    assert tally.begun == sum(audited.states.values()) == DAYS * PER_DAY
    assert audited.late_by["system"] == 0
    issued = sum(n for what, n in audited.states.items() if what.endswith(" issued"))
    assert audited.certificates == issued > DAYS * PER_DAY / 2
    assert audited.leaves == sum(audited.accesses.values())
    assert {"issue", "review", "relative"} <= audited.accesses.keys()
    matters = {what.partition(" ")[0] for what in audited.states}
    assert {"residence_registration", "residence_permit"} <= matters


def test_the_stores_say_the_same_when_they_are_read_again(played, again):
    found = again[1]()
    assert found.faults == []
    assert found.states == played[1].audit.states
    assert found.leaves == played[1].audit.leaves


def test_the_announcements_figures_stand_beside_ours(played):
    outcome = Outcome.of(DAYS, PER_DAY, [played[1]], 60.0)
    lines = as_lines(outcome, assumptions().announced)
    said = "\n".join(lines)
    assert "87,710 in 49 days" in said
    assert "Everything holds." in lines
    assert outcome.on_approval_day == 1.0
    assert 0.9 < outcome.without_upload <= 1.0
    assert all(seconds < 60 for seconds in outcome.in_hand_s)
    json.dumps(outcome.as_json())


@pytest.mark.parametrize(
    ("statement", "fault"),
    [
        (
            (
                "UPDATE applications SET state = 'refused' WHERE ref = "
                "(SELECT ref FROM applications WHERE state = 'draft' LIMIT 1)"
            ),
            "its last step led to",
        ),
        (
            (
                "UPDATE application_events SET step = 'waiting' WHERE id = (SELECT id FROM "
                "application_events WHERE step = 'approved' LIMIT 1)"
            ),
            "which no row allows",
        ),
        (
            (
                "UPDATE application_events SET at = datetime(at, '+2 hours') WHERE id = (SELECT id "
                "FROM application_events WHERE step = 'issued' LIMIT 1)"
            ),
            "late by the service's own fault",
        ),
        (
            (
                "UPDATE applications SET certificate_ref = (SELECT certificate_ref FROM "
                "applications WHERE state = 'issued' LIMIT 1) WHERE state = 'issued' AND "
                "matter = 'residence_registration'"
            ),
            "cases",
        ),
        (
            (
                "UPDATE certificates SET state = 'reserved' WHERE id = (SELECT max(id) FROM "
                "certificates WHERE state = 'sealed' AND type_code = 'residence_voucher')"
            ),
            "became no certificate",
        ),
        (
            "DELETE FROM usage WHERE id = (SELECT id FROM usage WHERE kind = 'issue' LIMIT 1)",
            "ledger",
        ),
        (
            "DELETE FROM usage WHERE id = (SELECT id FROM usage WHERE kind = 'review' LIMIT 1)",
            "of review",
        ),
        (
            (
                "UPDATE usage SET record = replace(record, 'issuance', 'somebody') "
                "WHERE kind = 'issue'"
            ),
            "ledger",
        ),
    ],
)
def test_what_is_broken_is_found(again, statement, fault):
    folder, look = again
    changed(folder, statement)
    assert any(fault in found for found in look().faults)


def test_a_document_that_is_gone_is_found(again):
    folder, look = again
    files = one(folder, "SELECT files FROM certificates WHERE state = 'sealed' ORDER BY id DESC")
    digest = next(f["sha256"] for f in json.loads(files) if f["role"] == "document")
    changed(folder, "UPDATE certificates SET files = replace(files, ?, ?)", digest, "0" * 64)
    assert any("is not in the store" in found for found in look().faults)


def test_the_command_plays_and_says_what_holds(tmp_path):
    options = ["--days", "1", "--per-day", "4", "--processes", "2", "--json"]
    told = CliRunner().invoke(main, ["simulate", *options, "--keep", str(tmp_path / "kept")])
    assert told.exit_code == 0, told.output
    said = json.loads(told.stdout)
    assert (said["begun"], said["parts"], said["faults"]) == (4, 2, [])
    assert (tmp_path / "kept" / "part-2" / "certstore.db").exists()
    again = CliRunner().invoke(main, ["simulate", *options, "--keep", str(tmp_path / "kept")])
    assert again.exit_code != 0
    assert "the folder is not empty" in str(again.exception)


def test_walks_go_on_in_the_order_of_their_moments_and_the_clock_goes_with_them():
    schedule, met = Schedule(datetime(2026, 3, 2, tzinfo=CHINA)), []

    def walk(name, pause):
        for _ in range(2):
            met.append((name, schedule.clock.now()))
            yield pause

    start = schedule.clock.now()
    schedule.after(timedelta(hours=2), walk("late", timedelta(hours=1)))
    schedule.after(timedelta(hours=1), walk("early", timedelta(hours=9)))
    schedule.run_until(start + timedelta(hours=5))
    assert [name for name, _ in met] == ["early", "late", "late"]
    hours = [round((at - start) / timedelta(hours=1), 2) for _, at in met]
    assert hours == [1.0, 2.0, 3.0]
    assert schedule.clock.now() >= start + timedelta(hours=5)


def test_a_source_is_down_for_its_outages_and_answers_otherwise():
    clock = MovedClock(NOON)
    hour = timedelta(hours=1)
    source = FailingSource(clock, [(NOON + hour, NOON + 2 * hour)])
    held = [HeldRecord(RecordType("lease_filing"), "housing.BA1", 1)]
    assert source.ask(held).standings[0].status is RecordStatus.VALID
    clock.skip(hour)
    with pytest.raises(UnavailableError):
        source.ask(held)
    clock.skip(hour)
    assert source.ask(held).standings


def test_outages_follow_the_seed(played):
    sources = assumptions().sources
    clock = MovedClock(NOON)
    one_way, count = failing_sources(clock, 49, sources, Dice("a"))
    assert count == sum(len(each.holdings.outages) for each in one_way.values())
    assert 10 < count < 150
    assert failing_sources(clock, 49, sources, Dice("b"))[1] != 0


def test_the_shares_of_the_announcement_are_the_ones_drawn_by():
    shares = dict(assumptions().matters)
    assert sum(shares.values()) == 10_000
    assert shares[Matter.RESIDENCE_REGISTRATION] == 5485
