"""What a message says: a sentence of the inbox, how many more there are, where to read them.

Never a name, a number or an address: whoever sees the phone learns what kind of matter it is and
no more. A sentence that would name an agency is replaced by a general one. The most urgent is said
first; of what has a last day, how many days are left.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

from certstore.clock import Clock
from certstore.messages.channels import Outgoing
from certstore.messages.groups import GROUP_OF
from certstore.messages.urgency import days_left, most_urgent_first
from certstore.pages.entrance_views import Notice as NoticeLine
from certstore.pages.holdings_pages import notice_lines
from certstore.tables.message_rows import ChannelName
from certstore.tables.notices import Notice
from certstore.web.dress import Lang
from certstore.web.texts import LANGUAGES, Texts
from certstore.web.wording import Wording

_LISTED: Final = 5  # sentences of a mail
_MOST_UCS2, _MOST_GSM = 70, 160  # characters of one short message (3GPP TS 23.038)
_GSM: Final = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡"
    "ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_TYPEWRITTEN: Final = str.maketrans({"’": "'", "‘": "'", "“": '"', "”": '"', "–": "-"})
_LONGEST_TEXT: Final = 200  # of a mini-program's message


def fits_one_sms(text: str) -> bool:
    """Whether it goes as one short message: 160 characters of GSM's alphabet, else 70."""
    if set(text) <= _GSM:
        return len(text) <= _MOST_GSM
    return len(text.encode("utf-16-be")) // 2 <= _MOST_UCS2


@dataclass(frozen=True, slots=True)
class Addressed:
    """Under which key something goes where."""

    key: str
    channel: ChannelName
    to: str
    lang: Lang


class Composer:
    """Writes messages; the same notices become the same message."""

    def __init__(self, public_url: str, clock: Clock) -> None:
        """Take the address that links begin with; `clock` tells which year needs no saying."""
        self._url = public_url
        self._texts = {lang: Texts(lang) for lang in LANGUAGES}
        self._wording = {lang: Wording(self._texts[lang], clock) for lang in LANGUAGES}

    def told(self, to: Addressed, found: Sequence[Notice]) -> Outgoing:
        """What tells of these notices, at least one; the most urgent is said first."""
        found = most_urgent_first(found)
        link = f"{self._url}/n/{found[0].ref}" if len(found) == 1 else f"{self._url}/notices"
        match to.channel:
            case "email":
                text = self._mail(found, to.lang, link)
            case "sms":
                text = self._sms(found, to.lang, link)
            case _:
                text = self._first(found, to.lang)[:_LONGEST_TEXT]
        subject = self._say(to.lang, "messages.subject")
        return Outgoing(key=to.key, to=to.to, lang=to.lang, subject=subject, text=text, link=link)

    def code(self, to: Addressed, code: str) -> Outgoing:
        """What brings a code for confirming the address; nobody else may be told it."""
        say = "messages.code_short" if to.channel == "sms" else "messages.code"
        return Outgoing(
            key=to.key,
            to=to.to,
            lang=to.lang,
            subject=self._say(to.lang, "messages.code_subject"),
            text=self._say(to.lang, say, code=code),
        )

    def _mail(self, found: Sequence[Notice], lang: Lang, link: str) -> str:
        lines = [self._sentence(notice, lang) for notice in found[:_LISTED]]
        if len(found) > _LISTED:
            lines.append(self._say(lang, "messages.more", n=len(found) - _LISTED))
        read = self._say(lang, "messages.read", link=link)
        why = self._say(lang, "messages.why", link=f"{self._url}/reminders")
        return "\n".join((*lines, "", read, "", why, ""))

    def _sms(self, found: Sequence[Notice], lang: Lang, link: str) -> str:
        """The most that fits one message: a whole sentence before a general one, with the link."""
        short, more = self._short(found[0], lang), self._more(found, lang)
        for said, where in (
            (self._first(found, lang), f" {link}"),
            (short + more, f" {link}"),
            (short + more, f" {self._url}/n"),
            (short, f" {self._url}/n"),
            (short, ""),
        ):
            text = f"{said}{where}"
            text = text.translate(_TYPEWRITTEN) if lang == "en" else text
            if fits_one_sms(text):
                return text
        return short

    def _first(self, found: Sequence[Notice], lang: Lang) -> str:
        return self._sentence(found[0], lang) + self._more(found, lang)

    def _more(self, found: Sequence[Notice], lang: Lang) -> str:
        others = len(found) - 1
        return self._say(lang, "messages.and_more", n=others) if others else ""

    def _short(self, notice: Notice, lang: Lang) -> str:
        """What fits beside a link: of a reminder what it is of, else the kind of news."""
        (line,) = notice_lines([notice], lang)
        left = days_left(notice)
        key = f"messages.short{'_today' if left == 0 else ''}.{notice.kind}"
        values = self._values(line, lang) | ({} if left is None else {"n": left})
        texts = self._texts[lang]
        if not texts.has(key) or not texts.placeholders(key) <= values.keys():
            return self._say(lang, f"messages.general.{_group(notice)}")
        return self._say(lang, key, **values)

    def _sentence(self, notice: Notice, lang: Lang) -> str:
        """The inbox's own, unless it would name more than the kind of matter.

        The inbox is read on any day; a message says how near the day is.
        """
        (line,) = notice_lines([notice], lang)
        key, texts = f"notices.kind.{line.kind}", self._texts[lang]
        values, left = self._values(line, lang), days_left(notice)
        near = f"messages.{'last_day' if left == 0 else 'days_left'}.{notice.kind}"
        if left is not None and texts.has(near):
            key, values = near, {**values, "n": left}
        if not texts.placeholders(key) <= values.keys():
            return self._say(lang, f"messages.general.{_group(notice)}")
        return self._say(lang, key, **values)

    def _values(self, line: NoticeLine, lang: Lang) -> dict[str, object]:
        """What may be said of a notice; nothing is there that names somebody."""
        texts = self._texts[lang]
        values: dict[str, object] = {}
        if texts.has(f"matter.{line.matter}.name"):
            values["matter"] = self._say(lang, f"matter.{line.matter}.name")
        if texts.has(f"type.{line.type_code}"):
            values["type"] = self._say(lang, f"type.{line.type_code}")
        if line.on is not None:
            values["day"] = self._wording[lang].day(line.on)
        return values

    def _say(self, lang: Lang, key: str, **values: object) -> str:
        return str(self._texts[lang](key, **values).unescape())


def _group(notice: Notice) -> Literal["progress", "dates", "looks"]:
    return GROUP_OF[notice.kind]
