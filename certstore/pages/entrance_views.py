"""What the pages around signing in show, and the inbox behind it."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

# Why one is asked to sign in: the session ended, and a form with it (kept); none was there; the
# sign-in was not finished (stopped) or not accepted (failed).
Why = Literal["expired", "kept", "needed", "stopped", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """`certstore/sign_in.html`, GET /sign-in. The button leaves by GET to `start_href`.

    (A form post that is redirected to another origin would be stopped by `form-action 'self'`.)
    """

    start_href: str  # our path that redirects to the provider, return path kept in the session
    provider: str  # its name as people know it
    why: Why | None = None
    development: bool = False  # the built-in development provider is behind the button


@dataclass(frozen=True, slots=True, kw_only=True)
class EnterView:
    """`certstore/enter.html`, GET /enter: whether to go on as whom an app hands over.

    Asked where another person is signed in, or where nothing shows that the app itself opened
    the page. POST /enter/go goes on.
    """

    host: str  # the app's name
    name: str  # whom it hands over
    instead_of: str = ""  # who is signed in, and would be signed out
    back: str = ""  # the way back into the app


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryOverView:
    """`certstore/enter_over.html`: a way in from an app that lets nobody in (any more).

    `over`: used, too old, or none; `strange`: the page that sent it is not the app's.
    """

    why: Literal["over", "strange"]
    host: str = ""  # the app's name, where it is known
    back: str = ""  # the way back into the app


@dataclass(frozen=True, slots=True)
class SignOutView:
    """`certstore/sign_out.html`, GET /sign-out: whether to sign out; POST /sign-out does it."""


@dataclass(frozen=True, slots=True)
class SignedOutView:
    """`certstore/signed_out.html`: after POST /sign-out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrationPerson:
    """Somebody of the invented city to sign in as."""

    id: str  # the form's value
    name: str
    role: Literal["resident", "officer", "clerk", "operator", "developer"]
    note: str = ""  # what can be seen with this person, in the reader's language


@dataclass(frozen=True, slots=True, kw_only=True)
class DevelopmentIdentityView:
    """`certstore/development_identity.html`: the built-in provider's only page.

    POST `action` with `csrf`, `person` (a DemonstrationPerson.id) and the hidden fields.
    """

    action: str
    people: tuple[DemonstrationPerson, ...]
    hidden: tuple[tuple[str, str], ...] = ()  # the authorization request, carried through
    nobody_chosen: bool = False  # the form came back without a person


@dataclass(frozen=True, slots=True)
class DevelopmentRequestView:
    """`certstore/development_request.html`: the provider's page was opened without a request."""

    wrong: tuple[str, ...]  # members of the request that are missing or wrong


NoticeWord = Literal[
    "submitted",
    "approved",
    "issued",
    "superseded",
    "refused",
    "asked",
    "source_back",
    "rest_of_joint",
    "predecessor_ended",
    "returned",
    "dormitory_issued",
    "dormitory_ended",
    "relied_on",
    "draft_ending",
    "draft_ended",
    "letter_revoked",
    "certificate_revoked",
    "certificate_cancelled",
    "application_ended",
    "certificate_upheld",
    "consent_asked",
    "consent_withdrawn",
    "given",
    "replaced",
    "suspended",
    "restored",
    "withdrawn",
    "question_answered",
    "correction_step",
    "correction_made",
    "correction_rejected",
    "entrusted",
    "entrustment_answered",
    "entrustment_ended",
    "use_code_used",
    "partly_restored",
    "loss_reported",
    "loss_lifted",
    "endorsement_due",
    "endorsement_overdue",
    "registration_ending",
    "registration_ended",
    "permit_possible",
    "contact_failing",
    "card_ready",
    "card_sent",
    "card_arrived",
    "card_came_back",
    "card_made_anew",
    "card_stopped",
    "lease_asked",
    "lease_changed",
    "lease_refused",
    "lease_stopped",
    "lease_end_asked",
    "lease_ended",
    "rating_answered",
    "news",  # of a kind this version does not know
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message in the inbox. `kind` chooses the words."""

    kind: NoticeWord
    at: datetime
    matter: str = ""  # matter code; "": of no matter of the reader's
    title: str = ""  # of a matter of another agency's, in the reader's language
    href: str | None = None
    reason: str | None = None  # what an officer wrote, or the issuing authority
    type_code: str = ""  # of what another authority issued: which type
    agency: str = ""  # who issued it, or asks for consent, in the reader's language
    ended: tuple[tuple[str, str], ...] = ()  # what else ended: matter, child it is for
    going_on: tuple[tuple[str, str], ...] = ()  # what goes on all the same
    unread: bool = False
    on: date | None = None  # the day that a reminder is about
    channel: str = ""  # by which somebody could not be told


@dataclass(frozen=True, slots=True)
class NoticesView:
    """`certstore/notices.html`, GET /notices, latest first."""

    notices: tuple[Notice, ...] = ()
