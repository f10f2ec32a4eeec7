"""Fifty hand-ins of one result at the same moment: one acceptance, on either database."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import func, select

from certstore.storage.database import Database
from certstore.verdict import Accepted, Refused
from face_auth.challenge import State
from face_auth.tables import face_results
from tests.servers import postgres
from tests.unit.face_auth.adapters.loopback import loopback
from tests.unit.face_auth.office import HOLDER, Office, sign
from tests.unit.face_auth.pulled_office import ACCOUNT, PulledOffice

HAND_INS = 50


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.servers)])
def database(request, tmp_path) -> Database:
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'face.db'}")
    return Database(request.getfixturevalue("postgres_url"))


@pytest.fixture
def office(database) -> Iterator[Office]:
    opened = Office(database)
    yield opened
    opened.close()


@pytest.fixture
def pulled(database) -> Iterator[PulledOffice]:
    with loopback(lambda _: {}) as provider:
        opened = PulledOffice(database, provider, "tencent")
        yield opened
        opened.close()


@pytest.fixture
def postgres_url() -> Iterator[str]:
    with postgres() as url:
        yield url


def at_once(work, things) -> list:
    things = list(things)
    together = Barrier(len(things))

    def begin(thing):
        together.wait()
        return work(thing)

    with ThreadPoolExecutor(len(things)) as pool:
        return list(pool.map(begin, things))


def recorded(office: Office | PulledOffice) -> int:
    with office.archive.reading() as books:
        return books.connection.execute(select(func.count()).select_from(face_results)).scalar_one()


def test_of_fifty_hand_ins_of_one_result_one_is_accepted(office):
    begun = office.begin()
    verdicts = at_once(office.desk.accept, [office.result(begun)] * HAND_INS)
    assert verdicts.count(Accepted()) == 1
    assert verdicts.count(Refused(("transaction_closed", "replayed"))) == HAND_INS - 1
    assert recorded(office) == 1


def test_of_fifty_results_of_one_transaction_one_is_taken(office):
    begun = office.begin()
    verdicts = at_once(office.desk.accept, [office.result(begun) for _ in range(HAND_INS)])
    assert verdicts.count(Accepted()) == 1
    assert verdicts.count(Refused(("transaction_closed",))) == HAND_INS - 1
    assert recorded(office) == 1


def test_of_ten_transactions_that_claim_one_results_id_one_passes(office):
    """The compare-and-set of each transaction wins; the id's uniqueness undoes all but one."""
    begun = [office.begin() for _ in range(10)]
    tokens = [sign({**office.claims(b), "jti": "SANDBOX-shared"}, office.signer) for b in begun]
    verdicts = at_once(office.desk.accept, tokens)
    assert verdicts.count(Accepted()) == 1
    assert verdicts.count(Refused(("replayed",))) == 9
    states = [office.transaction(b).state for b in begun]
    assert states.count(State.PASSED) == 1
    assert states.count(State.OPEN) == 9
    assert recorded(office) == 1


def test_of_fifty_questions_after_one_verification_one_answer_is_accepted(pulled):
    """The provider answers all fifty alike: that the result is used once is our business."""
    begun = pulled.begin()
    verdicts = at_once(lambda txn: pulled.desk.fetch(txn, HOLDER, ACCOUNT), [begun.txn] * HAND_INS)
    assert verdicts.count(Accepted()) == 1
    late = (Refused(("transaction_closed", "replayed")), Refused(("transaction_closed",)))
    assert sum(verdicts.count(refusal) for refusal in late) == HAND_INS - 1
    assert recorded(pulled) == 1
    assert pulled.transaction(begun).state is State.PASSED


def test_of_fifty_questions_after_one_failure_one_is_recorded(pulled):
    begun = pulled.begin()
    pulled.changes = {"Comparestatus": 2018}
    verdicts = at_once(lambda txn: pulled.desk.fetch(txn, HOLDER, ACCOUNT), [begun.txn] * HAND_INS)
    assert verdicts.count(Accepted()) == 0
    assert recorded(pulled) == 1
    assert pulled.transaction(begun).state is State.FAILED
