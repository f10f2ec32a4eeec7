import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore import base64url
from certstore.errors import InvalidTokenError, MalformedError
from certstore.keys import KeySigner, Purpose, generate
from certstore.tokens import (
    check_times,
    detached_kid,
    parse_compact,
    parse_json_strict,
    sign_compact,
    sign_detached,
    verify_bytes,
    verify_detached,
    verify_signature,
)

TYP = "at+jwt"
SIGNER = KeySigner(Purpose.TOKEN, generate("ES256"))
EDWARDS = KeySigner(Purpose.LEDGER, generate("EdDSA"))
CLAIMS = {"sub": "a", "iat": 1000, "exp": 1300}
GOOD = sign_compact(CLAIMS, typ=TYP, signer=SIGNER)
HEAD, BODY, SIGNATURE = GOOD.split(".")
HEADER = {"alg": "ES256", "kid": SIGNER.kid, "typ": TYP}


def token_of(header: bytes | str | dict, payload: bytes | str = b'{"sub":"a"}') -> str:
    """A token with a good signature over whatever header and payload."""
    raw = [
        json.dumps(part).encode()
        if isinstance(part, dict)
        else part.encode()
        if isinstance(part, str)
        else part
        for part in (header, payload)
    ]
    signed = ".".join(base64url.encode(part) for part in raw)
    return f"{signed}.{base64url.encode(SIGNER.sign(signed.encode()))}"


def last_symbol_changed(part: str) -> str:
    """The same bytes spelled with stray trailing bits."""
    alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    return part[:-1] + alphabet[alphabet.index(part[-1]) ^ 1]


HOSTILE = {
    "empty": ("", "parts"),
    "one part": (HEAD, "parts"),
    "two parts": (f"{HEAD}.{BODY}", "parts"),
    "four parts": (f"{GOOD}.", "parts"),
    "five parts (JWE)": (f"{GOOD}.a.b", "parts"),
    "empty payload": (f"{HEAD}..{SIGNATURE}", "parts"),
    "empty header": (f".{BODY}.{SIGNATURE}", "json"),
    "too long": ("a" * 16385, "too-large"),
    "padded signature": (f"{GOOD}==", "base64url"),
    "padded payload": (f"{HEAD}.{BODY}=.{SIGNATURE}", "base64url"),
    "padded header": (f"{HEAD}=.{BODY}.{SIGNATURE}", "base64url"),
    "stray bits in the signature": (f"{HEAD}.{BODY}.{last_symbol_changed(SIGNATURE)}", "base64url"),
    "plain base64": (f"{HEAD}.{BODY}.{SIGNATURE[:-1]}+", "base64url"),
    "slash": (f"{HEAD}.{BODY}.{SIGNATURE[:-1]}/", "base64url"),
    "line end": (f"{GOOD}\n", "base64url"),
    "leading space": (f" {GOOD}", "base64url"),
    "space inside": (f"{HEAD}. {BODY}.{SIGNATURE}", "base64url"),
    "full-width letter": (f"{HEAD}.{BODY}.{SIGNATURE[:-1]}\uff21", "base64url"),
    "impossible length": (f"{HEAD}.{BODY}.{SIGNATURE}AAA", "base64url"),
    "no signature": (f"{HEAD}.{BODY}.", "signature"),
    "short signature": (f"{HEAD}.{BODY}.{base64url.encode(bytes(63))}", "signature"),
    "long signature": (f"{HEAD}.{BODY}.{base64url.encode(bytes(65))}", "signature"),
    "DER signature": (f"{HEAD}.{BODY}.{base64url.encode(bytes(71))}", "signature"),
    "header no JSON": (token_of("{"), "json"),
    "header an array": (token_of("[]"), "json"),
    "header a text": (token_of('"a"'), "json"),
    "header null": (token_of("null"), "json"),
    "header two texts": (token_of("{} {}"), "json"),
    "header with comment": (token_of('{"alg":"ES256"/**/}'), "json"),
    "header not UTF-8": (token_of(b'{"alg":"\xff"}'), "encoding"),
    "header with BOM": (token_of("\ufeff{}"), "encoding"),
    "header with lone surrogate": (token_of('{"alg":"\\ud800"}'), "encoding"),
    "header UTF-16": (token_of('{"alg":"ES256"}'.encode("utf-16")), "encoding"),
    "alg twice": (token_of('{"alg":"ES256","alg":"none","kid":"k","typ":"at+jwt"}'), "duplicate"),
    "alg twice, escaped": (token_of('{"alg":"ES256","\\u0061lg":"none"}'), "duplicate"),
    "alg none": (token_of({**HEADER, "alg": "none"}), "algorithm"),
    "alg None": (token_of({**HEADER, "alg": "None"}), "algorithm"),
    "alg HS256": (token_of({**HEADER, "alg": "HS256"}), "algorithm"),
    "alg RS256": (token_of({**HEADER, "alg": "RS256"}), "algorithm"),
    "alg ES384": (token_of({**HEADER, "alg": "ES384"}), "algorithm"),
    "alg lower case": (token_of({**HEADER, "alg": "es256"}), "algorithm"),
    "alg a number": (token_of({**HEADER, "alg": 5}), "header"),
    "alg null": (token_of({**HEADER, "alg": None}), "header"),
    "alg a list": (token_of({**HEADER, "alg": ["ES256"]}), "header"),
    "alg missing": (token_of({"kid": "k", "typ": TYP}), "header"),
    "alg empty": (token_of({**HEADER, "alg": ""}), "header"),
    "kid a number": (token_of({**HEADER, "kid": 1}), "header"),
    "kid an object": (token_of({**HEADER, "kid": {}}), "header"),
    "kid missing": (token_of({"alg": "ES256", "typ": TYP}), "header"),
    "typ missing": (token_of({"alg": "ES256", "kid": "k"}), "header"),
    "typ of another kind": (token_of({**HEADER, "typ": "JWT"}), "typ"),
    "typ in other case": (token_of({**HEADER, "typ": "AT+JWT"}), "typ"),
    "typ with application/": (token_of({**HEADER, "typ": "application/at+jwt"}), "typ"),
    "typ a list": (token_of({**HEADER, "typ": [TYP]}), "header"),
    "embedded jwk": (token_of({**HEADER, "jwk": {"kty": "EC"}}), "header"),
    "jku": (token_of({**HEADER, "jku": "https://evil.example"}), "header"),
    "x5u": (token_of({**HEADER, "x5u": "https://evil.example"}), "header"),
    "x5c not asked for": (token_of({**HEADER, "x5c": ["AA=="]}), "header"),
    "crit": (token_of({**HEADER, "crit": ["b64"], "b64": False}), "header"),
    "b64 false": (token_of({**HEADER, "b64": False}), "header"),
    "zip": (token_of({**HEADER, "zip": "DEF"}), "header"),
    "cty": (token_of({**HEADER, "cty": "JWT"}), "header"),
    "deep header": (token_of('{"alg":' + "[" * 50 + "]" * 50 + "}"), "depth"),
    "very deep header": (token_of("[" * 5000), "json"),
}

HOSTILE_PAYLOADS = {
    "array": ("[]", "json"),
    "text": ('"a"', "json"),
    "number": ("1", "json"),
    "null": ("null", "json"),
    "no JSON": ("{'sub':'a'}", "json"),
    "trailing comma": ('{"sub":"a",}', "json"),
    "two objects": ("{}{}", "json"),
    "trailing bytes": ("{}\x00", "json"),
    "raw control character": ('{"sub":"a\x01"}', "json"),
    "subject twice": ('{"sub":"a","sub":"b"}', "duplicate"),
    "subject twice, escaped": ('{"sub":"a","s\\u0075b":"b"}', "duplicate"),
    "twice inside": ('{"o":{"a":1,"a":2}}', "duplicate"),
    "twice in a list": ('{"o":[{"a":1,"a":1}]}', "duplicate"),
    "NaN": ('{"exp":NaN}', "number"),
    "Infinity": ('{"exp":Infinity}', "number"),
    "minus infinity": ('{"exp":-Infinity}', "number"),
    "1e999": ('{"exp":1e999}', "number"),
    "2^53": ('{"exp":9007199254740992}', "number"),
    "-2^53": ('{"exp":-9007199254740992}', "number"),
    "thousand digits": ('{"exp":' + "9" * 1000 + "}", "number"),
    "number beyond what int() reads": ('{"exp":' + "9" * 6000 + "}", "number"),
    "long fraction": ('{"exp":0.' + "1" * 200 + "}", "number"),
    "lone surrogate": ('{"sub":"\\udfff"}', "encoding"),
    "lone surrogate in a name": ('{"\\ud83d":1}', "encoding"),
    "not UTF-8": (b'{"sub":"\xc0\x80"}', "encoding"),
    "encoded surrogate": (b'{"sub":"\xed\xa0\x80"}', "encoding"),
    "BOM": ("\ufeff{}", "encoding"),
    "deep": ('{"a":' + "[" * 11 + "]" * 11 + "}", "depth"),
    "deep objects": ('{"a":' * 11 + "1" + "}" * 11, "depth"),
    "very deep": ('{"a":' + "[" * 6000 + "]" * 6000 + "}", "json"),
}


@pytest.mark.parametrize(("text", "cause"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_token_is_refused_before_any_key_is_looked_for(text, cause):
    with pytest.raises(MalformedError) as refusal:
        parse_compact(text, typ=TYP)
    assert refusal.value.facts["cause"] == cause


@pytest.mark.parametrize(
    ("payload", "cause"), HOSTILE_PAYLOADS.values(), ids=HOSTILE_PAYLOADS.keys()
)
def test_a_hostile_payload_is_refused_even_under_a_good_signature(payload, cause):
    token = parse_compact(token_of(HEADER, payload), typ=TYP)
    with pytest.raises(MalformedError) as refusal:
        token.verified(SIGNER.public_key, "ES256")
    # newer interpreters may refuse the deepest ones for their depth and not for their form
    assert refusal.value.facts["cause"] in {cause, "depth" if cause == "json" else cause}


def test_a_good_token_gives_its_claims_once_it_is_verified():
    token = parse_compact(GOOD, typ=TYP)
    assert token.kid == SIGNER.kid
    assert token.verified(SIGNER.public_key, "ES256") == CLAIMS
    assert token.claims == CLAIMS


@pytest.mark.parametrize("part", ["claims", "payload"])
def test_nothing_of_a_token_is_read_before_its_signature_is_verified(part):
    token = parse_compact(GOOD, typ=TYP)
    with pytest.raises(InvalidTokenError):
        getattr(token, part)


def test_one_claim_can_be_looked_at_to_find_the_key():
    assert parse_compact(GOOD, typ=TYP).unverified_claim("sub") == "a"


def test_another_key_does_not_open_the_claims():
    token = parse_compact(GOOD, typ=TYP)
    other = generate("ES256").public_key()
    assert not verify_signature(token, other, "ES256")
    with pytest.raises(InvalidTokenError):
        token.verified(other, "ES256")
    with pytest.raises(InvalidTokenError):
        _ = token.claims


def test_a_changed_payload_is_not_verified():
    swapped = f"{HEAD}.{base64url.encode(b'{}')}.{SIGNATURE}"
    assert not verify_signature(parse_compact(swapped, typ=TYP), SIGNER.public_key, "ES256")


@pytest.mark.parametrize("signer", [SIGNER, EDWARDS])
def test_bytes_are_verified_by_the_keys_own_algorithm_and_no_other(signer):
    signature = signer.sign(b"x")
    assert verify_bytes(signer.public_key, signer.algorithm, b"x", signature)
    for algorithm in {"ES256", "EdDSA", "none", "HS256", ""} - {signer.algorithm}:
        assert not verify_bytes(signer.public_key, algorithm, b"x", signature)
    for wrong in (b"", signature[:-1], signature + b"x", bytes(64)):
        assert not verify_bytes(signer.public_key, signer.algorithm, b"x", wrong)


def test_the_algorithm_is_the_one_handed_in_and_not_the_messages():
    token = parse_compact(GOOD, typ=TYP)
    assert not verify_signature(token, SIGNER.public_key, "EdDSA")
    edwards = parse_compact(sign_compact(CLAIMS, typ=TYP, signer=EDWARDS), typ=TYP)
    assert not verify_signature(edwards, EDWARDS.public_key, "ES256")
    assert edwards.verified(EDWARDS.public_key, "EdDSA") == CLAIMS


def test_a_header_that_claims_another_algorithm_than_the_keys_is_not_verified():
    token = parse_compact(token_of({**HEADER, "alg": "EdDSA"}), typ=TYP)
    assert not verify_signature(token, SIGNER.public_key, "ES256")


def test_header_fields_are_allowed_and_left_out_as_the_caller_says():
    chain = sign_compact(CLAIMS, typ=TYP, signer=SIGNER, header={"x5c": ["AA=="]})
    fields = frozenset({"alg", "kid", "typ", "x5c"})
    assert parse_compact(chain, typ=TYP, header_fields=fields).header["x5c"] == ["AA=="]
    with pytest.raises(MalformedError):
        parse_compact(GOOD, typ=TYP, header_fields=fields)
    assert parse_compact(GOOD, typ=TYP, header_fields=fields, optional=frozenset({"x5c"}))


def test_a_field_that_may_lack_is_not_missed_and_is_exact_when_it_is_there():
    def read(header):
        return parse_compact(token_of(header), typ=TYP, optional=frozenset({"kid", "typ"}))

    assert read({"alg": "ES256"}).kid == ""
    assert read(HEADER).kid == SIGNER.kid
    with pytest.raises(MalformedError):
        read({"alg": "ES256", "typ": "JWT"})


def test_a_key_in_the_header_is_an_object_where_it_is_asked_for():
    fields = frozenset({"alg", "jwk", "typ"})
    header = {"alg": "ES256", "typ": TYP}
    read = parse_compact(token_of({**header, "jwk": {"kty": "EC"}}), typ=TYP, header_fields=fields)
    assert read.header["jwk"] == {"kty": "EC"}
    for wrong in ("text", [], None):
        with pytest.raises(MalformedError):
            parse_compact(token_of({**header, "jwk": wrong}), typ=TYP, header_fields=fields)


def test_json_is_bounded_before_it_is_read_and_fractions_are_kept():
    assert parse_json_strict(b'{"score": 0.98}') == {"score": 0.98}
    assert parse_json_strict(b"[1]", max_bytes=3) == [1]
    with pytest.raises(MalformedError) as refusal:
        parse_json_strict(b"[10]", max_bytes=3)
    assert refusal.value.facts["cause"] == "too-large"


@pytest.mark.parametrize("x5c", [[], "AA==", [1], {}])
def test_a_chain_in_the_header_is_a_list_of_texts(x5c):
    fields = frozenset({"alg", "kid", "typ", "x5c"})
    with pytest.raises(MalformedError):
        parse_compact(token_of({**HEADER, "x5c": x5c}), typ=TYP, header_fields=fields)


def test_fields_handed_to_the_signer_never_replace_its_own():
    text = sign_compact(CLAIMS, typ=TYP, signer=SIGNER, header={"alg": "none", "kid": "x"})
    assert parse_compact(text, typ=TYP).header == HEADER


def test_an_independent_reader_accepts_what_we_sign():
    for signer in (SIGNER, EDWARDS):
        text = sign_compact(CLAIMS, typ=TYP, signer=signer)
        options = {"verify_exp": False, "verify_iat": False, "verify_nbf": False}
        read = jwt.decode(text, signer.public_key, algorithms=[signer.algorithm], options=options)
        assert read == CLAIMS


@settings(deadline=None)
@given(
    st.dictionaries(
        st.text(max_size=8),
        st.integers(-(2**53) + 1, 2**53 - 1) | st.text(max_size=20) | st.booleans() | st.none(),
        max_size=6,
    )
)
def test_claims_come_back_as_they_were_signed(claims):
    text = sign_compact(claims, typ=TYP, signer=EDWARDS)
    assert parse_compact(text, typ=TYP).verified(EDWARDS.public_key, "EdDSA") == claims


@settings(deadline=None)
@given(
    st.text(max_size=80)
    | st.from_regex(r"[A-Za-z0-9_-]{0,30}\.[A-Za-z0-9_-]{0,30}\.[A-Za-z0-9_-]{0,90}")
)
def test_no_text_makes_the_reader_fail_otherwise_than_by_refusing(text):
    with pytest.raises(MalformedError):
        parse_compact(text, typ=TYP)


def test_detached_signatures_cover_the_bytes_beside_them():
    payload = b'{"record_id":"1"}\n{"record_id":"2"}\n'
    text = sign_detached(payload, SIGNER, "batch+jws")
    assert ".." in text
    assert detached_kid(text, typ="batch+jws") == SIGNER.kid
    assert verify_detached(text, payload, SIGNER.public_key, "ES256", typ="batch+jws")
    assert not verify_detached(text, payload + b"\n", SIGNER.public_key, "ES256", typ="batch+jws")
    assert not verify_detached(text, payload, EDWARDS.public_key, "EdDSA", typ="batch+jws")
    attached = text.replace("..", f".{base64url.encode(payload)}.")
    assert jwt.api_jws.decode(attached, SIGNER.public_key, algorithms=["ES256"]) == payload


def test_a_detached_signature_that_claims_another_algorithm_is_not_verified():
    head = base64url.encode(json.dumps({**HEADER, "alg": "EdDSA"}).encode())
    signature = SIGNER.sign(f"{head}.{base64url.encode(b'x')}".encode())
    text = f"{head}..{base64url.encode(signature)}"
    assert not verify_detached(text, b"x", SIGNER.public_key, "ES256", typ=TYP)


def test_detached_signatures_are_read_as_strictly_as_tokens():
    payload = b"x"
    text = sign_detached(payload, SIGNER, "batch+jws")
    for bad in (f"{text}=", text.replace("..", ".eA."), f"{text}.", text.replace("..", ".")):
        with pytest.raises(MalformedError):
            verify_detached(bad, payload, SIGNER.public_key, "ES256", typ="batch+jws")
    with pytest.raises(MalformedError):
        verify_detached(text, payload, SIGNER.public_key, "ES256", typ="other")


NOW = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
MOMENT = int(NOW.timestamp())


@pytest.mark.parametrize(
    ("changes", "cause"),
    [
        ({}, None),
        ({"nbf": MOMENT}, None),
        ({"iat": MOMENT + 30, "exp": MOMENT + 60}, None),
        ({"iat": MOMENT - 300, "exp": MOMENT - 29}, None),
        ({"exp": MOMENT + 300}, None),
        ({"exp": MOMENT + 301}, "lifetime"),
        ({"exp": MOMENT + 315_360_000}, "lifetime"),
        ({"exp": MOMENT}, "lifetime"),
        ({"iat": MOMENT - 300, "exp": MOMENT - 30}, "expired"),
        ({"iat": MOMENT + 31, "exp": MOMENT + 60}, "not-yet-valid"),
        ({"nbf": MOMENT + 31}, "not-yet-valid"),
        ({"exp": str(MOMENT + 60)}, "times"),
        ({"exp": float(MOMENT + 60)}, "times"),
        ({"exp": True}, "times"),
        ({"iat": True}, "times"),
        ({"iat": True, "nbf": MOMENT}, "times"),
        ({"iat": None}, "times"),
        ({"exp": None}, "times"),
        ({"nbf": "0"}, "times"),
        ({"nbf": False}, "times"),
    ],
)
def test_times_are_whole_seconds_within_bounds(changes, cause):
    claims = {"iat": MOMENT, "exp": MOMENT + 60, **changes}
    if cause is None:
        check_times(claims, NOW, max_lifetime=300)
        return
    with pytest.raises(InvalidTokenError) as refusal:
        check_times(claims, NOW, max_lifetime=300)
    assert refusal.value.facts["cause"] == cause


@pytest.mark.parametrize("claims", [{}, {"iat": MOMENT}, {"exp": MOMENT}])
def test_times_must_be_there(claims):
    with pytest.raises(InvalidTokenError):
        check_times(claims, NOW, max_lifetime=300)


def test_the_leeway_can_be_taken_away():
    claims = {"iat": MOMENT, "exp": MOMENT + 60}
    with pytest.raises(InvalidTokenError):
        check_times(claims, NOW + timedelta(seconds=60), max_lifetime=300, leeway=0)
