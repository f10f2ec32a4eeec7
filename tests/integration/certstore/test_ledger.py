"""The ledger on both databases: leaves that link nobody, one transaction, dense indexes."""

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, text

from certstore.certificates import Holder
from certstore.clock import MovedClock
from certstore.erasure import erase_person
from certstore.errors import LedgerUnavailableError
from certstore.keys import KeySigner, Purpose, generate
from certstore.ledger import Access, LedgerDesk, record_access
from certstore.ledger_monitor import look_through
from certstore.tables.ledger import StoredCheckpoint
from certstore.tables.usage import UsageEntry

ORIGIN = "tests.example/ledger"
AT = datetime(2026, 11, 25, 2, 0, 41, 250_000, tzinfo=UTC)
LIN = Holder("林晓禾", "111", "340199199804060284")
ZHOU = Holder("周敏", "111", "340199197109230625")
LONG_AGO = datetime.min.replace(tzinfo=UTC)
RECORD = {"agency": "教育局", "fields": ["name"], "case_no": "RX-1"}


@pytest.fixture
def desk(archive):
    signer = KeySigner(Purpose.LEDGER, generate("EdDSA"))
    return LedgerDesk(archive=archive, signer=signer, clock=MovedClock(AT), origin=ORIGIN)


def pulled(books, holder=LIN, **record):
    person = None if holder is None else books.people.known(holder)
    access = Access(
        kind="pull",
        at=AT,
        client="school-service",
        agency="11310000MB0T00058A",
        purpose="enrolment-2026",
        person=person,
        record={**RECORD, **record},
    )
    return record_access(books, ORIGIN, access)


def record(archive, count=1, holder=LIN):
    for number in range(count):
        with archive.writing() as books:
            pulled(books, holder, case_no=f"RX-{number}")


def entries_of(archive, holder=LIN):
    with archive.reading() as books:
        person = books.people.find("111", holder.id_number)
        return person, books.usage.of(person.id, LONG_AGO)


def leaf(archive, index):
    with archive.reading() as books:
        return json.loads(books.ledger.leaf(index))


def sound(archive, desk):
    desk.checkpoint()
    return look_through(archive, desk.vkey()).sound


def change(archive, statement):
    with archive.writing() as books:
        books.connection.execute(text(statement))


def canonical(value):
    """JCS of what has ASCII names and no numbers but whole ones, written without our library."""
    written = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return written.encode()


def tree_head(leaves):
    """RFC 6962 §2.1, as it stands there."""
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    left, right = tree_head(leaves[:half]), tree_head(leaves[half:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def test_a_leaf_commits_to_the_record_as_the_format_says(archive):
    with archive.writing() as books:
        told = pulled(books)
    with archive.reading() as books:
        leaf = books.ledger.leaf(told.leaf_index)
    person, (entry,) = entries_of(archive)
    label = b"certstore ledger leaf 2\x00"
    key = hmac.digest(person.subject_key, label + entry.salt, hashlib.sha256)
    subject = hmac.digest(key, LIN.id_number.encode(), hashlib.sha256).hex()
    full = {**RECORD, "kind": "pull", "at": AT.isoformat()}
    payload = hashlib.sha256(entry.salt + canonical(full)).hexdigest()
    assert leaf == canonical(
        {
            "v": 2,
            "log": ORIGIN,
            "kind": "pull",
            "at": "2026-11-25T02:00:00+00:00",  # the minute; the record has the microsecond
            "client": "school-service",
            "agency": "11310000MB0T00058A",
            "purpose": "enrolment-2026",
            "subject_commitment": subject,
            "payload_commitment": payload,
        }
    )
    assert told.leaf_hash == hashlib.sha256(b"\x00" + leaf).hexdigest()
    assert (entry.leaf_index, dict(entry.record)) == (told.leaf_index, full)
    assert LIN.id_number.encode() not in leaf
    assert LIN.name.encode() not in leaf


def test_a_failure_after_the_leaf_leaves_neither_leaf_nor_access(archive):
    record(archive, 3)
    change(archive, "ALTER TABLE usage RENAME TO elsewhere")
    with pytest.raises(LedgerUnavailableError, match="nothing was released"):
        record(archive)
    change(archive, "ALTER TABLE elsewhere RENAME TO usage")
    with archive.reading() as books:
        assert (books.ledger.size(), books.usage.count()) == (3, 3)
    record(archive)
    with archive.reading() as books:
        assert (books.ledger.size(), books.usage.count()) == (4, 4)


def test_a_commit_that_fails_leaves_nothing(archive, desk):
    def refuse(_connection):
        raise OSError("the disk is full")

    engine = archive.database.engine
    event.listen(engine, "commit", refuse)
    with pytest.raises(OSError, match="full"):
        record(archive)
    event.remove(engine, "commit", refuse)
    with archive.reading() as books:
        assert (books.ledger.size(), books.usage.count()) == (0, 0)
    record(archive)
    assert sound(archive, desk)


def test_appends_at_once_get_dense_indexes_and_one_tree(archive, desk):
    def one(number):
        with archive.writing() as books:
            return pulled(books, case_no=f"RX-{number}").leaf_index

    with ThreadPoolExecutor(6) as pool:
        indexes = list(pool.map(one, range(30)))
    assert sorted(indexes) == list(range(30))
    head = desk.checkpoint()
    with archive.reading() as books:
        leaves = books.ledger.entries(0, 1000)
    assert (head.size, head.root) == (30, tree_head(leaves))
    assert sound(archive, desk)


def test_no_two_leaves_about_one_person_have_a_commitment_in_common(archive):
    record(archive, 6)
    record(archive, 2, ZHOU)
    leaves = [leaf(archive, index) for index in range(8)]
    for member in ("subject_commitment", "payload_commitment"):
        assert len({said[member] for said in leaves}) == 8
    shown = {name for said in leaves for name in said if len({s[name] for s in leaves}) > 1}
    assert shown == {"subject_commitment", "payload_commitment"}  # nothing else tells them apart


def test_the_proof_of_one_leaf_opens_no_other(archive, desk):
    record(archive, 3)
    person, entries = entries_of(archive)
    shown = desk.proof(entries[0])
    number = LIN.id_number.encode()
    said = hmac.digest(shown.subject_key, number, hashlib.sha256).hex()
    assert said == leaf(archive, entries[0].leaf_index)["subject_commitment"]
    for other in entries[1:]:
        assert said != leaf(archive, other.leaf_index)["subject_commitment"]
    assert shown.subject_key != person.subject_key
    assert {desk.proof(entry).subject_key for entry in entries}.isdisjoint({person.subject_key})


def test_a_leaf_about_nobody_known_looks_like_any_other(archive, desk):
    record(archive, 1, None)
    record(archive, 1)
    nobody, somebody = leaf(archive, 0), leaf(archive, 1)
    assert {n: len(v) for n, v in nobody.items() if n != "v"} == {
        n: len(v) for n, v in somebody.items() if n != "v"
    }
    assert sound(archive, desk)


def test_a_leaf_of_the_first_version_is_proven_as_before(archive, desk):
    with archive.writing() as books:
        old_leaf(books, books.people.known(LIN))
    record(archive, 2)
    _, entries = entries_of(archive)
    proof = desk.proof(entries[-1])
    judged, signed_at = desk.judge(proof)
    assert (proof.leaf_index, judged.good, signed_at >= AT) == (0, True, True)
    assert [check.passed for check in judged.checks] == [True] * 4
    somebody_else = replace(proof, id_number=ZHOU.id_number)
    assert not desk.judge(somebody_else)[0].good
    assert sound(archive, desk)


def old_leaf(books, person, salt=bytes(range(16))):
    """A leaf as version 1 wrote it: one subject commitment a person, time to the microsecond."""
    full = {**RECORD, "kind": "pull", "at": AT.isoformat()}
    said = {
        "v": 1,
        "log": ORIGIN,
        "kind": "pull",
        "at": AT.isoformat(),
        "client": "school-service",
        "agency": "11310000MB0T00058A",
        "purpose": "enrolment-2026",
        "subject_commitment": hmac.digest(
            person.subject_key, person.holder.id_number.encode(), hashlib.sha256
        ).hex(),
        "payload_commitment": hashlib.sha256(salt + canonical(full)).hexdigest(),
    }
    index = books.ledger.append(canonical(said))
    books.usage.add(UsageEntry("v" * 20, person.id, "pull", AT, full, salt, index))


@pytest.mark.parametrize(
    "tampering",
    [
        "UPDATE usage SET salt = (SELECT salt FROM usage WHERE leaf_index = 0)",
        'UPDATE ledger_leaves SET leaf = (SELECT leaf FROM ledger_leaves WHERE "index" = 0)',
        "UPDATE ledger_checkpoints SET note = (SELECT note FROM ledger_checkpoints WHERE size = 1)",
    ],
)
def test_what_was_tampered_with_is_judged_bad_and_never_an_error(archive, desk, tampering):
    record(archive)
    desk.checkpoint()
    record(archive)
    desk.checkpoint()
    (entry, _) = entries_of(archive)[1]
    assert desk.judge(desk.proof(entry))[0].good
    change(archive, tampering)
    (entry, _) = entries_of(archive)[1]
    assert not desk.judge(desk.proof(entry))[0].good


def test_what_is_no_leaf_is_judged_bad_too(archive, desk):
    record(archive)
    (entry,) = entries_of(archive)[1]
    change(archive, "UPDATE ledger_checkpoints SET note = 'no note'")
    with archive.writing() as books:
        books.connection.execute(text("UPDATE ledger_leaves SET leaf = :leaf"), {"leaf": b"{}"})
    assert not desk.judge(desk.proof(entry))[0].good


def test_erasing_a_person_leaves_every_proof_as_it_was_and_nothing_to_prove_it_by(archive, desk):
    record(archive, 4)
    record(archive, 1, ZHOU)
    before = [desk.inclusion(index) for index in range(5)]
    person, entries = entries_of(archive)
    shown = desk.proof(entries[0])
    assert desk.judge(shown)[0].good
    with archive.writing() as books:
        assert erase_person(books, ORIGIN, person, AT) == 4
    assert [desk.inclusion(index) for index in range(4)] == before[:4]
    judged = [desk.judge(proof)[0] for proof in before]
    assert all(found.good for found in judged)
    assert entries_of(archive)[1] == []
    assert entries_of(archive)[0].subject_key != person.subject_key
    with archive.reading() as books:
        rows = books.usage.audited(0, 4)
    assert {(row.entry.salt, row.id_number) for row in rows.values()} == {(None, "")}
    assert all(dict(row.entry.record) == {} for row in rows.values())
    desk.checkpoint()
    report = look_through(archive, desk.vkey())
    assert (report.sound, report.erased) == (True, 4)
    record(archive)  # and whoever comes again is recorded with a key of their own
    assert desk.judge(desk.proof(entries_of(archive)[1][0]))[0].good


def test_leaves_are_listed_as_far_as_a_checkpoint_covers_them(archive, desk):
    assert desk.entries(0, 10) == []
    record(archive, 3)
    assert desk.entries(0, 10) == []
    desk.checkpoint()
    record(archive)
    assert len(desk.entries(0, 10)) == 3
    assert desk.entries(2, 10) == [leaf(archive, 2)]
    assert desk.entries(3, 10) == []


def test_a_proof_is_of_the_checkpoint_it_names(archive, desk):
    record(archive, 2)
    (entry, _) = entries_of(archive)[1]
    proof = desk.proof(entry)
    first = desk.latest().made_at
    desk.clock.skip(timedelta(hours=1))
    record(archive)
    desk.checkpoint()
    assert desk.judge(proof)[1] == first


def test_two_workers_may_sign_the_same_checkpoint(archive):
    twice = StoredCheckpoint(0, bytes(32), "note", AT)
    for _ in range(2):
        with archive.writing() as books:
            books.ledger.save_checkpoint(twice)
    with archive.reading() as books:
        assert books.ledger.checkpoint() == twice


def test_a_reader_sees_one_state_while_others_write(archive, desk):
    record(archive)
    with archive.reading() as books:
        leaves = books.ledger.size()
        record(archive)
        assert (books.ledger.size(), books.usage.count()) == (leaves, leaves)
    with archive.reading() as books:
        assert books.usage.count() == 2
