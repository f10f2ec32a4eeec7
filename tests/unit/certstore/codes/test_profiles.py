from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.clock import unix
from certstore.codes import base45, cose_sign1, strict_cbor
from certstore.codes.claims import CodeClaims
from certstore.codes.profiles import (
    Profile,
    open_code,
    seal_code,
    seal_for_holder,
    show_code,
)
from certstore.errors import MalformedError, PurposeError
from certstore.keys import Purpose
from certstore.trust import NEVER_LISTED
from tests.unit.certstore.codes.sealed_house import NOW, claims_of, data_of, house

CODE = house().signers[Purpose.CODE]
PRINTED = house().printed()


def test_a_printed_code_opens_to_the_claims_sealed_in_it():
    code = open_code(PRINTED)
    assert (code.profile, code.issued.kid, code.shown) == (Profile.PRINTED, CODE.kid, None)
    assert code.issued.is_by(CODE.public_key)
    assert CodeClaims.decode(code.issued.payload) == claims_of()


def test_an_on_line_code_is_sealed_with_the_presentation_key():
    code = open_code(house().on_line())
    assert code.profile is Profile.ON_LINE
    assert code.issued.is_by(house().signers[Purpose.PRESENTATION].public_key)


def test_an_off_line_code_holds_both_layers():
    code = open_code(house().off_line(nonce=b"nonce678"))
    assert code.issued.is_by(CODE.public_key)
    assert code.shown is not None
    assert code.shown.signed.is_by(house().holder.public_key)
    assert (code.shown.issued_at, code.shown.nonce) == (unix(NOW), b"nonce678")


@pytest.mark.parametrize("profile", [Profile.PRINTED, Profile.ON_LINE])
def test_a_key_of_another_purpose_seals_no_code(profile):
    for purpose in set(Purpose) - {profile.purpose, Purpose.ROOT, Purpose.LEDGER, *NEVER_LISTED}:
        with pytest.raises(PurposeError):
            seal_code(claims_of(), profile, house().signers[purpose])


def test_an_off_line_code_is_only_sealed_for_a_holder_and_with_a_cti():
    with pytest.raises(MalformedError):
        seal_code(claims_of(), Profile.OFF_LINE, CODE)
    with pytest.raises(MalformedError):
        seal_for_holder(claims_of(), CODE)
    with pytest.raises(MalformedError):
        seal_for_holder(claims_of(holder_key=house().holder.public_key, cti=None), CODE)


@pytest.mark.parametrize("changes", [{"name": "陈\u202e"}, {"photo": b"GIF89a"}, {"sex": 7}])
def test_what_a_scanner_would_refuse_is_not_sealed(changes):
    with pytest.raises(MalformedError) as refusal:
        seal_code(claims_of(data=data_of(**changes)), Profile.PRINTED, CODE)
    assert refusal.value.facts["reasons"]


def test_a_code_that_would_not_fit_is_not_sealed():
    inner = house().inner()
    with pytest.raises(MalformedError):
        show_code(inner + bytes(1200), house().holder, issued_at=0)


MESSAGE = base45.decode(PRINTED.removeprefix("RP1:"))
SPELLED = PRINTED.removeprefix("RP1:")
HOLDER = house().holder


def wrapped(payload: object, typ: str = "RPH1") -> str:
    data = payload if isinstance(payload, bytes) else strict_cbor.encode(payload)
    return "RPH1:" + base45.encode(cose_sign1.sign(data, typ=typ, signer=HOLDER))


INNER = house().inner()
HOSTILE = {
    "empty": ("", "prefix"),
    "no prefix": (SPELLED, "prefix"),
    "another system's": ("HC1:" + SPELLED, "prefix"),
    "an address": ("https://certs.example/s/2345", "prefix"),
    "prefix in lower case": ("rp1:" + SPELLED, "prefix"),
    "prefix of version 2": ("RP2:" + SPELLED, "prefix"),
    "prefix without colon": ("RP1" + SPELLED.replace(":", "."), "prefix"),
    "space before": (" " + PRINTED, "prefix"),
    "BOM before": ("\ufeff" + PRINTED, "prefix"),
    "full-width prefix": ("\uff32\uff30\uff11:" + SPELLED, "prefix"),
    "prefix only": ("RP1:", "header"),
    "prefix twice": ("RP1:" + PRINTED, "any"),
    "too long": ("RP1:" + "0" * 2097, "length"),
    "line end": (PRINTED + "\n", "base45"),
    "space behind": (PRINTED + " ", "base45"),
    "two spaces behind": (PRINTED + "  ", "any"),
    "tab inside": (PRINTED[:50] + "\t" + PRINTED[51:], "base45"),
    "lower case": ("RP1:" + SPELLED.lower(), "base45"),
    "an underscore": (PRINTED[:-1] + "_", "base45"),
    "group too large": ("RP1::::" + SPELLED[3:], "base45"),
    "cut by one": (PRINTED[:-1], "any"),
    "cut in half": (PRINTED[: len(PRINTED) // 2], "any"),
    "bytes behind the message": ("RP1:" + base45.encode(MESSAGE + b"\x00"), "cbor"),
    "message without tag": ("RP1:" + base45.encode(MESSAGE[1:]), "header"),
    "message twice": ("RP1:" + base45.encode(MESSAGE + MESSAGE), "cbor"),
    "zlib around it": ("RP1:" + base45.encode(b"\x78\x9c" + MESSAGE), "header"),
    "printed shown as on line": ("RPD1:" + SPELLED, "profile"),
    "printed shown as off line": ("RPH1:" + SPELLED, "profile"),
    "on line shown as printed": ("RP1:" + house().on_line().removeprefix("RPD1:"), "profile"),
    "off line shown as printed": ("RP1:" + house().off_line().removeprefix("RPH1:"), "profile"),
    "inner message shown alone": ("RPH1:" + base45.encode(INNER), "payload"),
    "wrapper no CBOR": (wrapped(b"\xff"), "cbor"),
    "wrapper an array": (wrapped([]), "payload"),
    "wrapper empty": (wrapped({}), "payload"),
    "wrapper without iat": (wrapped({-1: INNER}), "payload"),
    "wrapper without inner": (wrapped({6: 1}), "payload"),
    "wrapper with more": (wrapped({6: 1, -1: INNER, 4: 5}), "payload"),
    "wrapper's iat a text": (wrapped({6: "1", -1: INNER}), "payload"),
    "wrapper's iat negative": (wrapped({6: -1, -1: INNER}), "payload"),
    "wrapper's inner a text": (wrapped({6: 1, -1: "x"}), "payload"),
    "wrapper's inner empty": (wrapped({6: 1, -1: b""}), "payload"),
    "wrapper's nonce short": (wrapped({6: 1, -1: INNER, -2: b"1234567"}), "payload"),
    "wrapper's nonce long": (wrapped({6: 1, -1: INNER, -2: bytes(33)}), "payload"),
    "wrapper's nonce null": (wrapped({6: 1, -1: INNER, -2: None}), "payload"),
    "wrapper's inner no message": (wrapped({6: 1, -1: b"x"}), "header"),
    "wrapper around a printed code": (wrapped({6: 1, -1: MESSAGE}), "profile"),
    "wrapper of another profile": (wrapped({6: 1, -1: INNER}, typ="RP1"), "profile"),
    "wrapper in a wrapper": (
        wrapped({6: 1, -1: cose_sign1.sign(b"", typ="RPD1", signer=HOLDER)}),
        "profile",
    ),
}


@pytest.mark.parametrize(("text", "cause"), HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_text_is_refused_at_its_step(text, cause):
    with pytest.raises(MalformedError) as refusal:
        open_code(text)
    assert cause in (refusal.value.facts["cause"], "any")


@settings(deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"RP[DH]?1:[0-9A-Z $%*+./:-]{0,80}"))
def test_no_text_makes_the_reader_fail_otherwise_than_by_refusing(text):
    with pytest.raises(MalformedError):
        open_code(text)


@settings(deadline=None)
@given(
    st.integers(0, len(PRINTED) - 1),
    st.sampled_from("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"),
)
def test_no_changed_symbol_leaves_a_code_genuine(at, symbol):
    changed = PRINTED[:at] + symbol + PRINTED[at + 1 :]
    if changed == PRINTED:
        return
    try:
        code = open_code(changed)
    except MalformedError:
        return
    assert not (code.issued.kid == CODE.kid and code.issued.is_by(CODE.public_key))


def test_a_code_without_a_cti_may_be_printed():
    code = open_code(house().printed(replace(claims_of(), cti=None)))
    assert CodeClaims.decode(code.issued.payload).cti is None
