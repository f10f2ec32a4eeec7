"""Alipay: every answer is signed by Alipay's key; "F" is not yet a failure."""

import base64
import json
from functools import cache
from urllib.parse import parse_qsl, urlsplit

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from certstore.certificates import Holder
from certstore.errors import MalformedError, UnavailableError
from certstore.keys import RsaSigner, generate, read_rsa_signer, write_private_key
from face_auth.adapters.alipay import Alipay, member_bytes, read_alipay_key, sign_content
from face_auth.adapters.asking import Asker
from tests.unit.face_auth.adapters.loopback import Said
from tests.unit.face_auth.adapters.questions import StillClock, question, request

QUERY = "alipay_user_certify_open_query_response"


@cache
def key(name: str) -> rsa.RSAPrivateKey:
    assert name
    return rsa.generate_private_key(65537, 2048)


def signed(content: object, *, name: str = QUERY, by: str = "alipay", spell=json.dumps) -> Said:
    """An answer as the gateway writes it: the member, and a signature over its very bytes."""
    body = content if isinstance(content, bytes) else spell(content).encode()
    signature = key(by).sign(body, padding.PKCS1v15(), hashes.SHA256())
    said = base64.b64encode(signature).decode()
    return Said(b'{"' + name.encode() + b'":' + body + b',"sign":"' + said.encode() + b'"}')


@pytest.fixture
def alipay(provider) -> Alipay:
    return Alipay(
        asker=Asker("alipay", provider.url),
        app_id="2021000000000000",
        signer=RsaSigner(key("ours")),
        alipay_key=key("alipay").public_key(),
        clock=StillClock(),
    )


def outcome_of(alipay, provider, content) -> tuple[str, str]:
    provider.answer = lambda _: signed({"code": "10000", "msg": "Success", **content})
    found = alipay.fetch(question())
    return found.outcome, found.failure


@pytest.mark.parametrize(
    ("content", "outcome"),
    [
        ({"passed": "T"}, ("pass", "none")),
        ({"passed": ["T"]}, ("pass", "none")),
        ({"passed": "F"}, ("pending", "none")),
        ({"passed": ["F"]}, ("pending", "none")),
        ({"passed": "F", "fail_reason": ""}, ("pending", "none")),
        ({"passed": "F", "fail_reason": "Z1147"}, ("fail", "other")),
        ({"passed": ["F"], "fail_reason": "Z1147"}, ("fail", "other")),
    ],
)
def test_passed_is_a_word_or_a_list_of_one_and_f_means_not_yet(alipay, provider, content, outcome):
    assert outcome_of(alipay, provider, content) == outcome


@pytest.mark.parametrize(
    "passed", [True, "t", "true", "", None, [], ["T", "F"], ["T", "T"], {"T": 1}, [["T"]], 1, "TT"]
)
def test_any_other_spelling_of_passed_is_unreadable(alipay, provider, passed):
    provider.answer = lambda _: signed({"code": "10000", "passed": passed})
    with pytest.raises(UnavailableError) as refusal:
        alipay.fetch(question())
    assert refusal.value.facts["cause"] == "shape"


def test_the_person_is_named_where_the_record_names_one(alipay, provider):
    said = json.dumps({"cert_name": "李四", "cert_no": "310101199001011239"})
    provider.answer = lambda _: signed({"code": "10000", "passed": "T", "identity_info": said})
    assert alipay.fetch(question()).subject == Holder("李四", "111", "310101199001011239")
    provider.answer = lambda _: signed({"code": "10000", "passed": "T", "identity_info": "{}"})
    assert alipay.fetch(question()).subject is None


@pytest.mark.parametrize("said", ["{", "[]", '{"cert_name":"a","cert_name":"b"}', "\\ud800"])
def test_a_record_of_a_person_that_cannot_be_read_is_none(alipay, provider, said):
    content = {"code": "10000", "passed": "T", "identity_info": said}
    provider.answer = lambda _: signed(content)
    with pytest.raises(UnavailableError) as refusal:
        alipay.fetch(question())
    assert refusal.value.facts["cause"] == "shape"


def test_pictures_are_not_read(alipay, provider):
    content = {"code": "10000", "passed": "T", "material_info": '{"FACIAL":"PICTUREMARK"}'}
    provider.answer = lambda _: signed(content)
    assert "PICTUREMARK" not in repr(alipay.fetch(question()))


# -- signatures ----------------------------------------------------------------------------


def test_an_answer_by_another_key_or_by_none_is_not_believed(alipay, provider):
    good = {"code": "10000", "passed": "T"}
    for answer in (
        signed(good, by="stranger"),
        Said(b'{"' + QUERY.encode() + b'":{"code":"10000","passed":"T"},"sign":"AAAA"}'),
        Said(b'{"' + QUERY.encode() + b'":{"code":"10000","passed":"T"},"sign":"not base64"}'),
    ):
        provider.answer = lambda _, said=answer: said
        with pytest.raises(UnavailableError) as refusal:
            alipay.fetch(question())
        assert refusal.value.facts["cause"] == "signature"
    provider.answer = lambda _: Said(b'{"' + QUERY.encode() + b'":{"code":"10000","passed":"T"}}')
    with pytest.raises(UnavailableError) as refusal:
        alipay.fetch(question())
    assert refusal.value.facts["cause"] == "shape"


def test_an_answer_changed_after_signing_is_not_believed(alipay, provider):
    honest = signed({"code": "10000", "passed": "F"}).body
    provider.answer = lambda _: Said(honest.replace(b'"F"', b'"T"'))
    with pytest.raises(UnavailableError) as refusal:
        alipay.fetch(question())
    assert refusal.value.facts["cause"] == "signature"


@pytest.mark.parametrize(
    "body",
    [
        b'{"code":"10000","passed":"T"}',
        b'{ "code" : "10000" ,\n "passed" : [ "T" ] }',
        '{"msg":"成功","code":"10000","passed":"T"}'.encode(),
        b'{"code":"10000","msg":"a \\"sign\\": } trap","passed":"T"}',
    ],
)
def test_the_bytes_as_they_came_are_what_is_signed(alipay, provider, body):
    provider.answer = lambda _: signed(body)
    assert alipay.fetch(question()).outcome == "pass"


def test_the_signed_bytes_of_an_earlier_member_of_that_name_are_not_taken():
    """A text that looks like the member stands before it; the member itself is what counts."""
    raw = b' { "note" : "\\"m\\":{\\"a\\":1}" , "other":[{"m":2}] , "m" : {"b" : 2} , "sign":"x" }'
    assert member_bytes(raw, "m") == b'{"b" : 2}'


def test_an_answer_to_another_question_is_none(alipay, provider):
    provider.answer = lambda _: signed(
        {"code": "10000", "passed": "T"}, name="alipay_user_certify_open_certify_response"
    )
    with pytest.raises(UnavailableError) as refusal:
        alipay.fetch(question())
    assert refusal.value.facts["cause"] == "shape"


@pytest.mark.parametrize("code", ["40004", "10003", "20000", 10000])
def test_a_code_other_than_10000_is_no_result(alipay, provider, code):
    provider.answer = lambda _: signed({"code": code, "passed": "T"})
    with pytest.raises(UnavailableError) as refusal:
        alipay.fetch(question())
    assert refusal.value.facts["cause"] in {"refused", "shape"}


def test_a_question_is_signed_over_its_sorted_parameters(alipay, provider):
    """自行实现签名: all parameters but `sign`, by name, values as they are, joined by `&`."""
    provider.answer = lambda _: signed({"code": "10000", "passed": "T"})
    alipay.fetch(question(provider_ref="cert-1"))
    (asked,) = provider.asked
    assert asked.path == "/gateway.do"
    body = dict(parse_qsl(asked.body.decode()))
    assert body == {"biz_content": '{"certify_id":"cert-1"}'}
    said = {**asked.query, **body}
    signature = base64.b64decode(said.pop("sign"))
    by_hand = "&".join(f"{name}={said[name]}" for name in sorted(said))
    assert by_hand.startswith("app_id=2021000000000000&biz_content={")
    assert sign_content(said) == by_hand
    key("ours").public_key().verify(
        signature, by_hand.encode(), padding.PKCS1v15(), hashes.SHA256()
    )
    assert said["timestamp"] == "2026-11-22 10:00:00"  # the gateway's clock is China's
    assert said["sign_type"] == "RSA2"


def test_a_verification_begins_with_the_person_and_leads_to_a_signed_address(alipay, provider):
    provider.answer = lambda _: signed(
        {"code": "10000", "certify_id": "OC2018"},
        name="alipay_user_certify_open_initialize_response",
    )
    started = alipay.start(request())
    assert started.provider_txn == "OC2018"
    said = json.loads(dict(parse_qsl(provider.asked[0].body.decode()))["biz_content"])
    assert said["outer_order_no"] == "t" * 24
    assert said["identity_param"]["cert_name"] == "张三"
    assert said["merchant_config"]["return_url"].endswith("/return")
    query = dict(parse_qsl(urlsplit(started.url).query))
    assert query["method"] == "alipay.user.certify.open.certify"
    assert json.loads(query["biz_content"]) == {"certify_id": "OC2018"}
    signature = base64.b64decode(query.pop("sign"))
    key("ours").public_key().verify(
        signature, sign_content(query).encode(), padding.PKCS1v15(), hashes.SHA256()
    )


# -- keys ----------------------------------------------------------------------------------


def public_pem(public_key) -> str:
    der = public_key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return base64.b64encode(der).decode()


def test_alipays_key_is_read_as_its_console_shows_it():
    text = public_pem(key("alipay").public_key())
    folded = "\n".join(text[n : n + 64] for n in range(0, len(text), 64))
    for spelling in (text, folded):
        numbers = read_alipay_key(spelling).public_numbers()
        assert numbers == key("alipay").public_key().public_numbers()


@pytest.mark.parametrize(
    "text", ["", "no key", "AAAA", public_pem(ec.generate_private_key(ec.SECP256R1()).public_key())]
)
def test_what_is_no_rsa_key_is_refused(text):
    with pytest.raises(MalformedError) as refusal:
        read_alipay_key(text)
    assert refusal.value.where == "alipay_key"


def write_rsa(path, bits: int) -> None:
    path.write_bytes(
        rsa.generate_private_key(65537, bits).private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.BestAvailableEncryption(b"word"),
        )
    )


def test_our_own_key_is_opened_from_an_encrypted_file_and_shows_itself_to_nobody(tmp_path):
    write_rsa(tmp_path / "rsa.pem", 2048)
    signer = read_rsa_signer(tmp_path / "rsa.pem", b"word")
    assert len(signer.sign(b"x")) == 256
    assert "RSAPrivateKey" not in repr(signer)


def test_a_key_that_is_short_or_of_another_kind_is_refused(tmp_path):
    write_rsa(tmp_path / "short.pem", 1024)
    write_private_key(tmp_path / "ec.pem", generate("ES256"), b"word")
    for name in ("short.pem", "ec.pem"):
        with pytest.raises(MalformedError, match="RSA"):
            read_rsa_signer(tmp_path / name, b"word")
    write_rsa(tmp_path / "rsa.pem", 2048)
    with pytest.raises(MalformedError, match="opened"):
        read_rsa_signer(tmp_path / "rsa.pem", b"another word")
