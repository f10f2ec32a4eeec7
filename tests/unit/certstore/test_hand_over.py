"""What a host's server signs, and the file hosts are listed in: read strictly."""

from datetime import timedelta

import pytest

from certstore.certificates import Holder
from certstore.errors import CertstoreError, InvalidTokenError, MalformedError
from certstore.hand_over.assertion import read_hand_over
from certstore.hand_over.hosts import parse_hosts
from tests.entering import AUDIENCE, AppServer
from tests.house import TODAY

LIN = Holder("林晓禾", "111", "340199199804060284")
APP = AppServer()
HOSTS = parse_hosts(APP.listed())


def read(text, hosts=HOSTS, now=TODAY):
    return read_hand_over(text, hosts, AUDIENCE, now)


def cause(text, **around):
    with pytest.raises(CertstoreError) as refused:
        read(text, **around)
    assert isinstance(refused.value, InvalidTokenError | MalformedError)
    assert LIN.id_number not in refused.value.detail
    return refused.value.facts.get("cause", refused.value.where)


def test_a_sound_assertion_names_host_person_and_page():
    said = read(APP.assertion(LIN, TODAY, to="/apply/residence-permit?lang=en"))
    assert (said.host.code, said.to) == ("city-app", "/apply/residence-permit?lang=en")
    assert said.resident.holder == LIN
    assert said.resident.account == "city-app#account-of-0284"
    assert said.resident.verified_at == TODAY - timedelta(minutes=5)
    assert read(APP.assertion(LIN, TODAY, to=None)).to == "/"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"iss": "other"}, "host"),
        ({"iss": 7}, "host"),
        ({"aud": "https://elsewhere.example"}, "aud"),
        ({"aud": [AUDIENCE]}, "aud"),
        ({"jti": "short"}, "jti"),
        ({"jti": None}, "claims"),
        ({"sub": "a b"}, "sub"),
        ({"sub": ""}, "sub"),
        ({"role": "officer"}, "claims"),
        ({"staff_number": "1047"}, "claims"),
        ({"auth_time": None}, "claims"),
        ({"auth_time": "now"}, "auth_time"),
        ({"auth_time": 4_000_000_000}, "auth_time"),
        ({"id_number": "340199199804060285"}, "id_number"),
        ({"id_type": "414"}, "id_type"),
        ({"name": "林\u202e禾"}, "name"),
        ({"exp": 4_000_000_000}, "lifetime"),
        ({"to": "//evil.example"}, "to"),
        ({"to": "https://evil.example"}, "to"),
        ({"to": "/\\evil.example"}, "to"),
        ({"to": "/\t/evil.example"}, "to"),
        ({"to": "/enter"}, "to"),
        ({"to": "/sign-out"}, "to"),
        ({"to": "/v1/me/usage"}, "to"),
        ({"to": "/./v1/me/usage"}, "to"),
        ({"to": "/%2e/v1/me/usage"}, "to"),
        ({"to": "/a/../sign-out"}, "to"),
        ({"to": "/a/.%2E/sign-out"}, "to"),
        ({"to": "/a//v1"}, "to"),
        ({"to": "/.//v1/me/usage"}, "to"),
        ({"to": "/%5c/v1"}, "to"),
        ({"to": "/%76%31/me/usage"}, "to"),
        ({"to": "/v1?x"}, "to"),
        ({"to": "/enter#x"}, "to"),
        ({"to": "/sign-in/leave"}, "to"),
        ({"to": ["/"]}, "to"),
        ({"to": "/" + "a" * 300}, "to"),
    ],
)
def test_what_is_wrong_is_named(changes, why):
    assert cause(APP.assertion(LIN, TODAY, **changes)) == why


@pytest.mark.parametrize("to", ["/entrusted", "/applications?a=../b//c", "/help#..", "/a/", "/a.b"])
def test_a_page_that_only_resembles_a_door_is_entered(to):
    assert read(APP.assertion(LIN, TODAY, to=to)).to == to


@pytest.mark.parametrize(
    ("claims", "said"),
    [
        ({"id_type": "414"}, "gives an id_type other than 111"),
        ({"auth_time": 4_000_000_000}, "gives an auth_time that is yet to come"),
        ({"auth_time": "now"}, "gives no auth_time in whole seconds"),
    ],
)
def test_a_refusal_speaks_of_the_claim(claims, said):
    with pytest.raises(InvalidTokenError) as refused:
        read(APP.assertion(LIN, TODAY, **claims))
    assert refused.value.detail.startswith(f"the assertion {said}")


@pytest.mark.parametrize("claims", [{"name": ""}, {"id_number": "7"}, {"auth_time": "now"}])
def test_a_refusal_speaks_of_the_assertion_and_of_no_identity_provider(claims):
    with pytest.raises(InvalidTokenError) as refused:
        read(APP.assertion(LIN, TODAY, **claims))
    assert refused.value.detail.startswith("the assertion gives")
    assert "provider" not in f"{refused.value.detail} {refused.value.remedy}"


def test_times_are_kept():
    text = APP.assertion(LIN, TODAY)
    assert cause(text, now=TODAY + timedelta(seconds=91)) == "expired"
    assert cause(text, now=TODAY - timedelta(seconds=31)) == "not-yet-valid"


def test_only_the_listed_keys_of_the_host_it_names_count():
    other = AppServer("other-app")
    both = parse_hosts(APP.listed() + other.listed())
    assert cause(other.assertion(LIN, TODAY), hosts=HOSTS) == "host"
    assert cause(other.assertion(LIN, TODAY, iss="city-app"), hosts=both) == "host"
    signed = APP.assertion(LIN, TODAY)
    head, body, _ = signed.split(".")
    assert cause(f"{head}.{body}.{other.assertion(LIN, TODAY).split('.')[2]}") == "signature"
    assert cause(APP.signed(APP.claims(LIN, TODAY), typ="JWT")) == "typ"
    assert cause(APP.signed(APP.claims(LIN, TODAY), alg="none")) == "algorithm"
    assert cause(APP.signed(APP.claims(LIN, TODAY), jwk={})) == "header"


@pytest.mark.parametrize("text", ["", "a.b", "....", "e30.e30.", "x" * 5000, "é.é.é"])
def test_what_is_no_token_is_refused(text):
    cause(text)


@pytest.mark.parametrize(
    ("spoiled", "where"),
    [
        (lambda text: text + text, "ENTRY_HOSTS_FILE"),
        (lambda text: text.replace("democity://home", "javascript:alert(1)"), "back"),
        (lambda text: text.replace("democity://home", "http://app.example/"), "city-app"),
        (lambda text: text.replace("democity://home", "data://x"), "city-app"),
        (lambda text: text.replace("https://app.example", "https://app.example/path"), "origins"),
        (lambda text: text.replace('"city-app"', '"City App"'), "code"),
        (lambda text: text.replace('kty = "EC"', 'kty = "RSA"'), "city-app"),
        (lambda text: text + "more = 1\n", "more"),
        (lambda text: text.replace("示范市民", "\u202e"), "name_zh"),
        (lambda text: "[[host", "ENTRY_HOSTS_FILE"),
        (lambda text: "", "host"),
    ],
)
def test_a_list_of_hosts_that_is_wrong_says_where(spoiled, where):
    with pytest.raises(MalformedError) as refused:
        parse_hosts(spoiled(APP.listed()))
    assert where in str(refused.value.where)


def test_a_host_with_two_keys_may_use_both():
    second = AppServer()
    its_key = second.listed().split("keys = [")[1].split("]")[0]
    hosts = parse_hosts(APP.listed().replace("}]", f"}}, {its_key}]"))
    assert read(APP.assertion(LIN, TODAY), hosts=hosts).host.code == "city-app"
    assert read(second.assertion(LIN, TODAY), hosts=hosts).host.code == "city-app"
