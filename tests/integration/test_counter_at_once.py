"""Somebody without a phone at a counter, from card to voucher; and two hands at once, on both."""

import pytest

from issuance.application import State
from issuance.counter.presence import Arrival
from tests.counter import CARD, begun, here, sent
from tests.integration.test_issuing import at_once
from tests.integration.test_issuing import shared as shared
from tests.residents import GAO, LI, REGISTRATION, Browser, answers_of, assert_sound, resident
from tests.residents import PEOPLE as EVERYBODY
from tests.unit.issuance.test_issue import assert_issued_once, count

CHEN = resident("chen_yiming")
HANDS = 6


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_from_the_card_to_the_printed_voucher_and_later_on_line(shared, lang):
    officer = Browser(shared, GAO, lang)
    person = EVERYBODY["chen_yiming"]
    form = {"person_name": person["name"], "person_number": person["id_number"]}
    assert_sound(officer.get("/desk/counter"), lang)
    come = officer.post("/desk/counter", **form, identity_document=CARD, identity_checked="yes")
    assert come.status_code == 303
    people = come.headers["location"]
    assert_sound(officer.get(people), lang)
    begin = officer.post(f"{people}/begin", matter="residence_registration", whom="self")
    case = begin.headers["location"]
    shown = officer.get(case)
    assert_sound(shown, lang)
    assert f"{case}/here" in shown.text  # the own home on file is offered
    assert officer.post(f"{case}/here").status_code == 303
    ready = officer.get(case)
    assert_sound(ready, lang)
    seal = ready.text.partition('name="seal" value="')[2].partition('"')[0]
    for _ in range(2):  # the second click is the first one's
        assert officer.post(f"{case}/submit", seal=seal).headers["location"] == case
    done = officer.get(case)
    assert_sound(done, lang)
    printed = officer.get(f"{case}/document")
    assert printed.headers["content-type"] == "application/pdf"
    assert printed.content.startswith(b"%PDF-")
    assert "陈" not in printed.headers["content-disposition"]
    notice = officer.get(f"{case}/receipt")
    assert_sound(notice, lang)
    ref = case.rpartition("/")[2]
    assert shared.application(ref).number in notice.text
    assert person["id_number"] not in notice.text
    assert_issued_once(shared, "chen_yiming")

    own = Browser(shared, CHEN, lang)  # another day, signed in
    progress = own.get(f"/applications/{ref}")
    assert_sound(progress, lang)
    held = shared.application(ref).certificate_ref
    assert held in own.get("/certificates").text
    looks = [e.record for e in shared.holdings_desk.usage(CHEN) if e.kind == "review"]
    assert [r["fields"][-1] for r in reversed(looks)] == [
        "applications", "residence_address", "document",
    ]  # fmt: skip
    assert {r["operator"] for r in looks} == {"1047"}
    usage = own.get("/usage")
    assert_sound(usage, lang)
    assert "1047" in usage.text
    assert "counter_visit" not in usage.text


def test_many_hands_that_compare_begin_and_send_at_once_make_one_application(shared):
    said = Arrival(
        name=CHEN.holder.name, id_number=CHEN.holder.id_number, document=CARD, compared=True
    )
    visits = at_once(lambda _: shared.presence_desk.arrive(GAO, said), HANDS)
    assert not [v for v in visits if isinstance(v, Exception)]
    visit = visits[0]
    desk = shared.intake_desk
    drafts = at_once(lambda _: desk.begin(GAO, visit.ref, REGISTRATION), HANDS)
    assert len({draft.ref for draft in drafts}) == 1
    assert count(shared, "applications") == 1
    ref = drafts[0].ref
    desk.answer(GAO, ref, answers_of(EVERYBODY["chen_yiming"]["declares"]))
    seal = desk.look(GAO, ref).seal
    found = at_once(lambda _: desk.submit(GAO, ref, seal), HANDS)
    assert not [f for f in found if isinstance(f, Exception)]
    assert_issued_once(shared, "chen_yiming")


def test_of_the_counter_and_the_person_on_line_at_once_one_sends_it(shared):
    ref = begun(shared, "shen_xiaozhou").ref
    me = resident("shen_xiaozhou")
    seal = shared.intake_desk.look(GAO, ref).seal

    def act(hand):
        if hand % 2:
            return shared.apply_desk.withdraw(me, ref)
        return shared.intake_desk.submit(GAO, ref, seal)

    at_once(act, HANDS)
    state = shared.application(ref).state
    assert state in {State.IN_REVIEW, State.WITHDRAWN}
    assert count(shared, "applications") == 1


def test_the_second_of_two_officers_goes_on_with_the_firsts_application(shared):
    ref = begun(shared, "chen_yiming").ref
    visit = here(shared, "chen_yiming", LI)
    assert shared.intake_desk.begin(LI, visit.ref, REGISTRATION).ref == ref
    assert sent(shared, ref, LI).taken_by == "1052"
