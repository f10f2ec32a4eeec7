"""Contacts: where people are told besides the inbox, and how often codes were sent there."""

from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, func, select

from certstore.tables.message_rows import (
    ChannelName,
    Contact,
    contact_codes,
    contact_of,
    message_contacts,
    messages,
)

_A_DAY: Final = timedelta(days=1)
_CLOCKS_DIFFER_BY: Final = timedelta(minutes=1)


class ContactBook:
    """The contacts, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, **values: Any) -> None:  # noqa: ANN401 - columns of several types
        """Keep a contact that nobody has confirmed."""
        fresh = {"confirmed_at": None, "failures": 0, "unreached": False, "code_tries": 0}
        self._connection.execute(message_contacts.insert().values(**fresh, **values))

    def of(self, person_id: int) -> list[Contact]:
        """A person's contacts, one a channel."""
        query = select(message_contacts).where(message_contacts.c.person_id == person_id)
        rows = self._connection.execute(query.order_by(message_contacts.c.channel))
        return [contact_of(row) for row in rows]

    def locked(self, person_id: int, channel: ChannelName) -> Contact | None:
        """A person's contact on a channel; nobody else changes it before this transaction ends."""
        query = select(message_contacts).where(
            message_contacts.c.person_id == person_id, message_contacts.c.channel == channel
        )
        row = self._connection.execute(query.with_for_update()).one_or_none()
        return None if row is None else contact_of(row)

    def change(self, contact_id: int, **values: Any) -> None:  # noqa: ANN401 - columns of several types
        """Set columns of a contact."""
        mine = message_contacts.c.id == contact_id
        self._connection.execute(message_contacts.update().where(mine).values(**values))

    def remove(self, contact_id: int) -> None:
        """Forget a contact and what was sent there."""
        self._connection.execute(messages.delete().where(messages.c.contact_id == contact_id))
        mine = message_contacts.c.id == contact_id
        self._connection.execute(message_contacts.delete().where(mine))

    def erase(self, person_id: int) -> None:
        """Forget every contact of a person, and what was sent there."""
        for contact in self.of(person_id):
            self.remove(contact.id)
        theirs = contact_codes.c.person_id == person_id
        self._connection.execute(contact_codes.delete().where(theirs))

    def wrapped_by_others(self, key_id: str, limit: int = 100) -> list[Contact]:
        """Contacts whose data key another storage key wraps."""
        query = select(message_contacts).where(message_contacts.c.key_id != key_id).limit(limit)
        return [contact_of(row) for row in self._connection.execute(query)]

    # -- codes -----------------------------------------------------------------------------

    def count_code(self, person_id: int, bucket: int, at: datetime) -> None:
        """Note that a code is sent for a person, to an address of this bucket."""
        values = {"person_id": person_id, "bucket": bucket, "at": at}
        self._connection.execute(contact_codes.insert().values(values))

    def codes_to_since(self, bucket: int, since: datetime, now: datetime) -> int:
        """How many codes were sent to addresses of this bucket since a moment, for anybody."""
        return self._codes(contact_codes.c.bucket == bucket, since, now)

    def codes_since(self, person_id: int, since: datetime, now: datetime) -> int:
        """How many codes were sent for a person since a moment."""
        return self._codes(contact_codes.c.person_id == person_id, since, now)

    def _codes(self, whose: ColumnElement[bool], since: datetime, now: datetime) -> int:
        """What a clock wrote that ran ahead limits nobody."""
        at = contact_codes.c.at
        query = select(func.count()).where(whose, at > since, at <= now + _CLOCKS_DIFFER_BY)
        found: int = self._connection.execute(query).scalar_one()
        return found

    def forget(self, now: datetime) -> None:
        """Drop what limits nobody any more: codes of yesterday, addresses nobody confirmed.

        With them goes what lies a day ahead, as a clock did.
        """
        codes, contacts = contact_codes.c, message_contacts.c
        self._connection.execute(contact_codes.delete().where(_is_past(codes.at, now)))
        self._connection.execute(
            message_contacts.delete().where(
                contacts.confirmed_at.is_(None), _is_past(contacts.made_at, now)
            )
        )


def _is_past(at: ColumnElement[Any], now: datetime) -> ColumnElement[bool]:
    return (at < now - _A_DAY) | (at > now + _A_DAY)
