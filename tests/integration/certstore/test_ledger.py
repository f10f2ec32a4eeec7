"""The ledger on both databases: one transaction, dense indexes, an audit that notices."""

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from sqlalchemy import event, text

from certstore.certificates import Holder
from certstore.clock import MovedClock
from certstore.keys import KeySigner, Purpose, generate
from certstore.ledger import Access, LedgerDesk, record_access
from certstore.tables.ledger import StoredCheckpoint

ORIGIN = "tests.example/ledger"
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
LIN = Holder("林晓禾", "111", "340199199804060284")
RECORD = {"agency": "教育局", "fields": ["name"], "case_no": "RX-1"}


@pytest.fixture
def desk(archive):
    signer = KeySigner(Purpose.LEDGER, generate("EdDSA"))
    return LedgerDesk(archive=archive, signer=signer, clock=MovedClock(AT), origin=ORIGIN)


def pulled(books, **record):
    person = books.people.known(LIN)
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


def record(archive, count=1):
    for number in range(count):
        with archive.writing() as books:
            pulled(books, case_no=f"RX-{number}")


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
        person = books.people.find("111", LIN.id_number)
        (entry,) = books.usage.of(person.id, datetime.min.replace(tzinfo=UTC))
    subject = hmac.digest(person.subject_key, LIN.id_number.encode(), hashlib.sha256).hex()
    full = {**RECORD, "kind": "pull", "at": AT.isoformat()}
    payload = hashlib.sha256(entry.salt + canonical(full)).hexdigest()
    assert leaf == canonical(
        {
            "v": 1,
            "log": ORIGIN,
            "kind": "pull",
            "at": AT.isoformat(),
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
    with pytest.raises(Exception, match=r"usage|database"):
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
    assert desk.audit()[0]


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
    assert desk.audit() == (True, "30 leaves, as many accesses, and the signed root")


@pytest.mark.parametrize(
    "tampering",
    [
        (
            'UPDATE ledger_leaves SET leaf = (SELECT leaf FROM ledger_leaves WHERE "index" = 0) '
            'WHERE "index" = 2'
        ),
        "DELETE FROM usage WHERE leaf_index = 2",
        'DELETE FROM ledger_leaves WHERE "index" = 4',
        'DELETE FROM ledger_leaves WHERE "index" = 1',
        "DELETE FROM ledger_leaves",
    ],
)
def test_the_audit_notices(archive, desk, tampering):
    record(archive, 5)
    desk.checkpoint()
    assert desk.audit()[0]
    change(archive, tampering)
    assert not desk.audit()[0]


def test_an_access_removed_with_its_leaf_is_noticed_by_the_signed_root(archive, desk):
    record(archive, 5)
    desk.checkpoint()
    change(archive, "DELETE FROM usage WHERE leaf_index = 4")
    change(archive, 'DELETE FROM ledger_leaves WHERE "index" = 4')
    assert not desk.audit()[0]


def test_erasing_a_person_leaves_every_proof_as_it_was(archive, desk):
    record(archive, 5)
    before = [desk.inclusion(index) for index in range(5)]
    with archive.writing() as books:
        nothing = {"nothing": bytes(32)}
        books.connection.execute(text("UPDATE people SET subject_key = :nothing"), nothing)
        books.connection.execute(text("UPDATE usage SET salt = :nothing"), nothing)
    assert [desk.inclusion(index) for index in range(5)] == before
    assert all(proof.holds() for proof in before)
    assert desk.audit()[0]


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
