"""What a leaf says, and what two leaves about one person have in common: nothing."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.errors import MalformedError
from certstore.leaves import (
    Leaf,
    payload_commitment,
    subject_commitment,
    subject_key,
    whole_minute,
)

KEY = bytes(range(32))
NUMBER = "340199199804060284"
AT = "2026-11-25T02:00:41.250000+00:00"
RECORD = {"kind": "pull", "at": AT, "fields": ["name"]}
SALT = b"s" * 16
salts = st.binary(min_size=16, max_size=16)


def leaf(version=2, record=RECORD, salt=SALT, key=KEY, number=NUMBER, **changes):
    said = {
        "v": version,
        "log": "tests.example/ledger",
        "kind": "pull",
        "at": AT if version == 1 else "2026-11-25T02:00:00+00:00",
        "client": "c",
        "agency": "a",
        "purpose": "p",
        "subject_commitment": subject_commitment(subject_key(version, key, salt), number),
        "payload_commitment": payload_commitment(salt, record),
    } | changes
    return Leaf(**said)


@given(salts, salts)
def test_leaves_with_different_salts_have_different_commitments(first, second):
    a, b = leaf(salt=first), leaf(salt=second)
    same = first == second
    assert (a.subject_commitment == b.subject_commitment) is same
    assert (a.payload_commitment == b.payload_commitment) is same


@given(salts, st.binary(min_size=32, max_size=32), st.text("0123456789X", min_size=6, max_size=18))
def test_a_leaf_is_about_the_person_it_was_made_for_and_nobody_else(salt, key, number):
    made = leaf(salt=salt, key=key, number=number)
    shown = subject_key(2, key, salt)
    assert made.concerns(number, shown)
    assert not made.concerns(number + "1", shown)
    assert not made.concerns(number, subject_key(2, bytes(32 - 1) + b"\x01", salt))
    assert not made.concerns("", shown)


def test_the_key_shown_with_a_leaf_is_not_the_persons():
    assert subject_key(1, KEY, SALT) == KEY
    assert subject_key(2, KEY, SALT) != KEY
    assert subject_key(2, KEY, SALT) != subject_key(2, KEY, b"t" * 16)


@pytest.mark.parametrize("version", [1, 2])
def test_a_leaf_fits_its_record_alone(version):
    made = leaf(version)
    assert made.fits(RECORD, SALT)
    assert not made.fits({**RECORD, "fields": []}, SALT)
    assert not made.fits(RECORD, b"t" * 16)


@pytest.mark.parametrize(
    "record",
    [
        {**RECORD, "kind": "look"},
        {**RECORD, "at": "2026-11-25T02:01:00+00:00"},
        {**RECORD, "at": "2026-11-25T02:00:41"},  # of no zone: nobody knows when
        {**RECORD, "at": "yesterday"},
        {**RECORD, "at": 5},
        {"kind": "pull"},
    ],
)
def test_a_leaf_that_commits_to_a_record_of_another_kind_or_time_does_not_fit(record):
    assert not leaf(record=record).fits(record, SALT)


def test_a_leaf_of_the_first_version_about_nobody_says_so():
    nobody = leaf(1, subject_commitment="")
    assert nobody.concerns("", b"")
    assert not nobody.concerns(NUMBER, KEY)
    assert not leaf(1).concerns("", b"")


def test_a_leafs_time_is_the_minute_in_utc():
    at = datetime(2026, 11, 25, 10, 0, 59, 999_999, tzinfo=timezone(timedelta(hours=8)))
    assert whole_minute(at) == "2026-11-25T02:00:00+00:00"
    assert whole_minute(at.astimezone(UTC)) == whole_minute(at)


@pytest.mark.parametrize("version", [1, 2])
def test_a_leaf_is_read_as_it_was_written(version):
    assert Leaf.parse(leaf(version).written()) == leaf(version)


SAID = json.loads(leaf().written())


@pytest.mark.parametrize(
    "spoiled",
    [
        b"",
        b"[]",
        b"\xff",
        json.dumps(SAID | {"v": 3}).encode(),
        json.dumps(SAID | {"v": 0}).encode(),
        json.dumps(SAID | {"v": True}).encode(),
        json.dumps(SAID | {"v": 2.0}).encode(),
        json.dumps(SAID | {"v": "2"}).encode(),
        json.dumps(SAID | {"v": [2]}).encode(),
        json.dumps(SAID | {"more": ""}).encode(),
        json.dumps(SAID | {"client": None}).encode(),
        json.dumps({name: value for name, value in SAID.items() if name != "at"}).encode(),
        json.dumps(SAID | {"client": "c" * 5000}).encode(),
    ],
)
def test_what_is_no_leaf_is_refused(spoiled):
    with pytest.raises(MalformedError):
        Leaf.parse(spoiled)
