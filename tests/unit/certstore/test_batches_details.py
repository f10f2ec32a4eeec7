"""What a refusal of a line says, where the code alone would not tell two faults apart."""

import json

import pytest

from certstore.batches import FaultCode, LineRefusal, parse_record
from tests.unit.certstore.signed_batches import citizen, photo_record, row


def refusal(members: dict[str, object]) -> LineRefusal:
    found = parse_record(json.dumps(members).encode(), number=7)
    assert isinstance(found, LineRefusal)
    assert found.line == 7
    return found


@pytest.mark.parametrize("digest", ["", "ab" * 31, "AB" * 32, "zz" * 32])
def test_a_file_elsewhere_needs_a_whole_digest(digest: str) -> None:
    file = {"media_type": "image/jpeg", "sha256": digest, "path": "photos/a.jpg"}
    found = refusal(photo_record(file))
    assert FaultCode.BAD_DIGEST in (found.code, *found.detail.replace("]", "[").split("["))


def test_a_digest_in_capitals_is_the_only_fault() -> None:
    file = {"media_type": "image/jpeg", "sha256": "AB" * 32, "path": "photos/a.jpg"}
    found = refusal(photo_record(file))
    assert found.code == FaultCode.BAD_DIGEST
    assert found.detail == "files[0].sha256: is not 64 small hexadecimal digits"


def test_joined_holders_that_do_not_pair_up_are_told_so() -> None:
    found = refusal(row(CZZT="陈一鸣^林晓禾", CZZTDM=citizen()))
    assert found.code == FaultCode.WRONG_TYPE
    assert "do not pair up" in found.detail


def test_a_holders_column_that_is_no_text_is_told_so() -> None:
    found = refusal(row(CZZT=["陈一鸣"]))
    assert found.code == FaultCode.WRONG_TYPE
    assert "a holder's column is not a text" in found.detail


def test_all_faults_of_a_line_are_named_and_the_first_gives_the_code() -> None:
    members = row(ZZBFRQ="2026-02-30", CZZTDM="340199199803140110", status="fine", KZ_QQ="1")
    found = refusal(members)
    assert found.code == FaultCode.UNKNOWN_FIELD
    for code in (FaultCode.BAD_DATE, FaultCode.BAD_ID_NUMBER, FaultCode.UNKNOWN_WORD):
        assert f"[{code}]" in found.detail


def test_of_very_many_faults_the_first_are_named_and_the_rest_counted() -> None:
    found = refusal({f"strange_{n}": n for n in range(40)})
    assert "more" in found.detail
    assert len(found.detail) < 700
