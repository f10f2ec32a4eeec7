"""Small limits under eight requests at once, on PostgreSQL: what is one too many is refused."""

import threading
from dataclasses import replace

import pytest

from certstore.consent.bodies import ConsentRequestIn
from certstore.consent.judging import MOST_OPEN as MOST_ASKED
from certstore.entrustment.code_desk import CodeWanted, MadeCode
from certstore.entrustment.judging import MOST_MISSES
from certstore.entrustment.terms import MOST_OPEN_CODES
from certstore.entrustment.use_code import make_code as make_code_text
from certstore.errors import (
    CertstoreError,
    ConflictError,
    ConsentRequiredError,
    RateLimitedError,
)
from certstore.own_data.desk import A_DAY
from certstore.sharing.grants import LegalBasis, Operator, PullRequest
from certstore.sharing.job_desk import MOST_OPEN as MOST_JOBS
from certstore.sharing.predicates import GUESSES_A_CASE, Question
from tests import consents as fund
from tests.house import house_in
from tests.sealed import LIN, handed_in, resident, voucher

pytestmark = pytest.mark.servers
AT_ONCE = 8
GUESSING = replace(
    fund.service(),
    fields={fund.LEASE: ("address",), "residence_voucher": ("name", "residence_address")},
    legal_basis={"kind": "statutory_duty", "ref": "义务教育法第十二条"},
)


@pytest.fixture
def house(migrated_postgres_url, tmp_path):
    """A house on PostgreSQL, with a fund that asks."""
    built = house_in(tmp_path / "house", database_url=migrated_postgres_url)
    fund.enrol_fund(built)
    yield built
    built.close()


def together(act):
    """Do it in eight threads that start as one; what each got, or was refused with."""
    start, found = threading.Barrier(AT_ONCE), []

    def one(number):
        start.wait(30)
        try:
            found.append(act(number))
        except CertstoreError as error:
            found.append(error)

    threads = [threading.Thread(target=one, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == AT_ONCE
    return found


def asked_of(certificate, **changes):
    said = {
        "ref": certificate.ref,
        "purpose_id": fund.RENT,
        "matter_code": "rent_withdrawal",
        "case_no": "GJJ-1",
        "fields": ("address",),
        "subject_type": LIN.id_type,
        "subject_number": LIN.id_number,
        "operator": Operator("3021"),
    }
    return PullRequest(**(said | changes))


def guess(house):
    held = voucher(house)
    question = Question(asked=asked_of(held, fields=("address_equals",)), address_equals="某处")
    # Two purposes of one client: the count of a purpose alone does not make them wait.
    services = [GUESSING, replace(GUESSING, purpose_id=fund.LOAN)]

    def act(number):
        service = services[number % 2]
        asked = replace(question.asked, purpose_id=service.purpose_id)
        return house.verify_desk.answer(service, replace(question, asked=asked))

    return act, RateLimitedError, GUESSES_A_CASE


def make_code(house):
    held = voucher(house)

    def act(number):
        made = house.use_code_desk.make(resident(), held.ref, CodeWanted(f"事{number}", ("name",)))
        return made if isinstance(made, MadeCode) else ConflictError(str(made.errors))

    return act, ConflictError, MOST_OPEN_CODES


def try_code_at_a_question(house):
    """The same where nothing but an answer by yes or no is wanted."""

    def ask(service, request):
        asked = replace(request, fields=("address_equals",))
        return house.verify_desk.answer(service, Question(asked=asked, address_equals="某处"))

    return try_code(house, ask)


def try_code(house, ask=None):
    ask, before = ask or house.sharing_desk.pull, MOST_MISSES - 3
    held = [handed_in(house), handed_in(house)]
    word = LegalBasis(kind="consent", use_code=make_code_text())
    services = [fund.service(), fund.service(purpose_id=fund.LOAN)]

    def act(number):
        # What makes two wait for each other anyway: one certificate, one purpose.
        service = services[number % 2]
        certificate = held[number // 2 % 2]
        request = asked_of(certificate, legal_basis=word, purpose_id=service.purpose_id)
        try:
            return ask(service, request)
        except ConsentRequiredError as wrong:
            return str(wrong)  # looked up: one guess was made

    for number in range(before):
        act(number)
    return act, RateLimitedError, MOST_MISSES - before


def ask_for_consent(house):
    handed_in(house)
    body = fund.request_body()

    def act(_number):
        asking = ConsentRequestIn.model_validate(body).asking()
        return house.consent_request_desk.ask(fund.service(), asking)

    return act, ConflictError, MOST_ASKED


def export(house):
    voucher(house)
    me = replace(resident(), verified_at=house.clock.now())

    def act(_number):
        house.own_data_desk.export(me).close()

    return act, RateLimitedError, A_DAY


def take_job(house):
    held = handed_in(house)
    request = asked_of(held)

    def act(_number):
        return house.job_desk.take(fund.service(), [request])

    return act, RateLimitedError, MOST_JOBS


LIMITS = (guess, make_code, try_code, try_code_at_a_question, ask_for_consent, export, take_job)


@pytest.mark.parametrize("limit", LIMITS, ids=lambda limit: limit.__name__)
def test_a_small_limit_holds_for_those_who_ask_at_the_same_moment(house, limit):
    act, refused, most = limit(house)
    found = together(act)
    assert sum(isinstance(each, refused) for each in found) == AT_ONCE - most, found
    assert not [e for e in found if isinstance(e, Exception) and not isinstance(e, refused)]
