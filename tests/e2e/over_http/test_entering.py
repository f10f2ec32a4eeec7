"""People whom an app hands over: let in where that is sure, asked where it is not, once."""

from datetime import timedelta

import pytest
from lxml.html import fromstring

from tests.entering import BACK, AppServer
from tests.residents import GAO, Browser, assert_sound, copied, resident

APP = AppServer()
LIN = resident("lin_xiaohe").holder
FROM_THE_WEB_VIEW = {"origin": "null", "sec-fetch-site": "none"}
FROM_ITS_PAGE = {"origin": "https://app.example", "sec-fetch-site": "cross-site"}
UNSAID = {"origin": "null", "sec-fetch-site": "cross-site"}
FROM_A_STRANGER = {"origin": "https://evil.example", "sec-fetch-site": "cross-site"}


@pytest.fixture
def house(settled_folder, tmp_path):
    hosts = tmp_path / "hosts.toml"
    hosts.write_text(APP.listed(), "utf-8")
    with copied(settled_folder, tmp_path, entry_hosts_file=hosts) as opened:
        yield opened


def ticket(house, holder=LIN, **changes):
    assertion = APP.assertion(holder, house.clock.now(), **changes)
    given = Browser(house, None).http.post("/v1/hand-overs", json={"assertion": assertion})
    assert given.status_code == 201, given.text
    assert given.json()["enter"] == "http://127.0.0.1:8000/enter"
    assert given.json()["expires_in"] == 60
    return given.json()["ticket"]


def post(browser, given, came):
    at = f"/enter?lang={browser.lang}"
    return browser.http.post(at, data={"ticket": given}, headers=came)


def who(browser):
    """Whose name the settings show."""
    shown = fromstring(browser.get("/settings").text).xpath('//*[@id="s-who"]')
    return shown[0].text_content() if shown else ""


@pytest.mark.parametrize("came", [FROM_THE_WEB_VIEW, FROM_ITS_PAGE])
def test_from_the_app_one_is_in_at_once_at_the_page_that_was_wanted(house, came):
    browser = Browser(house, None)
    left = post(browser, ticket(house), came)
    assert (left.status_code, left.headers["location"]) == (303, "/enter")
    entered = browser.get("/enter")
    assert (entered.status_code, entered.headers["location"]) == (303, "/applications")
    assert browser.get("/applications").status_code == 200
    assert "林" in who(browser)
    again = browser.get("/enter")  # gone back to
    assert (again.status_code, again.headers["location"]) == (303, "/")


def test_the_ticket_stands_in_no_address_and_no_log(house, caplog):
    browser, given = Browser(house, None), ticket(house)
    left = post(browser, given, FROM_THE_WEB_VIEW)
    browser.get("/enter")
    assert given not in left.headers["location"]
    assert given not in caplog.text
    assert LIN.id_number not in caplog.text
    assert "httponly" in left.headers["set-cookie"].lower()
    assert "samesite=lax" in left.headers["set-cookie"].lower()


@pytest.mark.parametrize(("lang", "asked"), [("zh", "以谁的身份继续"), ("en", "Go on as whom")])
def test_where_nothing_says_that_the_app_opened_it_one_is_asked(house, lang, asked):
    browser = Browser(house, None, lang)
    post(browser, ticket(house), UNSAID)
    door = browser.get("/enter")
    assert_sound(door, lang)
    assert asked in door.text
    assert "林" in door.text
    assert LIN.id_number not in door.text
    assert BACK in door.text
    assert who(browser) == ""  # not yet
    went = browser.http.post("/enter/go")
    assert went.headers["location"] == "/applications"
    assert who(browser)


def test_who_is_signed_in_is_never_replaced_unasked(house):
    browser = Browser(house, resident("shen_xiaozhou"))
    post(browser, ticket(house), FROM_THE_WEB_VIEW)
    door = browser.get("/enter")
    assert door.status_code == 200
    assert "现在登录的是另一个人" in door.text
    assert "沈" in who(browser)
    assert browser.http.post("/enter/go").status_code == 403  # without the token of that session
    assert browser.post("/enter/go").status_code == 303
    assert "林" in who(browser)


def test_an_officer_is_asked_too_and_the_same_person_is_not(house):
    officer = Browser(house, GAO)
    post(officer, ticket(house), FROM_THE_WEB_VIEW)
    assert officer.get("/enter").status_code == 200
    same = Browser(house, resident("lin_xiaohe"))
    post(same, ticket(house), FROM_THE_WEB_VIEW)
    assert same.get("/enter").status_code == 303


def test_a_strangers_page_lets_nobody_in_and_uses_the_ticket_up(house):
    browser, given = Browser(house, None), ticket(house)
    refused = post(browser, given, FROM_A_STRANGER)
    assert refused.status_code == 403
    assert_sound(refused, "zh")
    assert browser.get("/enter").status_code == 404
    assert post(browser, given, FROM_THE_WEB_VIEW).status_code == 410
    assert who(browser) == ""


@pytest.mark.parametrize(
    ("lang", "app", "says"),
    [
        ("zh", "示范市民 App", "请从 App 里重新打开"),
        ("en", "Demo Citizen app", "Open it again from"),
    ],
)
def test_whom_an_unlisted_page_sent_reads_why_and_the_operator_which(
    house, lang, app, says, caplog
):
    browser, given = Browser(house, None, lang), ticket(house)
    refused = post(browser, given, FROM_A_STRANGER)
    assert_sound(refused, lang)
    for said in (app, says, BACK):
        assert said in refused.text
    assert "身份登录" not in refused.text  # no other identity helps
    (told,) = [one for one in caplog.records if one.name == "certstore.entry"]
    assert (told.host, told.origin) == ("city-app", "https://evil.example")
    assert LIN.id_number not in str(told.__dict__)
    assert given not in str(told.__dict__)


@pytest.mark.parametrize(
    ("lang", "app", "says"),
    [("zh", "示范市民 App", "这个入口已经失效"), ("en", "Demo Citizen app", "has ended")],
)
def test_who_comes_too_late_is_led_back_to_the_app(house, lang, app, says):
    used = ticket(house)
    post(Browser(house, None), used, FROM_THE_WEB_VIEW)
    left_lying = Browser(house, None, lang)
    post(left_lying, ticket(house), UNSAID)
    late = ticket(house)
    house.clock.skip(timedelta(minutes=6))
    browser = Browser(house, None, lang)
    for gone in (
        post(browser, used, FROM_THE_WEB_VIEW),
        post(browser, late, FROM_THE_WEB_VIEW),
        left_lying.get("/enter"),
        left_lying.http.post(f"/enter/go?lang={lang}"),
    ):
        assert gone.status_code == 410
        assert_sound(gone, lang)
        for said in (app, says, BACK):
            assert said in gone.text
    for none in (post(browser, "", FROM_THE_WEB_VIEW), browser.get("/enter")):
        assert none.status_code == 404
        assert_sound(none, lang)
        assert says in none.text
        assert BACK not in none.text


def test_saying_yes_from_another_site_is_refused(house):
    browser = Browser(house, None)
    post(browser, ticket(house), UNSAID)
    assert browser.http.post("/enter/go", headers=FROM_A_STRANGER).status_code == 403
    assert who(browser) == ""


def test_a_ticket_is_good_once_for_a_minute(house):
    given = ticket(house)
    assert post(Browser(house, None), given, FROM_THE_WEB_VIEW).status_code == 303
    second = Browser(house, None)
    assert post(second, given, FROM_THE_WEB_VIEW).status_code == 410
    assert second.get("/enter").status_code == 404
    late = ticket(house)
    house.clock.skip(timedelta(seconds=61))
    gone = post(second, late, FROM_THE_WEB_VIEW)
    assert gone.status_code == 410
    assert_sound(gone, "zh")


def test_an_entry_that_was_left_lying_ends(house):
    browser = Browser(house, None)
    post(browser, ticket(house), UNSAID)
    house.clock.skip(timedelta(minutes=6))
    assert browser.get("/enter").status_code == 410
    assert browser.http.post("/enter/go").status_code == 410
    assert who(browser) == ""


def test_yes_said_twice_opens_one_session(house):
    browser = Browser(house, None)
    post(browser, ticket(house), UNSAID)
    cookies = dict(browser.http.cookies)
    assert browser.http.post("/enter/go").status_code == 303
    twice = Browser(house, None)
    twice.http.cookies.update(cookies)
    assert twice.http.post("/enter/go").status_code == 410


def test_an_assertion_is_used_once_and_what_is_wrong_is_said(house):
    assertion = APP.assertion(LIN, house.clock.now())
    door = Browser(house, None).http
    assert door.post("/v1/hand-overs", json={"assertion": assertion}).status_code == 201
    again = door.post("/v1/hand-overs", json={"assertion": assertion})
    assert (again.status_code, again.json()["cause"]) == (409, "replayed")
    wrong = APP.assertion(LIN, house.clock.now(), aud="https://elsewhere.example")
    told = door.post("/v1/hand-overs", json={"assertion": wrong})
    assert (told.status_code, told.json()["cause"]) == (401, "aud")
    for body in ({}, {"assertion": 7}, {"assertion": "x" * 9000}, {"assertion": "a.b.c", "x": 1}):
        assert door.post("/v1/hand-overs", json=body).status_code in {401, 422}


@pytest.mark.parametrize("given", ["", "x", "é" * 20, "a" * 300, "' or 1=1 --"])
def test_what_is_no_ticket_is_told_in_words(house, given):
    refused = post(Browser(house, None), given, FROM_THE_WEB_VIEW)
    assert refused.status_code in {404, 422}
    assert_sound(refused, "zh")


def test_inside_the_app_a_page_leads_back_into_it(house):
    browser = Browser(house, None)
    assert BACK not in browser.get("/").text
    post(browser, ticket(house, to="/"), FROM_THE_WEB_VIEW)
    browser.get("/enter")
    assert BACK in browser.get("/").text
    assert "返回示范市民 App" in browser.get("/").text


def test_a_page_of_another_persons_is_as_absent_as_none(house):
    browser = Browser(house, None)
    nobodys = "/applications/k7m2x9qd4wzr5t8vbn3c"
    post(browser, ticket(house, to=nobodys), FROM_THE_WEB_VIEW)
    assert browser.get("/enter").headers["location"] == nobodys
    assert browser.get(nobodys).status_code == 404
