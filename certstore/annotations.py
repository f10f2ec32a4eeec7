"""What an annotated copy (加注件) says of itself: who made it when, what for, good until when.

The names are those of GB/T 36903 (JZJZZSJ, JZJZZZ, JZJZZSY, JZJYXQJZSJ). Press and verifier both
spell times with `spelled`, so that what is printed and what stands in the data can be compared.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Self

from certstore.clock import CHINA, local_date
from certstore.errors import MalformedError
from certstore.plain_words import plain_words

MEMBER: Final = "copy"
"""The member of certificate.json that makes a document an annotated copy."""
SHOWN: Final = ("copy_cause", "copy_made_by", "copy_made_at", "copy_good_until")
"""The names of the four where a verdict shows them: they say nothing of whom it names."""
LONGEST_TEXT: Final = 200
LONGEST_DAYS: Final = 180
USUAL_DAYS: Final = 30
_NAMES: Final = frozenset({"JZJZZSJ", "JZJZZZ", "JZJZZSY", "JZJYXQJZSJ"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """Purpose, maker, time and expiry of one copy; times aware, to the second."""

    cause: str
    made_by: str
    made_at: datetime
    good_until: datetime

    def as_json(self) -> dict[str, str]:
        """The four members under their names in GB/T 36903."""
        return {
            "JZJZZSJ": _written(self.made_at),
            "JZJZZZ": self.made_by,
            "JZJZZSY": self.cause,
            "JZJYXQJZSJ": _written(self.good_until),
        }

    @property
    def shown(self) -> dict[str, object]:
        """What a verdict shows of it beside the fields of the certificate."""
        said = (self.cause, self.made_by, self.made_at, self.good_until)
        return dict(zip(SHOWN, said, strict=True))

    @classmethod
    def parse(cls, data: object) -> Self:
        """Read the four members; MalformedError unless they are exactly these, in order of time."""
        if not isinstance(data, Mapping) or data.keys() != _NAMES:
            raise _fault(f"a copy says exactly {', '.join(sorted(_NAMES))}")
        made_at, good_until = _moment(data["JZJZZSJ"]), _moment(data["JZJYXQJZSJ"])
        if not made_at < good_until <= made_at + timedelta(days=LONGEST_DAYS + 1):
            raise _fault(f"a copy is good for at most {LONGEST_DAYS} days")
        return cls(
            cause=_text(data["JZJZZSY"]),
            made_by=_text(data["JZJZZZ"]),
            made_at=made_at,
            good_until=good_until,
        )


def end_of_copy(made_at: datetime, days: int) -> datetime:
    """The last second of the day so many days on, in China."""
    day = local_date(made_at) + timedelta(days=days)
    return datetime.combine(day, time(23, 59, 59), CHINA)


def spelled(moment: datetime) -> str:
    """A moment as it is printed on a copy, in China's time."""
    local = moment.astimezone(CHINA)
    return f"{local.year}年{local.month}月{local.day}日 {local:%H:%M}"


def _written(moment: datetime) -> str:
    return moment.astimezone(CHINA).isoformat(timespec="seconds")


def _moment(value: object) -> datetime:
    try:
        moment = datetime.fromisoformat(_text(value))
    except ValueError:
        raise _fault("a time is written as RFC 3339 has it") from None
    if moment.tzinfo is None or _written(moment) != value:
        raise _fault("a time is written in China's time, to the second")
    return moment


def _text(value: object) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        raise _fault(f"a member is a text of 1 to {LONGEST_TEXT} characters")
    try:
        return plain_words(value)
    except ValueError:
        raise _fault("a member holds something that shows nothing") from None


def _fault(detail: str) -> MalformedError:
    return MalformedError(detail, where=MEMBER, cause="copy")
