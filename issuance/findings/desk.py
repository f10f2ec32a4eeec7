"""A letter found false: it is revoked, and every decision that leaned on it is opened again.

One transaction revokes the letter, lists the decisions and tells the person. Each decision is
then made anew by an officer: the certificate issued from it is revoked, or upheld for a reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from certstore.callers import Officer
from certstore.certificates import Certificate, Status
from certstore.chance import reference
from certstore.clock import Clock
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.ledger import record_access
from certstore.tables.books import Archive, Books
from issuance.application import Application, State
from issuance.findings.records import decision_access, letter_access
from issuance.findings.tables import OPEN, Finding, FindingBook, Reopened
from issuance.letters.tables import LETTER, LetterBook, Use
from issuance.looks import Lookers
from issuance.notices import tell_certificate_judged, tell_letter_revoked
from issuance.tables import ApplicationBook

MAX_REASON = 300
IN_FORCE = frozenset({Status.VALID, Status.SUSPENDED, Status.LOST})
OUTCOMES: Mapping[str, str] = {"revoke": "revoked", "uphold": "upheld"}


@dataclass(frozen=True, slots=True)
class Affected:
    """A decision that leaned on a letter: the application, what was issued, what became of it."""

    application: Application
    certificate: Certificate | None
    reopened: Reopened | None = None

    @property
    def waits(self) -> bool:
        """Whether something is still to be decided: here, or in the case itself."""
        decided = self.reopened is not None and self.reopened.outcome != OPEN
        if decided or self.application.state in {State.REFUSED, State.WITHDRAWN}:
            return False
        return self.certificate is None or self.certificate.status in IN_FORCE

    @property
    def decidable(self) -> bool:
        """Whether it is decided here: a certificate that is in force."""
        return self.waits and self.certificate is not None


@dataclass(frozen=True, slots=True)
class LetterCase:
    """A letter as an officer sees it: what leans on it, and what was found of it."""

    letter: Certificate
    affected: tuple[Affected, ...]
    finding: Finding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingDesk:
    """Lets officers find letters false and decide again what leaned on them."""

    archive: Archive
    clock: Clock
    lookers: Lookers

    def search(self, number: str) -> str | None:
        """The reference of the letter with this number, None if there is none."""
        typed = "".join(number.split()).upper()
        with self.archive.reading() as books:
            return LetterBook(books.connection).numbered(typed) if typed else None

    def troubled(self) -> list[Use]:
        """Letters whose certificate could not be made yet."""
        with self.archive.reading() as books:
            return LetterBook(books.connection).troubled()

    def open_ones(self) -> list[LetterCase]:
        """The findings that leave something to decide, oldest first."""
        with self.archive.reading() as books:
            found = FindingBook(books.connection).open_ones()
            cases = [_case(books, finding.letter_ref, finding) for finding in found]
        return [case for case in cases if any(a.waits for a in case.affected)]

    def look(self, officer: Officer, letter_ref: str) -> LetterCase:
        """One letter; that this officer looked is recorded with each case it belongs to."""
        now = self.clock.now()
        with self.archive.writing() as books:
            case = _case(books, letter_ref, FindingBook(books.connection).of_letter(letter_ref))
            for one in sorted(case.affected, key=lambda a: a.application.ref):
                application = ApplicationBook(books.connection).locked(one.application.ref)
                self.lookers.at_case(books, officer, application, now)
        return case

    def find_false(self, officer: Officer, letter_ref: str, reason: str) -> Finding:
        """Find a letter false, for a reason that its signer reads.

        Raises NotFoundError if it is no letter of ours, MalformedError without a proper reason,
        ConflictError, saying by whom and when, if it was found false before.
        """
        now = self.clock.now()
        finding = Finding(reference(), letter_ref, checked(reason, "reason"), officer.number, now)
        with self.archive.writing() as books:
            letter = _letter(books, letter_ref)
            book = FindingBook(books.connection)
            if not book.add(finding):
                raise _found_before(book.of_letter(letter_ref))
            # From here on no submission can lean on it: those under way hold its row or see this.
            _revoke(books, letter, frozenset({Status.VALID}), now)
            uses = LetterBook(books.connection).uses_of(letter_ref)
            book.reopen(finding.ref, (use.application_ref for use in uses))
            record_access(
                books, self.lookers.origin, letter_access(books, letter, officer, finding, self)
            )
            for use in uses:
                ApplicationBook(books.connection).note(
                    use.application_ref, now, officer.number, "letter_false", finding.ref
                )
            tell_letter_revoked(books, letter, _told(books, uses, letter), finding.reason, now)
            self._close_if_done(books, finding, now)
        return finding

    def case(self, officer: Officer, finding_ref: str) -> LetterCase:
        """A finding with the decisions it opened again."""
        with self.archive.reading() as books:
            finding = FindingBook(books.connection).get(finding_ref)
        return self.look(officer, finding.letter_ref)

    def why_revoked(self, application_ref: str) -> str | None:
        """What the officer wrote who revoked this application's certificate, for whom it names."""
        with self.archive.reading() as books:
            decided = FindingBook(books.connection).revoked_by(application_ref)
            return None if decided is None else decided.sentence

    def judge(
        self, officer: Officer, finding_ref: str, application_ref: str, outcome: str, sentence: str
    ) -> Reopened:
        """Revoke the certificate of a decision opened again, or uphold it; either with a reason.

        `outcome` is revoke or uphold. Raises ConflictError if it was decided before (by whom and
        when), or if there is no certificate in force to decide about.
        """
        if outcome not in OUTCOMES:
            raise MalformedError("choose whether to revoke or to uphold", where="outcome")
        now = self.clock.now()
        decided = Reopened(
            finding_ref,
            application_ref,
            OUTCOMES[outcome],
            officer.number,
            now,
            checked(sentence, "sentence"),
        )
        with self.archive.writing() as books:
            finding = FindingBook(books.connection).get(finding_ref)
            ApplicationBook(books.connection).locked(application_ref)
            one = _one(_case(books, finding.letter_ref, finding), application_ref)
            if not FindingBook(books.connection).decide(decided):
                raise _decided_before(one.reopened)
            certificate = one.certificate
            if certificate is None or not one.decidable:
                raise ConflictError(
                    "there is no certificate in force to decide about",
                    where=application_ref,
                    remedy="decide the application itself, where it still waits",
                )
            self._carry_out(books, replace(one, reopened=decided), officer, now)
            self._close_if_done(books, finding, now)
        return decided

    def _carry_out(self, books: Books, one: Affected, officer: Officer, now: datetime) -> None:
        certificate, decided = one.certificate, one.reopened
        if certificate is None or decided is None:
            raise NotFoundError("there is nothing to carry out", where=one.application.ref)
        if decided.outcome == "revoked":
            _revoke(books, certificate, IN_FORCE, now)
        ApplicationBook(books.connection).note(
            one.application.ref, now, officer.number, decided.outcome, decided.sentence
        )
        access = decision_access(books, one.application, certificate, officer, decided, self)
        record_access(books, self.lookers.origin, access)
        tell_certificate_judged(books, one.application, decided.outcome, decided.sentence, now)

    def _close_if_done(self, books: Books, finding: Finding, now: datetime) -> None:
        case = _case(books, finding.letter_ref, finding)
        if not any(one.waits for one in case.affected):
            FindingBook(books.connection).close(finding.ref, now)


def checked(text: str, where: str) -> str:
    """A reason as it is kept and read: spaces joined, 1 to 300 characters that can be seen."""
    joined = " ".join(text.split())
    if not 1 <= len(joined) <= MAX_REASON or not joined.isprintable():
        cause = "too_long" if len(joined) > MAX_REASON else "missing"
        raise MalformedError(
            f"write a reason of 1 to {MAX_REASON} characters", where=where, cause=cause
        )
    return joined


def _letter(books: Books, ref: str) -> Certificate:
    found = books.register.get(ref)
    if found.type_code != LETTER or not found.sealed:
        raise NotFoundError("there is no such letter", where=ref)
    return found


def _case(books: Books, letter_ref: str, finding: Finding | None) -> LetterCase:
    letter = _letter(books, letter_ref)
    uses = LetterBook(books.connection).uses_of(letter_ref)
    listed = FindingBook(books.connection).reopened(finding.ref) if finding else []
    reopened = {one.application_ref: one for one in listed}
    affected = [_affected(books, use, reopened.get(use.application_ref)) for use in uses]
    return LetterCase(letter, tuple(affected), finding)


def _affected(books: Books, use: Use, reopened: Reopened | None) -> Affected:
    application = ApplicationBook(books.connection).get(use.application_ref)
    certificate = None
    if application.state is State.ISSUED and application.certificate_ref:
        certificate = books.register.get(application.certificate_ref)
    return Affected(application, certificate, reopened)


def _one(case: LetterCase, application_ref: str) -> Affected:
    for one in case.affected:
        if one.application.ref == application_ref and one.reopened is not None:
            return one
    raise NotFoundError("the finding concerns no such application", where=application_ref)


def _revoke(
    books: Books, certificate: Certificate, only_from: frozenset[Status], now: datetime
) -> None:
    books.register.set_status(certificate.ref, Status.REVOKED, now, only_from=set(only_from))
    if certificate.status_entry is not None:
        books.statuses.changed(certificate.status_entry.list_number)
    books.outbox.add("certificate.revoked", {"certificate": certificate.ref}, now)


def _told(books: Books, uses: list[Use], letter: Certificate) -> Application:
    """The application whose actor signed the letter."""
    signed = next((use for use in uses if use.signed_here), None)
    if signed is None:
        raise NotFoundError("nobody here signed this letter", where=letter.ref)
    return ApplicationBook(books.connection).get(signed.application_ref)


def _found_before(known: Finding | None) -> ConflictError:
    return ConflictError(
        "this letter was found false before",
        where="letter",
        cause="FOUND",
        by=known.found_by if known else "",
        at=known.found_at if known else None,
    )


def _decided_before(known: Reopened | None) -> ConflictError:
    return ConflictError(
        "this was decided before",
        where="outcome",
        cause="DECIDED",
        by=known.decided_by if known else "",
        at=known.decided_at if known else None,
        what=known.outcome if known else "",
    )
