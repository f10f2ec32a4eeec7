import pytest

from certstore.errors import MalformedError, NotFoundError
from certstore.keys import KeySigner, Purpose, generate
from certstore.verdict import Accepted
from face_auth.sandbox import Behaviour, SandboxProvider
from tests.unit.face_auth.office import AUDIENCE, HOLDER, claims_of


def test_the_sandbox_knows_what_it_was_told_until_the_verification_ends(office):
    begun = office.begin()
    told = office.sandbox.find(begun.provider_txn).request
    assert (told.holder, told.audience, told.our_txn) == (HOLDER, AUDIENCE, begun.txn)
    assert told.matter == "residence_registration"
    ending = office.sandbox.end(begun.provider_txn, Behaviour.PASS)
    assert ending.return_to == "/applications/app/face"
    assert office.desk.accept(ending.token) == Accepted()
    assert office.sandbox.find(begun.provider_txn).request is None


def test_a_verification_ends_once(office):
    begun = office.begin()
    assert office.sandbox.end(begun.provider_txn, Behaviour.FAIL_LIGHT).token
    second = office.sandbox.end(begun.provider_txn, Behaviour.PASS)
    assert (second.token, second.return_to) == (None, "/applications/app/face")


def test_the_sandbox_shouts_that_it_is_one(office):
    begun = office.begin()
    claims = claims_of(office.sandbox.end(begun.provider_txn, Behaviour.PASS).token)
    assert claims["iss"] == "sandbox"
    assert claims["jti"].startswith("SANDBOX-")
    assert claims["provider_txn"].startswith("SANDBOX-")


def test_a_result_names_nobody(office):
    token = office.result(office.begin())
    said = str(claims_of(token))
    assert HOLDER.name not in said
    assert HOLDER.id_number not in said


def test_what_was_never_begun_is_not_found(office):
    with pytest.raises(NotFoundError):
        office.sandbox.find("SANDBOX-nobody")
    with pytest.raises(NotFoundError):
        office.sandbox.end("SANDBOX-nobody", Behaviour.PASS)


def test_what_nobody_came_back_to_is_forgotten(office):
    begun = office.begin()
    office.clock.skip(seconds=1199)
    assert office.sandbox.forget_overdue() == 0
    office.clock.skip(seconds=1)
    assert office.sandbox.forget_overdue() == 1
    with pytest.raises(NotFoundError):
        office.sandbox.find(begun.provider_txn)


def test_the_sandbox_takes_an_es256_key_only(office):
    signer = KeySigner(Purpose.SOURCE, generate("EdDSA"))
    with pytest.raises(MalformedError, match="ES256"):
        SandboxProvider(office.archive, signer, office.clock)
