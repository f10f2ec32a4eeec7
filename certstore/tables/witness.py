"""Cosigned tree heads: what we cosigned for other logs, and what witnesses cosigned for ours."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
    delete,
    select,
    update,
)

from certstore.tables.metadata import Moment, insert_once, metadata

# BigInteger on SQLite is an INTEGER of 8 bytes, too; here it is no row number.
witnessed_logs = Table(
    "witnessed_logs",
    metadata,
    Column("origin", String(255), primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", Text, nullable=False),  # as the log signed it: what it can be held to
    Column("cosigned_at", Moment, nullable=False),
)
ledger_cosignatures = Table(
    "ledger_cosignatures",
    metadata,
    Column("size", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("witness", String(300), primary_key=True),  # <name>+<key id>
    Column("line", Text, nullable=False),
    Column("cosigned_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class TreeHead:
    """How many leaves, and their root (32 bytes)."""

    size: int
    root: bytes


class WitnessBook:
    """Cosigned tree heads, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def head(self, origin: str) -> TreeHead | None:
        """The latest tree head that we cosigned for this log."""
        table = witnessed_logs.c
        query = select(table.size, table.root).where(table.origin == origin)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else TreeHead(row.size, bytes(row.root))

    def advance(
        self, origin: str, old: TreeHead | None, new: TreeHead, note: str, at: datetime
    ) -> bool:
        """Put `new` in the place of `old`; False, and nothing changed, if `old` is not there.

        Compared and set by one statement of the database: of any number of transactions that
        saw the same `old`, on any number of machines, one goes on.
        """
        values = {"size": new.size, "root": new.root, "note": note, "cosigned_at": at}
        if old is None:
            return insert_once(self._connection, witnessed_logs, {"origin": origin, **values})
        table = witnessed_logs.c
        same = (table.origin == origin) & (table.size == old.size) & (table.root == old.root)
        changed = self._connection.execute(update(witnessed_logs).where(same).values(**values))
        return changed.rowcount == 1

    def keep(self, size: int, witness: str, line: str, at: datetime) -> None:
        """Keep a witness's cosignature of our checkpoint of this size; a later one replaces it."""
        table = ledger_cosignatures
        key = (table.c.size == size) & (table.c.witness == witness)
        self._connection.execute(delete(table).where(key))
        insert_once(
            self._connection,
            table,
            {"size": size, "witness": witness, "line": line, "cosigned_at": at},
        )

    def lines(self, size: int) -> list[str]:
        """The cosignatures of our checkpoint of this size, by witness."""
        table = ledger_cosignatures.c
        query = select(table.line).where(table.size == size).order_by(table.witness)
        return list(self._connection.execute(query).scalars())

    def sizes(self, least: int, witnesses: list[str]) -> list[tuple[int, frozenset[str]]]:
        """The sizes of at least that many leaves that some of these have cosigned; largest first.

        Of the last few hundred cosignatures only: older ones cover no young leaf better.
        """
        table = ledger_cosignatures.c
        query = (
            select(table.size, table.witness)
            .where(table.size >= least, table.witness.in_(witnesses))
            .order_by(table.size.desc())
            .limit(_LOOKED_THROUGH)
        )
        by_size: dict[int, set[str]] = {}
        for row in self._connection.execute(query):
            by_size.setdefault(row.size, set()).add(row.witness)
        return [(size, frozenset(names)) for size, names in by_size.items()]

    def last(self, witness: str) -> int:
        """The largest size that this witness has cosigned; 0 before the first."""
        table = ledger_cosignatures.c
        query = (
            select(table.size).where(table.witness == witness).order_by(table.size.desc()).limit(1)
        )
        return self._connection.execute(query).scalar_one_or_none() or 0


_LOOKED_THROUGH = 256
