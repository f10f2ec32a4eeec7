"""The live check: a source over real HTTP, its answers in the decision, its silence labelled."""

import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest

from certstore.keys import KeySigner, Purpose, generate
from tests.residents import Browser, drafted, resident
from tests.source_authority import HOUSING, SourceAuthority, answering
from verifiers.materials.live_check import FRESH, LiveCheckDesk, LiveSource
from verifiers.materials.source_http import HttpHoldings
from verifiers.materials.vocabulary import Material, Outcome, Reason, Source

RENTER = "zhang_hong"


@contextmanager
def asking(house, **source):
    """The house asks the housing authority live."""
    with answering(SourceAuthority(house.clock, **source)) as authority:
        holdings = HttpHoldings(authority.url, HOUSING, authority.trust, house.clock)
        live = LiveSource(HOUSING, holdings, timedelta(days=7))
        desk = LiveCheckDesk(archive=house.archive, sources={HOUSING: live}, clock=house.clock)
        house.__dict__["live_check_desk"] = desk
        yield authority


def _check(house):
    application = house.apply_desk.all_of(resident(RENTER))
    draft = application[0] if application else drafted(house, RENTER)
    return house.checklist_desk.check(draft)


def _dwelling(checked):
    return checked.decision.materials[Material.DWELLING]


def test_a_record_leaned_on_is_confirmed_by_its_source_and_by_number_only(house):
    with asking(house) as source:
        checked = _check(house)
    record = _dwelling(checked).satisfied_by
    said = checked.confirmed.by_record[record.record_id]
    assert (said.basis, said.source) == ("live", HOUSING)
    (body,) = source.asked
    assert body["v"] == 1
    assert [sorted(r) for r in body["records"]] == [["record_id", "type", "version"]]
    assert checked.as_json()["confirmations"][0]["basis"] in {"live", "handed_in"}


def test_a_record_its_source_has_cancelled_since_is_not_leaned_on(house):
    with asking(house) as source:
        source.standings = _all("cancelled", house)
        checked = _check(house)
    assert _dwelling(checked).outcome is Outcome.MUST_UPLOAD
    assert Reason.CERT_REVOKED in _dwelling(checked).reasons


def test_an_objection_the_source_knows_of_counts_at_once(house):
    with asking(house) as source:
        source.standings = _all("valid", house, disputed=True)
        assert Reason.UNDER_DISPUTE in _dwelling(_check(house)).reasons


def test_a_record_its_source_does_not_know_is_not_leaned_on(house):
    with asking(house) as source:
        source.standings = _all("unknown", house)
        assert _dwelling(_check(house)).outcome is Outcome.MUST_UPLOAD


def test_the_decision_made_after_a_live_answer_can_be_judged_again(house):
    with asking(house) as source:
        source.standings = _all("cancelled", house)
        checked = _check(house)
    again = house.checklist_desk.judge_again(checked.as_json())
    assert again == checked.decision


def test_an_answer_is_not_asked_for_again_while_it_is_fresh(house):
    with asking(house) as source:
        _check(house)
        _check(house)
        assert len(source.asked) == 1
        house.clock.skip(FRESH + timedelta(seconds=1))
        _check(house)
        assert len(source.asked) == 2


def _fails(status):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("content-length", "0")
        handler.end_headers()

    return answer


def test_a_silent_sources_last_word_counts_and_says_that_it_is_the_last(house):
    with asking(house) as source:
        first = _check(house)
        source.answer = _fails(500)
        house.clock.skip(timedelta(days=1))
        later = _check(house)
    ref = _dwelling(later).satisfied_by.record_id
    said = later.confirmed.by_record[ref]
    assert said.basis == "last_known"
    assert said.as_of == first.confirmed.by_record[ref].as_of
    assert Source.HOUSING in later.facts.sources_down


def test_a_last_word_that_said_cancelled_stays_said(house):
    with asking(house) as source:
        source.standings = _all("cancelled", house)
        _check(house)
        source.answer = _fails(500)
        house.clock.skip(timedelta(days=1))
        assert Reason.CERT_REVOKED in _dwelling(_check(house)).reasons


def test_a_source_silent_for_too_long_is_its_own_outcome_and_asks_nothing_of_anybody(house):
    with asking(house, answer=_fails(503)):
        house.clock.skip(timedelta(days=8))
        checked = _check(house)
    assert _dwelling(checked).outcome is Outcome.SOURCE_DOWN
    assert Material.DWELLING not in checked.decision.to_do
    assert house.checklist_desk.judge_again(checked.as_json()) == checked.decision


def test_a_source_that_hangs_is_given_up(house, monkeypatch):
    monkeypatch.setattr("verifiers.materials.live_check.TIME_OUT_S", 0.1)
    release = threading.Event()
    with asking(house, answer=lambda handler: release.wait(10)):
        checked = _check(house)
        release.set()
    (said,) = (c for c in checked.confirmed.by_record.values() if c.source == HOUSING)
    assert said.basis == "last_known"


def test_a_source_that_keeps_failing_is_left_alone_then_tried_once(house):
    with asking(house, answer=_fails(500)) as source:
        for _ in range(5):
            _check(house)
        assert len(source.asked) == 3
        source.answer = None
        house.clock.skip(timedelta(seconds=31))
        _check(house)
        assert len(source.asked) == 4
        (health,) = house_health(house)
        assert health.failures == 0
        assert health.failed_at < health.answered_at


def house_health(house):
    with house.archive.reading() as books:
        return books.sources.health()


def _garbage(data, status=200):
    def answer(handler):
        handler.send_response(status)
        handler.send_header("content-length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


def _redirect(handler):
    handler.send_response(307)
    handler.send_header("location", "http://127.0.0.1:9/")
    handler.send_header("content-length", "0")
    handler.end_headers()


def _changed(**claims):
    return lambda said: {**said, **claims}


def _records(change):
    return lambda said: {**said, "records": [change(r) for r in said["records"]]}


UNTRUE = {
    "html": {"answer": _garbage(b"<html>down for maintenance</html>")},
    "not ascii": {"answer": _garbage("令牌".encode())},
    "huge": {"answer": _garbage(b"a" * 70_000)},
    "redirect": {"answer": _redirect},
    "no content": {"answer": _fails(204)},
    "of another kind": {"typ": "JWT"},
    "of another source": {"spoil": _changed(iss="11310000MB0T00031J")},
    "to another question": {"spoil": _changed(nonce="x")},
    "expired": {"spoil": lambda said: {**said, "iat": said["iat"] - 900, "exp": said["iat"] - 840}},
    "for a year": {"spoil": lambda said: {**said, "exp": said["iat"] + 31_536_000}},
    "with a strange claim": {"spoil": _changed(note="x")},
    "no list": {"spoil": _changed(records={})},
    "about nothing": {"spoil": _changed(records=[])},
    "about more": {"spoil": lambda said: {**said, "records": said["records"] * 2}},
    "about another": {"spoil": _records(lambda r: {**r, "record_id": "other"})},
    "of another version": {"spoil": _records(lambda r: {**r, "version": r["version"] + 1})},
    "version as a truth": {"spoil": _records(lambda r: {**r, "version": True})},
    "unknown status": {"spoil": _records(lambda r: {**r, "status": "fine"})},
    "status missing": {"spoil": _records(lambda r: {k: r[k] for k in r if k != "status"})},
    "dispute as a number": {"spoil": _records(lambda r: {**r, "under_dispute": 0})},
    "signed by a stranger": {"key": KeySigner(Purpose.SOURCE, generate("ES256"))},
}


@pytest.mark.parametrize("how", UNTRUE)
def test_an_answer_that_is_not_the_sources_signed_word_counts_as_none(house, how):
    with asking(house) as source:
        trusted = source.trust()
        source.trust = lambda: trusted  # the list as it was before a stranger's key signed
        for name, value in UNTRUE[how].items():
            setattr(source, name, value)
        holdings = HttpHoldings(source.url, HOUSING, source.trust, house.clock)
        sources = {HOUSING: LiveSource(HOUSING, holdings, timedelta(days=7))}
        house.__dict__["live_check_desk"] = LiveCheckDesk(
            archive=house.archive, sources=sources, clock=house.clock
        )
        checked = _check(house)
        assert source.asked
    (said,) = (c for c in checked.confirmed.by_record.values() if c.source == HOUSING)
    assert said.basis == "last_known"
    (health,) = house_health(house)
    assert (health.failures, health.answered_at) == (1, None)


@pytest.mark.parametrize("listed", [{"purpose": Purpose.DOCUMENT}, {"uscc": "11310000MB0T00031J"}])
def test_a_key_listed_for_something_or_somebody_else_is_no_sources_key(house, listed):
    with asking(house) as source:
        trusted = source.trust(**listed)
        holdings = HttpHoldings(source.url, HOUSING, lambda: trusted, house.clock)
        sources = {HOUSING: LiveSource(HOUSING, holdings, timedelta(days=7))}
        house.__dict__["live_check_desk"] = LiveCheckDesk(
            archive=house.archive, sources=sources, clock=house.clock
        )
        _check(house)
    assert house_health(house)[0].answered_at is None


def _all(status, house, *, disputed=False):
    """Every lease filing on file, as its source has it."""
    holder = resident(RENTER).holder
    with house.archive.reading() as books:
        held = books.register.held_by(holder.id_type, holder.id_number)
    return {c.record_id: (status, disputed) for c in held if c.type_code == "lease_filing"}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_check_page_says_on_whose_word_and_how_fresh(house, lang):
    spoken = {
        "zh": ("归集", "向来源核对", "暂时联系不上，以"),
        "en": ("handed in", "confirmed", "cannot be reached; its word of"),
    }[lang]
    with asking(house) as source:
        browser = Browser(house, resident(RENTER), lang)
        path = f"/applications/{drafted(house, RENTER).ref}/check"
        page = browser.get(path).text
        assert spoken[0] in page  # the photo's source is not asked live
        assert spoken[1] in page
        source.answer = _fails(500)
        house.clock.skip(FRESH + timedelta(seconds=1))
        assert spoken[2] in browser.get(path).text
