"""HTTP of somebody's own cases: where each stands, what comes next, what is asked of them."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from certstore.callers import Resident
from certstore.problem_answers import problems
from certstore.reception import desk, signed_in
from issuance.application import Application, State
from issuance.progress.desk import Progress, ProgressDesk
from issuance.progress.sequel import Besides, Sequel, Step
from issuance.refusals.reasons import Refusal

router = APIRouter(prefix="/v1/me", tags=["citizen"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$", examples=["k7m2x9qd4wzr5t8vbn3c"])]
Me = Annotated[Resident, signed_in(Resident)]
Following = Annotated[ProgressDesk, desk(ProgressDesk)]


class NextOut(BaseModel):
    """What happens next."""

    what: str = Field(
        description="go_on, hand_in, wait (for what it follows), accept, decide, source, issue;"
        " of its card: make, arrive, tell, collect, send, bring, come_back"
    )
    by: date | None = Field(description="its last day, where one is promised")
    yours: bool = Field(description="whether it is for the applicant to do")


class ApplicationOut(BaseModel):
    """One case, in short."""

    ref: str
    number: str
    matter: str
    state: State
    child: str = Field(description="the child's name, of a case for a child")
    begun_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    due_on: date | None = Field(description="the day of the answer; none while nothing is due")
    late: bool = Field(description="what was promised is not done by its day")
    next: NextOut | None
    certificate: str | None = Field(description="what was issued")
    card_stage: str | None = Field(description="where its card stands")

    @classmethod
    def of(cls, found: Progress) -> "ApplicationOut":
        """What its applicant is told."""
        return cls(**_in_short(found))


class OtherCaseOut(BaseModel):
    """A case that is no application: a lease to be filed, a reported loss."""

    kind: Literal["lease_filing", "loss"]
    ref: str
    number: str
    state: str
    open: bool
    yours: bool = Field(description="whether it waits for the reader")
    on: date | None = Field(description="the day of the answer")


class ApplicationsOut(BaseModel):
    """Every case of somebody."""

    applications: list[ApplicationOut]
    others: list[OtherCaseOut]


class ProgressStepOut(BaseModel):
    """One step: done at a moment, now or later by a day."""

    name: str
    state: Literal["done", "now", "later"]
    at: datetime | None
    due: date | None


class ReachedOut(BaseModel):
    """A state that was reached."""

    at: datetime
    state: State


class AskedForOut(BaseModel):
    """Everything that is missing; asked once."""

    materials: list[str]
    words: str
    until: date


class RefusedOut(BaseModel):
    """Every reason, by its code, and what the officer wrote."""

    reasons: list[str]
    words: str


class CourierWordOut(BaseModel):
    """One word of the courier."""

    at: datetime
    kind: str
    place: str


class FollowingCardOut(BaseModel):
    """The card that follows."""

    ref: str
    card_no: str
    stage: str
    way: str
    due_on: date | None
    due_provisional: bool
    late: bool
    tracking_no: str
    day: date | None = Field(description="when the courier comes")
    tracking: list[CourierWordOut]


class WholeApplicationOut(ApplicationOut):
    """One case with its steps."""

    kept_until: date | None = Field(description="of a draft: the last day it is kept untouched")
    steps: list[ProgressStepOut] = Field(description="those of its card follow those of the case")
    history: list[ReachedOut]
    asked: AskedForOut | None
    refused: RefusedOut | None
    certificate_status: str | None
    card: FollowingCardOut | None


@router.get("/applications", summary="My cases")
def applications(me: Me, following: Following) -> ApplicationsOut:
    """One's own and those one made for children, latest first; the latest fifty."""
    return ApplicationsOut(
        applications=[ApplicationOut.of(found) for found in following.all_of(me)],
        others=[_other(case) for case in following.besides(me)],
    )


@router.get("/applications/{ref}", summary="Where a case stands", responses=problems("not-found"))
def application(ref: Ref, me: Me, following: Following) -> WholeApplicationOut:
    """What happened, what happens next and by when, what is asked of me, and how its card goes."""
    found = following.one(me, ref)
    case, certificate = found.application, found.certificate
    return WholeApplicationOut(
        **_in_short(found),
        kept_until=case.kept_until if case.state is State.DRAFT else None,
        steps=[_step(step) for step in (*found.steps, *_of_card(found))],
        history=[ReachedOut(at=at, state=State(state)) for at, state in found.taken],
        asked=_asked(case),
        refused=_refused(case),
        certificate_status=certificate.status_on(found.today).value if certificate else None,
        card=_card(found.sequel) if found.sequel else None,
    )


def _in_short(found: Progress) -> dict[str, object]:
    case, child, coming = found.application, found.application.answers.child, found.next
    return {
        "ref": case.ref,
        "number": case.number,
        "matter": case.matter.value,
        "state": case.state,
        "child": child.name if child else "",
        "begun_at": case.begun_at,
        "submitted_at": case.submitted_at,
        "decided_at": case.decided_at,
        "due_on": case.due_on,
        "late": found.late,
        "next": NextOut(what=coming.what, by=coming.by, yours=coming.yours) if coming else None,
        "certificate": found.certificate.ref if found.certificate else None,
        "card_stage": found.sequel.stage if found.sequel else None,
    }


def _of_card(found: Progress) -> tuple[Step, ...]:
    """The steps of its card under names of their own, or those that will follow."""
    if found.sequel is not None:
        steps = found.sequel.steps
    else:
        steps = tuple(Step(name, "later") for name in found.planned)
    return tuple(Step(f"card_{s.name}", s.state, s.at, s.due) for s in steps)


def _step(step: Step) -> ProgressStepOut:
    return ProgressStepOut(name=step.name, state=step.state, at=step.at, due=step.due)


def _asked(case: Application) -> AskedForOut | None:
    asked = case.asked if case.state is State.SUPPLEMENT else None
    if asked is None:
        return None
    return AskedForOut(materials=list(asked.materials), words=asked.sentence, until=asked.until)


def _refused(case: Application) -> RefusedOut | None:
    if case.state is not State.REFUSED:
        return None
    refusal = Refusal.kept(case.reason)
    return RefusedOut(reasons=list(refusal.codes), words=refusal.sentence)


def _card(sequel: Sequel) -> FollowingCardOut:
    return FollowingCardOut(
        ref=sequel.ref,
        card_no=sequel.number,
        stage=sequel.stage,
        way=sequel.way,
        due_on=sequel.due_on,
        due_provisional=sequel.due_provisional,
        late=sequel.late,
        tracking_no=sequel.tracking_no,
        day=sequel.day,
        tracking=[CourierWordOut(at=w.at, kind=w.kind, place=w.place) for w in sequel.words],
    )


def _other(case: Besides) -> OtherCaseOut:
    return OtherCaseOut(
        kind=case.kind,
        ref=case.ref,
        number=case.number,
        state=case.state,
        open=case.open,
        yours=case.yours,
        on=case.on,
    )
