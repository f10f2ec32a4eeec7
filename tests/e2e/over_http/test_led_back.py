"""A session that ends while somebody types: they sign in anew and find what they typed."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from lxml.html import fromstring

from certstore.service.demo_visitor import Visitor
from certstore.service.serving import free_port, serving
from tests.residents import copied, resident, submitted

PAGE = {"Accept": "text/html"}
ADDRESS = {"district": "望江区", "address": "望江路 188 弄 6 号 302 室"}


@pytest.fixture(scope="module")
def house(settled_folder, tmp_path_factory):
    port = free_port()
    folder = tmp_path_factory.mktemp("led-back")
    with (
        copied(settled_folder, folder, public_url=f"http://127.0.0.1:{port}") as opened,
        serving(opened, "127.0.0.1", port),
    ):
        yield opened


def visitor(house, who):
    """Somebody's browser, signed in; sends forms without following where they lead."""
    opened = Visitor(house.settings.public_url)
    opened.sign_in(who)
    return opened


def send(browser, path, **fields):
    """Open a page and send its form, the session having ended in between."""
    shown = browser.get(path)
    hidden = dict(re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', shown.text))
    return lambda: browser.http.post(path, data=hidden | fields, follow_redirects=False)


def too_late(house, browser, path, **fields):
    """The answer to a form that was sent after its session had ended."""
    post = send(browser, path, **fields)
    house.clock.skip(timedelta(minutes=31))
    return post()


def begin_again(browser, led):
    """Follow to the sign-in page, and to the provider's."""
    assert led.status_code == 303
    where = led.headers["location"]
    asked = browser.get(where)
    leave = fromstring(asked.text).xpath('//main//a[contains(@href, "/sign-in/leave")]/@href')[0]
    return asked, browser.get(leave)


def sign_in_again(browser, led, who):
    """Go through the sign-in page as somebody, and come back to the page."""
    _, provider = begin_again(browser, led)
    path = "/development-identity/authorize"
    hidden = dict(
        re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', provider.text)
    )
    return browser.http.post(path, data=hidden | {"person": who})


def form_of(answer, path):
    (form,) = fromstring(answer.text).xpath(f'//form[@method="post"][@action="{path}"]')
    return form.fields


def draft(browser):
    """A draft that somebody began, and said they rent."""
    start = "/apply/residence-registration"
    shown = browser.get(start)
    found = re.search(r'"(/applications/[a-z0-9]{20})/', shown.text)  # begun before
    at = found[1] if found else str(browser.form(shown, start, {}).url.path).rpartition("/")[0]
    path = f"{at}/dwelling"
    browser.form(browser.get(path), path, {"dwelling": "rent"})
    return at


def test_what_was_typed_is_on_the_page_after_signing_in_again(house):
    with visitor(house, "chen_yiming") as browser:
        path = f"{draft(browser)}/address"
        led = too_late(house, browser, path, **ADDRESS)
        query = parse_qs(urlsplit(led.headers["location"]).query)
        assert query == {"return_to": [path], "why": ["kept"]}
        asked, _ = begin_again(browser, led)
        assert "15" in asked.text
        back = sign_in_again(browser, led, "chen_yiming")
        assert back.url.path == path
        shown = form_of(back, path)
        assert {name: shown[name] for name in ADDRESS} == ADDRESS
        assert 'class="restored"' in back.text
        again = browser.get(path)  # once
        assert form_of(again, path)["address"] == ""
        assert 'class="restored"' not in again.text


def test_the_form_that_came_back_can_be_sent(house):
    with visitor(house, "chen_yiming") as browser:
        path = f"{draft(browser)}/address"
        led = too_late(house, browser, path, **ADDRESS)
        back = sign_in_again(browser, led, "chen_yiming")
        fields = {name: str(value) for name, value in form_of(back, path).items() if value}
        sent = browser.http.post(path, data=fields, follow_redirects=False)
        assert (sent.status_code, sent.headers["location"]) == (
            303,
            path.replace("address", "face"),
        )
        assert form_of(browser.get(path), path)["address"] == ADDRESS["address"]


def test_nothing_that_was_typed_stands_in_an_address_or_a_cookie(house):
    with visitor(house, "chen_yiming") as browser:
        path = f"{draft(browser)}/address"
        led = too_late(house, browser, path, **ADDRESS)
        said = led.headers["location"] + led.headers["set-cookie"] + led.text
        for typed in ("188", "望江", "%E6%9C%9B"):
            assert typed not in said
        kept = next(c for c in led.headers.get_list("set-cookie") if c.startswith("kept-form="))
        assert "HttpOnly" in kept
        assert "SameSite=lax" in kept
        assert "Max-Age=900" in kept


def test_somebody_else_who_signs_in_sees_none_of_it(house):
    with visitor(house, "chen_yiming") as browser:
        path = f"{draft(browser)}/address"
        led = too_late(house, browser, path, **ADDRESS)
        back = sign_in_again(browser, led, "wang_yan")
        assert back.status_code == 404  # the page is not theirs
        assert "188" not in back.text


def test_a_relatives_name_and_number_come_back_too(house):
    typed = {
        "whose": "relative",
        "relation": "parent",
        "relative_name": "沈建国",
        "relative_id_number": "31019919850312001X",
    }
    with visitor(house, "chen_yiming") as browser:
        path = f"{draft(browser)}/relative"
        led = too_late(house, browser, path, **typed)
        shown = form_of(sign_in_again(browser, led, "chen_yiming"), path)
        assert {name: shown[name] for name in typed} == typed


def test_an_officers_decision_comes_back_and_is_not_sent_by_itself(house):
    ref = submitted(house, "shen_xiaozhou").ref
    path = f"/desk/cases/{ref}"
    typed = {"judge_1": "no", "decision": "refuse", "reason": "", "sentence": "地址不在本区。"}
    with visitor(house, "officer_1047") as browser:
        led = too_late(house, browser, path, **typed)
        back = sign_in_again(browser, led, "officer_1047")
        assert back.url.path == path
        assert form_of(back, path)["sentence"] == typed["sentence"]
        chosen = fromstring(back.text).xpath("//input[@type='radio'][@checked]")
        assert {(c.get("name"), c.get("value")) for c in chosen} >= {
            ("judge_1", "no"),
            ("decision", "refuse"),
        }
        assert not house.application(ref).reviewed_by


def test_a_form_without_the_ended_sessions_token_is_not_kept(house):
    with visitor(house, "chen_yiming") as browser:
        path = f"{draft(browser)}/address"
        house.clock.skip(timedelta(minutes=31))
        for csrf in ("", "guessed"):
            answer = browser.http.post(path, data={"csrf": csrf, **ADDRESS}, follow_redirects=False)
            assert answer.status_code == 401
            assert "kept-form" not in answer.headers.get("set-cookie", "")


def test_a_form_of_another_site_is_refused_and_not_kept(house):
    with visitor(house, "chen_yiming") as browser:
        path = f"{draft(browser)}/address"
        post = send(browser, path, **ADDRESS)
        house.clock.skip(timedelta(minutes=31))
        browser.http.headers["Origin"] = "https://evil.example"
        assert post().status_code == 403


def test_a_form_whose_page_is_elsewhere_leads_to_that_page(house):
    with visitor(house, "chen_yiming") as browser:
        page = f"{draft(browser)}/commitment"
        house.clock.skip(timedelta(minutes=31))
        answer = browser.http.post(f"{page}/withdraw", data={"csrf": "x"}, follow_redirects=False)
        assert answer.status_code == 401
        (link,) = fromstring(answer.text).xpath('//main//a[contains(@href, "/sign-in")]/@href')
        assert parse_qs(urlsplit(link).query)["return_to"] == [page]


def test_a_page_one_only_reads_leads_back_to_itself(house):
    with visitor(house, "chen_yiming") as browser:
        house.clock.skip(timedelta(minutes=31))
        led = browser.http.get("/usage?ground=law", follow_redirects=False)
        assert parse_qs(urlsplit(led.headers["location"]).query) == {
            "return_to": ["/usage"],
            "why": ["expired"],
        }
        assert "kept-form" not in led.headers.get("set-cookie", "")


def test_signing_in_again_in_another_tab_lets_the_first_tabs_form_through(house):
    with visitor(house, "chen_yiming") as browser:
        path = f"{draft(browser)}/address"
        first_tab = send(browser, path, **ADDRESS)
        house.clock.skip(timedelta(minutes=31))
        browser.sign_in("chen_yiming")  # the second tab
        assert first_tab().headers["location"].endswith("/face")


def test_after_signing_out_nothing_is_kept(house):
    with visitor(house, "chen_yiming") as browser:
        path = f"{draft(browser)}/address"
        late = send(browser, path, **ADDRESS)
        cookie = browser.http.cookies["session"]
        browser.form(browser.get("/sign-out"), "/sign-out", {})
        browser.http.cookies.set("session", cookie)
        assert late().status_code == 401


# -- signing out ---------------------------------------------------------------------------


def test_a_link_to_sign_out_asks_first(house):
    with visitor(house, "chen_yiming") as browser:
        asked = browser.get("/sign-out")
        assert 'action="/sign-out"' in asked.text
        assert browser.get("/certificates").url.path == "/certificates"
        left = browser.form(asked, "/sign-out", {})
        assert left.status_code == 200
        assert browser.get("/certificates").url.path == "/sign-in"
        assert 'action="/sign-out"' not in browser.get("/sign-out").text


def test_signing_in_again_ends_the_session_there_was(house):
    with visitor(house, "chen_yiming") as browser:
        former = browser.http.cookies["session"]
        browser.sign_in("lin_xiaohe")
        assert browser.http.cookies["session"] != former
        with httpx.Client(base_url=house.settings.public_url, headers=PAGE) as thief:
            thief.cookies.set("session", former)
            assert thief.get("/certificates").status_code == 303


# -- coming back without having signed in --------------------------------------------------


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("", "stopped"),
        ("error=access_denied&state=x", "stopped"),
        ("state=x", "stopped"),
        ("state=guessed&code=x", "failed"),
    ],
)
def test_coming_back_without_a_sign_in_says_so(house, query, why):
    with Visitor(house.settings.public_url) as browser:
        answer = browser.get(f"/sign-in/return?{query}")
        assert (answer.url.path, answer.status_code) == ("/sign-in", 200)
        assert parse_qs(answer.url.query.decode()) == {"why": [why]}
        assert "session" not in browser.http.cookies


def test_the_same_way_back_is_walked_once(house):
    with Visitor(house.settings.public_url) as browser:
        browser.http.follow_redirects = False
        leave = browser.http.get("/sign-in/leave?return_to=/certificates")
        provider = browser.http.get(leave.headers["location"])
        hidden = dict(
            re.findall(r'<input type="hidden" name="([a-z_]+)" value="([^"]*)">', provider.text)
        )
        come = browser.http.post(
            "/development-identity/authorize", data=hidden | {"person": "chen_yiming"}
        ).headers["location"]
        assert browser.http.get(come).headers["location"] == "/certificates"
        assert browser.http.get(come).headers["location"] == "/sign-in?why=failed"


def test_the_same_resident_on_another_device_is_not_signed_out(house):
    me = resident("chen_yiming")
    with visitor(house, "chen_yiming") as one, visitor(house, "chen_yiming") as other:
        one.form(one.get("/sign-out"), "/sign-out", {})
        assert me.holder.name[1:] in other.get("/").text
