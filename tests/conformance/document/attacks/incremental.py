"""Writing an incremental update by hand (ISO 32000-1 §7.5.6), as an attacker would."""

import re
import zlib

# Numbers the press gives to objects.
CATALOGUE, PAGES, PAGE, SEAL, FILE, INFO, XMP, FONTS, DATA, SIGNATURE = (
    1, 2, 3, 4, 9, 12, 13, 16, 15, 17,
)  # fmt: skip
_TRAILER = re.compile(rb"trailer\n<</Size ([0-9]+)(.*?)>>\nstartxref\n([0-9]+)", re.DOTALL)


def body_of(pdf: bytes, number: int) -> bytes:
    """An object's body as the press wrote it."""
    found = re.search(rb"\n%d 0 obj\n(.*?)\nendobj" % number, pdf, re.DOTALL)
    return found[1]


def stream(data: bytes, members: bytes = b"", *, packed: bool = False) -> bytes:
    """A stream object's body."""
    if packed:
        data, members = zlib.compress(data), members + b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (members, len(data), data)


def size_of(pdf: bytes) -> int:
    """The first number that is free."""
    return int(_TRAILER.findall(pdf)[-1][0])


def grown(
    pdf: bytes, objects: dict[int, bytes], *, members: bytes | None = None, between: bytes = b""
) -> bytes:
    """The file with these objects put in place of old ones, or beside them.

    `members` replaces what the trailer says besides /Size and /Prev.
    """
    _, kept, start = _TRAILER.findall(pdf)[-1]
    out = pdf + between
    offsets = {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(
        b"%d 1\n%010d 00000 n \n" % (number, offset) for number, offset in sorted(offsets.items())
    )
    size = max([size_of(pdf), *(number + 1 for number in objects)])
    said = kept if members is None else members
    at = len(out)
    return out + b"xref\n%strailer\n<</Size %d%s/Prev %s>>\nstartxref\n%d\n%%%%EOF\n" % (
        table, size, said, start, at,
    )  # fmt: skip


def grown_by_stream(pdf: bytes, objects: dict[int, bytes]) -> bytes:
    """The same with a cross-reference stream where the original has a table."""
    _, kept, start = _TRAILER.findall(pdf)[-1]
    out, offsets = pdf, {}
    for number, body in objects.items():
        offsets[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    own = max(size_of(pdf), *(number + 1 for number in objects))
    offsets[own] = len(out)
    rows = b"".join(b"\1" + at.to_bytes(4, "big") + b"\0" for _, at in sorted(offsets.items()))
    index = b" ".join(b"%d 1" % number for number in sorted(offsets))
    at = len(out)
    body = stream(
        rows, b"/Type/XRef/W[1 4 1]/Index[%s]/Size %d%s/Prev %s" % (index, own + 1, kept, start)
    )
    return out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (own, body, at)


def packed_objects(pdf: bytes, objects: dict[int, bytes]) -> bytes:
    """The same with the new objects inside an object stream."""
    _, kept, start = _TRAILER.findall(pdf)[-1]
    holder = max(size_of(pdf), *(number + 1 for number in objects))
    heads, bodies = [], b""
    for number, body in objects.items():
        heads.append(b"%d %d" % (number, len(bodies)))
        bodies += body + b"\n"
    head = b" ".join(heads) + b"\n"
    packed = stream(
        head + bodies, b"/Type/ObjStm/N %d/First %d" % (len(objects), len(head)), packed=True
    )
    out = pdf + b""
    rows = {holder: b"\1" + len(out).to_bytes(4, "big") + b"\0"}
    for place, number in enumerate(objects):
        rows[number] = b"\2" + holder.to_bytes(4, "big") + bytes([place])
    out += b"%d 0 obj\n%s\nendobj\n" % (holder, packed)
    own, at = holder + 1, len(out)
    rows[own] = b"\1" + at.to_bytes(4, "big") + b"\0"
    index = b" ".join(b"%d 1" % number for number in sorted(rows))
    members = b"/Type/XRef/W[1 4 1]/Index[%s]/Size %d%s/Prev %s" % (index, own + 1, kept, start)
    body = stream(b"".join(rows[number] for number in sorted(rows)), members)
    return out + b"%d 0 obj\n%s\nendobj\nstartxref\n%d\n%%%%EOF\n" % (own, body, at)


def catalogue(pdf: bytes, old: bytes, new: bytes) -> bytes:
    body = body_of(pdf, CATALOGUE)
    assert old in body, body
    return body.replace(old, new, 1)


def with_member(pdf: bytes, number: int, member: bytes) -> bytes:
    """An object with one member more; of two alike the last counts."""
    return body_of(pdf, number)[:-2] + member + b">>"


def page(pdf: bytes, old: bytes, new: bytes) -> bytes:
    body = body_of(pdf, PAGE)
    assert old in body, body
    return body.replace(old, new, 1)
