"""More tokens that must not be accepted, each at a place of its own; and all of them counted."""

import json
from itertools import chain

import pytest

from certstore import base64url
from certstore.verdict import Refused
from tests.unit.face_auth.office import NOW, sandbox_signer, sign
from tests.unit.face_auth.test_hostile_tokens import (
    OURS,
    TOKENS,
    FaceResult,
    at,
    spelled,
    with_claims,
    with_header,
    with_part,
    with_payload,
    without,
)


def with_raw_header(make):
    """Another spelling of the header, signed as it stands."""

    def forge(office, begun):
        fields = {"alg": "ES256", "kid": office.signer.kid, "typ": "face-result+jwt"}
        payload = json.dumps(office.claims(begun)).encode()
        head = make(json.dumps(fields))
        head = head if isinstance(head, bytes) else head.encode()
        message = f"{base64url.encode(head)}.{base64url.encode(payload)}"
        return f"{message}.{base64url.encode(office.signer.sign(message.encode()))}"

    return forge


def truncated_payload_of_another_token(office, begun):
    """A sound header and signature around the payload of another sound token."""
    first, second = office.result(begun), office.result(office.begin())
    head, _, signature = first.split(".")
    return f"{head}.{second.split('.')[1]}.{signature}"


def signature_of_another_token(office, begun):
    head, payload, _ = office.result(begun).split(".")
    return f"{head}.{payload}.{office.result(office.begin()).split('.')[2]}"


def signed_by_a_stranger_who_names_our_issuer(office, begun):
    return sign(office.claims(begun), sandbox_signer(), kid="0" * 16)


MORE = {
    # 1 form
    "an empty payload": (with_part(1, lambda _: ""), ("token_parts",)),
    "an empty header": (with_part(0, lambda _: ""), ("token_json",)),
    "an empty signature": (with_part(2, lambda _: ""), ("token_signature",)),
    "a signature and two bytes more": (with_part(2, lambda p: p + "AA"), ("token_signature",)),
    "two signatures": (with_part(2, lambda p: p + p), ("token_signature",)),
    "a signature as DER": (with_part(2, lambda _: "MEUCIQ" + "A" * 90), ("token_signature",)),
    "a header that is a list": (with_raw_header(lambda h: f"[{h}]"), ("token_json",)),
    "a header that is no JSON": (with_raw_header(lambda h: h[:-1]), ("token_json",)),
    "a header with a member twice": (
        with_raw_header(lambda h: h[:-1] + ',"alg":"none"}'),
        ("token_duplicate",),
    ),
    "a header with a byte order mark": (
        with_raw_header(lambda h: "\ufeff" + h),
        ("token_encoding",),
    ),
    "a header that is not UTF-8": (
        with_raw_header(lambda h: h.encode("utf-16")),
        ("token_encoding",),
    ),
    "a header nested without end": (
        with_raw_header(lambda h: h[:-1] + ',"x":' + "[" * 12 + "]" * 12 + "}"),
        ("token_depth",),
    ),
    "a header with infinity": (
        with_raw_header(lambda h: h[:-1] + ',"x":Infinity}'),
        ("token_number",),
    ),
    "a header of 13 kB": (with_header(kid="k" * 13_000), ("token_too_large",)),
    "a key id that is empty": (with_header(kid=""), ("token_header",)),
    "a certificate chain in the header": (with_header(x5c=["AAAA"]), ("token_header",)),
    "a certificate's address in the header": (with_header(x5u="https://e"), ("token_header",)),
    "compression": (with_header(zip="DEF"), ("token_header",)),
    "an unencoded payload": (with_header(b64=False), ("token_header",)),
    "a content type": (with_header(cty="JWT"), ("token_header",)),
    "a list of algorithms": (with_header(alg=["ES256"]), ("token_header",)),
    "RSA": (with_header(alg="RS256"), ("token_algorithm",)),
    "the algorithm in small letters": (with_header(alg="es256"), ("token_algorithm",)),
    "another curve": (with_header(alg="ES384"), ("token_algorithm",)),
    "an ID token": (with_header(typ="JWT"), ("token_typ",)),
    "the type in capitals": (with_header(typ="FACE-RESULT+JWT"), ("token_typ",)),
    # 2, 3 key and signature
    "an issuer of ours under an unknown key": (
        signed_by_a_stranger_who_names_our_issuer,
        ("unknown_key",),
    ),
    "Edwards said, ours signed": (with_header(alg="EdDSA"), ("signature",)),
    "the payload of another token": (truncated_payload_of_another_token, ("signature",)),
    "the signature of another token": (signature_of_another_token, ("signature",)),
    # 4 payload
    "half a character in a name": (
        with_payload(lambda j: j[:-1] + ',"\\udfff":1}'),
        ("token_encoding",),
    ),
    "a text": (with_payload(lambda _: '"pass"'), ("token_json",)),
    "two objects": (with_payload(lambda j: j + j), ("token_json",)),
    "a comment": (with_payload(lambda j: "/* */" + j), ("token_json",)),
    "a subject twice": (
        with_payload(lambda j: j[:-1] + ',"subject_binding":"' + "0" * 64 + '"}'),
        ("token_duplicate",),
    ),
    "minus infinity": (with_payload(lambda j: j.replace("96.5", "-Infinity")), ("token_number",)),
    "a number of forty digits": (
        with_payload(lambda j: j.replace("96.5", "0." + "1" * 40)),
        ("token_number",),
    ),
    # envelope
    "not before tomorrow": (with_claims(nbf=int(NOW.timestamp()) + 86_400), ("token_not_yet_valid",
                                                                          "claim_unknown")),
    "a beginning that is a text": (with_claims(iat="now"), ("token_times",)),
    "no beginning": (without("iat"), ("token_times",)),
    "expired this second": (at(-330, exp=300), ("token_expired",)),
    "meant for null": (with_claims(aud=None), ("audience_mismatch",)),
    "an issuer that is a number": (with_claims(iss=7), ("issuer_mismatch",)),
    # claims
    "a nonce that is short": (with_claims(nonce="n"), ("claim_malformed_nonce",)),
    "a provider's id with a blank": (
        with_claims(provider_txn="SANDBOX 1"),
        ("claim_malformed_provider_txn",),
    ),
    "a result that is null": (with_claims(result=None), ("claim_malformed_result",)),
    "a failure that is a list": (with_claims(failure=["none"]), ("claim_malformed_failure",)),
    "a template beside the result": (with_claims(template="AAAA"), ("claim_unknown",)),
    "a key of its own beside the result": (with_claims(cnf={"jwk": {}}), ("claim_unknown",)),
}  # fmt: skip


@pytest.mark.parametrize("story", MORE)
def test_a_hostile_token_is_refused_for_its_own_reason(office, story):
    forge, reasons = MORE[story]
    begun = office.begin()
    assert office.desk.accept(forge(office, begun)) == Refused(reasons)


def test_a_sound_token_is_accepted_so_that_each_refusal_is_the_faults(office):
    begun = office.begin()
    assert not isinstance(office.desk.accept(spelled(lambda t: t)(office, begun)), Refused)


# -- counted -------------------------------------------------------------------------------


def place(honest: str, hostile: str) -> str:
    """Where a hostile token differs from the honest one: the members, or the part and how."""
    if hostile.count(".") != 2:
        return f"{hostile.count('.') + 1} parts"
    for index, part in enumerate(("header", "payload")):
        before, after = (_members(token.split(".")[index]) for token in (honest, hostile))
        if after is None:
            spelling = hostile.split(".")[index]
            return f"{part} spelled {len(spelling) // 100}00 long, {spelling[:6]}…{spelling[-6:]}"
        names = {n for n in before.keys() | after.keys() if before.get(n, ...) != after.get(n, ...)}
        names -= set() if index == 0 else {"jti"}  # each result has an id of its own
        if names:
            return f"{part}: {', '.join(sorted(names))}"
    signature = hostile.split(".")[2]
    return f"signature of {len(signature)} characters"


def _members(part: str):
    try:
        found = json.loads(base64url.decode(part))
    except Exception:  # noqa: BLE001 - any fault at all: the part itself is what is hostile
        return None
    return found if isinstance(found, dict) else None


def test_there_are_more_than_eighty_of_them_each_with_a_reason_and_a_place_of_its_own(office):
    """No two rows that count have both the same reasons and the same place."""
    told = set()
    missing = {
        f"no {name}": (without(name), (f"claim_missing_{name}",))
        for name in FaceResult.__dataclass_fields__.keys() - OURS
    }
    for forge, reasons in chain(TOKENS.values(), MORE.values(), missing.values()):
        begun = office.begin()
        told.add((reasons, place(office.result(begun), forge(office, begun))))
    assert len(told) >= 80, sorted(told)
    assert len({reasons for reasons, _ in told}) >= 60
