"""A decision in sentences a citizen understands, in Chinese and English, from sentences.json.

At most two reasons are told, the nearest first, then what to do or that nothing is to be done.
No sentence holds a name, a number or an address.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files

from certstore.clock import local_date
from verifiers.materials.calendar_months import month_end
from verifiers.materials.decisions import UPLOAD_OF, MaterialDecision
from verifiers.materials.records import CounterCheck, EarlierVerification, FaceResult, Record
from verifiers.materials.vocabulary import (
    SOURCE_OF,
    Material,
    Outcome,
    PhotoQuality,
    Reason,
    RecordType,
)

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_MOST_REASONS = 2
_QUALITY = {
    PhotoQuality.RETAKE: ("照片检查没通过", "it did not pass the photo check"),
    PhotoQuality.MANUAL_REVIEW: ("要请人看一下", "a person has to look"),
}


@dataclass(frozen=True, slots=True)
class Wording:
    """The same sentence in both languages."""

    zh: str
    en: str

    def __add__(self, other: "Wording") -> "Wording":
        """One sentence after the other."""
        return Wording(self.zh + other.zh, " ".join(filter(None, (self.en, other.en))))

    def filled(self, values: Mapping[str, "Wording"]) -> "Wording":
        """With the placeholders filled in."""
        return Wording(
            self.zh.format_map({k: v.zh for k, v in values.items()}),
            self.en.format_map({k: v.en for k, v in values.items()}),
        )


def describe(decision: MaterialDecision) -> Wording:
    """Why, and what is to be done: the sentences of one material."""
    text = Wording("", "")
    if decision.outcome is not Outcome.BY_COMMITMENT:
        for reason in (
            decision.reasons[-1:] if _down(decision) else decision.reasons[:_MOST_REASONS]
        ):
            said = describe_reason(reason, decision)
            text += Wording(f"{said.zh}。", f"{said.en}.")
    return text + _outcome(decision)


def describe_reason(reason: Reason, decision: MaterialDecision) -> Wording:
    """The sentence of one reason of this decision, without its full stop."""
    values = _values(reason, decision)
    table = _table("reasons")
    undated = f"{reason.value}.undated"
    if undated in table and not values:
        return table[undated]
    return table[reason.value].filled(values)


def title(material: Material) -> Wording:
    """What the material is called on a page."""
    return _table("materials")[material.value]


def _down(decision: MaterialDecision) -> bool:
    # What is wrong with the copy on hand is no news while the original cannot be asked for.
    return decision.outcome is Outcome.SOURCE_DOWN


def _outcome(decision: MaterialDecision) -> Wording:
    key, values = _sentence_of(decision)
    return _table("outcomes")[key].filled(values)


def _sentence_of(decision: MaterialDecision) -> tuple[str, Mapping[str, Wording]]:
    word = decision.outcome.value
    match decision.outcome, decision.satisfied_by:
        case Outcome.SATISFIED, FaceResult():
            return "satisfied.face", {}
        case Outcome.SATISFIED, EarlierVerification(verified_at=at):
            return "satisfied.earlier", {"date": day_said(local_date(at))}
        case Outcome.SATISFIED, CounterCheck():
            return "satisfied.counter", {}
        case Outcome.SATISFIED, Record() as record:
            return word, _provenance(record)
    if decision.outcome is Outcome.BLOCKED and decision.eligible_on is not None:
        return "blocked.waiting", {}
    special = f"{word}.{decision.material.value}"
    if isinstance(decision.satisfied_by, Record):  # a signed letter, an address unchanged
        special = f"{word}.on_file"
    known = special if special in _table("outcomes") else word
    return known, {"document": _documents(decision)}


def _provenance(record: Record) -> dict[str, Wording]:
    source = SOURCE_OF.get(record.type)
    return {
        "office": _table("offices")["here" if source is None else source.value],
        "document": _table("documents")[record.type.value],
        "date": day_said(record.claims.taken_on or record.issued_on),
    }


def _documents(decision: MaterialDecision) -> Wording:
    asked = {step for group in decision.alternatives for step in group}
    return documents_said([t for t in RecordType if UPLOAD_OF[t] in asked])


def documents_said(kinds: Iterable[RecordType]) -> Wording:
    """Any one of these kinds of document."""
    wanted = [_table("documents")[kind.value] for kind in kinds]
    return Wording("或".join(w.zh for w in wanted), " or ".join(w.en for w in wanted))


def _values(reason: Reason, decision: MaterialDecision) -> dict[str, Wording]:
    """What the sentence of a reason needs; empty if that is not known."""
    miss = decision.near_miss
    dated = _date_of(reason, decision)
    match reason:
        case Reason.SOURCE_UNAVAILABLE:
            offices = [_table("offices")[s.value] for s in decision.sources_down]
            return {"office": _joined(offices)}
        case Reason.FACE_TOO_OLD:
            return {"minutes": _number(decision.limit)}
        case Reason.PHOTO_QUALITY if miss is not None and miss.claims.quality in _QUALITY:
            return {"detail": Wording(*_QUALITY[miss.claims.quality])}
        case _ if dated is not None:
            return {"date": day_said(dated), "n": _number(decision.limit)}
    return {}


def _date_of(reason: Reason, decision: MaterialDecision) -> date | None:
    if reason is Reason.NOT_YET_ELIGIBLE:
        return decision.eligible_on
    record = decision.near_miss
    if record is None:
        return None
    paid = record.claims.paid_through
    ended = record.valid_to if paid is None else month_end(paid)
    return {
        Reason.CERT_EXPIRED: ended,
        Reason.NOT_YET_VALID: record.valid_from,
        Reason.PHOTO_TOO_OLD: record.claims.taken_on,
    }.get(reason)


def _joined(offices: list[Wording]) -> Wording:
    later = [o.en.replace("The ", "the ", 1) for o in offices[1:]]
    return Wording(
        "、".join(o.zh for o in offices), " and ".join([*(o.en for o in offices[:1]), *later])
    )


def _number(value: int | None) -> Wording:
    return Wording("", "") if value is None else Wording(str(value), str(value))


def day_said(day: date) -> Wording:
    """A day as sentences write it."""
    return Wording(
        f"{day.year} 年 {day.month} 月 {day.day} 日",
        f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    )


@cache
def _table(name: str) -> Mapping[str, Wording]:
    text = files("verifiers.materials").joinpath("sentences.json").read_text("utf-8")
    return {key: Wording(both["zh"], both["en"]) for key, both in json.loads(text)[name].items()}
