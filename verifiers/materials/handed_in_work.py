"""The one way in: bytes of a file to bytes of a verdict, for a process that has hard limits.

`work` is what the limited process runs; `judge_within` asks it. Nothing but bytes passes between
the two, in a form that can be checked: what comes back from a process that opened a hostile file
is trusted no further than its lengths and words.
"""

import json
import struct
from typing import Any

from certstore.errors import MalformedError
from verifiers.limited.asking import Limited, LimitsExceededError
from verifiers.materials.handed_in import Advice, Cleaned, Fault, Judged, Kind, Page, Refused
from verifiers.materials.handed_in_kind import kind_of
from verifiers.materials.handed_in_pdf import judge_document
from verifiers.materials.handed_in_picture import judge_picture
from verifiers.materials.handed_in_profile import Profile, read_profile

TASK = "handed_in"
LARGEST_ANSWER = 60 << 20  # bytes: a document and twenty pages
_HEAD = struct.Struct(">I")
_LARGEST_HEAD = 65_536
_JPEG, _PDF = b"\xff\xd8\xff", b"%PDF-"


def judge_file(data: bytes, profile: Profile) -> Judged:
    """Judge a file by its content and clean it; never raises, whatever the bytes are."""
    if len(data) > profile.most_bytes:
        return Refused((Fault.TOO_LARGE,))
    kind = kind_of(data)
    match kind:
        case Fault():
            return Refused((kind,))
        case Kind.PDF:
            return judge_document(data, profile)
        case Kind.JPEG | Kind.PNG:
            return judge_picture(data, kind, profile)


def work(data: bytes) -> bytes:
    """The task `handed_in`: judge a file by the built-in profile."""
    return pack(judge_file(data, read_profile()))


def judge_within(limited: Limited, data: bytes, profile: Profile) -> Judged:
    """Judge a file in a limited process; what is no candidate at all never gets there."""
    if len(data) > profile.most_bytes:
        return Refused((Fault.TOO_LARGE,))
    kind = kind_of(data)
    if isinstance(kind, Fault):
        return Refused((kind,))
    try:
        return limited(TASK, data, lambda answer: unpack(answer, profile))
    except LimitsExceededError:
        return Refused((Fault.COSTLY,))


def pack(judged: Judged) -> bytes:
    """A verdict as bytes: the length of a head in JSON, the head, the files one after another."""
    if isinstance(judged, Refused):
        head: dict[str, Any] = {"faults": list(judged.faults)}
        files: list[bytes] = []
    else:
        files = [f for page in judged.pages for f in (page.picture, page.thumbnail)]
        head = {
            "kind": judged.kind,
            "signed": judged.signed,
            "document": len(judged.document),
            "pages": [
                [p.width, p.height, len(p.picture), len(p.thumbnail), list(p.advice)]
                for p in judged.pages
            ],
        }
        files.append(judged.document)
    plain = json.dumps(head).encode()
    return b"".join([_HEAD.pack(len(plain)), plain, *files])


def unpack(answer: bytes, profile: Profile) -> Judged:
    """Read a verdict back; MalformedError if it is not what `pack` writes."""
    try:
        return _unpack(answer, profile)
    except (ValueError, TypeError, KeyError, struct.error) as error:
        raise MalformedError("the answer of a limited process cannot be read") from error


def _unpack(answer: bytes, profile: Profile) -> Judged:
    (length,) = _HEAD.unpack_from(answer)
    if length > _LARGEST_HEAD or len(answer) > LARGEST_ANSWER:
        raise ValueError("too long")
    head = json.loads(answer[_HEAD.size : _HEAD.size + length])
    if "faults" in head:
        return Refused(tuple(Fault(word) for word in head["faults"]))
    at, pages = _HEAD.size + length, []
    if not 1 <= len(head["pages"]) <= profile.most_pages:
        raise ValueError("pages")
    for width, height, picture, thumbnail, advice in head["pages"]:
        files = answer[at : at + picture], answer[at + picture : at + picture + thumbnail]
        if not all(file.startswith(_JPEG) for file in files):
            raise ValueError("a page that is no picture")
        words = tuple(Advice(word) for word in advice)
        pages.append(Page(*files, int(width), int(height), words))
        at += picture + thumbnail
    kind, document = Kind(head["kind"]), answer[at:]
    if at + head["document"] != len(answer) or document.startswith(_PDF) != (kind is Kind.PDF):
        raise ValueError("lengths")
    return Cleaned(kind, tuple(pages), document, signed=bool(head["signed"]))
