"""Holds in the register: each by itself, on either database, with many hands at once."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from alembic import command

from certstore.certificates import Status
from certstore.errors import CertificateRevokedError, ConflictError, NotFoundError
from certstore.holds.keeping import lift_hold, place_hold
from certstore.holds.kinds import BY_RULE, Actor, HoldKind, Role, Succession
from certstore.storage.database import Database
from certstore.storage.migrations import configuration, upgrade
from certstore.tables.books import Archive
from certstore.tables.metadata import metadata
from tests.house import house_in
from tests.integration.certstore.conftest import BOTH
from tests.permits import permit, replaced
from tests.sealed import LIN, handed_in, voucher

HOLDER = Actor(Role.HOLDER)
LOSS, OVERDUE, AUTHORITY = HoldKind.LOSS, HoldKind.OVERDUE, HoldKind.AUTHORITY


def place(house, ref, kind, by=HOLDER):
    with house.archive.writing() as books:
        return place_hold(books, ref, kind, by, "tested", house.clock.now())


def lift(house, ref, kind, by=HOLDER):
    with house.archive.writing() as books:
        return lift_hold(books, ref, kind, by, "tested", house.clock.now())


def status(house, ref):
    with house.archive.reading() as books:
        return books.register.get(ref).status


def told(house, ref):
    """The events about a certificate, in their order."""
    with house.archive.reading() as books:
        table = metadata.tables["outbox"]
        rows = books.connection.execute(table.select().order_by(table.c.id)).all()
    return [row.subject for row in rows if row.body.get("certificate") == ref]


def holds(house, ref):
    with house.archive.reading() as books:
        return books.holds.of([ref])


def changes(house, certificate):
    with house.archive.reading() as books:
        return books.statuses.get(certificate.status_entry.list_number).changes


def at_once(*deeds):
    gate = Barrier(len(deeds))

    def one(deed):
        gate.wait(timeout=30)
        try:
            return deed()
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(one, deeds))


@pytest.fixture(scope="module")
def quick(tmp_path_factory):
    """One house for what does not depend on the database."""
    built = house_in(tmp_path_factory.mktemp("holds"))
    yield built
    built.close()


def test_a_loss_and_a_suspension_do_not_end_each_other(quick):
    ref = permit(quick).ref
    steps = [
        (place, LOSS, Status.LOST),
        (place, OVERDUE, Status.LOST),
        (lift, LOSS, Status.SUSPENDED),
        (place, AUTHORITY, Status.SUSPENDED),
        (lift, OVERDUE, Status.SUSPENDED),
        (place, LOSS, Status.LOST),
        (lift, AUTHORITY, Status.LOST),
        (lift, LOSS, Status.VALID),
    ]
    for do, kind, becomes in steps:
        done = do(quick, ref, kind)
        assert (done.certificate.status, status(quick, ref)) == (becomes, becomes)
    # Told, and published, whenever the status changed, and then alone.
    suspended, restored = "certificate.suspended", "certificate.restored"
    assert told(quick, ref) == [suspended, suspended, suspended, restored]
    assert [h.open for h in holds(quick, ref)] == [False] * 4


def test_every_change_of_the_status_is_published_and_nothing_else_is(quick):
    held = permit(quick)
    before = changes(quick, held)
    for count, (do, kind) in enumerate(
        [(place, LOSS), (place, OVERDUE), (lift, OVERDUE), (lift, LOSS)], start=1
    ):
        do(quick, held.ref, kind)
        assert changes(quick, held) - before == {1: 1, 2: 1, 3: 1, 4: 2}[count]


def test_a_second_hold_of_a_kind_is_the_first_and_a_second_lifting_none(quick):
    ref = voucher(quick).ref
    first = place(quick, ref, LOSS)
    quick.clock.skip(timedelta(hours=1))
    again = place(quick, ref, LOSS, Actor(Role.OFFICER, "1052"))
    assert (first.fresh, again.fresh, again.hold) == (True, False, first.hold)
    assert lift(quick, ref, LOSS).hold.ref == first.hold.ref
    assert lift(quick, ref, LOSS) is None
    assert place(quick, ref, LOSS).fresh
    assert len(holds(quick, ref)) == 2


@pytest.mark.parametrize("ending", [Status.SUPERSEDED, Status.CANCELLED, Status.REVOKED])
def test_what_has_ended_is_held_no_more_and_never_lifted_to_valid(quick, ending):
    ref = voucher(quick).ref
    place(quick, ref, LOSS)
    with quick.archive.writing() as books:
        books.register.set_status(ref, ending, quick.clock.now(), only_from={Status.LOST})
    for do, kind in [(lift, LOSS), (place, OVERDUE), (place, LOSS)]:
        with pytest.raises(CertificateRevokedError) as refused:
            do(quick, ref, kind)
        assert refused.value.facts["status"] == ending.value
    assert status(quick, ref) is ending
    with quick.archive.writing() as books, pytest.raises(ConflictError):
        books.holds.write_status(ref, Status.VALID, quick.clock.now())


def test_only_what_was_sealed_here_is_held(quick):
    for ref in (handed_in(quick).ref, "2" * 20):
        with pytest.raises(NotFoundError):
            place(quick, ref, LOSS)


def test_a_status_that_may_be_lifted_is_written_by_holds_alone(quick):
    ref = voucher(quick).ref
    for wanted in (Status.SUSPENDED, Status.LOST, Status.VALID):
        with quick.archive.writing() as books, pytest.raises(ValueError, match="hold"):
            books.register.set_status(ref, wanted, quick.clock.now(), only_from={Status.VALID})


def test_lifting_what_has_expired_meanwhile_tells_that(quick):
    held = permit(quick)
    place(quick, held.ref, LOSS)
    quick.clock.skip(timedelta(days=366))
    lift(quick, held.ref, LOSS)
    assert told(quick, held.ref)[-1] == "certificate.expired"


@pytest.mark.parametrize(
    ("how", "becomes", "kept"),
    [
        (Succession.SAME_CARRIER, Status.LOST, {LOSS, OVERDUE, AUTHORITY}),
        (Succession.ENDORSED, Status.LOST, {LOSS, AUTHORITY}),
        (Succession.NEW_CARRIER, Status.SUSPENDED, {OVERDUE, AUTHORITY}),
        (Succession.BY_ISSUER, Status.VALID, set()),
    ],
)
def test_what_a_new_version_takes_over(quick, how, becomes, kept):
    former = permit(quick)
    placed = {kind: place(quick, former.ref, kind).hold for kind in HoldKind}
    quick.clock.skip(timedelta(days=1))
    made = replaced(quick, former, how)
    assert (made.status, status(quick, made.ref)) == (becomes, becomes)
    carried = holds(quick, made.ref)
    assert {h.kind for h in carried} == kept
    for hold in carried:  # as of old: since when, and by whom
        assert (hold.placed_at, hold.placed_by) == (placed[hold.kind].placed_at, HOLDER)
    assert {h.lifted_by for h in holds(quick, former.ref)} == {BY_RULE}
    assert status(quick, former.ref) is Status.SUPERSEDED
    for kind in HoldKind:
        with pytest.raises(CertificateRevokedError):
            lift(quick, former.ref, kind)


# -- at once -----------------------------------------------------------------------------------


def test_many_hands_that_hold_place_one_and_many_that_lift_lift_one(house):
    ref = permit(house).ref
    placed = at_once(*[lambda: place(house, ref, LOSS)] * 5)
    assert sorted(p.fresh for p in placed) == [False] * 4 + [True]
    assert len({p.hold.ref for p in placed}) == 1
    lifted = at_once(*[lambda: lift(house, ref, LOSS)] * 5)
    assert len([found for found in lifted if found is not None]) == 1
    assert told(house, ref) == ["certificate.suspended", "certificate.restored"]


def test_different_holds_at_the_same_moment_each_see_the_other(house):
    ref = permit(house).ref
    for _ in range(4):
        at_once(lambda: place(house, ref, LOSS), lambda: place(house, ref, OVERDUE))
        assert status(house, ref) is Status.LOST
        at_once(lambda: lift(house, ref, LOSS), lambda: place(house, ref, AUTHORITY))
        assert status(house, ref) is Status.SUSPENDED
        at_once(lambda: lift(house, ref, OVERDUE), lambda: lift(house, ref, AUTHORITY))
        assert status(house, ref) is Status.VALID


@pytest.mark.parametrize("how", [Succession.SAME_CARRIER, Succession.NEW_CARRIER])
def test_a_loss_reported_while_it_is_replaced_is_carried_over_or_refused(house, how):
    for _ in range(3):
        former = permit(house)
        reported, made = at_once(
            lambda ref=former.ref: place(house, ref, LOSS),
            lambda old=former: replaced(house, old, how),
        )
        assert status(house, former.ref) is Status.SUPERSEDED
        lost = status(house, made.ref) is Status.LOST
        if isinstance(reported, CertificateRevokedError):  # replaced first
            assert not lost
        else:
            assert lost == (how is Succession.SAME_CARRIER)
    with house.archive.reading() as books:
        assert len(books.register.held_by("111", LIN.id_number)) == 6


# -- what was suspended before there were holds ------------------------------------------------


@pytest.fixture(params=BOTH)
def empty_url(request, tmp_path):
    """The URL of a database without a table."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'before.db'}"


def test_what_was_suspended_before_is_held_by_the_migration(empty_url):
    database, at = Database(empty_url), datetime(2026, 11, 1, tzinfo=UTC)
    command.upgrade(configuration(database), "0031")
    rows = [
        ("s" * 20, "sealed", Status.SUSPENDED),
        ("t" * 20, "sealed", Status.LOST),
        ("v" * 20, "sealed", Status.VALID),
        ("w" * 20, "handed_in", Status.LOST),  # its source's own word
    ]
    fixed = {
        **dict.fromkeys(("type_code", "number"), "x"),
        "version": 1,
        "issuer_uscc": "11310000MB0T00015W",
        "under_dispute": False,
        **dict.fromkeys(("issued_on", "valid_from"), at.date()),
        "fields": {},
        "files": [],
        "status_changed_at": at,
    }
    with database.write() as connection:
        for ref, state, was in rows:
            values = {**fixed, "ref": ref, "state": state, "status": was.value}
            connection.execute(metadata.tables["certificates"].insert().values(**values))
    upgrade(database)
    archive = Archive(database)
    with archive.reading() as books:
        kinds = {ref: [h.kind for h in books.holds.open_of(ref)] for ref, _, _ in rows}
        (hold,) = books.holds.open_of("t" * 20)
    assert list(kinds.values()) == [[AUTHORITY], [LOSS], [], []]
    assert (hold.placed_at, hold.placed_by.role) == (at, Role.ISSUER)
    with archive.writing() as books:
        lifted = lift_hold(books, "t" * 20, LOSS, HOLDER, "found", at)
        assert lifted.certificate.status is Status.VALID
    database.close()
