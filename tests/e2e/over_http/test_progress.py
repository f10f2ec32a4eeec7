"""One case from the first question to the card in hand: its page, its JSON, its events."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from certstore.holds.kinds import Succession
from certstore.tables.outbox import outbox
from certstore.web.texts import load
from issuance.application import Matter, State
from issuance.matters.cards.centre.handover import HandOver
from issuance.matters.cards.desk import Wanted
from issuance.matters.cards.making.desk import Said
from issuance.matters.cards.orders import Address
from issuance.matters.cards.tables import CardBook
from tests import guardians, leases
from tests.cards import AT_THE_PORT, MAKER, WINDOW
from tests.couriers import SAID, SandboxCourier, serving, word
from tests.permits import replaced
from tests.residents import EVERYWHERE as GAO
from tests.residents import (
    LI,
    PEOPLE,
    Browser,
    answers_of,
    assert_sound,
    copied,
    resident,
    submitted,
)
from tests.residents import house as house
from tests.residents import settled_folder as settled_folder
from tests.sealed import resident as resident_of
from tests.unit.issuance.matters.test_card_lives import rounds
from tests.unit.issuance.matters.test_permit import permit_asked, permits, registered

WHO = "chen_yiming"
ME, OTHER = resident(WHO), resident("lin_xiaohe")
BOTH = pytest.mark.parametrize("lang", ["zh", "en"])
HELD = HandOver(who="holder", check="id_card", seen=True)


def api(house, who=ME):
    """Asks as an app of the holder does."""
    http = Browser(house, who).http
    return lambda path: http.get(f"/v1/me/applications{path}", headers={"accept": "*/*"})


def told(house, ref):
    """The events of a case, in order, without what was told of certificates and cards."""
    with house.archive.reading() as books:
        rows = books.connection.execute(select(outbox).order_by(outbox.c.id)).all()
    mine = [row for row in rows if row.body.get("application") == ref]
    for row in mine:
        assert set(row.body) == {"application", "matter", "state"}
    return [row.subject.removeprefix("application.") for row in mine]


def order_of(house, ref):
    with house.archive.reading() as books:
        return CardBook(books.connection).find(ref)


def named(answer):
    return {step["name"]: step for step in answer["steps"]}


def taken_by_maker(house, order):
    """Its card is in a file that the maker has taken."""
    house.clock.skip(timedelta(minutes=16))
    rounds(house)
    number = house.making_desk.files(MAKER, 0)[0][-1].number
    house.making_desk.acknowledge(MAKER, number, [Said(order.card_no, "taken")])


def at_its_point(house, order, report=1):
    """Its card lies at its service point, and its holder was told; the officer there."""
    house.making_desk.report(MAKER, report, [Said(order.card_no, "made")])
    officer = WINDOW if order.delivery.point == "WT01" else AT_THE_PORT
    (said,) = house.arriving_desk.arrive(officer, order.card_no)
    assert said.answer == "arrived"
    rounds(house)
    return officer


def test_a_permit_is_followed_from_the_station_to_the_hand(house):
    registered(house)
    asked, ask = permit_asked(house), api(house)
    seen = ask(f"/{asked.ref}").json()
    assert (seen["state"], seen["next"]["what"]) == ("routed", "accept")
    assert seen["next"]["by"] == asked.stage_due_on.isoformat()
    assert named(seen)["accepted"] | {"at": None} == {
        "name": "accepted",
        "state": "now",
        "at": None,
        "due": asked.stage_due_on.isoformat(),
    }
    assert named(seen)["reviewed"]["state"] == "later"
    planned = [name for name in named(seen) if name.startswith("card_")]
    assert planned == ["card_ordered", "card_making", "card_ready", "card_yours"]
    assert seen["card"] is None

    done = house.review_desk.approve(GAO, asked.ref)
    rounds(house)
    order = order_of(house, done.certificate_ref)
    seen = ask(f"/{asked.ref}").json()
    assert (seen["state"], seen["certificate"]) == ("issued", done.certificate_ref)
    assert seen["next"] == {"what": "make", "by": order.due_on.isoformat(), "yours": False}
    assert named(seen)["card_making"]["due"] == order.due_on.isoformat()
    assert [step["state"] for step in seen["history"]] == [
        *("routed", "in_review", "approved", "issued"),
    ]

    taken_by_maker(house, order)
    assert ask(f"/{asked.ref}").json()["card"]["stage"] == "making"
    officer = at_its_point(house, order)
    seen = ask(f"/{asked.ref}").json()
    assert seen["next"] == {"what": "collect", "by": None, "yours": True}
    assert seen["card"]["stage"] == "notified"

    house.centre_desk.hand_over(officer, order.ref, HELD)
    seen = ask(f"/{asked.ref}").json()
    assert (seen["next"], seen["card"]["stage"]) == (None, "collected")
    assert {step["state"] for step in seen["steps"]} == {"done"}
    assert all(step["at"] for step in seen["steps"])
    (line,) = [c for c in ask("").json()["applications"] if c["ref"] == asked.ref]
    assert line == {name: seen[name] for name in line}
    assert told(house, asked.ref) == ["submitted", "accepted", "approved", "issued"]


@BOTH
def test_the_page_says_what_comes_next_at_every_stage(house, lang):
    registered(house)
    browser, texts = Browser(house, ME, lang), load(lang)
    asked = permit_asked(house)
    at = f"/applications/{asked.ref}"

    def shown(*keys):
        for path in (at, "/applications"):
            answer = browser.get(path)
            assert_sound(answer, lang)
        page = browser.get(at).text
        for key in keys:
            assert str(texts[key].other) in page, key
        return page

    shown("progress.next.accept", "progress.step.accepted", "progress.card_step.making")
    done = house.review_desk.approve(GAO, asked.ref)
    rounds(house)
    order = order_of(house, done.certificate_ref)
    assert f"/cards/{order.ref}" in shown("progress.state.card", "card.stage.ordered")
    assert texts["applications.state.card"].other in browser.get("/applications").text
    taken_by_maker(house, order)
    shown("card.stage.making", "card.next.making")
    officer = at_its_point(house, order)
    shown("card.stage.notified", "card.next.notified")
    house.centre_desk.hand_over(officer, order.ref, HELD)
    shown("progress.state.issued", "card.stage.collected")


def test_a_late_card_is_late_on_the_case_too(house):
    registered(house)
    done = house.review_desk.approve(GAO, permit_asked(house).ref)
    rounds(house)
    house.clock.skip(timedelta(days=30))
    seen = api(house)(f"/{done.ref}").json()
    assert (seen["late"], seen["card"]["late"]) == (True, True)
    page = Browser(house, ME).get(f"/applications/{done.ref}")
    assert load("zh")["card.late_then"].other in page.text


def test_the_card_of_the_version_that_took_its_place_is_followed(house):
    registered(house)
    done = house.review_desk.approve(GAO, permit_asked(house).ref)
    rounds(house)
    (first,) = permits(house)
    second = replaced(house, first, Succession.SAME_CARRIER)
    rounds(house)
    assert order_of(house, first.ref).stop_reason == "superseded"
    seen = api(house)(f"/{done.ref}").json()
    assert seen["card"]["ref"] == order_of(house, second.ref).ref
    assert seen["card"]["stage"] in {"ordered", "in_file"}


def test_refused_and_ended_cases_say_so_and_nothing_comes_next(house):
    registered(house)
    asked, ask = permit_asked(house), api(house)
    house.review_desk.refuse(GAO, asked.ref, "OTHER", "看不清")
    seen = ask(f"/{asked.ref}").json()
    assert seen["refused"] == {"reasons": ["OTHER"], "words": "看不清"}
    assert (seen["next"], seen["asked"], seen["certificate"]) == (None, None, None)
    assert [s["name"] for s in seen["steps"]] == ["submitted", "accepted", "refused"]
    assert told(house, asked.ref) == ["submitted", "accepted", "refused"]
    again = permit_asked(house)
    house.apply_desk.withdraw(ME, again.ref)
    assert [s["name"] for s in ask(f"/{again.ref}").json()["steps"]] == ["submitted", "withdrawn"]
    assert told(house, again.ref) == ["submitted", "withdrawn"]
    for lang in ("zh", "en"):
        assert_sound(Browser(house, ME, lang).get(f"/applications/{again.ref}"), lang)


def test_a_draft_says_until_when_it_is_kept_and_that_it_ended(house):
    ask = api(house, OTHER)
    draft = house.apply_desk.begin(OTHER, Matter.RESIDENCE_REGISTRATION)
    seen = ask(f"/{draft.ref}").json()
    assert seen["next"] == {"what": "go_on", "by": draft.kept_until.isoformat(), "yours": True}
    assert (seen["kept_until"], seen["steps"]) == (draft.kept_until.isoformat(), [])
    house.clock.skip(timedelta(days=31))
    house.upkeep_desk.look_after_drafts()
    assert told(house, draft.ref) == ["ended"]
    assert ask(f"/{draft.ref}").json()["state"] == "withdrawn"


def test_what_the_rules_approve_was_submitted_and_approved(house):
    done = submitted(house, WHO)
    assert done.state is State.ISSUED
    assert told(house, done.ref) == ["submitted", "approved", "issued"]


def test_nobody_reads_anothers_case(house):
    mine = submitted(house, WHO)
    assert api(house, OTHER)(f"/{mine.ref}").status_code == 404
    none = api(house, OTHER)(f"/{'2' * 20}")
    assert none.status_code == 404
    assert api(house, OTHER)(f"/{mine.ref}").json()["title"] == none.json()["title"]
    assert api(house, OTHER)("").json()["applications"] == []
    assert api(house, None)("").status_code == 401
    assert api(house, None)(f"/{mine.ref}").status_code == 401
    assert api(house, LI)("").status_code == 403


def test_a_case_says_nothing_of_anybody_but_its_applicant(house):
    mine = submitted(house, WHO)
    said = api(house)(f"/{mine.ref}").text + api(house)("").text
    holder = ME.holder
    for kept in (holder.id_number, holder.name, answers_of(PEOPLE[WHO]["declares"]).address):
        assert kept not in said
    assert "reviewed_by" not in said


def test_a_reported_loss_is_among_the_cases_until_it_is_lifted(house):
    mine = submitted(house, WHO)
    ask = api(house)
    assert ask("").json()["others"] == []
    house.loss_desk.report(ME, mine.certificate_ref)
    (lost,) = ask("").json()["others"]
    assert (lost["kind"], lost["ref"], lost["open"]) == ("loss", mine.certificate_ref, True)
    page = Browser(house, ME).get("/applications")
    assert f"/certificates/{mine.certificate_ref}/loss" in page.text
    assert api(house, OTHER)("").json()["others"] == []
    house.loss_desk.lift(ME, mine.certificate_ref)
    assert ask("").json()["others"] == []


def test_a_lease_is_among_the_cases_of_its_parties_alone(house):
    ref = leases.begun(house)
    landlord, tenant = (resident_of(who) for who in (leases.OWNER, leases.TENANT))
    (mine,) = api(house, tenant)("").json()["others"]
    assert (mine["kind"], mine["ref"], mine["state"]) == ("lease_filing", ref, "open")
    assert (mine["open"], mine["yours"]) == (True, True)
    assert api(house, landlord)("").json()["others"][0]["ref"] == ref
    assert api(house, resident_of(leases.FRIEND))("").json()["others"] == []
    for lang in ("zh", "en"):
        page = Browser(house, tenant, lang).get("/applications")
        assert_sound(page, lang)
        assert f"/leases/{ref}" in page.text
        assert str(load(lang)["lease.to_sign"].other) in page.text
    house.lease_desk.stop(landlord, ref)
    assert api(house, tenant)("").json()["others"][0]["open"] is False


def test_a_guardian_follows_the_childs_case_and_nobody_else_does(house):
    done = guardians.registered(house)
    seen = api(house, guardians.FATHER)(f"/{done.ref}").json()
    assert (seen["state"], seen["child"]) == ("issued", "何雨桐")
    assert seen["certificate"] == done.certificate_ref
    for other in (guardians.MOTHER, guardians.STRANGER):
        assert api(house, other)(f"/{done.ref}").status_code == 404


@BOTH
def test_what_the_courier_says_stands_on_the_case(settled_folder, tmp_path, lang):
    courier = SandboxCourier()
    with (
        serving(courier) as url,
        copied(
            settled_folder, tmp_path, courier_url=url, courier_secret=SAID, courier_name="远帆速递"
        ) as house,
    ):
        courier.clock = house.clock
        registered(house)
        done = house.review_desk.approve(GAO, permit_asked(house).ref)
        rounds(house)
        order = order_of(house, done.certificate_ref)
        to = Address("陈一鸣", "13800000000", "梧桐区", "听雨路77号3幢1202室")
        house.card_desk.choose(ME, order.ref, Wanted("courier", to=to, seen=0))
        taken_by_maker(house, order)
        at_its_point(house, order)
        shipping = house.shipping_desk
        for _ in range(2):
            for job in (shipping.open, shipping.book):
                job()
        (shipment,) = courier.booked
        assert api(house)(f"/{done.ref}").json()["next"]["what"] == "send"
        courier.events[shipment] = [word("picked_up", house.clock.now())]
        house.clock.skip(timedelta(minutes=40))
        shipping.ask()
        seen = api(house)(f"/{done.ref}").json()
        assert seen["next"]["what"] == "bring"
        assert seen["card"]["tracking_no"] == "YF00000000"
        assert (
            seen["next"]["by"] == seen["card"]["day"] == courier.booked[shipment]["window"]["day"]
        )
        assert [said["kind"] for said in seen["card"]["tracking"]] == ["picked_up"]
        assert [s["state"] for s in seen["steps"]][-2:] == ["done", "now"]
        page = Browser(house, ME, lang).get(f"/applications/{done.ref}")
        assert_sound(page, lang)
        texts = load(lang)
        assert "YF00000000" in page.text
        assert str(texts["card.word.picked_up"].other) in page.text
        assert str(texts["card.track_courier.yours"].other) in page.text
