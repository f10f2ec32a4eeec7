"""Every way a line of a batch can be wrong has its code, and names the place."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore import batch_records
from certstore.batch_fields import FaultCode, LineRefusal
from certstore.batch_records import parse_record
from certstore.batches import Record
from tests.unit.certstore.signed_batches import citizen, person, photo_file, photo_record, record


def read(value: Any) -> Record | LineRefusal:
    return parse_record(json.dumps(value).encode(), number=7)


def refusal(value: Any) -> LineRefusal:
    found = read(value)
    assert isinstance(found, LineRefusal), "the line was taken"
    assert found.line == 7
    return found


BAD = [
    (record(surprise=1), "UNKNOWN_FIELD", "surprise"),
    (record(source_time=...), "MISSING_FIELD", "source_time"),
    (record(version=0), "WRONG_TYPE", "version"),
    (record(version=True), "WRONG_TYPE", "version"),
    (record(version="1"), "WRONG_TYPE", "version"),
    (record(record_id="../1"), "BAD_TEXT", "record_id"),
    (record(type="driving_licence"), "UNKNOWN_WORD", "type"),
    (record(type=["lease_filing"]), "UNKNOWN_WORD", "type"),
    (record(status="lost"), "UNKNOWN_WORD", "status"),
    (record(holders=[]), "WRONG_TYPE", "holders"),
    (record(holders=[person()] * 21), "WRONG_TYPE", "holders"),
    (record(holders=["陈一鸣"]), "WRONG_TYPE", "holders[0]"),
    (record(holders=[person(sex="male")]), "UNKNOWN_FIELD", "holders[0].sex"),
    (record(holders=[person(name=" ")]), "BAD_TEXT", "holders[0].name"),
    (record(holders=[person(name="陈\u200b一鸣")]), "BAD_TEXT", "holders[0].name"),
    (record(holders=[person(name="陈\ue000")]), "BAD_TEXT", "holders[0].name"),
    (record(holders=[person(id_type="1")]), "UNKNOWN_WORD", "holders[0].id_type"),
    (record(holders=[person(id_number=citizen()[:-1] + "0")]), "BAD_ID_NUMBER", "id_number"),
    (record(holders=[person(id_number="340199980314011")]), "BAD_ID_NUMBER", "id_number"),
    (record(holders=[person(id_number=citizen("34019920270101011"))]), "BAD_ID_NUMBER", "future"),
    (record(holders=[person(id_type="414", id_number="!")]), "BAD_ID_NUMBER", "id_number"),
    (record(holders=[person(id_type="001")]), "BAD_CREDIT_CODE", "id_number"),
    (record(issuer_uscc="11310000MB0T00023Q"), "BAD_CREDIT_CODE", "issuer_uscc"),
    (record(number="x" * 101), "BAD_TEXT", "number"),
    (record(number=None), "WRONG_TYPE", "number"),
    (record(issued_on="2026-02-30"), "BAD_DATE", "issued_on"),
    (record(issued_on="20260301"), "BAD_DATE", "issued_on"),
    (record(valid_from=None), "BAD_DATE", "valid_from"),
    (record(valid_to=...), "MISSING_FIELD", "valid_to"),
    (record(valid_to="2026-03-04"), "DATES_OUT_OF_ORDER", "valid_to"),
    (record(issued_on="2026-03-02"), "DATES_OUT_OF_ORDER", "issued_on"),
    (record(source_time="2026-03-01T21:30:00"), "BAD_DATE", "source_time"),
    (record(source_time=1), "BAD_DATE", "source_time"),
    (record(under_dispute=0), "WRONG_TYPE", "under_dispute"),
    (record(claims=[]), "WRONG_TYPE", "claims"),
    (record(claims={}), "MISSING_FIELD", "claims.address"),
    (record(claims={"address": "长乐路", "adress": "x"}), "UNKNOWN_FIELD", "claims.adress"),
    (record(claims={"address": "长" * 301}), "BAD_TEXT", "claims.address"),
    (record(claims={"address": "路", "area_m2": -1}), "WRONG_TYPE", "claims.area_m2"),
    (record(claims={"address": "路", "lessors": [{"name": "王"}]}), "MISSING_FIELD", "lessors[0]"),
    (photo_record(), "BAD_FILE", "files"),
    (photo_record(photo_file(), photo_file()), "BAD_FILE", "files"),
    (photo_record(photo_file(media_type="image/gif")), "UNKNOWN_WORD", "media_type"),
    (photo_record(photo_file(sha256="A" * 64)), "BAD_DIGEST", "sha256"),
    (photo_record(photo_file(sha256="a" * 64)), "BAD_DIGEST", "sha256"),
    (photo_record(photo_file(base64="not base64!")), "BAD_FILE", "base64"),
    (photo_record(photo_file(b"")), "BAD_FILE", "base64"),
    (photo_record(photo_file(path="photos/a.jpg")), "UNKNOWN_FIELD", "base64"),
]


@pytest.mark.parametrize(("line", "code", "place"), BAD, ids=[f"{c}-{p}" for _, c, p in BAD])
def test_a_wrong_member_is_refused_with_its_code_and_place(
    line: dict[str, Any], code: str, place: str
) -> None:
    found = refusal(line)
    assert code in found.detail or code == found.code
    assert place in found.detail


@pytest.mark.parametrize(
    "path",
    ["../a.jpg", "photos/../../a.jpg", "/etc/passwd", "photos\\a.jpg", "C:a.jpg", "a/./b.jpg",
     ".a.jpg", "photos//a.jpg", "photos/", "a\n.jpg", "http://x/a.jpg", "x/" * 9 + "a.jpg"],
)  # fmt: skip
def test_a_path_never_leaves_the_folder_of_its_batch(path: str) -> None:
    by_path = photo_file(path=path)
    del by_path["base64"]
    assert refusal(photo_record(by_path)).code == (
        FaultCode.BAD_TEXT if "\n" in path else FaultCode.UNSAFE_PATH
    )


def test_a_plain_relative_path_is_taken() -> None:
    by_path = photo_file(path="photos/zp000001-1.jpg")
    del by_path["base64"]
    found = read(photo_record(by_path))
    assert isinstance(found, Record)
    assert (found.files[0].path, found.files[0].content) == ("photos/zp000001-1.jpg", None)


def test_a_file_inside_its_line_is_decoded() -> None:
    found = read(photo_record(photo_file(b"\xff\xd8\xff bytes")))
    assert isinstance(found, Record)
    assert found.files[0].content == b"\xff\xd8\xff bytes"


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (b"  ", FaultCode.BLANK_LINE),
        (b"[]", FaultCode.NOT_JSON),
        (b'{"version": NaN}', FaultCode.NOT_JSON),
        (b'{"version": 1', FaultCode.NOT_JSON),
        (b"\xff\xfe{}", FaultCode.NOT_JSON),
        (b'{"a": 1, "a": 1}', FaultCode.DUPLICATE_MEMBER),
        (b'{"claims": {"a": 1, "a": 1}}', FaultCode.DUPLICATE_MEMBER),
        (b'{"claims": ' + b"[" * 9 + b"]" * 9 + b"}", FaultCode.NOT_JSON),
        (b'"' + b"x" * batch_records.MAX_LINE_BYTES + b'"', FaultCode.LINE_TOO_LONG),
    ],
)
def test_what_is_no_plain_json_object_is_refused(line: bytes, code: FaultCode) -> None:
    found = parse_record(line)
    assert isinstance(found, LineRefusal)
    assert found.code == code


def test_every_fault_of_a_line_is_told_at_once() -> None:
    found = refusal(record(number="", valid_to="2020-01-01", surprise=1))
    for place in ("number", "valid_to", "surprise"):
        assert place in found.detail


def test_a_strange_members_name_is_not_repeated() -> None:
    assert "陈一鸣" not in refusal({**record(), "陈一鸣": 1}).detail


def test_each_person_a_record_claims_is_checked_too() -> None:
    parents = [person(id_number=citizen()[:-1] + "0")]
    found = refusal(record(type="birth_certificate", claims={"parents": parents}))
    assert found.code == FaultCode.BAD_ID_NUMBER
    assert "claims.parents[0].id_number" in found.detail


def test_claims_are_kept_as_plain_values() -> None:
    claims = {"consecutive_months": 14, "paid_through": "2026-02", "employer": "示范市海港医院"}
    found = read(record(type="social_insurance", claims=claims))
    assert isinstance(found, Record)
    assert found.claims == claims
    bad = record(type="social_insurance", claims={**claims, "paid_through": "2026-13"})
    assert refusal(bad).code == FaultCode.BAD_DATE


def test_a_photo_is_not_taken_after_its_issue() -> None:
    late = {**photo_record(photo_file()), "claims": {"taken_on": "2026-03-02"}}
    assert refusal(late).code == FaultCode.DATES_OUT_OF_ORDER


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
        max_leaves=8,
    ),
    st.sampled_from(sorted(record())),
)
def test_any_value_in_any_member_is_an_answer_and_never_an_error(value: Any, name: str) -> None:
    assert isinstance(read({**record(), name: value}), (Record, LineRefusal))


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_and_never_an_error(line: bytes) -> None:
    assert isinstance(parse_record(line), LineRefusal)
