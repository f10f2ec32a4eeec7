"""Kept enciphered: storage keys in files, data keys wrapped, parts sealed in their place."""

import json
import stat
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.keys import StorageKey, make_storage_key, read_storage_key
from certstore.objects import DigestMismatchError
from certstore.safekeeping import Safe, Wrapped, add_storage_key, open_safe

SECRET = b"a passphrase of these tests"
KEY = StorageKey("0011223344556677", bytes(range(32)))
SAFE = Safe({KEY.kid: KEY}, KEY.kid)


# -- storage keys in files -------------------------------------------------------------------


def test_a_storage_key_is_written_enciphered_for_its_owner_alone_and_read_back(tmp_path):
    path = tmp_path / "keys" / "storage-001.key.json"
    made = make_storage_key(path, SECRET)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    read = read_storage_key(path, SECRET)
    assert read == made
    assert made._key not in path.read_bytes()
    assert made._key.hex() not in path.read_text()
    assert made._key.hex() not in repr(made)


def test_a_storage_key_is_never_overwritten(tmp_path):
    path = tmp_path / "storage-001.key.json"
    make_storage_key(path, SECRET)
    before = path.read_bytes()
    with pytest.raises(ConflictError):
        make_storage_key(path, SECRET)
    assert path.read_bytes() == before


def test_a_wrong_passphrase_opens_nothing(tmp_path):
    path = tmp_path / "storage-001.key.json"
    make_storage_key(path, SECRET)
    with pytest.raises(MalformedError, match="cannot be opened"):
        read_storage_key(path, b"another")


@pytest.mark.parametrize(
    "change",
    [
        lambda kept: kept | {"kid": "0" * 16},
        lambda kept: kept | {"salt": "00" * 16},
        lambda kept: kept | {"key": "00" * 48},
        lambda kept: kept | {"nonce": "zz"},
        lambda kept: {},
        lambda kept: [],
    ],
)
def test_a_changed_file_opens_nothing(tmp_path, change):
    path = tmp_path / "storage-001.key.json"
    make_storage_key(path, SECRET)
    path.write_text(json.dumps(change(json.loads(path.read_text()))))
    with pytest.raises(MalformedError):
        read_storage_key(path, SECRET)


def test_the_newest_key_wraps_and_every_key_opens(tmp_path):
    first = open_safe(tmp_path, SECRET, make=True)
    key, wrapped = first.new_key("a thing")
    sealed = key.seal(b"a part", "a thing/1")
    added = add_storage_key(tmp_path, SECRET)
    safe = open_safe(tmp_path, SECRET, make=True)
    assert (safe.newest, len(safe.keys)) == (added.kid, 2)
    assert safe.open_key(wrapped, "a thing").open(sealed, "a thing/1") == b"a part"
    assert safe.new_key("other")[1].key_id == added.kid
    assert sorted(p.name for p in tmp_path.iterdir()) == [
        "storage-001.key.json", "storage-002.key.json",
    ]  # fmt: skip


def test_a_production_folder_gets_no_key_by_itself(tmp_path):
    with pytest.raises(NotFoundError, match="no storage key"):
        open_safe(tmp_path, SECRET, make=False)
    assert list(tmp_path.iterdir()) == []


# -- wrapped and sealed ----------------------------------------------------------------------


@given(st.binary(max_size=300), st.text(max_size=20))
def test_what_was_sealed_is_opened_in_its_place(part, context):
    key, wrapped = SAFE.new_key(context)
    sealed = key.seal(part, context)
    assert SAFE.open_key(wrapped, context).open(sealed, context) == part
    assert SAFE.wrap_anew(wrapped, context) != wrapped
    assert SAFE.open_key(SAFE.wrap_anew(wrapped, context), context).open(sealed, context) == part


@given(st.binary(min_size=1, max_size=60), st.data())
def test_no_changed_byte_goes_unnoticed(part, data):
    key, _ = SAFE.new_key("here")
    sealed = bytearray(key.seal(part, "here"))
    sealed[data.draw(st.integers(0, len(sealed) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DigestMismatchError):
        key.open(bytes(sealed), "here")


def test_nothing_opens_in_another_place():
    key, wrapped = SAFE.new_key("here")
    with pytest.raises(DigestMismatchError):
        key.open(key.seal(b"x", "here"), "there")
    with pytest.raises(MalformedError):
        SAFE.open_key(wrapped, "there")
    with pytest.raises(NotFoundError):
        SAFE.open_key(replace(wrapped, key_id="0" * 16), "here")
    for sealed in (b"", b"short", wrapped.sealed[:-1]):
        with pytest.raises(MalformedError):
            SAFE.open_key(Wrapped(KEY.kid, sealed), "here")


def test_the_same_part_sealed_twice_looks_different_each_time():
    key, wrapped = SAFE.new_key("here")
    assert key.seal(b"x" * 99, "here") != key.seal(b"x" * 99, "here")
    assert SAFE.new_key("here")[1] != wrapped
    assert b"x" * 9 not in key.seal(b"x" * 99, "here")
