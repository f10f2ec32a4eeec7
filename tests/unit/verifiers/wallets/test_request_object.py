"""The request, and what is read of an answer: forms and sealed JSON in every wrong shape."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.errors import MalformedError, PurposeError
from certstore.keys import KeySigner, Purpose, generate
from certstore.sealed_answer import AnswerKey
from tests.unit.certstore.codes.sealed_house import NOW, house
from verifiers.wallets.answer import read_form, read_sealed
from verifiers.wallets.request_object import WalletRequest, client_id, link, sign_request

REQUEST = WalletRequest(
    question={"credentials": []},
    nonce="n",
    state="s",
    response_uri="https://certs.example/v1/verify/wallet-requests/x/response",
    answer_key=AnswerKey.make().public_jwk(),
    expires_at=NOW + timedelta(minutes=5),
)
CHAIN = house().signers[Purpose.CODE].chain
SIGNER = KeySigner(Purpose.WALLET_REQUEST, generate("ES256"), CHAIN)


@pytest.mark.parametrize("purpose", [p for p in Purpose if p is not Purpose.WALLET_REQUEST])
def test_no_other_key_asks_wallets(purpose):
    with pytest.raises(PurposeError):
        sign_request(REQUEST, replace(SIGNER, purpose=purpose), NOW)


def test_the_link_is_short_and_names_who_asks():
    text = link(SIGNER, "https://certs.example/v1/verify/wallet-requests/x/request")
    assert text.startswith("openid4vp://?client_id=x509_hash%3A")
    assert len(client_id(SIGNER)) == len("x509_hash:") + 43


GOOD = {"vp_token": {"residence": ["a~b"]}, "state": "s"}
WRONG = {
    "another state": {**GOOD, "state": "t"},
    "no state": {"vp_token": GOOD["vp_token"]},
    "a state that is no text": {**GOOD, "state": 1},
    "a state of other characters": {**GOOD, "state": "é"},
    "no token": {"state": "s"},
    "an old token": {**GOOD, "vp_token": "a~b"},
    "another query": {**GOOD, "vp_token": {"other": ["a~b"]}},
    "two queries": {**GOOD, "vp_token": {"residence": ["a~b"], "other": ["a~b"]}},
    "two presentations": {**GOOD, "vp_token": {"residence": ["a~b", "a~b"]}},
    "no presentation": {**GOOD, "vp_token": {"residence": []}},
    "no list": {**GOOD, "vp_token": {"residence": "a~b"}},
    "an object": {**GOOD, "vp_token": {"residence": [{}]}},
    "an error without state": {"error": "access_denied"},
    "an error that is no text": {"error": 1, "state": "s"},
    "a list": [],
}


@pytest.mark.parametrize("said", WRONG.values(), ids=WRONG)
def test_what_answers_nothing_is_refused(said):
    with pytest.raises(MalformedError):
        read_sealed(json.dumps(said).encode(), "s")


def test_what_answers_is_read_and_an_error_in_words_of_ours():
    assert read_sealed(json.dumps(GOOD).encode(), "s").presentation == "a~b"
    refused = {"error": "<b>", "state": "s"}
    assert read_sealed(json.dumps(refused).encode(), "s").error == "other"
    with pytest.raises(MalformedError):  # named twice: readers would differ
        read_sealed(b'{"state":"t","state":"s","vp_token":{"residence":["a"]}}', "s")


@pytest.mark.parametrize(
    "body", [b"a=1&a=2", b"a", b"&".join([b"a=1"] * 40), "é=1".encode(), b"a=%ff"]
)
def test_what_is_no_form_is_refused(body):
    with pytest.raises(MalformedError):
        read_form(body)


def test_an_empty_form_is_one():
    assert read_form(b"") == {}
    assert read_form(b"a=%C3%A9&b=") == {"a": "é", "b": ""}
