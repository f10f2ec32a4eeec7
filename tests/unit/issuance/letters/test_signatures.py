"""A signed letter is checked before it is sealed, and by anybody who has the trust list."""

from dataclasses import replace
from datetime import timedelta

import pytest

from certstore.catalogue import certificate_type
from certstore.certificates import Draft, StatusEntry
from certstore.clock import local_date
from certstore.errors import MalformedError
from certstore.identifiers import CertificateIdentifier
from issuance.commitment import digest_of, judge_signatures
from issuance.letters.draft import check_letter_draft, letter_claims, letter_fields, letter_of
from issuance.letters.tables import LETTER
from tests.unit.issuance.letters.walks import LIN, handed_in, letters, signed

KIND = certificate_type(LETTER)


@pytest.fixture
def application(house):
    return signed(house)


@pytest.fixture
def draft(house, application):
    """A sound draft of its certificate."""
    today = local_date(house.clock.now())
    serial = "CN20260000000009"
    identifier = CertificateIdentifier.build(KIND.type_code, KIND.issuer_uscc, serial, 1)
    return Draft(
        ref="2" * 20,
        identifier=identifier.value,
        type_code=KIND.code,
        version=1,
        serial=serial,
        holder=application.applicant,
        issuer_uscc=KIND.issuer_uscc,
        fields=letter_fields(application, house.settings.city),
        issued_on=today,
        validity=KIND.validity_from(today),
        status_entry=StatusEntry(1, 1),
    )


def check(house, draft):
    check_letter_draft(draft, KIND, local_date(house.clock.now()), house.trust_file())


def test_a_sound_letter_passes_and_is_read_back_as_it_was_signed(house, application, draft):
    check(house, draft)
    kept, read = application.commitment, letter_of(draft.fields)
    assert read == replace(kept, signed_at=kept.signed_at.replace(microsecond=0))


def with_fields(**changes):
    return lambda draft: replace(draft, fields={**draft.fields, **changes})


def without(name):
    fields = lambda draft: {k: v for k, v in draft.fields.items() if k != name}  # noqa: E731 - short
    return lambda draft: replace(draft, fields=fields(draft))


WRONG = {
    "another number's check character": (
        lambda d: replace(d, identifier=d.identifier[:-1] + "?"), None),
    "another type": (lambda d: replace(d, type_code="residence_voucher"), "identifier"),
    "a field missing": (without("address"), "address"),
    "a field more": (with_fields(photo="x"), "photo"),
    "another's name": (with_fields(name="林小禾"), "name"),
    "another's number": (with_fields(id_number="340199197109230625"), "name"),
    "another relative": (with_fields(relative="周明"), "relative"),
    "another relative's number": (
        with_fields(relative_id_number="340199198001010010"), "relative_id_number"),
    "another address": (with_fields(address="示范市海港区长乐路1号"), "address"),
    "another signer": (with_fields(signer="王五"), "signer"),
    "another relation": (with_fields(relation="sibling"), "relation"),
    "no such relation": (with_fields(relation="friend"), "relation"),
    "another digest": (with_fields(letter_sha256="0" * 64), "letter_sha256"),
    "another time": (with_fields(signed_at="2026-11-25T11:00:00+08:00"), "signature"),
    "no time": (with_fields(signed_at="yesterday"), "letter_text"),
    "a stronger level": (with_fields(level="qualified_certificate"), "signature"),
    "an empty field": (with_fields(address=""), "address"),
    "a padded field": (with_fields(address=" x"), "address"),
    "an invisible character": (with_fields(address="\u202e"), "address"),
    "not normal form C": (with_fields(address="A\u030a"), "address"),
    "an endless text": (with_fields(letter_text="长" * 2001), "letter_text"),
    "a control character in the text": (with_fields(letter_text="a\tb"), "letter_text"),
}  # fmt: skip


@pytest.mark.parametrize("what", WRONG)
def test_what_is_wrong_in_a_draft_is_refused_and_named(house, draft, what):
    spoil, where = WRONG[what]
    with pytest.raises(MalformedError) as refused:
        check(house, spoil(draft))
    if where is not None:
        assert refused.value.where == where


def changed(token, place):
    """A token with another letter at one place of its third part."""
    head, body, signature = token.split(".")
    letter = "A" if signature[place] != "A" else "B"
    return f"{head}.{body}.{signature[:place]}{letter}{signature[place + 1 :]}"


FORGED = {
    "text": lambda c: replace(c, text=c.text.replace("父母", "子女")),
    "signature": lambda c: replace(c, signature=changed(c.signature, 10)),
    "countersignature": lambda c: replace(c, countersignature=changed(c.countersignature, 10)),
    "swapped": lambda c: replace(c, signature=c.countersignature, countersignature=c.signature),
    "level": lambda c: replace(c, level="device_key"),
    "time": lambda c: replace(c, signed_at=c.signed_at + timedelta(seconds=2)),
    "no token": lambda c: replace(c, signature="x.y.z"),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_forged_letter_is_refused(house, application, what):
    judge_signatures(application.commitment, house.trust_file())
    with pytest.raises(MalformedError):
        judge_signatures(FORGED[what](application.commitment), house.trust_file())


def test_the_signatures_of_two_letters_do_not_go_together(house, application):
    first = application.commitment
    house.clock.skip(timedelta(minutes=1))
    house.apply_desk.take_back(LIN, application.ref)
    second = house.apply_desk.sign(LIN, application.ref, LIN.holder.name).commitment
    mixed = replace(second, signature=first.signature)
    with pytest.raises(MalformedError):
        judge_signatures(mixed, house.trust_file())


def test_a_countersignature_counts_in_the_time_of_its_key_alone(house, application):
    early = replace(application.commitment, signed_at=house.clock.now() - timedelta(days=400))
    with pytest.raises(MalformedError, match="trusted for receipts"):
        judge_signatures(early, house.trust_file())


def test_to_the_rules_of_reuse_a_letter_is_signed_and_about_the_relative(house):
    handed_in(house)
    (letter,) = letters(house)
    claims = letter_claims(letter)
    assert claims["signed"] is True
    assert (claims["relative"]["name"], claims["relative"]["relation"]) == ("周敏", "parent")
    assert letter.fields["letter_text"] not in str(claims)  # a decision keeps no second copy
    assert digest_of(letter.fields["letter_text"]) == letter.fields["letter_sha256"]
