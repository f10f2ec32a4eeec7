"""A batch is its source's or it is nothing; a bad line is refused by itself."""

import json
from datetime import date

import pytest

from certstore import batches, keys
from certstore.batches import FaultCode, RecordStatus, read_batch, sign_batch
from certstore.certificates import Holder
from certstore.errors import MalformedError, TooLargeError
from certstore.keys import KeySigner, Purpose
from certstore.tokens import sign_detached
from certstore.trust import KeyState
from tests.unit.certstore.signed_batches import HOUSING, POLICE, Source, as_lines, person, record

SOURCE = Source()


def cause(jsonl: bytes, jws: str, source: Source = SOURCE) -> object:
    with pytest.raises(MalformedError) as caught:
        read_batch(jsonl, jws, find_key=source.find)
    return caught.value.facts["cause"]


def test_a_sound_record_is_read_as_values() -> None:
    reading = SOURCE.hand_in(record())
    assert (reading.source_uscc, reading.source_kid) == (HOUSING, SOURCE.signer.kid)
    assert not reading.refusals
    (lease,) = reading.records
    assert (lease.line, lease.record_id, lease.version) == (1, "housing.BA000001", 1)
    assert lease.holders == (Holder(**person()),)
    assert (lease.valid_from, lease.valid_to) == (date(2026, 3, 5), date(2031, 3, 4))
    assert lease.status is RecordStatus.VALID
    assert lease.claims == {"address": "示范市海港区长乐路88弄6号502室"}
    assert lease.source_time.utcoffset() is not None


def test_bad_lines_are_listed_with_their_numbers_and_the_good_ones_kept() -> None:
    reading = SOURCE.hand_in(
        record(),
        b"{not json",
        record(record_id="b", holders=[person(id_number="340199199803140110")]),
        b"",
        record(record_id="c"),
        record(record_id="c"),
        record(record_id="d", issuer_uscc=POLICE),
    )
    assert [r.record_id for r in reading.records] == ["housing.BA000001", "c"]
    assert [(r.line, r.code) for r in reading.refusals] == [
        (2, FaultCode.NOT_JSON),
        (3, FaultCode.BAD_ID_NUMBER),
        (4, FaultCode.BLANK_LINE),
        (6, FaultCode.DUPLICATE_RECORD),
        (7, FaultCode.ISSUER_NOT_SOURCE),
    ]
    assert "line 5" in reading.refusals[3].detail


def test_a_later_version_of_a_record_is_no_duplicate() -> None:
    later = record(version=2, status="withdrawn")
    reading = SOURCE.hand_in(record(), later)
    assert [(r.version, r.status) for r in reading.records] == [(1, "valid"), (2, "withdrawn")]


def test_a_refused_line_does_not_stand_in_the_way_of_its_correction() -> None:
    reading = SOURCE.hand_in(record(number=""), record())
    assert [r.line for r in reading.records] == [2]


def test_a_record_keeps_its_type_from_version_to_version() -> None:
    reading = SOURCE.hand_in(record(), record(version=2, type="lease_contract"))
    assert [r.code for r in reading.refusals] == [FaultCode.TYPE_CHANGED]


def test_a_source_hands_in_only_the_types_it_may() -> None:
    jsonl = as_lines([record(), record(record_id="b", type="lease_contract")])
    reading = read_batch(
        jsonl,
        sign_batch(jsonl, SOURCE.signer),
        find_key=SOURCE.find,
        may_hand_in=lambda uscc, word: (uscc, word) == (HOUSING, "lease_filing"),
    )
    assert [r.line for r in reading.records] == [1]
    assert [r.code for r in reading.refusals] == [FaultCode.TYPE_NOT_ALLOWED]


def test_no_refusal_says_anything_about_the_person() -> None:
    wrong = record(holders=[person(id_number="340199199803140110", name="张三\u202e丰")])
    text = repr(SOURCE.hand_in(wrong).refusals)
    assert "3401991998" not in text
    assert "张三" not in text


def test_a_changed_byte_refuses_the_whole_batch() -> None:
    jsonl = as_lines([record()])
    jws = sign_batch(jsonl, SOURCE.signer)
    assert cause(jsonl.replace(b"502", b"503"), jws) == "signature"


def test_another_keys_signature_is_not_the_sources() -> None:
    jsonl = as_lines([record()])
    stranger = Source()
    assert cause(jsonl, sign_batch(jsonl, stranger.signer)) == "unknown-key"
    head = sign_batch(jsonl, SOURCE.signer).partition("..")[0]
    forged = f"{head}..{sign_batch(jsonl, stranger.signer).partition('..')[2]}"
    assert cause(jsonl, forged) == "signature"


def test_a_key_of_another_purpose_and_a_revoked_key_speak_for_no_batch() -> None:
    jsonl = as_lines([record()])
    jws = sign_batch(jsonl, SOURCE.signer)
    for_status = Source(purpose=Purpose.STATUS, signer=SOURCE.signer)
    assert cause(jsonl, jws, for_status) == "not-a-source"
    revoked = Source(state=KeyState.REVOKED, signer=SOURCE.signer)
    assert cause(jsonl, jws, revoked) == "revoked-key"
    with pytest.raises(MalformedError):
        sign_batch(jsonl, KeySigner(Purpose.STATUS, keys.generate("ES256")))


def test_a_detached_signature_of_another_kind_is_refused() -> None:
    jsonl = as_lines([record()])
    assert cause(jsonl, sign_detached(jsonl, SOURCE.signer, "receipt+jws")) == "typ"
    header, _, signature = sign_batch(jsonl, SOURCE.signer).split(".")
    assert cause(jsonl, f"{header}.e30.{signature}") == "parts"
    assert cause(jsonl, "no signature") == "parts"


def test_a_batch_is_bounded_in_bytes_and_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    jsonl = as_lines([record()])
    jws = sign_batch(jsonl, SOURCE.signer)
    with monkeypatch.context() as patch:
        patch.setattr(batches, "MAX_BATCH_BYTES", len(jsonl) - 1)
        with pytest.raises(TooLargeError):
            read_batch(jsonl, jws, find_key=SOURCE.find)
    monkeypatch.setattr(batches, "MAX_LINES", 1)
    assert len(read_batch(jsonl, jws, find_key=SOURCE.find).records) == 1
    with pytest.raises(TooLargeError):
        SOURCE.hand_in(record(), record(record_id="b"))


def test_a_last_line_without_an_end_is_read_too() -> None:
    jsonl = json.dumps(record()).encode()
    reading = read_batch(jsonl, sign_batch(jsonl, SOURCE.signer) + "\n", find_key=SOURCE.find)
    assert len(reading.records) == 1
