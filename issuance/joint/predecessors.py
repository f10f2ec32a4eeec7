"""What an application can follow, how that stands, and the record it is going to lead to.

The core knows one kind, an application; a matter with rows of its own adds its kind
(`Predecessor`), as it adds drafters and gates.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Any, Literal, Protocol

from certstore.catalogue import certificate_type
from certstore.certificates import Holder
from certstore.errors import ConflictError
from certstore.tables.books import Books
from issuance.application import APPLICATION, CAME_TO_NOTHING, Answers, Application, State
from issuance.record_facts import person_fact
from issuance.tables import ApplicationBook
from issuance.voucher_draft import VOUCHER


def promised(type_code: str) -> str:
    """The reference, in facts, of a record of this type that is none yet."""
    return f"promised:{type_code}"


Left = Literal["", "sign", "signatures", "mend", "ended"]  # by the reader, by others, anew, over


class Standing(StrEnum):
    """How something that is followed stands."""

    UNDER_WAY = "under_way"
    DONE = "done"  # its certificate is issued
    ENDED = "ended"  # it came to nothing


@dataclass(frozen=True, slots=True)
class Awaited:
    """Something under way that somebody's application could follow."""

    kind: str
    ref: str
    number: str
    answers: Answers  # the home it is about, as its follower answers it


@dataclass(frozen=True, slots=True)
class Followed:
    """What is followed, for somebody who waits for it: a matter, its number, its page.

    `left` is what is still to be done before it goes on by itself; empty: nothing by anybody
    who waits.
    """

    matter: str
    number: str
    path: str
    left: Left = ""


class Predecessor(Protocol):
    """One kind of what can be followed."""

    def standing(self, books: Books, ref: str) -> Standing:
        """How it stands."""
        ...

    def promises(self, books: Books, ref: str) -> Sequence[dict[str, Any]]:
        """The record it is going to lead to, as facts hold one (`promised`); none if unknown."""
        ...

    def followed(self, books: Books, ref: str, reader: Holder) -> Followed:
        """What it is, for somebody who waits for it, and what is left to do."""
        ...

    def open_to(self, books: Books, holder: Holder) -> Sequence[Awaited]:
        """What is under way that names this person as somebody who will live there."""
        ...


@dataclass(frozen=True, slots=True)
class Predecessors:
    """Every kind there is in this installation."""

    city: str
    kinds: Mapping[str, Predecessor] = field(default_factory=dict)

    def standing(self, books: Books, application: Application) -> Standing | None:
        """How what it follows stands; None if it follows nothing."""
        after = application.after
        if after is None:
            return None
        if after.kind == APPLICATION:
            return _standing(ApplicationBook(books.connection).get(after.ref))
        known = self.kinds.get(after.kind)  # its matter may have been taken out
        return Standing.ENDED if known is None else known.standing(books, after.ref)

    def promises(
        self, books: Books, application: Application, today: date
    ) -> tuple[dict[str, Any], ...]:
        """The records that what it follows is going to lead to; none unless that is under way.

        What follows in turn something else is promised that, too: a permit the voucher, and the
        notice of the lease that the registration waits for.
        """
        records: list[dict[str, Any]] = []
        one, after = application, application.after
        while after is not None and self.standing(books, one) is Standing.UNDER_WAY:
            if after.kind == APPLICATION:
                records.append(promised_voucher(one, self.city, today))
                one = ApplicationBook(books.connection).get(after.ref)
            else:
                records += self.kinds[after.kind].promises(books, after.ref)
                break
            after = one.after
        return tuple(records)

    def followed(self, books: Books, application: Application) -> Followed | None:
        """What it follows, for its applicant; None if nothing, or nothing that is known here."""
        after = application.after
        if after is None:
            return None
        if after.kind == APPLICATION:
            one = ApplicationBook(books.connection).get(after.ref)
            left: Left = "ended" if one.state in CAME_TO_NOTHING else ""
            return Followed(one.matter.value, one.number, f"/applications/{one.ref}", left)
        known = self.kinds.get(after.kind)
        return None if known is None else known.followed(books, after.ref, application.actor)

    def open_to(self, books: Books, holder: Holder) -> list[Awaited]:
        """What this person's applications could follow besides applications."""
        return [each for kind in self.kinds.values() for each in kind.open_to(books, holder)]

    def require_under_way(self, books: Books, application: Application) -> None:
        """Hold what it follows where it stands; ConflictError if that has ended meanwhile."""
        after = application.after
        if after is not None and after.kind == APPLICATION:
            ApplicationBook(books.connection).locked(after.ref)
        if self.standing(books, application) is not Standing.UNDER_WAY:
            raise ConflictError(
                "what this follows was decided a moment ago",
                where=application.ref,
                remedy="look at it once more and submit again",
                missing=[],
            )


def _standing(followed: Application) -> Standing:
    if followed.state is State.ISSUED:
        return Standing.DONE
    return Standing.ENDED if followed.state in CAME_TO_NOTHING else Standing.UNDER_WAY


def promised_voucher(application: Application, city: str, today: date) -> dict[str, Any]:
    """The voucher of a registration that is under way, were it issued today."""
    kind = certificate_type(VOUCHER)
    validity = kind.validity_from(today)
    return {
        "record_id": promised(VOUCHER),
        "version": 1,
        "type": VOUCHER,
        "holders": [person_fact(application.applicant)],
        "issuer_uscc": kind.issuer_uscc,
        "number": promised(VOUCHER),
        "issued_on": today.isoformat(),
        "valid_from": validity.valid_from.isoformat(),
        "valid_to": validity.valid_to.isoformat() if validity.valid_to else None,
        "status": "valid",
        "under_dispute": False,
        "claims": {
            "residence_address": application.answers.full_address(city),
            "registered_on": today.isoformat(),
        },
    }
