"""The officer's desk: what waits, one case, the decision."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Officer
from certstore.errors import ConflictError, MalformedError
from certstore.objects import ObjectStore
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from issuance.application import State
from issuance.findings.desk import FindingDesk
from issuance.pages.desk_pages import Typed, case_view, judgements_by_material, queue_view
from issuance.review import (
    MAX_SENTENCE,
    REFUSAL_REASONS,
    UNLISTED,
    Case,
    ReviewDesk,
    as_read,
)
from issuance.waiting.queue import Asked
from verifiers.materials.facts import parse_facts

router = APIRouter(prefix="/desk", include_in_schema=False)
Me = Annotated[Officer, signed_in(Officer)]
Reviewing = Annotated[ReviewDesk, desk(ReviewDesk)]
Findings = Annotated[FindingDesk, desk(FindingDesk)]
Objects = Annotated[ObjectStore, desk(ObjectStore)]
Word = Annotated[str, Form(max_length=400)]
_MOST_JUDGED = 9  # as many as there are keys for


async def judged(request: Request) -> dict[str, str]:
    """What was judged: the fields `judge_1` to `judge_9` of the form."""
    form = await request.form()
    names = [f"judge_{place}" for place in range(1, _MOST_JUDGED + 1)]
    return {name: str(form[name])[:8] for name in names if name in form}


@router.get("")
def queue(
    request: Request,
    me: Me,
    reviewing: Reviewing,
    findings: Findings,
    which: Annotated[str, Query(max_length=10)] = "all",
    at: Annotated[int, Query(alias="page", ge=1, le=100_000)] = 1,
    decided: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    """What waits, by due date, or a part of it."""
    done = reviewing.peek(decided) if decided else None
    found = reviewing.waiting(Asked.read(which, "", at))
    view = queue_view(me, found, findings.open_ones(), done)
    return page(request, "issuance/desk_queue.html", view)


@router.post("/search", dependencies=[Depends(check_form)])
def search(
    request: Request, me: Me, reviewing: Reviewing, findings: Findings, number: Word = ""
) -> Response:
    """The cases with this number, or a part of it; by POST, as no number stands in an address."""
    found = reviewing.waiting(Asked.read("all", number, 1))
    view = queue_view(me, found, findings.open_ones())
    return page(request, "issuance/desk_queue.html", view)


@router.get("/cases/{ref}")
def case(ref: str, request: Request, me: Me, reviewing: Reviewing) -> Response:
    """One case; opening it is recorded for the applicant to see."""
    return _show(request, me, reviewing, reviewing.open(me, ref))


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
    said: Annotated[dict[str, str], Depends(judged)],
    decision: Word = "",
    reason: Word = "",
    sentence: Word = "",
) -> Response:
    """Approve or refuse; what was judged must carry the decision.

    Of two who decide at once, the second reads who decided, when and what.
    """
    chosen = {**said, "decision": decision, "reason": reason, "sentence": sentence}
    opened = reviewing.open(me, ref)
    if opened.application.state is not State.IN_REVIEW:
        return _too_late(request, me, reviewing, opened, chosen)
    try:
        errors = _decide(reviewing, me, opened, chosen)
    except ConflictError as error:
        if error.facts.get("cause") != "DECIDED":
            raise
        return _too_late(request, me, reviewing, reviewing.open(me, ref), chosen)
    if errors:
        return _show(request, me, reviewing, opened, Typed(chosen, errors), 422)
    return see_other(f"/desk?decided={ref}")


def _decide(
    reviewing: ReviewDesk, me: Officer, opened: Case, chosen: dict[str, str]
) -> dict[str, str]:
    """Decide, or say what is missing from the decision, by form field."""
    ref = opened.application.ref
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
            errors = _refusal_errors(chosen["reason"], as_read(chosen["sentence"]))
            if errors:
                return errors
            reviewing.refuse(me, ref, chosen["reason"], chosen["sentence"])
        case _:
            return {"decision": "missing"}
    return {}


def _refusal_errors(reason: str, sentence: str) -> dict[str, str]:
    if reason not in REFUSAL_REASONS:
        return {"reason": "missing"}
    if reason == UNLISTED and not sentence:
        return {"sentence": "missing"}
    if sentence and not sentence.isprintable():
        return {"sentence": "unreadable"}
    return {"sentence": "too_long"} if len(sentence) > MAX_SENTENCE else {}


def _too_late(
    request: Request, me: Officer, reviewing: ReviewDesk, opened: Case, chosen: dict[str, str]
) -> Response:
    """The second click on one's own decision is that decision; another officer's is told."""
    if opened.application.reviewed_by == me.number:
        return see_other(f"/desk?decided={opened.application.ref}")
    return _show(request, me, reviewing, opened, Typed(chosen, came_late=True), 409)


def _show(
    request: Request,
    me: Officer,
    reviewing: ReviewDesk,
    opened: Case,
    typed: Typed | None = None,
    status: int = 200,
) -> Response:
    kept = opened.application.decision or {}
    facts = parse_facts(kept["facts"])
    decided = (facts, *reviewing.to_judge(opened.application))
    lang = dress_of(request).lang
    found = reviewing.waiting(Asked())
    view = case_view(me, found, opened, decided, lang, typed or Typed())
    return page(request, "issuance/desk_case.html", view, status)
