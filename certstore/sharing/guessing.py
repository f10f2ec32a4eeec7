"""How often a client may bring a value and hear whether it is the one: values only, no IO.

Whoever may ask often enough learns what they may not pull. So each value that is brought counts,
whether in a question of its own or within a decision; the same value again tells nothing new.
"""

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from certstore.errors import CertstoreError
from certstore.sharing.predicates import (
    GUESSABLE,
    GUESSES,
    GUESSES_A_CASE,
    Answer,
    Guesses,
    too_often,
)
from certstore.tables.usage import UsageEntry

LOOKED_BACK: Final = timedelta(days=30)
_MARK: Final = 16  # hexadecimal digits: enough to tell a client's own guesses apart


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """A certificate was compared: by which question, and with which answer.

    `told` is what the service brought; none where the question is the same in every case.
    """

    certificate_ref: str
    type_code: str
    question: str
    answer: Answer
    told: str | None = None

    @property
    def mark(self) -> str | None:
        """What tells two guesses apart, without saying what was guessed; none for no guess."""
        if self.told is None:
            return None
        said = f"{self.certificate_ref}\x00{self.question}\x00{self.told}"
        return hashlib.sha256(said.encode()).hexdigest()[:_MARK]

    def as_json(self) -> dict[str, Any]:
        """As a record keeps it."""
        said = {
            "certificate_ref": self.certificate_ref,
            "type": self.type_code,
            "question": self.question,
            "answer": self.answer,
        }
        return said if self.mark is None else {**said, "mark": self.mark}


@dataclass(frozen=True, slots=True, kw_only=True)
class Guessed:
    """What a client guessed about one certificate: questions, and marks of what decisions told."""

    asked: Guesses
    marks: frozenset[str]
    marks_in_case: frozenset[str]

    @property
    def guesses(self) -> Guesses:
        """All together, in this case and in every case."""
        return Guesses(
            self.asked.in_case + len(self.marks_in_case), self.asked.in_all + len(self.marks)
        )


def guessed(
    entries: Iterable[UsageEntry], client_id: str, certificate_ref: str, case_no: str
) -> Guessed:
    """What of a person's accesses were guesses of this client about this certificate."""
    in_case = in_all = 0
    marks: set[str] = set()
    of_case: set[str] = set()
    for entry in entries:
        if entry.record.get("client") != client_id:
            continue
        here = entry.record.get("case_no") == case_no
        if entry.kind == "verify" and entry.certificate_ref == certificate_ref:
            one = bool(GUESSABLE & set(entry.record.get("fields", ())))
            in_case, in_all = in_case + (one and here), in_all + one
        told = _marks(entry, certificate_ref)
        marks |= told
        of_case |= told if here else set()
    return Guessed(
        asked=Guesses(in_case, in_all),
        marks=frozenset(marks),
        marks_in_case=frozenset(of_case),
    )


def judge_guesses(marks: Collection[str], before: Guessed) -> CertstoreError | None:
    """Why these guesses about one certificate are too many; None if they are not."""
    fresh = len(set(marks) - before.marks)
    so_far = before.guesses
    beyond = so_far.in_case + fresh > GUESSES_A_CASE or so_far.in_all + fresh > GUESSES
    return too_often() if fresh and beyond else None


def _marks(entry: UsageEntry, certificate_ref: str) -> set[str]:
    if entry.kind != "decision":
        return set()
    return {
        each["mark"]
        for each in entry.record.get("compared", ())
        if each["certificate_ref"] == certificate_ref and "mark" in each
    }
