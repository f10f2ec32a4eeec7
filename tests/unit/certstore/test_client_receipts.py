"""Receipts, proofs and the trust list, judged by what was pinned."""

import json
from datetime import timedelta

import pytest

from certstore.client import UntrustedError, read_root, verify_access_proof, verify_receipt
from certstore.client.answers import Found, LedgerPlace
from certstore.client.receipts import judge_place, open_trust_list
from certstore.clock import unix
from certstore.keys import Purpose
from certstore.signed_note import sign_checkpoint, verifier_key
from certstore.tokens import sign_compact
from certstore.trust import KeyState
from tests.unit.certstore.codes.sealed_house import HOUR, NOW, house, make_house
from tests.unit.certstore.test_ledger_proof import HEAD, PROOF

ISSUER = "https://certs.example"
PLACE = LedgerPlace(7, "ab" * 32)


def receipt(signer=None, typ="receipt+jwt", **changes):
    claims = {
        "iss": ISSUER,
        "iat": unix(NOW),
        "usage": "u" * 20,
        "leaf_index": 7,
        "leaf_hash": "ab" * 32,
        "max_merge_delay_s": 60,
    } | changes
    kept = {name: value for name, value in claims.items() if value is not ...}
    return sign_compact(kept, typ=typ, signer=signer or house().signers[Purpose.RECEIPT])


def judged(answer, trust=None, now=NOW):
    return verify_receipt(answer, trust or house().trust(), issuer=ISSUER, now=now)


def test_a_receipt_that_holds_says_what_was_promised():
    found = judged(Found((), receipt(more=1), PLACE, {}))
    assert (found.ledger, found.max_merge_delay_s, found.usage) == (PLACE, 60, "u" * 20)
    assert (found.issued_at, found.claims["more"]) == (NOW, 1)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (receipt(make_house().signers[Purpose.RECEIPT]), "no receipt key"),
        (receipt(house().signers[Purpose.TOKEN]), "no receipt key"),
        (receipt(typ="JWT"), "another kind"),
        (receipt(iss="https://other.example"), "another service"),
        (receipt(iat=unix(NOW) + 31), "future"),
        (receipt(iat=unix(NOW - 13 * HOUR)), "not in force"),
        (receipt(iat="now"), "when it was issued"),
        (receipt(iat=-1), "when it was issued"),
        (receipt(iat=10**15), "when it was issued"),
        (receipt(leaf_index="7"), "missing"),
        (receipt(leaf_hash=...), "missing"),
        (receipt(usage=...), "missing"),
        (receipt(max_merge_delay_s=...), "missing"),
        (receipt(leaf_index=8), "another access"),
        (receipt(leaf_hash="cd" * 32), "another access"),
        (receipt()[:-4] + "AAAA", "not its key's"),
        ("no.receipt", "three parts"),
    ],
    ids=lambda value: "receipt" if "." in value else None,  # the same in every process
)
def test_a_receipt_that_does_not_hold_says_why(text, why):
    with pytest.raises(UntrustedError, match=why):
        judged(Found((), text, PLACE, {}))


def test_a_revoked_key_signs_nothing_and_a_retired_one_what_it_signed():
    for state, holds in ((KeyState.RETIRED, True), (KeyState.REVOKED, False)):
        keys = [k for k in house().entries() if k.purpose is not Purpose.RECEIPT]
        trust = house().trust([*keys, house().key(Purpose.RECEIPT, state=state)])
        if holds:
            assert judged(receipt(), trust).issuer == ISSUER
        else:
            with pytest.raises(UntrustedError, match="revoked"):
                judged(receipt(), trust)


def test_a_trust_list_is_believed_by_its_root_alone():
    jws = house().trust_jws()
    assert open_trust_list(jws, read_root(house().root_pem), NOW).seq == 7
    with pytest.raises(UntrustedError, match="trust list"):
        open_trust_list(jws, make_house().root, NOW)
    with pytest.raises(UntrustedError, match="expired"):
        open_trust_list(jws, house().root, NOW + timedelta(days=31))
    with pytest.raises(UntrustedError, match="certificate"):
        read_root(b"-----BEGIN NOTHING-----")


# -- proofs ----------------------------------------------------------------------------------

LEDGER = house().signers[Purpose.LEDGER]
VKEY = verifier_key(HEAD.origin, LEDGER.public_key)
NOTE = sign_checkpoint(HEAD, LEDGER, LEDGER.public_key)


def file(**changes):
    return PROOF.as_json(VKEY) | {"checkpoint": NOTE} | changes


@pytest.mark.parametrize("as_bytes", [True, False])
def test_a_proof_file_is_judged_as_the_command_does(as_bytes):
    given = json.dumps(file()).encode() if as_bytes else file()
    found = verify_access_proof(given, VKEY)
    assert found.good
    names = [check.name for check in found.checks]
    assert names == ["checkpoint", "path", "leaf", "record", "subject"]


def test_a_proof_by_another_ledgers_key_is_bad():
    other = make_house().signers[Purpose.LEDGER]
    assert not verify_access_proof(file(), verifier_key(HEAD.origin, other.public_key)).good
    assert not verify_access_proof(file(record={"kind": "pull"}), VKEY).good


@pytest.mark.parametrize(
    ("given", "vkey"),
    [
        (b"{}", VKEY),
        (file(tree_size=4), VKEY),
        (file(), "no key"),
        (file(more=1), VKEY),
        (file(leaf=b"bytes"), VKEY),
    ],
    ids=["empty", "another size", "no key", "a strange member", "no JSON"],
)
def test_what_cannot_be_judged_says_so(given, vkey):
    with pytest.raises(UntrustedError):
        verify_access_proof(given, vkey)


def test_the_promise_of_a_receipt_is_judged_by_the_leaf_it_names():
    place = {"leaf_index": PROOF.leaf_index, "leaf_hash": PROOF.leaf_hash}
    promise, trust = judged(receipt(**place)), house().trust()
    whole = {**PROOF.place_as_json(), "checkpoint": NOTE}
    assert judge_place(promise, whole, VKEY, trust).good
    with pytest.raises(UntrustedError, match="another leaf"):
        judge_place(judged(receipt()), whole, VKEY, trust)
    with pytest.raises(UntrustedError, match="no such ledger key"):
        judge_place(promise, whole, VKEY, make_house().trust())
    keys = [k for k in house().entries() if k.purpose is not Purpose.LEDGER]
    revoked = house().key(Purpose.LEDGER, state=KeyState.REVOKED)
    for listed in (keys, [*keys, revoked]):
        with pytest.raises(UntrustedError, match="no such ledger key"):
            judge_place(promise, whole, VKEY, house().trust(listed))
