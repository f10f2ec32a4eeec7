"""The city's figures in the operator's console: counted beside the requests, as the command."""

import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from certstore.callers import Operator
from certstore.service import city_count
from certstore.service.city_figures import city_figures
from certstore.service.cli_stats import as_table
from certstore.tables.certificate_rows import certificates
from certstore.web.texts import Texts
from issuance.reuse_figures import Figure, ReuseFigures
from tests.residents import GAO, Browser, assert_sound
from verifiers.materials.vocabulary import Material, Matter

ZHENG = Operator("郑运维", "A01")
BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
CITY = "/console/stats?of=city"
FIGURE = Figure(Matter.REGISTRATION, Material.DWELLING, 42, 39, {}, {"NO_RECORD": 2, "TOO_OLD": 1})
FOUND = ReuseFigures((FIGURE,), 42)


class Count:
    """Stands in for the counting, and ends when it is told to."""

    def __init__(self):
        self.times, self.end, self.fault = 0, threading.Event(), None

    def __call__(self, _house):
        self.times += 1
        assert self.end.wait(20)
        if self.fault:
            raise self.fault
        return FOUND


@pytest.fixture
def count(monkeypatch):
    counting = Count()
    monkeypatch.setattr(city_count, "city_figures", counting)
    yield counting
    counting.end.set()


def shown(browser):
    """The page when it is counting no longer."""
    waiting = Texts(browser.lang)("stats.counting")
    for _ in range(400):
        answer = browser.get(CITY)
        if f"<h1>{waiting}</h1>" not in answer.text:
            return answer
        time.sleep(0.05)
    pytest.fail("it is still counting")


@BOTH
def test_the_console_and_the_command_show_the_same_figures(house, lang):
    browser = Browser(house, ZHENG, lang)
    assert "of=city" in browser.get("/console/stats").text
    answer, found = shown(browser), city_figures(house)
    assert_sound(answer, lang)
    table = as_table(found)
    assert f"{found.share:.1%} needed no upload" in table
    for figure in found.figures:
        if figure.due:
            per_cent = f"{figure.share:.1%}"
            assert per_cent in table
            assert f"{per_cent[:-1]} %" in answer.text
            assert f"{figure.without_upload} / {figure.due}" in answer.text
    texts = Texts(lang)
    reasons = {code for figure in found.figures for code in figure.reasons}
    assert reasons
    assert all(texts.has(f"stats.because.{code}") for code in reasons)
    assert texts("stats.hides_small") not in answer.text


@BOTH
def test_while_it_counts_the_page_says_so_and_other_requests_are_answered(house, count, lang):
    browser, texts = Browser(house, ZHENG, lang), Texts(lang)
    for _ in range(3):
        answer = browser.get(CITY)
        assert_sound(answer, lang)
        assert texts("stats.counting_what") in answer.text
        assert 'name="reload-after"' in answer.text
    assert browser.get("/console/stats").status_code == 200
    count.end.set()
    answer = shown(browser)
    assert 'name="reload-after"' not in answer.text
    assert "92.9 %" in answer.text
    assert count.times == 1


def test_it_is_counted_anew_on_another_day_and_after_a_change_but_not_each_minute(house, count):
    count.end.set()
    browser = Browser(house, ZHENG)
    for _ in range(3):
        shown(browser)
    assert count.times == 1
    with house.archive.writing() as books:
        first = select(func.min(certificates.c.id)).scalar_subquery()
        change = certificates.update().where(certificates.c.id == first)
        books.connection.execute(change.values(under_dispute=True))
    shown(browser)
    assert count.times == 1  # not before a minute has passed
    house.clock.skip(timedelta(minutes=1))
    shown(browser)
    assert count.times == 2
    house.clock.skip(timedelta(days=1))
    shown(Browser(house, ZHENG))
    assert count.times == 3


@BOTH
@pytest.mark.parametrize("fault", [RuntimeError("broken"), None])
def test_a_city_that_cannot_be_counted_is_a_sentence_and_not_tried_at_each_reload(
    house, count, lang, fault
):
    count.fault = fault or city_count.ConflictError("none")
    count.end.set()
    browser = Browser(house, ZHENG, lang)
    for _ in range(3):
        answer = shown(browser)
        assert Texts(lang)(f"stats.cannot.{'failed' if fault else 'no_city'}") in answer.text
    assert count.times == 1


def test_the_city_is_for_operators_and_for_a_demonstration(house, count, monkeypatch):
    assert Browser(house, GAO).get(CITY).status_code == 403
    assert Browser(house, None).get(CITY).status_code == 303
    monkeypatch.setattr(type(house), "demonstration", property(lambda _: False))
    page = Browser(house, ZHENG).get(CITY).text
    assert "/console/stats?of=applications" not in page  # no choice is offered
    assert Texts("zh")("stats.hides_small") in page
    assert count.times == 0
