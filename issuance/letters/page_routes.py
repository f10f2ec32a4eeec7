"""The officers' pages of letters: search, one letter, found false, decisions made again."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import Response

from certstore.callers import Officer
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.objects import ObjectStore
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, page, see_other
from issuance.findings.desk import FindingDesk, LetterCase
from issuance.pages.desk_letter_pages import Desk, LateTyped, finding_view, letters_view
from issuance.review import ReviewDesk
from issuance.waiting.queue import Asked

router = APIRouter(prefix="/desk", include_in_schema=False)
Me = Annotated[Officer, signed_in(Officer)]
Reviewing = Annotated[ReviewDesk, desk(ReviewDesk)]
Findings = Annotated[FindingDesk, desk(FindingDesk)]
Objects = Annotated[ObjectStore, desk(ObjectStore)]
Word = Annotated[str, Form(max_length=400)]
_FORM = [Depends(check_form)]


@router.get("/letters")
def letters(request: Request, me: Me, reviewing: Reviewing, findings: Findings) -> Response:
    """Letters found false with something left to decide, and the search for one."""
    return page(request, "issuance/desk_letters.html", letters_view(_desk(me, reviewing, findings)))


@router.post("/letters", dependencies=_FORM)
def search(
    request: Request, me: Me, reviewing: Reviewing, findings: Findings, number: Word = ""
) -> Response:
    """Open the letter with this number; by POST, as no number stands in an address."""
    found = findings.search(number)
    if found is not None:
        return see_other(f"/desk/letters/{found}")
    view = letters_view(_desk(me, reviewing, findings), number=number, nothing_found=True)
    return page(request, "issuance/desk_letters.html", view)


@router.get("/letters/{ref}")
def letter(
    ref: str, request: Request, me: Me, reviewing: Reviewing, findings: Findings
) -> Response:
    """One letter and what leans on it; looking is recorded for the signer to see."""
    view = letters_view(_desk(me, reviewing, findings), findings.look(me, ref))
    return page(request, "issuance/desk_letters.html", view)


@router.get("/letters/{ref}/document")
def document(ref: str, me: Me, findings: Findings, objects: Objects) -> Response:
    """The signed letter itself; its file name says nothing about the person."""
    found = findings.look(me, ref).letter.file("document")
    if found is None:
        raise NotFoundError("this letter has no document", where=ref)
    headers = {"Content-Disposition": 'attachment; filename="commitment-letter.pdf"'}
    return Response(objects.get(found.sha256), media_type="application/pdf", headers=headers)


@router.post("/letters/{ref}", dependencies=_FORM)
def find_false(
    ref: str,
    request: Request,
    me: Me,
    reviewing: Reviewing,
    findings: Findings,
    reason: Word = "",
    confirm: Word = "",
) -> Response:
    """Find a letter false, with a reason and a confirmation."""
    errors = {} if confirm == "1" else {"confirm": "missing"}
    if not reason.strip():
        errors = {"finding_reason": "missing", **errors}
    typed = LateTyped({"reason": reason}, errors)
    if not errors:
        try:
            finding = reviewing.find_false(me, ref, reason)
            return see_other(f"/desk/findings/{finding.ref}")
        except MalformedError as error:
            typed = LateTyped({"reason": reason}, {"finding_reason": _cause(error)})
        except ConflictError as error:
            typed = _late(error, {"reason": reason})
    view = letters_view(_desk(me, reviewing, findings), findings.look(me, ref), typed=typed)
    status = 409 if typed.came_late else 422
    return page(request, "issuance/desk_letters.html", view, status)


@router.get("/findings/{ref}")
def finding(
    ref: str,
    request: Request,
    me: Me,
    reviewing: Reviewing,
    findings: Findings,
    done: Annotated[str, Query(max_length=24)] = "",
) -> Response:
    """A letter found false, and the decisions it opened again."""
    view = finding_view(_desk(me, reviewing, findings), findings.case(me, ref), done or None)
    return page(request, "issuance/desk_finding.html", view)


@router.post("/findings/{ref}/{application}", dependencies=_FORM)
def judge(
    ref: str,
    application: str,
    request: Request,
    me: Me,
    reviewing: Reviewing,
    findings: Findings,
    outcome: Word = "",
    sentence: Word = "",
) -> Response:
    """Revoke the certificate of one decision, or uphold it; either with a reason."""
    chosen = {"outcome": outcome, "sentence": sentence}
    try:
        findings.judge(me, ref, application, outcome, sentence)
        return see_other(f"/desk/findings/{ref}?done={application}")
    except MalformedError as error:
        field = "outcome" if error.where == "outcome" else "finding_reason"
        typed = LateTyped(chosen, {field: _cause(error)}, about=application)
    except ConflictError as error:
        if error.facts.get("cause") != "DECIDED":
            raise
        typed = _late(error, chosen, application)
    case: LetterCase = findings.case(me, ref)
    view = finding_view(_desk(me, reviewing, findings), case, None, typed)
    status = 409 if typed.came_late else 422
    return page(request, "issuance/desk_finding.html", view, status)


def _desk(me: Officer, reviewing: ReviewDesk, findings: FindingDesk) -> Desk:
    waiting = reviewing.waiting(Asked(), me).counts["all"]
    return Desk(me, waiting, tuple(findings.open_ones()), len(findings.troubled()))


def _late(error: ConflictError, chosen: dict[str, str], about: str | None = None) -> LateTyped:
    at = error.facts.get("at")
    if not isinstance(at, datetime):
        raise error
    return LateTyped(chosen, came_late=(str(error.facts["by"]), at), about=about)


def _cause(error: MalformedError) -> str:
    return str(error.facts.get("cause", "missing"))
