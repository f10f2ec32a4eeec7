"""Ratings on both databases: once for each matter, changed until answered, answered once."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.clock import local_date
from certstore.errors import (
    CertstoreError,
    ConflictError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
)
from certstore.ledger import Access, record_access
from certstore.service import cli_stats
from issuance.four_eyes.proposal import Proposal, Standing
from issuance.four_eyes.tables import ProposalBook
from issuance.pages.rating_views import rating_line
from issuance.ratings.rating import Opinion
from issuance.ratings.tables import RatingBook
from issuance.tables import applications
from issuance.volumes.desk import VolumeDesk
from tests.house import house_in
from tests.residents import EVERYWHERE, GAO, REGISTRATION, copied, resident, settle, submitted

LIN = resident("lin_xiaohe")
BAD = Opinion(grade=1, tags=("slow",), words="等了三天")


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def place(request, settled_folder, tmp_path):
    """A house with somebody's issued registration, on either database."""
    if request.param == "sqlite":
        with copied(settled_folder, tmp_path) as house:
            yield house
        return
    url = request.getfixturevalue("migrated_postgres_url")
    house = house_in(tmp_path / "house", database_url=url)
    settle(house)
    yield house
    house.close()


@pytest.fixture
def ref(place):
    return submitted(place, "lin_xiaohe").ref


def cause(act):
    with pytest.raises(CertstoreError) as refused:
        act()
    return refused.value.facts.get("cause", type(refused.value).__name__)


def test_an_opinion_is_kept_changed_answered_and_then_fixed(place, ref):
    desk = place.rating_desk
    assert desk.of(LIN, ref)[1] is None
    desk.rate(LIN, ref, Opinion(grade=5, tags=("fast",)))
    desk.rate(LIN, ref, BAD)
    desk.rate(LIN, ref, BAD)  # sent twice
    (waiting,) = desk.waiting(EVERYWHERE)
    assert (waiting.opinion, waiting.bad) == (BAD, True)
    desk.reply(EVERYWHERE, waiting.ref, BAD.digest, "抱歉，  已经改进。")
    assert desk.of(LIN, ref)[1].reply == "抱歉， 已经改进。"
    assert desk.waiting(EVERYWHERE) == []
    assert cause(lambda: desk.rate(LIN, ref, Opinion(grade=5))) == "ANSWERED"
    again = (EVERYWHERE, waiting.ref, BAD.digest, "再答一次")
    assert cause(lambda: desk.reply(*again)) == "MOVED"
    told = [n.kind for n in place.holdings_desk.notices(LIN)]
    assert told.count("rating_answered") == 1
    now = place.clock.now()
    assert desk.counted(now - timedelta(days=1), now) == {("residence_registration", 1): 1}
    assert desk.counted(now, now + timedelta(days=1)) == {}


def test_an_answer_meets_what_was_read_and_only_once(place, ref):
    desk = place.rating_desk
    desk.rate(LIN, ref, BAD)
    (first,) = desk.waiting(EVERYWHERE)
    desk.rate(LIN, ref, replace(BAD, words="另一句话"))  # the same grade
    answer_to_it = (EVERYWHERE, first.ref, first.opinion.digest, "抱歉")
    assert cause(lambda: desk.reply(*answer_to_it)) == "MOVED"

    now_read = desk.waiting(EVERYWHERE)[0].opinion.digest

    def answer(n):
        try:
            desk.reply(EVERYWHERE, first.ref, now_read, f"谢谢 {n}")
        except ConflictError:
            return 0
        return 1

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(answer, range(8))) == 1


def test_after_ten_days_it_stays_as_it_is_and_can_still_be_answered(place, ref):
    desk = place.rating_desk
    desk.rate(LIN, ref, BAD)
    place.clock.skip(timedelta(days=10, minutes=1))
    assert cause(lambda: desk.rate(LIN, ref, Opinion(grade=5))) == "TOO_LATE"
    desk.reply(EVERYWHERE, desk.waiting(EVERYWHERE)[0].ref, BAD.digest, "抱歉")


@pytest.mark.parametrize(
    "changed",
    [replace(BAD, words="又来"), replace(BAD, tags=("unkind",)), replace(BAD, grade=2)],
)
def test_what_is_changed_while_it_is_answered_stays_unanswered(place, ref, changed):
    place.rating_desk.rate(LIN, ref, BAD)
    (read,) = place.rating_desk.waiting(EVERYWHERE)
    place.rating_desk.rate(LIN, ref, changed)
    with place.archive.writing() as books:  # as if it were changed after the desk had looked
        book = RatingBook(books.connection)
        assert book.reply(read, "抱歉", "1100", place.clock.now()) is None
        now_there = book.of(ref)
        assert book.reply(now_there, "抱歉", "1100", place.clock.now()) is not None


def test_a_rating_is_found_by_a_reference_of_its_own_alone(place, ref):
    desk = place.rating_desk
    desk.rate(LIN, ref, BAD)
    (waiting,) = desk.waiting(EVERYWHERE)
    assert waiting.ref != ref
    with pytest.raises(NotFoundError):
        desk.reply(EVERYWHERE, ref, BAD.digest, "抱歉")
    desk.rate(LIN, ref, replace(BAD, grade=2))
    assert desk.waiting(EVERYWHERE)[0].ref == waiting.ref  # while it is changed


@pytest.mark.parametrize("number", ["1100", "pz-7"])
def test_who_decided_a_matter_neither_reads_nor_answers_what_is_said_of_it(place, ref, number):
    desk, decider = place.rating_desk, replace(EVERYWHERE, number=number)
    desk.rate(LIN, ref, BAD)
    (waiting,) = desk.waiting(decider)
    with place.archive.writing() as books:
        decided = applications.update().where(applications.c.ref == ref)
        books.connection.execute(decided.values(reviewed_by=number.upper()))
    assert desk.waiting(decider) == []
    with pytest.raises(NotFoundError):
        desk.reply(decider, waiting.ref, BAD.digest, "我办得很好")
    other = replace(EVERYWHERE, number="1101")
    assert desk.waiting(other) == [waiting]
    desk.reply(other, waiting.ref, BAD.digest, "抱歉")


def test_who_proposed_what_another_confirmed_does_not_either(place, ref):
    desk = place.rating_desk
    desk.rate(LIN, ref, BAD)
    proposal = Proposal(
        ref="p" * 20,
        application_ref=ref,
        decision="approve",
        rule="x",
        proposed_by=EVERYWHERE.number,
        proposed_name=EVERYWHERE.name,
        station="x",
        proposed_at=place.clock.now(),
    )
    for n, standing in enumerate((Standing.SENT_BACK, Standing.CONFIRMED)):
        assert len(desk.waiting(EVERYWHERE)) == 1
        with place.archive.writing() as books:
            book, one = ProposalBook(books.connection), replace(proposal, ref=f"p{n}")
            assert book.add(one)
            assert book.answer(one.ref, standing, "1101", place.clock.now())
    assert desk.waiting(EVERYWHERE) == []


def test_answered_ones_are_listed_and_waiting_ones_counted_for_who_may_answer(place, ref):
    desk, other = place.rating_desk, replace(EVERYWHERE, number="1101")
    assert desk.count_waiting(EVERYWHERE) == 0
    desk.rate(LIN, ref, BAD)
    assert (desk.count_waiting(EVERYWHERE), desk.count_waiting(GAO)) == (1, 0)
    assert desk.answered(EVERYWHERE) == []
    (waiting,) = desk.waiting(other)
    desk.reply(other, waiting.ref, BAD.digest, "抱歉")
    assert [one.reply for one in desk.answered(EVERYWHERE)] == ["抱歉"]
    assert desk.count_waiting(EVERYWHERE) == 0
    with place.archive.writing() as books:
        decided = applications.update().where(applications.c.ref == ref)
        books.connection.execute(decided.values(reviewed_by=EVERYWHERE.number))
    assert desk.answered(EVERYWHERE) == []
    assert len(desk.answered(other)) == 1
    with pytest.raises(ForbiddenError):
        desk.answered(GAO)


def test_of_what_one_decided_none_waits_for_them(place, ref):
    place.rating_desk.rate(LIN, ref, BAD)
    with place.archive.writing() as books:
        decided = applications.update().where(applications.c.ref == ref)
        books.connection.execute(decided.values(reviewed_by=EVERYWHERE.number))
    assert place.rating_desk.count_waiting(EVERYWHERE) == 0


def test_only_the_applicant_rates_and_only_a_supervisor_reads(place, ref):
    desk = place.rating_desk
    with pytest.raises(NotFoundError):
        desk.rate(resident("shen_xiaozhou"), ref, BAD)
    for act in (lambda: desk.waiting(GAO), lambda: desk.reply(GAO, ref, BAD.digest, "x")):
        with pytest.raises(ForbiddenError):
            act()
    draft = place.apply_desk.begin(resident("shen_xiaozhou"), REGISTRATION).ref
    assert cause(lambda: desk.of(resident("shen_xiaozhou"), draft)) == "NOT_DECIDED"


@pytest.mark.parametrize(
    ("grade", "tags", "words", "where"),
    [
        ("", [], "", "grade"),
        ("6", [], "", "grade"),
        ("٣", [], "", "grade"),
        ("5", ["bribe"], "", "tags"),
        ("5", [], "好" * 301, "words"),
        ("5", [], "好\u202e坏", "words"),
    ],
)
def test_what_cannot_be_said_is_named(grade, tags, words, where):
    with pytest.raises(MalformedError) as refused:
        Opinion.typed(grade, tags, words)
    assert refused.value.where == where


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("我是林晓禾，34019919861011031X，等了三天", "我是 ， ，等了三天"),
        ("电话138-0013-8000\n打来", "电话 打来"),
        ("LIN XIAOHE waited", "waited"),
        ("linxiaohe 等了 30 天", "linxiaohe 等了 30 天"),
    ],
)
def test_what_says_who_wrote_it_is_not_kept(typed, kept):
    names = ("林晓禾", "Lin Xiaohe")
    found = [Opinion.typed("2", [], typed, name) for name in names if name.lower() in typed.lower()]
    (opinion,) = found or [Opinion.typed("2", [], typed)]
    assert (opinion.words, opinion.freed) == (kept, typed != kept)


def test_a_name_of_one_sign_is_no_name_to_look_for():
    assert Opinion.typed("2", [], "等了好久", "好").words == "等了好久"


def test_words_for_the_other_side_of_the_scale_are_left_out():
    assert Opinion.typed("5", ["slow", "fast"], " 很  快 ") == Opinion(
        grade=5, tags=("fast",), words="很 快"
    )


def test_the_figures_count_what_happened_and_by_whom_it_was_pulled(place, ref):
    found = place.volume_desk.volumes(30)
    (m,) = found.matters
    assert (m.matter.value, m.submitted, m.issued, m.in_time) == ("residence_registration", 1, 1, 1)
    assert m.sealing is not None
    assert sum(found.by_day.values()) == sum(span.n for span in found.spans) == 1
    (reuse,) = found.reuse
    assert reuse.matter == "residence_registration"
    assert reuse.due == reuse.without_upload > 0
    assert found.pulls == {}
    assert ref not in str(found.as_json())


def test_the_command_tells_programs_ratings_and_refusals(place, ref, monkeypatch, capsys):
    place.rating_desk.rate(LIN, ref, BAD)
    monkeypatch.setattr(cli_stats, "open_house", lambda: nullcontext(place))  # of these folders
    cli_stats.stats(city=False, days=30, volumes=True, as_json=True)
    said = json.loads(capsys.readouterr().out)
    assert said["ratings"] == {"residence_registration": {"1": 1}}
    assert said["matters"][0]["refusals"] == {}
    assert said["reuse"][0]["matter"] == "residence_registration"


def test_numbers_in_what_was_kept_before_are_not_shown_either(place, ref):
    place.rating_desk.rate(LIN, ref, replace(BAD, words="打我电话 13800138000 吧"))
    (waiting,) = place.rating_desk.waiting(EVERYWHERE)
    shown = rating_line(waiting)
    assert shown.words == "打我电话 吧"
    place.rating_desk.reply(EVERYWHERE, shown.ref, shown.read, "抱歉")


def test_of_real_people_whole_days_are_counted_that_ended_yesterday(place, ref):
    desk = VolumeDesk(archive=place.archive, clock=place.clock, exact=False)
    assert desk.volumes(7).matters == desk.volumes(7).reuse == ()  # submitted today
    today = local_date(place.clock.now())
    place.clock.skip(timedelta(days=1))
    found = desk.volumes(7)
    assert (found.since, found.until) == (today - timedelta(days=6), today)
    assert [m.issued for m in found.matters] == [1]
    assert sum(found.by_day.values()) == 1
    place.clock.skip(timedelta(days=7))
    assert desk.volumes(7).matters == ()


def test_pulls_and_scans_of_today_are_counted_tomorrow(place, ref):
    now = place.clock.now()
    with place.archive.writing() as books:
        for kind, record in (("pull", {"agency": "示范市教育局"}), ("scan", {})):
            access = Access(
                kind=kind, at=now, client="c", agency="a", purpose="p", person=None, record=record
            )
            record_access(books, place.settings.ledger_origin, access)
    desk = VolumeDesk(archive=place.archive, clock=place.clock, exact=False)
    assert (desk.volumes(7).pulls, desk.volumes(7).scans) == ({}, 0)
    exact = place.volume_desk.volumes(7)
    assert (exact.pulls, exact.scans) == ({"示范市教育局": 1}, 1)
    place.clock.skip(timedelta(days=1))
    assert (desk.volumes(7).pulls, desk.volumes(7).scans) == ({"示范市教育局": 1}, 1)


@pytest.mark.parametrize(("days", "counted"), [(7, True), (30, True), (8, False), (365, False)])
def test_of_real_people_only_a_few_periods_are_counted(place, days, counted):
    """Periods one day apart give back by subtraction what rounding hides."""
    desk = VolumeDesk(archive=place.archive, clock=place.clock, exact=False)
    assert place.volume_desk.volumes(days)
    if counted:
        assert desk.volumes(days)
    else:
        with pytest.raises(MalformedError) as refused:
            desk.volumes(days)
        assert "7, 30, 90 or 366" in refused.value.remedy
