"""The witness's key: made once, of a purpose of its own, in no trust list."""

import pytest

from certstore.authority import HOUSE_PURPOSES
from certstore.cosignature import read_witness_key
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.keys import Purpose
from certstore.service.key_room import make_witness_key, witness_signer
from certstore.service.witness_files import witness_vkey
from certstore.trust import TrustedKey
from tests.house import house_in
from tests.witnesses import Key

PASSPHRASE = b"a passphrase"


def test_it_is_made_once_and_opened_again(tmp_path):
    with pytest.raises(NotFoundError) as refused:
        witness_signer(tmp_path, PASSPHRASE, make=False)
    assert "keys witness" in refused.value.remedy
    made = make_witness_key(tmp_path, PASSPHRASE)
    assert witness_signer(tmp_path, PASSPHRASE, make=True).kid == made.kid
    with pytest.raises(ConflictError):
        make_witness_key(tmp_path, PASSPHRASE)
    with pytest.raises(MalformedError):
        witness_signer(tmp_path, b"another", make=False)


def test_its_vkey_is_a_witness_s_and_no_log_s(tmp_path):
    line = witness_vkey("witness.example/w", make_witness_key(tmp_path, PASSPHRASE)).line()
    assert read_witness_key(line).name == "witness.example/w"
    with pytest.raises(MalformedError):
        read_witness_key(Key("witness.example/w").vkey)


def test_it_is_no_key_of_the_house_and_never_listed(tmp_path):
    assert Purpose.WITNESS not in HOUSE_PURPOSES
    house = house_in(tmp_path)
    key = next(iter(house.trust.keys.values()))
    entry = {**key.to_json(), "purpose": "witness"}
    with pytest.raises(MalformedError, match="purpose is unknown"):
        TrustedKey.from_json(entry, house.keys.root)
    house.close()
