"""Consents, as holders see, give, and take them back."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from certstore.callers import Resident
from certstore.certificates import Certificate, Holder, Status
from certstore.chance import reference
from certstore.clock import Clock, local_date
from certstore.consent.judging import facts_of, judge_answer, judge_decider
from certstore.consent.receipt import Given, receipt_of, sign_receipt
from certstore.consent.request_desk import tell
from certstore.consent.terms import Item, Terms, by_scope, by_type
from certstore.errors import ConflictError, NotFoundError
from certstore.guardianship import GuardianActs, is_ward, keep_guardians_look, wards_of
from certstore.keys import Signer
from certstore.tables.books import Archive, Books
from certstore.tables.consents import Consent, ConsentRequest
from certstore.tables.people import Person


@dataclass(frozen=True, slots=True)
class Asked:
    """A request with what was given upon it; `ward` is the child it is about, if not the reader."""

    request: ConsentRequest
    terms: Terms
    consents: tuple[Consent, ...] = ()
    ward: str | None = None


@dataclass(frozen=True, slots=True)
class Case:
    """A request, and what would be given just now: certificate type → the one in force, if any."""

    asked: Asked
    on_file: Mapping[str, Certificate | None]
    only_guardian: bool = False  # the reader is too young to decide


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentDesk:
    """Shows holders what they are asked; takes their answers, and what they take back."""

    archive: Archive
    clock: Clock
    receipt_signer: Signer
    issuer: str
    origin: str

    def now(self) -> datetime:
        """The present moment."""
        return self.clock.now()

    def of(self, resident: Resident) -> list[Asked]:
        """Everything this resident, or a child in their care, was asked; latest first."""
        with self.archive.reading() as books:
            wards = {p.id: p.holder.name for p in self._wards(books, resident)}
            mine = _known(books, resident.holder)
            people = [*([mine.id] if mine else []), *wards]
            requests = books.consents.requests_of(people)
            given = books.consents.given(r.ref for r in requests)
        return [_asked(r, given, wards.get(r.person_id)) for r in requests]

    def waiting(self, resident: Resident) -> int:
        """How many requests wait for this resident's answer, those to their children too."""
        now = self.now()
        return sum(asked.request.state_at(now) == "asking" for asked in self.of(resident))

    def asked(self, resident: Resident, ref: str) -> Asked:
        """One request; NotFoundError for another's as for none."""
        with self.archive.reading() as books:
            return self._asked(books, resident, ref)

    def case(self, resident: Resident, ref: str) -> Case:
        """One request with the values that would be given.

        That a guardian is shown a child's is recorded with the child, before it is.
        """
        now = self.now()
        with self.archive.reading() as books:
            asked = self._asked(books, resident, ref)
            holder, today = asked.request.holder, local_date(now)
            too_young = judge_decider(holder, resident.holder, today) is not None
            if asked.request.state_at(now) != "asking":
                return Case(asked, {}, too_young)
            on_file = _on_file(books, holder, asked.terms.items, today)
        if asked.ward is not None:
            with self.archive.writing() as books:
                acts = GuardianActs(resident.holder, "look")
                for shown in filter(None, on_file.values()):
                    keep_guardians_look(books, self.origin, acts, shown, now)
        return Case(asked, on_file, too_young)

    def give(self, resident: Resident, ref: str, chosen: Collection[str], lang: str) -> Asked:
        """Agree to what needs no tick and to what was ticked; a receipt is made for each scope.

        Raises NotFoundError, ForbiddenError (too young), MalformedError (ticks that fit nothing,
        or nothing chosen), ConflictError (decided or expired already).
        """
        now = self.now()
        with self.archive.writing() as books:
            asked = self._asked(books, resident, ref)
            request, terms = asked.request, asked.terms
            refusal = judge_decider(request.holder, resident.holder, local_date(now))
            refusal = refusal or judge_answer(request, terms, chosen, now)
            if refusal is not None:
                raise refusal
            self._decide(books, resident, request, "given", now)
            principal = _principal(books, request)
            for scope, items in by_scope(terms.chosen(chosen)).items():
                given = Given(
                    ref=reference(),
                    request_ref=ref,
                    scope=scope,
                    items=tuple(items),
                    given_at=now,
                    ends_at=now + timedelta(days=terms.days),
                    principal=principal,
                    by_guardian=asked.ward is not None,
                    language=lang,
                )
                books.consents.give(self._consent(given, request, terms))
            return self._asked(books, resident, ref)

    def refuse(self, resident: Resident, ref: str) -> Asked:
        """Say no, with no further question; raises as `give`."""
        now = self.now()
        with self.archive.writing() as books:
            asked = self._asked(books, resident, ref)
            refusal = judge_decider(asked.request.holder, resident.holder, local_date(now))
            if refusal is not None:
                raise refusal
            self._decide(books, resident, asked.request, "refused", now)
            return self._asked(books, resident, ref)

    def withdraw(self, resident: Resident, ref: str) -> Asked:
        """Take back one consent, or all that was given upon a request; the next pull is refused.

        Again changes nothing. NotFoundError for another's as for none.
        """
        now = self.now()
        with self.archive.writing() as books:
            named = books.consents.consent(ref)
            asked = self._asked(books, resident, named.request_ref if named else ref)
            meant = [c.ref for c in asked.consents if named is None or c.ref == ref]
            taken_back = books.consents.withdraw(meant, now)
            request = asked.request
            if taken_back:
                tell(books, "withdrawn", request.ref, request.client_id, now)
                facts = dict(facts_of(asked.terms), request_ref=request.ref)
                occasion = min(taken_back)
                books.inbox.add(request.person_id, "consent_withdrawn", occasion, facts, now)
            return self._asked(books, resident, request.ref)

    def consent(self, resident: Resident, ref: str) -> Consent:
        """One consent of this resident's or a child's; NotFoundError for another's as for none."""
        with self.archive.reading() as books:
            found = books.consents.consent(ref)
            if found is None:
                raise _absent(ref)
            self._asked(books, resident, found.request_ref)
            return found

    # -- what each step needs --------------------------------------------------------------

    def _asked(self, books: Books, resident: Resident, ref: str) -> Asked:
        request = books.consents.request(ref)
        if request is None:
            raise _absent(ref)
        own = _number(request.holder) == _number(resident.holder)
        today = local_date(self.now())
        if not own and not is_ward(books, resident.holder, request.holder, today):
            raise _absent(ref)
        given = books.consents.given([ref])
        return _asked(request, given, None if own else request.holder.name)

    def _wards(self, books: Books, resident: Resident) -> list[Person]:
        wards = wards_of(books, resident.holder, local_date(self.now()))
        return [person for ward in wards if (person := _known(books, ward))]

    def _decide(
        self,
        books: Books,
        resident: Resident,
        request: ConsentRequest,
        state: "str",
        now: datetime,
    ) -> None:
        decider = books.people.known(resident.holder)
        if not books.consents.decide(request.ref, state, decider.id, now):  # type: ignore[arg-type]  # given or refused
            status = request.state_at(now)
            raise ConflictError(
                f"the request is {status}",
                where=request.ref,
                remedy="the agency can ask anew",
                status=status,
            )
        tell(books, state, request.ref, request.client_id, now)

    def _consent(self, given: Given, request: ConsentRequest, terms: Terms) -> Consent:
        receipt = receipt_of(given, terms, request.client_id, self.issuer)
        return Consent(
            ref=given.ref,
            request_ref=given.request_ref,
            client_id=request.client_id,
            purpose_id=terms.purpose_id,
            holder=request.holder,
            scope=given.scope,
            fields=by_type(given.items),
            times=terms.times,
            used=0,
            keep_days=terms.keep_days,
            given_at=given.given_at,
            ends_at=given.ends_at,
            withdrawn_at=None,
            receipt=sign_receipt(receipt, self.receipt_signer),
        )


def _asked(request: ConsentRequest, given: Sequence[Consent], ward: str | None) -> Asked:
    own = tuple(c for c in given if c.request_ref == request.ref)
    return Asked(request, Terms.read(request.terms), own, ward)


def _on_file(
    books: Books, holder: Holder, items: Iterable[Item], today: date
) -> dict[str, Certificate | None]:
    """The newest certificate in force of each type asked for."""
    held = books.register.held_by(holder.id_type, holder.id_number)
    in_force = [c for c in held if c.status_on(today) is Status.VALID]
    types = dict.fromkeys(item.cert_type for item in items)
    return {kind: next((c for c in in_force if c.type_code == kind), None) for kind in types}


def _principal(books: Books, request: ConsentRequest) -> str:
    client = books.sharing.client(request.client_id)
    if client is None:
        raise NotFoundError("there is no such client", where=request.client_id)
    return books.people.get(request.person_id).pairwise(client.agency_key)


def _known(books: Books, holder: Holder) -> Person | None:
    return books.people.find(holder.id_type, holder.id_number)


def _number(holder: Holder) -> tuple[str, str]:
    return holder.id_type, holder.id_number.upper()


def _absent(ref: str) -> NotFoundError:
    return NotFoundError("there is no such consent request", where=ref)
