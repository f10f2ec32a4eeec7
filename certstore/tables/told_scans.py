"""Scans made off line that a verifier told of later: digests, so that each is told once."""

from datetime import datetime

from sqlalchemy import Column, Connection, String, Table, func, select

from certstore.tables.metadata import Moment, insert_once, metadata

told_scans = Table(
    "told_scans",
    metadata,
    Column("digest", String(64), primary_key=True),
    Column("cti", String(32), nullable=False, index=True),
    Column("told_at", Moment, nullable=False),
)


class ToldScanBook:
    """What was told, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def count(self, cti: str) -> int:
        """How many scans of one code were told of."""
        query = select(func.count()).where(told_scans.c.cti == cti)
        found: int = self._connection.execute(query).scalar_one()
        return found

    def add(self, digest: str, cti: str, told_at: datetime) -> bool:
        """Note it; False if this very scan was told of before. Atomic: one caller wins."""
        values = {"digest": digest, "cti": cti, "told_at": told_at}
        return insert_once(self._connection, told_scans, values)

    def forget_before(self, moment: datetime) -> None:
        """Forget what was told before this moment: its code is known no longer."""
        self._connection.execute(told_scans.delete().where(told_scans.c.told_at < moment))
