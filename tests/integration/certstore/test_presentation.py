"""Presenting a voucher: whose it is, how long a code lives, redeemed once, recorded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from certstore.certificates import Status
from certstore.chance import reference
from certstore.errors import ConflictError, NotFoundError
from certstore.presentation import LIFETIME_S, end_of
from certstore.tokens import LEEWAY
from tests.sealed import LIN, ZHOU, become, handed_in, resident, voucher


def leaves(house):
    with house.archive.reading() as books:
        return books.ledger.size(), books.usage.count()


def scans(house):
    with house.archive.reading() as books:
        person = books.people.find("111", LIN.id_number)
        return (
            []
            if person is None
            else [
                dict(e.record) for e in books.usage.of(person.id, datetime.min.replace(tzinfo=UTC))
            ]
        )


def test_a_code_says_the_minimum_and_lives_sixty_seconds(house):
    made = house.presentation_desk.present(resident(), voucher(house).ref)
    assert made.expires_at - made.created_at == LIFETIME_S == 60
    found = house.scan_desk.judge(made.code_text, "望江酒店")
    assert found.result.verdict.value == "valid"
    shown = str(found.result.fields)
    assert LIN.name in shown
    assert LIN.id_number not in shown
    assert "长乐路" not in shown


def test_another_persons_certificate_is_as_absent_as_none(house):
    who = ZHOU
    theirs = voucher(house)
    for ref in (theirs.ref, reference()):
        with pytest.raises(NotFoundError) as told:
            house.presentation_desk.present(resident(who), ref)
        assert told.value.detail == "there is no such certificate"
    assert house.holdings_desk.of(resident(who)) == []


def test_a_certificate_that_is_gone_or_not_ours_is_not_shown(house):
    former = voucher(house)
    become(house, former, Status.SUPERSEDED)
    for certificate in (former, handed_in(house)):
        with pytest.raises(ConflictError):
            house.presentation_desk.present(resident(), certificate.ref)


@pytest.mark.parametrize("late", [LEEWAY + 2, 3600])
def test_a_code_dies(house, late):
    made = house.presentation_desk.present(resident(), voucher(house).ref)
    house.clock.skip(timedelta(seconds=LIFETIME_S + late))
    found = house.scan_desk.judge(made.code_text)
    assert found.result.verdict.value == "expired"
    assert len(scans(house)) == 1  # its fields were shown, so that stands on record


def test_a_code_is_redeemed_once_and_the_scan_is_recorded(house):
    made = house.presentation_desk.present(resident(), voucher(house).ref)
    verdicts = [house.scan_desk.judge(made.code_text, "望江酒店") for _ in range(2)]
    assert [v.result.verdict.value for v in verdicts] == ["valid", "replayed"]
    entry, again = scans(house)  # shown again it said who it is again: both stand on record
    assert (entry["kind"], entry["claimed_by"], entry["ground"]) == (
        "scan",
        "望江酒店",
        "presented",
    )
    assert "agency" not in entry  # nobody has checked what a verifier calls itself
    assert again["kind"] == "scan"
    for one, photo in ((entry, False), (again, True)):  # latest first: the photo went to the first
        assert {"name", "sex", "id_number_masked", "photo_digest", "status"} < set(one["fields"])
        assert not {"id_number", "residence_address", "birth_date"} & set(one["fields"])
        assert {"id_number", "residence_address"} <= set(one["other_fields"])
        assert ("photo" in one["fields"], "photo" in one["other_fields"]) == (photo, not photo)
    assert (again.get("verdict"), entry.get("verdict")) == (None, "replayed")  # the holder reads so
    assert leaves(house) == (2, 2)


def test_of_many_who_redeem_at_once_one_wins(house):
    made = house.presentation_desk.present(resident(), voucher(house).ref)
    with ThreadPoolExecutor(10) as pool:
        won = list(pool.map(lambda _: house.presentation_desk.redeem(made.cti, "x"), range(10)))
    assert sorted(won) == [False] * 9 + [True]
    assert leaves(house) == (1, 1)


def test_a_code_nobody_made_is_not_redeemed(house):
    assert not house.presentation_desk.redeem("ab" * 8, "x")
    assert leaves(house) == (0, 0)


def test_the_status_behind_a_code_is_the_one_of_this_moment(house):
    held = voucher(house)
    made = house.presentation_desk.present(resident(), held.ref)
    become(house, held, Status.SUPERSEDED)
    assert house.scan_desk.judge(made.code_text).result.verdict.value == "superseded"


def test_a_printed_code_ends_with_the_last_second_of_its_last_day(house):
    held = voucher(house)
    ends = end_of(held.validity, house.clock.now())
    assert (ends + 1 + 8 * 3600) % 86400 == 0  # midnight in China
