"""One way to either database: SQLite (embedded, durable on every commit) or PostgreSQL.

Promises: a write transaction is committed when its block ends without an error and is
wholly undone otherwise; on SQLite it takes the write lock at once, so that two writers
queue and never deadlock.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from certstore.errors import MalformedError, UnavailableError

_BUSY_MS = 15_000


class Database:
    """An open database."""

    def __init__(self, url: str) -> None:
        """Open `sqlite:///path` or `postgresql+psycopg://…`; connects at first use."""
        self.is_sqlite = url.startswith("sqlite")
        if self.is_sqlite:
            Path(url.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
        # What goes into a statement is people's data: no error may carry it into a log.
        self.engine: Engine = create_engine(
            url,
            pool_pre_ping=not self.is_sqlite,
            hide_parameters=True,
            json_serializer=_written,
            json_deserializer=_read,
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _set_up_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
            event.listen(self.engine, "checkout", _still_there)

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Run a block in one transaction that may change things."""
        with translated(), self.engine.connect() as opened:
            connection = opened.execution_options(writes=True)
            with connection.begin():
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Run a block that only looks, on one consistent state."""
        with translated(), self.engine.connect() as opened:
            # SQLite's transactions read one state as they are; PostgreSQL must be asked for it.
            isolation = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
            connection = opened.execution_options(**isolation)
            with connection.begin():
                yield connection

    def ping(self) -> None:
        """Raise UnavailableError when the database does not answer."""
        with self.read() as connection:
            connection.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


@contextmanager
def translated() -> Iterator[None]:
    """Turn a database that is down into UnavailableError; other faults stay what they are.

    A value that PostgreSQL cannot hold (a NUL character) becomes MalformedError.
    """
    try:
        yield
    except OperationalError as error:
        raise UnavailableError(
            "the database does not answer", remedy="nothing was changed; try again shortly"
        ) from error
    except DataError as error:
        raise MalformedError(
            "a text is longer than it can be, or holds a character that cannot be kept",
            remedy="leave out control characters",
        ) from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise UnavailableError(
                "the database went away", remedy="nothing was changed; try again shortly"
            ) from error
        raise


def _written(value: object) -> str:
    """JSON for a column: fast for what nearly everything is, and by json what orjson refuses."""
    try:
        return orjson.dumps(value).decode()
    except orjson.JSONEncodeError:
        return json.dumps(value)


def _read(text: str | bytes) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return json.loads(text)


def _set_up_sqlite(connection: sqlite3.Connection, _record: Any) -> None:  # noqa: ANN401 - SQLAlchemy's own record
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in (
        "journal_mode=WAL",
        "synchronous=FULL",
        "foreign_keys=ON",
        f"busy_timeout={_BUSY_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _still_there(connection: sqlite3.Connection, record: Any, *_: object) -> None:  # noqa: ANN401 - SQLAlchemy's own record
    """Refuse a connection whose file was removed: what is written there would be lost."""
    if "file" not in record.info:  # asked once for each connection, looked for each time
        _, _, path = connection.execute("PRAGMA database_list").fetchone()
        record.info["file"] = Path(path) if path else None
    file = record.info["file"]
    if file is not None and not file.exists():
        raise UnavailableError(
            "the database's file is gone", remedy="stop the service and restore it from a backup"
        )


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    statement = "BEGIN IMMEDIATE" if writes else "BEGIN"
    opened = cast("sqlite3.Connection", connection.connection.driver_connection)
    try:
        opened.execute(statement)  # past SQLAlchemy, which takes ten times as long for it
    except sqlite3.Error as error:
        raise DBAPIError.instance(
            statement, None, error, sqlite3.Error, hide_parameters=True, dialect=connection.dialect
        ) from error
