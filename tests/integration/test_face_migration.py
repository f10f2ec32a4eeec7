"""Face results from before the adapters: there after the migration, and guarded as before."""

from datetime import UTC, datetime

import pytest
from alembic import command
from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from certstore.storage.database import Database
from certstore.storage.migrations import configuration, upgrade
from certstore.tables.books import Archive
from face_auth.tables import FaceBook, face_results, face_transactions

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
NEW = {"provider_ref", "consent_id", "consent_notice"}
TRANSACTION = {
    "our_txn": "t" * 24,
    "nonce": "n" * 43,
    "provider": "sandbox",
    "provider_txn": "SANDBOX-1",
    "binding_key": b"k" * 32,
    "subject_binding": "0" * 64,
    "account_hash": "1" * 64,
    "application_ref": "app",
    "return_to": "/",
    "begun_at": NOW,
    "expires_at": NOW,
    "state": "passed",
    "closed_at": NOW,
    "reasons": [],
}
RESULT = {
    "provider": "sandbox",
    "jti": "SANDBOX-2",
    "our_txn": "t" * 24,
    "provider_txn": "SANDBOX-1",
    "nonce": "n" * 43,
    "subject_binding": "0" * 64,
    "result": "pass",
    "failure": "none",
    "mode": "1:1",
    "comparison_source": "police_photo_base",
    "score": 96.5,
    "threshold": 80.0,
    "fmr": 0.0001,
    "pad": True,
    "iad": True,
    "device_risk": [],
    "channel": "web",
    "assurance_level": "high",
    "verified_at": NOW,
    "received_at": NOW,
    "raw_sha256": "a" * 64,
    "policy_version": "face-2021",
    "accepted": True,
}


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def old(request, tmp_path):
    """A database of the version before, with one accepted result in it."""
    if request.param == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'old.db'}")
    else:
        database = Database(request.getfixturevalue("postgres_url"))
    command.upgrade(configuration(database), "0006")
    with database.write() as connection:
        connection.execute(insert(face_transactions), TRANSACTION)
        connection.execute(insert(face_results), RESULT)
    yield database
    database.close()


def test_what_was_recorded_is_still_there(old):
    upgrade(old)
    with Archive(old).reading() as books:
        (found,) = FaceBook(books.connection).results_of("app")
    assert found.accepted
    assert (found.result.score, found.result.mode) == (96.5, "1:1")
    assert found.transaction.provider_ref == "SANDBOX-1"
    assert found.transaction.consent_id is None
    assert set(face_transactions.c.keys()) >= NEW


def test_the_tables_still_guard_what_they_guarded(old):
    upgrade(old)
    faults = (
        {**RESULT, "jti": "other"},  # one result for each transaction of ours and the provider's
        {**RESULT, "our_txn": "x" * 24, "provider_txn": "other", "jti": "other"},  # no such one
        {**RESULT, "result": "fail", "jti": "o", "provider_txn": "o"},  # accepted and not passed
    )
    for fault in faults:
        with pytest.raises(IntegrityError), old.write() as connection:
            connection.execute(insert(face_results), fault)
    with old.read() as connection:
        assert len(connection.execute(select(face_results)).all()) == 1


def test_a_score_may_be_empty_and_a_mode_longer_now(old):
    upgrade(old)
    with old.write() as connection:
        connection.execute(face_results.update().values(score=None, threshold=None, mode="none"))
