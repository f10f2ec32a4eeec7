"""Employers and schools enrolled to hand in certificates of their own, and until when."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Column, Connection, Date, String, Table, select

from certstore.tables.metadata import insert_once, metadata

organisations = Table(
    "organisations",
    metadata,
    Column("uscc", String(18), primary_key=True),
    Column("name_zh", String(100), nullable=False),
    Column("name_en", String(100), nullable=False),
    Column("kind", String(10), nullable=False),
    Column("enrolled_from", Date, nullable=False),
    Column("enrolled_to", Date, nullable=False),  # the last day
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """An employer or a school; `enrolled_to` is the last day."""

    uscc: str
    name_zh: str
    name_en: str
    kind: str  # employer | school
    enrolled_from: date
    enrolled_to: date

    def enrolled_on(self, day: date) -> bool:
        """Whether it may hand in on this day."""
        return self.enrolled_from <= day <= self.enrolled_to


class OrganisationBook:
    """The organisations, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def find(self, uscc: str) -> Organisation | None:
        """The organisation with this credit code."""
        query = select(organisations).where(organisations.c.uscc == uscc)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else Organisation(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name

    def all(self) -> list[Organisation]:
        """Every organisation that was ever enrolled, by name."""
        rows = self._connection.execute(select(organisations).order_by(organisations.c.name_zh))
        return [Organisation(**row._mapping) for row in rows]  # noqa: SLF001 - as above

    def enrol(self, organisation: Organisation) -> None:
        """Enrol it, or change what is known of it."""
        values = {
            name: getattr(organisation, name)
            for name in organisations.c.keys()  # noqa: SIM118 - columns
        }
        if not insert_once(self._connection, organisations, values):
            self._connection.execute(
                organisations.update()
                .where(organisations.c.uscc == organisation.uscc)
                .values(**values)
            )
