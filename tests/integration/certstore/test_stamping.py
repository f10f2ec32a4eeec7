"""Documents are stamped behind the scenes, once each, and again before a stamp ends."""

import json
from datetime import timedelta
from functools import lru_cache

import pytest
from typer.testing import CliRunner

from certstore.certificates import File
from certstore.clock import SystemClock
from certstore.errors import ConflictError, MalformedError, NotFoundError, UnavailableError
from certstore.service.cli import main
from certstore.service.interfaces import health, interface
from certstore.service.stamp_room import StampRound, open_stamp_desk
from certstore.service.worker import Worker
from certstore.stamps.authorities import TimeAuthorities
from certstore.stamps.desk import Outcome, StampDesk
from certstore.stamps.reading import take_apart
from certstore.tables.certificate_rows import certificates
from tests.house import house_in, settings_in
from tests.residents import Browser, approved, copied, resident
from tests.sealed import voucher
from tests.stamped import asked
from tests.time_authority import TimeAuthority, make_leaf, serving
from tests.unit.verifiers.scanning.signed_document import genuine
from verifiers.scanning.verdict import Verdict

LEAD, YEAR, DAY = timedelta(days=180), timedelta(days=365), timedelta(days=1)


@lru_cache(maxsize=1)
def pdf():
    return genuine()


def issued(house, data=None):
    """A voucher in the register that has a document, as issuing leaves it."""
    done = voucher(house)
    document = data or pdf()
    file = File("document", "application/pdf", house.objects.put(document), len(document))
    change = certificates.update().where(certificates.c.ref == done.ref)
    values = [
        {"role": f.role, "media_type": f.media_type, "sha256": f.sha256, "size": f.size}
        for f in (*done.files, file)
    ]
    with house.archive.writing() as books:
        books.connection.execute(change.values(files=values))
    return done.ref


def register(house, ref):
    with house.archive.reading() as books:
        return books.register.get(ref)


def content(house, ref, role="document"):
    return house.objects.get(register(house, ref).file(role).sha256)


@pytest.fixture
def authority(house):
    return TimeAuthority(house.clock)


@pytest.fixture
def desk(house, authority):
    return StampDesk(
        archive=house.archive,
        objects=house.objects,
        clock=house.clock,
        authority=asked(authority),
        lead=LEAD,
    )


def work(desk):
    desk.enter()
    outcomes = []
    while (outcome := desk.next()) is not None:
        outcomes.append(outcome)
    return outcomes


def test_each_document_is_stamped_once_and_the_original_stays(house, desk, authority):
    refs = [issued(house) for _ in range(3)]
    assert work(desk) == [Outcome.STAMPED] * 3
    assert work(desk) == []
    assert len(authority.asked) == 3
    for ref in refs:
        newest = content(house, ref)
        assert len(take_apart(newest).stamps) == 1
        assert content(house, ref, "issued_document") == pdf() == newest[: len(pdf())]
        assert [f.role for f in register(house, ref).files] == [
            "photo",
            "issued_document",
            "document",
        ]
    figures = desk.figures()
    assert (figures.stamped, figures.due, figures.never, figures.reason) == (3, 0, 0, "")
    later = issued(house)
    assert work(desk) == [Outcome.STAMPED]
    assert len(take_apart(content(house, later)).stamps) == 1


def test_a_stamp_is_renewed_before_it_ends_and_once(house, desk, authority):
    ref = issued(house)
    work(desk)
    holds_until = desk.figures().holds_least_until
    house.clock.skip(holds_until - LEAD - house.clock.now() - DAY)
    assert work(desk) == []
    house.clock.skip(2 * DAY)
    begins = house.clock.now() - DAY
    authority.leaf = make_leaf(authority.root, begins, days=365 * 3)
    assert work(desk) == [Outcome.STAMPED]
    assert work(desk) == []
    layers = take_apart(content(house, ref))
    assert (len(layers.stamps), layers.issued) == (2, pdf())
    assert content(house, ref, "issued_document") == pdf()
    assert desk.figures().holds_least_until == begins.replace(microsecond=0) + 3 * YEAR


def test_a_renewal_that_would_hold_no_longer_waits_for_the_authoritys_next_certificate(
    house, desk, authority
):
    ref = issued(house)
    work(desk)
    house.clock.skip(desk.figures().holds_least_until - LEAD - house.clock.now() + DAY)
    assert work(desk) == [Outcome.PUT_OFF]
    assert work(desk) == []
    assert len(take_apart(content(house, ref)).stamps) == 1
    assert desk.figures().reason == "another stamp would hold no longer"
    house.clock.skip(8 * DAY)
    authority.leaf = make_leaf(authority.root, house.clock.now() - DAY)
    assert work(desk) == [Outcome.STAMPED]


def test_while_the_authority_is_down_nothing_is_lost(house, desk, authority):
    refs = [issued(house) for _ in range(2)]
    authority.wrong["status"] = "rejection"
    desk.enter()
    with pytest.raises(UnavailableError):
        desk.next()
    assert all(content(house, ref) == pdf() for ref in refs)
    del authority.wrong["status"]
    house.clock.skip(timedelta(minutes=11))
    assert work(desk) == [Outcome.STAMPED] * 2


def test_a_refused_stamp_is_stored_nowhere(house, desk, authority):
    ref = issued(house)
    desk.enter()
    authority.wrong["nonce"] = 5
    with pytest.raises(MalformedError, match="another request"):
        desk.next()
    assert content(house, ref) == pdf()
    assert register(house, ref).file("issued_document") is None
    assert "another request" in desk.figures().reason


def test_what_dies_between_two_steps_is_done_again(house, desk, authority, monkeypatch):
    ref = issued(house)
    desk.enter()

    def dies(_self, _data):
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(type(house.objects), "put", dies)
        with pytest.raises(KeyboardInterrupt):
            desk.next()
    assert desk.next() is None  # claimed until the lease ends
    house.clock.skip(timedelta(minutes=11))
    assert work(desk) == [Outcome.STAMPED]
    assert len(take_apart(content(house, ref)).stamps) == 1


def test_of_two_workers_one_stamps(house, desk):
    ref = issued(house)
    desk.enter()
    with house.archive.writing() as books:
        due = books.stamps.claim(house.clock.now(), timedelta())
    file, data = desk._document(due)
    layers = take_apart(data)
    first, second = (desk._put_over(data, layers) for _ in range(2))
    desk._keep(due, file, *first)
    with pytest.raises(ConflictError, match="meanwhile"):
        desk._keep(due, file, *second)
    assert content(house, ref) == first[0]


def test_a_document_that_became_another_is_not_replaced(house, desk):
    ref = issued(house)
    desk.enter()
    newest = File("document", "application/pdf", "ab" * 32, 5)
    with house.archive.writing() as books:
        assert not books.stamps.put_over(ref, newest, "cd" * 32)
    assert content(house, ref) == pdf()


def test_what_cannot_be_stamped_keeps_nobody_waiting(house, desk):
    foreign = issued(house, b"%PDF-1.7\nof another press\n%%EOF\n")
    voucher(house)  # sealed, and its document is not there
    ref = issued(house)
    assert sorted(o.value for o in work(desk)) == ["put off", "put off", "stamped"]
    assert len(take_apart(content(house, ref)).stamps) == 1
    assert (desk.figures().stamped, desk.figures().never) == (1, 1)
    assert content(house, foreign).endswith(b"press\n%%EOF\n")
    house.clock.skip(2 * DAY)
    assert work(desk) == [Outcome.PUT_OFF]  # it may have one by now


def test_entering_leaves_nobody_out_and_looks_at_nobody_twice(house, desk):
    refs = [issued(house) for _ in range(3)]
    now = house.clock.now
    with house.archive.writing() as books:
        assert books.stamps.enter(now(), 2) == 2
    with house.archive.writing() as books:
        assert books.stamps.enter(now(), 2) == 1
    house.clock.skip(timedelta(hours=2))
    with house.archive.writing() as books:
        assert books.stamps.enter(now(), 2) == 0
        mark = books.stamps._mark()
        assert (
            mark
            == books.connection.execute(certificates.select().where(certificates.c.ref == refs[-1]))
            .one()
            .id
        )
    refs.append(issued(house))
    with house.archive.writing() as books:
        assert books.stamps.enter(now(), 2) == 1
        assert books.stamps._mark() == mark  # until it is surely committed before any other


# -- the settings, and the whole way ---------------------------------------------------------


def test_a_time_authority_without_a_root_is_told_at_the_start(tmp_path):
    with pytest.raises(MalformedError, match="no root"):
        house_in(tmp_path / "one", time_authority_url="http://127.0.0.1:9/")
    missing = settings_in(
        tmp_path, time_authority_url="http://127.0.0.1:9/", time_authority_roots=("none.pem",)
    )
    with pytest.raises(NotFoundError, match="cannot be read"):
        open_stamp_desk(missing, None, None, None)
    assert open_stamp_desk(settings_in(tmp_path), None, None, None) is None


def test_the_authority_rests_longer_each_time_it_fails(tmp_path):
    house = house_in(tmp_path)
    authority = TimeAuthority(house.clock)
    desk = StampDesk(
        archive=house.archive,
        objects=house.objects,
        clock=house.clock,
        authority=asked(authority),
        lead=LEAD,
    )
    for _ in range(3):
        issued(house)
    authority.wrong["status"] = "waiting"
    turns = StampRound(desk, house.clock)
    for seconds, seen in ((0, 1), (20, 1), (11, 2), (31, 2), (31, 3)):
        house.clock.skip(timedelta(seconds=seconds))
        turns.go()
        assert len(authority.asked) == seen
    del authority.wrong["status"]
    house.clock.skip(timedelta(hours=1))
    assert turns.go() == 3
    house.close()


def test_a_voucher_is_stamped_by_the_worker_and_judged_on_line(settled_folder, tmp_path):
    with copied(settled_folder, tmp_path) as plain:
        ref = approved(plain, "chen_yiming").ref
        made = plain.issuance_desk.issue(ref)
        authority = TimeAuthority(plain.clock)
        roots = tmp_path / "time-roots.pem"
        roots.write_bytes(authority.roots_pem)
        folder = plain.settings.data_dir
        original = content(plain, made.ref)
        me = resident("chen_yiming")
        assert plain.holdings_desk.copy(me, made.ref, as_issued=True)[1] == original
    with serving(authority) as url:
        named = {"time_authority_url": url, "time_authority_roots": (roots,)}
        house = house_in(folder, **named)
        worker = Worker(house)
        worker.once()
        worker.once()
        assert len(authority.asked) == 1
        certificate, newest = house.holdings_desk.copy(me, made.ref)
        assert newest.startswith(original)
        assert newest != original
        assert certificate.file("issued_document").sha256 == made.file("document").sha256
        assert house.holdings_desk.copy(me, made.ref, as_issued=True)[1] == original
        mine = Browser(house, me)
        assert mine.get(f"/certificates/{made.ref}/document").content == newest
        assert mine.get(f"/certificates/{made.ref}/document?issued=1").content == original
        judged = house.scan_desk.judge_file(newest).result
        assert (judged.verdict, judged.reasons) == (Verdict.VALID, ())
        assert judged.fields["name"] == "陈一鸣"
        (stamp,) = [check for check in judged.checks if check.name == "time_stamp"]
        assert stamp.passed
        assert house.scan_desk.judge_file(original).result.verdict is Verdict.VALID
        told = health(house, interface("time-authority"))
        assert (told.state, told.because) == ("works", "1 stamped")
        assert house.time_authorities == TimeAuthorities((authority.root[1],))
        house.close()


def test_the_command_stamps_what_is_due_and_says_how_much(tmp_path):
    house = house_in(tmp_path / "house", clock=SystemClock())
    for _ in range(3):
        issued(house)
    house.close()
    authority = TimeAuthority(SystemClock())
    roots = tmp_path / "roots.pem"
    roots.write_bytes(authority.roots_pem)
    env = {"CERTSTORE_DATA_DIR": str(tmp_path / "house")}
    with serving(authority) as url:
        env |= {
            "CERTSTORE_TIME_AUTHORITY_URL": url,
            "CERTSTORE_TIME_AUTHORITY_ROOTS": json.dumps([str(roots)]),
        }
        for arguments, due, said in (
            (["--figures", "--json"], 0, ""),
            (["--limit", "2", "--json"], 1, "2 stamped, 0 put off"),
            (["--json"], 0, "1 stamped, 0 put off"),
        ):
            ran = CliRunner().invoke(main, ["stamp", *arguments], env=env)
            assert ran.exit_code == 0, ran.output
            assert said in ran.stderr
            figures = json.loads(ran.stdout)
            assert figures["due"] == due
        assert figures["stamped"] == 3
    ran = CliRunner().invoke(main, ["stamp"], env={"CERTSTORE_DATA_DIR": str(tmp_path / "house")})
    assert isinstance(ran.exception, NotFoundError)
