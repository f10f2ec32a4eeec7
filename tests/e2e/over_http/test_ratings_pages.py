"""Rating a matter, answering it, and the console's figures over HTTP."""

from contextlib import closing
from datetime import timedelta

import pytest
from lxml.html import fromstring

from certstore.callers import Operator
from certstore.web.texts import Texts
from tests.house import house_in
from tests.residents import (
    EVERYWHERE,
    GAO,
    Browser,
    assert_sound,
    copied,
    resident,
    submitted,
)

ZHENG = Operator("郑运维", "A01")
LIN = resident("lin_xiaohe")
BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


@BOTH
def test_from_the_progress_page_to_an_answer(house, lang):
    application = submitted(house, "lin_xiaohe")
    ref, submitted_number = application.ref, application.number
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
    assert Texts(lang)("desk_ratings.title_n", n=1) in desk.get("/desk").text
    assert "林晓禾" not in listed.text
    assert LIN.holder.id_number not in listed.text
    assert ref not in listed.text  # a supervisor can open the case
    assert submitted_number not in listed.text
    (form,) = fromstring(listed.text).xpath('//form[starts-with(@action, "/desk/ratings/")]')
    answer_at = form.action
    read = form.fields["read"]
    empty = desk.post(answer_at, read=read, words=" ")
    assert empty.status_code == 422
    done = desk.post(answer_at, read=read, words="抱歉")
    assert done.headers["location"] == "/desk/ratings?done=answered"
    by_case = desk.post(f"/desk/ratings/{ref}", read=read, words="再答")
    assert by_case.status_code == 404
    again = desk.post(answer_at, read=read, words="再答")
    assert again.headers["location"] == "/desk/ratings?done=moved"
    listed = desk.get("/desk/ratings")
    assert_sound(listed, lang)
    assert Texts(lang)("desk_ratings.lately") in listed.text
    assert "&lt;b&gt;慢" in listed.text
    assert "林晓禾" not in listed.text
    assert ref not in listed.text
    assert submitted_number not in listed.text
    assert "抱歉" in mine.get(path).text
    assert path in mine.get("/notices").text
    assert mine.post(path, grade="5").status_code == 409


@BOTH
def test_what_is_done_asks_for_a_rating_and_says_how_far_it_went(house, lang):
    ref = submitted(house, "lin_xiaohe").ref
    mine, texts = Browser(house, LIN, lang), Texts(lang)
    path = f"/applications/{ref}/rating"
    pages = (f"/applications/{ref}/submitted", f"/applications/{ref}")

    def said():
        found = [fromstring(mine.get(at).text).xpath(f'//a[@href="{path}"]') for at in pages]
        return [link.text_content().strip() for (link,) in found]

    assert said() == [texts("progress.rating.ask")] * 2
    mine.post(path, grade="2", words="慢")
    assert said() == [texts("progress.rating.change")] * 2
    house.clock.skip(timedelta(days=11))
    assert said() == [texts("progress.rating.said")] * 2
    desk = Browser(house, EVERYWHERE, lang)
    form = fromstring(desk.get("/desk/ratings").text).xpath("//form[.//*[@name='read']]")[0]
    desk.post(form.action, read=form.fields["read"], words="抱歉")
    assert said() == [texts("progress.rating.answered")] * 2


def test_what_is_not_decided_is_not_rated_yet(house):
    ref = submitted(house, "shen_xiaozhou").ref
    mine = Browser(house, resident("shen_xiaozhou"))
    for at in (f"/applications/{ref}", f"/applications/{ref}/submitted"):
        assert "/rating" not in mine.get(at).text


@BOTH
def test_no_number_and_no_name_of_the_writers_reaches_the_supervisor(house, lang):
    ref = submitted(house, "lin_xiaohe").ref
    mine, desk = Browser(house, LIN, lang), Browser(house, EVERYWHERE, lang)
    path = f"/applications/{ref}/rating"
    typed = f"我是林晓禾，{LIN.holder.id_number}，电话一三八零零一三八〇〇〇，等了三天"
    sent = mine.post(path, grade="2", words=typed)
    told = mine.get(sent.headers["location"])
    assert_sound(told, lang)
    assert Texts(lang)("rating.freed") in told.text
    assert Texts(lang)("rating.freed") not in mine.get(f"{path}?sent=1").text
    listed = desk.get("/desk/ratings").text
    assert "等了三天" in listed
    for taken in ("林晓禾", LIN.holder.id_number, "一三八"):
        assert taken not in listed


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
    assert table.content.startswith(b"\xef\xbb\xbfsince,until,figure,matter,detail,value\r\n")
    assert b",submitted,residence_registration,,1\r\n" in table.content
    assert b",without_upload_per_cent,residence_registration,,100.0\r\n" in table.content


@pytest.mark.parametrize("days", ["0", "367", "x", "-1"])
def test_a_period_that_is_none_is_told(house, days):
    assert Browser(house, ZHENG).http.get(f"/console/volumes?days={days}").status_code == 422


@BOTH
def test_of_real_people_four_periods_are_counted_and_today_is_not(settled_folder, tmp_path, lang):
    with copied(settled_folder, tmp_path) as before:
        submitted(before, "lin_xiaohe")
    nobody = tmp_path / "face.toml"
    nobody.write_text("provider = []", "utf-8")
    real = {
        "demonstration": False,
        "oidc_issuer": "https://op.example",
        "key_passphrase_file": next(settled_folder.rglob("passphrase")),
        "face_providers_file": nobody,
    }
    with closing(house_in(tmp_path / "house", **real)) as house:
        browser = Browser(house, ZHENG, lang)
        for days in (7, 30, 90, 366):
            assert_sound(browser.get(f"/console/volumes?days={days}"), lang)
        for path in ("volumes", "volumes.csv"):
            for days in (1, 8, 29, 365):
                at = f"/console/{path}?days={days}"
                refused = browser.http.get(at, headers={"accept": "application/json"})
                assert refused.status_code == 422
                assert "7, 30, 90 or 366" in refused.json()["errors"][0]["detail"]
        assert_sound(browser.get("/console/volumes?days=8"), lang)
        assert b"residence_registration" not in browser.http.get("/console/volumes.csv").content


def test_the_figures_are_for_operators(house):
    for caller in (LIN, GAO):
        assert Browser(house, caller).get("/console/volumes").status_code == 403
        assert Browser(house, caller).http.get("/console/volumes.csv").status_code == 403
