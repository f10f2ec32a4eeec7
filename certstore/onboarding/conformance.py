"""What a client shows on the sandbox before its purpose becomes active: from its own calls.

Each item is passed once and for all. What was shown counts whenever somebody looks: the agency's
developer, an operator, or the worker; nobody need ask for it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from certstore.onboarding.file import PurposeFile
from certstore.onboarding.quotas import periods
from certstore.onboarding.states import State
from certstore.tables.books import Archive, Books
from certstore.tables.sharing import Purpose

ITEMS: Final = ("search", "replay", "field", "pull", "receipt")
"""search: a token was got and used · replay: an assertion or proof sent twice was refused ·
field: a field outside the grant was refused · pull: something was released · receipt: the receipt
of a pull was handed back and is ours."""
_OF_RELEASES: Final = frozenset({"pull", "receipt"})
_REPLAYED: Final = "jti_replayed"


def items_of(fields: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """What is to be shown for such a purpose: one that is given nothing can show no release."""
    if any(fields.values()):
        return ITEMS
    return tuple(item for item in ITEMS if item not in _OF_RELEASES)


def left_over(passed: Mapping[str, datetime], purpose: Purpose) -> tuple[str, ...]:
    """The items that are not passed yet."""
    return tuple(item for item in items_of(purpose.fields) if item not in passed)


def look(books: Books, purpose: Purpose, now: datetime) -> Mapping[str, datetime]:
    """Write down what the client has shown meanwhile; everything that it has shown."""
    passed = books.onboarding.passed(purpose.purpose_id)
    seen = _seen(books, purpose, now)
    for item in left_over(passed, purpose):
        if seen.get(item):
            books.onboarding.pass_item(purpose.purpose_id, item, now)
    return books.onboarding.passed(purpose.purpose_id)


def as_shown(archive: Archive, file: PurposeFile, now: datetime) -> PurposeFile:
    """The file of a purpose on trial, with what was shown by now; any other as it is."""
    if file.purpose.state != State.APPROVED or not left_over(file.passed, file.purpose):
        return file
    with archive.writing() as books:
        return replace(file, passed=look(books, file.purpose, now))


def _seen(books: Books, purpose: Purpose, now: datetime) -> Mapping[str, bool]:
    refused = books.refused_calls.of([purpose.client_id])
    used = books.quotas.used([purpose.purpose_id], [periods(now)[1].name])
    return {
        "search": bool(used),
        "replay": any(call.cause == _REPLAYED for call in refused),
        "field": any(call.slug == "field-not-granted" for call in refused),
        "pull": books.onboarding.was_given(purpose.client_id, purpose.purpose_id),
    }
