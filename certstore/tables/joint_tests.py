"""Joint tests with the other side of an interface: when, with whom, and how they went."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Boolean, Column, Connection, Date, Integer, String, Table, select

from certstore.tables.metadata import metadata

joint_tests = Table(
    "joint_tests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("interface", String(40), nullable=False, index=True),
    Column("tested_on", Date, nullable=False),
    Column("counterpart", String(200), nullable=False),
    Column("passed", Boolean, nullable=False),
)


@dataclass(frozen=True, slots=True)
class JointTest:
    """One test of an interface together with its other side."""

    interface: str
    tested_on: date
    counterpart: str
    passed: bool


class JointTestBook:
    """The joint tests, in one transaction; none is ever changed."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, test: JointTest) -> None:
        """Keep the result of a test."""
        self._connection.execute(
            joint_tests.insert().values(
                interface=test.interface,
                tested_on=test.tested_on,
                counterpart=test.counterpart,
                passed=test.passed,
            )
        )

    def last(self) -> dict[str, JointTest]:
        """The latest test of each interface that was ever tested so."""
        query = select(joint_tests).order_by(joint_tests.c.tested_on, joint_tests.c.id)
        return {
            row.interface: JointTest(row.interface, row.tested_on, row.counterpart, row.passed)
            for row in self._connection.execute(query)
        }
