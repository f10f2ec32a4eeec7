"""Statements compiled once: what they give back is what SQLAlchemy itself would give."""

from contextlib import nullcontext
from datetime import UTC, datetime

import pytest
from sqlalchemy import (
    Boolean,
    Column,
    LargeBinary,
    MetaData,
    String,
    Table,
    bindparam,
    select,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError, ProgrammingError

from certstore.errors import MalformedError, UnavailableError
from certstore.storage import database as database_module
from certstore.storage.database import Database
from certstore.storage.prepared import Prepared, PreparedRows, among
from certstore.tables.metadata import Json, Moment

META = MetaData()
THINGS = Table(
    "things",
    META,
    Column("id", String(20), primary_key=True),
    Column("at", Moment),
    Column("list", Json, nullable=False),
    Column("bytes", LargeBinary(8)),
    Column("yes", Boolean, nullable=False),
    Column("state", String(5), nullable=False),
)
COLUMNS = list(THINGS.c)
FIND = Prepared(select(*COLUMNS).where(THINGS.c.id == bindparam("wanted")), COLUMNS)
CLOSE = Prepared(
    THINGS.update()
    .where(THINGS.c.id == bindparam("wanted"), THINGS.c.state == "open")
    .values(state=bindparam("new"))
)
ADD = Prepared(
    {
        kind.dialect.name: kind.insert(THINGS)
        .values({c.name: bindparam(c.name) for c in COLUMNS})
        .on_conflict_do_nothing()
        .returning(THINGS.c.id)
        for kind in (postgresql, sqlite)
    },
    [THINGS.c.id],
)
ADD_ALL = PreparedRows(THINGS, [c.name for c in COLUMNS])
FIND_ALL = Prepared(
    {kind: select(*COLUMNS).where(ours) for kind, ours in among(THINGS.c.id, "wanted").items()},
    COLUMNS,
)
ROW = {
    "id": "a",
    "at": datetime(2026, 11, 22, 2, 0, 0, 123456, tzinfo=UTC),
    "list": ["甲", {"b": 1}],
    "bytes": b"\x00\xff",
    "yes": True,
    "state": "open",
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def opened(request, tmp_path):
    if request.param == "sqlite":
        found = Database(f"sqlite:///{tmp_path / 'things.db'}")
    else:
        found = Database(request.getfixturevalue("postgres_url"))
    META.create_all(found.engine)
    yield found
    found.close()


@pytest.fixture
def server(postgres_url):
    """A database that can go away, as a file cannot."""
    found = Database(postgres_url)
    META.create_all(found.engine)
    yield found
    found.close()


def test_a_row_comes_back_as_it_went_in(opened):
    with opened.write() as connection:
        assert ADD.row(connection, ROW) == ("a",)
    with opened.read() as connection:
        found = FIND.row(connection, {"wanted": "a"})
        assert found == tuple(ROW.values())
        assert found[1].tzinfo is UTC
        assert found == tuple(connection.execute(select(*COLUMNS)).one())
        assert FIND.row(connection, {"wanted": "b"}) is None


def test_what_is_empty_stays_empty(opened):
    with opened.write() as connection:
        ADD.row(connection, {**ROW, "at": None, "bytes": None})
        assert FIND.row(connection, {"wanted": "a"})[1:4:2] == (None, None)


def test_a_second_row_of_the_same_key_is_not_added(opened):
    with opened.write() as connection:
        assert ADD.row(connection, ROW) == ("a",)
        assert ADD.row(connection, ROW) is None


def test_a_change_says_how_many_rows_it_touched(opened):
    with opened.write() as connection:
        ADD.row(connection, ROW)
        assert CLOSE.run(connection, {"wanted": "a", "new": "shut"}) == 1
        assert CLOSE.run(connection, {"wanted": "a", "new": "shut"}) == 0


ROWS = [
    ROW,
    {**ROW, "id": "b", "at": None, "bytes": None, "yes": False},
    {**ROW, "id": "丙'\"{},\\", "list": []},
]


def test_many_rows_come_back_as_they_went_in(opened):
    with opened.write() as connection:
        ADD_ALL.add(connection, ROWS)
    with opened.read() as connection:
        found = FIND_ALL.rows(connection, {"wanted": [row["id"] for row in ROWS] + ["nobody's"]})
        assert sorted(found) == sorted(tuple(row.values()) for row in ROWS)
        assert sorted(found) == sorted(map(tuple, connection.execute(select(*COLUMNS))))
        assert FIND_ALL.rows(connection, {"wanted": []}) == []


def test_of_many_rows_all_are_added_or_none(opened):
    def add(rows):
        with opened.write() as connection:
            ADD_ALL.add(connection, rows)

    add(ROWS[:1])
    with pytest.raises(IntegrityError):
        add(ROWS[::-1])
    with pytest.raises((ValueError, TypeError)):
        add([{**ROW, "id": "c", "at": datetime(2026, 11, 22)}])  # noqa: DTZ001 - refused
    with opened.read() as connection:
        assert len(connection.execute(select(THINGS.c.id)).all()) == 1


def test_a_text_that_is_too_long_is_never_cut(opened):
    """SQLite keeps texts of any length, PostgreSQL refuses them."""
    refused = nullcontext() if opened.is_sqlite else pytest.raises(MalformedError)
    with refused, opened.write() as connection:
        ADD_ALL.add(connection, [{**ROW, "state": "beyond"}])
    with opened.read() as connection:
        kept = connection.execute(select(THINGS.c.state)).scalars().all()
    assert kept == (["beyond"] if opened.is_sqlite else [])


def test_each_of_several_says_how_many_rows_it_touched(opened):
    with opened.write() as connection:
        ADD_ALL.add(connection, ROWS)
        changes = [{"wanted": wanted, "new": "shut"} for wanted in ("a", "b", "nobody's", "a")]
        assert CLOSE.counted_each(connection, changes) == [1, 1, 0, 0]


@pytest.mark.servers
def test_a_connection_that_went_away_is_not_used_again(server):
    """As SQLAlchemy does it: what follows finds no transaction, and the next one a connection."""

    def lose_and_ask():
        with server.write() as connection:
            number = connection.execute(text("SELECT pg_backend_pid()")).scalar_one()
            with server.write() as other:
                other.execute(text(f"SELECT pg_terminate_backend({number})"))
            FIND.row(connection, {"wanted": "a"})

    with pytest.raises(UnavailableError):
        lose_and_ask()
    with server.write() as connection:
        assert FIND.row(connection, {"wanted": "a"}) is None


def test_what_was_done_is_undone_with_its_transaction(opened):
    def add_and_fail():
        with opened.write() as connection:
            ADD.row(connection, ROW)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        add_and_fail()
    with opened.read() as connection:
        assert FIND.row(connection, {"wanted": "a"}) is None


def test_a_fault_of_the_database_is_sqlalchemys_error_without_the_values(opened):
    insert = Prepared(THINGS.insert().values({c.name: bindparam(c.name) for c in COLUMNS}))
    with opened.write() as connection:
        insert.run(connection, {**ROW, "id": "SECRETVALUE"})
    with pytest.raises(IntegrityError) as refusal, opened.write() as connection:
        insert.run(connection, {**ROW, "id": "SECRETVALUE"})
    assert "SECRETVALUE" not in str(refusal.value).split("DETAIL")[0]
    with pytest.raises((ProgrammingError, UnavailableError)), opened.write() as connection:
        Prepared(select(Table("nowhere", MetaData(), Column("x", String)).c.x)).row(connection, {})


def test_a_value_that_is_missing_is_named(opened):
    with pytest.raises(KeyError, match="wanted"), opened.read() as connection:
        FIND.row(connection, {})


def test_a_database_that_stays_locked_is_unavailable(tmp_path, monkeypatch):
    monkeypatch.setattr(database_module, "_BUSY_MS", 1)
    url = f"sqlite:///{tmp_path / 'locked.db'}"
    first, second = Database(url), Database(url)
    META.create_all(first.engine)
    with first.write(), pytest.raises(UnavailableError), second.write():
        pass
    with second.write() as connection:
        assert ADD.row(connection, ROW) == ("a",)
    first.close()
    second.close()


def test_a_database_whose_file_is_gone_is_refused(tmp_path):
    path = tmp_path / "gone.db"
    opened = Database(f"sqlite:///{path}")
    META.create_all(opened.engine)
    path.unlink()
    with pytest.raises(UnavailableError, match="gone"), opened.write():
        pass
    opened.close()
