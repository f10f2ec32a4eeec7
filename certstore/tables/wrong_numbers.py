"""When nine digits were typed that stand for no code: moments alone, for the whole house."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, Table, func, select

from certstore.tables.metadata import Moment, metadata

wrong_numbers = Table(
    "wrong_numbers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Misses:
    """How many there were, and when the first of them was; None without any."""

    count: int
    first: datetime | None


class WrongNumberBook:
    """The wrong numbers, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, at: datetime) -> None:
        """Count a wrong number."""
        self._connection.execute(wrong_numbers.insert().values(at=at))

    def since(self, moment: datetime) -> Misses:
        """The wrong numbers since a moment."""
        at = wrong_numbers.c.at
        row = self._connection.execute(select(func.count(), func.min(at)).where(at > moment)).one()
        return Misses(*row)

    def forget_before(self, moment: datetime) -> None:
        """Forget wrong numbers up to a moment."""
        self._connection.execute(wrong_numbers.delete().where(wrong_numbers.c.at <= moment))
