"""Clients from before tokens were bound to keys go on as they did, on both databases."""

import pytest
from alembic import command
from sqlalchemy import Boolean, String, column, insert, select, table

from certstore.keys import generate
from certstore.storage.database import Database
from certstore.storage.migrations import configuration, upgrade
from certstore.tables.books import Archive
from certstore.tables.metadata import Json
from certstore.tables.sharing import clients, purposes
from tests.integration.certstore.conftest import BOTH
from tests.proofs import public_jwk

WHO = {"agency": "局", "agency_en": "B", "agency_uscc": "11310000MB0T00058A"}
NEW = ("signing_algorithms", "dpop_bound", "actions")


def then(of):
    """The table as it was."""
    return table(of.name, *(column(c.name, c.type) for c in of.columns if c.name not in NEW))


@pytest.fixture(params=BOTH)
def empty_url(request, tmp_path):
    """The URL of a database without a table."""
    if request.param == "postgresql":
        return request.getfixturevalue("postgres_url")
    return f"sqlite:///{tmp_path / 'books.db'}"


def test_what_was_enrolled_before_is_there_and_stays_as_it_was(empty_url):
    database = Database(empty_url)
    command.upgrade(configuration(database), "0009")
    keys = {
        "one": [public_jwk(generate("ES256"))],
        "two": [public_jwk(generate("EdDSA")), public_jwk(generate("ES256"))],
    }
    purpose = {
        **dict.fromkeys(("purpose_id", "matter_code", "title_zh", "title_en"), "p"),
        "client_id": "one",
        "legal_basis": {"kind": "statutory_duty", "ref": "x"},
        "fields": {"residence_voucher": ["name"]},
        "state": "active",
    }
    with database.write() as connection:
        for name, jwks in keys.items():
            row = {**WHO, "client_id": name, "keys": jwks, "state": "active", "agency_key": b"k"}
            connection.execute(insert(then(clients)), row)
        connection.execute(insert(then(purposes)), purpose)
    upgrade(database)
    with Archive(database).reading() as books:
        one, two = (books.sharing.client(name) for name in keys)
        assert (one.signing_algorithms, one.dpop_bound) == (("ES256",), False)
        assert (two.signing_algorithms, two.dpop_bound) == (("ES256", "EdDSA"), False)
        assert books.sharing.purpose("p").actions == ("search", "pull")
        names = [column("signing_algorithms", Json), column("dpop_bound", Boolean)]
        kept = table("clients", column("client_id", String), *names)
        found = books.connection.execute(select(kept).order_by("client_id")).all()
        assert found[0] == ("one", ["ES256"], False)
    database.close()
