"""Two cities over HTTP: one forwards what its school asks, both keep a record, receipts nest."""

from dataclasses import replace
from datetime import UTC, datetime

import httpx
import pytest

from certstore.certificates import Status
from certstore.client import (
    Case,
    Client,
    NoCertificateError,
    NotAvailableError,
    NotGrantedError,
    ProblemError,
    Purpose,
    verify_receipt,
)
from certstore.client.receipts import open_trust_list
from certstore.clock import SystemClock
from certstore.federation.peer_line import PATIENCE, PeerLine
from certstore.keys import KeySigner
from certstore.keys import Purpose as KeyPurpose
from certstore.pages.usage_pages import entry_view
from certstore.service.interfaces import health, interface
from certstore.service.serving import free_port
from tests.sealed import ENROLMENT, GRANTED, LIN, MATTER, VOUCHER, ZHOU, become, voucher
from tests.two_cities import CITY, PEER, THEIR_PURPOSE, two_cities

CASE = Case("RX-2026-00021", person=LIN.id_number, operator="3021", terminal="A-7")


@pytest.fixture(scope="module")
def cities(tmp_path_factory):
    with two_cities(tmp_path_factory.mktemp("cities")) as both:
        yield both


@pytest.fixture(scope="module")
def ref(cities):
    return voucher(cities.theirs).ref


@pytest.fixture
def school(cities):
    with cities.school() as client:
        yield client


def recorded(house, holder=LIN):
    """What the person's list says last."""
    with house.archive.reading() as books:
        person = books.people.find(holder.id_type, holder.id_number)
        found = books.usage.of(person.id, datetime.min.replace(tzinfo=UTC)) if person else []
        return [dict(entry.record) for entry in found]


def shown(house, lang):
    """Who, what for, and how many fields, as the page says it."""
    with house.archive.reading() as books:
        person = books.people.find(LIN.id_type, LIN.id_number)
        latest = books.usage.of(person.id, datetime.min.replace(tzinfo=UTC))[0]
    entry = entry_view(latest, lang)
    return entry.who, entry.matter, len(entry.given)


def leaves(house):
    with house.archive.reading() as books:
        return books.ledger.size()


def test_a_pull_is_on_record_in_both_cities_and_both_receipts_hold(cities, school, ref):
    before = leaves(cities.ours), leaves(cities.theirs)
    pulled = school.pull(CASE, ref, city=PEER)
    assert dict(pulled.fields) == {
        "name": "林晓禾",
        "residence_district": "海港区",
        "valid_until": "2027-11-24",
    }
    assert (leaves(cities.ours), leaves(cities.theirs)) == (before[0] + 1, before[1] + 1)

    here, there = recorded(cities.ours)[0], recorded(cities.theirs)[0]
    assert (here["agency"], here["fields"], here["kind"]) == ("示范市教育局", list(GRANTED), "pull")
    assert here["matter_zh"] == "义务教育入学报名（向云州市查询）"
    assert (here["peer"]["city"], here["peer_certificate_ref"]) == (PEER, ref)
    assert there["agency"] == "示范市教育局（经示范市）"
    assert there["agency_en"] == "Education Bureau via Demonstration City"
    assert there["on_behalf_of"]["purpose"] == ENROLMENT
    assert (there["client"], there["purpose"]) == (CITY, THEIR_PURPOSE)
    for record in (here, there):
        assert (record["case_no"], record["operator"], record["terminal"]) == (
            "RX-2026-00021",
            "3021",
            "A-7",
        )

    assert shown(cities.ours, "zh") == ("示范市教育局", "义务教育入学报名（向云州市查询）", 3)
    assert shown(cities.theirs, "zh") == ("示范市教育局（经示范市）", "义务教育入学报名", 3)
    assert shown(cities.theirs, "en")[0] == "Education Bureau via Demonstration City"

    ours = school.verify_receipt(pulled)
    now = SystemClock().now()
    trust = open_trust_list(cities.theirs.trust_jws, cities.theirs.keys.root, now)
    nested = str(ours.claims["nested_receipt"])
    theirs = verify_receipt(nested, trust, issuer=cities.theirs.settings.public_url, now=now)
    assert nested == pulled.answer["peer"]["receipt"]
    assert theirs.ledger.leaf_hash == here["peer"]["leaf_hash"]
    assert school.prove(ours).good


def test_whoever_keeps_the_service_sees_how_the_lines_are(cities):
    assert health(cities.ours, interface("cities")).state == "works"
    assert health(cities.theirs, interface("cities")).state == "unused"


def test_a_search_finds_what_is_held_over_there(cities, school, ref):
    found = school.search(CASE, city=PEER)
    assert ref in {one.ref for one in found.evidence}
    assert school.verify_receipt(found).claims["nested_receipt"] == found.answer["peer"]["receipt"]
    assert (recorded(cities.ours)[0]["kind"], recorded(cities.theirs)[0]["kind"]) == ("look",) * 2


def test_our_own_grant_is_judged_first_and_the_other_city_never_asked(cities, school, ref):
    before = leaves(cities.theirs)
    with pytest.raises(NotGrantedError) as raised:
        school.pull(CASE, ref, [*GRANTED, "id_number"], city=PEER)
    assert raised.value.paths == ("id_number",)
    with cities.school("name") as less, pytest.raises(NotGrantedError) as raised:
        less.pull(CASE, ref, GRANTED, city=PEER)
    assert raised.value.paths == ("residence_district", "valid_until")
    assert leaves(cities.theirs) == before
    record = recorded(cities.ours)[0]
    assert (record["refused"], record["fields"], record["peer"]["asked"]) == (
        "field-not-granted",
        [],
        False,
    )


def stand_on(house, purpose_id, kind):
    """Let a purpose stand on another legal basis."""
    with house.archive.writing() as books:
        basis = {**books.sharing.purpose(purpose_id).legal_basis, "kind": kind}
        books.onboarding.rewrite(purpose_id, {"legal_basis": basis})


@pytest.mark.parametrize(("city", "purpose"), [("ours", ENROLMENT), ("theirs", THEIR_PURPOSE)])
def test_a_consent_does_not_travel_and_that_is_said(cities, ref, city, purpose):
    """Whichever city wants a consent: refused with the cause, and on record where it was asked."""
    house = getattr(cities, city)
    with cities.school() as school:
        school.pull(CASE, ref, city=PEER)
    stand_on(house, purpose, "consent")
    before = leaves(cities.ours), leaves(cities.theirs)
    try:
        with cities.school() as school, pytest.raises(ProblemError) as raised:
            school.pull(CASE, ref, city=PEER)
    finally:
        stand_on(house, purpose, "statutory_duty")
    assert (raised.value.slug, raised.value.cause) == ("insufficient-purpose", "ground_not_shared")
    asked = city == "theirs"
    # Over there twice: with the token from before the change, and with the one got for it.
    assert (leaves(cities.ours), leaves(cities.theirs)) == (before[0] + 1, before[1] + 2 * asked)
    here = recorded(cities.ours)[0]
    assert (here["refused"], here["fields"]) == ("insufficient-purpose", [])
    assert here["peer"]["asked"] is asked
    if asked:
        there = recorded(cities.theirs)[0]
        assert (there["refused"], there["fields"]) == ("consent-required", [])
        assert there["on_behalf_of"]["purpose"] == ENROLMENT


def test_what_the_other_city_refuses_is_refused_here_and_on_record_in_both(cities, school):
    gone = voucher(cities.theirs)
    become(cities.theirs, gone, Status.SUPERSEDED)
    with pytest.raises(NoCertificateError) as raised:
        school.pull(CASE, gone.ref, city=PEER)
    assert (raised.value.slug, raised.value.said["certificate_status"]) == (
        "certificate-revoked",
        "superseded",
    )
    for house in (cities.ours, cities.theirs):
        record = recorded(house)[0]
        assert (record["refused"], record["fields"]) == ("certificate-revoked", [])


def test_another_persons_certificate_is_a_mismatch_there_as_well(cities, school):
    strangers = voucher(cities.theirs, ZHOU)
    with pytest.raises(NoCertificateError) as raised:
        school.pull(CASE, strangers.ref, city=PEER)
    assert raised.value.slug == "subject-mismatch"
    assert recorded(cities.theirs, ZHOU)[0]["agency"] == "示范市教育局（经示范市）"


def test_somebody_unknown_here_is_a_leaf_here_all_the_same(cities, school):
    held = voucher(cities.theirs, ZHOU)
    before = leaves(cities.ours)
    school.pull(Case("RX-2", person=ZHOU.id_number, operator="3021"), held.ref, city=PEER)
    assert leaves(cities.ours) == before + 1
    assert recorded(cities.ours, ZHOU) == []


def test_a_city_nobody_wrote_about_is_not_there(school, ref):
    with pytest.raises(NoCertificateError):
        school.pull(CASE, ref, city="elsewhere")


@pytest.mark.parametrize("member", ["on_behalf_of", "legal_basis", "format", "actor"])
def test_what_two_cities_did_not_agree_on_is_no_member(cities, school, ref, member):
    before = leaves(cities.ours)
    with pytest.raises(ProblemError) as raised:
        school.pull(CASE, ref, city=PEER, **{member: {}})
    assert (raised.value.slug, leaves(cities.ours)) == ("invalid-request", before)


# -- who may forward -----------------------------------------------------------------------------

AGENCY = {
    "agency": "别市教育局",
    "agency_en": "Another Bureau",
    "agency_uscc": "11310000MB0T00058A",
    "purpose_id": "p",
}


def test_a_service_that_may_not_forward_cannot_speak_for_others(cities, school):
    held = voucher(cities.ours)
    for ask in (
        lambda: school.pull(CASE, held.ref, on_behalf_of=AGENCY),
        lambda: school.search(CASE, on_behalf_of=AGENCY),
    ):
        with pytest.raises(NotGrantedError) as raised:
            ask()
        assert (raised.value.where, raised.value.cause) == ("on_behalf_of", "action_not_granted")
        assert recorded(cities.ours)[0]["refused"] == "insufficient-purpose"


def test_a_city_that_forwards_says_for_whom(cities, ref):
    with cities.city() as city, pytest.raises(NotGrantedError) as raised:
        city.pull(CASE, ref)
    assert raised.value.cause == "on_behalf_of_missing"


@pytest.mark.parametrize("changes", [{"agency": "\u202e"}, {"agency_uscc": "1"}, {"more": "x"}])
def test_an_agency_is_named_as_described(cities, ref, changes):
    with cities.city() as city, pytest.raises(ProblemError) as raised:
        city.pull(CASE, ref, on_behalf_of=AGENCY | changes)
    assert raised.value.slug == "invalid-request"


@pytest.mark.parametrize("actions", [("search", "pull", "relay"), ("search", "pull")])
def test_what_was_forwarded_once_is_never_forwarded_again(cities, ref, actions):
    """Over there another line leads back to us; our city's client may not use it."""
    line = cities.ours.peer_lines[PEER]
    cities.theirs.federation_desk.lines["back"] = line  # type: ignore[index]
    with cities.city(actions) as city, pytest.raises(NotGrantedError) as raised:
        city.pull(CASE, ref, city="back")
    assert raised.value.cause == "forwarded_already"


def test_a_purpose_that_is_not_shared_stays_here(cities, ref):
    purpose = Purpose(ENROLMENT, MATTER, [VOUCHER], GRANTED)
    shared = dict(cities.ours.peer_lines[PEER].peer.purposes)
    purposes = cities.ours.peer_lines[PEER].peer.purposes
    purposes.clear()  # type: ignore[attr-defined]
    try:
        with cities.school() as school, pytest.raises(NotGrantedError) as raised:
            school.pull(CASE, ref, purpose=purpose, city=PEER)
    finally:
        purposes.update(shared)  # type: ignore[attr-defined]
    assert raised.value.cause == "purpose_not_shared"
    assert recorded(cities.ours)[0]["peer"]["asked"] is False


# -- fail closed ---------------------------------------------------------------------------------


def nothing_released(cities, school, ref, cause):
    with pytest.raises(NotAvailableError) as raised:
        school.pull(CASE, ref, city=PEER)
    assert (raised.value.slug, raised.value.cause) == ("source-unavailable", cause)
    assert LIN.name not in str(raised.value.said)
    with cities.ours.archive.reading() as books:
        person = books.people.find(LIN.id_type, LIN.id_number)
        latest = books.usage.of(person.id, datetime.min.replace(tzinfo=UTC))[0]
    assert entry_view(latest, "zh").refused == "source-unavailable"
    record = recorded(cities.ours)[0]
    assert (record["refused"], record["fields"], record["peer"]["asked"]) == (
        "source-unavailable",
        [],
        True,
    )


def impatient(cities):
    return cities.school(sleep=lambda _: None)


def test_a_receipt_by_a_key_that_is_not_listed_is_not_believed(cities, ref):
    desk = cities.theirs.sharing_desk
    other = cities.ours.keys.signer(KeyPurpose.RECEIPT)
    true = desk.receipt_signer
    object.__setattr__(desk, "receipt_signer", other)
    try:
        with impatient(cities) as school:
            nothing_released(cities, school, ref, "peer_not_believed")
    finally:
        object.__setattr__(desk, "receipt_signer", true)


def test_a_list_older_than_one_that_was_seen_is_not_believed(cities, ref):
    with cities.ours.archive.writing() as books:
        books.peers.saw_list(PEER, 2**50, SystemClock().now())
    try:
        with impatient(cities) as school:
            nothing_released(cities, school, ref, "peer_not_believed")
    finally:
        with cities.ours.archive.writing() as books:
            books.connection.exec_driver_sql("DELETE FROM peer_trust_lists")


def test_a_city_that_suspends_us_lets_nobody_in(cities, ref):
    def set_state(state):
        with cities.theirs.archive.writing() as books:
            books.connection.exec_driver_sql(f"UPDATE clients SET state = '{state}'")

    set_state("suspended")
    try:
        with impatient(cities) as school:
            nothing_released(cities, school, ref, "peer_unavailable")
    finally:
        set_state("active")


def test_when_our_record_cannot_be_written_nothing_is_released(cities, ref):
    def rename(old, new):
        with cities.ours.archive.writing() as books:
            books.connection.exec_driver_sql(f"ALTER TABLE {old} RENAME TO {new}")

    rename("ledger_leaves", "elsewhere")
    try:
        with impatient(cities) as school, pytest.raises(NotAvailableError) as raised:
            school.pull(CASE, ref, city=PEER)
    finally:
        rename("elsewhere", "ledger_leaves")
    assert raised.value.slug == "ledger-unavailable"


@pytest.mark.parametrize("way", ["evidence:search", f"certificates/{'b' * 20}:pull"])
def test_without_a_token_nothing_is_forwarded(cities, way):
    before = leaves(cities.ours)
    answer = httpx.post(f"{cities.ours.settings.public_url}/v1/peers/{PEER}/{way}", json={})
    assert (answer.status_code, leaves(cities.ours)) == (401, before)


def test_a_city_that_is_down_or_of_another_root_is_told_as_such(cities, ref):
    cases = {"peer_unavailable": _nowhere(cities), "peer_not_believed": _other_root(cities)}
    lines = cities.ours.federation_desk.lines
    true = lines[PEER]
    for cause, line in cases.items():
        lines[PEER] = line  # type: ignore[index]
        try:
            with impatient(cities) as school:
                nothing_released(cities, school, ref, cause)
            told = health(cities.ours, interface("cities"))
            assert (told.state, cause in told.because) == ("fails", True)
        finally:
            lines[PEER] = true  # type: ignore[index]
            line.close()


def _line(cities, url, root):
    true = cities.ours.peer_lines[PEER].peer
    signer = KeySigner(KeyPurpose.TOKEN, cities.city_key)
    patience = replace(PATIENCE, first_pause_s=0, longest_pause_s=0)
    return PeerLine(true, Client(url, CITY, signer, root=root, patience=patience))


def _nowhere(cities):
    return _line(cities, f"http://127.0.0.1:{free_port()}", cities.theirs.keys.root_pem())


def _other_root(cities):
    return _line(cities, cities.theirs.settings.public_url, cities.ours.keys.root_pem())
