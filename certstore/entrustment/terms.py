"""What somebody wants to entrust, and whether that can be: values only, no IO."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Holder, Status
from certstore.errors import MalformedError
from certstore.identifiers import ResidentId
from certstore.plain_words import plain_words
from certstore.sharing.forms import PHOTO
from certstore.tables.sharing import Purpose

LONGEST = timedelta(days=366)
LONGEST_MATTER = 60
HOURS = (1, 24, 72, 168)  # how long a use code may live; a day unless chosen otherwise
MOST_OPEN_CODES = 5  # of one certificate at a time
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")  # fromisoformat takes weeks, too
_ENDED = {Status.SUPERSEDED, Status.CANCELLED, Status.REVOKED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What was filled in: to a person (name, number, matter) or for an agency's purpose."""

    certificate_ref: str
    to: str = ""  # person | agency
    agent_name: str = ""
    agent_number: str = ""
    matter: str = ""
    purpose_id: str = ""
    with_photo: bool = False  # a photo is entrusted only where it is named
    from_day: str = ""
    to_day: str = ""


def usable(certificate: Certificate) -> bool:
    """Whether a certificate can be used by anybody at all."""
    return certificate.status not in _ENDED


def givable(certificate: Certificate) -> tuple[str, ...]:
    """The fields of a certificate that a holder can choose to give."""
    kind = certificate_type(certificate.type_code)
    return tuple(field.name for field in kind.fields if field.name in certificate.fields)


def days_of(wanted: Wanted, today: date) -> tuple[dict[str, str], date, date]:
    """The two days, both counting, and what is wrong with them by field."""
    errors: dict[str, str] = {}
    first, last = _day(wanted.from_day), _day(wanted.to_day)
    if first is None or first < today:
        errors["from_day"] = "malformed" if first is None else "past"
    if last is None:
        errors["to_day"] = "malformed"
    elif first is not None and last < first:
        errors["to_day"] = "before"
    elif first is not None and last - first > LONGEST:
        errors["to_day"] = "long"
    return errors, first or today, last or today


def faults_of_person(wanted: Wanted, holder: Holder) -> dict[str, str]:
    """What is wrong with what was said of a person to entrust, by field."""
    errors = {}
    if not _plain(wanted.agent_name, LONGEST_MATTER):
        errors["agent_name"] = "missing"
    try:
        if ResidentId.parse(wanted.agent_number).value == holder.id_number.upper():
            errors["agent_number"] = "self"
    except MalformedError:
        errors["agent_number"] = "malformed"
    if not _plain(wanted.matter, LONGEST_MATTER):
        errors["for_matter"] = "missing"
    return errors


def covers(purpose: Purpose | None, certificate: Certificate) -> bool:
    """Whether a purpose can do anything with this certificate."""
    return purpose is not None and bool(purpose.fields.get(certificate.type_code))


def entrusted_paths(purpose: Purpose, type_code: str, *, with_photo: bool) -> tuple[str, ...]:
    """What of a certificate an entrustment covers: what the purpose does, just now.

    The photo is among it only where it was named.
    """
    granted = purpose.fields.get(type_code, ())
    return tuple(path for path in granted if with_photo or path != PHOTO)


def faults_of_code(
    matter: str, fields: tuple[str, ...], hours: int, certificate: Certificate
) -> Mapping[str, str]:
    """What is wrong with what was said for a use code, by field."""
    errors = {}
    if not _plain(matter, LONGEST_MATTER):
        errors["for_matter"] = "missing"
    if not fields or set(fields) - set(givable(certificate)):
        errors["give"] = "missing"
    if hours not in HOURS:
        errors["hours"] = "missing"
    return errors


def _plain(text: str, longest: int) -> bool:
    try:
        return len(plain_words(text.strip())) <= longest
    except ValueError:
        return False


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if _DAY.fullmatch(text) else None
    except ValueError:
        return None
