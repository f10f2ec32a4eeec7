"""Messages outside the inbox: spread from the notices, claimed, sent, reported.

Promises: of a notice a contact has one message, whoever spreads it; one worker at a time works
for a contact, under a claim that ends by itself; what has ended is moved by nobody.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, func, select

from certstore.chance import reference
from certstore.tables.message_rows import (
    ChannelName,
    Contact,
    Waiting,
    contact_of,
    message_contacts,
    messages,
)
from certstore.tables.metadata import insert_once
from certstore.tables.notices import notice_of, notices

LEASE: Final = timedelta(minutes=3)
LONGEST_REST: Final = timedelta(hours=6)
_CLOCKS_DIFFER_BY: Final = timedelta(hours=1)
_OPEN: Final = ("waiting", "sending")
_SETTLED: Final = ("delivered", "failed", "dropped")


class MessageBook:
    """The messages, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- spreading -------------------------------------------------------------------------

    def any_not_spread(self) -> bool:
        """Whether there is a notice that nobody has looked at; a look that holds nothing."""
        query = select(notices.c.id).where(~notices.c.spread).limit(1)
        return self._connection.execute(query).one_or_none() is not None

    def not_spread(self, limit: int) -> list[Row[Any]]:
        """Notices nobody has looked at yet, oldest first; nobody else gets them meanwhile."""
        query = (
            select(notices)
            .where(~notices.c.spread)
            .order_by(notices.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return list(self._connection.execute(query))

    def mark_spread(self, ids: Collection[int]) -> None:
        """These notices were looked at."""
        statement = notices.update().where(notices.c.id.in_(ids)).values(spread=True)
        self._connection.execute(statement)

    def in_use(self, people: Collection[int]) -> list[Contact]:
        """The contacts of these people that something may be sent to."""
        query = select(message_contacts).where(
            message_contacts.c.person_id.in_(people), *_sendable()
        )
        return [contact_of(row) for row in self._connection.execute(query)]

    def add(self, notice_id: int, contact_id: int, at: datetime) -> bool:
        """Have a notice wait for a contact; False if it did, or was sent there, before."""
        values = {
            "notice_id": notice_id,
            "contact_id": contact_id,
            "state": "waiting",
            "made_at": at,
            "attempts": 0,
        }
        return insert_once(self._connection, messages, values)

    # -- work ------------------------------------------------------------------------------

    def anything_due(self, channel: ChannelName, now: datetime) -> bool:
        """Whether there is a contact to claim; a look that holds nothing."""
        return self._connection.execute(_free(channel, now)).one_or_none() is not None

    def claim(self, channel: ChannelName, now: datetime) -> tuple[str, Contact] | None:
        """Take the contact for which something waits longest; None if nothing may go now."""
        free = _free(channel, now).order_by(_OLDEST).with_for_update(skip_locked=True)
        claim = reference()
        statement = (
            message_contacts.update()
            # One value, no list: a plan may look at a list again, and lock another row each time.
            .where(message_contacts.c.id == free.scalar_subquery())
            .values(claim=claim, claimed_until=now + LEASE)
            .returning(message_contacts)
        )
        row = self._connection.execute(statement).one_or_none()
        return None if row is None else (claim, contact_of(row))

    def open_of(self, contact_id: int) -> list[Waiting]:
        """What has not ended for a contact, oldest first."""
        return self._read(messages.c.contact_id == contact_id, messages.c.state.in_(_OPEN))

    def still_held(self, contact_id: int, claim: str) -> bool:
        """Whether this claim holds; the contact's row is held until the transaction ends."""
        query = (
            select(message_contacts.c.id)
            .where(message_contacts.c.id == contact_id, message_contacts.c.claim == claim)
            .with_for_update()
        )
        return self._connection.execute(query).one_or_none() is not None

    def let_go(self, contact_id: int, claim: str) -> None:
        """Give a claim back; nothing happens if it was lost."""
        mine = (message_contacts.c.id == contact_id) & (message_contacts.c.claim == claim)
        free = message_contacts.update().where(mine).values(claim=None, claimed_until=None)
        self._connection.execute(free)

    def begin(self, ids: Collection[int], key: str, lang: str) -> None:
        """These leave together under a key."""
        values = {"state": "sending", "key": key, "lang": lang, "handed_at": None}
        statement = messages.update().where(messages.c.id.in_(ids))
        attempts = messages.c.attempts + 1
        self._connection.execute(statement.values(**values, attempts=attempts))

    def hand(self, key: str, at: datetime) -> None:
        """From this moment they may have left; the first such moment is kept."""
        statement = messages.update().where(messages.c.key == key, messages.c.handed_at.is_(None))
        self._connection.execute(statement.values(handed_at=at))

    def put_back(self, ids: Collection[int]) -> None:
        """They surely did not leave: they wait again, and may leave with others."""
        again = {"state": "waiting", "key": None, "lang": None, "handed_at": None}
        open_ones = messages.c.id.in_(ids) & messages.c.state.in_(_OPEN)
        self._connection.execute(messages.update().where(open_ones).values(**again))

    def end(
        self, ids: Collection[int], state: str, at: datetime, why: str | None = None, **more: object
    ) -> None:
        """What became of them; what was settled meanwhile, by a report, stays as it is."""
        open_ones = messages.c.id.in_(ids) & messages.c.state.in_(_OPEN)
        ended = {"state": state, "ended_at": at, "why": why, **more}
        self._connection.execute(messages.update().where(open_ones).values(**ended))

    def drop_waiting(self, contact_id: int, at: datetime, why: str) -> None:
        """Nothing more goes to a contact: what waits for it stays in the inbox alone."""
        waits = (messages.c.contact_id == contact_id) & (messages.c.state == "waiting")
        ended = {"state": "dropped", "ended_at": at, "why": why}
        self._connection.execute(messages.update().where(waits).values(**ended))

    def anybody_unreached(self, channel: ChannelName) -> bool:
        """Whether somebody rests because the channel was down or busy."""
        rests = (message_contacts.c.channel == channel) & message_contacts.c.unreached
        query = select(message_contacts.c.id).where(rests).limit(1)
        return self._connection.execute(query).one_or_none() is not None

    def hurry(self, channel: ChannelName) -> None:
        """The channel answers again: who rested because of it rests no longer."""
        rests = (message_contacts.c.channel == channel) & message_contacts.c.unreached
        awake = {"rest_until": None, "unreached": False}
        self._connection.execute(message_contacts.update().where(rests).values(**awake))

    # -- reports ---------------------------------------------------------------------------

    def handed(self, key: str) -> datetime | None:
        """When what left under this key first may have left."""
        query = select(func.min(messages.c.handed_at)).where(messages.c.key == key)
        found: datetime | None = self._connection.execute(query).scalar_one_or_none()
        return found

    def under(self, key: str, channels: Collection[ChannelName]) -> Contact | None:
        """Whose is what left under this key by one of these channels; the contact is held."""
        query = (
            select(message_contacts)
            .join(messages, messages.c.contact_id == message_contacts.c.id)
            .where(messages.c.key == key, message_contacts.c.channel.in_(channels))
            .limit(1)
            .with_for_update(of=message_contacts)
        )
        row = self._connection.execute(query).one_or_none()
        return None if row is None else contact_of(row)

    def report(self, key: str, state: str, at: datetime, why: str | None) -> bool:
        """What a gateway says became of it; False where that was settled before."""
        open_ones = (messages.c.key == key) & messages.c.state.not_in(_SETTLED)
        ended = {"state": state, "ended_at": at, "why": why}
        done = messages.update().where(open_ones).values(**ended).returning(messages.c.id)
        return bool(self._connection.execute(done).all())

    # -- upkeep ----------------------------------------------------------------------------

    def bury(self, since: datetime, now: datetime) -> None:
        """Give up what waits since before a moment, whatever its contact does."""
        for state, end, why in (("waiting", "failed", "too_late"), ("sending", "unclear", None)):
            old = (messages.c.state == state) & (messages.c.made_at < since)
            idle = messages.c.contact_id.in_(
                select(message_contacts.c.id).where(
                    _over(message_contacts.c.claimed_until, now, LEASE)
                )
            )
            ended = {"state": end, "ended_at": now, "why": why}
            self._connection.execute(messages.update().where(old, idle).values(**ended))

    def forget(self, before: datetime) -> None:
        """Drop what ended before a moment."""
        self._connection.execute(messages.delete().where(messages.c.ended_at < before))

    def take_back(self, notice_id: int, at: datetime) -> None:
        """A notice holds no longer: what waits to tell of it is dropped."""
        waits = (messages.c.notice_id == notice_id) & (messages.c.state == "waiting")
        ended = {"state": "dropped", "ended_at": at, "why": "done"}
        self._connection.execute(messages.update().where(waits).values(**ended))

    def counted(self) -> Mapping[tuple[ChannelName, str], int]:
        """How many there are, by channel and state."""
        query = (
            select(message_contacts.c.channel, messages.c.state, func.count().label("number"))
            .join(message_contacts)
            .group_by(message_contacts.c.channel, messages.c.state)
        )
        return {(row.channel, row.state): row.number for row in self._connection.execute(query)}

    def waiting_since(self, channel: ChannelName) -> datetime | None:
        """Since when the oldest message of a channel waits; None: nothing waits."""
        query = (
            select(func.min(messages.c.made_at))
            .join(message_contacts)
            .where(message_contacts.c.channel == channel, messages.c.state.in_(_OPEN))
        )
        return self._connection.execute(query).scalar_one_or_none()

    def of_contacts(self, ids: Sequence[int], limit: int) -> list[Row[Any]]:
        """What was sent to these contacts, latest first: channel, kind, state, times."""
        query = (
            select(
                *(message_contacts.c.channel, notices.c.kind, messages.c.state),
                *(messages.c.made_at, messages.c.handed_at, messages.c.ended_at),
            )
            .select_from(messages)
            .join(message_contacts, message_contacts.c.id == messages.c.contact_id)
            .join(notices, notices.c.id == messages.c.notice_id)
            .where(messages.c.contact_id.in_(ids))
            .order_by(messages.c.id.desc())
            .limit(limit)
        )
        return list(self._connection.execute(query))

    def _read(self, *where: ColumnElement[bool]) -> list[Waiting]:
        query: Select[Any] = (
            select(
                *(messages.c[name] for name in _OWN),
                *(notices.c[name] for name in ("ref", "kind", "facts", "created_at")),
            )
            .join(notices, notices.c.id == messages.c.notice_id)
            .where(*where)
            .order_by(messages.c.id)
        )
        return [
            Waiting(**{name: getattr(row, name) for name in _OWN}, notice=notice_of(row))
            for row in self._connection.execute(query)
        ]


# The oldest message that has not ended, of a contact of the query around it.
_OLDEST: Final = (
    select(func.min(messages.c.id))
    .where(messages.c.contact_id == message_contacts.c.id, messages.c.state.in_(_OPEN))
    .scalar_subquery()
)
_OWN: Final = ("id", "state", "made_at", "key", "lang", "handed_at")


def _free(channel: ChannelName, now: datetime) -> Select[Any]:
    """One contact that nobody works for and for which something may go now."""
    return (
        select(message_contacts.c.id)
        .where(
            message_contacts.c.channel == channel,
            *_sendable(),
            _over(message_contacts.c.rest_until, now, LONGEST_REST),
            _over(message_contacts.c.claimed_until, now, LEASE),
            _OLDEST.is_not(None),
        )
        .limit(1)
    )


def _sendable() -> list[ColumnElement[bool]]:
    """Confirmed, switched on, and not refused for good."""
    return [
        message_contacts.c.confirmed_at.is_not(None),
        message_contacts.c.switched_on,
        message_contacts.c.failing_since.is_(None),
    ]


def _over(until: ColumnElement[Any], now: datetime, longest: timedelta) -> ColumnElement[bool]:
    """Whether a wait is over: also one that ends so late that a clock was wrong when it began.

    Clocks of two machines differ a little, and `now` is read before a transaction has its turn.
    """
    return until.is_(None) | (until <= now) | (until > now + longest + _CLOCKS_DIFFER_BY)
