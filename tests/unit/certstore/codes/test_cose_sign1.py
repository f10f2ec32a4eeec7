import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.codes import cose_sign1, strict_cbor
from certstore.errors import MalformedError
from certstore.keys import Purpose
from tests.unit.certstore.codes.sealed_house import house

SIGNER = house().signers[Purpose.CODE]
KID = bytes.fromhex(SIGNER.kid)
GOOD = cose_sign1.sign(b"payload", typ="RP1", signer=SIGNER)
HEADER = {1: -7, 4: KID, 16: "RP1"}


def message(header=None, *, parts=None, raw_header=None) -> bytes:
    protected = raw_header if raw_header is not None else strict_cbor.encode(header or HEADER)
    return b"\xd2" + strict_cbor.encode(parts or [protected, {}, b"payload", bytes(64)])


def test_a_message_comes_back_and_is_its_signers():
    signed = cose_sign1.parse(GOOD)
    assert (signed.kid, signed.typ, signed.payload) == (SIGNER.kid, "RP1", b"payload")
    assert signed.is_by(SIGNER.public_key)
    assert not signed.is_by(house().signers[Purpose.STATUS].public_key)
    assert not signed.is_by(house().signers[Purpose.LEDGER].public_key)


def test_every_part_is_covered_by_the_signature():
    for at in (GOOD.index(b"RP1"), GOOD.index(b"payload"), GOOD.index(KID), len(GOOD) - 1):
        changed = bytearray(GOOD)
        changed[at] ^= 1
        assert not cose_sign1.parse(bytes(changed)).is_by(SIGNER.public_key)


def test_only_es256_signs_codes():
    with pytest.raises(MalformedError):
        cose_sign1.sign(b"", typ="RP1", signer=house().signers[Purpose.LEDGER])


PROTECTED = strict_cbor.encode(HEADER)
HOSTILE = {
    "empty": b"",
    "tag only": b"\xd2",
    "no tag": GOOD[1:],
    "tag 17": b"\xd1" + GOOD[1:],
    "tag 98": b"\xd8\x62" + GOOD[1:],
    "CWT tag around it": b"\xd8\x3d" + GOOD,
    "tag twice": b"\xd2" + GOOD,
    "cut": GOOD[:-1],
    "bytes behind": GOOD + b"\x00",
    "three parts": message(parts=[PROTECTED, {}, b""]),
    "five parts": message(parts=[PROTECTED, {}, b"", bytes(64), 0]),
    "a map": message(parts={0: 0}),
    "unprotected header used": message(parts=[PROTECTED, {4: KID}, b"", bytes(64)]),
    "unprotected no map": message(parts=[PROTECTED, [], b"", bytes(64)]),
    "payload detached": message(parts=[PROTECTED, {}, None, bytes(64)]),
    "payload a text": message(parts=[PROTECTED, {}, "x", bytes(64)]),
    "protected a map": message(parts=[HEADER, {}, b"", bytes(64)]),
    "short signature": message(parts=[PROTECTED, {}, b"", bytes(63)]),
    "long signature": message(parts=[PROTECTED, {}, b"", bytes(65)]),
    "no signature": message(parts=[PROTECTED, {}, b"", b""]),
    "empty protected": message(raw_header=b""),
    "protected no map": message(raw_header=b"\x80"),
    "protected not strict": message(raw_header=PROTECTED + b"\x00"),
    "protected keys twice": message(raw_header=b"\xa2\x01\x26\x01\x26"),
    "alg missing": message({4: KID, 16: "RP1"}),
    "kid missing": message({1: -7, 16: "RP1"}),
    "typ missing": message({1: -7, 4: KID}),
    "alg EdDSA": message({**HEADER, 1: -8}),
    "alg ES384": message({**HEADER, 1: -35}),
    "alg HMAC": message({**HEADER, 1: 5}),
    "alg a text": message({**HEADER, 1: "ES256"}),
    "alg null": message({**HEADER, 1: None}),
    "kid of seven bytes": message({**HEADER, 4: KID[:7]}),
    "kid of nine bytes": message({**HEADER, 4: KID + b"x"}),
    "kid a text": message({**HEADER, 4: SIGNER.kid}),
    "typ a number": message({**HEADER, 16: 1}),
    "crit": message({**HEADER, 2: [1]}),
    "content type": message({**HEADER, 3: "text/plain"}),
    "x5chain": message({**HEADER, 33: b"x"}),
    "IV": message({**HEADER, 5: b"x"}),
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_message_of_another_shape_is_refused(data):
    with pytest.raises(MalformedError):
        cose_sign1.parse(data)


@given(st.binary(max_size=400), st.sampled_from(["RP1", "RPD1", "statuslist"]), st.data())
def test_the_short_way_to_the_parts_reads_what_the_reader_of_any_cbor_reads(payload, typ, data):
    spelled = bytearray(cose_sign1.sign(payload, typ=typ, signer=SIGNER))
    changes = data.draw(st.integers(0, 2))
    for _ in range(changes):
        spelled[data.draw(st.integers(0, min(40, len(spelled) - 1)))] = data.draw(
            st.integers(0, 255)
        )
    short = cose_sign1._usual_parts(bytes(spelled))
    usual = len(spelled) >= 128 and typ != "statuslist"  # whose header is too long for it
    assert short is not None or changes or not usual
    if short is not None:
        assert short == cose_sign1._parts(bytes(spelled))
