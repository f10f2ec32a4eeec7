"""Codes by what they say: good ones, payloads of the wrong form, bad meaning, photos."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from certstore.codes.claims import Disclosure
from tests.conformance.scanner.corpus_cases import (
    NONCE,
    Case,
    raw,
    raw_claims,
)
from tests.unit.certstore.codes.sealed_house import (
    SERIAL,
    claims_of,
    data_of,
    house,
)
from tests.unit.certstore.codes.small_photos import SMALL, animated, other, webp


def _good() -> Iterator[Case]:
    printed = house().printed()
    yield Case(name="printed", text=printed)
    yield Case(name="printed, status as JWT", text=printed, lists=("usual_jwt",))
    yield Case(name="on line", text=house().on_line())
    yield Case(name="off line", text=house().off_line())
    yield Case(name="off line, with a nonce", text=house().off_line(nonce=NONCE), nonce=NONCE)
    full = data_of(
        birth_date=date(1990, 2, 28),
        ethnicity=1,
        household_address="安徽省合肥市蜀山区黄山路1号",
        residence_address="示范市海港区长乐路88弄6号502室",
        authority="示范市公安局海港分局",
        endorsed_on=date(2026, 11, 22),
        disclosure=Disclosure.FULL,
    )
    yield Case(name="full", text=house().printed(claims_of(data=full)))
    for disclosure in Disclosure:
        data = data_of(disclosure=disclosure)
        yield Case(name=f"disclosure {disclosure}", text=house().printed(claims_of(data=data)))
    for label, name in {
        "astral": "王𬭎䶮㛃",
        "long": "阿卜杜热合曼·麦麦提阿卜杜拉·吐尔逊古丽·买买提艾力·阿不都克里木·依明江·热合",
        "fifty astral": "𬭎" * 50,
        "latin": "Renée O’Connor-Łukasz",
        "hangul": "김철수",
        "Tibetan": "བཀྲ་ཤིས་བདེ་ལེགས",
        "Uyghur": "ئابدۇراخمان",
    }.items():
        text = house().printed(claims_of(data=data_of(name=name)))
        yield Case(name=f"name: {label}", text=text)
    yield Case(name="only a number", text=raw(_only_number()))


def _only_number() -> dict[Any, Any]:
    return {**raw_claims(), -70001: {1: SERIAL}}


def _payloads() -> Iterator[Case]:
    yield Case(name="payload: no CBOR", text=raw(b"\xff"))
    yield Case(name="payload: empty", text=raw(b""))
    unsorted = b"\xa2\x04\x00\x01\x00"
    yield Case(name="payload: keys unsorted", text=raw(unsorted))
    yield Case(name="payload: key twice", text=raw(b"\xa2\x01\x00\x01\x00"))
    yield Case(name="payload: key null", text=raw(b"\xa1\xf6\x00"))
    yield Case(name="payload: key true", text=raw(b"\xa1\xf5\x00"))
    changes: dict[str, object] = {
        "an array": [],
        "an empty map": {},
        "a strange claim": {**raw_claims(), 2: "x"},
        "a text for a key": {**raw_claims(), "x": 1},
        "issuer too long": {**raw_claims(), 1: "M" * 17},
        "issuer empty": {**raw_claims(), 1: ""},
        "issuer a number": {**raw_claims(), 1: 7},
        "iat negative": {**raw_claims(), 6: -1},
        "iat a text": {**raw_claims(), 6: "1"},
        "iat true": {**raw_claims(), 6: True},
        "exp in the year 9999": {**raw_claims(), 4: 253_402_300_799},
        "exp beyond 9999": {**raw_claims(), 4: 253_402_300_800},
        "exp of 2^53": {**raw_claims(), 4: 2**53},
        "exp of 2^64": {**raw_claims(), 4: 2**64 - 1},
        "nbf null": {**raw_claims(), 5: None},
        "cti short": {**raw_claims(), 7: b"7 bytes"},
        "cti long": {**raw_claims(), 7: b"nine byte"},
        "cti text": {**raw_claims(), 7: "8 bytes!"},
        "status an array": {**raw_claims(), 65535: [4, 77]},
        "status of three": {**raw_claims(), 65535: {0: [4, 77, 1]}},
        "status with more": {**raw_claims(), 65535: {0: [4, 77], 1: 1}},
        "status negative": {**raw_claims(), 65535: {0: [4, -1]}},
        "status of 2^32": {**raw_claims(), 65535: {0: [4, 2**32]}},
        "status of text": {**raw_claims(), 65535: {0: ["4", 77]}},
        "no data": {k: v for k, v in raw_claims().items() if k != -70001},
        "data empty": {**raw_claims(), -70001: {}},
        "data an array": {**raw_claims(), -70001: [1]},
        "data with a strange key": raw_claims(data={99: 1}),
        "data with a text key": {**raw_claims(), -70001: {1: SERIAL, "name": "x"}},
        "number empty": raw_claims(data={1: ""}),
        "number of 33": raw_claims(data={1: "1" * 33}),
        "name of 51": raw_claims(data={2: "名" * 51}),
        "name of 50": raw_claims(data={2: "名" * 50}),
        "name of 51 astral": raw_claims(data={2: "𬭎" * 51}),
        "name bytes": raw_claims(data={2: b"x"}),
        "sex text": raw_claims(data={3: "1"}),
        "sex 10": raw_claims(data={3: 10}),
        "sex false": raw_claims(data={3: False}),
        "ethnicity 100": raw_claims(data={4: 100}),
        "birth of 1850": raw_claims(data={5: -43829}),
        "birth of 1849": raw_claims(data={5: -43830}),
        "valid to 9999": raw_claims(data={11: 2_932_896}),
        "valid to 10000": raw_claims(data={11: 2_932_897}),
        "age over 18": raw_claims(data={15: 3, 17: 18}),
        "age over 0": raw_claims(data={17: 0}),
        "age over 150": raw_claims(data={17: 150}),
        "age over 151": raw_claims(data={17: 151}),
        "age over true": raw_claims(data={17: True}),
        "disclosure 4": raw_claims(data={15: 4}),
        "disclosure negative": raw_claims(data={15: -1}),
        "photo digest short": raw_claims(data={16: b"x"}),
        "photo empty": raw_claims(data={14: b""}),
        "photo of 801": raw_claims(data={14: bytes(801)}),
        "deep data": {**raw_claims(), -70001: {1: [[[[[[1]]]]]]}},
        "a holder's key in a printed one": raw_claims(holder_key=house().holder.public_key),
    }
    for name, payload in changes.items():
        yield Case(name=f"payload: {name}", text=raw(payload))
    for lifetime in (0, -5, 1):
        yield Case(
            name=f"printed for {lifetime} s", text=house().printed(claims_of(lifetime=lifetime))
        )


def _meanings() -> Iterator[Case]:
    texts: dict[str, dict[int, object]] = {
        "decomposed": {2: "Rene\u0301e"},
        "decomposed Hangul": {2: "\u1112\u1161\u11ab"},
        "compatibility ideograph": {2: "\ufa30"},
        "half-width": {2: "\uff76\uff9e"},
        "bidi override": {2: "陈\u202e一鸣"},
        "bidi isolate": {2: "陈\u2066一鸣"},
        "zero width": {2: "陈\u200b一鸣"},
        "joiner": {2: "陈\u200d一鸣"},
        "soft hyphen": {2: "陈\u00ad一鸣"},
        "byte order mark": {2: "\ufeff陈一鸣"},
        "byte order mark at the end": {2: "陈一鸣\ufeff"},
        "control": {2: "陈\x07一鸣"},
        "line end": {2: "陈一鸣\n"},
        "delete": {2: "陈\x7f一鸣"},
        "next line": {2: "陈一鸣\x85"},
        "unit separator": {2: "\x1f陈一鸣"},
        "line separator": {2: "陈\u2028一鸣"},
        "paragraph separator at the end": {2: "陈一鸣\u2029"},
        "astral tag": {2: "陈\U000e0041一鸣"},
        "private use": {2: "陈\ue000"},
        "not a character": {2: "陈\uffff"},
        "unassigned": {2: "陈\u0378"},
        "variation selector": {2: "葛\U000e0100"},
        "musical format": {2: "陈\U0001d173"},
        "a format of Unicode 15": {2: "陈\U00013439"},
        "Unicode 16, composing": {2: "陈\U000105d2\u0307"},
        "a mark of Unicode 15": {2: "陈\U00010efd\u0301"},
        "Unicode 15, a letter": {2: "陈\u0cf3"},
        "Unicode 14, the last CJK of its plane": {2: "陈\u9fff"},
        "an ideograph of Unicode 15": {2: "陈\U00031350"},
        "an ideograph nobody has assigned": {2: "陈\U0003f000"},
        "a compatibility ideograph's place": {2: "陈\U0002fa1e"},
        "no character of the ideographs' plane": {2: "陈\U0002fffe"},
        "an accent before what is unassigned": {2: "e\u0301\u0378"},
        "blank before": {2: " 陈一鸣"},
        "blank after": {2: "陈一鸣 "},
        "ideographic blank": {2: "\u3000陈一鸣"},
        "no-break blank": {2: "陈一鸣\u00a0"},
        "Ogham blank": {2: "陈一鸣\u1680"},
        "Mongolian vowel separator": {2: "陈\u180e"},
        "blank alone": {2: " "},
        "several": {1: "x\u200b", 2: " e\u0301", 12: "\u202e"},
        "sex 3": {3: 3},
        "sex 9": {3: 9},
        "sex 0": {3: 0},
        "born after issue": {5: 30000},
        "valid before issue": {11: 100},
        "born and valid in order": {5: 100, 10: 200, 11: 200},
        "HTML": {2: "<img src=x onerror=alert(1)>"},
        "a member of objects": {2: "__proto__"},
    }
    for name, data in texts.items():
        yield Case(name=f"meaning: {name}", text=raw(raw_claims(data=data)))


def _photos() -> Iterator[Case]:
    photos = {
        "good": SMALL,
        "largest": webp((96, 120)),
        "lossless": webp(lossless=True),
        "one pixel": webp((1, 1)),
        "too wide": webp((97, 120)),
        "too high": webp((96, 121)),
        "lossless too wide": webp((97, 8), lossless=True),
        "PNG": other("PNG"),
        "animated": animated(),
        "cut": SMALL[:-1],
        "bytes after": SMALL + b"\x00\x00",
        "size of 2^32": SMALL[:4] + b"\xff\xff\xff\xff" + SMALL[8:],
        "chunk of 2^32": SMALL[:16] + b"\xff\xff\xff\xff" + SMALL[20:],
        "no key frame": SMALL[:20] + bytes((SMALL[20] | 1,)) + SMALL[21:],
        "no width": SMALL[:26] + b"\x00\x00" + SMALL[28:],
        "zeros": bytes(100),
        "thirty bytes": SMALL[:30],
        "800 zeros": bytes(800),
    }
    for name, photo in photos.items():
        yield Case(name=f"photo: {name}", text=raw(raw_claims(data={14: photo})))


FAMILIES = (_good, _payloads, _meanings, _photos)
