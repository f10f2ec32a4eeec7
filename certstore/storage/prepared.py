"""A statement compiled once and handed to the driver as it is, for paths where each 50 µs count.

SQLAlchemy compiles, converts and checks; per statement that costs several times what the
database itself needs. Here its own compiler and its own converters are asked once for each
kind of database, and what is left for each call is the driver's work.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from sqlalchemy import Connection, Dialect
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
    out: tuple[Converter | None, ...]

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
        cursor, _ = self._execute(connection, values)
        try:
            return int(cursor.rowcount)
        finally:
            cursor.close()

    def row(self, connection: Connection, values: Mapping[str, Any]) -> tuple[Any, ...] | None:
        """Run it; the first row it gives back, None if there is none."""
        cursor, out = self._execute(connection, values)
        try:
            found = cursor.fetchone()
        finally:
            cursor.close()
        if found is None:
            return None
        return tuple(
            value if convert is None else convert(value)
            for value, convert in zip(found, out, strict=True)
        )

    def _execute(
        self, connection: Connection, values: Mapping[str, Any]
    ) -> tuple[Any, tuple[Converter | None, ...]]:
        dialect = connection.dialect
        compiled = self._compiled.get(dialect.name)
        if compiled is None:  # two threads may both do it: the outcome is the same
            compiled = self._compiled[dialect.name] = self._compile(dialect)
        driver = dialect.loaded_dbapi
        cursor = connection.connection.cursor()
        try:
            cursor.execute(compiled.text, compiled.values(values))
        except driver.Error as error:
            cursor.close()
            # As SQLAlchemy does it, so that certstore/storage/database.py can translate it;
            # the values stay out of the message.
            raise DBAPIError.instance(
                compiled.text, None, error, driver.Error, hide_parameters=True, dialect=dialect
            ) from error
        return cursor, compiled.out

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
        out = (c.type.dialect_impl(dialect).result_processor(dialect, None) for c in self._columns)
        return _Compiled(
            text=str(compiled),
            by_name=not compiled.positional,
            into=tuple((name, converters[name]) for name in order or ()),
            fixed=fixed,
            out=tuple(out),
        )
