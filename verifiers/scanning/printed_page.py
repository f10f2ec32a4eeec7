"""What a page shows to the eye: its text, and the codes printed on it."""

from typing import Final

import pypdfium2

from verifiers.scanning.opened import PrintedPages
from verifiers.scanning.symbols import MAX_PIXELS, find_codes

_DOTS_PER_INCH: Final = 200
_POINTS_PER_INCH: Final = 72
_MAX_PAGES: Final = 3


def read_pages(pdf: bytes) -> PrintedPages | None:
    """Render and read at most three pages; None for more pages, or larger than can be drawn."""
    scale = _DOTS_PER_INCH / _POINTS_PER_INCH
    texts: list[str] = []
    codes: list[str] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        if not 0 < len(document) <= _MAX_PAGES:
            return None
        document.init_forms()  # the seal is a widget, and may lie over text but never over a code
        for page in document:
            width, height = page.get_size()
            if width * height * scale * scale > MAX_PIXELS:
                return None
            texts.append(page.get_textpage().get_text_range())
            picture = page.render(scale=scale, may_draw_forms=True, grayscale=True).to_pil()
            codes.extend(find_codes(picture))
    finally:
        document.close()
    return PrintedPages("".join("".join(texts).split()), tuple(dict.fromkeys(codes)))
