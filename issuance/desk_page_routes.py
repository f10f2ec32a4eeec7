"""The officer's desk: what waits, one case, the decision."""

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Officer
from certstore.errors import ConflictError, MalformedError
from certstore.objects import ObjectStore
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from issuance.application import WITH_OFFICERS
from issuance.claims.desk import ClaimDesk
from issuance.findings.desk import FindingDesk
from issuance.four_eyes.desk import SecondDesk
from issuance.opened_case import Case
from issuance.pages.desk_pages import Typed, case_view, judgements_by_material
from issuance.pages.desk_queue_pages import narrowed, queue_view
from issuance.ratings.desk import RatingDesk
from issuance.refusals.reasons import UNLISTED, reasons_for
from issuance.review import ReviewDesk
from issuance.sentences import MAX_SENTENCE, as_read
from issuance.supplementing import SupplementDesk, may_ask
from issuance.waiting.queue import Asked
from verifiers.materials.facts import parse_facts

router = APIRouter(prefix="/desk", include_in_schema=False)
Me = Annotated[Officer, signed_in(Officer)]
Reviewing = Annotated[ReviewDesk, desk(ReviewDesk)]
Claims = Annotated[ClaimDesk, desk(ClaimDesk)]
Supplements = Annotated[SupplementDesk, desk(SupplementDesk)]
Seconds = Annotated[SecondDesk, desk(SecondDesk)]
Findings = Annotated[FindingDesk, desk(FindingDesk)]
Ratings = Annotated[RatingDesk, desk(RatingDesk)]
Objects = Annotated[ObjectStore, desk(ObjectStore)]
Word = Annotated[str, Form(max_length=400)]
_MOST_JUDGED = 9  # as many as there are keys for
_MOST_REASONS = 40
# Why a decision was not taken, though nobody decided: by the cause of the error.
_NOT_ALONE = {"HELD": "held", "PROPOSED": "proposed", "ANSWERED": "answered"}


def as_asked(
    which: Annotated[str, Query(max_length=10)] = "all",
    matter: Annotated[str, Query(max_length=40)] = "",
    hand: Annotated[str, Query(max_length=10)] = "",
    station: Annotated[str, Query(max_length=40)] = "",
    at: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
) -> Asked:
    """Which part of the queue the address names."""
    return Asked.read(which, "", at, matter=matter, in_hand=hand, station=station)


Part = Annotated[Asked, Depends(as_asked)]


async def judged(request: Request) -> dict[str, str]:
    """What was judged, why it is refused, what is asked for: `judge_1` to 9, `reason`, `ask`."""
    form = await request.form()
    names = [f"judge_{place}" for place in range(1, _MOST_JUDGED + 1)]
    said = {name: str(form[name])[:8] for name in names if name in form}
    for name in ("reason", "ask"):
        ticked = [str(code)[:40] for code in form.getlist(name)][:_MOST_REASONS]
        said[name] = ",".join(dict.fromkeys(filter(None, ticked)))
    return said


@router.get("")
def queue(
    request: Request,
    me: Me,
    reviewing: Reviewing,
    findings: Findings,
    ratings: Ratings,
    part: Part,
    decided: Annotated[str, Query(max_length=24)] = "",
    released: Annotated[str, Query(max_length=24)] = "",
    chosen: Annotated[str, Query(max_length=10)] = "",
) -> Response:
    """What waits, by due date, or a part of it."""
    done = reviewing.peek(decided) if decided else None
    found = reviewing.waiting(part, me)
    view = queue_view(
        me,
        found,
        dress_of(request).lang,
        findings.open_ones(),
        done,
        released=released,
        error=chosen if chosen in {"none", "too_many"} else "",
    )
    view = replace(view, ratings_waiting=ratings.count_waiting(me))
    return page(request, "issuance/desk_queue.html", view)


@router.post("/search", dependencies=[Depends(check_form)])
def search(
    request: Request,
    me: Me,
    reviewing: Reviewing,
    findings: Findings,
    ratings: Ratings,
    number: Word = "",
) -> Response:
    """The cases with this number, or a part of it; by POST, as no number stands in an address."""
    found = reviewing.waiting(Asked.read("all", number, 1), me)
    view = queue_view(me, found, dress_of(request).lang, findings.open_ones())
    view = replace(view, ratings_waiting=ratings.count_waiting(me))
    return page(request, "issuance/desk_queue.html", view)


@router.get("/cases/{ref}")
def case(ref: str, request: Request, me: Me, reviewing: Reviewing, part: Part) -> Response:
    """One case, taken in hand if it is free; opening it is recorded for the applicant to see."""
    return _show(request, me, reviewing, part, reviewing.open(me, ref, claim=True))


@router.get("/photos/{case_ref}/{ref}")
def photo(case_ref: str, ref: str, me: Me, reviewing: Reviewing, objects: Objects) -> Response:
    """The photo of whom a case is about; only of a case this officer may open."""
    found = reviewing.photo(me, case_ref, ref)
    return Response(objects.get(found.sha256), media_type="image/jpeg")


@router.post("/cases/{ref}", dependencies=[Depends(check_form)])
def decide(
    ref: str,
    request: Request,
    me: Me,
    reviewing: Reviewing,
    supplements: Supplements,
    part: Part,
    said: Annotated[dict[str, str], Depends(judged)],
    decision: Word = "",
    sentence: Word = "",
) -> Response:
    """Approve, refuse or ask; what was judged must carry the decision.

    Of two who decide at once, the second reads who decided, when and what.
    """
    chosen = {**said, "decision": decision, "sentence": sentence}
    opened = reviewing.open(me, ref, claim=True)
    if opened.application.state not in WITH_OFFICERS:
        return _too_late(request, me, reviewing, part, opened, chosen)
    try:
        errors = _decide((reviewing, supplements), me, opened, chosen)
    except ConflictError as error:
        return _late(request, me, reviewing, part, error, chosen)
    if errors:
        return _show(request, me, reviewing, part, opened, Typed(chosen, errors), 422)
    return _back(part, decided=ref)


@router.post("/cases/{ref}/release", dependencies=[Depends(check_form)])
def release(ref: str, me: Me, claims: Claims, reviewing: Reviewing, part: Part) -> Response:
    """Put a case back for anybody; what one does not hold (any more) needs no release."""
    claims.release(me, ref)
    return _back(part, released=reviewing.open(me, ref).application.number)


@router.post("/cases/{ref}/take-over", dependencies=[Depends(check_form)])
def take_over(
    ref: str,
    request: Request,
    me: Me,
    claims: Claims,
    reviewing: Reviewing,
    part: Part,
    over_why: Word = "",
) -> Response:
    """Take a case out of another's hand, as a supervisor, with a reason."""
    try:
        claims.take_over(me, ref, over_why)
    except MalformedError:
        typed = Typed({"over_why": over_why}, {"over_why": "missing"})
        return _show(request, me, reviewing, part, reviewing.open(me, ref), typed, 422)
    except ConflictError as error:
        return _late(request, me, reviewing, part, error, {})
    return see_other(f"/desk/cases/{ref}{narrowed(part).query()}")


@router.post("/cases/{ref}/second", dependencies=[Depends(check_form)])
def second(
    ref: str,
    request: Request,
    me: Me,
    seconds: Seconds,
    reviewing: Reviewing,
    part: Part,
    proposal: Annotated[str, Form(max_length=24)] = "",
    answer: Annotated[str, Form(max_length=10)] = "",
    words: Word = "",
) -> Response:
    """Confirm what another officer proposed, or send it back with words."""
    opened = reviewing.open(me, ref)  # an answer that comes late takes nothing in hand
    if opened.application.state not in WITH_OFFICERS:
        return _too_late(request, me, reviewing, part, opened, {})
    try:
        if answer == "back":
            seconds.send_back(me, ref, proposal, words)
            return _back(part, released=opened.application.number)
        if answer == "confirm":
            seconds.confirm(me, ref, proposal)
            return _back(part, decided=ref)
        errors = {"answer": "missing"}
    except MalformedError as error:
        words_fault = error.where == "words"
        errors = {"words": "missing"} if words_fault else {"answer": str(error.facts["cause"])}
    except ConflictError as error:
        if error.where == "decision":
            errors = {"answer": str(error.facts["cause"])}
        else:
            return _late(request, me, reviewing, part, error, {})
    typed = Typed({"words": words}, errors)
    return _show(request, me, reviewing, part, opened, typed, 422)


def _decide(
    desks: tuple[ReviewDesk, SupplementDesk], me: Officer, opened: Case, chosen: dict[str, str]
) -> dict[str, str]:
    """Decide, or say what is missing from the decision, by form field."""
    ref, (reviewing, supplements) = opened.application.ref, desks
    match chosen["decision"]:
        case "approve":
            _, open_ones = reviewing.to_judge(opened.application)
            try:
                reviewing.approve(me, ref, judgements_by_material(open_ones, chosen))
            except (MalformedError, ConflictError) as error:
                if error.where != "decision":
                    raise
                return {"decision": str(error.facts["cause"])}
        case "refuse":
            codes = [code for code in chosen["reason"].split(",") if code]
            errors = _refusal_errors(opened, codes, as_read(chosen["sentence"]))
            if errors:
                return errors
            reviewing.refuse(me, ref, codes, chosen["sentence"])
        case "ask":
            wanted = [item for item in chosen["ask"].split(",") if item]
            errors = _asking_errors(opened, wanted, as_read(chosen["sentence"]))
            if errors:
                return errors
            supplements.ask(me, ref, wanted, chosen["sentence"])
        case _:
            return {"decision": "missing"}
    return {}


def _asking_errors(opened: Case, wanted: list[str], sentence: str) -> dict[str, str]:
    if not wanted or not set(wanted) <= set(may_ask(opened.application)):
        return {"ask": "missing"}
    return {"sentence": "missing_ask"} if not sentence else _sentence_errors(sentence)


def _refusal_errors(opened: Case, codes: list[str], sentence: str) -> dict[str, str]:
    known = reasons_for(opened.application.matter.value)
    if not codes or not set(codes) <= set(known):
        return {"reason": "missing"}
    if UNLISTED in codes and not sentence:
        return {"sentence": "missing"}
    return _sentence_errors(sentence)


def _sentence_errors(sentence: str) -> dict[str, str]:
    if sentence and not sentence.isprintable():
        return {"sentence": "unreadable"}
    return {"sentence": "too_long"} if len(sentence) > MAX_SENTENCE else {}


def _back(part: Asked, **said: str) -> Response:
    """Back to the part of the queue the case was opened from."""
    return see_other(f"/desk{narrowed(part).query(**said)}")


def _late(
    request: Request,
    me: Officer,
    reviewing: ReviewDesk,
    part: Asked,
    error: ConflictError,
    chosen: dict[str, str],
) -> Response:
    """Somebody else was faster: who decided, holds or answered it stands on the page."""
    cause = str(error.facts.get("cause"))
    if cause == "DECIDED":
        return _too_late(request, me, reviewing, part, reviewing.open(me, str(error.where)), chosen)
    if cause == "PROPOSED" and error.facts.get("by") == me.number:
        return _back(part, decided=str(error.where))  # the second click on one's own proposal
    if cause not in _NOT_ALONE:
        raise error
    typed = Typed(chosen, alone_late=_NOT_ALONE[cause])
    opened = reviewing.open(me, str(error.where))
    return _show(request, me, reviewing, part, opened, typed, 409)


def _too_late(
    request: Request,
    me: Officer,
    reviewing: ReviewDesk,
    part: Asked,
    opened: Case,
    chosen: dict[str, str],
) -> Response:
    """The second click on one's own decision is that decision; another's, or an end, is told."""
    asked = opened.application.asked
    own = opened.application.reviewed_by or (asked.by if asked else "")
    if own == me.number and opened.ended is None:
        return _back(part, decided=opened.application.ref)
    return _show(request, me, reviewing, part, opened, Typed(chosen, came_late=True), 409)


def _show(
    request: Request,
    me: Officer,
    reviewing: ReviewDesk,
    part: Asked,
    opened: Case,
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    kept: dict[str, Any] = opened.application.decision or {}
    decided = None  # done as it was asked for: nothing was judged
    if kept:
        decided = (parse_facts(kept["facts"]), *reviewing.to_judge(opened.application))
    lang = dress_of(request).lang
    found = reviewing.waiting(part, me)
    minutes = int(reviewing.claims.life.total_seconds() // 60)
    shown = typed or Typed()
    view = case_view(me, found, opened, decided, lang, shown, claim_minutes=minutes)
    return page(request, "issuance/desk_case.html", view, status)
