"""The help pages and the call behind them: public, silent about who asked, plain text."""

import logging
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from lxml.html import fromstring

from certstore.service.app import create_app
from certstore.service.limits import Limits
from tests.residents import Browser, assert_sound, resident

LIN = resident("lin_xiaohe")
NUMBER = "310199199003070020"


def asked(house, question, lang="zh", who=None):
    return Browser(house, who, lang).get(f"/help?q={quote(question)}")


def main_of(answer):
    return " ".join(fromstring(answer.text).find(".//main").text_content().split())


@pytest.mark.parametrize("who", [None, LIN])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_help_is_for_everybody_in_both_languages(house, lang, who):
    answer = Browser(house, who, lang).get("/help")
    assert_sound(answer, lang)
    page = fromstring(answer.text)
    (form,) = page.xpath("//form[@role='search']")
    assert (form.method, form.get("action")) == ("GET", "/help#answer")
    assert page.xpath("//label[@for='q']")
    guides = set(page.xpath("//a[starts-with(@href, '/guides/')]/@href"))
    assert len(guides) == 9
    for href in guides:
        assert_sound(Browser(house, who, lang).get(href), lang)


def test_a_question_is_answered_and_says_so_first(house):
    answer = asked(house, "居住证丢了咋办")
    page = fromstring(answer.text)
    assert page.findtext(".//title").startswith("找到了")
    (found,) = page.xpath("//section[@id='answer']//article")
    assert "点一下马上生效" in found.text_content()
    assert page.xpath("//section[@id='answer']//a[@href='/loss']")
    assert page.xpath("//input[@id='q']/@value") == ["居住证丢了咋办"]
    assert page.xpath("//section[@id='answer']/*[@role='status']/h2[@id='found']")


def test_a_question_stays_when_the_page_is_dressed_anew(house):
    page = fromstring(asked(house, "居住证丢了 & 找到").text)
    (href,) = page.xpath("//a[@hreflang='en']/@href")
    again = Browser(house, None).http.get(f"/help{href}")
    assert fromstring(again.text).xpath("//input[@id='q']/@value") == ["居住证丢了 & 找到"]
    assert fromstring(again.text).get("lang") == "en"


def test_an_answer_is_marked_with_its_own_language(house):
    page = fromstring(asked(house, "I lost my permit").text)
    (found,) = page.xpath("//section[@id='answer']//article")
    assert (page.get("lang"), found.get("lang")) == ("zh-CN", "en")


def test_what_may_be_meant_is_offered_and_not_claimed(house):
    page = fromstring(asked(house, "登记到期了").text)
    assert page.xpath("//section[@id='answer']//article") == []
    offered = page.xpath("//section[@id='answer']//details")
    assert 1 < len(offered) <= 3
    assert all(each.get("open") is None for each in offered)


@pytest.mark.parametrize("question", ["怎么办护照", "天气怎么样", "driving licence", "??"])
def test_none_is_said_and_where_to_ask(house, question):
    answer = asked(house, question)
    assert "没有找到答案" in main_of(answer)
    assert fromstring(answer.text).xpath("//section[@id='answer']//a[@href='/windows']")


def test_markup_in_a_question_is_text(house):
    answer = asked(house, "<img src=x onerror=alert(1)>{{7*7}}")
    assert "<img src=x" not in answer.text
    assert "{{7*7}}" in fromstring(answer.text).xpath("//input[@id='q']/@value")[0]


def test_a_number_is_taken_out_and_not_shown_again(house):
    answer = asked(house, f"{NUMBER} 居住证丢了")
    assert NUMBER not in answer.text
    assert "已经去掉" in main_of(answer)
    told = Browser(house, None).http.get("/v1/help", params={"q": f"居住证丢了{NUMBER}"}).json()
    assert (told["freed"], told["outcome"]) == (True, "answer")
    only = asked(house, NUMBER)
    assert "已经去掉" in main_of(only)


def test_what_was_asked_is_neither_logged_nor_kept(house, caplog):
    with caplog.at_level(logging.DEBUG):
        answer = Browser(house, None).http.get("/help", params={"q": "我的秘密问题居住证"})
        Browser(house, None).http.get("/v1/help", params={"q": "我的秘密问题居住证"})
    logged = [
        f"{r.getMessage()} {vars(r)}" for r in caplog.records if r.name.startswith("certstore")
    ]
    assert logged
    assert not any("秘密" in line or quote("秘密") in line for line in logged)
    assert answer.headers["cache-control"] == "no-store"
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    ("typed", "words"),
    [("居" * 201, "200 个字以内"), ("a\nb", "看不见的符号"), ("居\x00", "看不见的符号")],
)
def test_what_cannot_be_a_question_is_refused_in_words(house, typed, words):
    answer = asked(house, typed)
    assert answer.status_code == 422
    page = fromstring(answer.text)
    assert words in page.get_element_by_id("problem").text_content()
    assert page.get_element_by_id("q").get("aria-invalid") == "true"
    told = Browser(house, None).http.get("/v1/help", params={"q": typed})
    assert told.status_code in {400, 422}
    assert told.json()["type"] == "urn:certstore:problem:invalid-request"


@pytest.mark.parametrize("path", ["/guides/passport", "/guides/permit-update", "/guides/"])
def test_there_is_no_guide_to_what_is_no_matter(house, path):
    assert Browser(house, None).get(path).status_code == 404


def test_a_call_answers_in_the_language_of_the_question(house):
    http = Browser(house, None).http
    told = http.get("/v1/help", params={"q": "how much does it cost"}).json()
    assert (told["lang"], told["outcome"], told["ask"]) == ("en", "answer", "/windows")
    assert [p["ref"] for p in told["passages"]] == ["fees"]
    assert http.get("/v1/help").status_code == 422
    nothing = http.get("/v1/help", params={"q": "天气怎么样"}).json()
    assert (nothing["outcome"], nothing["passages"]) == ("none", [])


def test_home_and_every_beginning_lead_to_help(house):
    assert 'href="/help"' in Browser(house, None).get("/").text
    mine = Browser(house, LIN)
    assert 'href="/help"' in mine.get("/").text
    for matter in ("residence-registration", "address-change", "residence-permit", "endorsement"):
        assert f'href="/guides/{matter}"' in mine.get(f"/apply/{matter}").text


def test_every_link_of_a_passage_leads_somewhere(house):
    mine = Browser(house, LIN)
    desk = house.guide_desk
    links = {p.link for p in desk.passages("zh")} | {g.begin for g in desk.guides()}
    gone = {link for link in links if mine.get(link).status_code not in {200, 303}}
    assert gone == set()


def test_an_address_that_asks_too_often_waits(house):
    app = create_app(house)
    app.state.limits = Limits({"help": 3})
    http = TestClient(app, base_url=house.settings.public_url)
    answers = [
        http.get(path) for path in ("/help", "/v1/help?q=%E8%AF%81", "/guides/loss", "/help")
    ]
    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]
    assert int(answers[3].headers["retry-after"]) >= 1
