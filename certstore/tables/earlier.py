"""Earlier verifications that the identity provider told of at the last sign-in of an account.

Bound to account and person by a hash each; neither name nor number nor what the evidence said.
"""

import hashlib
import hmac

from sqlalchemy import Column, Connection, Integer, LargeBinary, String, Table, select

from certstore.certificates import Holder
from certstore.chance import random_bytes
from certstore.earlier_verification import EarlierVerification
from certstore.tables.metadata import Json, Moment, metadata

earlier_verifications = Table(
    "earlier_verifications",
    metadata,
    Column("account_hash", String(64), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("binding_key", LargeBinary(32), nullable=False),
    Column("subject_binding", String(64), nullable=False),
    Column("trust_framework", String(60), nullable=False),
    Column("assurance_level", String(60), nullable=False),
    Column("verified_at", Moment, nullable=False),
    Column("evidence", Json, nullable=False),
)


class EarlierBook:
    """The earlier verifications, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def replace(self, account: str, holder: Holder, found: tuple[EarlierVerification, ...]) -> None:
        """Keep what was told of this account just now, in place of whatever was told before."""
        table, whose = earlier_verifications, _account_hash(account)
        self._connection.execute(table.delete().where(table.c.account_hash == whose))
        for position, earlier in enumerate(found):
            key = random_bytes(32)
            self._connection.execute(
                table.insert().values(
                    account_hash=whose,
                    position=position,
                    binding_key=key,
                    subject_binding=_binding(key, holder),
                    trust_framework=earlier.trust_framework,
                    assurance_level=earlier.assurance_level,
                    verified_at=earlier.verified_at,
                    evidence=list(earlier.evidence),
                )
            )

    def of(self, account: str, holder: Holder) -> list[EarlierVerification]:
        """What was told of this account, as far as it is about this person; newest first."""
        table = earlier_verifications
        query = (
            select(table)
            .where(table.c.account_hash == _account_hash(account))
            .order_by(table.c.verified_at.desc(), table.c.position)
        )
        return [
            EarlierVerification(
                row.trust_framework, row.assurance_level, row.verified_at, tuple(row.evidence)
            )
            for row in self._connection.execute(query)
            if hmac.compare_digest(_binding(row.binding_key, holder), row.subject_binding)
        ]

    def erase(self, holder: Holder) -> None:
        """Erase what was told of a person, whatever account it was told of.

        Nothing but a key of each row's own leads from the row to the person: all are looked at.
        """
        table = earlier_verifications
        for row in self._connection.execute(select(table)).all():
            if hmac.compare_digest(_binding(row.binding_key, holder), row.subject_binding):
                theirs = table.c.account_hash == row.account_hash
                self._connection.execute(table.delete().where(theirs))


def _account_hash(account: str) -> str:
    return hashlib.sha256(b"earlier-verification/1\x00" + account.encode()).hexdigest()


def _binding(key: bytes, holder: Holder) -> str:
    mac = hmac.new(key, b"earlier-subject/1", hashlib.sha256)
    for part in (holder.name, holder.id_type, holder.id_number.upper()):
        data = part.encode()
        mac.update(len(data).to_bytes(4, "big") + data)
    return mac.hexdigest()
