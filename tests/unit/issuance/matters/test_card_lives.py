"""The life of a card, desk by desk: ordered once, made, brought, handed over; and what stops it."""

from datetime import date, timedelta

import pytest

from certstore.certificates import Holder, Status
from certstore.clock import unix
from certstore.errors import ConflictError, ForbiddenError, MalformedError, NotFoundError
from certstore.presenting.choices import MINIMAL
from issuance.matters.cards.centre.handover import HandOver
from issuance.matters.cards.desk import Wanted
from issuance.matters.cards.lists.tables import CardLists
from issuance.matters.cards.making.desk import Said
from issuance.matters.cards.making.tables import MakingBook
from issuance.matters.cards.tables import CardBook
from tests.cards import AT_THE_PORT, MAKER, WINDOW, becomes, permit
from tests.house import house_in
from tests.sealed import LIN, ZHOU, resident

BY_CARD = HandOver(who="holder", check="id_card", seen=True)


@pytest.fixture
def house(tmp_path):
    built = house_in(tmp_path)
    yield built
    built.close()


def order_of(house, certificate):
    with house.archive.reading() as books:
        return CardBook(books.connection).find(certificate.ref)


def steps_of(house, certificate):
    with house.archive.reading() as books:
        book = CardBook(books.connection)
        return [s.step for s in book.steps(book.of_certificate(certificate.ref).id)]


def kinds(house, holder=LIN):
    return [n.kind for n in house.holdings_desk.notices(resident(holder))]


def rounds(house):
    """What the worker does, twice over: nothing is done again."""
    keeping = house.card_keeping_desk
    for _ in range(2):
        for job in (
            keeping.order_missing,
            keeping.stop_ended,
            keeping.resume,
            keeping.order_spoiled_again,
            house.card_file_desk.make_file,
            keeping.notify,
        ):
            job()


def in_making(house, holder=LIN, **more):
    """A permit whose card the maker has taken."""
    given = permit(house, holder, **more)
    rounds(house)
    house.clock.skip(timedelta(minutes=16))
    rounds(house)
    number = house.making_desk.files(MAKER, 0)[0][-1].number
    with house.archive.reading() as books:
        lines = MakingBook(books.connection).lines(number)
    house.making_desk.acknowledge(MAKER, number, [Said(e.card_no, "taken") for e in lines])
    return given


def at_centre(house, holder=LIN, **more):
    """A permit whose card lies at its service point, and whose holder was told."""
    given = in_making(house, holder, **more)
    card_no = order_of(house, given).card_no
    number = sum(1 for _ in kinds(house, holder)) + int(card_no.split("-")[0][-4:])
    house.making_desk.report(MAKER, number, [Said(card_no, "made")])
    (said,) = house.arriving_desk.arrive(WINDOW, card_no)
    assert said.answer == "arrived"
    rounds(house)
    return given


def test_a_card_is_ordered_once_made_brought_and_handed_over(house):
    given = at_centre(house)
    order = order_of(house, given)
    assert (order.stage, order.delivery.point) == ("notified", "WT01")
    done = house.centre_desk.hand_over(WINDOW, order.ref, BY_CARD)
    assert done.stage == "collected"
    wanted = ["order", "put_in_file", "take", "make", "arrive", "notify", "collect"]
    assert steps_of(house, given) == wanted
    assert kinds(house) == ["card_arrived", "card_ready"]
    rounds(house)
    assert steps_of(house, given) == wanted


def test_each_stage_has_its_promise_in_working_days(house):
    given = permit(house)
    rounds(house)
    # Wednesday 25 November, within hours: seven working days after that day.
    assert order_of(house, given).due_on == date(2026, 12, 4)
    house.clock.skip(timedelta(days=10))
    assert [o.certificate_ref for o in house.card_keeping_desk.overdue()] == [given.ref]
    second = at_centre(house, ZHOU)
    assert order_of(house, second).due_on is None


def test_what_arrives_must_be_told_within_two_working_days(house):
    given = in_making(house)
    house.arriving_desk.arrive(WINDOW, order_of(house, given).card_no)
    assert order_of(house, given).due_on == date(2026, 11, 27)


def test_an_endorsement_and_an_address_change_bring_no_card(house):
    first = at_centre(house)
    house.centre_desk.hand_over(WINDOW, order_of(house, first).ref, BY_CARD)
    second = permit(house, previous=first)
    rounds(house)
    assert order_of(house, second).stage == "not_wanted"
    assert house.card_desk.mine(resident()) == [(order_of(house, first), "")]
    asked = house.card_keeping_desk.order(second.ref, asked=True)
    assert (asked.stage, asked.due_on) == ("ordered", date(2026, 12, 4))
    assert house.card_keeping_desk.order(second.ref, asked=True).ref == asked.ref


def test_a_version_whose_card_never_reached_anybody_hands_it_on(house):
    first = in_making(house)
    second = permit(house, previous=first)
    rounds(house)
    stopped, now = order_of(house, first), order_of(house, second)
    assert (stopped.stage, stopped.stop_reason) == ("stopped", "superseded")
    assert now.stage == "ordered"
    assert "card_stopped" not in kinds(house)
    assert house.making_desk.files(MAKER, 0)[1] == [stopped.card_no]


@pytest.mark.parametrize(
    ("status", "resumed"),
    [(Status.LOST, True), (Status.REVOKED, False), (Status.CANCELLED, False)],
)
def test_a_permit_that_ends_or_is_lost_stops_its_card(house, status, resumed):
    given = at_centre(house)
    becomes(house, given, status)
    order = order_of(house, given)
    with pytest.raises(ConflictError) as refused:  # before any job has run
        house.centre_desk.hand_over(WINDOW, order.ref, BY_CARD)
    assert refused.value.facts["cause"] == "PERMIT"
    rounds(house)
    assert order_of(house, given).stage == "stopped"
    assert kinds(house)[0] == "card_stopped"
    becomes(house, given, Status.VALID)
    rounds(house)
    again = order_of(house, given)
    assert (again.stage, again.attempt) == (("ordered", 2) if resumed else ("stopped", 1))


def test_a_suspended_permit_keeps_its_card_back_until_it_is_endorsed(house):
    given = at_centre(house)
    becomes(house, given, Status.SUSPENDED)
    rounds(house)
    order = order_of(house, given)
    with pytest.raises(ConflictError):
        house.centre_desk.hand_over(WINDOW, order.ref, BY_CARD)
    assert order.stage == "notified"
    becomes(house, given, Status.VALID)
    assert house.centre_desk.hand_over(WINDOW, order.ref, BY_CARD).stage == "collected"


def test_a_spoiled_card_is_made_anew_and_the_old_one_is_no_card_any_more(house):
    given = at_centre(house)
    order = order_of(house, given)
    house.centre_desk.find_spoiled(WINDOW, order.ref, "卡面有划痕")
    rounds(house)
    again = order_of(house, given)
    assert (again.stage, again.attempt) == ("ordered", 2)
    assert kinds(house)[0] == "card_made_anew"
    (said,) = house.arriving_desk.arrive(WINDOW, order.card_no)
    assert said.answer == "replaced"
    told = house.making_desk.report(MAKER, 900, [Said(order.card_no, "made")])
    assert told["cards"][0]["answer"] == "replaced"


def test_what_lacks_a_photo_is_set_aside_and_holds_up_nobody(house):
    lacking, whole = permit(house, photo=None), permit(house, ZHOU)
    rounds(house)
    house.clock.skip(timedelta(minutes=16))
    rounds(house)
    assert order_of(house, lacking).stage == "refused"
    assert order_of(house, whole).stage == "in_file"
    ((order, why),) = house.arriving_desk.room(WINDOW).refused
    assert (order.certificate_ref, why) == (lacking.ref, "the permit has no photo")
    assert house.centre_desk.order_again(WINDOW, order.ref).attempt == 2


# -- the desk of a service point ---------------------------------------------------------------


def test_an_officer_deals_with_the_cards_of_their_own_point_alone(house):
    order = order_of(house, at_centre(house))
    (said,) = house.arriving_desk.arrive(AT_THE_PORT, order.card_no)
    assert (said.answer, said.point) == ("elsewhere", "WT01")
    assert house.arriving_desk.find(AT_THE_PORT, order.card_no) is None
    for deed in (house.centre_desk.look, house.centre_desk.give_to_courier):
        with pytest.raises(NotFoundError):
            deed(AT_THE_PORT, order.ref)
    with pytest.raises(NotFoundError):
        house.centre_desk.hand_over(AT_THE_PORT, order.ref, BY_CARD)
    nowhere = type(WINDOW)("何民警", "3001", "山海派出所")
    with pytest.raises(ForbiddenError):
        house.arriving_desk.room(nowhere)


def test_numbers_are_taken_in_together_each_by_itself(house):
    one = in_making(house)
    no = order_of(house, one).card_no
    typed = f"{no.lower()}\n{no}，XX00000000-001-1 not-a-number"
    said = house.arriving_desk.arrive(WINDOW, typed)
    assert [each.answer for each in said] == ["arrived", "unknown", "unknown"]
    assert [e.answer for e in house.arriving_desk.arrive(WINDOW, no)] == ["known"]
    for wrong in ("  ", " ".join(f"JZ{n:012d}" for n in range(101))):
        with pytest.raises(MalformedError):
            house.arriving_desk.arrive(WINDOW, wrong)


def test_looking_and_handing_over_are_on_record_with_the_holder(house):
    order = order_of(house, at_centre(house))
    before = len(house.holdings_desk.usage(resident()))
    house.centre_desk.look(WINDOW, order.ref)
    house.centre_desk.look(WINDOW, order.ref)  # the same officer, the same day: one look
    house.centre_desk.hand_over(WINDOW, order.ref, BY_CARD)
    found = house.holdings_desk.usage(resident())[: -before or None]
    assert [e.record["purpose"] for e in found] == ["card_handover"] * 2
    assert found[0].record["handed_to"] == "holder"
    assert found[0].record["operator"] == "1047"


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (HandOver(who="", check=""), {"who", "check"}),
        (HandOver(who="holder", check="id_card"), {"seen"}),
        (HandOver(who="holder", check="code"), {"code"}),
        (HandOver(who="holder", check="code", code="123 456 789"), {"code"}),
        (HandOver(who="guardian", check="id_card", seen=True), {"guardian_number"}),
        (
            HandOver(who="guardian", check="id_card", seen=True, guardian_number=ZHOU.id_number),
            {"guardian_number"},
        ),
    ],
)
def test_nobody_is_handed_a_card_unseen(house, said, where):
    given = at_centre(house)
    with pytest.raises(MalformedError) as refused:
        house.centre_desk.hand_over(WINDOW, order_of(house, given).ref, said)
    assert set(refused.value.facts["errors"]) == where
    assert order_of(house, given).stage == "notified"


def test_the_code_on_the_holders_phone_will_do_and_somebody_elses_will_not(house):
    given = at_centre(house)
    ref = order_of(house, given).ref
    others = permit(house, ZHOU)
    for certificate, holder, fits in ((others, ZHOU, False), (given, LIN, True)):
        shown = house.presentation_desk.present(resident(holder), certificate.ref, MINIMAL)
        said = HandOver(who="holder", check="code", code=shown.code_text)
        if fits:
            assert house.centre_desk.hand_over(WINDOW, ref, said).stage == "collected"
        else:
            with pytest.raises(MalformedError) as refused:
                house.centre_desk.hand_over(WINDOW, ref, said)
            assert refused.value.facts["errors"] == {"code": "another_person"}


def test_a_guardian_on_record_collects_a_childs_card_and_is_told_of_it(house):
    child = Holder("林小禾", "111", "340199201904060281")
    given = at_centre(house, child)
    with house.archive.writing() as books:
        lin, small = books.people.known(LIN), books.people.known(child)
        books.guardianships.prove(lin.id, small.id, house.clock.now(), officer="1047")
    order = order_of(house, given)
    assert house.card_desk.mine(resident())[0] == (order, "林小禾")
    said = HandOver(who="guardian", check="id_card", seen=True, guardian_number=LIN.id_number)
    assert house.centre_desk.hand_over(WINDOW, order.ref, said).stage == "collected"


def test_a_card_that_moved_meanwhile_is_not_handed_over_twice(house):
    order = order_of(house, at_centre(house))
    house.centre_desk.hand_over(WINDOW, order.ref, BY_CARD)
    with pytest.raises(ConflictError) as refused:
        house.centre_desk.hand_over(WINDOW, order.ref, BY_CARD)
    assert refused.value.facts == {"cause": "STAGE", "stage": "collected"}


# -- the holder's choice -----------------------------------------------------------------------


def test_a_holder_chooses_another_point_until_the_card_is_sent_to_one(house):
    given = permit(house)
    rounds(house)
    order = order_of(house, given)
    chosen = house.card_desk.choose(resident(), order.ref, Wanted("pickup", "HG01", seen=0))
    assert (chosen.delivery.point, chosen.choice) == ("HG01", 1)
    again = house.card_desk.choose(resident(), order.ref, Wanted("pickup", "HG01", seen=0))
    assert again.choice == 1  # the second click
    with pytest.raises(ConflictError) as refused:
        house.card_desk.choose(resident(), order.ref, Wanted("pickup", "WT01", seen=0))
    assert refused.value.facts["cause"] == "CHOSEN"
    with pytest.raises(MalformedError):
        house.card_desk.choose(resident(), order.ref, Wanted("pickup", "WT03", seen=1))
    house.clock.skip(timedelta(minutes=16))
    rounds(house)
    with pytest.raises(MalformedError) as late:
        house.card_desk.choose(resident(), order.ref, Wanted("pickup", "WT01"))
    assert late.value.facts["errors"] == {"point": "sent_already"}


def test_another_persons_card_is_as_absent_as_none(house):
    order = order_of(house, at_centre(house))
    for deed in (
        lambda: house.card_desk.one(resident(ZHOU), order.ref),
        lambda: house.card_desk.choose(resident(ZHOU), order.ref, Wanted("pickup", "WT01")),
    ):
        with pytest.raises(NotFoundError):
            deed()
    assert house.card_desk.one(resident(), order.ref).order == order


def test_without_a_courier_none_is_offered(house):
    order = order_of(house, at_centre(house))
    assert not house.card_desk.one(resident(), order.ref).courier
    with pytest.raises(MalformedError):
        house.card_desk.choose(resident(), order.ref, Wanted("courier"))


def test_the_watch_moves_on_and_loses_nothing(house):
    given = permit(house)
    rounds(house)
    house.clock.skip(timedelta(hours=2))
    rounds(house)
    with house.archive.reading() as books:
        lists = CardLists(books.connection)
        assert lists.in_sight("residence_permit", house.clock.now())[0] > 0
        assert lists.without_order("residence_permit", 5) == []
    later = permit(house, ZHOU)
    rounds(house)
    assert order_of(house, later).stage == "ordered"
    assert order_of(house, given).stage == "in_file"
    assert unix(order_of(house, later).ordered_at) >= unix(order_of(house, given).ordered_at)
