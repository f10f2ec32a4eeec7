"""The operator's console over HTTP."""

import pytest

from certstore.callers import Clerk, Developer, Operator
from certstore.service.demo import PAGES
from certstore.service.demo_counter import enrol_counter
from certstore.web.texts import Texts
from tests.residents import EVERYWHERE, GAO, Browser, assert_sound, resident, submitted

ZHENG = Operator("郑运维", "A01")
BOTH = pytest.mark.parametrize("lang", ["zh", "en"])


@BOTH
def test_an_operator_sees_what_needed_no_upload_and_why_the_rest_did(house, lang):
    submitted(house, "lin_xiaohe")
    answer = Browser(house, ZHENG, lang).get("/console/stats")
    assert answer.status_code == 200
    assert_sound(answer, lang)
    assert "100.0 %" in answer.text
    assert "林晓禾" not in answer.text


def test_the_shares_are_a_table_for_spreadsheets_as_well(house):
    submitted(house, "lin_xiaohe")
    browser = Browser(house, ZHENG)
    assert "/console/stats.csv?of=applications" in browser.get("/console/stats").text
    table = browser.http.get("/console/stats.csv")
    assert table.headers["content-type"] == "text/csv; charset=utf-8"
    assert table.content.startswith(b"\xef\xbb\xbffigure,matter,material,reason,value\r\n")
    assert b"applications,,,,1\r\n" in table.content
    assert b"without_upload_per_cent,residence_registration,dwelling,,100.0\r\n" in table.content
    assert Browser(house, GAO).http.get("/console/stats.csv").status_code == 403
    uncounted = browser.http.get("/console/stats.csv?of=city")
    assert uncounted.headers["location"] == "/console/stats?of=city"


@BOTH
def test_with_no_application_there_is_a_sentence_and_no_figure(house, lang):
    answer = Browser(house, ZHENG, lang).get("/console/stats")
    assert Texts(lang)("stats.nothing") in answer.text


@pytest.mark.parametrize(
    "caller", [resident("lin_xiaohe"), GAO, Clerk("钱经办", "Y01", "91310000MADM00078M")]
)
def test_the_console_is_for_operators(house, caller):
    assert Browser(house, caller).get("/console/stats").status_code == 403
    assert Browser(house, None).get("/console/stats").status_code == 303


@pytest.mark.parametrize("path", ["/certificates", "/desk", "/usage", "/source", "/dormitory"])
def test_an_operator_opens_nobodys_data(house, path):
    assert Browser(house, ZHENG).get(path).status_code == 403
    assert Browser(house, ZHENG).get("/").headers["location"] == "/console/stats"


@pytest.mark.parametrize("place", ["volumes", "stats", "agencies", "overdue"])
def test_every_page_of_the_console_leads_to_the_others(house, place):
    text = Browser(house, ZHENG).get(f"/console/{place}").text
    for other in ("volumes", "stats", "agencies", "overdue"):
        current = ' aria-current="page"' if other == place else ""
        assert f'<a href="/console/{other}"{current}>' in text


HAN = Developer("韩开发", "D01", "11310000MB0T00058A")
LUO = Clerk("罗经办", "S03", "11310000MB0T0004XA")
XU = Clerk("许经办", "F07", "11310000MB0T00023P")  # of the housing authority
WHO_OPENS = {
    "/desk": GAO,
    "/desk/counter": GAO,
    "/desk/ratings": EVERYWHERE,
    "/filings": XU,
    "/pull": LUO,
    "/developers": HAN,
    "/console/agencies": ZHENG,
    "/console/volumes": ZHENG,
}


@pytest.mark.parametrize("path", PAGES)
def test_every_page_that_a_demonstration_names_opens(house, path):
    enrol_counter(house)  # as the demonstration does
    caller = WHO_OPENS.get(path, resident("lin_xiaohe"))
    assert Browser(house, caller).get(path).status_code == 200
