"""Beginning an application: for oneself or a child, fresh, or again with the answers kept."""

from dataclasses import replace
from datetime import date, datetime

from certstore.callers import Resident
from certstore.catalogue import certificate_type
from certstore.certificates import Holder
from certstore.chance import reference
from certstore.clock import local_date
from certstore.errors import ConflictError
from certstore.identifiers import ResidentId
from certstore.tables.books import Books
from issuance.answers import UNDER_AGE, age_on
from issuance.application import Answers, Application, Matter, State
from issuance.issue import VOUCHER, in_force
from issuance.tables import ApplicationBook
from verifiers.materials.addresses import AddressMatch, compare_addresses

BEGUN_AGAIN = frozenset({State.REFUSED, State.WITHDRAWN})  # what may be begun again


def begin(
    books: Books, resident: Resident, matter: Matter, answers: Answers, now: datetime
) -> Application:
    """Begin a draft with these answers; what is open of this kind is given back instead.

    ConflictError if oneself is registered already, or not yet; of a child that is told only
    when the guardianship is proven.
    """
    book = ApplicationBook(books.connection)
    person = books.people.named(resident.holder)
    known = book.open_one(person.id, matter, answers.subject_key)
    if known is not None:
        return known
    if answers.child is None:
        require_free(books, resident.holder, matter, local_date(now))
    draft = Application(
        ref=reference(),
        number=_case_number(books, local_date(now)),
        matter=matter,
        applicant=answers.child.holder if answers.child else person.holder,
        person_id=person.id,
        actor=person.holder,
        actor_id=person.id,
        account=resident.account,
        state=State.DRAFT,
        begun_at=now,
        touched_at=now,
        answers=answers,
    )
    if book.add(draft):
        return draft
    other = book.open_one(person.id, matter, answers.subject_key)  # another window was first
    if other is None:
        raise ConflictError("the application could not be begun", remedy="try again")
    return other


def end_draft(books: Books, draft: Application, now: datetime, who: str, note: str) -> None:
    """End a draft as withdrawn; ConflictError if it is one no more."""
    ApplicationBook(books.connection).move(
        draft.ref, State.WITHDRAWN, now, who, note, only_from=(State.DRAFT,), decided_at=now
    )


def require_free(books: Books, holder: Holder, matter: Matter, today: date) -> None:
    """ConflictError, its cause in `facts`, where the matter does not fit what somebody holds."""
    cause = _misfit(books, holder, matter, today)
    if cause == "NOT_REGISTERED":
        raise ConflictError(
            "there is no registration whose address could be changed",
            where=matter.value,
            remedy="begin with a residence registration",
            cause=cause,
        )
    if cause == "REGISTERED_ALREADY":
        raise ConflictError(
            "you are registered already",
            where=matter.value,
            remedy="report a change of address instead",
            cause=cause,
        )


def obstacle(books: Books, application: Application, today: date, city: str) -> str:
    """Why this application cannot go on, as a code of the closed list; empty if it can."""
    holder, child = application.applicant, application.answers.child
    if child is not None:
        born = ResidentId.parse(child.id_number).birth_date
        if age_on(born, today) >= UNDER_AGE:
            return "GROWN_UP"
    address = application.answers.full_address(city)
    if application.matter is Matter.ADDRESS_CHANGE and is_registered(books, holder, address, today):
        return "ADDRESS_UNCHANGED"
    return _misfit(books, holder, application.matter, today)


def is_registered(books: Books, holder: Holder, address: str, today: date) -> bool:
    """Whether this is the address somebody is registered at."""
    known = in_force(books.register.held_by(holder.id_type, holder.id_number), today)
    registered = str(known.fields.get("residence_address", "")) if known else ""
    return bool(registered) and compare_addresses(registered, address).match is AddressMatch.SAME


def _misfit(books: Books, holder: Holder, matter: Matter, today: date) -> str:
    known = in_force(books.register.held_by(holder.id_type, holder.id_number), today)
    if matter is Matter.ADDRESS_CHANGE and known is None:
        return "NOT_REGISTERED"
    if matter is Matter.RESIDENCE_REGISTRATION and known is not None:
        return "REGISTERED_ALREADY"
    return ""


def _case_number(books: Books, today: date) -> str:
    serial = books.register.next_serial("application", today.year)
    return f"{certificate_type(VOUCHER).number_prefix}-{today:%y%m}-{serial:06d}"


def kept_answers(refused: Application) -> Answers:
    """The answers a new attempt begins with; a home taken over from a record is asked again."""
    return replace(refused.answers, confirmed=False)
