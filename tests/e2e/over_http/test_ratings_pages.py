"""Rating a matter, answering it, and the console's figures over HTTP."""

import pytest
from lxml.html import fromstring

from certstore.callers import Operator
from tests.residents import EVERYWHERE, GAO, Browser, assert_sound, resident, submitted

ZHENG = Operator("郑运维", "A01")
LIN = resident("lin_xiaohe")
BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


@BOTH
def test_from_the_progress_page_to_an_answer(house, lang):
    ref = submitted(house, "lin_xiaohe").ref
    mine, desk = Browser(house, LIN, lang), Browser(house, EVERYWHERE, lang)
    path = f"/applications/{ref}/rating"
    assert path in mine.get(f"/applications/{ref}").text
    assert_sound(mine.get(path), lang)
    unsaid = mine.post(path, grade="", words="还行")
    assert unsaid.status_code == 422
    assert_sound(unsaid, lang)
    assert "还行" in unsaid.text  # what was typed stays
    sent = mine.post(path, grade="2", tags=["slow"], words="<b>慢</b>")
    assert sent.headers["location"] == f"{path}?sent=1"
    listed = desk.get("/desk/ratings")
    assert_sound(listed, lang)
    assert "&lt;b&gt;慢" in listed.text
    assert "<b>慢" not in listed.text
    assert "林晓禾" not in listed.text
    assert LIN.holder.id_number not in listed.text
    (form,) = fromstring(listed.text).xpath(f'//form[@action="/desk/ratings/{ref}"]')
    read = form.fields["read"]
    empty = desk.post(f"/desk/ratings/{ref}", read=read, words=" ")
    assert empty.status_code == 422
    done = desk.post(f"/desk/ratings/{ref}", read=read, words="抱歉")
    assert done.headers["location"] == "/desk/ratings?done=answered"
    again = desk.post(f"/desk/ratings/{ref}", read=read, words="再答")
    assert again.headers["location"] == "/desk/ratings?done=moved"
    assert "抱歉" in mine.get(path).text
    assert path in mine.get("/notices").text
    assert mine.post(path, grade="5").status_code == 409


def test_ratings_are_for_supervisors(house):
    assert Browser(house, GAO).get("/desk/ratings").status_code == 403
    assert "/desk/ratings" not in Browser(house, GAO).get("/desk").text
    assert "/desk/ratings" in Browser(house, EVERYWHERE).get("/desk").text


def test_anothers_matter_is_as_absent_as_none(house):
    ref = submitted(house, "lin_xiaohe").ref
    other = Browser(house, resident("shen_xiaozhou"))
    assert other.get(f"/applications/{ref}/rating").status_code == 404
    assert other.post(f"/applications/{ref}/rating", grade="1").status_code == 404


@BOTH
def test_an_operator_sees_volumes_and_times_and_nobody(house, lang):
    submitted(house, "lin_xiaohe")
    browser = Browser(house, ZHENG, lang)
    shown = browser.get("/console/volumes")
    assert_sound(shown, lang)
    assert "100.0 %" in shown.text
    assert "林晓禾" not in shown.text
    table = browser.http.get("/console/volumes.csv?days=7")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.content.startswith(b"\xef\xbb\xbfmatter,")
    assert b"residence_registration,1,1,0" in table.content


@pytest.mark.parametrize("days", ["0", "367", "x", "-1"])
def test_a_period_that_is_none_is_told(house, days):
    assert Browser(house, ZHENG).http.get(f"/console/volumes?days={days}").status_code == 422


def test_the_figures_are_for_operators(house):
    for caller in (LIN, GAO):
        assert Browser(house, caller).get("/console/volumes").status_code == 403
        assert Browser(house, caller).http.get("/console/volumes.csv").status_code == 403
