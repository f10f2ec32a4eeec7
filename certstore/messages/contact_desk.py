"""Where somebody wants to be told besides the inbox: adding, confirming, choosing, removing."""

import hashlib
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from certstore.callers import Resident
from certstore.chance import reference
from certstore.clock import Clock
from certstore.errors import CertstoreError, MalformedError, NotFoundError
from certstore.messages.addresses import masked_address, parse_address
from certstore.messages.channels import CHANNELS, Channel, RefusedForGoodError, UnclearError
from certstore.messages.groups import GROUPS
from certstore.messages.keeping import ContactKeeper, new_code
from certstore.messages.quiet import QuietHours
from certstore.messages.words import Addressed, Composer
from certstore.tables.books import Archive, Books
from certstore.tables.message_rows import ChannelName, Contact
from certstore.web.dress import Lang

CODE_LIFE: Final = timedelta(minutes=10)
CODE_TRIES: Final = 5
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=1)
_AN_HOUR: Final = (timedelta(hours=1), 5)
_A_DAY: Final = (timedelta(days=1), 10)
Added = Literal[
    "sent", "malformed", "known", "too_often", "refused", "not_sent", "unclear", "confirmed"
]
CodeStanding = Literal["open", "over", "none"]
Confirmed = Literal["confirmed", "wrong", "over"]


@dataclass(frozen=True, slots=True, kw_only=True)
class MyContact:
    """A contact as its owner sees it; the address is shown with stars."""

    channel: ChannelName
    shown: str
    lang: Lang
    groups: Collection[str]
    switched_on: bool
    confirmed: bool
    code: CodeStanding  # none: none is on its way, as nothing left
    code_until: datetime | None
    failing: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ContactDesk:
    """Keeps a person's contacts: one a channel, used once its owner has confirmed it."""

    archive: Archive
    clock: Clock
    keeper: ContactKeeper
    channels: Mapping[ChannelName, Channel]
    composer: Composer
    quiet: QuietHours

    @property
    def offered(self) -> tuple[ChannelName, ...]:
        """The channels of this installation, in the order of the page."""
        return tuple(each for each in CHANNELS if each in self.channels)

    def mine(self, me: Resident) -> list[MyContact]:
        """My contacts."""
        holder = me.holder
        with self.archive.reading() as books:
            person = books.people.find(holder.id_type, holder.id_number)
            found = books.contacts.of(person.id) if person else []
        return [self._shown(contact) for contact in found if contact.channel in self.channels]

    def _shown(self, contact: Contact) -> MyContact:
        code = _standing(contact, self.clock.now())
        return MyContact(
            channel=contact.channel,
            shown=masked_address(contact.channel, self.keeper.address(contact)),
            lang=contact.lang,
            groups=frozenset(contact.groups),
            switched_on=contact.switched_on,
            confirmed=contact.confirmed_at is not None,
            code=code,
            code_until=contact.code_until if code == "open" else None,
            failing=contact.failing_since is not None,
        )

    # -- adding ------------------------------------------------------------------------------

    def add(self, me: Resident, channel: ChannelName, address: str, lang: Lang) -> Added:
        """Keep an address and send a code there; it is used for nothing else until confirmed.

        An address that is confirmed is removed before another takes its place.
        """
        self._require(channel)
        try:
            to = parse_address(channel, address)
        except MalformedError:
            return "malformed"
        code, ref, now = new_code(), reference(), self.clock.now()
        bucket = bucket_of(channel, to)
        with self.archive.writing() as books:
            person = self._person(books, me)
            known = books.contacts.locked(person, channel)
            if known is not None and known.confirmed_at is not None:
                return "known"
            if not self._may_send(books, person, bucket, now):
                return "too_often"
            if known is not None:
                books.contacts.remove(known.id)
            sealed = self.keeper.seal(ref, to, code)
            books.contacts.add(
                ref=ref,
                person_id=person,
                channel=channel,
                lang=lang,
                groups=list(GROUPS),
                switched_on=True,
                made_at=now,
                key_id=sealed.key_id,
                wrapped_key=sealed.wrapped_key,
                address=sealed.address,
                code=sealed.code,
                code_until=now + CODE_LIFE,
            )
        added = self._send_code(Addressed(reference(), channel, to, lang), code)
        return self._as_it_left(person, channel, added, sealed.code)

    def send_again(self, me: Resident, channel: ChannelName) -> Added:
        """Another code for an address that waits for its confirmation; the former is void."""
        self._require(channel)
        code, now = new_code(), self.clock.now()
        with self.archive.writing() as books:
            person = self._person(books, me)
            contact = self._mine(books, person, channel)
            if contact.confirmed_at is not None and contact.failing_since is None:
                return "confirmed"
            bucket = bucket_of(channel, self.keeper.address(contact))
            if not self._may_send(books, person, bucket, now):
                return "too_often"
            sealed = self.keeper.seal_code(contact, code)
            fresh = {"code": sealed, "code_until": now + CODE_LIFE, "code_tries": 0}
            books.contacts.change(contact.id, **fresh)
        to = Addressed(reference(), channel, self.keeper.address(contact), contact.lang)
        return self._as_it_left(person, channel, self._send_code(to, code), sealed)

    def _send_code(self, to: Addressed, code: str) -> Added:
        """At once, in quiet hours too: its owner waits for it."""
        message = self.composer.code(to, code)
        try:
            self.channels[to.channel].send(message, lambda: None)
        except RefusedForGoodError:
            return "refused"
        except UnclearError:
            return "unclear"  # it may come: the code counts
        except CertstoreError:
            return "not_sent"
        return "sent"

    def _as_it_left(self, person: int, channel: ChannelName, added: Added, code: bytes) -> Added:
        """How it ended; a code that surely did not leave is void, so that nobody waits for it."""
        if added in {"refused", "not_sent"}:
            with self.archive.writing() as books:
                contact = books.contacts.locked(person, channel)
                if contact is not None and contact.code == code:
                    books.contacts.change(contact.id, code=None, code_until=None)
        return added

    def _may_send(self, books: Books, person: int, bucket: int, now: datetime) -> bool:
        """Count a code, unless there were too many for this person, or to this address.

        The second keeps many people from plaguing one telephone.
        """
        for span, most in (_AN_HOUR, _A_DAY):
            since = now - span
            if books.contacts.codes_since(person, since, now) >= most:
                return False
            if books.contacts.codes_to_since(bucket, since, now) >= most:
                return False
        books.contacts.count_code(person, bucket, now)
        return True

    # -- confirming and choosing -------------------------------------------------------------

    def confirm(self, me: Resident, channel: ChannelName, code: str) -> Confirmed:
        """Whether this code was sent there: five tries, ten minutes. Then it is used."""
        self._require(channel)
        said = "".join(unicodedata.normalize("NFKC", code).split())
        now = self.clock.now()
        with self.archive.writing() as books:
            contact = self._mine(books, self._person(books, me), channel)
            if not _is_open(contact, now):
                return "over"
            if contact.code_tries >= CODE_TRIES:
                return "over"
            if not self.keeper.is_code(contact, said):
                books.contacts.change(contact.id, code_tries=contact.code_tries + 1)
                return "wrong" if contact.code_tries + 1 < CODE_TRIES else "over"
            books.contacts.change(
                contact.id,
                confirmed_at=now,
                code=None,
                code_until=None,
                failing_since=None,
                failures=0,
                rest_until=None,
            )
        return "confirmed"

    def choose(
        self,
        me: Resident,
        channel: ChannelName,
        groups: Collection[str],
        lang: Lang,
        *,
        switched_on: bool,
    ) -> None:
        """What is told there, in which language, and whether at all.

        Once it is switched off, what waits for it stays in the inbox alone.
        """
        self._require(channel)
        wanted = [group for group in GROUPS if group in groups]
        with self.archive.writing() as books:
            contact = self._mine(books, self._person(books, me), channel)
            chosen = {"groups": wanted, "lang": lang, "switched_on": switched_on}
            books.contacts.change(contact.id, **chosen)
            if not switched_on:
                books.messages.drop_waiting(contact.id, self.clock.now(), "switched_off")

    def remove(self, me: Resident, channel: ChannelName) -> None:
        """Forget the address; nothing happens if there is none."""
        self._require(channel)
        with self.archive.writing() as books:
            contact = books.contacts.locked(self._person(books, me), channel)
            if contact is not None:
                books.contacts.remove(contact.id)

    def wrap_anew(self) -> None:
        """Bring the contacts' keys under the newest storage key."""
        with self.archive.reading() as books:
            found = books.contacts.wrapped_by_others(self.keeper.open_safe().newest)
        for contact in found:
            anew = self.keeper.wrap_anew(contact)
            if anew is not None:
                with self.archive.writing() as books:
                    keys = {"key_id": anew.key_id, "wrapped_key": anew.sealed}
                    books.contacts.change(contact.id, **keys)

    def _require(self, channel: ChannelName) -> None:
        if channel not in self.channels:
            raise NotFoundError("this channel is not offered here", where="channel")

    def _person(self, books: Books, me: Resident) -> int:
        """Whose contacts it is about; they are alone with them until the transaction ends."""
        person = books.people.known(me.holder)
        books.turns.take("contacts", person.id)
        return person.id

    def _mine(self, books: Books, person: int, channel: ChannelName) -> Contact:
        found = books.contacts.locked(person, channel)
        if found is None:
            raise NotFoundError("there is no such address", where="channel")
        return found


def _is_open(contact: Contact, now: datetime) -> bool:
    """Whether a code may be entered. One that ends too late is of a clock that ran ahead."""
    until = contact.code_until
    if contact.code is None or until is None:
        return False
    return now < until <= now + CODE_LIFE + _CLOCKS_DIFFER_BY


def _standing(contact: Contact, now: datetime) -> CodeStanding:
    """Whether a code can be entered, is over, or was never on its way."""
    if contact.code is None or contact.code_until is None:
        return "none"
    spent = not _is_open(contact, now) or contact.code_tries >= CODE_TRIES
    return "over" if spent else "open"


def bucket_of(channel: ChannelName, address: str) -> int:
    """Which of 65,536 buckets an address falls into: enough to count, too little to tell it by."""
    return int.from_bytes(hashlib.sha256(f"{channel}:{address}".encode()).digest()[:2])
