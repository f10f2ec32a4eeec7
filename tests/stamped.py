"""Stamping documents in tests as the stamper does, without a house around it."""

from dataclasses import dataclass
from datetime import datetime

from certstore.stamps.asking import TimeAuthority as Asked
from certstore.stamps.authorities import TimeAuthorities
from certstore.stamps.form import ROOMS, revision
from certstore.stamps.reading import take_apart
from tests.time_authority import TimeAuthority


@dataclass
class Fixed:
    """A clock that stands still until it is set."""

    at: datetime

    def now(self):
        return self.at


@dataclass(frozen=True)
class InProcess:
    """Hands requests to an authority without a network."""

    authority: TimeAuthority

    def ask(self, request):
        return self.authority.answer(request)


def asked(authority, roots=None, policy=""):
    """The authority as the stamper sees it."""
    trusted = TimeAuthorities.parse(roots or authority.roots_pem)
    return Asked(client=InProcess(authority), trusted=trusted, policy=policy)


def stamped(pdf, authority, room=ROOMS[0]):
    """The document with one more stamp over it, whatever the token is worth."""
    layers = take_apart(pdf)
    added = revision(layers.digest, layers.standing, room)
    return added.closed(pdf, token_over(added.covered(layers.digest), authority))


def token_over(digest, authority):
    """A token for a digest, as the authority makes it, checked by nobody."""
    from certstore.stamps.asking import _request  # noqa: PLC0415 - only here

    return authority.token(_request(digest, 1, ""))
