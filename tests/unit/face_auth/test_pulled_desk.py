"""Results that we ask for, from the start at the provider to the books, for every adapter."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from certstore.certificates import Holder
from certstore.errors import NotFoundError, UnavailableError
from certstore.storage.database import Database
from certstore.verdict import Accepted, Refused
from face_auth.challenge import State
from face_auth.providers import Certified
from face_auth.tables import face_results
from tests.unit.face_auth.adapters.loopback import Said, loopback
from tests.unit.face_auth.office import APPLICATION, HOLDER, OTHER
from tests.unit.face_auth.pulled_office import ACCOUNT, NAMES, PICTURE, PulledOffice


@pytest.fixture
def open_pulled(tmp_path) -> Iterator:
    opened, running = [], []

    def open_one(name: str) -> PulledOffice:
        context = loopback(lambda _: {})
        running.append(context)
        database = Database(f"sqlite:///{tmp_path / f'{name}.db'}")
        opened.append(PulledOffice(database, context.__enter__(), name))
        return opened[-1]

    yield open_one
    for office, context in zip(opened, running, strict=True):
        office.close()
        context.__exit__(None, None, None)


@pytest.fixture
def office(open_pulled) -> PulledOffice:
    """Tencent: of all adapters, its answer says the most."""
    return open_pulled("tencent")


def rows(office):
    with office.archive.reading() as books:
        return books.connection.execute(select(face_results)).all()


def provider_now(office, **changes):
    """The desk with another entry for its provider."""
    registry = office.desk.registry
    entry = replace(registry.providers[office.name], **changes)
    providers = {**registry.providers, office.name: entry}
    return replace(office.desk, registry=replace(registry, providers=providers))


@pytest.mark.parametrize("name", NAMES)
def test_a_result_that_passed_is_accepted_once_from_every_provider(open_pulled, name):
    office = open_pulled(name)
    begun = office.begin()
    assert office.fetch(begun) == Accepted()
    assert office.fetch(begun) == Refused(("transaction_closed",))
    (row,) = rows(office)
    assert (row.provider, row.result, row.accepted, row.mode) == (name, "pass", True, "1:1")
    assert row.jti == row.provider_txn
    assert len(row.raw_sha256) == 64
    (found,) = office.desk.results_for(HOLDER, APPLICATION)
    assert found.accepted
    assert found.kind == "face"
    assert office.desk.results_for(OTHER, APPLICATION) == []


@pytest.mark.parametrize("name", NAMES)
def test_no_picture_device_token_or_person_is_in_the_databases_files(open_pulled, tmp_path, name):
    """Every answer carries a picture or a token; the files are searched byte by byte."""
    office = open_pulled(name)
    assert office.fetch(office.begin()) == Accepted()
    office.close()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob(f"{name}.db*"))
    assert b"PROVIDER-" in kept or name == "network_identity"
    for secret in (PICTURE[:33], HOLDER.name, HOLDER.id_number, "openid-1", "TOKEN", "KEYSECRET"):
        assert secret.encode() not in kept


@pytest.mark.parametrize(
    ("name", "changes", "reasons"),
    [
        ("wechat", {"verify_ret": 10004}, ("not_the_person", "not_passed")),
        ("wechat", {"verify_ret": 90002}, ("not_passed",)),
        ("aliyun", {"Passed": "F"}, ("not_passed",)),
        ("aliyun", {"DeviceRisk": "ROOT,VPN,HOOK"}, ("device_risk",)),
        ("tencent", {"Comparestatus": 2018}, ("not_the_person", "not_passed")),
        ("tencent", {"CompareLibType": "业务方自有库"}, ("source_not_accepted",)),
        ("tencent", {"LivenessInfoTag": ["04"]}, ("device_risk",)),
        ("tencent", {"Sim": "69.99"}, ("score_below_threshold",)),
        ("tencent", {"Name": "李文静"}, ("subject_mismatch",)),
        ("alipay", {"passed": "F", "fail_reason": "Z1147"}, ("not_passed",)),
        ("network_identity", {"mode": "网证"}, ("mode_not_one_to_one",)),
        ("network_identity", {"mode": "网证+口令"}, ("mode_not_one_to_one",)),
        ("network_identity", {"result": "不通过"}, ("not_passed",)),
    ],
)
def test_a_result_that_does_not_suffice_fails_the_transaction(open_pulled, name, changes, reasons):
    office = open_pulled(name)
    begun = office.begin()
    office.changes = changes
    assert office.fetch(begun) == Refused(reasons)
    assert office.transaction(begun).state is State.FAILED
    office.changes = {}
    assert office.fetch(begun) == Refused(("transaction_closed",))


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("aliyun", {"Passed": None}),
        ("tencent", {"ErrCode": None}),
        ("alipay", {"passed": "F"}),
        ("network_identity", {"result": None}),
    ],
)
def test_who_has_not_finished_can_be_asked_about_again(open_pulled, name, changes):
    office = open_pulled(name)
    begun = office.begin()
    office.changes = changes
    for _ in range(2):
        assert office.fetch(begun) == Refused(("not_done_yet",))
    assert office.transaction(begun).state is State.OPEN
    office.changes = {}
    assert office.fetch(begun) == Accepted()


@pytest.mark.parametrize(
    ("name", "changes", "reasons"),
    [
        ("tencent", {"Extra": "of-another-transaction"}, ("nonce_mismatch",)),
        ("network_identity", {"bizSeq": "another"}, ("provider_txn_mismatch",)),
        ("network_identity", {"pairwiseID": "somebody"}, ("claim_missing_subject_binding",)),
        ("network_identity", {"faceScore": None}, ("claim_missing_score",)),
        ("tencent", {"Sim": None}, ("claim_missing_score",)),
        ("tencent", {"Name": None}, ("claim_missing_subject_binding",)),
        ("tencent", {"LivenessDetail": None}, ("claim_missing_verified_at",)),
    ],
)
def test_an_answer_that_is_anothers_or_lacks_something_changes_nothing(
    open_pulled, name, changes, reasons
):
    office = open_pulled(name)
    begun = office.begin()
    office.changes = changes
    assert office.fetch(begun) == Refused(reasons)
    assert office.transaction(begun).state is State.OPEN
    assert rows(office) == []


@pytest.mark.parametrize(
    ("name", "lacking", "reason"),
    [
        ("tencent", "channel", "claim_missing_channel"),
        ("tencent", "mode", "claim_missing_mode"),
        ("aliyun", "device_risk", "claim_missing_device_risk"),
        ("wechat", "subject", "claim_missing_subject_binding"),
        ("wechat", "verified_at", "claim_missing_verified_at"),
        ("wechat", "score", "claim_missing_score"),
    ],
)
def test_what_neither_answer_nor_registry_says_is_refused(open_pulled, name, lacking, reason):
    office = open_pulled(name)
    begun = office.begin()
    entry = office.desk.registry.providers[name]
    desk = provider_now(office, unsaid=replace(entry.unsaid, **{lacking: None}))
    verdict = desk.fetch(begun.txn, HOLDER, ACCOUNT)
    assert isinstance(verdict, Refused)
    assert reason in verdict.reasons
    assert all(said.startswith("claim_missing_") for said in verdict.reasons)


def test_a_threshold_nobody_set_is_missing(office):
    desk = provider_now(office, threshold=None)
    begun = office.begin()
    assert desk.fetch(begun.txn, HOLDER, ACCOUNT) == Refused(("claim_missing_threshold",))


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"pad": None}, ("pad_not_certified",)),
        ({"iad": Certified("IAD", date(2026, 11, 21))}, ("iad_not_certified",)),
        ({"fmr": 0.001}, ("fmr_too_high",)),
        ({"comparison_source": "uploaded_photo"}, ("source_not_accepted",)),
        ({"assurance_level": "low"}, ("assurance_too_low",)),
    ],
)
def test_what_our_registry_says_of_the_provider_decides(office, changes, reasons):
    begun = office.begin()
    desk = provider_now(office, **changes)
    assert desk.fetch(begun.txn, HOLDER, ACCOUNT) == Refused(reasons)


@pytest.mark.parametrize("seconds", [601, 1199])
def test_a_time_nobody_says_is_the_earliest_it_can_have_been(open_pulled, seconds):
    """WeChat names no time: a result looks older than it is, and never younger."""
    office = open_pulled("wechat")
    begun = office.begin()
    office.clock.skip(seconds=seconds)
    assert office.fetch(begun) == Refused(("too_old",))


def test_nothing_is_asked_for_what_could_not_be_used(office):
    begun, expired = office.begin(), office.begin()
    asked = len(office.provider.asked)
    assert office.fetch(begun, OTHER) == Refused(("subject_mismatch",))
    for account in ("https://id.example#somebody", ""):
        with pytest.raises(NotFoundError):
            office.fetch(begun, account=account)
    with pytest.raises(NotFoundError):
        office.desk.fetch("none", HOLDER, ACCOUNT)
    office.clock.skip(seconds=1200)
    assert office.fetch(expired) == Refused(("transaction_expired",))
    inactive = provider_now(office, active_to=date(2026, 11, 21))
    verdict = inactive.fetch(begun.txn, HOLDER, ACCOUNT)
    assert verdict == Refused(("transaction_expired",))
    assert len(office.provider.asked) == asked


def test_a_provider_whose_days_are_over_is_not_asked(office):
    begun = office.begin()
    asked = len(office.provider.asked)
    desk = provider_now(office, active_to=date(2026, 11, 21))
    assert desk.fetch(begun.txn, HOLDER, ACCOUNT) == Refused(("provider_inactive",))
    assert len(office.provider.asked) == asked
    assert office.transaction(begun).state is State.OPEN


@pytest.mark.parametrize(
    "answer",
    [
        Said({"Response": {}}, 500),
        Said(b"<html>"),
        Said({}, 302, {"location": "/elsewhere"}),
        {"Response": {"Error": {"Code": "InternalError"}}},
    ],
)
def test_a_provider_that_fails_leaves_everything_as_it_was(office, answer):
    begun = office.begin()
    office.provider.answer = lambda _: answer
    with pytest.raises(UnavailableError) as refusal:
        office.fetch(begun)
    assert refusal.value.remedy
    assert office.transaction(begun).state is State.OPEN
    office.provider.answer = office.say
    assert office.fetch(begun) == Accepted()


def test_the_id_asked_about_is_the_one_we_kept(open_pulled):
    """A long one too: the key of the row is its hash, what is asked about is the id itself."""
    office = open_pulled("wechat")
    begun = office.begin()
    kept = office.transaction(begun)
    assert len(kept.provider_ref) == 200
    assert len(kept.provider_txn) == 64
    office.fetch(begun)
    assert office.provider.asked[-1].json["verify_id"] == kept.provider_ref


def test_each_verification_has_a_numbered_consent_to_the_text_of_the_day(office):
    first, second = (office.transaction(office.begin()) for _ in range(2))
    assert first.consent_id != second.consent_id
    assert first.consent_id.startswith("FC")
    assert first.consent_notice == "face-notice-2021"


def test_an_id_is_used_for_one_transaction(office):
    """The provider gives one id twice: the second transaction cannot take the first's result."""
    begun = office.begin()
    office.fetch(begun)
    office.started = 0
    with pytest.raises(UnavailableError, match="before"):
        office.begin()


def test_a_name_is_compared_as_it_is_composed(office):
    composed, decomposed = "Zoé", "Zoe\u0301"
    holder = Holder(composed, "111", HOLDER.id_number)
    begun = office.begin(holder)
    office.holder = replace(holder, name=decomposed)
    assert office.fetch(begun, holder) == Accepted()
