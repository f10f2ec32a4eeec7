"""HTTP of disputes, for whoever says that a record of theirs is wrong."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.callers import Resident
from certstore.disputes.desk import DisputeDesk, Filing, Followed
from certstore.plain_words import plain_words
from certstore.reception import desk, signed_in
from certstore.tables.disputes import Dispute
from certstore.web.answers import check_token

router = APIRouter(prefix="/v1/disputes", tags=["citizen"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Me = Annotated[Resident, signed_in(Resident)]
Disputes = Annotated[DisputeDesk, desk(DisputeDesk)]
MOST_RIGHT, MOST_WORDS = 200, 500


class DisputeIn(BaseModel):
    """What is wrong: which field of which record (or `whole`), and what is right instead."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    certificate: str = Field(pattern="^[0-9a-z]{20}$")
    field: str = Field(pattern="^[a-z0-9_]{1,60}$")
    right: Annotated[str, Field(min_length=1, max_length=MOST_RIGHT), AfterValidator(plain_words)]
    words: Annotated[
        str | None,
        Field(min_length=1, max_length=MOST_WORDS),
        AfterValidator(lambda text: text if text is None else plain_words(text)),
    ] = None


@router.post(
    "", summary="Say that a record is wrong", status_code=201, dependencies=[Depends(check_token)]
)
def file(body: DisputeIn, me: Me, disputes: Disputes) -> dict[str, Any]:
    """The record is under dispute at once; its authority answers within 10 working days.

    A guardian may say so of a certificate that was sealed here for a child in their care.
    """
    filing = Filing(body.certificate, body.field, body.right, body.words or "")
    return _as_json(disputes.file(me, filing))


@router.get("", summary="My disputes")
def mine(me: Me, disputes: Disputes) -> list[dict[str, Any]]:
    """Mine and my children's, latest first."""
    return [_as_json(dispute) for dispute in disputes.mine(me)]


@router.get("/{ref}", summary="One dispute, step by step")
def follow(ref: Ref, me: Me, disputes: Disputes) -> dict[str, Any]:
    """Where it stands, by when it moves on, and every step it took."""
    return _followed(disputes.follow(me, ref))


@router.post("/{ref}:withdraw", summary="Take a dispute back", dependencies=[Depends(check_token)])
def withdraw(ref: Ref, me: Me, disputes: Disputes) -> dict[str, Any]:
    """While it is open; the record is used again."""
    return _as_json(disputes.withdraw(me, ref))


def _followed(found: Followed) -> dict[str, Any]:
    steps = [{"state": step.state, "at": step.at.isoformat()} for step in found.steps]
    return {**_as_json(found.dispute), "overdue": found.late, "steps": steps}


def _as_json(dispute: Dispute) -> dict[str, Any]:
    said = {
        "ref": dispute.ref,
        "certificate": dispute.certificate_ref,
        "type": dispute.type_code,
        "authority": dispute.authority,
        "field": dispute.field,
        "right": dispute.right,
        "words": dispute.words,
        "state": dispute.state,
        "filed_at": dispute.filed_at.isoformat(),
        "answer_due": dispute.answer_due.isoformat(),
    }
    if dispute.due is not None:
        said["due"] = dispute.due.isoformat()
    if not dispute.outcome:
        return said
    return {
        **said,
        "outcome": dispute.outcome,
        "reason": dispute.reason,
        "services_told": dispute.told,
        "corrected_certificate": dispute.corrected_ref,
    }
