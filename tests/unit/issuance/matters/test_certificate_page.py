"""The page of one certificate: where deep links lead; one's own and a child's in one's care."""

import pytest

from certstore.certificates import Holder, Status
from tests.permits import permit
from tests.residents import Browser, assert_sound
from tests.sealed import LIN, ZHOU, become, handed_in, resident, voucher

CHILD = Holder("林小禾", "111", "340199201904060281")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_it_says_what_it_is_and_leads_to_what_can_be_done(house, lang):
    one = permit(house)
    answer = Browser(house, resident(), lang).get(f"/certificates/{one.ref}")
    assert answer.status_code == 200
    assert_sound(answer, lang)
    assert one.number in answer.text
    assert LIN.id_number not in answer.text  # what is not masked is not in it
    for path in ("present", "download", "loss", "endorsement", "use-code"):
        assert f'href="/certificates/{one.ref}/{path}"' in answer.text
    for path in ("/apply/reissue", "/apply/cancellation", "/usage", "/cards"):
        assert f'href="{path}"' in answer.text


def test_the_list_leads_to_each(house):
    sealed, record = voucher(house), handed_in(house)
    former = voucher(house, previous=sealed)
    page = Browser(house, resident()).get("/certificates").text
    for ref in (sealed.ref, record.ref, former.ref):
        assert f'href="/certificates/{ref}"' in page
        assert Browser(house, resident()).get(f"/certificates/{ref}").status_code == 200


def test_another_persons_is_as_absent_as_none(house):
    one = voucher(house)
    other = Browser(house, resident(ZHOU))
    for path in (f"/certificates/{one.ref}", "/certificates/" + "z" * 20, "/certificates/%00"):
        assert other.get(path).status_code == 404
    led = Browser(house, None).get(f"/certificates/{one.ref}")
    assert led.status_code == 303
    assert led.headers["location"].startswith("/sign-in?return_to=%2Fcertificates%2F")


def test_a_childs_is_its_guardians_as_long_as_they_are_one(house):
    one = voucher(house, CHILD)
    with house.archive.writing() as books:
        guardian, ward = books.people.known(LIN).id, books.people.known(CHILD).id
        books.guardianships.prove(guardian, ward, house.clock.now(), officer="1047")
    page = Browser(house, resident()).get(f"/certificates/{one.ref}")
    assert page.status_code == 200
    assert "由您监护" in page.text
    assert "use-code" not in page.text  # on line a code is one's own


@pytest.mark.parametrize(
    ("status", "losable"),
    [(Status.LOST, True), (Status.SUSPENDED, True), (Status.REVOKED, False)],
)
def test_what_does_not_hold_is_neither_shown_nor_taken_along(house, status, losable):
    one = voucher(house)
    become(house, one, status)
    page = Browser(house, resident()).get(f"/certificates/{one.ref}").text
    assert f"/certificates/{one.ref}/present" not in page
    assert f"/certificates/{one.ref}/download" not in page
    assert (f"/certificates/{one.ref}/loss" in page) is losable


def test_a_record_of_a_source_is_no_certificate_to_show(house):
    record = handed_in(house)
    page = Browser(house, resident()).get(f"/certificates/{record.ref}").text
    assert "替您存着" in page
    assert "/present" not in page
    assert "/loss" not in page
