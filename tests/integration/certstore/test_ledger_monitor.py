"""The monitor on both databases: whatever is changed behind our back is found, and named."""

import json
import tracemalloc
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from certstore import merkle
from certstore.certificates import Holder
from certstore.clock import MovedClock
from certstore.keys import KeySigner, Purpose, generate
from certstore.ledger import Access, LedgerDesk, record_access
from certstore.ledger_monitor import look_through, read_entries
from certstore.signed_note import Checkpoint, open_checkpoint, sign_checkpoint
from tests.ledger_of_size import write_ledger

ORIGIN = "tests.example/ledger"
AT = datetime(2026, 11, 25, 2, 0, 41, tzinfo=UTC)
LIN = Holder("林晓禾", "111", "340199199804060284")
ZHOU = Holder("周敏", "111", "340199197109230625")


def desk_over(archive):
    signer = KeySigner(Purpose.LEDGER, generate("EdDSA"))
    return LedgerDesk(archive=archive, signer=signer, clock=MovedClock(AT), origin=ORIGIN)


@pytest.fixture
def desk(archive):
    """A ledger of seven accesses to two people, under a checkpoint."""
    made = desk_over(archive)
    grow(archive, 7)
    made.checkpoint()
    return made


def grow(archive, count, first=0):
    for number in range(first, first + count):
        holder = LIN if number % 3 else ZHOU
        with archive.writing() as books:
            access = Access(
                kind="pull", at=AT + timedelta(minutes=number), client="c", agency="a", purpose="p",
                person=books.people.known(holder), record={"case_no": f"RX-{number}"},
            )  # fmt: skip
            record_access(books, ORIGIN, access)


def change(archive, *statements, **values):
    with archive.writing() as books:
        for statement in statements:
            books.connection.execute(text(statement), values)


def kept_of(desk):
    return open_checkpoint(desk.latest().note, desk.vkey())


def found(archive, desk, kept=None):
    report = look_through(archive, desk.vkey(), kept)
    return {(finding.code, finding.where) for finding in report.findings}


def codes(archive, desk, kept=None):
    return {code for code, _ in found(archive, desk, kept)}


def test_a_ledger_nobody_touched_is_sound(archive, desk):
    kept = kept_of(desk)
    assert found(archive, desk, kept) == set()
    grow(archive, 3, first=7)
    report = look_through(archive, desk.vkey(), kept)
    assert (report.sound, report.leaves, report.signed, report.accesses) == (True, 10, 7, 10)
    assert report.note == desk.latest().note


def test_an_empty_ledger_is_sound(archive):
    desk = desk_over(archive)
    assert found(archive, desk) == set()
    desk.checkpoint()
    kept = kept_of(desk)
    assert found(archive, desk, kept) == set()
    grow(archive, 1)
    assert found(archive, desk, kept) == set()


# -- leaves --------------------------------------------------------------------------------


def test_a_changed_leaf_is_named_and_so_is_the_root_it_spoils(archive, desk):
    with archive.reading() as books:
        said = json.loads(books.ledger.leaf(2)) | {"purpose": "another"}
    leaf = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    change(archive, 'UPDATE ledger_leaves SET leaf = :leaf WHERE "index" = 2', leaf=leaf)
    assert found(archive, desk) == {("leaf_changed", "2"), ("root_differs", "7")}


def test_a_leaf_changed_with_its_nodes_spoils_the_signed_root(archive, desk):
    """Whoever can write the database can write a whole new tree; they cannot sign it."""
    kept = kept_of(desk)
    rebuild(archive, {2: {"purpose": "another"}})
    assert found(archive, desk) == {("root_differs", "7")}
    assert found(archive, desk, kept) == {("root_differs", "7"), ("forked", "7")}


def rebuild(archive, changes, size=7):
    """Write the tree anew from changed leaves, as an intruder with the whole database would."""
    with archive.reading() as books:
        leaves = [json.loads(leaf) for leaf in books.ledger.entries(0, size)]
    with archive.writing() as books:
        books.connection.execute(text("DELETE FROM ledger_nodes"))
        books.connection.execute(text("DELETE FROM ledger_leaves"))
        for index, said in enumerate(leaves):
            written = said | changes.get(index, {})
            leaf = json.dumps(written, sort_keys=True, separators=(",", ":")).encode()
            books.ledger.append(leaf)


def test_a_lost_leaf_is_named(archive, desk):
    change(archive, 'DELETE FROM ledger_leaves WHERE "index" = 3')
    assert found(archive, desk) == {("leaf_missing", "3")}  # its hash is still among the nodes
    change(archive, 'DELETE FROM ledger_nodes WHERE level = 0 AND "index" = 3')
    rest = {("root_differs", "7"), ("nodes_changed", "7")}
    assert found(archive, desk) == {("leaf_missing", "3"), *rest}


def test_leaves_that_changed_places_are_told_from_changed_ones(archive, desk):
    swap = 'UPDATE ledger_leaves SET "index" = :after WHERE "index" = :before'
    for before, after in ((1, 99), (4, 1), (99, 4)):
        change(archive, swap, before=before, after=after)
    named = found(archive, desk)
    assert ("leaves_reordered", "1, 4") in named
    assert "leaf_changed" not in {code for code, _ in named}
    assert ("root_differs", "7") in named


def test_a_ledger_cut_short_is_shorter_than_its_checkpoint(archive, desk):
    for table, column in (("ledger_leaves", '"index"'), ("usage", "leaf_index")):
        change(archive, f"DELETE FROM {table} WHERE {column} >= 5")
    assert found(archive, desk) == {("truncated", "5")}


def test_a_leaf_that_claims_a_place_far_away_does_not_keep_the_monitor_busy(archive, desk):
    change(archive, "INSERT INTO ledger_leaves (\"index\", leaf) VALUES (1000000000, '')")
    assert "leaf_missing" in codes(archive, desk)


def test_what_is_no_leaf_is_named(archive, desk):
    change(archive, 'UPDATE ledger_leaves SET leaf = :leaf WHERE "index" = 6', leaf=b"{}")
    assert ("leaf_unreadable", "6") in found(archive, desk)


def test_stored_nodes_that_are_not_the_leaves_are_noticed(archive, desk):
    wrong = "UPDATE ledger_nodes SET hash = :hash WHERE level = 2"
    change(archive, wrong, hash=bytes(32))
    assert found(archive, desk) == {("nodes_changed", "7")}
    change(archive, "DELETE FROM ledger_nodes WHERE level = 2")
    assert found(archive, desk) == {("nodes_changed", "7")}


# -- checkpoints ---------------------------------------------------------------------------


def test_a_database_set_back_as_a_whole_is_shown_by_the_checkpoint_kept_elsewhere(archive, desk):
    """Everything in it fits: leaves, nodes, usage rows, and the checkpoint of that time."""
    grow(archive, 2, first=7)
    desk.checkpoint()
    kept = kept_of(desk)
    for table, column in (("ledger_leaves", '"index"'), ("usage", "leaf_index")):
        change(archive, f"DELETE FROM {table} WHERE {column} >= 7")
    change(archive, "DELETE FROM ledger_checkpoints WHERE size > 7")
    nodes = 'DELETE FROM ledger_nodes WHERE ("index" + 1) * power(2, level) > 7'
    if archive.database.is_sqlite:
        nodes = 'DELETE FROM ledger_nodes WHERE ("index" + 1) << level > 7'
    change(archive, nodes)
    assert found(archive, desk) == set()
    assert found(archive, desk, kept) == {("rolled_back", "7")}
    grow(archive, 4, first=20)  # and having gone on, it is a fork
    desk.checkpoint()
    assert found(archive, desk) == set()
    assert found(archive, desk, kept) == {("forked", "9")}


def test_a_newest_checkpoint_older_than_the_one_kept_is_noticed(archive, desk):
    grow(archive, 1, first=7)
    desk.checkpoint()
    kept = kept_of(desk)
    change(archive, "DELETE FROM ledger_checkpoints WHERE size > 7")
    assert found(archive, desk, kept) == {("rolled_back", "7")}


def test_a_checkpoint_without_its_signature_is_none(archive, desk):
    change(archive, "UPDATE ledger_checkpoints SET root = :root", root=bytes(32))
    assert codes(archive, desk) == {"checkpoint_unsigned", "checkpoint_missing"}
    change(archive, "DELETE FROM ledger_checkpoints")
    assert codes(archive, desk) == {"checkpoint_missing"}


def test_a_checkpoint_of_another_key_is_none(archive, desk):
    stranger = desk_over(archive)
    assert "checkpoint_unsigned" in {
        f.code for f in look_through(archive, stranger.vkey()).findings
    }


def signed_as(desk, origin, root, size=7):
    return sign_checkpoint(Checkpoint(origin, size, root), desk.signer, desk.public_key)


def test_a_checkpoint_of_another_log_is_named_as_such(archive, desk):
    """Signed by our key, and in another log's name."""
    root = desk.latest().root
    note = signed_as(desk, "elsewhere.example/ledger", root)
    change(archive, "UPDATE ledger_checkpoints SET note = :note", note=note)
    assert codes(archive, desk) == {"checkpoint_foreign", "checkpoint_missing"}


def test_two_roots_signed_for_one_size_are_a_fork(archive, desk):
    """The database fits its own checkpoint; the one kept elsewhere is signed, too."""
    note = signed_as(desk, ORIGIN, bytes(32))
    assert found(archive, desk, open_checkpoint(note, desk.vkey())) == {("forked", "7")}
    kept = kept_of(desk)  # and the other way round: the leaves fit the one kept elsewhere
    change(
        archive,
        "UPDATE ledger_checkpoints SET note = :note, root = :root",
        note=note,
        root=bytes(32),
    )
    assert found(archive, desk, kept) == {("root_differs", "7"), ("forked", "7")}


def test_an_earlier_checkpoint_of_another_tree_is_a_fork(archive, desk):
    """Whoever holds the key can sign two histories; what was signed earlier shows it."""
    grow(archive, 3, first=7)
    desk.checkpoint()
    assert found(archive, desk) == set()
    note = signed_as(desk, ORIGIN, bytes(32))
    statement = "UPDATE ledger_checkpoints SET note = :note, root = :root WHERE size = 7"
    change(archive, statement, note=note, root=bytes(32))
    assert found(archive, desk) == {("forked", "7")}
    change(archive, "UPDATE ledger_checkpoints SET note = 'x' WHERE size = 7")
    assert found(archive, desk) == {("checkpoint_unsigned", "7")}


# -- usage rows ----------------------------------------------------------------------------


def test_a_deleted_usage_row_is_named(archive, desk):
    change(archive, "DELETE FROM usage WHERE leaf_index = 2")
    assert found(archive, desk) == {("access_missing", "2")}


def test_a_usage_row_nobody_recorded_is_noticed(archive, desk):
    change(
        archive,
        "INSERT INTO usage (ref, person_id, kind, at, record, salt, leaf_index) "
        "SELECT 'another', person_id, kind, at, record, salt, 99 FROM usage WHERE leaf_index = 2",
    )
    assert found(archive, desk) == {("access_added", "7")}


@pytest.mark.parametrize("column", ["record", "salt", "at"])
def test_a_usage_row_with_something_of_another_is_named(archive, desk, column):
    other = f"(SELECT {column} FROM usage WHERE leaf_index = 1)"
    change(archive, f"UPDATE usage SET {column} = {other} WHERE leaf_index = 2")
    assert found(archive, desk) == {("access_changed", "2")}


def test_a_usage_row_shown_as_another_kind_is_named(archive, desk):
    change(archive, "UPDATE usage SET kind = 'look' WHERE leaf_index = 2")
    assert found(archive, desk) == {("access_changed", "2")}


@pytest.mark.parametrize("record", ["[]", "null", '"x"', '{"much": 1e400}', "12"])
def test_a_usage_row_that_holds_no_record_is_named(archive, desk, record):
    if "e400" in record and not archive.database.is_sqlite:
        record = '{"much": 100000000000000000000}'  # PostgreSQL would write it out in full
    statement = f"UPDATE usage SET record = '{record}' WHERE leaf_index = 2"
    with archive.writing() as books:
        books.connection.exec_driver_sql(statement)
    assert found(archive, desk) == {("access_changed", "2")}


def test_a_usage_row_that_cannot_be_read_does_not_stop_the_monitor(archive, desk):
    if not archive.database.is_sqlite:
        return  # PostgreSQL keeps no such row
    with archive.writing() as books:
        for column, value, place in (("record", "{", 2), ("at", "soon", 4)):
            statement = f"UPDATE usage SET {column} = '{value}' WHERE leaf_index = {place}"
            books.connection.exec_driver_sql(statement)
        books.connection.exec_driver_sql(
            "UPDATE ledger_leaves SET leaf = 'no leaf' WHERE \"index\" = 5"
        )
    named = found(archive, desk)
    assert {("access_changed", "2"), ("access_changed", "4"), ("leaf_unreadable", "5")} <= named
    assert not any(code == "access_missing" for code, _ in named)


@pytest.mark.parametrize("moved_to", ["(SELECT id FROM people WHERE id_number = :zhou)", "NULL"])
def test_an_access_hidden_from_the_person_it_concerns_is_named(archive, desk, moved_to):
    statement = f"UPDATE usage SET person_id = {moved_to} WHERE leaf_index = 2"
    values = {"zhou": ZHOU.id_number} if ":zhou" in statement else {}
    change(archive, statement, **values)
    assert found(archive, desk) == {("access_moved", "2")}


def test_an_erasure_that_is_not_on_record_is_noticed(archive, desk):
    change(archive, "UPDATE usage SET salt = NULL, person_id = NULL WHERE leaf_index = 2")
    assert found(archive, desk) == {("access_erased", "7")}


def test_many_findings_of_one_kind_are_counted(archive):
    desk = desk_over(archive)
    grow(archive, 25)
    desk.checkpoint()
    change(archive, "DELETE FROM usage")
    report = look_through(archive, desk.vkey())
    assert len(report.findings) == 21
    assert report.findings[-1].detail == "and 5 more"


def test_every_leaf_exchanged_is_told_in_bounded_words(archive):
    desk = desk_over(archive)
    grow(archive, 50)
    desk.checkpoint()
    change(archive, 'UPDATE ledger_leaves SET "index" = -1 - "index"')
    change(archive, 'UPDATE ledger_leaves SET "index" = 50 + "index"')
    report = look_through(archive, desk.vkey())
    (said,) = [f for f in report.findings if f.code == "leaves_reordered"]
    assert said.where == ", ".join(map(str, range(20)))
    assert said.detail == "50 leaves changed places, these the first"
    change(archive, "UPDATE ledger_leaves SET leaf = :leaf", leaf=b"{}")
    report = look_through(archive, desk.vkey())
    changed = [f for f in report.findings if f.code == "leaf_changed"]
    assert (len(changed), changed[-1].detail) == (21, "and 30 more")


# -- a long ledger -------------------------------------------------------------------------


def test_a_long_ledger_is_read_a_page_at_a_time_and_says_how_far_it_is(archive):
    """The second half of the ledger takes no more memory than the first."""
    peaks, told = {}, []
    for size in (3000, 9000):
        with archive.writing() as books:
            for table in ("usage", "ledger_leaves", "ledger_nodes", "ledger_checkpoints"):
                books.connection.execute(text(f"DELETE FROM {table}"))
        write_ledger(archive, ORIGIN, AT, size)
        desk = desk_over(archive)
        desk.checkpoint()
        tracemalloc.start()
        report = look_through(archive, desk.vkey(), kept_of(desk), lambda *at: told.append(at))
        peaks[size] = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (report.sound, report.leaves, report.accesses) == (True, size, size)
        assert told[-1] == (size, size)
    assert len(told) == 3 + 9
    assert peaks[9000] < 1.5 * peaks[3000], peaks


# -- from outside --------------------------------------------------------------------------


def listed(archive, desk):
    with archive.reading() as books:
        return books.ledger.entries(0, 1000), kept_of(desk)


def outside(leaves, head, kept=None):
    return {(f.code, f.where) for f in read_entries(leaves, head, kept).findings}


def test_the_leaves_listed_are_compared_with_both_checkpoints(archive, desk):
    leaves, kept = listed(archive, desk)
    grow(archive, 2, first=7)
    desk.checkpoint()
    grown, head = listed(archive, desk)
    assert outside(grown, head, kept) == set()
    assert outside(grown[:-1], head, kept) == {("truncated", "8")}
    assert outside(leaves, kept, head) == {("rolled_back", "7")}
    assert outside([grown[1], grown[0], *grown[2:]], head) == {("root_differs", "9")}
    assert outside([b"{}", *grown[1:]], head) == {("leaf_unreadable", "0"), ("root_differs", "9")}


def test_leaves_of_another_ledger_are_no_leaves_of_this_one(archive, desk):
    leaves, head = listed(archive, desk)
    said = json.loads(leaves[0]) | {"log": "elsewhere.example/ledger"}
    strange = json.dumps(said, sort_keys=True, separators=(",", ":")).encode()
    assert ("leaf_unreadable", "0") in outside([strange, *leaves[1:]], head)


def test_the_frontier_of_a_growing_tree_has_its_root(archive, desk):
    frontier = merkle.Frontier()
    with archive.reading() as books:
        for size, leaf in enumerate(books.ledger.entries(0, 100)):
            assert frontier.root() == merkle.root(size, books.ledger.node)
            frontier.append(merkle.leaf_hash(leaf))
        assert frontier.root() == merkle.root(7, books.ledger.node)


def test_what_the_findings_say_holds_nothing_about_anybody(archive, desk):
    change(archive, "UPDATE usage SET kind = 'look'")
    said = str(look_through(archive, desk.vkey()).findings)
    assert LIN.name not in said
    assert LIN.id_number not in said
    assert "RX-" not in said
