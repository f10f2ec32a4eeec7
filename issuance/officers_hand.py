"""An officer's hand on a case: what waits for one, and what was decided by another."""

from datetime import datetime

from certstore.callers import Officer
from certstore.clock import CHINA
from certstore.errors import ConflictError
from certstore.tables.books import Books
from issuance.application import NOT_BEGUN, WITH_OFFICERS, Application, State
from issuance.conduct import Conduct, Hand
from issuance.procedure import Action, Role


def hand_of(officer: Officer) -> Hand:
    """The officer, as the history names them."""
    return Hand(Role.OFFICER, officer.number)


def require_waiting(application: Application) -> None:
    """Say by whom, when and what was decided, if it was."""
    if application.state in WITH_OFFICERS:
        return
    if application.state in NOT_BEGUN or application.decided_at is None:
        raise ConflictError("this application waits for no decision", where=application.ref)
    what = "refused" if application.state is State.REFUSED else "approved"
    at = application.decided_at.astimezone(CHINA)
    who = f"officer {application.reviewed_by}" if application.reviewed_by else "the rules"
    raise ConflictError(
        f"{who} {what} this case at {at:%H:%M on %Y-%m-%d}",
        where=application.ref,
        remedy="look at what was decided",
        cause="DECIDED",
        by=application.reviewed_by,
        at=application.decided_at,
        what=what,
    )


def accepted(
    conduct: Conduct, books: Books, application: Application, hand: Hand, now: datetime
) -> Application:
    """The case, accepted by this officer where it had only been sent to the station."""
    if application.state is not State.ROUTED:
        return application
    return conduct.act(books, application, Action.ACCEPT, hand, now)
