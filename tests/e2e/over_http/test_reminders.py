"""Where somebody is told, by the pages alone: adding, confirming, choosing, removing, links."""

import re
from datetime import timedelta

import pytest
from lxml.html import fromstring

from certstore.service.demo import message_lines
from tests.contacts import MAIL, PHONE, code_in, confirmed, connected, send, told
from tests.house import house_in
from tests.residents import Browser, assert_sound
from tests.sealed import LIN, ZHOU, resident

ME = resident(LIN)


@pytest.fixture
def post(tmp_path):
    house = house_in(tmp_path / "house")
    with connected(house):
        yield house
    house.close()


def form_of(page, action):
    """The fields of the form with this action, as a browser would send it."""
    (form,) = [f for f in fromstring(page.text).forms if f.action.partition("#")[0] == action]
    return form


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_whole_way(post, lang):
    mine = Browser(post, ME, lang)
    assert_sound(mine.get("/reminders"), lang)
    sent = mine.post("/reminders/email", address=MAIL)
    assert (sent.status_code, sent.headers["location"]) == (303, "/reminders?done=code_sent")
    shown = mine.get("/reminders?done=code_sent")
    assert_sound(shown, lang)
    assert MAIL not in shown.text
    assert "@example.com" in "".join(fromstring(shown.text).itertext())
    wrong = mine.post("/reminders/email/confirm", code="nope")
    assert wrong.status_code == 422
    assert_sound(wrong, lang)
    assert fromstring(wrong.text).get_element_by_id("code_email").get("aria-invalid") == "true"
    right = mine.post("/reminders/email/confirm", code=code_in(post, "email"))
    assert right.headers["location"] == "/reminders?done=confirmed"
    choose = form_of(mine.get("/reminders"), "/reminders/email/choose")
    assert choose.fields["lang"] == lang
    assert {box.get("value") for box in choose.xpath(".//input[@type='checkbox'][@checked]")} == {
        *("yes", "progress", "dates", "looks")
    }
    mine.post("/reminders/email/choose", group=["dates"], lang="zh")  # not on
    again = form_of(mine.get("/reminders"), "/reminders/email/choose")
    checked = again.xpath(".//input[@type='checkbox'][@checked]/@value")
    assert [*map(str, checked)] == ["dates"]
    gone = mine.post("/reminders/email/remove")
    assert gone.headers["location"] == "/reminders?done=removed"
    assert form_of(mine.get("/reminders"), "/reminders/email") is not None


def test_what_was_typed_wrong_is_said_at_its_field_and_kept(post):
    mine = Browser(post, ME)
    answer = mine.post("/reminders/sms", address='12"><b>')
    assert answer.status_code == 422
    field = fromstring(answer.text).get_element_by_id("to_sms")
    assert field.get("value") == '12"><b>'
    assert field.get("aria-describedby").split() == ["to_sms-error", "to_sms-hint"]
    assert mine.post("/reminders/email", address="x" * 301).status_code == 422
    for _ in range(5):
        mine.post("/reminders/sms", address=PHONE)
    often = mine.post("/reminders/sms", address=PHONE)
    assert (often.status_code, "一小时后" in often.text) == (422, True)


def test_there_is_no_other_channel_and_the_inbox_cannot_be_switched_off(post):
    mine = Browser(post, ME)
    for path in ("/reminders/inbox/choose", "/reminders/fax", "/reminders/mini_program"):
        assert mine.post(path, address="account_1").status_code == 404
    assert mine.post("/reminders/sms/confirm", code="1").status_code == 404


def test_it_is_for_who_is_signed_in_and_sends_the_form_themself(post):
    nobody = Browser(post, None)
    assert nobody.get("/reminders").headers["location"].startswith("/sign-in?")
    mine = Browser(post, ME)
    refused = mine.http.post("/reminders/sms", data={"address": PHONE, "csrf": "another"})
    assert refused.status_code == 403
    foreign = mine.http.post(
        "/reminders/sms",
        data={"address": PHONE, "csrf": "token-of-this-session"},
        headers={"origin": "https://evil.example"},
    )
    assert foreign.status_code == 403
    assert post.gateway.calls == []


def test_a_link_leads_its_reader_to_what_it_is_about_and_others_nowhere(post):
    confirmed(post, ME)
    told(post)
    assert send(post) == ["sent"]
    ((_, text),) = post.gateway.texts
    link = re.search(r"/n/[0-9a-z]{20}", text)[0]
    assert Browser(post, ME).get(link).headers["location"] == "/applications/" + "r" * 20
    assert Browser(post, resident(ZHOU)).get(link).headers["location"] == "/notices"
    assert Browser(post, None).get(link).headers["location"].startswith("/sign-in?")
    assert Browser(post, ME).get("/n").headers["location"] == "/notices"


def test_the_inbox_and_the_settings_lead_there(post):
    mine = Browser(post, ME)
    told(post, kind="endorsement_due", type="residence_permit", last_day="2026-12-20",
         certificate_ref="c" * 20)  # fmt: skip
    inbox = mine.get("/notices")
    assert 'href="/reminders"' in inbox.text
    assert "最晚 12 月 20 日签注" in inbox.text
    assert f'href="/certificates/{"c" * 20}/endorsement"' in inbox.text
    assert 'href="/reminders"' in mine.get("/settings").text


def card(page, channel):
    """What the card of a channel says, its fields' names, and where its forms lead."""
    (found,) = fromstring(page.text).xpath(f"//section[@aria-labelledby='c-{channel}']")
    said = " ".join("".join(found.itertext()).split())
    return (
        said,
        {*map(str, found.xpath(".//input/@name"))},
        {f.get("action") for f in found.iter("form")},
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"status": 503},
        {"status": 422, "body": b'{"fault":"address"}'},
        {"status": 422, "body": b'{"fault":"message"}'},
        {"status": 401},
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_code_that_did_not_leave_is_waited_for_by_nobody(post, wrong, lang):
    post.gateway.wrong = wrong
    mine = Browser(post, ME, lang)
    failed = mine.post("/reminders/sms", address=PHONE)
    assert failed.status_code == 422
    assert_sound(failed, lang)
    for page in (failed, mine.get("/reminders")):
        said, fields, forms = card(page, "sms")
        assert ("没有发出去" if lang == "zh" else "not sent") in said
        assert "code" not in fields  # nothing came that could be entered
        assert "address" in fields  # and what was mistyped is corrected here
        assert {"/reminders/sms#problem", "/reminders/sms/code#problem"} <= forms
    post.gateway.wrong = {}
    mine.post("/reminders/sms", address="13900139000")
    said, fields, _ = card(mine.get("/reminders"), "sms")
    assert "139****" in said
    assert "code" in fields
    done = mine.post("/reminders/sms/confirm", code=code_in(post, "sms"))
    assert done.headers["location"] == "/reminders?done=confirmed"


def test_a_mail_server_that_refuses_is_said_in_the_same_words(post):
    post.mail.down()
    said, fields, _ = card(Browser(post, ME).post("/reminders/email", address=MAIL), "email")
    assert ("没有发出去" in said, "code" in fields) == (True, False)


def test_what_may_have_left_can_still_be_entered(post):
    post.gateway.wrong = {"status": 500}
    mine = Browser(post, ME)
    answer = mine.post("/reminders/sms", address=PHONE)
    assert "也许" in answer.text
    assert "code" in card(answer, "sms")[1]


@pytest.mark.parametrize("how", ["late", "tries"])
def test_a_code_that_is_over_says_so_and_another_is_offered(post, how):
    mine = Browser(post, ME)
    mine.post("/reminders/sms", address=PHONE)
    right = code_in(post, "sms")
    if how == "late":
        post.clock.skip(timedelta(minutes=10))
    else:
        for n in range(5):
            last = mine.post("/reminders/sms/confirm", code=f"{(int(right) + 1 + n) % 10**6:06d}")
        assert "错了太多次" in last.text
    said, fields, forms = card(mine.get("/reminders"), "sms")
    assert "过期" in said
    assert "等您填" not in said
    assert "code" not in fields
    assert "/reminders/sms/code#problem" in forms
    assert mine.post("/reminders/sms/confirm", code=right).status_code == 422
    mine.post("/reminders/sms/code")
    assert "code" in card(mine.get("/reminders"), "sms")[1]


def test_an_address_in_use_that_still_refuses_is_named_without_a_field(post):
    confirmed(post, ME)
    told(post)
    post.gateway.wrong = {"status": 422, "body": b'{"fault":"address"}'}
    send(post)
    mine = Browser(post, ME)
    answer = mine.post("/reminders/sms/code")
    assert_sound(answer, "zh")
    assert "手机短信：这个地址还是收不到" in answer.text
    assert 'href="#to_sms"' not in answer.text


def test_only_a_channel_that_keeps_what_it_is_given_says_so(tmp_path):
    house = house_in(tmp_path / "house", demonstration=True, smtp_host="127.0.0.1",
                     smtp_from="notice@certs.example", smtp_tls="starttls")  # fmt: skip
    page = Browser(house, ME).get("/reminders")
    assert "不会真的发出去" not in card(page, "email")[0]
    assert "不会真的发出去" in card(page, "sms")[0]
    really, kept = message_lines(house)
    assert ("邮件" in really, "短信" in really) == (True, False)
    assert ("邮件" in kept, "短信" in kept, "sandbox-messages" in kept) == (False, True, True)
    house.close()


@pytest.mark.parametrize(("lang", "said"), [("zh", "电子邮箱："), ("en", "E-mail: the address")])
def test_of_an_address_that_fails_the_channel_is_named(post, lang, said):
    confirmed(post, ME, "email", MAIL)
    post.mail.answers = {"RCPT": b"550 5.1.1 no such mailbox\r\n"}
    told(post)
    send(post, "email")
    assert said in Browser(post, ME, lang).get("/notices").text


def test_home_leads_there(post):
    assert 'href="/reminders"' in Browser(post, ME).get("/").text
