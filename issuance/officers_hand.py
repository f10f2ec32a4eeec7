"""An officer's hand on a case: what waits for one, and what was decided by another."""

from collections.abc import Mapping
from datetime import datetime

from certstore.callers import Officer
from certstore.clock import CHINA
from certstore.errors import ConflictError
from certstore.tables.books import Books
from issuance.application import NOT_BEGUN, WITH_OFFICERS, Application, State
from issuance.conduct import Conduct, Hand
from issuance.procedure import Action, Role

# What became of a case that waits for no decision: the word, and the sentence.
_WHAT: Mapping[State, tuple[str, str]] = {
    State.REFUSED: ("refused", "{who} refused this case"),
    State.SUPPLEMENT: ("asked", "{who} asked for what is missing"),
    State.WITHDRAWN: ("withdrawn", "this case was withdrawn or ended"),
}


def hand_of(officer: Officer) -> Hand:
    """The officer, as the history names them."""
    return Hand(Role.OFFICER, officer.number)


def require_waiting(application: Application) -> None:
    """Say by whom, when and what was decided, if it was."""
    if application.state in WITH_OFFICERS:
        return
    asked = application.asked if application.state is State.SUPPLEMENT else None
    at = asked.at if asked else application.decided_at
    if application.state in NOT_BEGUN or at is None:
        raise ConflictError("this application waits for no decision", where=application.ref)
    by = asked.by if asked else application.reviewed_by
    who = f"officer {by}" if by else "the rules"
    what, said = _WHAT.get(application.state, ("approved", "{who} approved this case"))
    raise ConflictError(
        f"{said.format(who=who)} at {at.astimezone(CHINA):%H:%M on %Y-%m-%d}",
        where=application.ref,
        remedy="look at what was decided",
        cause="DECIDED",
        by=by,
        at=at,
        what=what,
    )


def accepted(
    conduct: Conduct, books: Books, application: Application, hand: Hand, now: datetime
) -> Application:
    """The case, accepted by this officer where it had only been sent to the station."""
    if application.state is not State.ROUTED:
        return application
    return conduct.act(books, application, Action.ACCEPT, hand, now)
