"""Notices to whoever acts, applicant or guardian, in the transaction they follow from."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from certstore.certificates import Certificate
from certstore.tables.books import Books
from certstore.tables.notices import NoticeKind
from certstore.tables.people import Person
from issuance.application import Application

_JUDGED: Mapping[str, NoticeKind] = {
    "revoked": "certificate_revoked",
    "upheld": "certificate_upheld",
}


def tell_issued(books: Books, application: Application, certificate_ref: str, at: datetime) -> None:
    """The certificate is ready to be shown and downloaded."""
    facts = {"matter": application.matter.value, "number": application.number}
    books.inbox.add(
        application.actor_id,
        "certificate_ready",
        certificate_ref,
        {**facts, "certificate_ref": certificate_ref, "application_ref": application.ref},
        at,
    )


def tell_in_review(books: Books, application: Application, at: datetime) -> None:
    """An officer will look; the result comes by the due date."""
    due = application.due_on.isoformat() if application.due_on else ""
    facts = {
        "matter": application.matter.value,
        "number": application.number,
        "due_on": due,
        "application_ref": application.ref,
    }
    books.inbox.add(application.actor_id, "in_review", application.ref, facts, at)


def tell_asked(
    books: Books, application: Application, at: datetime, *, again: bool = False
) -> None:
    """Everything that is missing, for which the application waits; `again` before that ends."""
    until = application.asked.until.isoformat() if application.asked else ""
    facts = {
        "matter": application.matter.value,
        "number": application.number,
        "due_on": until,
        "application_ref": application.ref,
    }
    occasion = f"{application.ref}:again" if again else application.ref
    books.inbox.add(application.actor_id, "asked", occasion, facts, at)


def tell_refused(books: Books, application: Application, reason: str, at: datetime) -> None:
    """The application was refused, and why."""
    facts = {
        "matter": application.matter.value,
        "number": application.number,
        "reason": reason,
        "application_ref": application.ref,
    }
    books.inbox.add(application.actor_id, "refused", application.ref, facts, at)


def tell_rest(
    books: Books,
    nothing: Application,
    ended: Iterable[Application],
    rest: Iterable[Application],
    at: datetime,
) -> None:
    """One of a joint submission came to nothing: which others ended with it, which go on."""
    facts = {
        "matter": nothing.matter.value,
        "number": nothing.number,
        "ended": [matter_and_child(each) for each in ended],
        "going_on": [matter_and_child(each) for each in rest],
        "application_ref": nothing.ref,
    }
    books.inbox.add(nothing.actor_id, "rest_of_joint", f"{nothing.ref}:{at.isoformat()}", facts, at)


def tell_predecessor_ended(books: Books, ended: Iterable[Application], at: datetime) -> None:
    """What was waited for came to nothing elsewhere: what ended with it; once for all of it."""
    known = list(ended)
    facts = {
        "matter": known[0].matter.value,
        "ended": [matter_and_child(each) for each in known],
        "application_ref": known[0].ref,
    }
    books.inbox.add(known[0].actor_id, "predecessor_ended", known[0].ref, facts, at)


def tell_returned(books: Books, application: Application, at: datetime) -> None:
    """It could not begin as it is: something must be done first; the answers are kept."""
    facts = {
        "matter": application.matter.value,
        "number": application.number,
        "application_ref": application.ref,
    }
    books.inbox.add(
        application.actor_id, "returned", f"{application.ref}:{at.isoformat()}", facts, at
    )


def matter_and_child(application: Application) -> dict[str, str]:
    """What it is, and for whom where that is a child."""
    child = application.answers.child
    return {"matter": application.matter.value, "child": child.name if child else ""}


def tell_source_back(books: Books, application: Application, at: datetime) -> None:
    """What waited for a source was judged: nothing is left for the applicant to do about it."""
    facts = {
        "matter": application.matter.value,
        "number": application.number,
        "application_ref": application.ref,
    }
    books.inbox.add(application.actor_id, "source_back", application.ref, facts, at)


def tell_draft_ending(books: Books, draft: Application, at: datetime) -> None:
    """A draft nobody has touched is ended soon; told once for each time it was left alone."""
    last = draft.kept_until.isoformat()
    facts = {"matter": draft.matter.value, "application_ref": draft.ref, "on": last}
    books.inbox.add(draft.actor_id, "draft_ending", f"{draft.ref}:{last}", facts, at)


def tell_draft_ended(books: Books, draft: Application, at: datetime) -> None:
    """A draft nobody had touched was ended; its answers can be taken up again."""
    facts = {"matter": draft.matter.value, "application_ref": draft.ref}
    books.inbox.add(draft.actor_id, "draft_ended", draft.ref, facts, at)


def tell_relied_on(books: Books, person: Person, application: Application, now: datetime) -> None:
    """Tell somebody that another's application relied on a record of theirs; not whose it is."""
    occasion = f"{application.ref}:{person.id}"
    books.inbox.add(person.id, "relied_on", occasion, {"matter": application.matter.value}, now)


def tell_letter_revoked(
    books: Books, letter: Certificate, application: Application, reason: str, at: datetime
) -> None:
    """The commitment letter was found false and is revoked, and why."""
    facts = {
        "matter": application.matter.value,
        "number": letter.number,
        "reason": reason,
        "application_ref": application.ref,
    }
    books.inbox.add(application.actor_id, "letter_revoked", letter.ref, facts, at)


def tell_certificate_judged(
    books: Books, application: Application, outcome: str, sentence: str, at: datetime
) -> None:
    """What became of a certificate after a finding: `outcome` is revoked or upheld, and why."""
    facts = {
        "matter": application.matter.value,
        "number": application.number,
        "reason": sentence,
        "application_ref": application.ref,
    }
    books.inbox.add(application.actor_id, _JUDGED[outcome], application.ref, facts, at)
