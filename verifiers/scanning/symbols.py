"""Finds code symbols in pictures."""

from collections.abc import Iterator, Sequence
from typing import Final

import zxingcpp
from PIL import Image

from certstore.codes.profiles import Profile

MAX_PIXELS: Final = 40_000_000
LARGEST_SIDE: Final = 2400
_QR_CODE: Final = zxingcpp.barcode_formats_from_str("QRCode")
_PREFIXES: Final = tuple(profile.prefix for profile in Profile)


def find_codes(picture: Image.Image) -> Sequence[str]:
    """The texts of all QR symbols in a picture that are codes of ours, each once, top first.

    A picture in which none is found is looked at again: enlarged where modules of two or three
    pixels may have run together, in full size where it had been made smaller.
    """
    grey = picture.convert("L")
    for seen in _looks(grey):
        symbols = zxingcpp.read_barcodes(seen, formats=_QR_CODE, text_mode=zxingcpp.TextMode.Plain)
        texts = (symbol.text for symbol in symbols if symbol.text.startswith(_PREFIXES))
        found = tuple(dict.fromkeys(texts))
        if found:
            return found
    return ()


def _looks(grey: Image.Image) -> Iterator[Image.Image]:
    reduced = grey.copy()
    reduced.thumbnail((LARGEST_SIDE, LARGEST_SIDE))  # as readable, and a hostile one cheaper
    yield reduced
    if reduced.size != grey.size:
        yield grey
    else:
        yield grey.resize((2 * grey.width, 2 * grey.height), Image.Resampling.LANCZOS)
