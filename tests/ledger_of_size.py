"""A ledger of many leaves, written at once: what the service writes, without its transactions."""

from sqlalchemy import text

from certstore import merkle
from certstore.chance import random_bytes, reference
from certstore.leaves import (
    LEAF_VERSION,
    Leaf,
    payload_commitment,
    subject_commitment,
    subject_key,
    whole_minute,
)
from certstore.tables.ledger import ledger_leaves, ledger_nodes
from certstore.tables.usage import usage

_AT_ONCE = 2000


def write_ledger(archive, origin, at, count):
    """Write accesses that concern nobody known into an empty ledger."""
    nodes = {}
    for start in range(0, count, _AT_ONCE):
        leaves, rows, added = [], [], []
        for index in range(start, min(start + _AT_ONCE, count)):
            salt = random_bytes(16)
            record = {"case_no": str(index), "kind": "pull", "at": at.isoformat()}
            leaf = Leaf(
                v=LEAF_VERSION, log=origin, kind="pull", at=whole_minute(at), client="c",
                agency="a", purpose="p",
                subject_commitment=subject_commitment(subject_key(LEAF_VERSION, b"", salt), ""),
                payload_commitment=payload_commitment(salt, record),
            ).written()  # fmt: skip
            done = merkle.completed_nodes(
                index, merkle.leaf_hash(leaf), lambda level, place: nodes[level, place]
            )
            for level, place, value in done:
                nodes[level, place] = value
                added.append({"level": level, "index": place, "hash": value})
            leaves.append({"index": index, "leaf": leaf})
            rows.append(
                {
                    "ref": reference(), "person_id": None, "kind": "pull", "at": at,
                    "record": record, "salt": salt, "leaf_index": index, "case_ref": None,
                }
            )  # fmt: skip
        with archive.writing() as books:
            books.connection.execute(ledger_leaves.insert(), leaves)
            books.connection.execute(ledger_nodes.insert(), added)
            books.connection.execute(usage.insert(), rows)
    with archive.writing() as books:
        if not archive.database.is_sqlite:
            books.connection.execute(text("ANALYZE"))
