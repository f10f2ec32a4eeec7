"""A draft is checked before anything is signed: what a certificate says must be whole and sound."""

import unicodedata
from datetime import date

from certstore.catalogue import CertificateType, Field
from certstore.certificates import Draft
from certstore.codes.unshown import shows
from certstore.errors import MalformedError
from certstore.identifiers import CertificateIdentifier, ResidentId

_MAX_TEXT = 200
_REFUSED = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def check_draft(draft: Draft, kind: CertificateType, today: date) -> None:
    """Raise MalformedError naming the first field that may not be signed; values are not shown."""
    identifier = CertificateIdentifier.parse(draft.identifier, strict=True)
    if identifier.value != draft.identifier or draft.type_code != kind.code:
        raise MalformedError(
            "the identifier or the type does not fit the draft", where="identifier"
        )
    number = ResidentId.parse(draft.holder.id_number, today=today)
    for other in draft.others:
        ResidentId.parse(other.id_number, today=today)
    for field in kind.fields:
        value = draft.fields.get(field.name)
        if value is None and not field.optional:
            raise MalformedError("a field the type needs is missing", where=field.name)
        if value is not None:
            _check_text(field.name, value)
            _check_kind(field, value)
    unknown = set(draft.fields) - {f.name for f in kind.fields}
    if unknown:
        raise MalformedError("the type has no such field", where=min(unknown))
    _check_agreement(draft, kind, number)
    begun = kind.begins_later or draft.validity.valid_from <= draft.issued_on
    if not begun or _is_over(draft):
        raise MalformedError("it would not be valid on the day of its issue", where="valid_until")


def _is_over(draft: Draft) -> bool:
    ends = draft.validity.valid_to
    return ends is not None and ends < draft.issued_on


def _check_kind(field: Field, value: str) -> None:
    """A text of a closed list, or a day, is nothing else."""
    if field.values and value not in field.values:
        raise MalformedError("the field holds one of: " + ", ".join(field.values), where=field.name)
    if field.date and not _is_day(value):
        raise MalformedError("the field holds a day, YYYY-MM-DD", where=field.name)


def _is_day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def _check_agreement(draft: Draft, kind: CertificateType, number: ResidentId) -> None:
    """What is said twice must agree: the holder's name, number, birth date."""
    said = draft.fields
    if draft.others and {"name", "id_number"} & set(said):
        raise MalformedError("it names several people, and no single one's name", where="name")
    if not draft.others and said.get("name") != draft.holder.name:
        raise MalformedError("the name differs from the holder's", where="name")
    if not draft.others and said.get("id_number") != number.value:
        raise MalformedError("the number differs from the holder's", where="id_number")
    born = number.birth_date.isoformat()
    if kind.field("birth_date") is not None and said.get("birth_date") != born:
        raise MalformedError("the birth date differs from the number's", where="birth_date")


def _check_text(name: str, value: str) -> None:
    if not value or len(value) > _MAX_TEXT or value != value.strip():
        raise MalformedError(f"a text is empty, padded or over {_MAX_TEXT} characters", where=name)
    if unicodedata.normalize("NFC", value) != value:
        raise MalformedError("a text is not in normal form NFC", where=name)
    for character in value:
        if unicodedata.category(character) in _REFUSED or not shows(character):
            raise MalformedError(
                f"a text holds U+{ord(character):04X}, which is invisible", where=name
            )
