"""A pull on its way through the house: as it is asked, as it is judged, and what came of it.

Judging does no IO; what is kept beside a record is kept by whoever made it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from certstore.authorization.resource_gate import Admission
from certstore.callers import Service
from certstore.certificates import Certificate, Holder
from certstore.errors import CertstoreError
from certstore.ledger import Access, Recorded
from certstore.sharing.form_desk import Form
from certstore.sharing.forms import as_file, given_paths
from certstore.sharing.grants import PullRequest, refused_fields
from certstore.sharing.grounds import Ground
from certstore.sharing.on_behalf import on_behalf_record
from certstore.sharing.on_record import who_asks
from certstore.sharing.release import released
from certstore.tables.books import Books
from certstore.tables.people import Person

People = Mapping[tuple[str, str], Person]
"""People by type and number of their document."""


Beside = Callable[[Books, dict[str, Any] | CertstoreError], None]
"""Told of an answer or a refusal in the transaction that records it."""


@dataclass(frozen=True, slots=True)
class AskedPull:
    """A pull as it is asked; with an admission, its token and proof are judged with it."""

    service: Service
    request: PullRequest
    admission: Admission | None = None
    form: Form | None = None
    beside: Beside | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a pull: what is released, or why nothing is; and where that is recorded.

    Without `recorded` it concerned nobody known, or no token let it in.
    """

    at: datetime
    released: Mapping[str, Any]
    refusal: CertstoreError | None
    recorded: Recorded | None


@dataclass(frozen=True, slots=True)
class JudgedPull:
    """A pull with its certificate, if there is one that it may know of, and its refusal, if any."""

    asked: AskedPull
    certificate: Certificate | None
    refusal: CertstoreError | None
    ground: Ground

    @property
    def aimed_at(self) -> Sequence[Holder]:
        """Who must see the pull; nobody, where there is no certificate."""
        return () if self.certificate is None else aimed_at(self.asked.request, self.certificate)

    def accesses(self, people: People, now: datetime) -> list[Access]:
        """What is to be recorded, one for each of those it is aimed at; a refusal, too."""
        if self.certificate is None:
            return []
        record = self._record(self.certificate)
        given = self.certificate.ref if record["fields"] else None
        return [
            access_of("pull", now, self.asked.service, people[_key(holder)], record, given)
            for holder in self.aimed_at
        ]

    def outcome(self, books: Books, recorded: Sequence[Recorded], now: datetime) -> Outcome:
        """What came of it, once it is recorded; a document's link is kept beside the record."""
        first = recorded[0] if recorded else None
        if self.refusal is not None or self.certificate is None or first is None:
            return Outcome(now, {}, self.refusal, first)
        given = released(self.certificate, self.asked.request, now, self.ground.keep_days)
        if self.asked.form is not None:
            given |= self.asked.form.keep(books, self.asked.service, self.certificate, first)
        return Outcome(now, given, None, first)

    def _record(self, certificate: Certificate) -> dict[str, Any]:
        service, request = self.asked.service, self.asked.request
        paths = given_paths(request.format, request.fields, certificate)
        given = [] if self.refusal else paths
        return {
            **who_asks(service, request.case_no, request.operator, self.refusal),
            **on_behalf_record(service, request.on_behalf_of),
            "certificate": certificate.type_code,
            "certificate_ref": certificate.ref,
            "asked": [*request.fields, *as_file(request.format)],
            "fields": given,
            "refused_fields": refused_fields(service, request, certificate),
            "other_fields": sorted(set(certificate.fields) - set(given)),
            **({"decision": request.decision_id} if request.decision_id else {}),
            **self.ground.record,
        }


def aimed_at(request: PullRequest, certificate: Certificate) -> Sequence[Holder]:
    """Who must see the pull: the holder it names, and everybody's where it names none of them."""
    named = [holder for holder in certificate.holders if request.names(holder)]
    return named[:1] or certificate.holders


def access_of(
    kind: str,
    now: datetime,
    service: Service,
    person: Person | None,
    record: dict[str, Any],
    given_of: str | None = None,
) -> Access:
    """An access as the ledger records it."""
    return Access(
        kind=kind,
        at=now,
        client=service.client_id,
        agency=service.agency_uscc,
        purpose=service.purpose_id,
        person=person,
        record=record,
        given_of=given_of,
    )


def _key(holder: Holder) -> tuple[str, str]:
    return holder.id_type, holder.id_number.upper()
