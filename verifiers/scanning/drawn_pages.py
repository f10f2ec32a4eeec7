"""How a document looked when it was signed and how it looks now: drawn, read, and told apart.

Only a reader process imports this module.
"""

import io
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, Final

import pypdfium2
from PIL import Image, ImageChops, ImageDraw

from verifiers.scanning.account import Change, ChangeKind, PagePair
from verifiers.scanning.revisions import Drawn
from verifiers.scanning.signers import plain

_DOTS_PER_INCH: Final = 84  # large enough to read, small enough to be sent
_POINTS_PER_INCH: Final = 72
_MOST_PIXELS: Final = 4_000_000
_MOST_PAGES: Final = 3
_MOST_PAIRS: Final = 2
_MOST_TEXT: Final = 20_000  # characters a page; ours have under two thousand
_MOST_LINES: Final = 400
_MOST_WORDS: Final = 6  # of each kind
_QUALITY: Final = 72
_MARK: Final = "#ae2018"
_NOTICEABLE: Final = 24  # of 255: below it, a picture was only spelled otherwise

_Page = tuple[Image.Image | None, str]


def draw_both(pdf: bytes, signed: int) -> Drawn:
    """Draw the first `signed` bytes and all of them; a page that cannot be drawn is None."""
    before, after = _pages(pdf[:signed]), _pages(pdf)
    pairs: list[PagePair] = []
    same = True
    for number in range(max(len(before), len(after))):
        old, new = _at(before, number), _at(after, number)
        box = _difference(old, new)
        if box is None:
            continue
        same = False
        if len(pairs) < _MOST_PAIRS:
            pairs.append(PagePair(number + 1, _picture(old), _picture(_marked(new, box, old))))
    texts = ["\n".join(text for _, text in pages) for pages in (before, after)]
    return Drawn(same, tuple(_words(*texts)), tuple(pairs))


def _pages(pdf: bytes) -> Sequence[_Page]:
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError:
        return ()
    try:
        document.init_forms()
        return [_page(document, number) for number in range(min(len(document), _MOST_PAGES))]
    finally:
        document.close()


def _page(document: Any, number: int) -> _Page:  # noqa: ANN401 - pypdfium2 publishes no types
    try:
        page = document[number]
        width, height = page.get_size()
        scale = _DOTS_PER_INCH / _POINTS_PER_INCH
        if not 0 < width * height * scale * scale < _MOST_PIXELS:
            return None, ""
        picture = page.render(scale=scale, may_draw_forms=True).to_pil().convert("RGB")
        return picture, page.get_textpage().get_text_range()[:_MOST_TEXT]
    except pypdfium2.PdfiumError:
        return None, ""


def _at(pages: Sequence[_Page], number: int) -> Image.Image | None:
    return pages[number][0] if number < len(pages) else None


def _difference(old: Image.Image | None, new: Image.Image | None) -> tuple[int, ...] | None:
    """The rectangle in which two pictures differ, or None; an empty one where one is not there."""
    if old is None or new is None:
        return None if old is new else ()
    if old.size != new.size:
        return ()
    grey = ImageChops.difference(old, new).convert("L")
    return grey.point(lambda value: 255 if value > _NOTICEABLE else 0).getbbox()


def _marked(
    new: Image.Image | None, box: tuple[int, ...], old: Image.Image | None
) -> Image.Image | None:
    if new is None or old is None or not box:
        return new
    marked = new.copy()
    left, top, right, bottom = box
    frame = (left - 5, top - 5, right + 4, bottom + 4)
    ImageDraw.Draw(marked).rectangle(frame, outline=_MARK, width=3)
    return marked


def _picture(image: Image.Image | None) -> bytes | None:
    if image is None:
        return None
    out = io.BytesIO()
    image.save(out, "JPEG", quality=_QUALITY)
    return out.getvalue()


def _words(before: str, after: str) -> Iterator[Change]:
    """The words gone and the words put in, by the lines they stood on; mere moving is neither."""
    old, new = Counter(before.split()), Counter(after.split())
    for kind, text, missing in (
        (ChangeKind.TEXT_REMOVED, before, old - new),
        (ChangeKind.TEXT_ADDED, after, new - old),
    ):
        for line in list(_lines(text, missing))[:_MOST_WORDS]:
            yield Change(kind, line)


def _lines(text: str, wanted: Counter[str]) -> Iterator[str]:
    for line in text.splitlines()[:_MOST_LINES]:
        found = []
        for word in line.split():
            if wanted[word] > 0:
                wanted[word] -= 1
                found.append(word)
        if told := plain(" ".join(found)):
            yield told
