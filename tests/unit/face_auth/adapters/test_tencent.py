"""Tencent: signed as its page says; passes only where three numbers are all 0."""

import hashlib
import json
import re

import pytest
from pydantic import SecretStr

from certstore.certificates import Holder
from certstore.clock import unix
from certstore.errors import UnavailableError
from face_auth.adapters.asking import Asker
from face_auth.adapters.tencent import Tencent, authorization
from face_auth.challenge import Started
from tests.unit.face_auth.adapters.loopback import Said
from tests.unit.face_auth.adapters.questions import (
    AUDIENCE,
    NOW,
    ZHANG,
    StillClock,
    question,
    request,
)

MOMENT = unix(NOW) + 30
PASSED = {  # members as the table DetectInfoText has them, pictures and all
    "ErrCode": 0,
    "ErrMsg": "成功",
    "IdCard": "310101199801011234",
    "Name": "张三",
    "LiveStatus": 0,
    "LiveMsg": "成功",
    "Comparestatus": 0,
    "Comparemsg": "成功",
    "Sim": "95.31",
    "Extra": "nonce-0123456789abcdef",
    "CompareLibType": "权威库",
    "LivenessInfoTag": [],
    "LivenessDetail": [
        {"ReqTime": f"{MOMENT - 9}000", "Errcode": 2, "Sim": "41.00"},
        {"ReqTime": f"{MOMENT}000", "Errcode": 0, "Sim": "95.31"},
    ],
}


@pytest.fixture
def tencent(provider) -> Tencent:
    return Tencent(
        asker=Asker("tencent", provider.url),
        secret_id="AKIDEXAMPLE",
        secret_key=SecretStr("SECRETKEYEXAMPLE"),
        rule_id="1",
        clock=StillClock(),
    )


def answering(provider, **changes):
    text = {name: value for name, value in {**PASSED, **changes}.items() if value is not ...}
    provider.answer = lambda _: {"Response": {"Text": text, "RequestId": "r"}}


def test_the_signature_is_that_of_the_published_example():
    """签名方法 v3: its example (DescribeInstances), the starred-out key taken as it stands."""
    payload = json.dumps(
        {"Limit": 1, "Filters": [{"Values": ["未命名"], "Name": "instance-name"}]}
    ).encode()
    assert hashlib.sha256(payload).hexdigest().startswith("35e9c5b0e3ae67532d3c9f17ead6c902")
    said = authorization(
        {
            "content-type": "application/json; charset=utf-8",
            "host": "cvm.tencentcloudapi.com",
            "x-tc-action": "DescribeInstances",
        },
        payload,
        1551113065,
        "cvm",
        ("AKID", "*" * 32),
    )
    assert said == (
        "TC3-HMAC-SHA256 Credential=AKID/2019-02-25/cvm/tc3_request,"
        " SignedHeaders=content-type;host;x-tc-action,"
        " Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    )


def test_a_verification_begins_with_the_person_the_way_back_and_our_nonce(provider, tencent):
    provider.answer = lambda _: {
        "Response": {
            "Url": "https://faceid.example/h5",
            "BizToken": "CE661F1A-0F1E",
            "RequestId": "r",
        }
    }
    assert tencent.start(request()) == Started("CE661F1A-0F1E", "https://faceid.example/h5")
    (asked,) = provider.asked
    assert asked.json == {
        "RuleId": "1",
        "IdCard": "310101199801011234",
        "Name": "张三",
        "RedirectUrl": f"{AUDIENCE}/v1/face-transactions/{'t' * 24}/return",
        "Extra": "nonce-0123456789abcdef",
    }
    assert asked.headers["x-tc-action"] == "DetectAuth"
    assert asked.headers["x-tc-version"] == "2018-03-01"
    signed = {n: asked.headers[n] for n in ("content-type", "host", "x-tc-action")}
    assert asked.headers["authorization"] == authorization(
        signed, asked.body, unix(NOW), "faceid", ("AKIDEXAMPLE", "SECRETKEYEXAMPLE")
    )
    assert f":{provider.url.rsplit(':', 1)[1]}" in asked.headers["host"]


def test_a_result_that_passed_is_read_with_its_person_score_and_time(provider, tencent):
    answering(provider)
    found = tencent.fetch(question())
    assert (found.outcome, found.failure) == ("pass", "none")
    assert found.subject == ZHANG
    assert found.score == 95.31
    assert unix(found.verified_at) == MOMENT
    assert found.nonce == "nonce-0123456789abcdef"
    assert found.comparison_source is None
    assert found.device_risk == ()


def test_the_text_alone_is_asked_for_by_the_id_we_kept(provider, tencent):
    answering(provider)
    tencent.fetch(question(provider_ref="CE661F1A"))
    assert provider.asked[0].json == {"BizToken": "CE661F1A", "RuleId": "1", "InfoType": "1"}


@pytest.mark.parametrize("name", ["ErrCode", "LiveStatus", "Comparestatus"])
@pytest.mark.parametrize("code", [1, -1, 2012, None, ...])
def test_one_of_the_three_that_is_not_0_or_not_there_is_no_pass(provider, tencent, name, code):
    answering(provider, **{name: code})
    found = tencent.fetch(question())
    missing = code is None or code is ...
    assert found.outcome == ("pending" if name == "ErrCode" and missing else "fail")


@pytest.mark.parametrize("name", ["ErrCode", "LiveStatus", "Comparestatus"])
@pytest.mark.parametrize("code", ["0", 0.0, False, [0], ""])
def test_a_zero_of_another_type_is_unreadable(provider, tencent, name, code):
    answering(provider, **{name: code})
    with pytest.raises(UnavailableError) as refusal:
        tencent.fetch(question())
    assert refusal.value.facts["cause"] == "shape"


@pytest.mark.parametrize("text", [None, {}, {"ErrCode": None, "IdCard": "", "Name": ""}])
def test_while_nobody_has_finished_it_is_pending(provider, tencent, text):
    provider.answer = lambda _: {"Response": {"Text": text, "RequestId": "r"}}
    assert tencent.fetch(question()).outcome == "pending"


def test_alive_and_another_person_is_told_as_such(provider, tencent):
    answering(provider, ErrCode=2018, Comparestatus=2018)
    assert tencent.fetch(question()).failure == "not_the_person"
    answering(provider, ErrCode=1007, LiveStatus=1007, Comparestatus=None)
    assert tencent.fetch(question()).failure == "other"


@pytest.mark.parametrize(
    "library", ["业务方自有库", "二次验证库", "人工审核库", "商业库", "新的库"]
)
def test_what_was_not_compared_with_the_authoritative_base_is_lowered(provider, tencent, library):
    answering(provider, CompareLibType=library)
    assert tencent.fetch(question()).comparison_source == "uploaded_photo"


def test_the_person_is_the_one_the_answer_names(provider, tencent):
    answering(provider, Name="李四", IdCard="310101199001011239")
    assert tencent.fetch(question()).subject == Holder("李四", "111", "310101199001011239")
    answering(provider, Name=None)
    assert tencent.fetch(question()).subject is None


def test_an_attack_that_was_suspected_is_a_device_risk(provider, tencent):
    answering(provider, LivenessInfoTag=["03", "04", "03"])
    assert tencent.fetch(question()).device_risk == ("liveness_03", "liveness_04")
    answering(provider, LivenessInfoTag=None)
    assert tencent.fetch(question()).device_risk is None


@pytest.mark.parametrize(
    "change",
    [
        {"Sim": "high"},
        {"Sim": "100.01"},
        {"Sim": "-1"},
        {"Sim": "9e1"},
        {"Sim": "٩٥"},
        {"Sim": 95.31},
        {"LivenessInfoTag": "03"},
        {"LivenessInfoTag": ["99"]},
        {"LivenessInfoTag": [3]},
        {"LivenessDetail": {"ReqTime": "1"}},
        {"LivenessDetail": [{"Errcode": 0, "ReqTime": "yesterday"}]},
        {"LivenessDetail": [{"Errcode": 0, "ReqTime": 1638781186273}]},
        {"Extra": 7},
        {"Name": ["张三"]},
        {"Name": "张" * 5000},
        {"CompareLibType": {"x": 1}},
    ],
    ids=repr,
)
def test_a_member_of_another_type_makes_the_answer_unreadable(provider, tencent, change):
    answering(provider, **change)
    with pytest.raises(UnavailableError) as refusal:
        tencent.fetch(question())
    assert refusal.value.facts["cause"] == "shape"
    assert "张" not in str(refusal.value)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"Response": {"Error": {"Code": "AuthFailure", "Message": "m"}}}, "refused"),
        ({"Response": {"Error": {"Message": "m"}}}, "shape"),
        ({"Text": PASSED}, "shape"),
        ({"Response": "ok"}, "shape"),
        (Said(b'{"Response":{"Text":{"ErrCode":1,"ErrCode":0}}}'), "duplicate"),
        (Said({"Response": {"Text": PASSED}}, 500), "status"),
    ],
)
def test_what_is_no_answer_is_no_result(provider, tencent, answer, cause):
    provider.answer = lambda _: answer
    with pytest.raises(UnavailableError) as refusal:
        tencent.fetch(question())
    assert refusal.value.facts["cause"] == cause


@pytest.mark.parametrize("url", ["http://faceid.example", "javascript:alert(1)", "//x", "", 7])
def test_nobody_is_sent_to_an_address_that_is_not_https(provider, tencent, url):
    provider.answer = lambda _: {"Response": {"Url": url, "BizToken": "CE661F1A-0F1E"}}
    with pytest.raises(UnavailableError):
        tencent.start(request())


def test_the_key_is_in_no_repr_and_in_no_question(provider, tencent):
    answering(provider)
    tencent.fetch(question())
    assert "SECRETKEYEXAMPLE" not in repr(tencent)
    asked = provider.asked[0]
    assert "SECRETKEYEXAMPLE" not in repr(asked)
    assert re.fullmatch(r"[0-9]{10}", asked.headers["x-tc-timestamp"])
