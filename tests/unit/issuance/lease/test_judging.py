"""The rules of filing a lease, case by case: every reason, and what each does."""

from dataclasses import replace
from datetime import date

import pytest

from issuance.matters.lease.judging import Case, Let, judge_lease
from issuance.matters.lease.reasons import Code, Finding, Judged, Outcome
from issuance.matters.lease.rules import lease_rules
from issuance.matters.lease.terms import Contract, Party, Role
from verifiers.materials.records import Record
from verifiers.materials.strict_reading import Members

TODAY = date(2026, 11, 25)
RULES = lease_rules().in_force(TODAY)
OWNER = Party(Role.LANDLORD, "郑国强", "340199197003150336")
SPOUSE = Party(Role.LANDLORD, "孙丽", "340199197207210345")
TENANT = Party(Role.TENANT, "林晓禾", "340199199804060284")
CHILD = Party(Role.TENANT, "小童", "340199201101010010")
HOME = "示范市梧桐区青桐路66号3幢501室"
CONTRACT = Contract(
    district="梧桐区",
    address="青桐路66号3幢501室",
    room="",
    area=7850,
    rent=450000,
    deposit=900000,
    first=date(2026, 11, 25),
    last=date(2027, 11, 24),
    occupants=2,
)


def title(*owners, address=HOME, **changes):
    """A title as the store has it."""
    claims = {"address": address, "use": "住宅"} | changes.pop("claims", {})
    said = {
        "record_id": changes.pop("record_id", "t1"),
        "version": 1,
        "type": "property_certificate",
        "holders": [
            {"name": o.name, "id_type": "111", "id_number": o.id_number} for o in owners or [OWNER]
        ],
        "issuer_uscc": "11310000MB0T00031J",
        "number": "n",
        "issued_on": "2019-05-06",
        "valid_from": "2019-05-06",
        "valid_to": None,
        "status": "valid",
        "under_dispute": False,
        "claims": claims,
    }
    return Record.read(Members(said | changes, "title"))


def let(address=HOME, room="", first=date(2026, 1, 1), last=date(2026, 12, 31), **more):
    return Let(address=address, room=room, first=first, last=last, **more)


def case(*, parties=(OWNER, TENANT), titles=None, lets=(), unknown=False, **changes):
    return Case(
        contract=replace(CONTRACT, **changes),
        parties=tuple(parties),
        city="示范市",
        today=TODAY,
        titles=(title(),) if titles is None else tuple(titles),
        lets=tuple(lets),
        titles_unknown=unknown,
    )


def judged(one):
    found = judge_lease(one, RULES)
    return found.outcome, [str(finding.code) for finding in found.findings]


ROOM = {"room": "次卧", "area": 1200, "occupants": 1}
CASES = {
    "plain": (case(), "approved", []),
    "both owners sign": (
        case(parties=(OWNER, SPOUSE, TENANT), titles=[title(OWNER, SPOUSE)]),
        "approved",
        [],
    ),
    "twenty years to the day": (case(last=date(2046, 11, 24)), "approved", []),
    "a day more": (case(last=date(2046, 11, 25)), "refused", ["TERM_TOO_LONG"]),
    "from a leap day": (
        case(first=date(2027, 2, 28), last=date(2047, 2, 27)),
        "approved",
        [],
    ),
    "over": (
        case(first=date(2026, 11, 1), last=date(2026, 11, 24)),
        "refused",
        ["TERM_OVER"],
    ),
    "its last day": (case(first=date(2026, 11, 1), last=TODAY), "approved", []),
    "far off": (
        case(first=date(2027, 5, 25), last=date(2028, 5, 24)),
        "refused",
        ["BEGINS_TOO_LATE"],
    ),
    "180 days off": (case(first=date(2027, 5, 24), last=date(2028, 5, 23)), "approved", []),
    "begun 31 days ago": (case(first=date(2026, 10, 25)), "review", ["BEGUN_LONG_AGO"]),
    "begun 30 days ago": (case(first=date(2026, 10, 26)), "approved", []),
    "a child signs": (case(parties=(OWNER, CHILD)), "refused", ["PARTY_UNDER_AGE"]),
    "no title": (case(titles=[]), "refused", ["NO_TITLE"]),
    "another home's title": (
        case(titles=[title(address="示范市梧桐区青桐路66号3幢502室")]),
        "refused",
        ["NO_TITLE"],
    ),
    "perhaps the same home": (
        case(titles=[title(address="示范市梧桐区青桐路66号")]),
        "review",
        ["TITLE_ADDRESS_UNSURE"],
    ),
    "a title without address": (
        case(titles=[title(claims={"address": None})]),
        "review",
        ["TITLE_ADDRESS_UNSURE"],
    ),
    "a title that was revoked": (
        case(titles=[title(status="revoked")]),
        "refused",
        ["TITLE_ENDED"],
    ),
    "a disputed title": (
        case(titles=[title(under_dispute=True)]),
        "refused",
        ["TITLE_UNDER_DISPUTE"],
    ),
    "an old title beside a good one": (
        case(titles=[title(status="superseded"), title(record_id="t2")]),
        "approved",
        [],
    ),
    "another name on it": (
        case(titles=[title(replace(OWNER, name="郑国强强"))]),
        "refused",
        ["TITLE_NAME_DIFFERS"],
    ),
    "a landlord who owns nothing": (
        case(parties=(OWNER, SPOUSE, TENANT)),
        "refused",
        ["LANDLORD_NOT_OWNER"],
    ),
    "a co-owner did not sign": (
        case(titles=[title(OWNER, SPOUSE)]),
        "refused",
        ["CO_OWNER_MISSING"],
    ),
    "a shop": (case(titles=[title(claims={"use": "商业"})]), "refused", ["NOT_TO_LIVE_IN"]),
    "larger than the title": (
        case(titles=[title(claims={"area": "70.2"})]),
        "review",
        ["AREA_BEYOND_TITLE"],
    ),
    "as large as the title": (case(titles=[title(claims={"area": 78.5})]), "approved", []),
    "too many people": (case(area=1000, occupants=3), "refused", ["AREA_TOO_SMALL"]),
    "exactly enough room": (case(area=1000), "approved", []),
    "three in a room": (
        case(**ROOM | {"area": 2000, "occupants": 3}),
        "refused",
        ["TOO_MANY_IN_ROOM"],
    ),
    "whole after whole": (case(lets=[let()]), "refused", ["LET_ALREADY"]),
    "whole over a room": (case(lets=[let(room="次卧")]), "refused", ["LET_ALREADY"]),
    "room within whole": (case(lets=[let()], **ROOM), "refused", ["LET_ALREADY"]),
    "the same room": (case(lets=[let(room="次卧室")], **ROOM), "refused", ["LET_ALREADY"]),
    "another room": (case(lets=[let(room="主卧")], **ROOM), "approved", []),
    "it ended the day before": (case(lets=[let(last=date(2026, 11, 24))]), "approved", []),
    "it ends on the first day": (case(lets=[let(last=TODAY)]), "refused", ["LET_ALREADY"]),
    "without an end": (case(lets=[let(last=None)]), "refused", ["LET_ALREADY"]),
    "next door": (case(lets=[let(address="示范市梧桐区青桐路66号3幢502室")]), "approved", []),
    "perhaps the same": (
        case(lets=[let(address="示范市梧桐区青桐路66号")]),
        "review",
        ["LET_PERHAPS"],
    ),
    "a filing that says no room": (case(lets=[let(room=None)]), "review", ["LET_PERHAPS"]),
    "its source is silent": (case(lets=[let(confirmed=False)]), "waits", ["LET_NOT_ASKED"]),
    "two rooms, both let": (
        case(
            titles=[title(claims={"rooms": 2})], lets=[let(room="主卧"), let(room="书房")], **ROOM
        ),
        "refused",
        ["ROOMS_ALL_LET"],
    ),
    "the second of two rooms": (
        case(titles=[title(claims={"rooms": 2})], lets=[let(room="主卧")], **ROOM),
        "approved",
        [],
    ),
    "no title while its source is silent": (
        case(titles=[], unknown=True),
        "waits",
        ["TITLE_NOT_ASKED"],
    ),
    "a good title while its source is silent": (case(unknown=True), "approved", []),
    "an unknown title before a sure no": (
        case(titles=[], unknown=True, last=date(2050, 1, 1)),
        "waits",
        ["TERM_TOO_LONG", "TITLE_NOT_ASKED"],
    ),
    "every reason at once": (
        case(
            titles=[title(OWNER, SPOUSE, claims={"use": "办公"})],
            lets=[let()],
            area=500,
            last=date(2050, 1, 1),
        ),
        "refused",
        ["TERM_TOO_LONG", "CO_OWNER_MISSING", "NOT_TO_LIVE_IN", "LET_ALREADY", "AREA_TOO_SMALL"],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_lease_is_judged(name):
    one, outcome, codes = CASES[name]
    assert judged(one) == (outcome, codes)


def test_whether_a_home_is_let_is_told_to_nobody_who_does_not_own_it():
    assert judged(case(titles=[], lets=[let()]))[1] == ["NO_TITLE"]
    stranger = replace(OWNER, id_number="340199199311020575")
    assert "LET_ALREADY" not in judged(case(parties=(stranger, TENANT), lets=[let()]))[1]


def test_reasons_name_how_many_until_when_and_who():
    found = judge_lease(case(parties=(OWNER, CHILD), last=date(2050, 1, 1), area=700), RULES)
    assert found.findings == (
        Finding(Code.TERM_TOO_LONG, 20, date(2046, 11, 24)),
        Finding(Code.PARTY_UNDER_AGE, 18, who=1),
        Finding(Code.AREA_TOO_SMALL, 1),
    )
    assert [Finding.from_json(each.as_json()) for each in found.findings] == list(found.findings)


def test_unknown_goes_before_no_and_no_before_perhaps():
    no, perhaps, unknown = (
        Finding(Code.NO_TITLE),
        Finding(Code.LET_PERHAPS),
        Finding(Code.TITLE_NOT_ASKED),
    )
    assert Judged(()).outcome is Outcome.APPROVED
    assert Judged((perhaps,)).outcome is Outcome.REVIEW
    assert Judged((perhaps, no)).outcome is Outcome.REFUSED
    assert Judged((no, perhaps, unknown)).outcome is Outcome.WAITS
