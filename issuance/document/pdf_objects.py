"""The small pieces every PDF file is made of (ISO 32000-1 §7)."""

from datetime import datetime
from functools import lru_cache

from certstore.clock import CHINA

HEADER = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"  # the comment marks the file as binary


@lru_cache(maxsize=8192)  # a layout's positions come again with every document
def number(value: float) -> bytes:
    """A number of points, to a hundredth."""
    return (b"%.2f" % value).rstrip(b"0").rstrip(b".")


def numbers(*values: float) -> bytes:
    """Several numbers, separated by spaces."""
    return b" ".join(number(value) for value in values)


def stream(entries: bytes, body: bytes) -> bytes:
    """A stream object with these dictionary entries; `Length` is added."""
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(body), body)


def text_string(text: str) -> bytes:
    """A text string outside content streams, as UTF-16 in hexadecimal."""
    return b"<FEFF%s>" % text.encode("utf-16-be").hex().upper().encode("ascii")


def date_string(moment: datetime) -> bytes:
    """A date with China's offset (ISO 32000-1 §7.9.4)."""
    return b"(D:%s+08'00')" % moment.astimezone(CHINA).strftime("%Y%m%d%H%M%S").encode("ascii")


def indirect(object_number: int, body: bytes) -> bytes:
    """An indirect object of generation 0."""
    return b"%d 0 obj\n%s\nendobj\n" % (object_number, body)
