"""Beginning an application: for oneself or a child, fresh, or again with the answers kept."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta

from certstore.callers import Resident
from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Holder
from certstore.chance import reference
from certstore.clock import local_date
from certstore.errors import ConflictError
from certstore.guardianship import is_ward
from certstore.identifiers import ResidentId
from certstore.tables.books import Books
from issuance.answers import UNDER_AGE, age_on
from issuance.application import CAME_TO_NOTHING, Answers, Application, Matter, State
from issuance.conduct import WORKER, Conduct, Hand
from issuance.gates import Gate
from issuance.grounds import cancellable
from issuance.history.tables import BEGUN_AGAIN as FROM_FORMER
from issuance.history.tables import History
from issuance.procedure import Action, Role, procedure_of
from issuance.progress.tables import OwnCases
from issuance.tables import ApplicationBook
from issuance.voucher_draft import SUPERSEDABLE, VOUCHER, in_force
from verifiers.materials.addresses import AddressMatch, compare_addresses

_MISFITS = {  # detail and remedy of each
    "NOT_REGISTERED": (
        "there is no registration that this could be about",
        "begin with a residence registration",
    ),
    "REGISTERED_ALREADY": ("you are registered already", "report a change of address instead"),
    "RENEWS_LATER": ("the registration runs for long yet", "come back when its end is near"),
    "NO_PERMIT": ("there is no residence permit", "apply for one first"),
    "ENDORSES_LATER": ("it is too early to endorse the permit", "come back in its last 30 days"),
    "PERMIT_LOST": ("the permit is reported lost", "lift that first, or have it issued anew"),
    "PERMIT_HELD": ("the permit was suspended by its authority", "ask at a counter"),
    "NOTHING_TO_CANCEL": (
        "there is no registration or permit in force to cancel",
        "look at your certificates",
    ),
    "BEING_ISSUED": (
        "a later version of it is being issued",
        "come back when it is there: usually within a minute",
    ),
    "HAS_PERMIT": ("there is a residence permit already", "look at your certificates"),
    "NO_HOUSEHOLD_RECORD": (
        "there is no household record on file to print on the permit",
        "bring the household register to a counter",
    ),
}
_TOO_EARLY = frozenset({"RENEWS_LATER", "ENDORSES_LATER"})
Gates = Mapping[Matter, Gate]
_NO_GATES: Gates = {}
BEGUN_AGAIN = CAME_TO_NOTHING  # what may be begun again


def begin(  # noqa: PLR0913 - what is begun, and what may stand in its way
    books: Books,
    resident: Resident,
    matter: Matter,
    answers: Answers,
    now: datetime,
    gates: Gates = _NO_GATES,
    *,
    promised: bool = False,
) -> Application:
    """Begin a draft with these answers; what is open of this kind is given back instead.

    ConflictError if oneself is registered already, or not yet; of a child that is told only
    when the guardianship is proven. `promised`: a registration that it will follow is under way.
    """
    book = ApplicationBook(books.connection)
    person = books.people.named(resident.holder)
    known = book.open_one(person.id, matter, answers.subject_key)
    if known is not None:
        return known
    child, today = answers.child, local_date(now)
    if child is None:
        require_free(books, resident.holder, matter, today, gates, promised=promised)
    elif is_ward(books, person.holder, child.holder, today):
        require_free(books, child.holder, matter, today, gates, promised=promised, ward=True)
    if matter.rests_on_registration and not promised:
        answers = _as_registered(books, person.id, answers)
    elif not matter.asks_home:
        answers = _where_registered(books, person.holder, answers, local_date(now))
    draft = Application(
        ref=reference(),
        number=case_number(books, local_date(now)),
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


def goes_on_from(books: Books, draft: Application, former: Application, now: datetime) -> None:
    """Remember what a draft was begun again from; said twice, it is remembered once."""
    history = History(books.connection)
    if draft.state is State.DRAFT and history.former(draft.ref) != former.ref:
        history.note(draft.ref, now, "applicant", FROM_FORMER, former.ref)


def end_draft(
    conduct: Conduct, books: Books, draft: Application, now: datetime, role: Role, note: str
) -> None:
    """End a draft as withdrawn; ConflictError if it is one no more."""
    action = Action.END if role is Role.SYSTEM else Action.WITHDRAW
    hand = WORKER if role is Role.SYSTEM else Hand(role, role.value)
    conduct.act(books, draft, action, hand, now, note, decided_at=now)


def require_free(  # noqa: PLR0913 - what is begun, and what may stand in its way
    books: Books,
    holder: Holder,
    matter: Matter,
    today: date,
    gates: Gates = _NO_GATES,
    *,
    promised: bool = False,
    ward: bool = False,
) -> None:
    """ConflictError, its cause in `facts`, where the matter does not fit what somebody holds.

    What is only too early says in `on` from which day it is not. `ward`: the holder is a child
    whose guardian asks.
    """
    cause = _misfit(books, holder, matter, today, gates, promised=promised)
    if cause:
        detail, remedy = _MISFITS[cause]
        on = _opens_on(books, holder, matter, today, gates) if cause in _TOO_EARLY else None
        facts = {"cause": cause, "on": on, "ward": ward}
        raise ConflictError(detail, where=matter.value, remedy=remedy, **facts)


def obstacle(
    books: Books,
    application: Application,
    today: date,
    city: str,
    gates: Gates = _NO_GATES,
    *,
    promised: bool = False,
) -> str:
    """Why this application cannot go on, as a code of the closed list; empty if it can.

    `promised`: what it follows is under way, and is going to be there.
    """
    holder, child = application.applicant, application.answers.child
    if child is not None:
        born = ResidentId.parse(child.id_number).birth_date
        if age_on(born, today) >= UNDER_AGE:
            return "GROWN_UP"
    misfit = _misfit(books, holder, application.matter, today, gates, promised=promised)
    if misfit:
        return misfit
    if application.matter is Matter.CANCELLATION:
        on_file = books.register.held_by(holder.id_type, holder.id_number)
        stands = application.answers.about in cancellable(on_file, today)
        return "" if stands else "NOTHING_TO_CANCEL"
    return _misplaced(books, application, today, city, promised=promised)


def _misplaced(
    books: Books, application: Application, today: date, city: str, *, promised: bool
) -> str:
    """Why the address of this application does not do; empty if it does."""
    holder, matter = application.applicant, application.matter
    registered = is_registered(books, holder, application.answers.full_address(city), today)
    if matter is Matter.ADDRESS_CHANGE and registered:
        return "ADDRESS_UNCHANGED"
    if matter.rests_on_registration and not (registered or promised):
        return "ADDRESS_NOT_REGISTERED"
    if matter is Matter.RESIDENCE_PERMIT:
        on_file = books.register.held_by(holder.id_type, holder.id_number)
        return "HOUSEHOLD_HERE" if household(on_file).startswith(city) else ""
    return ""


def household(on_file: list[Certificate]) -> str:
    """The address the household is registered at (常住户口所在地); empty without a record."""
    register = next((c for c in on_file if c.type_code == "household_register"), None)
    return str(register.fields.get("address") or "") if register else ""


def is_registered(books: Books, holder: Holder, address: str, today: date) -> bool:
    """Whether this is the address somebody is registered at."""
    known = in_force(books.register.held_by(holder.id_type, holder.id_number), today)
    registered = str(known.fields.get("residence_address", "")) if known else ""
    return bool(registered) and compare_addresses(registered, address).match is AddressMatch.SAME


def _misfit(
    books: Books, holder: Holder, matter: Matter, today: date, gates: Gates, *, promised: bool
) -> str:
    on_file = books.register.held_by(holder.id_type, holder.id_number)
    known = in_force(on_file, today)
    if matter is Matter.RESIDENCE_REGISTRATION:
        return "REGISTERED_ALREADY" if known is not None else ""
    promised_too = promised and matter is Matter.RESIDENCE_PERMIT
    if known is None and matter is not Matter.CANCELLATION and not promised_too:
        return "NOT_REGISTERED"
    if known is not None and matter is Matter.REGISTRATION_RENEWAL:
        return "" if renewal_is_open(known, today) else "RENEWS_LATER"
    if matter is Matter.RESIDENCE_PERMIT:
        return _no_first_permit(on_file)
    return gates[matter].misfit(books, holder, today) if matter in gates else ""


def renewal_is_open(voucher: Certificate, today: date) -> bool:
    """Whether a registration runs out soon enough to be renewed."""
    opens = renewal_opens_on(voucher)
    return opens is not None and today >= opens


def renewal_opens_on(voucher: Certificate) -> date | None:
    """The first day on which a registration can be renewed; None of one without an end."""
    ends = voucher.validity.valid_to
    days = procedure_of(Matter.REGISTRATION_RENEWAL).opens_days_before or 0
    return None if ends is None else ends - timedelta(days=days)


def _opens_on(
    books: Books, holder: Holder, matter: Matter, today: date, gates: Gates
) -> date | None:
    if matter in gates:
        return gates[matter].opens_on(books, holder, today)
    known = in_force(books.register.held_by(holder.id_type, holder.id_number), today)
    return None if known is None else renewal_opens_on(known)


def _no_first_permit(on_file: list[Certificate]) -> str:
    """Why no first permit is issued to somebody registered; how long is for the rules to say."""
    permits = (c for c in on_file if c.type_code == "residence_permit" and c.sealed)
    if any(permit.status in SUPERSEDABLE for permit in permits):
        return "HAS_PERMIT"  # past its day, too: it is endorsed, not issued a second time
    return "" if household(on_file) else "NO_HOUSEHOLD_RECORD"


def _as_registered(books: Books, actor_id: int, answers: Answers) -> Answers:
    """What was said when the registration in force was applied for: it is not asked again."""
    latest = OwnCases(books.connection).last_registered(actor_id, answers.subject_key)
    return answers if latest is None else replace(kept_answers(latest), child=answers.child)


def _where_registered(books: Books, actor: Holder, answers: Answers, today: date) -> Answers:
    """Where whom it is for is registered, so that it comes to that station; it is not asked.

    Of a child it is read where the guardianship is proven by now.
    """
    holder = answers.child.holder if answers.child else actor
    if answers.child and not is_ward(books, actor, holder, today):
        return answers
    known = in_force(books.register.held_by(holder.id_type, holder.id_number), today)
    if known is None:
        return answers
    district = str(known.fields.get("residence_district") or "")
    _, found, rest = str(known.fields.get("residence_address") or "").partition(district)
    return replace(answers, district=district, address=rest if found else "")


def case_number(books: Books, today: date) -> str:
    """The next number of an application."""
    serial = books.register.next_serial("application", today.year)
    return f"{certificate_type(VOUCHER).number_prefix}-{today:%y%m}-{serial:06d}"


def kept_answers(refused: Application) -> Answers:
    """The answers a new attempt begins with; a home taken over from a record is asked again."""
    return replace(refused.answers, confirmed=False)
