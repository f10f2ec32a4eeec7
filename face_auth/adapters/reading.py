"""Reading a provider's answer member by member: each is of exactly its type, or none."""

from collections.abc import Mapping
from datetime import UTC, datetime

from certstore.errors import UnavailableError
from face_auth.adapters.asking import unreadable

_LONGEST = 4096
_RISK_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_")
_LONGEST_RISK, _MOST_RISKS = 40, 16
UNREADABLE_RISK = "unreadable"  # stands for whatever a provider calls a risk in a way we cannot


class Reader:
    """One object of an answer; whatever is missing or of another type makes it unreadable."""

    __slots__ = ("_members", "_provider")

    def __init__(self, provider: str, members: Mapping[str, object]) -> None:
        """Read this object."""
        self._provider = provider
        self._members = members

    def text(self, name: str) -> str:
        """A text that is not empty."""
        found = self._members.get(name)
        if not isinstance(found, str) or not found or len(found) > _LONGEST:
            raise self.fault(name)
        return found

    def address(self, name: str) -> str:
        """An https address, to send a person to."""
        found = self.text(name)
        if not found.startswith("https://") or not found.isascii() or not found.isprintable():
            raise self.fault(name)
        return found

    def text_or_none(self, name: str) -> str | None:
        """A text; None where it is missing, null or empty."""
        found = self._members.get(name)
        return None if found is None or found == "" else self.text(name)

    def whole(self, name: str) -> int:
        """A whole number: no text, no truth value, no fraction."""
        found = self._members.get(name)
        if type(found) is not int:
            raise self.fault(name)
        return found

    def whole_or_none(self, name: str) -> int | None:
        """A whole number; None where it is missing or null."""
        return None if self._members.get(name) is None else self.whole(name)

    def inner(self, name: str) -> "Reader":
        """An object."""
        found = self._members.get(name)
        if not isinstance(found, dict):
            raise self.fault(name)
        return Reader(self._provider, found)

    def inner_or_none(self, name: str) -> "Reader | None":
        """An object; None where it is missing or null."""
        return None if self._members.get(name) is None else self.inner(name)

    def objects(self, name: str) -> tuple["Reader", ...]:
        """A list of objects; empty where it is missing or null."""
        found = self._members.get(name)
        if found is None:
            return ()
        if not isinstance(found, list) or not all(isinstance(one, dict) for one in found):
            raise self.fault(name)
        return tuple(Reader(self._provider, one) for one in found)

    def raw(self, name: str) -> object:
        """Whatever stands there, to be checked by the caller; None where nothing does."""
        return self._members.get(name)

    def fault(self, name: str) -> UnavailableError:
        """The error of a member that is missing or of another type; says which, not what."""
        return unreadable(
            self._provider, "shape", f"a face provider's answer lacks a sound member `{name}`"
        )


def figure(text: str, reader: Reader, name: str) -> float:
    """A score written as a text of plain digits, as some providers do: from 0 to 100."""
    whole, _, fraction = text.partition(".")
    plain = whole.isascii() and whole.isdigit() and (not fraction or fraction.isascii())
    if not plain or not (fraction == "" or fraction.isdigit()) or not 0 <= float(text) <= 100:  # noqa: PLR2004 - per cent
        raise reader.fault(name)
    return float(text)


def risks(labels: str) -> tuple[str, ...]:
    """Device risks from labels with commas between them, as our results spell them."""
    found = []
    for label in filter(None, (part.strip() for part in labels.split(","))):
        spelled = label.lower().replace("-", "_").replace(" ", "_")
        known = (
            len(spelled) <= _LONGEST_RISK
            and _RISK_CHARACTERS.issuperset(spelled)
            and not spelled[0].isdigit()
            and spelled[0] != "_"
        )
        found.append(spelled if known else UNREADABLE_RISK)
    distinct = sorted(set(found))
    return tuple(distinct) if len(distinct) <= _MOST_RISKS else (UNREADABLE_RISK,)


def moment_of_milliseconds(text: str, reader: Reader, name: str) -> datetime:
    """A moment from a text of 13 digits, milliseconds since 1970."""
    if len(text) != 13 or not (text.isascii() and text.isdigit()):  # noqa: PLR2004 - until 2286
        raise reader.fault(name)
    return datetime.fromtimestamp(int(text) / 1000, UTC)
