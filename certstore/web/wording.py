"""How dates, times, names and numbers are written, after the wording rules of the pages.

In sentences 11 月 26 日 (26 November), in facts 2026-11-26; masked values read 已隐藏 aloud.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from itertools import groupby

from markupsafe import Markup, escape

from certstore.clock import CHINA, Clock, local_date
from certstore.web.texts import Texts

Glyphs = Callable[[str], str | None]  # character -> SVG outlines if system fonts lack it
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
_COMPOUND_SURNAMES = frozenset(
    {"欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐"}
    | {"夏侯", "长孙", "宇文", "端木", "南宫", "独孤"}
)
_ID_HEAD, _ID_TAIL, _ID_LENGTH = 6, 4, 18
# A character, and what changes its look: accents that join it, and the choice of a variant.
_CHARACTER = re.compile("(?s).[\u0300-\u036f\ufe00-\ufe0f\U000e0100-\U000e01ef]*")
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def no_glyphs(_text: str) -> str | None:
    """Leave every character to the system's fonts."""
    return None


def name_parts(name: str) -> tuple[str, str]:
    """What stays readable before and after the mask: 林晓禾 -> 林, 禾; 何清 -> 何, nothing."""
    head = 2 if len(name) > 3 and name[:2] in _COMPOUND_SURNAMES else 1  # noqa: PLR2004 - 欧阳 + two
    tail = 1 if len(name) - head > 1 else 0
    return name[:head], name[len(name) - tail :] if tail else ""


def masked_name(name: str) -> str:
    """A name with its middle hidden, as plain text: 林*禾."""
    return "*".join(name_parts(name))


def grouped(digest: str) -> str:
    """A long hexadecimal value in groups of eight, to be compared by eye."""
    return " ".join(digest[i : i + 8] for i in range(0, len(digest), 8))


def _run(pieces: list[tuple[str, str | None]]) -> Markup:
    """Neighbours that are all text, or all outlines: those are read aloud as one."""
    text = "".join(character for character, _ in pieces)
    outlines = [outline for _, outline in pieces if outline is not None]
    if not outlines:
        return Markup(escape(text))  # noqa: S704 - escaped
    return Markup('<span class="outlined" role="img" aria-label="{}">{}</span>').format(
        text,
        Markup("".join(outlines)),  # noqa: S704 - drawn by us from the document fonts
    )


class Wording:
    """Writes values in one language; `clock` tells what today is."""

    def __init__(self, texts: Texts, clock: Clock, glyphs: Glyphs = no_glyphs) -> None:
        """Take the language's texts, the clock, and the drawer of rare characters."""
        self._t = texts
        self._clock = clock
        self._glyphs = glyphs

    def day(self, value: date) -> str:
        """A date in a sentence; the year is said when it is another one than today's."""
        this_year = local_date(self._clock.now()).year
        if self._t.lang == "zh":
            short = f"{value.month} 月 {value.day} 日"
            return short if value.year == this_year else f"{value.year} 年 {short}"
        short = f"{value.day} {_MONTHS[value.month - 1]}"
        return short if value.year == this_year else f"{short} {value.year}"

    def fact_day(self, value: date) -> str:
        """A date among facts, 2026-11-26."""
        return value.isoformat()

    def moment(self, value: datetime) -> Markup:
        """Day and minute in a sentence, in China's time: 今天 18:31, 11 月 22 日 18:40."""
        local = value.astimezone(CHINA)
        if local.date() == local_date(self._clock.now()):
            return self._t("wording.today_at", time=f"{local:%H:%M}")
        return self._t("wording.day_at", day=self.day(local.date()), time=f"{local:%H:%M}")

    def log_day(self, value: date) -> Markup | str:
        """A day as a heading of a list: 今天 11 月 26 日."""
        if value == local_date(self._clock.now()):
            return self._t("wording.today_is", day=self.day(value))
        return self.day(value)

    def minute(self, value: datetime) -> str:
        """The time of day in China, 18:31."""
        return f"{value.astimezone(CHINA):%H:%M}"

    def second(self, value: datetime) -> str:
        """The time of day in China with seconds, 10:41:36."""
        return f"{value.astimezone(CHINA):%H:%M:%S}"

    def stamp(self, value: datetime) -> str:
        """A moment for machines, with China's offset (RFC 3339)."""
        return value.astimezone(CHINA).isoformat(timespec="seconds")

    def age(self, seconds: int) -> Markup:
        """How long ago, in the largest unit that is at least one."""
        for name, unit in (("days", _DAY), ("hours", _HOUR), ("minutes", _MINUTE)):
            if seconds >= unit:
                return self._t(f"wording.ago_{name}", n=seconds // unit)
        return self._t("wording.ago_now")

    def masked(self, hidden: str) -> Markup:
        """Asterisks for the eye, 已隐藏 for the ear; what is hidden is not in the page."""
        return Markup(
            '<span class="mask" aria-hidden="true">{}</span><span class="vh">{}</span>'
        ).format(hidden, self._t("wording.hidden"))

    def starred(self, text: str) -> Markup:
        """Text that was masked before it reached us: its asterisks read 已隐藏."""
        pieces = re.split(r"(\*+)", text)
        return Markup("").join(
            self.masked(p) if p.startswith("*") else self.drawn(p) for p in pieces
        )

    def drawn(self, text: str) -> Markup:
        """Text; only the characters that system fonts lack become outlines, named by their text.

        Each is a picture of its own, so that a line can break beside it as beside any other.
        """
        pieces = [(each, self._glyphs(each)) for each in _CHARACTER.findall(text)]
        runs = (list(run) for _, run in groupby(pieces, key=lambda piece: piece[1] is None))
        return Markup("").join(_run(run) for run in runs)

    def mask_name(self, name: str) -> Markup:
        """A name with its middle hidden: 林*禾."""
        head, tail = name_parts(name)
        return Markup("{}{}{}").format(self.drawn(head), self.masked("*"), self.drawn(tail))

    def mask_id(self, number: str) -> Markup:
        """A number with its middle hidden: 310199********0020; shorter ones show 2 at each end."""
        head, tail = (_ID_HEAD, _ID_TAIL) if len(number) == _ID_LENGTH else (2, 2)
        hidden = len(number) - head - tail
        if hidden < 1:
            return self.masked("***")
        return Markup("{}{}{}").format(number[:head], self.masked("*" * hidden), number[-tail:])

    def mask_room(self, address: str) -> Markup:
        """An address with the room behind its house number hidden: 望江路 188 弄 6 号 *** 室."""
        before, found, behind = address.rpartition("号")
        shown = before + found if found else address[: max(len(address) // 2, 1)]
        room = Markup(' <span class="nowrap">{}{}</span>').format(
            self.masked("***"), " 室" if behind.endswith("室") else ""
        )
        return self.drawn(shown) + room if behind else self.drawn(address)
