"""Reading answers strictly: a member of another kind than described is never guessed at."""

from collections.abc import Mapping
from datetime import date, datetime

from certstore.client.problems import UnreadableError
from certstore.errors import MalformedError
from certstore.strict_json import parse_json_strict

_LARGEST = 8 * 1024 * 1024


def read_object(body: bytes) -> Mapping[str, object]:
    """The JSON object that a body is; UnreadableError if it is anything else."""
    try:
        said = parse_json_strict(body, max_bytes=_LARGEST)
    except MalformedError as error:
        raise UnreadableError("an answer is not plain JSON", where=error.detail) from error
    return as_object(said, "answer")


def as_object(value: object, where: str) -> Mapping[str, object]:
    """An object."""
    if not isinstance(value, dict):
        raise _other(where, "an object")
    return value


def objects(said: Mapping[str, object], name: str) -> list[Mapping[str, object]]:
    """A list of objects."""
    value = said.get(name)
    if not isinstance(value, list):
        raise _other(name, "a list")
    return [as_object(item, name) for item in value]


def text(said: Mapping[str, object], name: str) -> str:
    """A text."""
    value = said.get(name)
    if not isinstance(value, str):
        raise _other(name, "a text")
    return value


def number(said: Mapping[str, object], name: str) -> int:
    """A whole number, 0 or more."""
    value = said.get(name)
    if type(value) is not int or value < 0:
        raise _other(name, "a whole number")
    return value


def yes_or_no(said: Mapping[str, object], name: str) -> bool:
    """True or false."""
    value = said.get(name)
    if not isinstance(value, bool):
        raise _other(name, "true or false")
    return value


def moment(said: Mapping[str, object], name: str) -> datetime:
    """A moment with its zone (RFC 3339)."""
    try:
        found = datetime.fromisoformat(text(said, name))
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise _other(name, "a moment with its zone")
    return found


def day(said: Mapping[str, object], name: str) -> date:
    """A day (YYYY-MM-DD)."""
    try:
        return date.fromisoformat(text(said, name))
    except ValueError as error:
        raise _other(name, "a day") from error


def _other(where: str, wanted: str) -> UnreadableError:
    return UnreadableError(
        f"an answer is not as described: {wanted} is expected",
        where=where,
        remedy="see the service's /openapi.json, and tell its operator",
    )
