"""WeChat: errcode 0 is not yet a pass; the person and the openid are those it began with."""

import pytest
from pydantic import SecretStr

from certstore.certificates import Holder
from certstore.errors import UnavailableError
from face_auth.adapters.asking import Asker
from face_auth.adapters.wechat import WeChat, cert_hash
from face_auth.challenge import Started
from tests.unit.face_auth.adapters.loopback import Said
from tests.unit.face_auth.adapters.questions import OPENID_ISSUER, question, request

PUBLISHED = "3c241f7ff324977aeb91f173bb2a7b06569e6fd784d5573db34a636d8671108b"
QUERY = "/cityservice/face/identify/queryverifyinfo"
BEGIN = "/cityservice/face/identify/getverifyid"


@pytest.fixture
def wechat(provider) -> WeChat:
    return WeChat(
        asker=Asker("wechat", provider.url),
        app_id="wx0123",
        app_secret=SecretStr("APPSECRETEXAMPLE"),
        openid_issuer=OPENID_ISSUER,
        launch="https://mini.example/face?verify_id={id}",
    )


def answering(provider, answer, tokens=("TOKEN1", "TOKEN2", "TOKEN3")):
    given = iter(tokens)

    def say(asked):
        if asked.path == "/cgi-bin/stable_token":
            return {"access_token": next(given), "expires_in": 7200}
        return answer

    provider.answer = say


def test_the_hash_is_that_of_the_published_example():
    said = {"cert_type": "IDENTITY_CARD", "cert_name": "张三", "cert_no": "310101199801011234"}
    assert cert_hash(said) == PUBLISHED


def test_a_verification_begins_with_person_and_openid(provider, wechat):
    answering(provider, {"errcode": 0, "errmsg": "ok", "verify_id": "v" * 256, "expires_in": 3600})
    assert wechat.start(request()) == Started(
        "v" * 256, f"https://mini.example/face?verify_id={'v' * 256}"
    )
    assert provider.paths() == ["/cgi-bin/stable_token", BEGIN]
    token, begun = provider.asked
    assert token.json["grant_type"] == "client_credential"
    assert begun.query == {"access_token": "TOKEN1"}
    assert begun.json == {
        "out_seq_no": "t" * 24,
        "cert_info": {
            "cert_type": "IDENTITY_CARD",
            "cert_name": "张三",
            "cert_no": "310101199801011234",
        },
        "openid": "openid-1",
    }


def test_the_result_is_asked_for_with_the_hash_of_the_person(provider, wechat):
    answering(provider, {"errcode": 0, "errmsg": "ok", "verify_ret": 10000})
    found = wechat.fetch(question(provider_ref="verify-9"))
    assert (found.outcome, found.failure) == ("pass", "none")
    assert (found.score, found.device_risk, found.verified_at) == (None, None, None)
    assert provider.asked[1].path == QUERY
    assert provider.asked[1].json == {
        "verify_id": "verify-9",
        "out_seq_no": "t" * 24,
        "cert_hash": PUBLISHED,
        "openid": "openid-1",
    }


@pytest.mark.parametrize("code", [0, 1, 9999, 10001, 10002, 90001, 90006, 90199, -10000])
def test_errcode_0_with_another_verify_ret_is_no_pass(provider, wechat, code):
    answering(provider, {"errcode": 0, "errmsg": "ok", "verify_ret": code})
    found = wechat.fetch(question())
    assert (found.outcome, found.failure) == ("fail", "other")


@pytest.mark.parametrize("code", [10003, 10004])
def test_another_person_is_told_as_such(provider, wechat, code):
    answering(provider, {"errcode": 0, "errmsg": "ok", "verify_ret": code})
    assert wechat.fetch(question()).failure == "not_the_person"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"errcode": 0, "errmsg": "ok"}, "shape"),
        ({"errcode": 0, "verify_ret": "10000"}, "shape"),
        ({"errcode": 0, "verify_ret": 10000.0}, "shape"),
        ({"errcode": 0, "verify_ret": True}, "shape"),
        ({"errcode": "0", "verify_ret": 10000}, "shape"),
        ({"verify_ret": 10000}, "shape"),
        ({"errcode": 84001, "errmsg": "invalid identify id", "verify_ret": 10000}, "refused"),
        (Said(b'{"errcode":0,"verify_ret":90001,"verify_ret":10000}'), "duplicate"),
        (Said({"errcode": 0, "verify_ret": 10000}, 502), "status"),
    ],
)
def test_what_is_no_answer_is_no_result(provider, wechat, answer, cause):
    answering(provider, answer)
    with pytest.raises(UnavailableError) as refusal:
        wechat.fetch(question())
    assert refusal.value.facts["cause"] == cause


@pytest.mark.parametrize("verify_id", ["", "v" * 257, 7, None])
def test_a_verify_id_that_is_none_begins_nothing(provider, wechat, verify_id):
    answering(provider, {"errcode": 0, "verify_id": verify_id})
    with pytest.raises(UnavailableError):
        wechat.start(request())


def test_an_access_token_is_used_until_it_is_refused(provider, wechat):
    answering(provider, {"errcode": 0, "verify_ret": 10000})
    wechat.fetch(question())
    wechat.fetch(question())
    assert provider.paths().count("/cgi-bin/stable_token") == 1
    answering(provider, {"errcode": 40001, "errmsg": "invalid credential"}, tokens=("TOKEN9",))
    with pytest.raises(UnavailableError):
        wechat.fetch(question())
    assert provider.paths().count(QUERY) == 3  # refused, and not asked a second time
    answering(provider, {"errcode": 0, "verify_ret": 10000}, tokens=("TOKEN9",))
    wechat.fetch(question())
    assert provider.asked[-1].query == {"access_token": "TOKEN9"}


@pytest.mark.parametrize("account", ["https://other.example#openid-1", f"{OPENID_ISSUER}#", "x"])
def test_who_is_not_signed_in_in_the_mini_program_cannot_begin_here(provider, wechat, account):
    with pytest.raises(UnavailableError) as refusal:
        wechat.start(request(account=account))
    assert refusal.value.remedy
    with pytest.raises(UnavailableError):
        wechat.fetch(question(account=account))
    assert provider.asked == []


def test_the_hash_is_another_for_another_person(provider, wechat):
    answering(provider, {"errcode": 0, "verify_ret": 10000})
    wechat.fetch(question(holder=Holder("李四", "111", "310101199001011239")))
    assert provider.asked[1].json["cert_hash"] != PUBLISHED


def test_secret_and_token_are_in_no_repr(provider, wechat):
    answering(provider, {"errcode": 0, "verify_ret": 10000})
    wechat.fetch(question())
    for secret in ("APPSECRETEXAMPLE", "TOKEN1"):
        assert secret not in repr(wechat)
