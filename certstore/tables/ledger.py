"""The ledger's rows: leaves and tree nodes that are only ever added, and checkpoints."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Table,
    Text,
    func,
    select,
    text,
)

from certstore import merkle
from certstore.errors import NotFoundError
from certstore.tables.metadata import Moment, insert_once, metadata

ledger_leaves = Table(
    "ledger_leaves",
    metadata,
    Column("index", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("leaf", LargeBinary, nullable=False),  # the JCS bytes that were hashed
)
ledger_nodes = Table(
    "ledger_nodes",
    metadata,
    Column("level", Integer, primary_key=True),
    Column("index", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("hash", LargeBinary(32), nullable=False),
)
ledger_checkpoints = Table(
    "ledger_checkpoints",
    metadata,
    Column("size", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("root", LargeBinary(32), nullable=False),
    Column("note", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)
# The key of the advisory lock that makes one sequencer of all processes on PostgreSQL.
_SEQUENCER = 0x6C65_6467
_MAX_ENTRIES = 1000


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as it was signed."""

    size: int
    root: bytes
    note: str
    made_at: datetime


class LedgerBook:
    """The ledger, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def append(self, leaf: bytes) -> int:
        """Add a leaf and return its index; one writer at a time, no index is ever skipped."""
        if self._connection.dialect.name == "postgresql":  # SQLite's write lock is held already
            self._connection.execute(text(f"SELECT pg_advisory_xact_lock({_SEQUENCER})"))
        index = self.size()
        self._connection.execute(ledger_leaves.insert().values(index=index, leaf=leaf))
        done = merkle.completed_nodes(index, merkle.leaf_hash(leaf), self.node)
        rows = [{"level": level, "index": place, "hash": value} for level, place, value in done]
        self._connection.execute(ledger_nodes.insert(), rows)
        return index

    def size(self) -> int:
        """How many leaves there are."""
        last = self._connection.execute(select(func.max(ledger_leaves.c.index))).scalar_one()
        return 0 if last is None else int(last) + 1

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete node."""
        query = select(ledger_nodes.c.hash).where(
            ledger_nodes.c.level == level, ledger_nodes.c.index == index
        )
        return bytes(self._connection.execute(query).scalar_one())

    def leaf(self, index: int) -> bytes:
        """The bytes of a leaf; NotFoundError if it is not there."""
        query = select(ledger_leaves.c.leaf).where(ledger_leaves.c.index == index)
        found = self._connection.execute(query).scalar_one_or_none()
        if found is None:
            raise NotFoundError("the ledger has no such leaf", where=str(index))
        return bytes(found)

    def entries(self, start: int, count: int) -> list[bytes]:
        """Up to `count` (at most 1,000) leaves from `start` on."""
        query = (
            select(ledger_leaves.c.leaf)
            .where(ledger_leaves.c.index >= start)
            .order_by(ledger_leaves.c.index)
            .limit(min(count, _MAX_ENTRIES))
        )
        return [bytes(row[0]) for row in self._connection.execute(query)]

    def save_checkpoint(self, checkpoint: StoredCheckpoint) -> None:
        """Keep a checkpoint; one for each size, and of two workers' the first."""
        values = {
            "size": checkpoint.size,
            "root": checkpoint.root,
            "note": checkpoint.note,
            "made_at": checkpoint.made_at,
        }
        insert_once(self._connection, ledger_checkpoints, values)

    def checkpoint(self) -> StoredCheckpoint | None:
        """The newest checkpoint."""
        query = select(ledger_checkpoints).order_by(ledger_checkpoints.c.size.desc()).limit(1)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            return None
        return StoredCheckpoint(row.size, bytes(row.root), row.note, row.made_at)
