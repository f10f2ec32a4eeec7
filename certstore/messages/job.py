"""What leaves together: what a broken attempt left behind, else what waits and is wanted still."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from certstore.chance import reference
from certstore.clock import local_date
from certstore.messages.channels import Channel
from certstore.messages.groups import is_wanted
from certstore.reminders.desk import Standing
from certstore.tables.books import Books
from certstore.tables.message_rows import ChannelName, Contact, Waiting

KEY_HOLDS: Final = timedelta(hours=24)  # so long a gateway knows a key again
_CLOCKS_DIFFER_BY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What one worker holds: a contact under a claim, and what leaves together."""

    claim: str
    contact: Contact
    key: str
    lang: Literal["zh", "en"]
    lines: Sequence[Waiting]

    @property
    def ids(self) -> list[int]:
        """The messages' rows."""
        return [line.id for line in self.lines]


@dataclass(frozen=True, slots=True)
class Jobs:
    """Chooses what leaves for a contact."""

    channels: Mapping[ChannelName, Channel]
    standing: Standing

    def of(self, books: Books, taken: tuple[str, Contact], now: datetime) -> Job | None:
        """What to send to a contact; None where nothing is left, and the claim is given back."""
        claim, contact = taken
        lines = books.messages.open_of(contact.id)
        begun = self._begun(books, contact, [one for one in lines if one.state == "sending"], now)
        if begun:
            first = begun[0]
            key, lang = first.key or "", first.lang or contact.lang
            return Job(claim=claim, contact=contact, key=key, lang=lang, lines=begun)
        chosen = self._chosen(books, contact, books.messages.open_of(contact.id), now)
        if not chosen:
            books.messages.let_go(contact.id, claim)
            return None
        key = reference()
        books.messages.begin([line.id for line in chosen], key, contact.lang)
        return Job(claim=claim, contact=contact, key=key, lang=contact.lang, lines=chosen)

    def _begun(
        self, books: Books, contact: Contact, lines: Sequence[Waiting], now: datetime
    ) -> list[Waiting]:
        """What a broken attempt left that may go again under its key; the rest is settled.

        It goes whole or not at all: under one key the same is said.
        """
        books.messages.put_back([line.id for line in lines if line.handed_at is None])
        left = [line for line in lines if line.handed_at is not None]
        again = [line for line in left if line.key == left[0].key]
        if all(self._may_go_again(contact, line, now) for line in again):
            return again
        books.messages.end([line.id for line in again], "unclear", now)
        return []

    def _may_go_again(self, contact: Contact, line: Waiting, now: datetime) -> bool:
        """Whether the gateway knows its key still; of a moment in the future nobody can tell."""
        if line.handed_at is None or not self.channels[contact.channel].repeatable:
            return False
        age = now - line.handed_at
        return -_CLOCKS_DIFFER_BY <= age <= KEY_HOLDS and is_wanted(contact, line.notice.kind)

    def _chosen(
        self, books: Books, contact: Contact, lines: Sequence[Waiting], now: datetime
    ) -> list[Waiting]:
        """Of what waits, what holds still and is wanted still; the rest is dropped."""
        today, chosen = local_date(now), []
        for line in lines:
            if line.state != "waiting":
                continue
            if not is_wanted(contact, line.notice.kind):
                books.messages.end([line.id], "dropped", now, "unticked")
            elif self.standing.holds(books, line.notice.kind, line.notice.facts, today):
                chosen.append(line)
            else:
                books.messages.end([line.id], "dropped", now, "done")
        return chosen
