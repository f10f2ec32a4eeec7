"""What a clerk typed, checked field by field."""

from collections.abc import Sequence
from dataclasses import replace

from certstore.counter.desk import Asking
from certstore.errors import MalformedError
from certstore.identifiers import ResidentId
from certstore.pages.counter_views import Typed
from certstore.plain_words import plain_words

_LONGEST = 60
_USE_CODE = frozenset("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-")
_USE_CODE_LENGTH = range(8, 41)


def asking_of(said: Typed, purposes: Sequence[tuple[str, str]]) -> Asking | Typed:
    """What is asked; or what was typed, with what is wrong by field."""
    errors = {
        name: code
        for name, code in (
            ("purpose", "" if said.purpose in {known for known, _ in purposes} else "missing"),
            ("case_no", words_fault(said.case_no)),
            ("person_name", words_fault(said.name)),
            ("person_number", _number(said.id_number)),
            ("use_code", _code(said.use_code)),
        )
        if code
    }
    if errors:
        return replace(said, errors=errors)
    return Asking(
        purpose_id=said.purpose,
        case_no=said.case_no,
        name=said.name,
        id_number=said.id_number,
        use_code=said.use_code,
    )


def words_fault(text: str) -> str:
    """What is wrong with words that will stand in a record; empty if nothing is."""
    if not text:
        return "missing"
    try:
        plain_words(text)
    except ValueError:
        return "malformed"
    return "malformed" if len(text) > _LONGEST else ""


def _number(text: str) -> str:
    if not text:
        return "missing"
    try:
        ResidentId.parse(text)
    except MalformedError:
        return "malformed"
    return ""


def _code(text: str) -> str:
    return (
        ""
        if not text or (set(text) <= _USE_CODE and len(text) in _USE_CODE_LENGTH)
        else "malformed"
    )
