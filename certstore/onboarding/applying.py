"""The desk of an agency's developer: apply for clients and purposes, change them, give them up.

What belongs to another agency is as absent as what is not there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from certstore.authorization.client_keys import ClientKeyDesk
from certstore.callers import Developer
from certstore.chance import random_bytes, reference
from certstore.clock import Clock
from certstore.errors import ConflictError, InvalidTokenError, MalformedError, NotFoundError
from certstore.keys import PublicKey, algorithm_of
from certstore.onboarding.conformance import as_shown, left_over, look
from certstore.onboarding.file import ClientFile, PurposeFile, client_file, purpose_file, terms_of
from certstore.onboarding.moves import move, note_change, state_of
from certstore.onboarding.states import SYSTEM, Actor, Kind, Role, State
from certstore.onboarding.terms import (
    Terms,
    TypedClient,
    TypedTerms,
    asks_no_more,
    read_terms,
    wrong_in_client,
)
from certstore.tables.books import Archive, Books
from certstore.tables.onboarding import Change, Dossier
from certstore.tables.refused_calls import RefusedCall
from certstore.tables.sharing import Client, Purpose
from certstore.tokens import parse_compact

Mistakes = Mapping[str, str]
_CHANGEABLE = frozenset({State.ACTIVE, State.OVER_QUOTA})
_WORDS = frozenset({"contact", "justification", "photo_reason"})  # kept in the dossier


@dataclass(frozen=True, slots=True)
class Changed:
    """What became of an edited purpose: `draft` kept, `narrowed` at once, or `asked` for."""

    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OnboardingDesk:
    """Serves the developers of agencies; each sees and changes their own agency's alone."""

    archive: Archive
    keys: ClientKeyDesk
    receipt_key: PublicKey
    clock: Clock
    sandbox: bool
    sandbox_url: str = ""

    def clients(self, me: Developer) -> list[ClientFile]:
        """Everything the agency has applied for."""
        now = self.clock.now()
        with self.archive.reading() as books:
            mine = books.onboarding.clients(me.agency_uscc)
            return [client_file(books, client.client_id, now) for client in mine]

    def purpose(self, me: Developer, purpose_id: str) -> PurposeFile:
        """One purpose of the agency, with what its client has shown; NotFoundError for others."""
        with self.archive.reading() as books:
            file = purpose_file(books, purpose_id, self.clock.now())
        _own(me, file.client)
        return as_shown(self.archive, file, self.clock.now()) if self.sandbox else file

    def apply_for_client(self, me: Developer, typed: TypedClient) -> Mistakes:
        """Apply for a client, handed in at once; by field what is wrong, if anything is."""
        wrong, now = wrong_in_client(typed), self.clock.now()
        if wrong:
            return wrong
        client = Client(
            client_id=typed.client_id,
            agency=typed.agency,
            agency_en=typed.agency_en,
            agency_uscc=me.agency_uscc,
            keys=[],
            state=State.DRAFT.value,
            agency_key=random_bytes(32),
        )
        with self.archive.writing() as books:
            if not books.onboarding.add_client(client):
                return {"client_id": "taken"}
            self._hand_in(books, me, "client", client.client_id, now)
        return {}

    def apply_for_purpose(self, me: Developer, typed: TypedTerms) -> Mistakes | str:
        """Keep a purpose as a draft: its identifier, or by field what is wrong."""
        terms = read_terms(typed)
        if not isinstance(terms, Terms):
            return terms
        purpose_id = f"{terms.matter_code}-{reference(8)}"
        with self.archive.writing() as books:
            client = books.sharing.client(typed.client_id)
            if client is None or client.agency_uscc != me.agency_uscc:
                return {"client_id": "malformed"}
            if client.state == State.RETIRED:
                return {"client_id": "malformed"}
            books.onboarding.add_purpose(_draft(purpose_id, client.client_id, terms))
            _keep_words(books, purpose_id, terms, {})
        return purpose_id

    def edit(self, me: Developer, purpose_id: str, typed: TypedTerms) -> Mistakes | Changed:
        """Change a draft; or what is in force: at once if it asks for no more, else by approval."""
        terms, now = read_terms(typed), self.clock.now()
        if not isinstance(terms, Terms):
            return terms
        with self.archive.writing() as books:
            state = self._held(books, me, "purpose", purpose_id)
            if state == State.DRAFT:
                books.onboarding.rewrite(purpose_id, covered(terms))
                _keep_words(books, purpose_id, terms, {})
                return Changed("draft")
            if state not in _CHANGEABLE:
                raise ConflictError(f"a purpose that is {state} cannot be changed", where="state")
            return self._change(books, me, purpose_id, terms, now)

    def _change(
        self, books: Books, me: Developer, purpose_id: str, terms: Terms, now: datetime
    ) -> Changed:
        file = purpose_file(books, purpose_id, now)
        if asks_no_more(terms, terms_of(file.purpose, file.dossier)):
            books.onboarding.rewrite(purpose_id, covered(terms))
            _keep_words(books, purpose_id, terms, file.dossier.not_given)
            note_change(books, purpose_id, file.client.client_id, "narrow", _actor(me), now)
            return Changed("narrowed")
        self._ask(books, me, ("purpose", purpose_id, "change"), now, terms)
        return Changed("asked")

    def submit(self, me: Developer, purpose_id: str) -> None:
        """Hand a draft in."""
        now = self.clock.now()
        with self.archive.writing() as books:
            self._held(books, me, "purpose", purpose_id)
            self._hand_in(books, me, "purpose", purpose_id, now)

    def withdraw(self, me: Developer, kind: Kind, subject: str) -> None:
        """Take back what waits for approval; a purpose in force goes on as it is."""
        now, actor = self.clock.now(), _actor(me)
        with self.archive.writing() as books:
            state = self._held(books, me, kind, subject)
            change = books.onboarding.waiting_for(kind, subject)
            if change is None or change.act not in {"approve", "change"}:
                raise ConflictError("nothing of yours waits here", where="ref")
            if not books.onboarding.close(change.ref, actor.name, now, "withdrawn"):
                raise ConflictError("it was decided meanwhile", where="ref")
            if state == State.SUBMITTED:
                move(books, kind, subject, "withdraw", actor, now)

    def retire(self, me: Developer, kind: Kind, subject: str) -> None:
        """Give a client or purpose up, for good; what waited for it is closed."""
        now, actor = self.clock.now(), _actor(me)
        with self.archive.writing() as books:
            self._held(books, me, kind, subject)
            move(books, kind, subject, "retire", actor, now)
            change = books.onboarding.waiting_for(kind, subject)
            if change is not None:
                books.onboarding.close(change.ref, actor.name, now, "withdrawn")

    def add_key(self, me: Developer, client_id: str, jwk: object) -> str:
        """Register a public key; the first one makes an approved client active."""
        self._own_client(me, client_id)
        kid = self.keys.add(client_id, jwk)
        with self.archive.writing() as books:
            activate_client(books, client_id, self.clock.now())
        return kid

    def retire_key(self, me: Developer, client_id: str, kid: str) -> None:
        """Take a key away; never the last."""
        self._own_client(me, client_id)
        self.keys.retire(client_id, kid)

    def refused_calls(self, me: Developer) -> Sequence[RefusedCall]:
        """Why the agency's calls were refused in the last 14 days."""
        with self.archive.reading() as books:
            mine = [client.client_id for client in books.onboarding.clients(me.agency_uscc)]
            return books.refused_calls.of(mine)

    def check(self, me: Developer, purpose_id: str) -> tuple[str, ...]:
        """Look which items were shown meanwhile; those that are left. On the sandbox alone."""
        file, now = self.purpose(me, purpose_id), self.clock.now()
        self._only_here()
        with self.archive.writing() as books:
            return left_over(look(books, file.purpose, now), file.purpose)

    def hand_in_receipt(self, me: Developer, purpose_id: str, text: str) -> bool:
        """Whether this is the receipt of a pull of the purpose's client, signed by us."""
        file = self.purpose(me, purpose_id)
        self._only_here()
        try:
            token = parse_compact(text.strip(), typ="receipt+jwt")
            claims = token.verified(self.receipt_key, algorithm_of(self.receipt_key))
        except (MalformedError, InvalidTokenError):
            return False
        with self.archive.writing() as books:
            who = (file.client.client_id, purpose_id)
            found = books.onboarding.was_given_by(str(claims["usage"]), *who)
            if found:
                books.onboarding.pass_item(purpose_id, "receipt", self.clock.now())
        return found

    def _only_here(self) -> None:
        if not self.sandbox:
            raise ConflictError("this is done on the sandbox", where="sandbox")

    def _own_client(self, me: Developer, client_id: str) -> None:
        with self.archive.reading() as books:
            client = books.sharing.client(client_id)
        if client is None:
            raise NotFoundError("there is no such client", where="client_id")
        _own(me, client)

    def _held(self, books: Books, me: Developer, kind: Kind, subject: str) -> State:
        state, client_id = state_of(books, kind, subject)
        client = books.sharing.client(client_id)
        if client is None or client.agency_uscc != me.agency_uscc:
            raise NotFoundError(f"there is no such {kind}", where=kind)
        return state

    def _hand_in(
        self, books: Books, me: Developer, kind: Kind, subject: str, now: datetime
    ) -> None:
        move(books, kind, subject, "submit", _actor(me), now)
        self._ask(books, me, (kind, subject, "approve"), now, None)

    def _ask(
        self,
        books: Books,
        me: Developer,
        what: tuple[Kind, str, str],
        now: datetime,
        terms: Terms | None,
    ) -> None:
        kind, subject, act = what
        change = Change(
            ref=reference(),
            kind=kind,
            subject=subject,
            client_id=state_of(books, kind, subject)[1],
            act=act,
            terms=None if terms is None else terms.as_json(),
            not_given={},
            reason="",
            asked_by=_actor(me).name,
            asked_number=me.number,
            asked_at=now,
        )
        if not books.onboarding.ask(change):
            raise ConflictError("another change of it waits already", where="ref")


def covered(terms: Terms) -> dict[str, object]:
    """What of terms stands in the purpose itself."""
    kept = terms.as_json()
    return {name: kept[name] for name in kept if name not in _WORDS}


def activate_client(books: Books, client_id: str, now: datetime) -> None:
    """Make an approved client active once it has a key to be known by."""
    client = books.sharing.client_to_change(client_id)
    if client is not None and client.state == State.APPROVED and client.keys:
        move(books, "client", client_id, "activate", SYSTEM, now)


def _draft(purpose_id: str, client_id: str, terms: Terms) -> Purpose:
    return Purpose(
        purpose_id=purpose_id,
        client_id=client_id,
        matter_code=terms.matter_code,
        title_zh=terms.title_zh,
        title_en=terms.title_en,
        legal_basis=dict(terms.legal_basis),
        fields={kind: list(paths) for kind, paths in terms.fields.items()},
        state=State.DRAFT.value,
        actions=list(terms.actions),
        quota_day=terms.quota_day,
        quota_month=terms.quota_month,
    )


def _keep_words(books: Books, purpose_id: str, terms: Terms, not_given: Mapping[str, str]) -> None:
    books.onboarding.keep_dossier(
        purpose_id,
        Dossier(terms.contact, terms.justification, not_given, terms.photo_reason),
    )


def _own(me: Developer, client: Client) -> None:
    if client.agency_uscc != me.agency_uscc:
        raise NotFoundError("there is no such thing of this agency's", where="ref")


def _actor(me: Developer) -> Actor:
    return Actor(Role.DEVELOPER, f"developer {me.agency_uscc} {me.number}")
