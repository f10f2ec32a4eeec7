"""A pull that names a reuse decision: it must be that client's, for that case and person."""

from datetime import datetime

from certstore.callers import Service
from certstore.errors import CertstoreError, ConflictError
from certstore.sharing.grants import PullRequest
from certstore.tables.books import Books
from certstore.tables.matters import KeptDecision


def decision_refusal(
    books: Books, service: Service, request: PullRequest, now: datetime
) -> CertstoreError | None:
    """Why a pull may not name its decision; None if it may, or names none."""
    if request.decision_id is None:
        return None
    kept = books.matters.decision(request.decision_id)
    person = books.people.find(request.subject_type, request.subject_number)
    return judge_decision(kept, service, request, None if person is None else person.id, now)


def judge_decision(
    kept: KeptDecision | None,
    service: Service,
    request: PullRequest,
    person_id: int | None,
    now: datetime,
) -> CertstoreError | None:
    """Whether a decision is this client's and purpose's, of this case and person, and holds yet.

    Another client's decision is as absent as none. Its subject may be pulled, and the guardian
    whose records were looked at.
    """
    mine = kept is not None and (kept.client, kept.purpose) == (
        service.client_id,
        service.purpose_id,
    )
    if kept is None or not mine:
        return _conflict("there is no such decision for this purpose", "decision_unknown")
    if kept.case_no != request.case_no:
        return _conflict("the decision was made for another case", "decision_of_another_case")
    if person_id is None or person_id not in {kept.person_id, kept.guardian_id}:
        return _conflict("the decision is about somebody else", "decision_of_another_person")
    if now >= kept.expires_at:
        return _conflict("the decision has expired", "decision_expired")
    return None


def _conflict(detail: str, cause: str) -> ConflictError:
    return ConflictError(
        detail, where="decision_id", remedy="ask for a decision on this case", cause=cause
    )
