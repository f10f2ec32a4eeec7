"""Consent requests, as services make them and see what came of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import qrcode
from qrcode.constants import ERROR_CORRECT_M

from certstore.callers import Service
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.consent.judging import (
    MOST_OPEN,
    Asking,
    facts_of,
    judge_asking,
    judge_caller,
    judge_return_address,
)
from certstore.consent.terms import Terms
from certstore.errors import CertstoreError, ConflictError, NotFoundError
from certstore.guardianship import is_ward
from certstore.onboarding.quotas import count_call
from certstore.tables.books import Archive, Books
from certstore.tables.consents import Consent, ConsentRequest
from certstore.tables.people import Person
from certstore.web.symbol import QUIET_ZONE, Symbol, symbol_path


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentRequestDesk:
    """Takes requests of services, and tells each what became of its own."""

    archive: Archive
    clock: Clock
    issuer: str
    demonstration: bool = False

    def ask(self, service: Service, asking: Asking) -> dict[str, Any]:
        """Ask the holder, who finds it in their inbox at once; nothing is given by asking.

        Raises PurposeError or FieldNotGrantedError for what the token does not cover,
        QuotaExceededError, MalformedError, and ConflictError where too many requests wait already.
        Each call counts for the purpose's quota, a refused one, too. Somebody of whom nothing is
        on file is asked like everybody: an agency does not learn here who is known.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            asked = self._ask(books, service, asking, now)
        if isinstance(asked, CertstoreError):
            raise asked
        return self._told(asked, (), now, asking.language)

    def _ask(
        self, books: Books, service: Service, asking: Asking, now: datetime
    ) -> ConsentRequest | CertstoreError:
        """The request that was kept, or why none was: the count is committed with either."""
        refusal = count_call(books, service, now) or judge_asking(
            service, asking, books.consents.return_addresses(service.client_id)
        )
        if refusal is not None:
            return refusal  # nothing of the person was looked at
        person = books.people.numbered(asking.subject_type, asking.subject_number)
        books.turns.take("consent-requests", service.client_id, person.id)
        if books.consents.open_requests(service.client_id, person.id, now) >= MOST_OPEN:
            return ConflictError(
                "this person has not answered earlier requests yet",
                where="subject",
                remedy="wait for an answer, or until they expire",
            )
        request = self._request(service, asking, person, now)
        books.consents.ask(request)
        _announce(books, person, request, now)
        return request

    def standing(self, service: Service, ref: str) -> dict[str, Any]:
        """What became of a request; another client's is as absent as none."""
        now = self.clock.now()
        with self.archive.reading() as books:
            request = _own(books, service, ref)
            return self._told(request, books.consents.given([ref]), now)

    def code(self, service: Service, ref: str) -> str:
        """The request's address as a QR code, SVG: to be handed over to the holder's phone."""
        with self.archive.reading() as books:
            request = _own(books, service, ref)
        return _svg(self._address(request.ref))

    def allow_return(self, client_id: str, uri: str) -> None:
        """Register where a client may have holders led back to; MalformedError, NotFoundError."""
        refusal = judge_return_address(uri, demonstration=self.demonstration)
        if refusal is not None:
            raise refusal
        with self.archive.writing() as books:
            if books.sharing.client(client_id) is None:
                raise NotFoundError("there is no such client", where=client_id)
            books.consents.allow_return(client_id, uri)

    def end_overdue(self) -> int:
        """End the requests nobody answered in time, how many; their clients are told."""
        now = self.clock.now()
        with self.archive.writing() as books:
            ended = books.consents.end_overdue(now)
            for ref, client in ended:
                tell(books, "expired", ref, client, now)
        return len(ended)

    def _request(
        self, service: Service, asking: Asking, person: Person, now: datetime
    ) -> ConsentRequest:
        terms = Terms(
            agency=service.agency,
            agency_en=service.agency_en,
            agency_uscc=service.agency_uscc,
            purpose_id=service.purpose_id,
            matter_code=service.matter_code,
            title_zh=service.title_zh,
            title_en=service.title_en,
            legal_ref=service.legal_basis.get("ref", ""),
            case_no=asking.case_no,
            items=asking.items,
            times=asking.times,
            days=asking.days,
            keep_days=asking.keep_days,
            otherwise=asking.otherwise,
            return_uri=asking.return_uri,
            state=asking.state,
        )
        return ConsentRequest(
            ref=reference(),
            client_id=service.client_id,
            person_id=person.id,
            holder=person.holder,
            terms=terms.as_json(),
            state="asking",
            asked_at=now,
            expires_at=now + timedelta(seconds=asking.lives_s),
        )

    def _address(self, ref: str, language: str | None = None) -> str:
        return f"{self.issuer}/consents/{ref}" + (f"?lang={language}" if language else "")

    def _told(
        self,
        request: ConsentRequest,
        given: "list[Consent] | tuple[()]",
        now: datetime,
        language: str | None = None,
    ) -> dict[str, Any]:
        decided = request.decided_at
        return {
            "ref": request.ref,
            "status": request.state_at(now),
            "case_no": request.terms["case_no"],
            "asked_at": request.asked_at.isoformat(),
            "expires_at": request.expires_at.isoformat(),
            "decided_at": decided.isoformat() if decided else None,
            "consent_url": self._address(request.ref, language),
            "qr_url": f"{self.issuer}/v1/consent-requests/{request.ref}/qr",
            "consents": [consent_told(consent, now) for consent in given],
        }


def consent_told(consent: Consent, now: datetime) -> dict[str, Any]:
    """A consent as its client and its holder are told of it, with its receipt."""
    back = consent.withdrawn_at
    return {
        "ref": consent.ref,
        "scope": consent.scope,
        "status": consent.standing(now),
        "fields": {kind: list(paths) for kind, paths in consent.fields.items()},
        "times": consent.times,
        "used": consent.used,
        "given_at": consent.given_at.isoformat(),
        "ends_at": consent.ends_at.isoformat(),
        "withdrawn_at": back.isoformat() if back else None,
        "receipt": consent.receipt,
    }


def tell(books: Books, what: str, request_ref: str, client_id: str, now: datetime) -> None:
    """Queue the event for the client: which request, and no word about anybody."""
    body = {"consent_request": request_ref, "client": client_id}
    books.outbox.add(f"consent.{what}", body, now)


def _own(books: Books, service: Service, ref: str) -> ConsentRequest:
    refusal = judge_caller(service)
    if refusal is not None:
        raise refusal
    request = books.consents.request(ref)
    if request is None or request.client_id != service.client_id:
        raise NotFoundError("there is no such consent request", where=ref)
    return request


def _announce(books: Books, person: Person, request: ConsentRequest, now: datetime) -> None:
    """Into the inbox of the holder, and of who may answer for a child."""
    facts = dict(facts_of(Terms.read(request.terms)), request_ref=request.ref)
    guardians = books.guardianships.guardians_of(person.id)
    told = [row for row, g in guardians if is_ward(books, g, person.holder, local_date(now))]
    for row in (person.id, *told):
        books.inbox.add(row, "consent_asked", f"{request.ref}:{row}", facts, now)


def _svg(text: str) -> str:
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text, optimize=0)
    code.make(fit=True)
    symbol = Symbol.of(code.get_matrix())
    side = symbol.size + 2 * QUIET_ZONE
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {side} {side}" role="img" '
        f'shape-rendering="crispEdges"><rect width="{side}" height="{side}" fill="#fff"/>'
        f'<path d="{symbol_path(symbol)}" fill="#000"/></svg>'
    )
