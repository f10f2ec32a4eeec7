"""The pages of corrections: asking and following for the holder, answering for the authority."""

from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import Response

from certstore.callers import Clerk, Officer, Operator, Resident
from certstore.certificates import Status
from certstore.disputes.answering import AnswerDesk
from certstore.disputes.desk import DisputeDesk, Filing, is_own
from certstore.disputes.routes import MOST_RIGHT, MOST_WORDS
from certstore.disputes.transitions import disputable
from certstore.errors import ConflictError, MalformedError
from certstore.holdings import HoldingsDesk
from certstore.offices import office_name
from certstore.organisations import OrganisationDesk
from certstore.pages.answering_views import (
    SourceDisputeView,
    overdue_view,
    source_dispute_view,
)
from certstore.pages.clerk_views import rooms_of
from certstore.pages.correction_views import (
    CorrectionFormView,
    correction_view,
    corrections_view,
    wrong_fields,
)
from certstore.plain_words import plain_words
from certstore.questions.desk import QuestionDesk
from certstore.reception import desk, signed_in
from certstore.source_account import SourceDesk
from certstore.web.answers import check_form, dress_of, page, see_other

router = APIRouter(include_in_schema=False)
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
RecordRef = Annotated[str, Query(max_length=20, pattern="^([0-9a-z]{20})?$")]
Word = Annotated[str, Form(max_length=5000)]
Me = Annotated[Resident, signed_in(Resident)]
AClerk = Annotated[Clerk, signed_in(Clerk)]
Disputes = Annotated[DisputeDesk, desk(DisputeDesk)]
Answers = Annotated[AnswerDesk, desk(AnswerDesk)]
Questions = Annotated[QuestionDesk, desk(QuestionDesk)]
Sources = Annotated[SourceDesk, desk(SourceDesk)]
Organisations = Annotated[OrganisationDesk, desk(OrganisationDesk)]
_ENDED = {Status.SUPERSEDED, Status.CANCELLED, Status.REVOKED}


@router.get("/corrections/new")
def new(
    request: Request,
    me: Me,
    disputes: Disputes,
    holdings: Annotated[HoldingsDesk, desk(HoldingsDesk)],
    record: RecordRef = "",
) -> Response:
    """Pick the record; then tick the field and say what is right."""
    if record:
        return page(request, "certstore/correction_new.html", _form(request, me, disputes, record))
    own = [(c, None) for c in holdings.of(me)]
    wards = [(c, c.holders[0].name) for c in holdings.of_wards(me)]
    known = [(c, ward) for c, ward in (*own, *wards) if c.status not in _ENDED]
    lang, names = dress_of(request).lang, disputes.wards(me)
    view = corrections_view(known, disputes.mine(me), names, disputes.today(), lang)
    return page(request, "certstore/corrections.html", view)


@router.post("/corrections/new", dependencies=[Depends(check_form)])
def file(
    request: Request,
    me: Me,
    disputes: Disputes,
    record: RecordRef = "",
    wrong_field: Word = "",
    right: Word = "",
    words: Word = "",
) -> Response:
    """File it; what is missing is said at its field, and what was typed is kept."""
    said, more = " ".join(right.split()), " ".join(words.split())
    errors = _faults(wrong_field, said, more)
    if not errors:
        try:
            filed = disputes.file(me, Filing(record, wrong_field, said, more))
            return see_other(f"/corrections/{filed.ref}?filed=yes")
        except (ConflictError, MalformedError) as error:
            at = "right" if error.where == "right" else "wrong_field"
            errors = {at: "same" if at == "right" else _why(error)}
    view = _form(request, me, disputes, record)
    again = replace(view, chosen=wrong_field, right=right, words=words, errors=errors)
    return page(request, "certstore/correction_new.html", again, 422)


@router.get("/corrections/{ref}")
def follow(
    ref: Ref,
    request: Request,
    me: Me,
    disputes: Disputes,
    filed: Annotated[str, Query(max_length=3)] = "",
) -> Response:
    """Where it stands, and every step."""
    lang = dress_of(request).lang
    view = correction_view(disputes.follow(me, ref), lang, filed_now=filed == "yes")
    return page(request, "certstore/correction.html", view)


@router.post("/corrections/{ref}/withdraw", dependencies=[Depends(check_form)])
def withdraw(ref: Ref, me: Me, disputes: Disputes) -> Response:
    """Take it back."""
    disputes.withdraw(me, ref)
    return see_other(f"/corrections/{ref}")


# -- the authority ---------------------------------------------------------------------------


@router.get("/source/disputes/{ref}")
def look(
    ref: Ref,
    request: Request,
    me: AClerk,
    answers: Answers,
    sources: Sources,
    organisations: Organisations,
) -> Response:
    """One dispute, and what can be done with it now."""
    view = _to_answer(ref, request, me, answers, rooms_of(me, sources, organisations))
    return page(request, "certstore/source_dispute.html", view)


@router.post("/source/disputes/{ref}", dependencies=[Depends(check_form)])
def act(
    ref: Ref,
    request: Request,
    me: AClerk,
    answers: Answers,
    sources: Sources,
    organisations: Organisations,
    do: Annotated[str, Form(max_length=10)] = "",
    value: Word = "",
    why_rejected: Word = "",
) -> Response:
    """Accept, pass on, correct or reject."""
    said, why = " ".join(value.split()), " ".join(why_rejected.split())
    errors = _act(answers, me, ref, do, said, why)
    if not errors:
        return see_other(f"/source/disputes/{ref}")
    view = _to_answer(ref, request, me, answers, rooms_of(me, sources, organisations))
    again = replace(view, typed=value, why=why_rejected, errors=errors)
    return page(request, "certstore/source_dispute.html", again, 422)


@router.get("/console/overdue")
def overdue(
    request: Request,
    me: Annotated[Operator | Officer, signed_in(Operator | Officer)],
    questions: Questions,
    disputes: Disputes,
) -> Response:
    """What agencies and authorities did not answer in time; no person is shown."""
    who, lang = f"{me.name} {me.number}", dress_of(request).lang
    view = overdue_view(who, questions.overdue(), disputes.overdue(), lang)
    return page(request, "certstore/overdue.html", view)


def _act(answers: AnswerDesk, me: Clerk, ref: str, do: str, value: str, why: str) -> dict[str, str]:
    """Do it; what is wrong with what was typed, by field."""
    match do:
        case "accept":
            answers.accept(me, ref)
        case "pass_on":
            answers.pass_on(me, ref)
        case "correct":
            return _correct(answers, me, ref, value)
        case "reject":
            fault = _fault(why, MOST_WORDS)
            if fault:
                return {"why_rejected": fault}
            answers.reject(me, ref, why)
        case _:
            raise MalformedError("there is no such act", where="do")
    return {}


def _correct(answers: AnswerDesk, me: Clerk, ref: str, value: str) -> dict[str, str]:
    if value and (fault := _fault(value, MOST_RIGHT)):
        return {"value": fault}
    try:
        answers.correct(me, ref, value)
    except ConflictError as error:
        if error.where != "value":
            raise
        return {"value": str(error.facts.get("cause", "missing"))}
    return {}


def _form(request: Request, me: Resident, disputes: DisputeDesk, ref: str) -> CorrectionFormView:
    certificate, holder = disputes.record(me, ref)
    lang = dress_of(request).lang
    return CorrectionFormView(
        ref=ref,
        type_code=certificate.type_code,
        office=office_name(certificate.source or certificate.issuer_uscc, lang),
        due=disputes.answer_due(),
        clients=disputes.clients_told(me, ref),
        fields=wrong_fields(certificate.type_code, disputable(certificate, holder), lang),
        ward=None if is_own(me, holder) else holder.name,
    )


def _to_answer(
    ref: str, request: Request, me: Clerk, answers: AnswerDesk, rooms: tuple[str, ...]
) -> SourceDisputeView:
    lang = dress_of(request).lang
    return source_dispute_view(me, rooms, answers.look(me, ref), answers.today(), lang)


def _faults(wrong_field: str, right: str, words: str) -> dict[str, str]:
    errors = {} if wrong_field else {"wrong_field": "missing"}
    if fault := _fault(right, MOST_RIGHT):
        errors["right"] = fault
    if words and (fault := _fault(words, MOST_WORDS)):
        errors["words"] = fault
    return errors


def _fault(text: str, longest: int) -> str:
    """What is wrong with words somebody typed, as a code; empty if nothing."""
    if not text:
        return "missing"
    if len(text) > longest:
        return "too_long"
    try:
        plain_words(text)
    except ValueError:
        return "unreadable"
    return ""


def _why(error: MalformedError | ConflictError) -> str:
    if isinstance(error, MalformedError):
        return "missing"
    return "ended" if error.where == "certificate" else "open"
