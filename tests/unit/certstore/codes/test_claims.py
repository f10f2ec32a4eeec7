from dataclasses import fields
from datetime import date

import cbor2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.certificates import StatusEntry
from certstore.codes import strict_cbor
from certstore.codes.claims import TEXTS, CodeClaims, CodeData, Disclosure, issuer_code
from certstore.codes.meaning import faults
from certstore.errors import MalformedError
from certstore.keys import generate
from tests.unit.certstore.codes.sealed_house import USCC, claims_of, data_of, house

days = st.dates(date(1850, 1, 1), date(9999, 12, 31))
texts = st.text(min_size=1, max_size=16)
codes_data = st.builds(
    CodeData,
    number=texts,
    name=st.none() | texts,
    sex=st.none() | st.sampled_from([1, 2]),
    ethnicity=st.none() | st.integers(0, 99),
    birth_date=st.none() | days,
    id_number=st.none() | texts,
    household_address=st.none() | texts,
    residence_address=st.none() | texts,
    type_code=st.none() | texts,
    issued_on=st.none() | days,
    valid_to=st.none() | days,
    authority=st.none() | texts,
    endorsed_on=st.none() | days,
    photo=st.none() | st.binary(min_size=1, max_size=40),
    disclosure=st.none() | st.sampled_from(Disclosure),
    photo_digest=st.none() | st.binary(min_size=16, max_size=16),
)
moments = st.integers(0, 253_402_300_799)
all_claims = st.builds(
    CodeClaims,
    issuer=texts,
    issued_at=moments,
    expires_at=moments,
    status=st.builds(StatusEntry, st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1)),
    data=codes_data,
    not_before=st.none() | moments,
    cti=st.none() | st.binary(min_size=8, max_size=8),
    holder_key=st.sampled_from([None, house().holder.public_key]),
)


@settings(deadline=None)
@given(all_claims)
def test_claims_come_back(claims):
    assert CodeClaims.decode(claims.encode()) == claims


def test_an_independent_reader_finds_every_claim_under_its_key():
    data = data_of(
        ethnicity=1,
        birth_date=date(1970, 1, 2),
        household_address="a",
        residence_address="b",
        authority="c",
        endorsed_on=date(1970, 1, 4),
        photo=b"w",
    )
    claims = claims_of(data=data, not_before=9, holder_key=house().holder.public_key)
    read = cbor2.loads(claims.encode())
    assert sorted(read) == [-70001, 1, 4, 5, 6, 7, 8, 65535]
    assert read[1] == issuer_code(USCC) == "MB0T00015"
    assert read[65535] == {0: [4, 77]}
    assert read[8][1].keys() == {1, -1, -2, -3}
    named = read[-70001]
    assert sorted(named) == list(range(1, 17))
    assert named[5] == 1
    assert named[10] == (date(2026, 11, 22) - date(1970, 1, 1)).days
    assert named[13] == 3
    assert named[15] == 1


GOOD = cbor2.loads(claims_of(holder_key=house().holder.public_key).encode())
CNF = GOOD[8][1]
OTHER = cbor2.loads(claims_of(holder_key=generate("ES256").public_key()).encode())[8][1]


def with_data(**changes):
    data = {**GOOD[-70001], **{int(key[1:]): value for key, value in changes.items()}}
    return {**GOOD, -70001: {key: value for key, value in data.items() if value is not ...}}


HOSTILE = {
    "an array": [],
    "empty": {},
    "iss missing": {key: value for key, value in GOOD.items() if key != 1},
    "exp missing": {key: value for key, value in GOOD.items() if key != 4},
    "iat missing": {key: value for key, value in GOOD.items() if key != 6},
    "status missing": {key: value for key, value in GOOD.items() if key != 65535},
    "data missing": {key: value for key, value in GOOD.items() if key != -70001},
    "unknown claim": {**GOOD, 2: "sub"},
    "unknown text claim": {**GOOD, "iss": "x"},
    "iss too long": {**GOOD, 1: "x" * 17},
    "iss empty": {**GOOD, 1: ""},
    "iss bytes": {**GOOD, 1: b"x"},
    "exp a text": {**GOOD, 4: "1"},
    "exp true": {**GOOD, 4: True},
    "exp negative": {**GOOD, 4: -1},
    "exp beyond the year 9999": {**GOOD, 4: 253_402_300_800},
    "iat null": {**GOOD, 6: None},
    "nbf null": {**GOOD, 5: None},
    "nbf a text": {**GOOD, 5: "1"},
    "cti short": {**GOOD, 7: bytes(7)},
    "cti long": {**GOOD, 7: bytes(9)},
    "cti a text": {**GOOD, 7: "12345678"},
    "cti null": {**GOOD, 7: None},
    "cnf null": {**GOOD, 8: None},
    "cnf a kid": {**GOOD, 8: {3: b"x"}},
    "cnf with more": {**GOOD, 8: {1: CNF, 3: b"x"}},
    "cnf private": {**GOOD, 8: {1: {**CNF, -4: bytes(32)}}},
    "cnf of another curve": {**GOOD, 8: {1: {**CNF, -1: 8}}},
    "cnf of the curve true": {**GOOD, 8: {1: {**CNF, -1: True}}},
    "cnf of another kind": {**GOOD, 8: {1: {**CNF, 1: 1}}},
    "cnf short": {**GOOD, 8: {1: {**CNF, -2: CNF[-2][:31]}}},
    "cnf compressed": {**GOOD, 8: {1: {**CNF, -3: True}}},
    "cnf no point": {**GOOD, 8: {1: {**CNF, -3: OTHER[-3]}}},
    "cnf zero": {**GOOD, 8: {1: {**CNF, -2: bytes(32), -3: bytes(32)}}},
    "status an array": {**GOOD, 65535: [4, 77]},
    "status of three": {**GOOD, 65535: {0: [4, 77, 1]}},
    "status with more": {**GOOD, 65535: {0: [4, 77], 1: 0}},
    "status negative": {**GOOD, 65535: {0: [4, -1]}},
    "status too large": {**GOOD, 65535: {0: [4, 2**32]}},
    "status true": {**GOOD, 65535: {0: [True, 77]}},
    "status text": {**GOOD, 65535: {0: ["4", 77]}},
    "data an array": {**GOOD, -70001: []},
    "data empty": {**GOOD, -70001: {}},
    "data key 0": with_data(_0=1),
    "data key 18": with_data(_18=1),
    "age 0": with_data(_17=0),
    "age 151": with_data(_17=151),
    "age no number": with_data(_17="18"),
    "data text key": {**GOOD, -70001: {**GOOD[-70001], "name": "x"}},
    "number missing": with_data(_1=...),
    "number empty": with_data(_1=""),
    "number too long": with_data(_1="x" * 33),
    "number a number": with_data(_1=5),
    "name too long": with_data(_2="x" * 51),
    "name null": with_data(_2=None),
    "sex a text": with_data(_3="男"),
    "sex too large": with_data(_3=10),
    "sex true": with_data(_3=True),
    "ethnicity too large": with_data(_4=100),
    "birth a text": with_data(_5="1970-01-01"),
    "birth before 1850": with_data(_5=-43830),
    "birth beyond 9999": with_data(_5=2932897),
    "birth true": with_data(_5=True),
    "address too long": with_data(_8="x" * 121),
    "photo a text": with_data(_14="x"),
    "photo empty": with_data(_14=b""),
    "photo too large": with_data(_14=bytes(801)),
    "disclosure 4": with_data(_15=4),
    "disclosure true": with_data(_15=True),
    "photo digest short": with_data(_16=bytes(15)),
    "photo digest long": with_data(_16=bytes(32)),
}


@pytest.mark.parametrize("payload", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_payload_of_another_form_is_refused(payload):
    with pytest.raises(MalformedError) as refusal:
        CodeClaims.decode(strict_cbor.encode(payload))
    assert refusal.value.facts["cause"] == "payload"


def test_what_could_not_be_read_is_never_written():
    for claims in (
        claims_of(cti=b"short"),
        claims_of(issuer="x" * 17),
        claims_of(data=data_of(name="x" * 51)),
        claims_of(data=data_of(photo=bytes(801))),
        claims_of(status=StatusEntry(-1, 0)),
    ):
        with pytest.raises(MalformedError):
            claims.encode()


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({}, ()),
        ({"sex": None, "issued_on": None, "valid_to": None}, ()),
        ({"name": "𬭎䶮㛃"}, ()),
        ({"name": "买买提·吐尔逊"}, ()),
        ({"name": "e\u0301"}, ("TEXT_NOT_NFC",)),
        ({"name": "\uf900"}, ("TEXT_NOT_NFC",)),
        ({"name": "陈\u202e一鸣"}, ("TEXT_UNSHOWABLE",)),
        ({"name": "陈\u2066一鸣"}, ("TEXT_UNSHOWABLE",)),
        ({"name": "陈\u200b一鸣"}, ("TEXT_UNSHOWABLE",)),
        ({"name": "陈\n一鸣"}, ("TEXT_UNSHOWABLE",)),
        ({"name": "陈\x00"}, ("TEXT_UNSHOWABLE",)),
        ({"name": "陈\u2028鸣"}, ("TEXT_UNSHOWABLE",)),
        ({"name": " 陈一鸣"}, ("TEXT_BLANK_EDGE",)),
        ({"name": "\u3000"}, ("TEXT_BLANK_EDGE",)),
        ({"number": "SF1\u202e"}, ("TEXT_UNSHOWABLE",)),
        ({"authority": "a\u0301"}, ("TEXT_NOT_NFC",)),
        ({"sex": 3}, ("SEX_UNKNOWN",)),
        ({"valid_to": date(2026, 11, 21)}, ("DATES_OUT_OF_ORDER",)),
        ({"birth_date": date(2026, 11, 23)}, ("DATES_OUT_OF_ORDER",)),
        ({"name": "\u202e", "sex": 5}, ("TEXT_UNSHOWABLE", "SEX_UNKNOWN")),
    ],
)
def test_meaning_is_judged_with_every_reason(changes, reasons):
    assert faults(data_of(**changes)) == reasons


def test_every_text_of_the_data_is_looked_at_for_its_meaning():
    texts = {f.name for f in fields(CodeData) if f.type in (str, str | None)}
    assert set(TEXTS) == texts
