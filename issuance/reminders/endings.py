"""What sources of reminders share that look at the last days of certificates."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from certstore.certificates import Certificate
from certstore.reminders.source import Batch, Due, Span
from certstore.tables.books import Books
from certstore.tables.notices import NoticeKind
from issuance.reminders.recipients import recipients
from issuance.reminders.stages import OVER, Stages

Holds = Callable[[Books, str, Certificate, date], bool]


@dataclass(frozen=True, slots=True)
class Ending:
    """What is told of an end: at which stages, under which kind before it and which after."""

    stages: Stages
    before: NoticeKind
    after: NoticeKind


def ending_batch(
    books: Books,
    span: Span,
    found: dict[int, Certificate],
    told: Ending,
    holds: Holds,
) -> list[Due]:
    """Of these certificates: whose stage of today is to be told, and is not done."""
    due = []
    for certificate in found.values():
        last_day = certificate.validity.valid_to
        stage = told.stages.stage(last_day, span.today) if last_day else None
        if last_day is None or stage is None:
            continue
        kind = told.after if stage == OVER else told.before
        if holds(books, kind, certificate, span.today):
            due.append(
                Due(
                    kind=kind,
                    occasion=f"{certificate.ref}:{stage}",
                    people=recipients(books, certificate, span.today),
                    facts={
                        "type": certificate.type_code,
                        "certificate_ref": certificate.ref,
                        "last_day": last_day.isoformat(),
                    },
                )
            )
    return due


def through(found: dict[int, Certificate], most: int, due: list[Due]) -> Batch:
    """The batch, with the row to go on after where there may be more."""
    return Batch(due=due, last_row=max(found) if len(found) == most else None)
