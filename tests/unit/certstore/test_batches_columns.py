"""A row under the column names of GB/T 36903 says the same as a record under ours."""

import json
from typing import Any

import pytest

from certstore.batch_fields import FaultCode, LineRefusal
from certstore.batch_records import parse_record
from certstore.batches import Record
from tests.unit.certstore.signed_batches import HOUSING, citizen, person, row


def read(value: Any) -> Record | LineRefusal:
    return parse_record(json.dumps(value).encode())


def taken(value: Any) -> Record:
    found = read(value)
    assert isinstance(found, Record), found
    return found


def refused(value: Any) -> LineRefusal:
    found = read(value)
    assert isinstance(found, LineRefusal)
    return found


def test_a_row_becomes_a_record() -> None:
    lease = taken(row())
    assert (lease.type, lease.number, lease.issuer_uscc) == (
        "lease_filing",
        "BA0000022026",
        HOUSING,
    )
    assert [(h.name, h.id_type, h.id_number) for h in lease.holders] == [
        ("陈一鸣", "111", citizen())
    ]
    assert (f"{lease.issued_on}", f"{lease.valid_from}", f"{lease.valid_to}") == (
        "2026-03-01", "2026-03-05", "2031-03-04",
    )  # fmt: skip
    assert lease.claims == {"address": "示范市海港区长乐路88弄6号502室"}


@pytest.mark.parametrize("word", ["长期", "99991231"])
def test_what_is_good_for_ever_has_no_end(word: str) -> None:
    assert taken(row(ZZYXQJZRQ=word)).valid_to is None


def test_the_type_code_or_the_title_alone_names_the_type() -> None:
    assert taken(row(ZZMC=...)).type == "lease_filing"
    assert taken(row(ZZLXDM=...)).type == "lease_filing"
    assert taken(row(ZZMC="some other title")).type == "lease_filing"
    assert refused(row(ZZMC="some other title", ZZLXDM=...)).code == FaultCode.UNKNOWN_WORD


@pytest.mark.parametrize(
    ("code", "word", "claims"),
    [
        (
            "11310000MB0T0004XAT01",
            "social_insurance",
            {"KZ_LXJFYS": 14, "KZ_JFZ": "2026-02", "KZ_YRDW": "示范市海港医院"},
        ),
        ("11310000MB0T00058AT01", "enrolment", {"KZ_XXMC": "示范市望江中学", "KZ_XD": "高中"}),
    ],
)
def test_extension_columns_become_claims(code: str, word: str, claims: dict[str, Any]) -> None:
    assert taken(row(ZZMC=..., ZZLXDM=code, KZ_ZL=..., **claims)).type == word


def test_joined_holders_are_taken_apart() -> None:
    other = citizen("34019919990101022")
    joined = row(CZZT="陈一鸣^王䶮", CZZTDM=f"{citizen()}^{other}")
    assert [h.id_number for h in taken(joined).holders] == [citizen(), other]
    assert refused(row(CZZT="陈一鸣^王䶮")).code == FaultCode.WRONG_TYPE


@pytest.mark.parametrize(
    "twice",
    [
        {"number": "BA0000022026"},
        {"holders": [person()]},
        {"claims": {"address": "示范市海港区长乐路88弄6号502室"}},
        {"ZZMC": "不动产权证书"},
        {"KZ_BDCQZH": "another number"},
    ],
)
def test_what_is_said_twice_is_refused(twice: dict[str, Any]) -> None:
    assert FaultCode.COLUMN_TWICE in f"{refused(row(**twice))}"


def test_a_repeated_number_that_agrees_is_no_contradiction() -> None:
    assert taken(row(KZ_BDCQZH="BA0000022026")).number == "BA0000022026"


def test_an_unknown_column_is_refused_by_name() -> None:
    found = refused(row(KZ_UNHEARD="x"))
    assert found.code == FaultCode.UNKNOWN_FIELD
    assert "KZ_UNHEARD" in found.detail


def test_a_row_is_checked_as_strictly_as_a_record() -> None:
    assert refused(row(CZZTDM=citizen()[:-1] + "0")).code == FaultCode.BAD_ID_NUMBER
    assert refused(row(ZZBFRQ="20260230")).code == FaultCode.BAD_DATE
    assert refused(row(CZZT=5)).code == FaultCode.WRONG_TYPE
