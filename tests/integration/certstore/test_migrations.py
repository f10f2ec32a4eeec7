"""The tables that the code speaks of are the tables that the migrations make."""

import subprocess
import sys

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Column, Integer, inspect

from certstore.storage.migrations import upgrade
from certstore.tables.books import Books
from certstore.tables.metadata import metadata
from face_auth.tables import FaceBook
from issuance.tables import ApplicationBook
from issuance.upload_tables import UploadBook

BOOKS = (Books, FaceBook, ApplicationBook, UploadBook)  # imported so that every table is known


def differences(archive):
    with archive.reading() as books:
        context = MigrationContext.configure(books.connection, opts={"compare_type": True})
        return compare_metadata(context, metadata)


def test_models_and_migrations_are_the_same(archive):
    assert differences(archive) == []


def test_the_comparison_sees_a_column_nobody_migrated(archive):
    table = metadata.tables["usage"]
    table.append_column(extra := Column("forgotten", Integer))
    try:
        assert [kind for kind, *_ in differences(archive)] == ["add_column"]
    finally:
        table._columns.remove(extra)
    assert differences(archive) == []


def test_every_table_is_there(archive):
    found = set(inspect(archive.database.engine).get_table_names())
    assert found == set(metadata.tables) | {"alembic_version"}


def test_migrating_again_changes_nothing(archive):
    upgrade(archive.database)
    assert differences(archive) == []


@pytest.mark.servers
def test_processes_that_start_at_once_migrate_once(postgres_url):
    work = (
        "import sys; from certstore.storage.database import Database; "
        "from certstore.storage.migrations import upgrade; upgrade(Database(sys.argv[1]))"
    )
    command = [sys.executable, "-c", work, postgres_url]
    started = [subprocess.Popen(command, stderr=subprocess.PIPE) for _ in range(3)]
    said = [process.communicate(timeout=120)[1] for process in started]
    assert [process.returncode for process in started] == [0, 0, 0], said
