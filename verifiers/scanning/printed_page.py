"""What a page shows to the eye: its text, and the codes printed on it."""

from collections.abc import Sequence
from typing import Any, Final

import pypdfium2

from verifiers.scanning.opened import PrintedPages
from verifiers.scanning.symbols import MAX_PIXELS, find_codes

_DOTS_PER_INCH: Final = 200
_POINTS_PER_INCH: Final = 72
MAX_PAGES: Final = 3


def read_pages(pdf: bytes) -> PrintedPages | None:
    """Render and read at most three pages; None for more pages, or larger than can be drawn."""
    texts: list[str] = []
    codes: list[str] = []
    document = pypdfium2.PdfDocument(pdf)
    try:
        if not 0 < len(document) <= MAX_PAGES:
            return None
        document.init_forms()  # the seal is a widget, and may lie over text but never over a code
        for page in document:
            found = find_page_codes(page)
            if found is None:
                return None
            texts.append(page.get_textpage().get_text_range())
            codes.extend(found)
    finally:
        document.close()
    return PrintedPages("".join("".join(texts).split()), tuple(dict.fromkeys(codes)))


def find_page_codes(page: Any) -> Sequence[str] | None:  # noqa: ANN401 - pypdfium2 has no types
    """The codes of ours on a page as it is drawn; None for one too large to be drawn."""
    scale = _DOTS_PER_INCH / _POINTS_PER_INCH
    width, height = page.get_size()
    if width * height * scale * scale > MAX_PIXELS:
        return None
    return find_codes(page.render(scale=scale, may_draw_forms=True, grayscale=True).to_pil())
