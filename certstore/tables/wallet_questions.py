"""What verifiers ask wallets: one row a request, answered once, shown once.

Promises: of answers that arrive together one is taken; of readers one is shown it. The key that
opens an answer, and the answer, are sealed. Rows go minutes after their end.
"""

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import Boolean, Column, Connection, LargeBinary, String, Table, select

from certstore.tables.metadata import Moment, metadata

wallet_questions = Table(
    "wallet_questions",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("secret_digest", String(64), nullable=False),  # of who asked
    Column("wanted", String(20), nullable=False),
    Column("verifier", String(100), nullable=False),  # as it calls itself
    Column("same_device", Boolean, nullable=False),
    Column("nonce", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False, index=True),
    Column("key_id", String(16), nullable=False),
    Column("wrapped", LargeBinary, nullable=False),
    Column("answer_key", LargeBinary),  # sealed; none once it was used
    Column("return_digest", String(64)),  # of the code that leads back to the same device
    Column("answered_at", Moment),
    Column("answer", LargeBinary),  # sealed; none before, and none after it was shown
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletQuestionRow:
    """A request and what became of it."""

    ref: str
    secret_digest: str
    wanted: str
    verifier: str
    same_device: bool
    nonce: str
    state: str
    made_at: datetime
    expires_at: datetime
    key_id: str
    wrapped: bytes
    answer_key: bytes | None
    return_digest: str | None = None
    answered_at: datetime | None = None
    answer: bytes | None = None


class WalletQuestionBook:
    """The requests, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, row: WalletQuestionRow) -> None:
        """Keep a new request."""
        self._connection.execute(wallet_questions.insert().values(**asdict(row)))

    def find(self, ref: str) -> WalletQuestionRow | None:
        """The request with this reference."""
        query = select(wallet_questions).where(wallet_questions.c.ref == ref)
        row = self._connection.execute(query).one_or_none()
        return None if row is None else WalletQuestionRow(**row._mapping)  # noqa: SLF001 - SQLAlchemy's public name

    def answer(self, ref: str, answer: bytes, return_digest: str | None, at: datetime) -> bool:
        """Keep the answer, and drop the key that opened it; False if one came before. Atomic."""
        statement = (
            wallet_questions.update()
            .where(wallet_questions.c.ref == ref, wallet_questions.c.answered_at.is_(None))
            .values(answered_at=at, answer=answer, return_digest=return_digest, answer_key=None)
        )
        return self._connection.execute(statement).rowcount == 1

    def shown(self, ref: str) -> bool:
        """Drop the answer; False if it was shown before. Atomic: one reader wins."""
        statement = (
            wallet_questions.update()
            .where(wallet_questions.c.ref == ref, wallet_questions.c.answer.is_not(None))
            .values(answer=None)
        )
        return self._connection.execute(statement).rowcount == 1

    def forget(self, before: datetime) -> None:
        """Drop requests that ended before a moment, with answers nobody looked at."""
        self._connection.execute(
            wallet_questions.delete().where(wallet_questions.c.expires_at < before)
        )
