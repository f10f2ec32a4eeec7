"""From a signed letter to the draft of its certificate, and what is checked of it. No IO."""

import unicodedata
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from certstore.catalogue import CertificateType
from certstore.certificates import Certificate, Draft
from certstore.clock import CHINA
from certstore.codes.unshown import shows
from certstore.errors import ConflictError, MalformedError
from certstore.identifiers import CertificateIdentifier, ResidentId
from certstore.trust import TrustList
from issuance.application import Application, Commitment
from issuance.commitment import RELATION_ZH, digest_of, judge_signatures

_MAX_TEXT, _MAX_LETTER, _MAX_TOKEN = 200, 2000, 4096
_LONG = {"letter_text": _MAX_LETTER, "signature": _MAX_TOKEN, "countersignature": _MAX_TOKEN}
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def letter_fields(application: Application, city: str) -> dict[str, str]:
    """What the certificate of an application's letter says; ConflictError without a letter."""
    letter, relative = application.commitment, application.answers.relative
    if letter is None or relative is None:
        raise ConflictError("no letter was signed for this application", where=application.ref)
    return {
        "name": application.applicant.name,
        "id_number": application.applicant.id_number,
        "signer": application.actor.name,
        "signer_id_number": application.actor.id_number,
        "relative": relative.name,
        "relative_id_number": relative.id_number,
        "relation": relative.relation,
        "signed_at": letter.signed_at.astimezone(CHINA).isoformat(timespec="seconds"),
        "address": application.answers.full_address(city),
        "level": letter.level,
        "letter_sha256": digest_of(letter.text),
        "letter_text": letter.text,
        "signature": letter.signature,
        "countersignature": letter.countersignature,
    }


def letter_of(fields: Mapping[str, Any]) -> Commitment:
    """The signed letter that stands in a certificate's fields; MalformedError if none does."""
    try:
        return Commitment(
            text=fields["letter_text"],
            signed_at=datetime.fromisoformat(fields["signed_at"]),
            level=fields["level"],
            signature=fields["signature"],
            countersignature=fields["countersignature"],
        )
    except (KeyError, TypeError, ValueError) as error:
        raise MalformedError("the fields hold no signed letter", where="letter_text") from error


def check_letter_draft(draft: Draft, kind: CertificateType, today: date, trust: TrustList) -> None:
    """Raise MalformedError naming the first field that may not be sealed; values are not shown."""
    identifier = CertificateIdentifier.parse(draft.identifier, strict=True)
    if identifier.value != draft.identifier or draft.type_code != kind.code:
        raise MalformedError(
            "the identifier or the type does not fit the draft", where="identifier"
        )
    number = ResidentId.parse(draft.holder.id_number, today=today)
    named = {field.name for field in kind.fields}
    if set(draft.fields) != named:
        wrong = min(set(draft.fields) ^ named)
        raise MalformedError("a field is missing, or the type has none such", where=wrong)
    for name, value in draft.fields.items():
        _check_text(name, value)
    said = draft.fields
    if (said["name"], said["id_number"]) != (draft.holder.name, number.value):
        raise MalformedError("the name or the number differs from the holder's", where="name")
    letter = letter_of(said)
    judge_signatures(letter, trust)
    _check_agreement(letter, said)


def _check_agreement(letter: Commitment, said: Mapping[str, str]) -> None:
    """What the fields say must stand in the text that was signed."""
    if said["letter_sha256"] != digest_of(letter.text):
        raise MalformedError("the digest is another text's", where="letter_sha256")
    for name in ("name", "id_number", "signer", "relative", "relative_id_number", "address"):
        if said[name] not in letter.text:
            raise MalformedError("the letter that was signed says otherwise", where=name)
    if RELATION_ZH.get(said["relation"], "?") not in letter.text:
        raise MalformedError("the letter that was signed says otherwise", where="relation")


def _check_text(name: str, value: str) -> None:
    longest = _LONG.get(name, _MAX_TEXT)
    if not value or len(value) > longest or value != value.strip():
        raise MalformedError(f"a text is empty, padded or over {longest} characters", where=name)
    if unicodedata.normalize("NFC", value) != value:
        raise MalformedError("a text is not in normal form NFC", where=name)
    for character in value.replace("\n", "") if name == "letter_text" else value:
        if unicodedata.category(character) in _REFUSED or not shows(character):
            raise MalformedError(
                f"a text holds U+{ord(character):04X}, which is invisible", where=name
            )


def letter_claims(certificate: Certificate) -> dict[str, Any]:
    """What a letter issued here is to the rules of reuse: signed, about this relative."""
    said = certificate.fields
    relative = {
        "name": said["relative"],
        "id_type": "111",
        "id_number": said["relative_id_number"],
        "relation": said["relation"],
    }
    return {"relative": relative, "signed": True}
