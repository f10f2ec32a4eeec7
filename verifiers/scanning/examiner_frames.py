"""What a reader process is asked about revisions and marks, and answers; see frames.py.

A question about revisions begins with the length of the signed one. Every answer is read as
strictly as anything from outside.
"""

import base64
import binascii
import json
import struct
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

from certstore.errors import MalformedError
from certstore.plain_words import plain_words
from certstore.strict_json import parse_json_strict
from verifiers.scanning.account import (
    LONGEST_DETAIL,
    MOST_CHANGES,
    Change,
    ChangeKind,
    PagePair,
)
from verifiers.scanning.frames import LARGEST_ANSWER
from verifiers.scanning.revisions import Compared, Drawn, Marks

COMPARE: Final = "compare"  # the tasks
DRAW: Final = "draw"
LOOK: Final = "look"
_LENGTH: Final = struct.Struct(">I")
_MOST_PAIRS: Final = 3
_MOST_NAMES: Final = 8
_JPEG: Final = b"\xff\xd8\xff"
_LARGEST_PICTURE: Final = 340 << 10

_T = TypeVar("_T")


def spell_question(pdf: bytes, signed: int) -> bytes:
    """A file with the length of its signed revision in front."""
    return _LENGTH.pack(signed) + pdf


def read_question(data: bytes) -> tuple[bytes, int]:
    """The file, and the length of its signed revision."""
    return data[_LENGTH.size :], _LENGTH.unpack_from(data)[0]


def spell_compared(found: Compared) -> bytes:
    """The answer's JSON."""
    return _json({"changes": _changes(found.changes)})


def spell_drawn(found: Drawn) -> bytes:
    """The answer's JSON; a picture larger than may be sent is left out."""
    pages = [[p.number, _picture(p.signed), _picture(p.now)] for p in found.pages[:_MOST_PAIRS]]
    return _json({"same": found.looks_same, "changes": _changes(found.changes), "pages": pages})


def spell_marks(found: Marks) -> bytes:
    """The answer's JSON."""
    said = {
        "ours": found.ours,
        "authorities": list(found.authorities),
        "pictures_only": found.pictures_only,
        "encrypted": found.encrypted,
        "signers": [list(signer) for signer in found.signers],
    }
    return _json(said)


def read_compared(data: bytes) -> Compared:
    """Read an answer; raise MalformedError for every other shape."""
    match _parsed(data):
        case {"changes": list(changes), **rest} if not rest:
            return Compared(_read_changes(changes))
    raise _fault()


def read_drawn(data: bytes) -> Drawn:
    """Read an answer; raise MalformedError for every other shape."""
    match _parsed(data):
        case {"same": bool(same), "changes": list(changes), "pages": list(pages), **rest} if (
            not rest and len(pages) <= _MOST_PAIRS
        ):
            return Drawn(same, _read_changes(changes), _each(pages, _read_pair))
    raise _fault()


def read_marks(data: bytes) -> Marks:
    """Read an answer; raise MalformedError for every other shape."""
    match _parsed(data):
        case {
            "ours": bool(ours),
            "authorities": list(authorities),
            "pictures_only": bool(pictures_only),
            "encrypted": bool(encrypted),
            "signers": list(signers),
            **rest,
        } if not rest and len(signers) <= _MOST_NAMES and len(authorities) <= _MOST_NAMES:
            return Marks(
                ours=ours,
                authorities=_each(authorities, _words),
                pictures_only=pictures_only,
                encrypted=encrypted,
                signers=_each(signers, _read_signer),
            )
    raise _fault()


def _changes(changes: Sequence[Change]) -> list[list[str]]:
    return [[c.kind.value, c.detail[:LONGEST_DETAIL]] for c in changes[:MOST_CHANGES]]


def _picture(jpeg: bytes | None) -> str | None:
    if jpeg is None or len(jpeg) > _LARGEST_PICTURE:
        return None
    return base64.b64encode(jpeg).decode()


def _json(said: object) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "replace")


def _parsed(data: bytes) -> object:
    return parse_json_strict(data, max_bytes=LARGEST_ANSWER, max_depth=4)


def _each(values: list[object], read: Callable[[object], _T]) -> tuple[_T, ...]:
    return tuple(read(value) for value in values)


def _read_changes(values: list[object]) -> tuple[Change, ...]:
    if len(values) > MOST_CHANGES:
        raise _fault()
    return _each(values, _read_change)


def _read_change(value: object) -> Change:
    match value:
        case [str(kind), str(detail)] if kind in list(ChangeKind):
            return Change(ChangeKind(kind), _words(detail))
    raise _fault()


def _read_pair(value: object) -> PagePair:
    match value:
        case [int(number), signed, now] if 0 < number <= _MOST_PAIRS:
            return PagePair(number, _read_picture(signed), _read_picture(now))
    raise _fault()


def _read_picture(value: object) -> bytes | None:
    if value is None:
        return None
    try:
        data = base64.b64decode(value, validate=True) if isinstance(value, str) else b""
    except (binascii.Error, ValueError) as error:
        raise _fault() from error
    if not data.startswith(_JPEG) or len(data) > _LARGEST_PICTURE:
        raise _fault()
    return data


def _read_signer(value: object) -> tuple[str, str]:
    match value:
        case [str(name), str(digest)]:
            return _words(name), _words(digest)
    raise _fault()


def _words(value: object) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_DETAIL:
        raise _fault()
    try:
        return plain_words(value) if value else value
    except ValueError as error:
        raise _fault() from error


def _fault() -> MalformedError:
    return MalformedError("a reader process answered what it never should", cause="answer")
