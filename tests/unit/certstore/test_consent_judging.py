"""Whether a service may ask, who may answer, where one may be led back: cases, no IO."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from certstore.callers import Service
from certstore.certificates import Holder
from certstore.consent.bodies import ConsentRequestIn
from certstore.consent.judging import (
    judge_answer,
    judge_asking,
    judge_decider,
    judge_return_address,
)
from certstore.consent.terms import Item, Said, Terms, by_scope, scope_of
from certstore.tables.consents import ConsentRequest

NOW = datetime(2026, 11, 25, 2, tzinfo=UTC)
BODY = {
    "purpose_id": "rent",
    "matter_code": "rent",
    "case_no": "GJJ-1",
    "subject": {"id_number": "340199199804060284"},
    "wanted": [
        {
            "cert_type": "lease_filing",
            "fields": ["address"],
            "questions": ["valid_on"],
            "optional": [{"field": "number", "changes": {"zh": "快些", "en": "Faster"}}],
        }
    ],
    "otherwise": {"zh": "到窗口办", "en": "Come to the counter"},
}
SERVICE = Service(
    client_id="fund",
    agency="示范市公积金中心",
    agency_en="Fund",
    agency_uscc="11310000MB0T00058A",
    purpose_id="rent",
    matter_code="rent",
    title_zh="租房提取",
    title_en="Rent",
    fields={"lease_filing": ("address", "number"), "id_photo": ("photo",)},
    legal_basis={"kind": "consent", "ref": "条例第一条"},
    actions=("consent", "verify"),
)
BACK = "https://fund.example/back"


def asking(**changes):
    return ConsentRequestIn(**{**BODY, **changes}).asking()


def judged(service=SERVICE, addresses=(), **changes):
    return judge_asking(service, asking(**changes), addresses)


def test_what_the_token_covers_may_be_asked():
    assert judged() is None
    assert judged(return_uri=BACK, addresses=[BACK]) is None


def test_more_than_the_token_covers_is_refused_by_name():
    wanted = [
        {"cert_type": "lease_filing", "fields": ["address", "id_number", "?age"]},
        {"cert_type": "id_photo", "optional": [{"field": "name", **_changes()}]},
        {"cert_type": "social_insurance", "questions": ["valid_on"]},
    ]
    refusal = judged(wanted=wanted)
    assert refusal.code == "field-not-granted"
    assert refusal.facts["paths"] == ["social_insurance.*", "id_number", "?age", "name"]


def _changes():
    return {"changes": {"zh": "快些", "en": "Faster"}}


@pytest.mark.parametrize(
    ("service", "changes", "where"),
    [
        ({"actions": ("pull", "verify")}, {}, "actions"),
        ({"actions": ("consent",)}, {}, "actions"),  # a question is a verification
        ({"legal_basis": {"kind": "statutory_duty"}}, {}, "purpose_id"),
        ({}, {"purpose_id": "another"}, "purpose_id"),
        ({}, {"matter_code": "another"}, "matter_code"),
        ({}, {"return_uri": BACK + "/"}, "return_uri"),
        ({}, {"wanted": [{"cert_type": "lease_filing"}]}, "wanted"),
        ({}, {"wanted": [{"cert_type": "lease_filing", "fields": ["address"] * 2}]}, "wanted"),
        ({}, {"wanted": BODY["wanted"] * 2}, "wanted"),
    ],
)
def test_what_does_not_fit_the_token_is_refused(service, changes, where):
    refusal = judged(replace(SERVICE, **service), [BACK], **changes)
    assert refusal.where == where


@pytest.mark.parametrize(
    "changes",
    [
        {"more": 1},
        {"times": 0},
        {"times": True},
        {"days": 367},
        {"keep_days": 181},
        {"keep_days": "30"},
        {"expires_in_s": 59},
        {"language": "fr"},
        {"state": "a b"},
        {"state": "a&ref=1"},
        {"return_uri": "https://fund.example/\u202e"},
        {"case_no": "x\u200b"},
        {"otherwise": {"zh": "到窗口办"}},
        {"otherwise": {"zh": "到\n窗口", "en": "x"}},
        {"otherwise": {"zh": "长" * 121, "en": "x"}},
        {"wanted": []},
        {"wanted": BODY["wanted"] * 9},
        {"wanted": [{"cert_type": "lease_filing", "questions": ["is_rich"]}]},
        {"wanted": [{"cert_type": "lease_filing", "optional": [{"field": "number"}]}]},
        {"subject": {"id_number": "\uff11\uff12\uff13\uff14\uff15\uff16"}},
    ],
)
def test_what_is_not_as_described_is_not_read(changes):
    with pytest.raises(ValidationError):
        ConsentRequestIn(**{**BODY, **changes})


@pytest.mark.parametrize(
    ("path", "scope"),
    [
        ("photo", "photo"),
        ("photo.image", "photo"),
        ("photo_digest", "photo"),
        ("face", "face"),
        ("face_result", "face"),
        ("?face_matches", "face"),
        ("address", "data"),
        ("facade", "data"),
    ],
)
def test_photos_and_faces_are_agreed_to_by_themselves(path, scope):
    item = Item(cert_type="id_photo", path=path)
    assert item.scope == scope_of(path) == scope
    assert item.ticked == (scope != "data")
    assert list(by_scope([item])) == [scope]


TERMS = Terms(
    agency="示范市公积金中心",
    agency_en="Fund",
    agency_uscc="11310000MB0T00058A",
    purpose_id="rent",
    matter_code="rent",
    title_zh="租房提取",
    title_en="Rent",
    legal_ref="条例第一条",
    case_no="GJJ-1",
    items=asking().items,
    times=1,
    days=1,
    keep_days=30,
    otherwise=Said("到窗口办", "Come"),
)
CHILD = Holder("林一禾", "111", "310199201211260015")  # turns 14 on 26 November 2026
REQUEST = ConsentRequest(
    ref="r" * 20,
    client_id="fund",
    person_id=1,
    holder=CHILD,
    terms={},
    state="asking",
    asked_at=NOW,
    expires_at=NOW + timedelta(minutes=15),
)


def test_terms_are_read_back_as_they_were_kept():
    assert Terms.read(TERMS.as_json()) == TERMS


def test_what_needs_no_tick_is_given_and_the_rest_by_tick():
    assert [item.path for item in TERMS.chosen(())] == ["?valid_on", "address"]
    assert len(TERMS.chosen(["lease_filing:number"])) == 3


@pytest.mark.parametrize(
    ("changes", "now", "chosen", "code"),
    [
        ({}, NOW, (), None),
        ({}, NOW, ("lease_filing:number",), None),
        ({}, NOW, ("lease_filing:address",), "invalid-request"),  # nothing to tick
        ({}, NOW, ("lease_filing:rent",), "invalid-request"),
        ({}, NOW + timedelta(minutes=15), (), "conflict"),
        ({"state": "given"}, NOW, (), "conflict"),
        ({"state": "refused"}, NOW, (), "conflict"),
    ],
)
def test_an_answer_is_taken_once_in_time_and_for_what_was_asked(changes, now, chosen, code):
    refusal = judge_answer(replace(REQUEST, **changes), TERMS, chosen, now)
    assert (refusal.code if refusal else None) == code


def test_nothing_chosen_is_no_consent():
    only = replace(TERMS, items=tuple(i for i in TERMS.items if i.optional))
    assert judge_answer(REQUEST, only, (), NOW).facts["cause"] == "nothing_chosen"


@pytest.mark.parametrize(
    ("decider", "day", "good"),
    [
        (CHILD, date(2026, 11, 25), False),
        (CHILD, date(2026, 11, 26), True),
        (Holder("林晓禾", "111", "340199199804060284"), date(2026, 11, 25), True),
    ],
)
def test_below_fourteen_a_guardian_decides(decider, day, good):
    assert (judge_decider(CHILD, decider, day) is None) == good


@pytest.mark.parametrize(
    ("uri", "demonstration", "good"),
    [
        (BACK, False, True),
        ("https://fund.example:8443/back", False, True),
        ("http://127.0.0.1:9000/back", True, True),
        ("http://127.0.0.1:9000/back", False, False),
        ("http://fund.example/back", True, False),
        ("https://user@fund.example/back", False, False),
        ("https://fund.example/back#x", False, False),
        ("https://fund.example/back?next=x", False, False),
        ("https://fund.example\\@other.example/", False, False),
        ("https:///back", False, False),
        ("https://fund.example:99999/", False, False),
        ("javascript:alert(1)", True, False),
        ("//fund.example/back", False, False),
        ("https://fund.example/a b", False, False),
        ("https://fünd.example/", False, False),
        ("https://[::1/", False, False),
        ("https://fund.example/" + "x" * 300, False, False),
    ],
)
def test_only_https_leads_back(uri, demonstration, good):
    assert (judge_return_address(uri, demonstration=demonstration) is None) == good
