"""A statement compiled once and handed to the driver as it is, for paths where each 50 µs count.

SQLAlchemy compiles, converts and checks; per statement that costs several times what the
database itself needs. Here its own compiler and its own converters are asked once for each
kind of database, and what is left for each call is the driver's work.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, cast

import orjson
from sqlalchemy import (
    ARRAY,
    JSON,
    Connection,
    Dialect,
    Table,
    Text,
    any_,
    bindparam,
    column,
    func,
    select,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql import ClauseElement, ColumnElement

if TYPE_CHECKING:
    from sqlalchemy.sql.compiler import SQLCompiler

Converter = Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    """A statement's text, and what turns our values into the driver's and its values into ours."""

    text: str
    by_name: bool  # how the driver takes values: by name, or in their order
    into: tuple[tuple[str, Converter | None], ...]
    fixed: Mapping[str, Any]
    out: tuple[tuple[int, Converter], ...]  # of the columns that are turned, which they are

    def values(self, given: Mapping[str, Any]) -> Any:  # noqa: ANN401 - a list or a mapping, as the driver wants
        """The values as the driver takes them."""
        if self.fixed:
            given = {**self.fixed, **given}
        ordered = [
            given[name] if convert is None else convert(given[name]) for name, convert in self.into
        ]
        if self.by_name:
            return {name: value for (name, _), value in zip(self.into, ordered, strict=True)}
        return ordered

    def row(self, found: tuple[Any, ...]) -> tuple[Any, ...]:
        """A row of the driver's in our values."""
        if not self.out:
            return found
        row = list(found)
        for place, convert in self.out:
            row[place] = convert(row[place])
        return tuple(row)


def among(of: ColumnElement[Any], name: str) -> dict[str, ColumnElement[bool]]:
    """By dialect: whether a column is one of a list of texts or numbers, bound by this name.

    One text whatever the list's length: a database plans such a statement once.
    """
    values = func.json_each(bindparam(name, type_=JSON)).table_valued("value")
    return {
        "sqlite": of.in_(select(values.c.value)),
        "postgresql": of == any_(bindparam(name, type_=ARRAY(of.type))),
    }


class Prepared:
    """One statement with named values; makes no promise about the transaction it runs in.

    `variants` has a statement for each dialect's name where the two databases need their own.
    """

    def __init__(
        self,
        statement: ClauseElement | Mapping[str, ClauseElement],
        columns: Sequence[ColumnElement[Any]] = (),
    ) -> None:
        """Take the statement, and the columns of the rows it gives back."""
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: Connection, values: Mapping[str, Any]) -> int:
        """Run it; how many rows it touched. Raises SQLAlchemy's errors."""
        cursor = connection.connection.cursor()
        try:
            self._execute(connection, cursor, values)
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def row(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Run it; the first row it gives back, None if there is none."""
        cursor = connection.connection.cursor()
        try:
            compiled = self._execute(connection, cursor, values)
            found = cursor.fetchone()
        finally:
            cursor.close()
        return None if found is None else compiled.row(found)

    def rows(self, connection: Connection, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """Run it; every row it gives back."""
        cursor = connection.connection.cursor()
        try:
            compiled = self._execute(connection, cursor, values)
            found = list(cursor.fetchall())
        finally:
            cursor.close()
        return [compiled.row(each) for each in found] if compiled.out else found

    def run_each(self, connection: Connection, values: Sequence[Mapping[str, Any]]) -> None:
        """Run it once for each of these, in one call of the driver."""
        compiled = self._for(connection.dialect)
        cursor = connection.connection.cursor()
        try:
            with _told(connection, compiled.text):
                cursor.executemany(compiled.text, [compiled.values(each) for each in values])
        finally:
            cursor.close()

    def counted_each(
        self, connection: Connection, values: Iterable[Mapping[str, Any]]
    ) -> list[int]:
        """Run it for each of these in order; how many rows each touched."""
        compiled = self._for(connection.dialect)
        counts: list[int] = []
        cursor = connection.connection.cursor()
        try:
            with _told(connection, compiled.text):
                for each in values:
                    cursor.execute(compiled.text, compiled.values(each))
                    counts.append(cursor.rowcount)
        finally:
            cursor.close()
        return counts

    def _execute(
        self,
        connection: Connection,
        cursor: Any,  # noqa: ANN401 - the driver's own
        values: Mapping[str, Any],
    ) -> _Compiled:
        compiled = self._for(connection.dialect)
        with _told(connection, compiled.text):
            cursor.execute(compiled.text, compiled.values(values))
        return compiled

    def _for(self, dialect: Dialect) -> _Compiled:
        compiled = self._compiled.get(dialect.name)
        if compiled is None:  # two threads may both do it: the outcome is the same
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        return compiled

    def _compile(self, dialect: Dialect) -> _Compiled:
        statement = self._statement
        if isinstance(statement, Mapping):
            statement = statement[dialect.name]
        compiled = cast("SQLCompiler", statement.compile(dialect=dialect))
        fixed: dict[str, Any] = {}
        converters: dict[str, Converter | None] = {}
        for parameter, name in compiled.bind_names.items():
            if not parameter.required:
                fixed[name] = parameter.value
            converters[name] = parameter.type.dialect_impl(dialect).bind_processor(dialect)
        order = compiled.positiontup if compiled.positional else list(converters)
        turned = (
            c.type.dialect_impl(dialect).result_processor(dialect, None) for c in self._columns
        )
        return _Compiled(
            text=str(compiled),
            by_name=not compiled.positional,
            into=tuple((name, converters[name]) for name in order or ()),
            fixed=fixed,
            out=tuple((place, each) for place, each in enumerate(turned) if each is not None),
        )


class PreparedRows:
    """Rows of one table, added in one call of the driver; each names all of these columns."""

    def __init__(self, table: Table, columns: Sequence[str]) -> None:
        """Take the table, and which of its columns are given."""
        self._each = Prepared(table.insert().values({name: bindparam(name) for name in columns}))
        typed = [column(name, table.c[name].type) for name in columns]
        given = func.json_to_recordset(bindparam("rows", type_=Text).cast(JSON))
        rows = given.table_valued(*typed).render_derived(with_types=True)
        self._all = Prepared(table.insert().from_select(columns, select(*rows.c)))

    def add(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add at least one row. Raises SQLAlchemy's errors."""
        if connection.dialect.name == "sqlite":
            self._each.run_each(connection, rows)
        else:
            # Whole: psycopg takes as long for each row that it is given as for this statement.
            said = orjson.dumps(rows, _as_text, orjson.OPT_PASSTHROUGH_DATETIME)
            self._all.run(connection, {"rows": said.decode()})


def _as_text(value: object) -> str:
    """How PostgreSQL reads what JSON has no word for."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    if isinstance(value, datetime):
        if value.tzinfo is None:  # nobody knows when it is
            raise ValueError("a moment without a zone")
        return value.isoformat()
    raise TypeError(type(value).__name__)


@contextmanager
def _told(connection: Connection, statement: str) -> Iterator[None]:
    """Raise the driver's errors as SQLAlchemy does, so that storage/database.py can translate them.

    The values stay out of the message; a connection that is gone is not used again.
    """
    dialect = connection.dialect
    driver = dialect.loaded_dbapi
    try:
        yield
    except driver.Error as error:
        gone = dialect.is_disconnect(error, connection.connection.driver_connection, None)
        if gone:
            connection.invalidate(error)
        raise DBAPIError.instance(
            statement,
            None,
            error,
            driver.Error,
            hide_parameters=True,
            connection_invalidated=gone,
            dialect=dialect,
        ) from error
