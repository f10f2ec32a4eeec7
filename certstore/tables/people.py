"""People the service knows, each with a key that the keys of their ledger leaves come from."""

import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    String,
    Table,
    UniqueConstraint,
    bindparam,
    select,
)

from certstore.certificates import Holder
from certstore.chance import random_bytes
from certstore.errors import UnavailableError
from certstore.storage.prepared import Prepared, among
from certstore.tables.metadata import insert_once, metadata

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("id_type", String(3), nullable=False),
    Column("id_number", String(32), nullable=False),
    Column("name", String(100), nullable=False),
    Column("subject_key", LargeBinary(32), nullable=False),
    UniqueConstraint("id_type", "id_number"),
)


# Put together once: every access looks somebody up.
_FIND = select(people).where(
    people.c.id_type == bindparam("of_type"), people.c.id_number == bindparam("of_number")
)
_FIND_ALL = Prepared(
    {
        kind: select(people).where(numbered)
        for kind, numbered in among(people.c.id_number, "numbers").items()
    },
    list(people.c),
)


@dataclass(frozen=True, slots=True)
class Person:
    """A person; once `subject_key` is replaced, no older leaf of the ledger points to them."""

    id: int
    holder: Holder
    subject_key: bytes

    def pairwise(self, agency_key: bytes) -> str:
        """The reference one agency knows the person by; two agencies cannot join theirs."""
        mac = hmac.new(agency_key, self.holder.id_number.encode(), hashlib.sha256)
        return mac.hexdigest()[:32]


class People:
    """The people, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def find(self, id_type: str, id_number: str) -> Person | None:
        """The person with this number."""
        number = {"of_type": id_type, "of_number": id_number.upper()}
        row = self._connection.execute(_FIND, number).one_or_none()
        return None if row is None else _person(row)

    def get(self, person_id: int) -> Person:
        """The person with this key."""
        return _person(
            self._connection.execute(select(people).where(people.c.id == person_id)).one()
        )

    def hold(self, person_id: int) -> None:
        """Hold a person's row until the transaction ends: who counts their accesses waits."""
        held = select(people.c.id).where(people.c.id == person_id).with_for_update()
        self._connection.execute(held).one()

    def known(self, holder: Holder) -> Person:
        """The person, made known if they were not.

        One who was known by a number alone takes the first name that is said.
        """
        found = self.find(holder.id_type, holder.id_number)
        if found is None:
            values = {
                "id_type": holder.id_type,
                "id_number": holder.id_number.upper(),
                "name": holder.name,
                "subject_key": random_bytes(32),
            }
            insert_once(self._connection, people, values)
            found = self.find(holder.id_type, holder.id_number)
        if found is None:
            raise UnavailableError("a person could not be recorded", remedy="try again")
        return found if found.holder.name else self._renamed(found, holder.name)

    def numbered(self, id_type: str, id_number: str) -> Person:
        """The person of this number, whether anything is known of them or not.

        Who asks by a number learns nothing from it: it is as much work for one as for the other.
        """
        return self.known(Holder("", id_type, id_number))

    def known_all(self, holders: Iterable[Holder]) -> dict[tuple[str, str], Person]:
        """The people by type and number, each made known if they were not."""
        wanted = {(each.id_type, each.id_number.upper()): each for each in holders}
        numbers = sorted({number for _, number in wanted})
        rows = _FIND_ALL.rows(self._connection, {"numbers": numbers}) if numbers else ()
        found = {
            (id_type, id_number): Person(number, Holder(name, id_type, id_number), bytes(key))
            for number, id_type, id_number, name, key in rows
        }
        named = {key: person for key, person in found.items() if person.holder.name}
        return {key: named.get(key) or self.known(each) for key, each in wanted.items()}

    def named(self, holder: Holder) -> Person:
        """The person, under this name from now on: who asks is sure of it.

        An identity provider is, and a record that was judged. A name that a source, a clerk or an
        applicant gave before counts as long as nobody surer has spoken.
        """
        return self._renamed(self.known(holder), holder.name)

    def named_otherwise(self, holder: Holder) -> bool:
        """Whether another name than this one is on record with the number."""
        found = self.find(holder.id_type, holder.id_number)
        return found is not None and found.holder.name not in {"", holder.name}

    def replace_key(self, person_id: int) -> None:
        """Give a person a new key: the one that their leaves were made with is gone for good."""
        self._connection.execute(
            people.update().where(people.c.id == person_id).values(subject_key=random_bytes(32))
        )

    def _renamed(self, person: Person, name: str) -> Person:
        if person.holder.name == name:
            return person
        self._connection.execute(people.update().where(people.c.id == person.id).values(name=name))
        return replace(person, holder=replace(person.holder, name=name))


def _person(row: Row[Any]) -> Person:
    return Person(row.id, Holder(row.name, row.id_type, row.id_number), row.subject_key)
