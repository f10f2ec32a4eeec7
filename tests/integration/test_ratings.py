"""Ratings on both databases: once for each matter, changed until answered, answered once."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.errors import (
    CertstoreError,
    ConflictError,
    ForbiddenError,
    MalformedError,
    NotFoundError,
)
from issuance.ratings.rating import Opinion
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
    desk.reply(EVERYWHERE, ref, BAD.digest, "抱歉，  已经改进。")
    assert desk.of(LIN, ref)[1].reply == "抱歉， 已经改进。"
    assert desk.waiting(EVERYWHERE) == []
    assert cause(lambda: desk.rate(LIN, ref, Opinion(grade=5))) == "ANSWERED"
    assert cause(lambda: desk.reply(EVERYWHERE, ref, BAD.digest, "再答一次")) == "MOVED"
    told = [n.kind for n in place.holdings_desk.notices(LIN)]
    assert told.count("rating_answered") == 1
    assert desk.counted(place.clock.now() - timedelta(days=1)) == {("residence_registration", 1): 1}


def test_an_answer_meets_what_was_read_and_only_once(place, ref):
    desk = place.rating_desk
    desk.rate(LIN, ref, BAD)
    read = desk.waiting(EVERYWHERE)[0].opinion.digest
    desk.rate(LIN, ref, replace(BAD, words="另一句话"))  # the same grade
    assert cause(lambda: desk.reply(EVERYWHERE, ref, read, "抱歉")) == "MOVED"

    now_read = desk.waiting(EVERYWHERE)[0].opinion.digest

    def answer(n):
        try:
            desk.reply(EVERYWHERE, ref, now_read, f"谢谢 {n}")
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
    desk.reply(EVERYWHERE, ref, BAD.digest, "抱歉")


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


def test_words_for_the_other_side_of_the_scale_are_left_out():
    assert Opinion.typed("5", ["slow", "fast"], " 很  快 ") == Opinion(
        grade=5, tags=("fast",), words="很 快"
    )


def test_the_figures_count_what_happened_and_by_whom_it_was_pulled(place, ref):
    found = place.volume_desk.volumes(30)
    (m,) = found.matters
    assert (m.matter.value, m.submitted, m.issued, m.in_time) == ("residence_registration", 1, 1, 1)
    assert m.sealing is not None
    assert sum(found.by_day.values()) == 1
    assert found.pulls == {}
    assert ref not in str(found.as_json())
