import base64
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.certificates import Status, StatusEntry
from certstore.clock import unix
from certstore.codes import base45, cose_sign1, strict_cbor
from certstore.codes.profiles import show_code
from certstore.keys import KeySigner, Purpose, generate
from certstore.status_list import read_status_list
from certstore.trust import KeyState
from tests.unit.certstore.codes.sealed_house import (
    ENTRY,
    HOUR,
    NOW,
    OTHER_USCC,
    SERIAL,
    claims_of,
    data_of,
    house,
    make_house,
    strangers,
)
from verifiers.scanning.replay import ScannerMemory
from verifiers.scanning.scan import judge_code
from verifiers.scanning.status import HeldLists, StatusFinding, live_finding
from verifiers.scanning.verdict import ScanResult, Verdict

TRUST = house().trust()
CODE, PRESENTATION = (house().signers[p] for p in (Purpose.CODE, Purpose.PRESENTATION))
SECOND = timedelta(seconds=1)


def held(values: dict[int, int] | None = None, **publication) -> HeldLists:
    return HeldLists([read_status_list(house().status_cwt(values, **publication), TRUST)])


class Live:
    """The register's answer, as a desk would fetch it."""

    def __init__(self, status: Status, *, under_dispute: bool = False) -> None:
        self.finding = live_finding(status, under_dispute=under_dispute, as_of=NOW)

    def status_of(self, authority_uscc: str, entry: StatusEntry, *, now) -> StatusFinding:
        assert entry == ENTRY
        return self.finding


def judge(text: str, **facts) -> ScanResult:
    given_facts = {"trust": TRUST, "statuses": held(), "now": NOW, **facts}
    return judge_code(text, **given_facts)


def raw(payload: object, *, typ: str = "RP1", signer: KeySigner = CODE) -> str:
    """A code with a good signature over a payload the sealer would not have signed."""
    data = payload if isinstance(payload, bytes) else strict_cbor.encode(payload)
    return f"{typ}:" + base45.encode(cose_sign1.sign(data, typ=typ, signer=signer))


def raw_claims(*, data: Mapping[int, object] | None = None, **changes) -> dict:
    claims = strict_cbor.decode(claims_of(**changes).encode())
    return {**claims, -70001: {**claims[-70001], **(data or {})}}


def check(result: ScanResult, name: str):
    return next((c.passed for c in result.checks if c.name == name), "absent")


def test_a_good_printed_code_is_valid_with_every_step_noted_in_order():
    result = judge(house().printed())
    assert (result.verdict, result.reasons) == (Verdict.VALID, ())
    assert [c.name for c in result.checks] == [
        "length",
        "prefix",
        "base45",
        "cbor",
        "profile",
        "key",
        "signature",
        "issuer",
        "time",
        "status",
        "meaning",
    ]
    assert all(c.passed for c in result.checks)
    assert result.fields["number"] == SERIAL
    assert result.fields["valid_to"] == date(2027, 11, 21)
    assert "residence_address" not in result.fields


@pytest.mark.parametrize(
    ("text", "step", "reason"),
    [
        ("RP1:" + "0" * 3000, "length", "CODE_TOO_LONG"),
        ("https://certs.example/s/1", "prefix", "NOT_OUR_CODE"),
        ("RP1:abc", "base45", "NOT_BASE45"),
        ("RP1:" + base45.encode(b"\xd2\xff"), "cbor", "NOT_STRICT_CBOR"),
        ("RP1:" + base45.encode(b"\x00"), "profile", "HEADER_WRONG"),
        ("RPD1:" + house().printed().removeprefix("RP1:"), "profile", "PROFILE_MISMATCH"),
        ("RPH1:" + base45.encode(house().inner()), "profile", "PAYLOAD_WRONG"),
    ],
)
def test_a_text_that_is_no_code_stops_at_its_step(text, step, reason):
    result = judge(text)
    assert (result.verdict, result.reasons) == (Verdict.MALFORMED, (reason,))
    assert result.checks[-1].name == step
    assert result.fields == {}


def refused(result: ScanResult, verdict: Verdict, reason: str) -> None:
    assert result.verdict is verdict
    assert reason in result.reasons
    assert result.fields == {}


def test_a_stranger_s_code_is_of_an_unknown_issuer():
    refused(judge(strangers().printed()), Verdict.UNKNOWN_ISSUER, "KEY_UNKNOWN")


def test_a_listed_key_of_another_purpose_is_unknown_for_a_code():
    for signer in (PRESENTATION, house().signers[Purpose.STATUS], house().signers[Purpose.SOURCE]):
        refused(
            judge(raw(claims_of().encode(), signer=signer)), Verdict.UNKNOWN_ISSUER, "KEY_UNKNOWN"
        )
    text = raw(claims_of(lifetime=60).encode(), typ="RPD1", signer=CODE)
    refused(judge(text), Verdict.UNKNOWN_ISSUER, "KEY_UNKNOWN")


def test_a_key_whose_listed_algorithm_is_no_es256_is_unknown_for_codes():
    edwards = make_house(purposes=[Purpose.LEDGER])
    key = edwards.key(Purpose.LEDGER, purpose=Purpose.CODE)
    signer = KeySigner(Purpose.CODE, generate("ES256"))
    text = raw(claims_of().encode(), signer=signer)
    trust = replace(TRUST, keys={signer.kid: key})
    refused(judge(text, trust=trust), Verdict.UNKNOWN_ISSUER, "KEY_UNKNOWN")


def test_a_revoked_key_verifies_nothing_and_a_retired_one_what_it_signed_in_its_time():
    def with_key(**changes):
        return house().trust([house().key(Purpose.CODE, **changes), house().key(Purpose.STATUS)])

    text = house().printed()
    refused(
        judge(text, trust=with_key(state=KeyState.REVOKED)), Verdict.UNKNOWN_ISSUER, "KEY_REVOKED"
    )
    assert judge(text, trust=with_key(state=KeyState.RETIRED)).verdict is Verdict.VALID
    for changes in ({"valid_from": NOW + HOUR}, {"valid_to": NOW - SECOND}):
        result = judge(text, trust=with_key(state=KeyState.RETIRED, **changes))
        refused(result, Verdict.UNKNOWN_ISSUER, "KEY_OUT_OF_TIME")


def test_an_issuer_that_is_not_the_keys_authority_is_unknown():
    text = house().printed(claims_of(issuer="MB0T00023"))
    refused(judge(text), Verdict.UNKNOWN_ISSUER, "ISSUER_MISMATCH")


def test_a_changed_payload_or_signature_is_tampered_and_shows_nothing():
    code = bytearray(base45.decode(house().printed().removeprefix("RP1:")))
    for at in (len(code) - 1, code.index(SERIAL.encode()), code.index("陈".encode())):
        changed = bytes((*code[:at], code[at] ^ 1, *code[at + 1 :]))
        refused(judge("RP1:" + base45.encode(changed)), Verdict.TAMPERED, "SIGNATURE_WRONG")


def test_a_payload_is_not_even_read_under_a_bad_signature():
    good = cose_sign1.parse(base45.decode(house().printed().removeprefix("RP1:")))
    protected = strict_cbor.encode({1: -7, 4: bytes.fromhex(good.kid), 16: "RP1"})
    message = b"\xd2" + strict_cbor.encode([protected, {}, b"\xff no CBOR", good.signature])
    refused(judge("RP1:" + base45.encode(message)), Verdict.TAMPERED, "SIGNATURE_WRONG")


def test_another_signature_over_the_same_claims_is_as_good_and_tells_nothing():
    # ECDSA signatures are malleable: (r, n - s) verifies too. Nothing here is keyed on them.
    order = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
    message = bytearray(base45.decode(house().on_line().removeprefix("RPD1:")))
    message[-32:] = (order - int.from_bytes(message[-32:], "big")).to_bytes(32, "big")
    twin, memory = "RPD1:" + base45.encode(bytes(message)), ScannerMemory()
    assert judge(house().on_line(), seen=memory).verdict is Verdict.VALID
    assert judge(twin, seen=memory).verdict is Verdict.REPLAYED


@pytest.mark.parametrize(
    "text",
    [
        raw(b"\xff"),
        raw([]),
        raw({}),
        raw(raw_claims(data={18: 1})),
        raw({**raw_claims(), 2: "x"}),
        raw(raw_claims(holder_key=house().holder.public_key)),
        raw(raw_claims(lifetime=60, cti=None), typ="RPD1", signer=PRESENTATION),
        raw(
            raw_claims(lifetime=60, holder_key=house().holder.public_key),
            typ="RPD1",
            signer=PRESENTATION,
        ),
    ],
)
def test_a_signed_payload_of_the_wrong_form_is_malformed(text):
    refused(judge(text), Verdict.MALFORMED, "PAYLOAD_WRONG")


@pytest.mark.parametrize(
    "text",
    [
        house().on_line(claims_of(lifetime=61)),
        house().on_line(claims_of(lifetime=0)),
        house().printed(claims_of(lifetime=0)),
        house().printed(claims_of(lifetime=-5)),
        house().off_line(lifetime=86401),
    ],
)
def test_a_code_that_lives_longer_than_its_profile_allows_is_malformed(text):
    refused(judge(text), Verdict.MALFORMED, "LIFETIME_WRONG")


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (-31, Verdict.NOT_YET_VALID),
        (-30, Verdict.VALID),
        (0, Verdict.VALID),
        (90, Verdict.VALID),
        (91, Verdict.EXPIRED),
    ],
)
def test_times_allow_half_a_minute_between_two_clocks(seconds, verdict):
    now = NOW + timedelta(seconds=seconds)
    result = judge(house().on_line(), now=now)
    assert result.verdict is verdict
    assert result.fields["number"] == SERIAL
    assert check(result, "time") is (verdict is Verdict.VALID)


def test_a_code_is_not_valid_before_its_nbf():
    text = house().printed(claims_of(not_before=unix(NOW) + 31))
    assert judge(text).reasons == ("CODE_NOT_YET_VALID",)
    assert judge(text, now=NOW + SECOND).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("value", "verdict", "reasons"),
    [
        (0, Verdict.VALID, ()),
        (1, Verdict.REVOKED, ("STATUS_INVALID",)),
        (2, Verdict.SUSPENDED, ("STATUS_SUSPENDED",)),
        (3, Verdict.VALID, ("UNDER_DISPUTE",)),
    ],
)
def test_off_line_the_two_bits_of_the_list_decide(value, verdict, reasons):
    result = judge(house().printed(), statuses=held({ENTRY.index: value, 76: 1, 78: 2}))
    assert (result.verdict, result.reasons) == (verdict, reasons)
    assert result.fields["number"] == SERIAL


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (Status.VALID, Verdict.VALID),
        (Status.SUSPENDED, Verdict.SUSPENDED),
        (Status.LOST, Verdict.LOST),
        (Status.EXPIRED, Verdict.EXPIRED),
        (Status.SUPERSEDED, Verdict.SUPERSEDED),
        (Status.CANCELLED, Verdict.REVOKED),
        (Status.REVOKED, Verdict.REVOKED),
    ],
)
def test_on_line_the_register_tells_exactly_what_became_of_it(status, verdict):
    result = judge(house().printed(), statuses=Live(status))
    assert result.verdict is verdict
    assert result.reasons == (() if status is Status.VALID else (f"STATUS_{status.name}",))


def test_on_line_an_objection_is_told_and_does_not_change_the_verdict():
    result = judge(house().printed(), statuses=Live(Status.VALID, under_dispute=True))
    assert (result.verdict, result.reasons) == (Verdict.VALID, ("UNDER_DISPUTE",))


def test_what_a_list_does_not_say_is_never_valid():
    def stale(statuses, reason):
        result = judge(house().printed(), statuses=statuses)
        assert result.verdict is Verdict.STALE_LIST
        assert reason in result.reasons

    stale(HeldLists([]), "STATUS_LIST_MISSING")
    stale(held(uri="https://certs.example/status-lists/5"), "STATUS_LIST_MISSING")
    stale(held(now=NOW - timedelta(seconds=331)), "STATUS_LIST_STALE")
    stale(held({ENTRY.index: 2}, now=NOW - timedelta(seconds=331)), "STATUS_LIST_STALE")
    stale(held({ENTRY.index: 3}, now=NOW - timedelta(seconds=331)), "UNDER_DISPUTE")
    beyond = house().printed(claims_of(status=StatusEntry(4, 1000)))
    result = judge(beyond)
    assert (result.verdict, result.reasons) == (Verdict.STALE_LIST, ("STATUS_INDEX_UNKNOWN",))


def test_an_old_list_that_says_revoked_still_says_so():
    result = judge(
        house().printed(), statuses=held({ENTRY.index: 1}, now=NOW - timedelta(seconds=331))
    )
    assert result.verdict is Verdict.REVOKED
    assert result.reasons == ("STATUS_LIST_STALE", "STATUS_INVALID")


def test_another_authoritys_list_of_the_same_number_says_nothing():
    other = house().key(Purpose.STATUS, authority_uscc=OTHER_USCC)
    trust = house().trust([house().key(Purpose.CODE), other])
    lists = HeldLists([read_status_list(house().status_cwt(), trust)])
    result = judge(house().printed(), trust=trust, statuses=lists)
    assert result.reasons == ("STATUS_LIST_MISSING",)


def test_of_two_lists_with_one_number_the_newest_speaks():
    old = read_status_list(house().status_cwt(now=NOW - timedelta(seconds=60)), TRUST)
    new = read_status_list(house().status_cwt({ENTRY.index: 1}, now=NOW), TRUST)
    for lists in ([old, new], [new, old]):
        assert judge(house().printed(), statuses=HeldLists(lists)).verdict is Verdict.REVOKED


def test_an_outdated_trust_list_cannot_say_valid_but_can_say_revoked():
    old = replace(TRUST, expires_at=NOW - timedelta(seconds=31))
    assert judge(house().printed(), trust=old).verdict is Verdict.STALE_LIST
    assert "TRUST_LIST_STALE" in judge(house().printed(), trust=old).reasons
    revoked = judge(house().printed(), trust=old, statuses=held({ENTRY.index: 1}))
    assert revoked.verdict is Verdict.REVOKED


def test_of_several_things_wrong_the_gravest_is_the_verdict_and_all_are_reasons():
    later = NOW + timedelta(days=400)
    result = judge(house().printed(), now=later, statuses=held({ENTRY.index: 1}, now=later))
    assert result.verdict is Verdict.REVOKED
    assert set(result.reasons) == {"CODE_EXPIRED", "STATUS_INVALID", "TRUST_LIST_STALE"}
    both = judge(house().printed(), now=later, statuses=HeldLists([]))
    assert both.verdict is Verdict.EXPIRED
    assert set(both.reasons) == {"CODE_EXPIRED", "STATUS_LIST_MISSING", "TRUST_LIST_STALE"}


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ({2: "陈\u202e一鸣"}, "TEXT_UNSHOWABLE"),
        ({2: "e\u0301"}, "TEXT_NOT_NFC"),
        ({12: " x"}, "TEXT_BLANK_EDGE"),
        ({3: 8}, "SEX_UNKNOWN"),
        ({10: 30000}, "DATES_OUT_OF_ORDER"),
        ({14: b"GIF89a" + bytes(60)}, "PHOTO_NOT_WEBP"),
    ],
)
def test_data_without_a_good_meaning_is_malformed_and_not_shown(data, reason):
    refused(judge(raw(raw_claims(data=data))), Verdict.MALFORMED, reason)


def test_a_small_photo_is_shown_and_its_limits_are_noted():
    webp = base64.b64decode("UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoBAAEAAUAmJaQAA3AA/v02aAA=")
    result = judge(house().printed(claims_of(data=data_of(photo=webp))))
    assert result.verdict is Verdict.VALID
    assert result.fields["photo"] == webp
    assert check(result, "photo") is True


def test_an_on_line_code_is_good_once():
    memory = ScannerMemory()
    first, second = (judge(house().on_line(), seen=memory) for _ in range(2))
    assert (first.verdict, first.reasons) == (Verdict.VALID, ())
    assert (second.verdict, second.reasons) == (Verdict.REPLAYED, ("ALREADY_SHOWN",))
    other = judge(house().on_line(claims_of(lifetime=60, cti=b"another8")), seen=memory)
    assert other.verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        (house().on_line(), ("replay_not_checked",)),
        (house().off_line(), ("DEVICES_NOT_CHECKED", "replay_not_checked")),
    ],
)
def test_without_a_shared_memory_that_is_said(text, reasons):
    result = judge(text)
    assert (result.verdict, result.reasons) == (Verdict.VALID, reasons)
    assert check(result, "replay") is None


def test_a_full_memory_does_not_guess():
    memory = ScannerMemory(capacity=0)
    assert judge(house().on_line(), seen=memory).reasons == ("replay_not_checked",)


def test_a_code_that_is_refused_anyway_is_not_used_up():
    memory = ScannerMemory()
    assert judge(house().on_line(), seen=memory, statuses=HeldLists([])).verdict is (
        Verdict.STALE_LIST
    )
    assert judge(house().on_line(), seen=memory).verdict is Verdict.VALID


def test_a_printed_code_needs_no_cti():
    assert judge(house().printed(claims_of(cti=None))).verdict is Verdict.VALID


def test_a_printed_code_may_be_scanned_many_times():
    memory = ScannerMemory()
    for _ in range(2):
        result = judge(house().printed(), seen=memory)
        assert (result.verdict, check(result, "replay")) == (Verdict.VALID, "absent")


def test_an_off_line_code_is_good_once_each_time_it_is_renewed():
    memory = ScannerMemory()
    text, inner = house().off_line(), house().inner()
    assert judge(text, seen=memory).verdict is Verdict.VALID
    again = show_code(inner, house().holder, issued_at=unix(NOW))
    assert judge(again, seen=memory).verdict is Verdict.REPLAYED
    renewed = show_code(inner, house().holder, issued_at=unix(NOW) + 15)
    assert judge(renewed, seen=memory, now=NOW + 15 * SECOND).verdict is Verdict.VALID


@pytest.mark.parametrize(
    ("seconds", "verdict"),
    [
        (-31, Verdict.NOT_YET_VALID),
        (-30, Verdict.VALID),
        (45, Verdict.VALID),
        (46, Verdict.EXPIRED),
    ],
)
def test_an_off_line_code_is_fresh_for_one_renewal(seconds, verdict):
    text = house().off_line(issued_at=unix(NOW) - 3600, expires_at=unix(NOW) + 3600)
    assert judge(text, now=NOW + timedelta(seconds=seconds)).verdict is verdict


def test_an_off_line_code_ends_with_its_inner_message():
    text = house().off_line(at=NOW + timedelta(days=1, seconds=31))
    result = judge(
        text,
        now=NOW + timedelta(days=1, seconds=31),
        statuses=held(now=NOW + timedelta(days=1)),
    )
    assert result.verdict is Verdict.EXPIRED


def test_a_wrapper_of_another_holder_is_tampered():
    thief = KeySigner(Purpose.PRESENTATION, generate("ES256"))
    text = show_code(house().inner(), thief, issued_at=unix(NOW))
    refused(judge(text), Verdict.TAMPERED, "HOLDER_SIGNATURE_WRONG")


def test_a_wrapper_that_names_another_key_than_the_holders_is_tampered():
    class Misnamed:
        kid, algorithm, sign = "0" * 16, "ES256", house().holder.sign

    text = show_code(house().inner(), Misnamed(), issued_at=unix(NOW))
    refused(judge(text), Verdict.TAMPERED, "HOLDER_SIGNATURE_WRONG")


def test_a_wrapper_whose_signature_is_wrong_is_tampered():
    message = bytearray(base45.decode(house().off_line().removeprefix("RPH1:")))
    message[-1] ^= 1
    text = "RPH1:" + base45.encode(bytes(message))
    refused(judge(text), Verdict.TAMPERED, "HOLDER_SIGNATURE_WRONG")


def test_a_wrapper_around_a_message_without_a_holders_key_is_tampered():
    inner = cose_sign1.sign(claims_of(lifetime=60).encode(), typ="RPH1", signer=CODE)
    text = show_code(inner, house().holder, issued_at=unix(NOW))
    refused(judge(text), Verdict.TAMPERED, "HOLDER_SIGNATURE_WRONG")


def test_an_inner_message_of_a_presentation_key_is_unknown():
    claims = claims_of(lifetime=60, holder_key=house().holder.public_key)
    inner = cose_sign1.sign(claims.encode(), typ="RPH1", signer=PRESENTATION)
    text = show_code(inner, house().holder, issued_at=unix(NOW))
    refused(judge(text), Verdict.UNKNOWN_ISSUER, "KEY_UNKNOWN")


def test_a_verifiers_nonce_must_come_back_and_nobody_elses():
    ours, theirs = b"verifier", b"another8"
    text = house().off_line(nonce=ours)
    assert judge(text, nonce=ours).verdict is Verdict.VALID
    for wrong in (judge(text, nonce=theirs), judge(house().off_line(), nonce=ours), judge(text)):
        assert (wrong.verdict, wrong.reasons[0]) == (Verdict.REPLAYED, "NONCE_NOT_OURS")


@settings(deadline=None)
@given(st.text(max_size=60) | st.from_regex(r"RP[DH]?1:[0-9A-Z $%*+./:-]{0,80}"))
def test_every_text_gets_a_verdict(text):
    assert judge(text).verdict is Verdict.MALFORMED
