"""Other cities: the newest trust list seen of each, so that none is set back over a restart."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, String, Table, select

from certstore.tables.metadata import Moment, insert_once, metadata

peer_trust_lists = Table(
    "peer_trust_lists",
    metadata,
    Column("city", String(40), primary_key=True),
    Column("seq", BigInteger, nullable=False),
    Column("seen_at", Moment, nullable=False),
)
NEVER = -1


class PeerBook:
    """What is remembered of other cities, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def newest_list(self, city: str) -> int:
        """The number of the newest trust list seen of this city; NEVER (-1) before the first."""
        query = select(peer_trust_lists.c.seq).where(peer_trust_lists.c.city == city)
        found = self._connection.execute(query).scalar_one_or_none()
        return NEVER if found is None else int(found)

    def saw_list(self, city: str, seq: int, at: datetime) -> None:
        """Remember a list that was believed; an older number than the one known changes nothing."""
        if insert_once(
            self._connection, peer_trust_lists, {"city": city, "seq": seq, "seen_at": at}
        ):
            return
        known = peer_trust_lists.c
        self._connection.execute(
            peer_trust_lists.update()
            .where(known.city == city, known.seq < seq)
            .values(seq=seq, seen_at=at)
        )
