"""Finds code symbols in pictures."""

from collections.abc import Sequence
from typing import Final

import zxingcpp
from PIL import Image

from certstore.codes.profiles import Profile

MAX_PIXELS: Final = 40_000_000
LARGEST_SIDE: Final = 2400
_QR_CODE: Final = zxingcpp.barcode_formats_from_str("QRCode")
_PREFIXES: Final = tuple(profile.prefix for profile in Profile)


def find_codes(picture: Image.Image) -> Sequence[str]:
    """The texts of all QR symbols in a picture that are codes of ours, each once, top first."""
    grey = picture.convert("L")
    grey.thumbnail((LARGEST_SIDE, LARGEST_SIDE))  # a code is as readable, a hostile one cheaper
    symbols = zxingcpp.read_barcodes(grey, formats=_QR_CODE, text_mode=zxingcpp.TextMode.Plain)
    texts = (symbol.text for symbol in symbols if symbol.text.startswith(_PREFIXES))
    return tuple(dict.fromkeys(texts))
