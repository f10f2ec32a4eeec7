"""The ledger's rows: leaves and tree nodes that are only ever added, and checkpoints."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Table,
    Text,
    bindparam,
    func,
    select,
    text,
)
from sqlalchemy.exc import DataError, DBAPIError

from certstore import merkle
from certstore.errors import LedgerUnavailableError, NotFoundError
from certstore.storage.prepared import Prepared, PreparedRows
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
# Statements of the hottest path, put together once: building them costs more than running them.
_LOCK = Prepared(text(f"SELECT pg_advisory_xact_lock({_SEQUENCER})"))
_LAST = Prepared(select(func.max(ledger_leaves.c.index)))
_NODE = Prepared(
    select(ledger_nodes.c.hash).where(
        ledger_nodes.c.level == bindparam("at_level"), ledger_nodes.c.index == bindparam("at_index")
    )
)
_ADD_LEAVES = PreparedRows(ledger_leaves, ("index", "leaf"))
_ADD_NODES = PreparedRows(ledger_nodes, ("level", "index", "hash"))
_MAX_ENTRIES = 1000


@contextmanager
def recording() -> Iterator[None]:
    """Turn a database's refusal to keep a record into LedgerUnavailableError.

    A value it cannot hold (DataError) is the sender's fault and stays what it is.
    """
    try:
        yield
    except DataError:
        raise
    except DBAPIError as error:
        raise LedgerUnavailableError(
            "the access could not be recorded, so nothing was released",
            where="ledger",
            remedy="try again shortly",
        ) from error


@dataclass(frozen=True, slots=True)
class StoredCheckpoint:
    """A checkpoint as it was signed."""

    size: int
    root: bytes
    note: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class StoredLeaf:
    """A leaf, and the hash that was stored beside it when it was written (none: it is gone)."""

    index: int
    leaf: bytes
    node: bytes | None


class LedgerBook:
    """The ledger, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def append(self, leaf: bytes) -> int:
        """Add a leaf and return its index; one writer at a time, no index is ever skipped."""
        return self.append_all([leaf])

    def append_all(self, leaves: Sequence[bytes]) -> int:
        """Add at least one leaf, in order, and return the first one's index; as `append`."""
        if self._connection.dialect.name == "postgresql":  # SQLite's write lock is held already
            _LOCK.row(self._connection, {})
        first = self.size()
        added: dict[tuple[int, int], bytes] = {}

        def node(level: int, index: int) -> bytes:
            found = added.get((level, index))
            return self.node(level, index) if found is None else found

        for index, leaf in enumerate(leaves, first):
            for level, place, value in merkle.completed_nodes(index, merkle.leaf_hash(leaf), node):
                added[level, place] = value
        rows = [{"index": index, "leaf": leaf} for index, leaf in enumerate(leaves, first)]
        _ADD_LEAVES.add(self._connection, rows)
        nodes = [{"level": at[0], "index": at[1], "hash": value} for at, value in added.items()]
        _ADD_NODES.add(self._connection, nodes)
        return first

    def size(self) -> int:
        """How many leaves there are."""
        found = _LAST.row(self._connection, {})
        return 0 if found is None or found[0] is None else int(found[0]) + 1

    def count(self) -> int:
        """How many leaves are there; as many as the size, unless some are gone."""
        query = select(func.count()).select_from(ledger_leaves)
        return int(self._connection.execute(query).scalar_one())

    def node(self, level: int, index: int) -> bytes:
        """The hash of a complete node; LedgerUnavailableError if it is gone."""
        found = _NODE.row(self._connection, {"at_level": level, "at_index": index})
        if found is None:
            raise LedgerUnavailableError(
                "a node of the ledger's tree is gone",
                where=f"level {level}, index {index}",
                remedy="the operator runs `certstore ledger monitor`",
            )
        return bytes(found[0])

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

    def stored(self, start: int, stop: int) -> list[StoredLeaf]:
        """The leaves there are from `start` up to but not including `stop`, for an audit."""
        node = (ledger_nodes.c.level == 0) & (ledger_nodes.c.index == ledger_leaves.c.index)
        query = (
            select(ledger_leaves.c.index.label("place"), ledger_leaves.c.leaf, ledger_nodes.c.hash)
            .outerjoin(ledger_nodes, node)
            .where(ledger_leaves.c.index >= start, ledger_leaves.c.index < stop)
            .order_by(ledger_leaves.c.index)
        )
        return [
            StoredLeaf(
                row.place, _as_bytes(row.leaf), None if row.hash is None else _as_bytes(row.hash)
            )
            for row in self._connection.execute(query)
        ]

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
        return None if row is None else _checkpoint(row)

    def checkpoints(self, above: int, upto: int) -> list[StoredCheckpoint]:
        """The checkpoints of more than `above` and at most `upto` leaves, in order."""
        size = ledger_checkpoints.c.size
        query = select(ledger_checkpoints).where(size > above, size <= upto).order_by(size)
        return [_checkpoint(row) for row in self._connection.execute(query)]

    def checkpoint_of(self, size: int) -> StoredCheckpoint:
        """The checkpoint of this size; NotFoundError if none was signed."""
        query = select(ledger_checkpoints).where(ledger_checkpoints.c.size == size)
        row = self._connection.execute(query).one_or_none()
        if row is None:
            raise NotFoundError("no checkpoint of this size was signed", where=str(size))
        return _checkpoint(row)


def _as_bytes(value: object) -> bytes:
    """What a column of bytes gave; SQLite gives back a text where a stranger wrote one."""
    return value.encode() if isinstance(value, str) else bytes(value)  # type: ignore[call-overload]  # bytes or memoryview


def _checkpoint(row: Row[Any]) -> StoredCheckpoint:
    return StoredCheckpoint(row.size, _as_bytes(row.root), row.note, row.made_at)
