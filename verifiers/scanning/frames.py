"""What a reader process is asked and answers: a file, and JSON, and nothing that can run.

Asked: to open a file as one of two kinds. Answered: JSON with exactly one of three shapes. The
answers come from a process that a hostile file may have taken over, so they are read as strictly
as anything from outside.
"""

import base64
import binascii
import json
from typing import Final

from certstore.errors import MalformedError
from certstore.strict_json import parse_json_strict
from verifiers.scanning.opened import NothingShown, OpenedDocument, OpenedPicture, PrintedPages

DOCUMENT: Final = "document"  # the two tasks: what a file is to be opened as
PICTURE: Final = "picture"
LARGEST_ANSWER: Final = 2 << 20
_LONGEST_REASON, _LONGEST_CODE, _MOST_CODES = 32, 4300, 16
_LONGEST_TEXT: Final = 256 << 10

Opened = OpenedDocument | OpenedPicture | NothingShown


def spell_answer(opened: Opened) -> bytes:
    """One answer's JSON, cut to what may be sent."""
    if isinstance(opened, NothingShown):
        said: dict[str, object] = {"nothing": opened.reason}
    elif isinstance(opened, OpenedPicture):
        said = {"codes": [code[:_LONGEST_CODE] for code in opened.codes[:_MOST_CODES]]}
    else:
        attachment, pages = opened.attachment, opened.pages
        said = {
            "attachment": None if attachment is None else base64.b64encode(attachment).decode(),
            "text": None if pages is None else _sound(pages.text[:_LONGEST_TEXT]),
            "codes": [] if pages is None else list(pages.codes[:_MOST_CODES]),
        }
    return json.dumps(said, ensure_ascii=False).encode()


def read_answer(data: bytes) -> Opened:
    """Read an answer; raise MalformedError for every other shape."""
    match parse_json_strict(data, max_bytes=LARGEST_ANSWER, max_depth=3):
        case {"nothing": str(reason), **rest} if not rest and len(reason) <= _LONGEST_REASON:
            return NothingShown(reason)
        case {"codes": list(codes), **rest} if not rest:
            return OpenedPicture(_codes(codes))
        case {"attachment": attachment, "text": text, "codes": list(codes), **rest} if not rest:
            return OpenedDocument(_bytes(attachment), _pages(text, codes))
    raise _fault()


def _pages(text: object, codes: list[object]) -> PrintedPages | None:
    if text is None:
        return None
    if not isinstance(text, str) or len(text) > _LONGEST_TEXT:
        raise _fault()
    return PrintedPages(text, _codes(codes))


def _codes(values: list[object]) -> tuple[str, ...]:
    codes = tuple(value for value in values if isinstance(value, str))
    if len(values) > _MOST_CODES or codes != tuple(values):
        raise _fault()
    if any(len(code) > _LONGEST_CODE for code in codes):
        raise _fault()
    return codes


def _bytes(value: object) -> bytes | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise _fault()
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError) as error:
        raise _fault() from error


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()  # half characters of a broken font table


def _fault() -> MalformedError:
    return MalformedError("a reader process answered what it never should", cause="answer")
