"""Aliyun: signed as its page says; passes only where `Passed` is T, pictures dropped."""

import hashlib
import json

import pytest
from pydantic import SecretStr

from certstore.errors import UnavailableError
from face_auth.adapters.aliyun import Aliyun, canonical_query, signed_headers
from face_auth.adapters.asking import Asker
from face_auth.challenge import Started
from tests.unit.face_auth.adapters.loopback import Said
from tests.unit.face_auth.adapters.questions import StillClock, question, request

MATERIAL = {
    "faceAttack": "F",
    "faceOcclusion": "F",
    "facialPictureFront": {
        "faceAttackScore": 0.00008597839769208804,
        "ossBucketName": "cn-shanghai-aliyun-cloudauth-PICTUREMARK",
        "pictureUrl": "https://oss.example/PICTUREMARK.jpeg",
        "qualityScore": 88.3615493774414,
        "verifyScore": 98.5,
    },
}
PASSED = {
    "Passed": "T",
    "SubCode": "200",
    "IdentityInfo": "null",
    "DeviceToken": "DEVICEMARK",
    "DeviceRisk": "",
    "MaterialInfo": json.dumps(MATERIAL),
}


@pytest.fixture
def aliyun(provider) -> Aliyun:
    return Aliyun(
        asker=Asker("aliyun", provider.url),
        key_id="LTAIEXAMPLE",
        key_secret=SecretStr("SECRETKEYEXAMPLE"),
        scene_id="1000000006",
        product="ID_PRO",
        clock=StillClock(),
    )


def answering(provider, **changes):
    found = {name: value for name, value in {**PASSED, **changes}.items() if value is not ...}
    provider.answer = lambda _: {
        "Code": "200",
        "Message": "success",
        "RequestId": "r",
        "ResultObject": found,
    }


def test_the_signature_is_that_of_the_published_example():
    """V3版本请求体&签名机制: its example with fixed parameters (RunInstances)."""
    query = canonical_query(
        {
            "RegionId": "cn-shanghai",
            "ImageId": "win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd",
        }
    )
    headers = {
        "host": "ecs.cn-shanghai.aliyuncs.com",
        "x-acs-action": "RunInstances",
        "x-acs-version": "2014-05-26",
        "x-acs-date": "2023-10-26T10:22:32Z",
        "x-acs-signature-nonce": "3156853299f313e23d1673dc12e1703d",
        "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
    }
    said = signed_headers(headers, query, "YourAccessKeyId", "YourAccessKeySecret")
    assert said["authorization"] == (
        "ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;"
        "x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,"
        "Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"
    )


def test_a_query_is_escaped_as_rfc_3986_has_it():
    assert canonical_query({"b": "a*b c~d/e+f", "a": "张"}) == "a=%E5%BC%A0&b=a%2Ab%20c~d%2Fe%2Bf"


def test_a_verification_begins_with_the_person_and_what_the_script_saw(provider, aliyun):
    provider.answer = lambda _: {
        "Code": "200",
        "ResultObject": {"CertifyId": "91707dc2", "CertifyUrl": "https://verify.example/x"},
    }
    assert aliyun.start(request()) == Started("91707dc2", "https://verify.example/x")
    (asked,) = provider.asked
    assert asked.query["CertName"] == "张三"
    assert asked.query["CertNo"] == "310101199801011234"
    assert asked.query["OuterOrderNo"] == "t" * 24
    assert asked.query["MetaInfo"] == '{"zimVer":"3.0.0"}'
    assert asked.query["ReturnUrl"].startswith("https://certstore.example/v1/face-transactions/")
    assert asked.headers["x-acs-action"] == "InitFaceVerify"
    signed = {n: v for n, v in asked.headers.items() if n == "host" or n.startswith("x-acs-")}
    again = signed_headers(signed, canonical_query(asked.query), "LTAIEXAMPLE", "SECRETKEYEXAMPLE")
    assert asked.headers["authorization"] == again["authorization"]


def test_without_the_providers_script_nothing_is_begun(provider, aliyun):
    with pytest.raises(UnavailableError):
        aliyun.start(request(client_info=""))
    assert provider.asked == []


def test_each_question_has_a_nonce_of_its_own(provider, aliyun):
    answering(provider)
    for _ in range(3):
        aliyun.fetch(question())
    assert len({asked.headers["x-acs-signature-nonce"] for asked in provider.asked}) == 3


def test_a_result_that_passed_is_read_without_its_pictures(provider, aliyun):
    answering(provider)
    found = aliyun.fetch(question())
    assert (found.outcome, found.failure, found.score) == ("pass", "none", 98.5)
    assert found.device_risk is None  # said nothing of it: our registry must
    assert "PICTUREMARK" not in repr(found)
    assert "DEVICEMARK" not in repr(found)
    assert provider.asked[0].query == {"SceneId": "1000000006", "CertifyId": "ref-1"}


def test_code_200_with_passed_f_is_a_failure(provider, aliyun):
    answering(provider, Passed="F", SubCode="204")
    assert aliyun.fetch(question()).outcome == "fail"


def test_while_nobody_has_finished_it_is_pending(provider, aliyun):
    answering(provider, Passed=...)
    assert aliyun.fetch(question()).outcome == "pending"


@pytest.mark.parametrize(
    ("labels", "risks"),
    [
        ("ROOT,VPN,HOOK", ("hook", "root", "vpn")),
        ("ROOT, ROOT", ("root",)),
        ("Multi-Open", ("multi_open",)),
        ("多开", ("unreadable",)),
        ("9lives", ("unreadable",)),
        ("x" * 50, ("unreadable",)),
        (",".join(f"R{n}" for n in range(20)), ("unreadable",)),
    ],
)
def test_every_device_risk_is_told_and_none_is_lost(provider, aliyun, labels, risks):
    answering(provider, DeviceRisk=labels)
    assert aliyun.fetch(question()).device_risk == risks


def test_an_attack_that_was_seen_is_a_risk_whatever_passed(provider, aliyun):
    answering(provider, MaterialInfo=json.dumps({**MATERIAL, "faceAttack": "T"}))
    assert aliyun.fetch(question()).device_risk == ("face_attack",)
    answering(provider, DeviceRisk="ROOT", MaterialInfo=json.dumps({**MATERIAL, "faceAttack": "T"}))
    assert set(aliyun.fetch(question()).device_risk) == {"root", "face_attack"}


@pytest.mark.parametrize("material", [None, "", ...])
def test_without_material_there_is_no_score_and_no_attack(provider, aliyun, material):
    answering(provider, MaterialInfo=material)
    found = aliyun.fetch(question())
    assert (found.outcome, found.score, found.device_risk) == ("pass", None, None)


@pytest.mark.parametrize(
    "change",
    [
        {"Passed": "t"},
        {"Passed": True},
        {"Passed": ["T"]},
        {"Passed": "passed"},
        {"DeviceRisk": ["ROOT"]},
        {"MaterialInfo": "{"},
        {"MaterialInfo": "[]"},
        {"MaterialInfo": {"faceAttack": "F"}},
        {"MaterialInfo": '{"faceAttack":"T","faceAttack":"F"}'},
        {"MaterialInfo": '{"faceAttack":false}'},
        {"MaterialInfo": '{"facialPictureFront":{"verifyScore":"98"}}'},
        {"MaterialInfo": '{"facialPictureFront":{"verifyScore":101}}'},
        {"MaterialInfo": '{"facialPictureFront":{"verifyScore":true}}'},
        {"MaterialInfo": "x" * 70_000},
    ],
    ids=lambda change: repr(change)[:60],
)
def test_a_member_of_another_kind_makes_the_answer_unreadable(provider, aliyun, change):
    answering(provider, **change)
    with pytest.raises(UnavailableError) as refusal:
        aliyun.fetch(question())
    assert refusal.value.facts["cause"] == "shape"


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        ({"Code": "400", "Message": "m", "ResultObject": PASSED}, "refused"),
        ({"Code": 200, "ResultObject": PASSED}, "shape"),
        ({"ResultObject": PASSED}, "shape"),
        ({"Code": "200"}, "shape"),
        ({"Code": "200", "ResultObject": [PASSED]}, "shape"),
        (Said({"Code": "200", "ResultObject": PASSED}, 503), "status"),
        (Said(b"<html>"), "json"),
    ],
)
def test_what_is_no_answer_is_no_result(provider, aliyun, answer, cause):
    provider.answer = lambda _: answer
    with pytest.raises(UnavailableError) as refusal:
        aliyun.fetch(question())
    assert refusal.value.facts["cause"] == cause


def test_the_key_is_in_no_repr(aliyun):
    assert "SECRETKEYEXAMPLE" not in repr(aliyun)
