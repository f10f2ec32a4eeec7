"""Whether an entrustment or a use code stands at a pull, and in which state it is.

The three `judge_…` for a pull read and write in the pull's own transaction: what they find is on
record with it, and a code is used up only if the pull is committed.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Literal

from certstore.callers import Service
from certstore.certificates import Certificate
from certstore.clock import local_date
from certstore.entrustment.use_code import digest_of, parse_code
from certstore.errors import (
    CertstoreError,
    ConsentRequiredError,
    ConsentWithdrawnError,
    FieldNotGrantedError,
    MalformedError,
    RateLimitedError,
    RepresentationError,
)
from certstore.sharing.grants import PullRequest
from certstore.sharing.predicates import GRANTED_BY
from certstore.tables.books import Books
from certstore.tables.entrustments import Entrustment
from certstore.tables.use_codes import UseCode

MOST_MISSES = 10  # wrong codes that one client may send within the hour
_WINDOW = timedelta(hours=1)
_WHERE_CODE = "legal_basis.use_code"
_WHERE_ENTRUSTED = "legal_basis.entrustment"

State = Literal["waiting", "coming", "standing", "over", "taken_back", "declined"]


def state_of(made: Entrustment, today: date) -> State:
    """Where an entrustment stands on a day; both its days count."""
    if made.ended_at is not None:
        unanswered = made.accepted_at is None and made.ended_by == "agent"
        return "declined" if unanswered else "taken_back"
    if today > made.to_day:
        return "over"
    if made.accepted_at is None:
        return "waiting"
    return "coming" if today < made.from_day else "standing"


def judge_entrusted(
    books: Books, service: Service, request: PullRequest, certificate: Certificate, now: datetime
) -> CertstoreError | None:
    """Why an entrustment named as the ground does not cover this pull; None if it does.

    It must be of this certificate, to this purpose, and stand today. One that was taken back is
    refused from the commit that took it back on. It covers what the purpose did on the day it was
    made: what was granted to the purpose later is refused by name.
    """
    ref = request.legal_basis.entrustment if request.legal_basis else None
    found = books.entrustments.find(ref or "")
    strange = found is None or found.certificate_ref != certificate.ref
    elsewhere = found is None or strange or found.purpose_id != service.purpose_id
    if found is None or elsewhere or not _is_about(books, request, found.person_id):
        return ConsentRequiredError(
            "the holder has not entrusted this certificate to this purpose",
            where=_WHERE_ENTRUSTED,
            remedy="ask the holder to entrust it, or for a use code",
        )
    return judge_standing(found, local_date(now)) or judge_covered(found, request.fields)


def judge_covered(made: Entrustment, asked: Sequence[str]) -> FieldNotGrantedError | None:
    """Why an entrustment to an agency does not cover what is asked for; None if it covers all.

    A question ("?age_over") is covered by itself and by each path that would answer it.
    """
    covered = set(made.fields or ())
    beyond = [path for path in asked if not covered & _covering(path)]
    if not beyond:
        return None
    return FieldNotGrantedError(
        "the holder did not entrust: " + ", ".join(beyond),
        where=_WHERE_ENTRUSTED,
        remedy="ask for what was entrusted, or ask the holder to entrust it anew",
        cause="not_entrusted",
        paths=beyond,
    )


def _covering(path: str) -> set[str]:
    return set(GRANTED_BY.get(path[1:], ())) if path.startswith("?") else {path}


def judge_standing(made: Entrustment, today: date) -> CertstoreError | None:
    """Why an entrustment cannot be used on this day; None if it can."""
    state = state_of(made, today)
    if state == "standing":
        return None
    said = f"the entrustment does not stand: {state}"
    if state in {"taken_back", "declined"}:
        return ConsentWithdrawnError(
            said, where=_WHERE_ENTRUSTED, remedy="ask the holder", cause=state
        )
    return ConsentRequiredError(said, where=_WHERE_ENTRUSTED, remedy="ask the holder", cause=state)


def judge_agent(
    books: Books, request: PullRequest, certificate: Certificate, now: datetime
) -> CertstoreError | None:
    """Why an actor of kind `agent` is not proven to act for the holder; None if they are.

    Proof is an entrustment of this very certificate that the agent accepted and that stands today.
    """
    actor = request.actor
    if actor is not None and actor.id_number:
        today = local_date(now)
        made = books.entrustments.to_agent(certificate.ref, actor.id_type, actor.id_number)
        if any(
            state_of(one, today) == "standing" and _is_about(books, request, one.person_id)
            for one in made
        ):
            return None
    return RepresentationError(
        "no entrustment on record says that this person acts for the holder",
        where="actor",
        remedy="the holder entrusts the certificate to them first (委托)",
    )


def await_turns(books: Books, asked: Iterable[tuple[Service, PullRequest]]) -> None:
    """Before pulls are judged: be alone with the clients that name use codes, or wait for that.

    So that wrong codes sent at the same moment are counted one after the other.
    """
    codes = {
        (service.client_id,)
        for service, request in asked
        if request.legal_basis is not None and request.legal_basis.use_code is not None
    }
    books.turns.take_all("wrong-codes", codes)


def judge_use_code(
    books: Books, service: Service, request: PullRequest, certificate: Certificate, now: datetime
) -> CertstoreError | None:
    """Why a use code does not cover this pull; None if it does, and then it is used up.

    Call it last: a code is not spent on a pull that is refused for something else. Wrong codes
    count against the client, whatever certificate they were tried on.
    """
    if books.use_codes.misses(service.client_id, now - _WINDOW) >= MOST_MISSES:
        return RateLimitedError(
            "too many wrong use codes from this client",
            where=_WHERE_CODE,
            remedy="wait an hour",
            retry_after=int(_WINDOW.total_seconds()),
        )
    said = request.legal_basis.use_code if request.legal_basis else None
    try:
        text = parse_code(said or "")
    except MalformedError as refusal:
        return refusal
    code = books.use_codes.find(digest_of(certificate.ref, text))
    if code is None or not _is_about(books, request, code.person_id):
        books.use_codes.missed(service.client_id, now)
        return _no_code("there is no such code for this certificate")
    return _judge_found(books, service, request, code, now)


def _judge_found(
    books: Books, service: Service, request: PullRequest, code: UseCode, now: datetime
) -> CertstoreError | None:
    beyond = _beyond(request.fields, code)
    if beyond:
        return FieldNotGrantedError(
            "the holder did not choose to give: " + ", ".join(beyond),
            where="fields",
            remedy="ask for what the holder chose",
            paths=beyond,
        )
    if code.entrustment_ref is not None:
        made = books.entrustments.get(code.entrustment_ref)
        refusal = judge_standing(made, local_date(now))
        if refusal is not None:
            return refusal
    if not books.use_codes.use(code, service.client_id, now):
        return _no_code("the code was used, taken back, or its time is over")
    facts = {"matter": "use_code", "agency": service.agency, "agency_en": service.agency_en}
    books.inbox.add(code.person_id, "use_code_used", code.ref, facts, now)
    return None


def _is_about(books: Books, request: PullRequest, person_id: int) -> bool:
    """Whether the pull names the very person whose word it is: nobody speaks for a co-holder."""
    person = books.people.find(request.subject_type, request.subject_number)
    return person is not None and person.id == person_id


def _beyond(fields: Sequence[str], code: UseCode) -> list[str]:
    return [path for path in fields if path not in code.fields]


def _no_code(detail: str) -> ConsentRequiredError:
    return ConsentRequiredError(detail, where=_WHERE_CODE, remedy="ask the holder for a new one")


def holders_ground(request: PullRequest) -> dict[str, str]:
    """What the record of a pull says of its ground where the holder's own word is named."""
    basis = request.legal_basis
    if basis is None or not (basis.use_code or basis.entrustment):
        return {}
    word = "use_code" if basis.use_code else "entrustment"
    return {"ground": "consent", "holders_word": word}
