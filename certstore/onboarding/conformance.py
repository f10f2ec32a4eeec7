"""What a client shows on the sandbox before its purpose becomes active: from its own calls.

Each item is passed once and for all. Values, and one function that reads the books.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from certstore.onboarding.quotas import periods
from certstore.tables.books import Books
from certstore.tables.sharing import Purpose

ITEMS: Final = ("search", "replay", "field", "pull", "receipt")
"""search: a token was got and used · replay: an assertion or proof sent twice was refused ·
field: a field outside the grant was refused · pull: something was released · receipt: the receipt
of a pull was handed back and is ours."""
_REPLAYED: Final = "jti_replayed"


def left_over(passed: Mapping[str, datetime]) -> tuple[str, ...]:
    """The items that are not passed yet."""
    return tuple(item for item in ITEMS if item not in passed)


def look(books: Books, purpose: Purpose, now: datetime) -> Mapping[str, datetime]:
    """Write down what the client has shown meanwhile; everything that it has shown."""
    passed = books.onboarding.passed(purpose.purpose_id)
    seen = _seen(books, purpose, now)
    for item in left_over(passed):
        if seen.get(item):
            books.onboarding.pass_item(purpose.purpose_id, item, now)
    return books.onboarding.passed(purpose.purpose_id)


def _seen(books: Books, purpose: Purpose, now: datetime) -> Mapping[str, bool]:
    refused = books.refused_calls.of([purpose.client_id])
    used = books.quotas.used([purpose.purpose_id], [periods(now)[1].name])
    return {
        "search": bool(used),
        "replay": any(call.cause == _REPLAYED for call in refused),
        "field": any(call.slug == "field-not-granted" for call in refused),
        "pull": bool(used) and books.onboarding.was_given(purpose.client_id),
    }
