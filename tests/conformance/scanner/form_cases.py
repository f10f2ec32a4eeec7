"""Codes whose form, key or signature is not what it should be, and some that are."""

from collections.abc import Iterator
from typing import Any

from certstore.clock import unix
from certstore.codes import base45, cose_sign1, strict_cbor
from certstore.keys import Purpose
from tests.conformance.scanner.corpus_cases import (
    CODE,
    NONCE,
    ORDER,
    PRESENTATION,
    Case,
    message,
    raw,
    spelled,
    trust_lists,
)
from tests.unit.certstore.codes.sealed_house import (
    HOUR,
    NOW,
    claims_of,
    house,
    strangers,
)


def _texts() -> Iterator[Case]:
    printed = house().printed()
    for name, text in {
        "too long": "RP1:" + "0" * 2097,
        "as long as may be": "RP1:" + "0" * 2096,
        "too long in astral characters": "RP1:" + "𬭎" * 2097,
        "just short enough in astral characters": "RP1:" + "𬭎" * 2000,
        "empty": "",
        "a colon": ":",
        "a prefix alone": "RP1:",
        "no colon": "RP1",
        "address": "https://certs.example/s/1",
        "small letters": printed.lower(),
        "small prefix": "rp1:" + printed[4:],
        "blank before": " " + printed,
        "blank after": printed + " ",
        "line end after": printed + "\n",
        "no such profile": "RP2:" + printed[4:],
        "nonce code": "RPN1:" + base45.encode(NONCE),
        "prefix of another profile": "RPD1:" + printed[4:],
        "off line prefix over printed": "RPH1:" + printed[4:],
        "printed prefix over on line": "RP1:" + house().on_line()[5:],
        "printed prefix over off line": "RP1:" + house().off_line()[5:],
        "inner message alone": "RPH1:" + base45.encode(house().inner()),
        "full-width prefix": "\uff32\uff30\uff11:" + printed[4:],
        "full-width colon": "RP1\uff1a" + printed[4:],
        "object name": "constructor:" + printed[4:],
    }.items():
        yield Case(name=f"text: {name}", text=text)


def _base45() -> Iterator[Case]:
    printed = house().printed()
    for name, tail in {
        "small letter": "abc",
        "stray symbol": "QED8WEX00",
        "group too large": "GGW",
        "largest group": ":::",
        "largest good group": "FGW",
        "last group too large": "::",
        "last group of 256": "U5",
        "last group of 255": "T5",
        "Latin-1": "00\xe9",
        "control": "00\x00",
        "tabulator": "00\t",
        "kelvin sign": "00\u212a",
        "cut": printed[4:-1],
        "cut by two": printed[4:-2],
        "cut by three": printed[4:-3],
        "percent": "%%%",
        "blanks": "   ",
    }.items():
        yield Case(name=f"base45: {name}", text=f"RP1:{tail}")


def _cbor() -> Iterator[Case]:
    good = bytes(message(house().printed()))
    parts: Any = strict_cbor.decode(good[1:])
    for name, data in {
        "nothing": b"",
        "zero": b"\x00",
        "no tag": good[1:],
        "tag 17": b"\xd1" + good[1:],
        "tag 18 long": b"\xd8\x12" + good[1:],
        "tag twice": b"\xd2" + good,
        "tag of a CWT": b"\xd8\x3d" + good,
        "tag alone": b"\xd2",
        "break": b"\xd2\xff",
        "array of unknown length": b"\xd2\x9f" + good[2:] + b"\xff",
        "trailing byte": good + b"\x00",
        "three parts": b"\xd2" + strict_cbor.encode(parts[:3]),
        "five parts": b"\xd2" + strict_cbor.encode([*parts, 0]),
        "a map": b"\xd2" + strict_cbor.encode({1: parts[0]}),
        "a text": b"\xd2" + strict_cbor.encode("x"),
        "null": b"\xd2\xf6",
        "undefined": b"\xd2\xf7",
        "simple": b"\xd2\xf8\xff",
        "half float": b"\xd2\xf9\x7e\x00",
        "float": b"\xd2\xfa\x7f\xc0\x00\x00",
        "double": b"\xd2\xfb\x7f\xf8\x00\x00\x00\x00\x00\x00",
        "head cut": b"\xd2\x98",
        "head cut in eight": b"\xd2\x5b\x00\x00",
        "huge string": b"\xd2\x5b\xff\xff\xff\xff\xff\xff\xff\xff",
        "huge array": b"\xd2\x9b\xff\xff\xff\xff\xff\xff\xff\xff",
        "huge map": b"\xd2\xbb\xff\xff\xff\xff\xff\xff\xff\xff",
        "map of half of 2^64": b"\xd2\xbb\x80\x00\x00\x00\x00\x00\x00\x00",
        "string too long": b"\xd2\x42\x00",
        "length spelled long": b"\xd2\x58\x01\x00",
        "number spelled long in two": b"\xd2\x19\x00\xff",
        "number spelled long in four": b"\xd2\x1a\x00\x00\xff\xff",
        "number spelled long in eight": b"\xd2\x1b\x00\x00\x00\x00\xff\xff\xff\xff",
        "largest number": b"\xd2\x1b" + b"\xff" * 8,
        "smallest number": b"\xd2\x3b" + b"\xff" * 8,
        "deep": b"\xd2" + b"\x81" * 6 + b"\x00",
        "too deep": b"\xd2" + b"\x81" * 7 + b"\x00",
        "very deep": b"\xd2" + b"\x81" * 600 + b"\x00",
        "overlong UTF-8": b"\xd2\x62\xc0\x80",
        "surrogate in UTF-8": b"\xd2\x63\xed\xa0\x80",
        "beyond Unicode": b"\xd2\x64\xf4\x90\x80\x80",
        "byte order mark": b"\xd2\x63\xef\xbb\xbf",
        "payload is a text": b"\xd2" + strict_cbor.encode([parts[0], {}, "x", parts[3]]),
        "protected is a map": b"\xd2" + strict_cbor.encode([{1: -7}, {}, parts[2], parts[3]]),
        "unprotected is null": b"\xd2" + strict_cbor.encode([parts[0], None, *parts[2:]]),
        "unprotected is full": b"\xd2" + strict_cbor.encode([parts[0], {4: b"x"}, *parts[2:]]),
    }.items():
        yield Case(name=f"cbor: {name}", text=spelled(data))


def _keys() -> Iterator[Case]:
    printed = house().printed()
    for trust in trust_lists():
        for profile, text in {"printed": printed, "on line": house().on_line()}.items():
            yield Case(name=f"trust {trust}: {profile}", text=text, trust=trust)
    yield Case(name="a stranger's", text=strangers().printed())
    for purpose in (Purpose.PRESENTATION, Purpose.STATUS, Purpose.SOURCE, Purpose.DOCUMENT):
        text = raw(claims_of().encode(), signer=house().signers[purpose])
        yield Case(name=f"signed by a {purpose} key", text=text)
    text = raw(claims_of(lifetime=60).encode(), typ="RPD1", signer=CODE)
    yield Case(name="on line, signed by a code key", text=text)
    edges = claims_of(issued_at=unix(NOW - 12 * HOUR))
    yield Case(name="signed in the key's first second", text=house().printed(edges))
    before = claims_of(issued_at=unix(NOW - 12 * HOUR) - 1)
    yield Case(name="signed before the key's time", text=house().printed(before))
    other_issuer = house().printed(claims_of(issuer="MB0T00023"))
    yield Case(name="another issuer", text=other_issuer)
    yield Case(name="issuer twice as long", text=house().printed(claims_of(issuer="MB0T00015MB0T")))


def _flipped() -> Iterator[Case]:
    code = message(house().printed())
    for at in range(0, len(code), 9):
        changed = bytes((*code[:at], code[at] ^ 1, *code[at + 1 :]))
        yield Case(name=f"printed, a bit of byte {at} turned", text=spelled(changed))
    shown = message(house().off_line())
    for at in range(3, len(shown), 29):
        changed = bytes((*shown[:at], shown[at] ^ 4, *shown[at + 1 :]))
        yield Case(name=f"off line, a bit of byte {at} turned", text=spelled(changed, "RPH1"))


def _signatures() -> Iterator[Case]:
    code = message(house().printed())
    r, s = (int.from_bytes(code[a:b], "big") for a, b in ((-64, -32), (-32, len(code))))
    for name, (one, two) in {
        "n minus s": (r, ORDER - s),
        "n minus r": (ORDER - r, s),
        "r of zero": (0, s),
        "s of zero": (r, 0),
        "both zero": (0, 0),
        "both one": (1, 1),
        "r of n": (ORDER, s),
        "s of n": (r, ORDER),
        "r beyond n": (r + ORDER if r + ORDER < 1 << 256 else (1 << 256) - 1, s),
        "all ones": ((1 << 256) - 1, (1 << 256) - 1),
        "exchanged": (s, r),
    }.items():
        code[-64:] = one.to_bytes(32, "big") + two.to_bytes(32, "big")
        yield Case(name=f"signature: {name}", text=spelled(code))
    parts: Any = strict_cbor.decode(bytes(message(house().printed()))[1:])
    for length in (0, 63, 65, 72):
        cut = b"\xd2" + strict_cbor.encode([*parts[:3], (parts[3] * 2)[:length]])
        yield Case(name=f"signature of {length} bytes", text=spelled(cut))
    for name, header in {
        "no algorithm": {4: bytes.fromhex(CODE.kid), 16: "RP1"},
        "no type": {1: -7, 4: bytes.fromhex(CODE.kid)},
        "type of another": {1: -7, 4: bytes.fromhex(CODE.kid), 16: "RPD1"},
        "type is bytes": {1: -7, 4: bytes.fromhex(CODE.kid), 16: b"RP1"},
        "algorithm EdDSA": {1: -8, 4: bytes.fromhex(CODE.kid), 16: "RP1"},
        "algorithm none": {1: 0, 4: bytes.fromhex(CODE.kid), 16: "RP1"},
        "short kid": {1: -7, 4: bytes.fromhex(CODE.kid)[:7], 16: "RP1"},
        "kid is text": {1: -7, 4: CODE.kid, 16: "RP1"},
        "a field more": {1: -7, 2: [1], 4: bytes.fromhex(CODE.kid), 16: "RP1"},
        "no map": [1, -7],
    }.items():
        signed = b"\xd2" + strict_cbor.encode([strict_cbor.encode(header), {}, *parts[2:]])
        yield Case(name=f"header: {name}", text=spelled(signed))


def _wrappers() -> Iterator[Case]:
    inner = house().inner()
    for name, members in {
        "no inner": {6: unix(NOW)},
        "no iat": {-1: inner},
        "iat a text": {6: "1", -1: inner},
        "inner a text": {6: unix(NOW), -1: "x"},
        "inner empty": {6: unix(NOW), -1: b""},
        "inner no message": {6: unix(NOW), -1: b"\x00"},
        "inner of 1400 zeros": {6: unix(NOW), -1: bytes(1200)},
        "nonce short": {6: unix(NOW), -1: inner, -2: b"7 bytes"},
        "nonce long": {6: unix(NOW), -1: inner, -2: bytes(33)},
        "nonce null": {6: unix(NOW), -1: inner, -2: None},
        "with more": {6: unix(NOW), -1: inner, -3: 0},
        "an array": [1],
    }.items():
        yield Case(name=f"wrapper: {name}", text=raw(members, typ="RPH1", signer=house().holder))
    printed = bytes(message(house().printed()))
    text = raw({6: unix(NOW), -1: printed}, typ="RPH1", signer=house().holder)
    yield Case(name="wrapper: around a printed code", text=text)
    presented = cose_sign1.sign(
        claims_of(lifetime=60, holder_key=house().holder.public_key).encode(),
        typ="RPH1",
        signer=PRESENTATION,
    )
    text = raw({6: unix(NOW), -1: presented}, typ="RPH1", signer=house().holder)
    yield Case(name="wrapper: signed by a presentation key", text=text)
    nested = bytes(message(house().off_line()))
    text = raw({6: unix(NOW), -1: nested}, typ="RPH1", signer=house().holder)
    yield Case(name="wrapper: a wrapper in a wrapper", text=text)


FAMILIES = (_texts, _base45, _cbor, _keys, _flipped, _signatures, _wrappers)
