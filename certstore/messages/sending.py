"""Brings notices to where people want to be told: nothing lost, nothing twice, and no flood.

A message is claimed, handed over, noted; each is committed before the next begins. What broke
before it was handed over goes again. What broke after that goes again under its key where the
channel takes a key once, and nowhere else: of a mail that may have left no second one is sent,
and the inbox has it all the same. What is counted against the minute's limit is attempts, not what
arrived: a channel in trouble is not called more often than one that is well.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal

from certstore.clock import Clock
from certstore.errors import CertstoreError
from certstore.messages.channels import (
    Channel,
    ClaimLostError,
    RefusedForGoodError,
    TryLaterError,
    UnclearError,
)
from certstore.messages.groups import GROUP_OF, is_wanted
from certstore.messages.job import Job, Jobs
from certstore.messages.keeping import ContactKeeper
from certstore.messages.quiet import QuietHours
from certstore.messages.words import Addressed, Composer
from certstore.reminders.desk import Standing
from certstore.tables.books import Archive, Books
from certstore.tables.message_attempts import LONGEST_PAUSE
from certstore.tables.message_rows import ChannelName, Contact
from certstore.tables.messages import LONGEST_REST

log = logging.getLogger("certstore.messages")
TOLD_LATE: Final = timedelta(days=2)  # what is older when it is spread stays in the inbox alone
GIVEN_UP: Final = timedelta(days=3)
KEPT: Final = timedelta(days=90)
_AT_A_TIME: Final = 200
_MINUTE: Final = timedelta(minutes=1)
Turn = Literal["nothing", "sent", "not_sent", "down"]


@dataclass(frozen=True, slots=True, kw_only=True)
class SendingDesk:
    """Spreads notices over contacts, and sends what waits."""

    archive: Archive
    clock: Clock
    keeper: ContactKeeper
    channels: Mapping[ChannelName, Channel]
    composer: Composer
    quiet: QuietHours
    a_minute: int
    standing: Standing = field(default_factory=lambda: Standing(()))

    # -- spreading -------------------------------------------------------------------------

    def spread(self) -> int:
        """Have new notices wait for the contacts of their people; how many were looked at."""
        looked = 0
        while found := self._spread_some():
            looked += found
            if found < _AT_A_TIME:
                break
        return looked

    def _spread_some(self) -> int:
        now = self.clock.now()
        with self.archive.reading() as books:  # most of the time there is nothing to do
            if not books.messages.any_not_spread():
                return 0
        with self.archive.writing() as books:
            found = books.messages.not_spread(_AT_A_TIME)
            books.messages.mark_spread([notice.id for notice in found])
            fresh = [n for n in found if n.created_at > now - TOLD_LATE and n.kind in GROUP_OF]
            contacts = books.messages.in_use({notice.person_id for notice in fresh})
            for notice in fresh:
                for contact in contacts:
                    if contact.person_id == notice.person_id and is_wanted(contact, notice.kind):
                        books.messages.add(notice.id, contact.id, now)
        return len(found)

    # -- sending ---------------------------------------------------------------------------

    def turn(self, channel: ChannelName) -> Turn:
        """Send to one contact of a channel what waits for it."""
        job = self._claimed(channel)
        if job is None:
            return "nothing"
        ended: Turn | None = None
        try:
            ended = self._sent(self.channels[channel], job)
        finally:
            with self.archive.writing() as books:
                if ended is None:  # a fault of ours: others' messages go first now
                    self._rest(books, job, self.clock.now(), unreached=False)
                books.messages.let_go(job.contact.id, job.claim)
        if ended == "sent":
            self._wake(channel)
        return ended

    def _claimed(self, channel: ChannelName) -> Job | None:
        """The next job, written down; None in quiet hours, and while the channel is held up."""
        now, jobs = self.clock.now(), Jobs(self.channels, self.standing)
        if self.quiet.hold(now):
            return None
        while True:
            with self.archive.reading() as books:
                if self._is_held_up(books, channel, now):
                    return None
                if not books.messages.anything_due(channel, now):
                    return None
            with self.archive.writing() as books:
                books.turns.take("messages", channel)
                if self._is_held_up(books, channel, now):
                    return None
                taken = books.messages.claim(channel, now)
                if taken is None:
                    return None
                job = jobs.of(books, taken, now)
                if job is not None:
                    books.attempts.note(channel, now)
            if job is not None:
                return job

    def _is_held_up(self, books: Books, channel: ChannelName, now: datetime) -> bool:
        """Whether a minute's worth was tried, or the channel wants to be left alone."""
        tried = books.attempts.since(channel, now - _MINUTE, now)
        return tried >= self.a_minute or books.attempts.is_paused(channel, now)

    def _sent(self, channel: Channel, job: Job) -> Turn:
        try:
            address = self.keeper.address(job.contact)
            to = Addressed(job.key, job.contact.channel, address, job.lang)
            message = self.composer.told(to, [line.notice for line in job.lines])
            provider_id = channel.send(message, self._leaving(job))
        except ClaimLostError:
            return "not_sent"
        except RefusedForGoodError as error:
            return self._refused(job, error)
        except TryLaterError as error:
            return self._later(job, reached=error.reached, pause=error.pause)
        except UnclearError:
            return self._unclear(channel, job)
        except CertstoreError as error:  # a key that is missing: nothing left
            log.warning("not sent", extra={"contact": job.contact.ref, "why": error.detail})
            return self._later(job, reached=True)
        return self._arrived(job, provider_id)

    def _leaving(self, job: Job) -> Callable[[], None]:
        """Writes down that from here on it may have left; refuses if another took over."""

        def hand() -> None:
            with self.archive.writing() as books:
                if not books.messages.still_held(job.contact.id, job.claim):
                    raise ClaimLostError("another worker sends this by now", where=job.key)
                books.messages.hand(job.key, self.clock.now())

        return hand

    def _arrived(self, job: Job, provider_id: str) -> Turn:
        with self._writing(job) as books:
            at = self.clock.now()
            books.messages.end(job.ids, "sent", at, provider_id=provider_id[:100] or None)
            well = {"failures": 0, "rest_until": None, "unreached": False}
            books.contacts.change(job.contact.id, **well)
        return "sent"

    def _wake(self, channel: ChannelName) -> None:
        """The channel answers: who rests because it was down waits no longer."""
        with self.archive.reading() as books:
            if not books.messages.anybody_unreached(channel):
                return
        with self.archive.writing() as books:
            books.turns.take("messages", channel)
            books.messages.hurry(channel)

    @contextmanager
    def _writing(self, job: Job) -> Iterator[Books]:
        """A transaction that holds the contact first, as whoever changes it does."""
        with self.archive.writing() as books:
            books.messages.still_held(job.contact.id, job.claim)
            yield books

    def _refused(self, job: Job, error: RefusedForGoodError) -> Turn:
        """For good: where the address is at fault nothing more goes there, and its owner reads it.

        What waits for it besides was told in the inbox already.
        """
        with self._writing(job) as books:
            now = self.clock.now()
            books.messages.end(job.ids, "failed", now, error.fault)
            if error.fault == "address":
                mark_failing(books, job.contact, job.key, now)
        return "not_sent"

    def _later(self, job: Job, *, reached: bool, pause: timedelta | None = None) -> Turn:
        """It surely did not leave: it waits again, until it is too old."""
        with self._writing(job) as books:
            now = self.clock.now()
            old = [line.id for line in job.lines if now - line.made_at >= GIVEN_UP]
            books.messages.end(old, "failed", now, "too_late")
            books.messages.put_back([each for each in job.ids if each not in old])
            if pause is not None:
                books.attempts.pause(job.contact.channel, now + min(pause, LONGEST_PAUSE))
            self._rest(books, job, now, unreached=not reached or pause is not None)
        return "not_sent" if reached else "down"

    def _unclear(self, channel: Channel, job: Job) -> Turn:
        """It may have left: under its key it goes again where that is safe."""
        with self._writing(job) as books:
            now = self.clock.now()
            if not channel.repeatable:
                books.messages.end(job.ids, "unclear", now)
            self._rest(books, job, now, unreached=False)
        return "not_sent"

    def _rest(self, books: Books, job: Job, now: datetime, *, unreached: bool) -> None:
        failures = job.contact.failures + 1
        until = now + min(_MINUTE * (1 << min(failures - 1, 10)), LONGEST_REST)
        rest = {"failures": failures, "rest_until": until, "unreached": unreached}
        books.contacts.change(job.contact.id, **rest)

    # -- upkeep ----------------------------------------------------------------------------

    def forget(self) -> None:
        """Give up what is too old to be sent, and drop what ended long ago."""
        now = self.clock.now()
        with self.archive.writing() as books:
            books.messages.bury(now - GIVEN_UP, now)
            books.messages.forget(now - KEPT)
            books.attempts.forget(now)
            books.contacts.forget(now)


def mark_failing(books: Books, contact: Contact, key: str, now: datetime) -> None:
    """Send nothing more to an address that was refused for good; its owner reads so, once."""
    if contact.failing_since is not None:
        return
    books.contacts.change(contact.id, failing_since=now)
    books.messages.drop_waiting(contact.id, now, "address")
    facts = {"channel": contact.channel}
    books.inbox.add(contact.person_id, "contact_failing", f"{contact.ref}:{key}", facts, now)
