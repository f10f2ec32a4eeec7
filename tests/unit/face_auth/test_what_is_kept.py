"""What is kept of a verification, and what the database itself makes sure of."""

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from certstore.verdict import Accepted
from face_auth.challenge import State
from face_auth.result import Receipt, read_token
from face_auth.sandbox import Behaviour
from face_auth.sandbox_store.tables import sandbox_verifications
from face_auth.tables import FaceBook, face_results, face_transactions
from tests.unit.face_auth.office import (
    ACCOUNT,
    AUDIENCE,
    HOLDER,
    NOW,
    open_office,
    sign,
)


def rows(office, table):
    with office.archive.reading() as books:
        return books.connection.execute(select(table)).all()


def test_the_providers_id_is_set_once(office):
    first, second = office.begin(), office.begin()
    with office.archive.writing() as books:
        assert not FaceBook(books.connection).started(second.txn, "sandbox", first.provider_txn)
    assert office.transaction(second).provider_txn == second.provider_txn


def recorded_result(office, begun):
    keys, receipt = (
        office.desk.registry,
        Receipt(at=NOW, audience=AUDIENCE, policy_version="face-2021", max_lifetime=900),
    )
    return read_token(office.result(begun), keys, receipt)


@pytest.mark.parametrize("same", ["jti", "provider_txn", "our_txn"])
def test_the_database_itself_takes_a_result_once(office, same):
    """Whatever the desk does: (provider, jti), (provider, provider_txn) and our_txn are unique."""
    first, second = (recorded_result(office, office.begin()) for _ in range(2))
    twin = replace(second, **{same: getattr(first, same)})
    with office.archive.writing() as books:
        book = FaceBook(books.connection)
        assert book.record(first, accepted=True)
        assert not book.record(twin, accepted=True)
        assert book.record(second, accepted=True)


def test_the_database_itself_refuses_to_accept_what_did_not_pass(office):
    failed = replace(recorded_result(office, office.begin()), result="fail")
    with pytest.raises(IntegrityError), office.archive.writing() as books:
        FaceBook(books.connection).record(failed, accepted=True)


def test_a_fault_while_recording_leaves_the_transaction_open(office, monkeypatch):
    begun = office.begin()
    token = office.result(begun)

    def fails(*_, **__):
        raise OSError("the disk is full")

    monkeypatch.setattr(FaceBook, "record", fails)
    with pytest.raises(OSError, match="disk"):
        office.desk.accept(token)
    monkeypatch.undo()
    assert office.transaction(begun).state is State.OPEN
    assert office.desk.accept(token) == Accepted()


def test_each_transaction_has_secrets_of_its_own(office):
    begun = [office.begin() for _ in range(3)]
    for name in ("our_txn", "nonce", "binding_key"):
        assert len({getattr(b.request, name) for b in begun}) == 3
    assert len({office.transaction(b).subject_binding for b in begun}) == 3


def everything_kept(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.glob("face.db*")))


def test_nothing_of_the_person_or_their_face_is_kept(tmp_path):
    """In no row once it has ended; what was never to be kept, not even in the files."""
    office = open_office(tmp_path)
    begun = office.begin()
    marks = {"best_image": "PICTUREMARK", "device_token": "DEVICEMARK", "face_url": "URLMARK"}
    office.desk.accept(sign({**office.claims(begun), **marks}, office.signer))
    ending = office.sandbox.end(begun.provider_txn, Behaviour.PASS)
    assert office.desk.accept(ending.token) == Accepted()
    for table in (face_transactions, face_results, sandbox_verifications):
        for row in rows(office, table):
            text = repr(tuple(row))
            for secret in (HOLDER.name, HOLDER.id_number, ACCOUNT, ending.token, *marks.values()):
                assert secret not in text
    office.close()
    kept = everything_kept(tmp_path)
    for secret in ("PICTUREMARK", "DEVICEMARK", "URLMARK", ending.token, ACCOUNT):
        assert secret.encode() not in kept


def test_the_columns_are_these_and_no_others():
    """A column for a picture, a template or a name cannot slip in unseen."""
    assert " ".join(face_results.c.keys()) == (
        "provider jti our_txn provider_txn nonce subject_binding result failure mode"
        " comparison_source score threshold fmr pad iad device_risk channel assurance_level"
        " verified_at received_at raw_sha256 policy_version accepted"
    )
    assert " ".join(face_transactions.c.keys()) == (
        "our_txn nonce provider provider_txn provider_ref binding_key subject_binding account_hash"
        " application_ref return_to consent_id consent_notice begun_at expires_at state closed_at"
        " reasons"
    )


def test_a_result_is_recorded_as_far_as_it_was_believed(office):
    registry = office.desk.registry
    weaker = replace(registry.providers["sandbox"], fmr=0.01, assurance_level="substantial")
    desk = replace(office.desk, registry=replace(registry, providers={"sandbox": weaker}))
    desk.accept(office.result(office.begin()))
    (row,) = rows(office, face_results)
    assert (row.fmr, row.assurance_level, row.accepted) == (0.01, "substantial", False)
    assert row.policy_version == "face-2021"
    assert len(row.raw_sha256) == 64
    assert row.received_at == NOW
