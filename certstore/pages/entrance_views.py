"""What the pages around signing in show, and the inbox behind it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInView:
    """`certstore/sign_in.html`, GET /sign-in. The button leaves by GET to `start_href`.

    (A form post that is redirected to another origin would be stopped by `form-action 'self'`.)
    """

    start_href: str  # our path that redirects to the provider, return path kept in the session
    provider: str  # its name as people know it
    why: Literal["expired", "needed"] | None = None
    development: bool = False  # the built-in development provider is behind the button


@dataclass(frozen=True, slots=True)
class SignedOutView:
    """`certstore/signed_out.html`: after POST /sign-out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemonstrationPerson:
    """Somebody of the invented city to sign in as."""

    id: str  # the form's value
    name: str
    role: Literal["resident", "officer"]
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message in the inbox. `kind` chooses the words; `subject` is a matter or type code."""

    kind: Literal[
        "submitted", "approved", "issued", "superseded", "refused", "asked", "source_back"
    ]
    at: datetime
    matter: str  # matter code
    href: str | None = None
    unread: bool = False


@dataclass(frozen=True, slots=True)
class NoticesView:
    """`certstore/notices.html`, GET /notices, latest first."""

    notices: tuple[Notice, ...] = ()
