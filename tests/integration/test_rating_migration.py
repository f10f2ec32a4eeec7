"""Ratings from before references of their own: each has one after the migration, and no other."""

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from certstore.storage.database import Database
from certstore.storage.migrations import configuration, upgrade
from certstore.tables.people import people
from issuance.ratings.tables import ratings

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
WHO = {"id_type": "111", "id_number": "340199199804060284", "name": "林晓禾", "subject_key": b"k"}
SAID = {"grade": 1, "tags": ["slow"], "words": "慢", "rated_at": NOW, "reply": "", "replied_by": ""}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database(request, tmp_path):
    if request.param == "sqlite":
        opened = Database(f"sqlite:///{tmp_path / 'books.db'}")
    else:
        opened = Database(request.getfixturevalue("postgres_url"))
    yield opened
    opened.close()


def test_each_has_one_after_the_migration(database):
    command.upgrade(configuration(database), "0043")
    with database.write() as connection:
        person = connection.execute(insert(people).values(WHO).returning(people.c.id)).scalar_one()
        for ref in ("a" * 20, "b" * 20):
            row = {**SAID, "application_ref": ref, "person_id": person}
            connection.execute(insert(ratings).values(row))
    upgrade(database)
    with database.read() as connection:
        kept = connection.execute(select(ratings)).all()
    assert [(row.words, row.tags, row.rated_at) for row in kept] == [("慢", ["slow"], NOW)] * 2
    refs = {row.ref for row in kept}
    assert {len(ref) for ref in refs} == {20}
    assert not refs & {row.application_ref for row in kept}
    for ref in (kept[0].ref, None):
        again = {**SAID, "application_ref": "c" * 20, "person_id": person, "ref": ref}
        with pytest.raises(IntegrityError), database.write() as connection:
            connection.execute(insert(ratings).values(again))
