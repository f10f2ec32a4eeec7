"""What wallets send, read strictly: forms, JSON, credential requests, addresses to be sent to."""

import pytest

from certstore.wallets.refusal import WalletRefusedError
from certstore.wallets.wire import (
    FORM,
    JSON,
    member,
    read_credential_request,
    read_form,
    read_json,
    read_redirect,
    text_in,
)

ASKED = {"credential_configuration_id": "residence_voucher", "proofs": {"jwt": ["x"]}}


def error_of(act, *given):
    with pytest.raises(WalletRefusedError) as refused:
        act(*given)
    return refused.value.error


def test_a_form_is_read_and_what_is_empty_is_left_out():
    assert read_form(b"a=1&b=%20x&c=", f"{FORM}; charset=utf-8") == {"a": "1", "b": " x"}
    assert read_form(b"", FORM) == {}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"a=1&a=2", FORM),
        (b"a=1&a=1", FORM),
        (b"a", FORM),
        (b"a=\xff", FORM),
        (b"a=%ff", FORM),
        (b"&".join(b"m%d=1" % n for n in range(41)), FORM),
        (b'{"a":"1"}', JSON),
        (b"a=1", "multipart/form-data"),
        (b"a=1", ""),
    ],
)
def test_a_form_that_two_could_read_differently_is_refused(body, kind):
    assert error_of(read_form, body, kind) == "invalid_request"


@pytest.mark.parametrize("value", ["", "x" * 201, "a\nb", "ü", "a\x00"])
def test_a_member_is_plain_text_of_bounded_length(value):
    assert error_of(member, {"code": value}, "code", 200) == "invalid_request"
    assert error_of(text_in, {"code": value}, "code", "other") == "other"


@pytest.mark.parametrize("value", [None, 7, ["x"], {"x": 1}, True])
def test_a_text_in_json_is_a_text(value):
    assert error_of(text_in, {"code": value}, "code", "other") == "other"


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b'{"a":1,"a":2}', JSON),
        (b"[]", JSON),
        (b"{", JSON),
        (b'{"a":' + b"[" * 9 + b"]" * 9 + b"}", JSON),
        (b'{"a":NaN}', JSON),
        (b"{}", "text/plain"),
        (b" " * 140_000, JSON),
    ],
)
def test_json_that_two_could_read_differently_is_refused(body, kind):
    assert error_of(read_json, body, kind, "named") == "named"


def test_a_credential_request_is_read_and_what_is_unknown_passed_over():
    wanted = read_credential_request({**ASKED, "later_versions": {"say": "more"}})
    assert (wanted.type_code, wanted.proofs) == ("residence_voucher", ("x",))


UNKNOWN = "unknown_credential_configuration"


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"credential_configuration_id": None}, "invalid_credential_request"),
        ({"credential_configuration_id": 7}, "invalid_credential_request"),
        ({"credential_configuration_id": "lease_filing"}, UNKNOWN),  # on no status list
        ({"credential_configuration_id": "commitment_letter"}, UNKNOWN),
        ({"credential_configuration_id": "../x"}, UNKNOWN),
        ({"credential_identifier": "x"}, "unknown_credential_identifier"),
        ({"credential_response_encryption": {}}, "invalid_encryption_parameters"),
        ({"proofs": None}, "invalid_proof"),
        ({"proofs": []}, "invalid_proof"),
        ({"proofs": {}}, "invalid_proof"),
        ({"proofs": {"jwt": []}}, "invalid_proof"),
        ({"proofs": {"jwt": "x"}}, "invalid_proof"),
        ({"proofs": {"attestation": ["x"]}}, "invalid_proof"),
        ({"proofs": {"jwt": ["x"], "attestation": ["x"]}}, "invalid_proof"),
        ({"proofs": {"jwt": ["x"] * 11}}, "invalid_proof"),
        ({"proofs": ..., "proof": {"proof_type": "jwt", "jwt": "x"}}, "invalid_proof"),
    ],
)
def test_a_wrong_credential_request_gets_the_error_of_the_standard(changes, error):
    said = {n: v for n, v in (ASKED | changes).items() if v is not ...}
    assert error_of(read_credential_request, said) == error


@pytest.mark.parametrize(
    "uri",
    [
        "https://wallet.example/cb",
        "https://wallet.example:8443/cb?x=1",
        "http://127.0.0.1:51004/cb",
        "http://[::1]/cb",
        "http://localhost/cb",
        "eudi-openid4ci://authorize",
        "com.example.wallet:/oauth2redirect",
    ],
)
def test_a_wallet_may_be_sent_to(uri):
    assert read_redirect(uri) == uri


@pytest.mark.parametrize(
    "uri",
    [
        "http://wallet.example/cb",
        "http://localhost.evil.example/cb",
        "https:///cb",
        "https:cb",
        "https://wallet.example/cb#there",
        "https://me@wallet.example/cb",
        "https://wallet.example:x/cb",
        "https://wallet.example/<script>",
        "https://wallet.example/\\evil.example",
        "//wallet.example/cb",
        "/certificates",
        "wallet",
        "x://y",
        "javascript:/%0aalert(1)",
        "ms-msdt:/id%20PCWDiagnostic",
        "search-ms:/query=x",
        "JavaScript://%0aalert(1)",
        "data:/text/html,x",
        "vbscript:/x",
        "file:///etc/passwd",
        "blob:/x",
        "view-source:/x",
        "intent://scan/",
        "about:/blank",
    ],
)
def test_nobody_is_sent_anywhere_else(uri):
    assert error_of(read_redirect, uri) == "invalid_request"
