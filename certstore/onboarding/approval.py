"""The operators' desk: what takes two people is decided by two, neither of them the applicant.

Both the first and the second approval are written by one conditional statement each, so that two
tabs, or two people at once, cannot count as three.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from certstore.callers import Operator
from certstore.chance import reference
from certstore.clock import Clock
from certstore.errors import CertstoreError, ConflictError, ForbiddenError, MalformedError
from certstore.onboarding.applying import activate_client, covered
from certstore.onboarding.conformance import as_shown, left_over, look
from certstore.onboarding.file import (
    ClientFile,
    PurposeFile,
    client_file,
    purpose_file,
    terms_of,
)
from certstore.onboarding.moves import move, note_change, state_of
from certstore.onboarding.states import SYSTEM, Act, Actor, Kind, Role, State, judge_step
from certstore.onboarding.terms import Terms
from certstore.tables.books import Archive, Books
from certstore.tables.onboarding import Change, Dossier

_APPLIED_FOR: Final = frozenset({"approve", "change"})
ASKED_BY_OPERATORS: Final[tuple[Act, ...]] = ("suspend", "reinstate", "retire")
_LONGEST_REASON: Final = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """A change that waits, with the client or purpose it is about."""

    change: Change
    title_zh: str
    title_en: str
    agency: str
    agency_en: str


def judge_approval(change: Change, number: str, step: int) -> CertstoreError | None:
    """Why the person of this staff number may not give this approval (1 or 2); None if they may.

    A person is their staff number, in whatever office they act.
    """
    if change.act in _APPLIED_FOR and _same(change.asked_number, number):
        return ForbiddenError(
            "whoever applied does not approve", where="approve", cause="applicant"
        )
    if (step == 1) != (change.first_by is None):
        return ConflictError(
            "it stands differently by now", where="approve", remedy="open the page again"
        )
    if step not in {1, 2} or (step == 2 and _same(change.first_number, number)):  # noqa: PLR2004 - two people
        return ForbiddenError(
            "the second approval is another person's", where="approve", cause="same_person"
        )
    return None


def _same(one: str, another: str) -> bool:
    """Whether two staff numbers are one person's; how one is typed makes nobody somebody else."""
    return one.casefold() == another.casefold()


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDesk:
    """Shows operators what waits, and lets two of them decide it."""

    archive: Archive
    clock: Clock
    sandbox: bool

    def waiting(self) -> list[Waiting]:
        """Every change that waits, oldest first."""
        with self.archive.reading() as books:
            return [_with_titles(books, change) for change in books.onboarding.all_waiting()]

    def clients(self) -> list[ClientFile]:
        """Every client with its purposes and their use."""
        now = self.clock.now()
        with self.archive.reading() as books:
            known = books.onboarding.clients()
            return [client_file(books, client.client_id, now) for client in known]

    def client(self, client_id: str) -> ClientFile:
        """One client; NotFoundError."""
        with self.archive.reading() as books:
            return client_file(books, client_id, self.clock.now())

    def purpose(self, purpose_id: str) -> PurposeFile:
        """One purpose, with what was shown on the sandbox; NotFoundError."""
        now = self.clock.now()
        with self.archive.reading() as books:
            file = purpose_file(books, purpose_id, now)
        return as_shown(self.archive, file, now) if self.sandbox else file

    def approve(
        self, me: Operator, ref: str, step: int, not_given: Mapping[str, str] | None = None
    ) -> bool:
        """Give the first or second approval; whether the change is decided by it.

        `not_given` names, with the first approval, fields ("type.path") that are not granted, and
        why. ForbiddenError for the applicant and for the same person twice, ConflictError if it
        stands differently by now.
        """
        now, who = self.clock.now(), operator_name(me)
        with self.archive.writing() as books:
            change = _waiting(books, ref)
            refusal = judge_approval(change, me.number, step)
            if refusal is not None:
                raise refusal
            if step == 1:
                refused = _refused_fields(books, change, not_given or {}, now)
                if not books.onboarding.first(ref, (who, me.number), now, refused):
                    raise ConflictError("somebody else was first", where="approve")
                return False
            if not books.onboarding.close(ref, who, now, "approved"):
                raise ConflictError("it was decided meanwhile", where="approve")
            both = Actor(Role.TWO_OPERATORS, f"{change.first_by} + {who}", change.reason)
            self._carry_out(books, change, both, now)
            return True

    def _carry_out(self, books: Books, change: Change, both: Actor, now: datetime) -> None:
        kind: Kind = "client" if change.kind == "client" else "purpose"
        if change.act == "change":
            _rewrite(books, change, Terms.from_json(change.terms or {}), now)
            note_change(books, change.subject, change.client_id, "widen", both, now)
            if state_of(books, "purpose", change.subject)[0] == State.OVER_QUOTA:
                move(books, "purpose", change.subject, "refill", SYSTEM, now)
            return
        act: Act = "approve"
        for each in ASKED_BY_OPERATORS:
            act = each if each == change.act else act
        move(books, kind, change.subject, act, both, now)
        if act == "approve" and kind == "purpose" and change.not_given:
            file = purpose_file(books, change.subject, now)
            _rewrite(books, change, terms_of(file.purpose, file.dossier), now)
        if act == "approve" and kind == "client":
            activate_client(books, change.subject, now)

    def refuse(self, me: Operator, ref: str, reason: str) -> None:
        """Turn a change down, with the reason the agency will read."""
        now, actor = self.clock.now(), Actor(Role.OPERATOR, operator_name(me), reason)
        _check_reason(reason)
        with self.archive.writing() as books:
            change = _waiting(books, ref)
            if not books.onboarding.close(ref, actor.name, now, "refused"):
                raise ConflictError("it was decided meanwhile", where="refuse")
            kind: Kind = "client" if change.kind == "client" else "purpose"
            if change.act == "approve":
                move(books, kind, change.subject, "refuse", actor, now)
            elif change.act == "change":
                note_change(books, change.subject, change.client_id, "refuse", actor, now)

    def ask(self, me: Operator, kind: Kind, subject: str, act: Act, reason: str) -> None:
        """Ask for a suspension, its end, or a retirement; it waits for a second operator.

        Asking is the first of the two approvals.
        """
        now, who = self.clock.now(), operator_name(me)
        _check_reason(reason)
        with self.archive.writing() as books:
            state, client_id = state_of(books, kind, subject)
            leads_to = judge_step(kind, state, act, Role.TWO_OPERATORS)
            if isinstance(leads_to, CertstoreError):
                raise leads_to
            change = Change(
                ref=reference(),
                kind=kind,
                subject=subject,
                client_id=client_id,
                act=act,
                terms=None,
                not_given={},
                reason=reason,
                asked_by=who,
                asked_number=me.number,
                asked_at=now,
                first_by=who,
                first_number=me.number,
                first_at=now,
            )
            if not books.onboarding.ask(change):
                raise ConflictError("another change of it waits already", where="ref")

    def activate(self, me: Operator, purpose_id: str, reason: str) -> None:
        """Open an approved purpose, having seen what its client showed on the sandbox.

        On the sandbox itself ConflictError while an item is left.
        """
        now, actor = self.clock.now(), Actor(Role.OPERATOR, operator_name(me), reason)
        _check_reason(reason)
        with self.archive.writing() as books:
            file = purpose_file(books, purpose_id, now)
            if _applied(file, me):
                raise ForbiddenError("whoever applied does not open it", cause="applicant")
            if self.sandbox and left_over(look(books, file.purpose, now), file.purpose):
                raise ConflictError("not everything was shown yet", where="conformance")
            move(books, "purpose", purpose_id, "activate", actor, now)

    def look_after(self) -> None:
        """What happens by itself: quotas begin anew; on the sandbox, what was shown opens."""
        now = self.clock.now()
        with self.archive.reading() as books:
            over = books.onboarding.purposes_in(State.OVER_QUOTA)
            trying = books.onboarding.purposes_in(State.APPROVED) if self.sandbox else []
        for purpose in over:
            if purpose.standing(now) == State.ACTIVE:
                with self.archive.writing() as books:
                    if state_of(books, "purpose", purpose.purpose_id)[0] == State.OVER_QUOTA:
                        move(books, "purpose", purpose.purpose_id, "refill", SYSTEM, now)
        for purpose in trying:
            with self.archive.writing() as books:
                shown = not left_over(look(books, purpose, now), purpose)
                if shown and state_of(books, "purpose", purpose.purpose_id)[0] == State.APPROVED:
                    move(books, "purpose", purpose.purpose_id, "activate", SYSTEM, now)


def _applied(file: PurposeFile, me: Operator) -> bool:
    """Whether the operator handed the purpose in, as a developer; the latest time counts."""
    handed_in = next((step for step in file.history if step.act == "submit"), None)
    return handed_in is not None and _same(handed_in.who.rpartition(" ")[2], me.number)


def operator_name(me: Operator) -> str:
    """How the history calls an operator."""
    return f"operator {me.number}"


def _waiting(books: Books, ref: str) -> Change:
    change = books.onboarding.waiting(ref)
    if change is None:
        raise ConflictError("this was decided meanwhile", where="ref", remedy="open the list again")
    return change


def _check_reason(reason: str) -> None:
    if not reason.strip() or len(reason) > _LONGEST_REASON or not reason.isprintable():
        raise MalformedError(
            f"a reason is a sentence of at most {_LONGEST_REASON} characters", where="reason"
        )


def _refused_fields(
    books: Books, change: Change, not_given: Mapping[str, str], now: datetime
) -> dict[str, str]:
    """The fields not granted, each with its reason; at least one field must be left."""
    if change.kind == "client" or change.act not in _APPLIED_FOR:
        return {}
    terms = _asked(books, change, now)
    refused = {path: why.strip() for path, why in not_given.items() if why.strip()}
    for why in refused.values():
        _check_reason(why)
    if not refused.keys() <= terms.paths() or not terms.without(refused).fields:
        raise MalformedError(
            "at least one of the fields asked for stays",
            where="not_given",
            remedy="refuse the application instead",
        )
    return refused


def _asked(books: Books, change: Change, now: datetime) -> Terms:
    if change.terms is not None:
        return Terms.from_json(change.terms)
    file = purpose_file(books, change.subject, now)
    return terms_of(file.purpose, file.dossier)


def _rewrite(books: Books, change: Change, terms: Terms, now: datetime) -> None:
    granted = terms.without(change.not_given)
    former = purpose_file(books, change.subject, now).dossier.not_given
    still = {path: why for path, why in former.items() if path not in granted.paths()}
    books.onboarding.rewrite(change.subject, covered(granted))
    books.onboarding.keep_dossier(
        change.subject,
        Dossier(
            terms.contact,
            terms.justification,
            still | dict(change.not_given),
            terms.photo_reason,
        ),
    )


def _with_titles(books: Books, change: Change) -> Waiting:
    client = books.sharing.client(change.client_id)
    purpose = books.sharing.purpose(change.subject) if change.kind == "purpose" else None
    agency, agency_en = ("", "") if client is None else (client.agency, client.agency_en)
    if purpose is None:
        return Waiting(change, change.subject, change.subject, agency, agency_en)
    return Waiting(change, purpose.title_zh, purpose.title_en, agency, agency_en)
