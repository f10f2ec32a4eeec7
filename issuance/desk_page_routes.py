"""The officer's desk: what waits, one case, the decision."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Officer
from certstore.errors import ConflictError, NotFoundError
from certstore.objects import ObjectStore
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, dress_of, page, see_other
from issuance.application import State
from issuance.checklist import ChecklistDesk
from issuance.handed_in import for_officer, read_kept
from issuance.pages.desk_pages import Typed, case_view, queue_view
from issuance.pages.views import Errors
from issuance.review import MAX_SENTENCE, REFUSAL_REASONS, UNLISTED, Case, ReviewDesk
from verifiers.materials.decisions import Decision, MaterialDecision
from verifiers.materials.facts import Facts, parse_facts

router = APIRouter(prefix="/desk", include_in_schema=False)
Me = Annotated[Officer, signed_in(Officer)]
Reviewing = Annotated[ReviewDesk, desk(ReviewDesk)]
Checking = Annotated[ChecklistDesk, desk(ChecklistDesk)]
Objects = Annotated[ObjectStore, desk(ObjectStore)]
Word = Annotated[str, Form(max_length=400)]


@router.get("")
def queue(
    request: Request,
    me: Me,
    reviewing: Reviewing,
    decided: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    """What waits, by due date."""
    done = reviewing.peek(decided) if decided else None
    return page(request, "issuance/desk_queue.html", queue_view(me, reviewing.queue(), done))


@router.get("/cases/{ref}")
def case(ref: str, request: Request, me: Me, reviewing: Reviewing, checking: Checking) -> Response:
    """One case; opening it is recorded for the applicant to see."""
    return _show(request, me, (reviewing, checking), reviewing.open(me, ref))


@router.get("/photos/{case_ref}/{ref}")
def photo(case_ref: str, ref: str, me: Me, reviewing: Reviewing, objects: Objects) -> Response:
    """The photo a case is about; only of a case this officer may open."""
    for record in reviewing.open(me, case_ref).records:
        found = record.file("photo")
        if record.ref == ref and found is not None:
            return Response(objects.get(found.sha256), media_type="image/jpeg")
    raise NotFoundError("the case has no such photo", where=ref)


@router.post("/cases/{ref}", dependencies=[Depends(check_form)])
def decide(
    ref: str,
    request: Request,
    me: Me,
    reviewing: Reviewing,
    checking: Checking,
    decision: Word = "",
    reason: Word = "",
    sentence: Word = "",
    judge_1: Word = "",
    judge_2: Word = "",
    judge_3: Word = "",
) -> Response:
    """Approve or refuse; what was judged must fit the decision."""
    opened = reviewing.open(me, ref)
    if opened.application.state is not State.IN_REVIEW:
        if opened.application.reviewed_by != me.number:
            raise ConflictError("somebody else has decided this case", where=ref)
        return see_other(f"/desk?decided={ref}")  # the second click on the same decision
    judged = {"judge_1": judge_1, "judge_2": judge_2, "judge_3": judge_3}
    chosen = {**judged, "decision": decision, "reason": reason, "sentence": sentence}
    kept = opened.application.decision or {}
    errors = _errors(for_officer(checking.judge_again(kept), read_kept(kept)), chosen)
    if errors:
        return _show(request, me, (reviewing, checking), opened, chosen, errors)
    if decision == "approve":
        reviewing.approve(me, ref)
    else:
        reviewing.refuse(me, ref, reason, sentence)
    return see_other(f"/desk?decided={ref}")


def _show(
    request: Request,
    me: Officer,
    desks: tuple[ReviewDesk, ChecklistDesk],
    opened: Case,
    chosen: dict[str, str] | None = None,
    errors: Errors | None = None,
) -> Response:
    reviewing, checking = desks
    kept = opened.application.decision or {}
    judged: tuple[Facts, Decision] = (parse_facts(kept["facts"]), checking.judge_again(kept))
    lang = dress_of(request).lang
    view = case_view(me, reviewing.queue(), opened, judged, lang, Typed(chosen or {}, errors or {}))
    return page(request, "issuance/desk_case.html", view, 422 if errors else 200)


def _errors(waiting: tuple[MaterialDecision, ...], chosen: dict[str, str]) -> dict[str, str]:
    """What is missing from a decision, or contradicts it, by form field."""
    said = [chosen.get(f"judge_{place}", "") for place in range(1, len(waiting) + 1)]
    match chosen["decision"]:
        case "approve":
            contradiction = {"decision": "conflict"} if "no" in said else {}
            return {"decision": "unjudged"} if "" in said else contradiction
        case "refuse":
            return _refusal_errors(chosen["reason"], chosen["sentence"].strip())
        case _:
            return {"decision": "missing"}


def _refusal_errors(reason: str, sentence: str) -> dict[str, str]:
    if reason not in REFUSAL_REASONS:
        return {"reason": "missing"}
    if reason == UNLISTED and not sentence:
        return {"sentence": "missing"}
    return {"sentence": "too_long"} if len(sentence) > MAX_SENTENCE else {}
