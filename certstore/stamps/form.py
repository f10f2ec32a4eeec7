"""The revision that adds a document time-stamp (ETSI EN 319 142-1 §5.4.3), in one spelling.

As with signatures (certstore/cms.py), the stamper writes this form and the verifier builds it
anew and compares. Everything in a revision follows from the file before it, but for the token
in /Contents and the room kept for it. So nothing else can have been changed with it: no page
content, no metadata, no attachment. Not checked here: the signature of the file, and the token.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, Protocol, Self

from certstore.errors import ConflictError, MalformedError

ROOMS: Final = (8192, 16384, 32768)  # bytes a token may have
MOST_STAMPS: Final = 16  # one in many years: what has more was not made for its long life
_CATALOG: Final = 1  # the press's numbers (issuance/document/plate.py)
_PAGE: Final = 3
_OBJECT: Final = re.compile(rb"([0-9]{1,8}) 0 obj\n(<<[^\r]{0,20000}?>>)\nendobj\n")
_ENTRY: Final = 20  # bytes of a line in a cross-reference table
_MOST_OBJECTS: Final = 10_000
_TRAILER: Final = re.compile(
    rb"trailer\n<</Size ([0-9]{1,8})/Root 1 0 R/Info ([0-9]{1,8}) 0 R"
    rb"/ID\[<([0-9a-f]{32})><([0-9a-f]{32})>\](?:/Prev ([0-9]{1,10}))?>>\n"
    rb"startxref\n([0-9]{1,10})\n%%EOF\n\Z"
)
_LONGEST_TRAILER: Final = 260
_HEAD: Final = (
    b"%d 0 obj\n<</Type/DocTimeStamp/Filter/Adobe.PPKLite/SubFilter/ETSI.RFC3161"
    b"/ByteRange[0 %%010d %%010d %%010d]/Contents<"
)
_FIELDS: Final = re.compile(rb"/AcroForm<</Fields\[([^\]]+)\]/SigFlags 3>>")
_ANNOTATIONS: Final = re.compile(rb"/Annots\[([^\]]+)\]>>\Z")


class Digest(Protocol):
    """A running SHA-256 over a file before a revision; hashlib's have no public type."""

    def copy(self) -> Self:
        """Another, that goes on from here."""
        ...

    def update(self, data: bytes, /) -> None:
        """Go on."""
        ...

    def digest(self) -> bytes:
        """The digest so far."""
        ...

    def hexdigest(self) -> str:
        """The same in hexadecimal."""
        ...


@dataclass(frozen=True, slots=True)
class Standing:
    """How a file of the press stands: what a further revision continues."""

    end: int  # bytes of the file
    table: int  # where its last cross-reference table begins
    size: int  # the first object number that is free
    info: int
    name: bytes  # the first half of /ID
    catalog: bytes
    page: bytes
    stamps: int = 0


@dataclass(frozen=True, slots=True)
class Revision:
    """What a revision adds, but for the hexadecimal of its token between `<` and `>`."""

    before: bytes  # up to and with the `<`
    after: bytes  # from the `>` on
    room: int  # hexadecimal digits between them
    result: Standing

    def covered(self, so_far: Digest) -> bytes:
        """The SHA-256 digest of what the stamp covers: the file before, and all but the hole."""
        digest = so_far.copy()
        digest.update(self.before[:-1])
        digest.update(self.after[1:])
        return digest.digest()

    def closed(self, pdf: bytes, token: bytes) -> bytes:
        """The file with the revision added; the token fits, or ConflictError."""
        digits = token.hex().encode("ascii")
        if len(digits) > self.room:
            raise ConflictError("the token does not fit the room kept for it", where="token")
        return b"".join((pdf, self.before, digits.ljust(self.room, b"0"), self.after))


def standing_of(pdf: bytes) -> Standing:
    """How a file stands as the press wrote it, unstamped; MalformedError if it did not."""
    found = _TRAILER.search(pdf, max(0, len(pdf) - _LONGEST_TRAILER))
    if found is None or found[5] is not None:
        raise _fault("its trailer is not the press's")
    size, table = int(found[1]), int(found[6])
    if not (0 < size <= _MOST_OBJECTS and table + size * _ENTRY < len(pdf)):
        raise _fault("its cross-reference table is not the press's")
    catalog = _object(pdf, _CATALOG, table, size)
    page = _object(pdf, _PAGE, table, size)
    if len(_FIELDS.findall(catalog)) != 1 or _ANNOTATIONS.search(page) is None:
        raise _fault("its catalog or its page is not the press's")
    return Standing(len(pdf), table, size, int(found[2]), found[3], catalog, page)


def revision(so_far: Digest, standing: Standing, room: int) -> Revision:
    """The revision that stamps a file next, with room for a token of so many bytes.

    `so_far` and `standing` are the file's own. ConflictError for a file with as many stamps as
    there may be.
    """
    if standing.stamps >= MOST_STAMPS:
        raise ConflictError(f"a document has at most {MOST_STAMPS} stamps", where="document")
    widget, stamp = standing.size, standing.size + 1
    added = b" %d 0 R" % widget
    catalog = _FIELDS.sub(rb"/AcroForm<</Fields[\1%s]/SigFlags 3>>" % added, standing.catalog)
    page = _ANNOTATIONS.sub(rb"/Annots[\1%s]>>" % added, standing.page)
    bodies = {
        _CATALOG: catalog,
        _PAGE: page,
        widget: b"<</Type/Annot/Subtype/Widget/FT/Sig/T(stamp%d)/F 132/P %d 0 R/Rect[0 0 0 0]"
        b"/V %d 0 R>>" % (standing.stamps + 1, _PAGE, stamp),
    }
    written, offsets = _written(bodies, standing.end)
    head = _HEAD % stamp  # formatted by itself: what was read may hold a percent sign
    return _finished(so_far, standing, (written, head, offsets), (catalog, page, 2 * room))


def _written(bodies: Mapping[int, bytes], position: int) -> tuple[bytes, list[int]]:
    """Objects one after another, and where each of them begins, and what follows the last."""
    parts, offsets = [], [position]
    for number, body in bodies.items():
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        offsets.append(offsets[-1] + len(parts[-1]))
    return b"".join(parts), offsets


def _finished(
    so_far: Digest,
    standing: Standing,
    begun: tuple[bytes, bytes, list[int]],
    changed: tuple[bytes, bytes, int],
) -> Revision:
    """Close the revision: /ByteRange, cross-references, trailer."""
    written, head, offsets = begun
    catalog, page, digits = changed
    hole = offsets[-1] + len(head % (0, 0, 0)) - 1
    resumed = hole + digits + 2
    end = b">>\nendobj\n"
    table = resumed + len(end)
    entries = [b"%010d 00000 n \n" % at for at in offsets]
    tail = end + (
        b"xref\n0 1\n0000000000 65535 f \n%d 1\n%s%d 1\n%s%d 2\n%s"
        b"trailer\n<</Size %d/Root %d 0 R/Info %d 0 R/ID[<%s><%s>]/Prev %d>>\n"
        b"startxref\n%d\n%%%%EOF\n"
    ) % (
        *(_CATALOG, entries[0], _PAGE, entries[1], standing.size, entries[2] + entries[3]),
        *(standing.size + 2, _CATALOG, standing.info, standing.name),
        *(so_far.hexdigest()[:32].encode("ascii"), standing.table, table),
    )
    result = replace(
        standing,
        end=resumed + len(tail),
        table=table,
        size=standing.size + 2,
        catalog=catalog,
        page=page,
        stamps=standing.stamps + 1,
    )
    before = written + head % (hole, resumed, len(tail))
    return Revision(before, b">" + tail, digits, result)


def _object(pdf: bytes, number: int, table: int, size: int) -> bytes:
    """A dictionary of the press's, found by its cross-reference."""
    begin = table + len(b"xref\n0 %d\n" % size) + number * _ENTRY
    entry = pdf[begin : begin + _ENTRY]
    if re.fullmatch(rb"[0-9]{10} 00000 n \n", entry) is None:
        raise _fault("its cross-reference table is not the press's")
    found = _OBJECT.match(pdf, int(entry[:10]))
    if found is None or int(found[1]) != number:
        raise _fault("an object is not where its cross-reference says")
    return found[2]


def _fault(detail: str) -> MalformedError:
    return MalformedError(f"the file is not as the press wrote it: {detail}", cause="form")
