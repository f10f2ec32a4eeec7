"""From an application and its history to the steps of its tracker, and what comes next: no IO."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from issuance.application import Application, Matter, State
from issuance.procedure import procedure_of
from issuance.progress.sequel import Sequel, Step

Coming = Literal[
    "go_on", "hand_in", "wait", "accept", "decide", "source", "issue", "make", "arrive", "tell",
    "collect", "send", "bring", "come_back",
]  # fmt: skip
# What comes next with a card, by where it stands.
_OF_CARDS: Mapping[str, Coming] = {
    **dict.fromkeys(("ordered", "in_file", "refused", "spoiled", "making"), "make"),
    "made": "arrive",
    "at_centre": "tell",
    "notified": "collect",
    "handed_to_courier": "bring",
    "returned": "come_back",
}
_HERE = frozenset({"at_centre", "notified"})


@dataclass(frozen=True, slots=True)
class Next:
    """What happens next, by when, and whether it is for the applicant to do."""

    what: Coming
    by: date | None = None
    yours: bool = False


def next_of(
    application: Application, sequel: Sequel | None, *, waits_for_you: bool = False
) -> Next | None:
    """What happens next; None when nothing does.

    `waits_for_you`: what it follows waits for something of its applicant's.
    """
    if sequel is not None and not sequel.ended:
        return _with_card(sequel)
    due, asked = application.due_on, application.asked
    source = waits_for_source(application)
    return {
        State.DRAFT: Next("go_on", application.kept_until, yours=True),
        State.WAITING: Next("wait", yours=waits_for_you),
        State.SUPPLEMENT: Next("hand_in", asked.until if asked else None, yours=True),
        State.ROUTED: Next("accept", application.stage_due_on or due),
        State.IN_REVIEW: Next("source" if source else "decide", due),
        State.APPROVED: Next("issue", due),
    }.get(application.state)


def _with_card(sequel: Sequel) -> Next:
    sends = sequel.way == "courier" and sequel.stage in _HERE
    what = "send" if sends else _OF_CARDS[sequel.stage]
    by = sequel.day if what == "bring" and sequel.day else sequel.due_on
    return Next(what, by, yours=sequel.yours)


def waits_for_source(application: Application) -> bool:
    """Whether nothing but a source that is silent is in the way of a decision."""
    materials = (application.decision or {}).get("decision", {}).get("materials", {})
    outcomes = {m["outcome"] for m in materials.values()}
    return "unknown_source_down" in outcomes and "officer_review" not in outcomes


def steps_of(application: Application, reached: Mapping[State, datetime]) -> Iterable[Step]:
    """Its steps so far and those to come; `reached` says when it came into each state first."""
    begun, handed_in = application.submitted_at, application.handed_in_at
    decided = application.decided_at
    if procedure_of(application.matter).answered_in == 0:
        yield Step("done", "done", decided)  # as it was asked for
        return
    if (begun or handed_in) is None or (begun is None and decided):
        return  # a draft that was ended, or what ended before it began
    yield Step("submitted", "done", handed_in or begun)
    if handed_in is not None:
        yield Step("waited", "done" if begun else "now", begun)
    if begun is None:
        yield from (Step(name, "later") for name in ("reviewed", "issued"))
        return
    yield from _accepted(application, reached)
    if application.state in {State.REFUSED, State.WITHDRAWN}:
        yield Step(application.state.value, "done", decided)
        return
    accepted = application.state is not State.ROUTED
    yield Step(
        "reviewed",
        "done" if decided else "now" if accepted else "later",
        decided,
        None if decided else application.due_on,
    )
    over = application.state in {State.ISSUED, State.DONE}
    cancels = application.matter is Matter.CANCELLATION
    yield Step(
        "done" if cancels else "issued",
        "done" if over else "now" if decided else "later",
        reached.get(application.state, decided) if over else None,
        None if over else application.due_on,
    )


def _accepted(application: Application, reached: Mapping[State, datetime]) -> Iterable[Step]:
    """That the station has it: of matters that go to one first."""
    if State.ROUTED not in procedure_of(application.matter).stages:
        return
    at = reached.get(State.IN_REVIEW)
    if at is not None:
        yield Step("accepted", "done", at)
    elif application.state is State.ROUTED:
        yield Step("accepted", "now", None, application.stage_due_on)
