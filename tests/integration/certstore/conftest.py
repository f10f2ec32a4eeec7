"""Both databases, one after the other: SQLite in a folder, PostgreSQL on a real server."""

import pytest

from certstore.storage.database import Database
from certstore.storage.migrations import upgrade
from certstore.tables.books import Archive
from tests.house import house_in

BOTH = ["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)]


@pytest.fixture(params=BOTH)
def database_url(request, tmp_path):
    """The URL of a database without rows; on PostgreSQL the tables are there."""
    if request.param == "postgresql":
        return request.getfixturevalue("migrated_postgres_url")
    return f"sqlite:///{tmp_path / 'books.db'}"


@pytest.fixture
def archive(database_url):
    """The books, in a database with the newest schema."""
    database = Database(database_url)
    upgrade(database)
    yield Archive(database)
    database.close()


@pytest.fixture
def house(database_url, tmp_path):
    """A whole house on either database."""
    built = house_in(tmp_path / "house", database_url=database_url)
    yield built
    built.close()
