"""Tokens of strangers: they change nothing, and one use is one use."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore import base64url
from certstore.verdict import Accepted, Refused
from face_auth.challenge import State
from tests.unit.face_auth.office import ACCOUNT, NOW, sandbox_signer, sign
from tests.unit.face_auth.test_hostile_tokens import TOKENS

CURVE_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@pytest.mark.parametrize(
    "story",
    [
        "another key",
        "changed after signing",
        "another nonce",
        "an error rate as a text",
        "more than 16 kB",
    ],
)
def test_a_strangers_token_closes_nobodys_transaction(office, story):
    begun = office.begin()
    forge, _ = TOKENS[story]
    office.desk.accept(forge(office, begun))
    assert office.transaction(begun).state is State.OPEN
    assert office.desk.accept(office.result(begun)) == Accepted()


def test_the_other_root_of_a_signature_is_the_same_result(office):
    """ECDSA signatures have a twin (r, n - s): one use goes by the result's id, not its bytes."""
    begun = office.begin()
    token = office.result(begun)
    head, payload, signature = token.split(".")
    raw = base64url.decode(signature)
    twin = raw[:32] + (CURVE_ORDER - int.from_bytes(raw[32:], "big")).to_bytes(32, "big")
    assert office.desk.accept(token) == Accepted()
    verdict = office.desk.accept(f"{head}.{payload}.{base64url.encode(twin)}")
    assert verdict == Refused(("transaction_closed", "replayed"))


@pytest.mark.parametrize("days", [-366, 365])
def test_a_key_outside_its_days_is_not_believed(office, days):
    begun = office.begin()
    office.clock.skip(days=days)
    assert office.desk.accept(office.result(begun)) == Refused(("key_not_active",))


def test_a_key_of_one_provider_does_not_speak_for_another(office):
    """The transaction was begun at the sandbox; another provider of ours signs a result for it."""
    begun = office.begin()
    stranger = sandbox_signer()
    twin = replace(office.desk.registry.providers["sandbox"], id="other")
    registry = replace(
        office.desk.registry, providers={**office.desk.registry.providers, "other": twin}
    ).with_key("other", stranger.public_key, NOW - timedelta(1), NOW + timedelta(1))
    desk = replace(office.desk, registry=registry)
    claims = office.claims(begun)
    assert desk.accept(sign(claims, stranger)) == Refused(("issuer_mismatch",))
    verdict = desk.accept(sign({**claims, "iss": "other"}, stranger))
    assert verdict == Refused(("provider_mismatch",))
    assert desk.accept(sign(claims, office.signer), ACCOUNT) == Accepted()
