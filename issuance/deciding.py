"""A decision as it is entered: the step of its matter's table, who took it, the notice.

One place for the officer who decides alone, for two who decide together, and for many at once.
"""

from datetime import datetime

from certstore.callers import Officer
from certstore.tables.books import Books
from issuance.application import Application
from issuance.conduct import Conduct
from issuance.notices import tell_refused
from issuance.officers_hand import accepted, hand_of
from issuance.procedure import Action
from issuance.refusals.reasons import Refusal


def enter_approval(
    conduct: Conduct,
    books: Books,
    application: Application,
    officer: Officer,
    at: datetime,
    note: str = "",
) -> None:
    """Approve; the certificate is issued by whoever comes next, here or in the worker."""
    hand = hand_of(officer)
    application = accepted(conduct, books, application, hand, at)
    decided = {"decided_at": at, "reviewed_by": officer.number}
    conduct.act(books, application, Action.APPROVE, hand, at, note, **decided)


def enter_refusal(
    conduct: Conduct,
    books: Books,
    application: Application,
    officer: Officer,
    at: datetime,
    refusal: Refusal,
) -> Application:
    """Refuse for every reason there is, and tell the applicant."""
    hand, codes = hand_of(officer), ",".join(refusal.codes)
    refused = conduct.act(
        books,
        accepted(conduct, books, application, hand, at),
        Action.REFUSE,
        hand,
        at,
        codes,
        decided_at=at,
        reviewed_by=officer.number,
        reason=refusal.as_kept(),
    )
    tell_refused(books, refused, codes, at)
    return refused
