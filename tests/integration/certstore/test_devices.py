"""Phones that show off line: enrolled by proof, refused once signed out, bounded."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest

from certstore import base64url
from certstore.certificates import Status
from certstore.chance import random_bytes
from certstore.clock import unix
from certstore.codes.claims import Disclosure
from certstore.codes.profiles import show_code
from certstore.errors import ConflictError, InvalidTokenError, MalformedError, NotFoundError
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate, key_id
from certstore.presenting.choices import MINIMAL, Choice
from certstore.presenting.devices import MOST_A_DAY, MOST_DEVICES, Enrolment, enrolment_message
from certstore.presenting.signed_out import SignedOutDevices, issue_signed_out
from certstore.tokens import sign_compact
from tests.sealed import LIN, ZHOU, become, resident, voucher
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import HeldLists


def enrolment(house, signer, who=LIN, **changes):
    """What a phone sends; each change spoils it."""
    challenge = house.device_desk.challenge(resident(who))
    signature = signer.sign(enrolment_message(challenge, signer.kid))
    sent = {
        "name": "我的手机",
        "jwk": to_jwk(signer.public_key),
        "challenge": challenge,
        "signature": base64url.encode(signature),
    }
    return Enrolment(**{**sent, **changes})


def phone(house, who=LIN):
    signer = KeySigner(Purpose.CODE, generate("ES256"))
    return signer, house.device_desk.enrol(resident(who), enrolment(house, signer, who))


def code(house, signer, device, ref, **wrapper):
    held = house.device_desk.give_code(resident(), device.ref, ref, MINIMAL)
    return show_code(held.inner, signer, issued_at=unix(house.clock.now()), **wrapper)


def verdict(house, text):
    result = house.scan_desk.judge(text, "望江酒店").result
    return result.verdict.value, result.reasons


def test_an_enrolled_phone_shows_and_each_showing_counts_once_on_line(house):
    signer, device = phone(house)
    text = code(house, signer, device, voucher(house).ref)
    assert verdict(house, text) == ("valid", ())
    assert verdict(house, text) == ("replayed", ("ALREADY_SHOWN",))
    with house.archive.reading() as books:
        me = books.people.known(LIN)
        seen = books.usage.of(me.id, house.clock.now() - timedelta(hours=1))
    assert [entry.kind for entry in seen].count("scan") == 2
    assert seen[-1].record["purpose"] == "device"


def test_of_many_scanners_at_once_one_wins(house):
    signer, device = phone(house)
    text = code(house, signer, device, voucher(house).ref)
    with ThreadPoolExecutor(6) as pool:
        told = list(pool.map(lambda _: verdict(house, text)[0], range(6)))
    assert sorted(told) == ["replayed"] * 5 + ["valid"]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda _: {"signature": base64url.encode(bytes(64))},
        lambda _: {"signature": base64url.encode(bytes(63))},
        lambda _: {"challenge": base64url.encode(random_bytes(32))},
        lambda _: {"jwk": to_jwk(generate("ES256").public_key())},
        lambda _: {"jwk": to_jwk(generate("EdDSA").public_key())},
        lambda s: {"jwk": {**to_jwk(s.public_key), "d": "AA"}},
        lambda s: {"jwk": {**to_jwk(s.public_key), "y": base64url.encode(bytes(32))}},
    ],
)
def test_a_key_that_is_not_shown_to_be_had_is_not_enrolled(house, spoil):
    signer = KeySigner(Purpose.CODE, generate("ES256"))
    with pytest.raises(MalformedError):
        house.device_desk.enrol(resident(), enrolment(house, signer, **spoil(signer)))
    assert house.device_desk.mine(resident()) == []


def test_a_challenge_is_ones_own_serves_once_and_for_five_minutes(house):
    desk, signer = house.device_desk, KeySigner(Purpose.CODE, generate("ES256"))
    with pytest.raises(MalformedError):
        desk.enrol(resident(ZHOU), enrolment(house, signer))
    sent = enrolment(house, signer)
    house.clock.skip(timedelta(minutes=6))
    with pytest.raises(MalformedError):
        desk.enrol(resident(), sent)
    desk.enrol(resident(), sent := enrolment(house, signer))
    with pytest.raises(MalformedError):
        desk.enrol(resident(), sent)
    with pytest.raises(ConflictError):  # another challenge, the same key
        desk.enrol(resident(), enrolment(house, signer))


def test_a_person_has_ten_phones_at_most(house):
    for _ in range(MOST_DEVICES):
        _, device = phone(house)
    with pytest.raises(ConflictError) as told:
        phone(house)
    assert told.value.facts["cause"] == "many"
    house.device_desk.sign_out(resident(), device.ref)
    phone(house)


def test_a_phone_signed_out_is_refused_at_once_and_gets_nothing_more(house):
    (signer, device), ref = phone(house), voucher(house).ref
    text = code(house, signer, device, ref)
    with pytest.raises(NotFoundError):
        house.device_desk.sign_out(resident(ZHOU), device.ref)
    house.device_desk.sign_out(resident(), device.ref)
    word, reasons = verdict(house, text)
    assert (word, "DEVICE_SIGNED_OUT" in reasons) == ("revoked", True)
    with pytest.raises(NotFoundError):
        code(house, signer, device, ref)
    with pytest.raises(ConflictError):
        house.device_desk.enrol(resident(), enrolment(house, signer))
    assert house.device_desk.mine(resident()) == []


@pytest.mark.parametrize("status", [Status.SUSPENDED, Status.LOST, Status.SUPERSEDED])
def test_what_is_not_valid_now_gets_no_code_for_a_day(house, status):
    (signer, device), held = phone(house), voucher(house)
    become(house, held, status)
    with pytest.raises(ConflictError):
        code(house, signer, device, held.ref)


def test_everything_is_not_shown_off_line_and_another_persons_is_absent(house):
    (_, device), ref = phone(house), voucher(house).ref
    with pytest.raises(ConflictError):
        house.device_desk.give_code(resident(), device.ref, ref, Choice(Disclosure.FULL))
    theirs = voucher(house, ZHOU).ref
    with pytest.raises(NotFoundError):
        house.device_desk.give_code(resident(), device.ref, theirs, MINIMAL)
    with pytest.raises(NotFoundError):
        house.device_desk.give_code(resident(ZHOU), device.ref, theirs, MINIMAL)


def test_a_code_lives_for_a_day_and_no_longer_than_its_certificate(house):
    (_, device), held = phone(house), voucher(house)
    desk = house.device_desk
    ends = desk.give_code(resident(), device.ref, held.ref, MINIMAL).expires_at
    assert ends - house.clock.now() <= timedelta(hours=24)
    house.clock.skip(timedelta(days=364))
    ends = desk.give_code(resident(), device.ref, held.ref, MINIMAL).expires_at
    assert ends.astimezone(house.clock.now().tzinfo) <= datetime(
        2027, 11, 24, 16, tzinfo=house.clock.now().tzinfo
    )
    (mine,) = desk.mine(resident())
    assert mine.shows == (("residence_voucher", ""),)


def test_phones_of_one_name_are_told_apart(house):
    names = [phone(house)[1].name for _ in range(3)]
    assert names == ["我的手机", "我的手机 2", "我的手机 3"]
    long = [
        house.device_desk.enrol(resident(), enrolment(house, signer, name="机" * 60)).name
        for signer in (KeySigner(Purpose.CODE, generate("ES256")) for _ in range(2))
    ]
    assert long == ["机" * 60, "机" * 57 + " 2"]


# -- the list ---------------------------------------------------------------------------------


def off_line(house, text, devices, **facts):
    return judge_code(
        text,
        trust=house.trust,
        statuses=HeldLists([]),
        now=house.clock.now(),
        devices=devices,
        **facts,
    )


def step(result):
    return next(c.passed for c in result.checks if c.name == "device")


def test_off_line_the_list_says_it_until_it_is_old(house):
    (signer, device), ref = phone(house), voucher(house).ref
    text = code(house, signer, device, ref)
    desk = house.device_desk
    before = SignedOutDevices.parse(desk.signed_out_list(), house.trust)
    assert step(off_line(house, text, before)) is True
    desk.sign_out(resident(), device.ref)
    after = SignedOutDevices.parse(desk.signed_out_list(), house.trust)
    assert after.kids == {signer.kid}
    told = off_line(house, text, after)
    assert step(told) is False
    assert (told.verdict.value, told.reasons[0]) == ("revoked", "STATUS_LIST_MISSING")
    assert "DEVICE_SIGNED_OUT" in told.reasons
    for silent in (None, after):
        house.clock.skip(timedelta(seconds=331))
        told = off_line(house, text, silent)
        assert step(told) is None
        assert "DEVICES_NOT_CHECKED" in told.reasons
        assert "DEVICE_SIGNED_OUT" not in told.reasons


def test_a_key_leaves_the_list_when_no_code_of_it_can_live(house):
    signer, device = phone(house)
    house.device_desk.sign_out(resident(), device.ref)
    house.clock.skip(timedelta(hours=24, seconds=20))
    listed = SignedOutDevices.parse(house.device_desk.signed_out_list(), house.trust).kids
    assert listed == {signer.kid}
    house.clock.skip(timedelta(seconds=20))
    assert not SignedOutDevices.parse(house.device_desk.signed_out_list(), house.trust).kids


GOOD = {"iss": "x", "iat": 1, "exp": 2, "ttl": 300, "kids": ["0" * 16]}


@pytest.mark.parametrize(
    "spoil",
    [
        {"kids": ["B" * 16]},
        {"kids": ["0" * 15]},
        {"kids": ["1" * 16, "0" * 16]},
        {"kids": ["0" * 16, "0" * 16]},
        {"kids": {}},
        {"kids": [1]},
        {"ttl": 0},
        {"ttl": True},
        {"iat": "1"},
        {"exp": 0},
        {"exp": 10**15},
        {"more": 1},
        {"iss": 7},
    ],
)
def test_a_list_of_another_form_is_refused_whoever_signed_it(house, spoil):
    signer, now = house.keys.signer(Purpose.STATUS), unix(house.clock.now())
    claims = {**GOOD, "iat": now, "exp": now + 60}
    typ = "signed-out-devices+jwt"
    assert SignedOutDevices.parse(sign_compact(claims, typ=typ, signer=signer), house.trust)
    with pytest.raises(MalformedError):
        SignedOutDevices.parse(sign_compact(claims | spoil, typ=typ, signer=signer), house.trust)


def test_a_list_by_another_key_or_of_another_time_is_refused(house):
    stranger = KeySigner(Purpose.STATUS, generate("ES256"))
    now = house.clock.now()
    early = now - timedelta(days=4000)
    for by, at in ((stranger, now), (house.keys.signer(Purpose.STATUS), early)):
        with pytest.raises(InvalidTokenError):
            SignedOutDevices.parse(issue_signed_out([], "x", at, by), house.trust)
    other = sign_compact(
        {**GOOD}, typ="signed-out-devices+jwt", signer=house.keys.signer(Purpose.CODE)
    )
    with pytest.raises(InvalidTokenError):
        SignedOutDevices.parse(other, house.trust)
    assert key_id(stranger.public_key) == stranger.kid


def test_nobody_fills_the_list_of_signed_out_phones(house):
    for _ in range(MOST_A_DAY):
        _, device = phone(house)
        house.device_desk.sign_out(resident(), device.ref)
    with pytest.raises(ConflictError) as refused:
        phone(house)
    assert refused.value.facts["cause"] == "many"
    phone(house, ZHOU)
    house.clock.skip(timedelta(hours=25))
    phone(house)
