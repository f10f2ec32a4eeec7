"""What somebody typed into a form while their session ended, kept until they are back.

Kept on the server for a quarter of an hour, under a secret that the browser holds; given back
once, to the same account, for the same form, and to nobody else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from hmac import compare_digest

from certstore.callers import Caller, caller_as_json
from certstore.chance import token
from certstore.clock import Clock
from certstore.tables.books import Archive
from certstore.tables.sessions import KeptFormRow
from certstore.tokens import canonical_json

KEPT_FOR = timedelta(minutes=15)
_MOST_FIELDS = 40
_MOST_CHARACTERS = 10_000
_CHANGING = ("name", "verified_at")  # of one account, from one sign-in to the next
Fields = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class KeptForms:
    """Keeps forms that arrived after their session had ended."""

    archive: Archive
    clock: Clock

    def keep(self, session: str, csrf: str, path: str, fields: Fields) -> str | None:
        """Keep a form of a session that ended lately; the secret it is given back for.

        None, and nothing is kept, where the session is not remembered, the form does not carry
        its token, or too much was typed.
        """
        with self.archive.reading() as books:
            ended = books.sessions.find_even_ended(session)
        if ended is None or not compare_digest(ended.csrf.encode(), csrf.encode()):
            return None
        size = sum(len(name) + sum(map(len, values)) for name, values in fields.items())
        if not fields or len(fields) > _MOST_FIELDS or size > _MOST_CHARACTERS:
            return None
        secret = token()
        row = KeptFormRow(
            whose=_digest(ended.caller),
            path=path,
            fields={name: list(values) for name, values in fields.items()},
            expires_at=self.clock.now() + KEPT_FOR,
        )
        with self.archive.writing() as books:
            books.sessions.keep_form(secret, row)
        return secret

    def give_back(self, secret: str, caller: Caller, path: str) -> Fields | None:
        """What this caller typed at this path; once. Another account's form is dropped unseen."""
        with self.archive.reading() as books:
            kept = books.sessions.find_form(secret, self.clock.now())
        mine = kept is not None and kept.whose == account_of(caller)
        if kept is None or (mine and kept.path != path):
            return None
        with self.archive.writing() as books:
            dropped = books.sessions.drop_form(secret)
        return kept.fields if mine and dropped else None


def account_of(caller: Caller) -> str:
    """A digest that is the same at each sign-in of one account, and no other's."""
    return _digest(caller_as_json(caller))


def _digest(caller: Mapping[str, object]) -> str:
    lasting = {name: caller[name] for name in sorted(caller) if name not in _CHANGING}
    return sha256(canonical_json(lasting)).hexdigest()
