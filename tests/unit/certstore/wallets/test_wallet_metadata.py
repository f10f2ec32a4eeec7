"""What wallets read first; the bytes of type metadata, which credentials hold the digests of."""

from datetime import UTC, datetime, timedelta

import pytest

from certstore.catalogue import certificate_type
from certstore.chance import random_bytes
from certstore.clock import MovedClock
from certstore.keys import StorageKey
from certstore.safekeeping import Safe
from certstore.wallets.kinds import wallet_kinds
from certstore.wallets.metadata import wants_signed
from certstore.wallets.nonces import NonceMint
from certstore.wallets.type_metadata import integrity

ORIGIN = "https://certstore.example"
# A credential in a wallet holds its type's digest for as long as it lives. Where a type must say
# something else, it gets another vct; these lines are never edited, only added to.
DIGESTS = {
    "dormitory_certificate": "sha256-7vr9U28I1khbPhhW7Satsan8hnU/vnlZj2yfI/TNEbo=",
    "no_criminal_record": "sha256-plQzfq6A2lRoyfDejyXx4qOzHIl/iVlTa8BbZV7tB3c=",
    "residence_permit": "sha256-tOO26s+JddfiXKCFOcSJhFm4c3IZEHilzjJcG1NH1LQ=",
    "residence_voucher": "sha256-Qn21as49JeXbrIrD0VudZUnLQKovXxJRl0bVnP/Lm+U=",
}


def test_what_a_type_says_of_itself_changes_no_more():
    assert {code: integrity(ORIGIN, code) for code in wallet_kinds()} == DIGESTS


def test_what_has_no_status_list_and_what_is_a_letter_goes_into_no_wallet():
    assert set(wallet_kinds()) == {
        "residence_voucher",
        "residence_permit",
        "no_criminal_record",
        "dormitory_certificate",
    }
    assert certificate_type("lease_filing").code not in wallet_kinds()


@pytest.mark.parametrize(
    ("accept", "signed"),
    [
        ("application/jwt", True),
        ("application/jwt, application/json", True),
        ("application/json;q=0.5, application/jwt", True),
        ("application/jwt;q=0.9, */*;q=0.1", True),
        ("application/json, application/jwt", False),
        ("application/jwt;q=0.5, application/json", False),
        ("application/jwt;q=0", False),
        ("application/jwt;q=often", False),
        ("application/*", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_signed_metadata_is_given_to_whom_prefers_it(accept, signed):
    assert wants_signed(accept) is signed


@pytest.fixture
def clock():
    return MovedClock(datetime(2026, 11, 25, 2, 0, tzinfo=UTC))


@pytest.fixture
def mint(clock):
    keys = {kid: StorageKey(kid, random_bytes(32)) for kid in ("first", "second")}
    return NonceMint(open_safe=lambda: Safe(keys, "second"), clock=clock)


def test_a_nonce_of_ours_is_known_again(mint):
    made = mint.make("c_nonce")
    assert made != mint.make("c_nonce")
    assert mint.read("c_nonce", made) == mint.read("c_nonce", made) is not None


def test_a_nonce_lives_five_minutes(mint, clock):
    made = mint.make("dpop")
    clock.skip(timedelta(minutes=5, seconds=1))
    assert mint.read("dpop", made) is None


def test_a_nonce_of_before_a_storage_key_was_added_still_holds(mint, clock):
    keys = mint.open_safe().keys
    before = NonceMint(open_safe=lambda: Safe(keys, "first"), clock=clock)
    assert mint.read("dpop", before.make("dpop")) is not None


def test_a_nonce_of_another_kind_or_of_strangers_is_none(mint):
    made = mint.make("dpop")
    for text in (None, 7, "", "x", "x" * 300, made[:-1], made + "A", made + "=", "A" * len(made)):
        assert mint.read("dpop", text) is None
    assert mint.read("c_nonce", made) is None
