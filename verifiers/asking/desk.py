"""Asks whoever scans a code for a certificate, and gives the answer to whoever asked, once.

What the holder has agreed to is read and judged when it is collected, and put on record in the
same transaction: nothing of a certificate lies here in between.
"""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.chance import reference, token
from certstore.clock import Clock, local_date
from certstore.codes.claims import Disclosure
from certstore.errors import CertstoreError, GoneError, NotFoundError
from certstore.guardianship import GuardianActs, keep_guardians_look, wards_of
from certstore.objects import ObjectStore
from certstore.presentation import PRESENTABLE, Scan, held, record_scan, refuse_ended
from certstore.presenting.choices import Choice, code_data
from certstore.tables.books import Archive, Books
from certstore.tables.verifier_requests import Answer, VerifierRequest
from verifiers.scanning.desk import OnLineScan
from verifiers.scanning.status import live_finding
from verifiers.scanning.verdict import Findings, Verdict

LIFETIME: Final = timedelta(minutes=5)
_KEPT_FOR: Final = timedelta(hours=1)
State = Literal["waiting", "answered", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Who asks (by their own word), where, why, and how much; `agency` of an enrolled client."""

    verifier: str
    place: str
    why: str
    choice: Choice
    agency: str = ""


@dataclass(frozen=True, slots=True)
class MadeRequest:
    """A request just made. The secret collects the answer and is told this once."""

    request: VerifierRequest
    secret: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AskDesk:
    """Keeps verifiers' requests: one answer, one collection, gone after five minutes."""

    archive: Archive
    objects: ObjectStore
    clock: Clock
    origin: str

    def ask(self, question: Question) -> MadeRequest:
        """Keep a request; its reference goes into the code that the holder scans."""
        now, secret = self.clock.now(), token()
        request = VerifierRequest(
            ref=reference(),
            secret_digest=_digest(secret),
            verifier=question.verifier,
            place=question.place,
            why=question.why,
            agency=question.agency,
            disclosure=question.choice.disclosure,
            age_over=question.choice.age_over,
            made_at=now,
            expires_at=now + LIFETIME,
        )
        with self.archive.writing() as books:
            books.verifier_requests.forget(now - _KEPT_FOR)
            books.verifier_requests.add(request)
        return MadeRequest(request, secret)

    def open_one(self, ref: str) -> VerifierRequest:
        """A request that waits for an answer; GoneError for one that is over, or was never made.

        Its `cause`: `answered` if somebody said yes and it was fetched or still can be, `over` if
        nothing was given, `gone` where nobody knows any more.
        """
        with self.archive.reading() as books:
            found = books.verifier_requests.find(ref)
        if found is None or found.answer is not None or found.expires_at <= self.clock.now():
            raise _ended(found, self.clock.now())
        return found

    def could_show(self, resident: Resident) -> Sequence[Certificate]:
        """What this resident could answer with: their own, and those of children in their care."""
        today, holder = local_date(self.clock.now()), resident.holder
        with self.archive.reading() as books:
            whose = (holder, *wards_of(books, holder, today))
            found = (c for w in whose for c in books.register.held_by(w.id_type, w.id_number))
            return [c for c in found if c.sealed and c.status in PRESENTABLE]

    def agree(self, resident: Resident, ref: str, certificate_ref: str) -> None:
        """Answer yes with one certificate; GoneError if the request is over or was answered.

        Raises what `code_data` raises for what the certificate does not bear out: nothing is
        answered then.
        """
        now = self.clock.now()
        today = local_date(now)
        with self.archive.writing() as books:
            request = books.verifier_requests.find(ref)
            if request is None:
                raise _ended(None, now)
            certificate = held(books, resident.holder, certificate_ref, today)
            refuse_ended(certificate)
            code_data(certificate, choice_of(request), today)
            me = books.people.known(resident.holder)
            self._answer(books, ref, "yes", (me.id, certificate_ref))
            acts = GuardianActs(resident.holder, "present")
            keep_guardians_look(books, self.origin, acts, certificate, now)

    def decline(self, ref: str) -> None:
        """Answer no; who did stands nowhere. GoneError if the request is over or was answered."""
        with self.archive.writing() as books:
            self._answer(books, ref, "no", None)

    def state(self, ref: str, secret: str) -> State:
        """What became of a request, for whoever has its secret. No and too late are one word."""
        with self.archive.reading() as books:
            return self._state(self._mine(books, ref, secret))

    def collect(self, ref: str, secret: str) -> OnLineScan | State:
        """The verdict and the fields, once; the state where there is nothing to collect.

        The photo goes along where the profile says who it is.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            request = self._mine(books, ref, secret)
            state = self._state(request)
            if state != "answered" or not books.verifier_requests.collect(ref, now):
                return "over" if state == "answered" else state
            certificate = books.register.get(request.certificate_ref or "")
            choice = choice_of(request)
            fields = dict(code_data(certificate, choice, local_date(now)).given())
            has_photo = choice.shows_person and certificate.file("photo") is not None
            seen = {**fields, "photo": ""} if has_photo else fields
            said = {"place": request.place, "why": request.why}
            scan = Scan(certificate, request.agency or request.verifier, seen, said)
            record_scan(books, self.origin, scan, now)
            status = certificate.status_on(local_date(now))
            found = live_finding(status, under_dispute=certificate.under_dispute, as_of=now)
        findings = Findings()
        if found.verdict is Verdict.VALID:
            findings.passed("status", now.isoformat())
        else:
            findings.failed("status", found.verdict, found.reasons[0], now.isoformat())
        for reason in found.reasons:
            findings.remark(reason)
        photo = self._photo(certificate) if has_photo else None
        return OnLineScan(findings.result(fields), now, photo)

    def _answer(
        self, books: Books, ref: str, answer: Answer, given: tuple[int, str] | None
    ) -> None:
        now = self.clock.now()
        if not books.verifier_requests.answer(ref, answer, now, given):
            raise _ended(books.verifier_requests.find(ref), now)

    def _mine(self, books: Books, ref: str, secret: str) -> VerifierRequest:
        found = books.verifier_requests.find(ref)
        if found is None or not hmac.compare_digest(found.secret_digest, _digest(secret)):
            raise NotFoundError("there is no such request", where="ref")
        return found

    def _state(self, request: VerifierRequest) -> State:
        if request.expires_at <= self.clock.now() or request.answer == "no":
            return "over"
        if request.collected_at is not None:
            return "over"
        return "waiting" if request.answer is None else "answered"

    def _photo(self, certificate: Certificate) -> bytes | None:
        photo = certificate.file("photo")
        try:
            return self.objects.get(photo.sha256) if photo else None
        except CertstoreError:  # it is on record by now: the verdict must not be lost
            return None


def choice_of(request: VerifierRequest) -> Choice:
    """How much a request asks for."""
    return Choice(Disclosure(request.disclosure), request.age_over)


def _ended(request: VerifierRequest | None, now: datetime) -> GoneError:
    if request is None:
        return GoneError("this request is over, or there never was one", cause="gone")
    fetched = request.collected_at is not None
    if request.answer == "yes" and (fetched or request.expires_at > now):
        return GoneError("this request was answered with a yes", cause="answered")
    return GoneError("this request is over; whoever asked was given nothing", cause="over")


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
