"""Names that system fonts cannot draw, as SVG outlines from the document fonts."""

import re
from functools import lru_cache

from markupsafe import Markup, escape

from issuance.document.fontset import FontSet, Weight
from issuance.document.outlines import glyph_path

# What every phone of the last ten years draws: ASCII, the han characters of GBK, the marks set
# between them, and ASCII typed full-width. A mark left as text keeps its place at a line's end.
_COMMON = re.compile(
    r"[ -~·•—…‘’“”\u3000-\u3002\u3007-\u3011\u3014\u3015\u4e00-\u9fa5\uff01-\uff5e]*"
)
_OPERATORS = {b"m": "M", b"l": "L", b"c": "C", b"h": "Z"}
_EM = 100
_DESCENT = 12  # of 100: where the em square hangs below the line


class RareGlyphs:
    """Draws a text whose characters common fonts lack; leaves every other text alone."""

    def __init__(self, fonts: FontSet) -> None:
        """Use the fonts documents are made with."""
        self._fonts = fonts

    def __call__(self, text: str) -> str | None:
        """The text as inline SVG with the text itself as its name; None if fonts will do."""
        return None if _COMMON.fullmatch(text) else _drawn(self._fonts, text)


@lru_cache(maxsize=1000)
def _drawn(fonts: FontSet, text: str) -> str | None:
    paths, x = [], 0.0
    for character in text:
        sort = fonts.sort(character, Weight.REGULAR)
        if sort is None:
            return None
        matrix = (_EM, 0.0, 0.0, -_EM, x, _EM - _DESCENT)
        paths.append(_svg_path(glyph_path(fonts, sort, matrix)))
        x += sort.width / 10 or _EM  # in 1/1000 em; an accent on its own has no width
    return Markup(
        '<svg class="glyphs" role="img" aria-label="{}" viewBox="0 0 {} {}" '
        'height="1em" fill="currentColor"><path d="{}"/></svg>'
    ).format(escape(text), round(x), _EM, Markup("").join(paths))


def _svg_path(operators: bytes) -> str:
    """PDF path operators as SVG path data."""
    out: list[str] = []
    waiting: list[str] = []
    for token in operators.split():
        if token in _OPERATORS:
            out.append(_OPERATORS[token] + " ".join(waiting))
            waiting = []
        else:
            waiting.append(token.decode("ascii"))
    return "".join(out)
