"""Which form a certificate is given in, and which questions a grant covers: judged without IO."""

from datetime import UTC, date, datetime

import pytest

from certstore.callers import Service
from certstore.certificates import Certificate, File, Holder, Status, StatusEntry, Validity
from certstore.sharing.forms import given_paths, judge_form, shown_by_file
from certstore.sharing.grants import Operator, PullRequest
from certstore.sharing.predicates import Guesses, Question, answers, judge_question
from verifiers.materials.addresses import same_place

HOLDER = Holder("林晓禾", "111", "340199199804060284")
PDF = File("document", "application/pdf", "ab" * 32, 9)
PHOTO = File("photo", "image/jpeg", "cd" * 32, 9)
TODAY = date(2026, 11, 22)


def certificate(**changes):
    given = {
        "ref": "2" * 20,
        "type_code": "residence_voucher",
        "version": 1,
        "number": "SF20260000000001",
        "identifier": "1.2.156.3005.2.x",
        "holders": (HOLDER,),
        "issuer_uscc": "11310000MB0T00015W",
        "issued_on": TODAY,
        "validity": Validity(TODAY, date(2027, 11, 21)),
        "status": Status.VALID,
        "status_changed_at": datetime(2026, 11, 22, tzinfo=UTC),
        "fields": {"valid_until": "2027-11-21", "name": HOLDER.name},
        "files": (PDF, PHOTO),
        "status_entry": StatusEntry(1, 7),
        "sealed": True,
    }
    return Certificate(**{**given, **changes})


ALL = ["name", "valid_until", "photo"]


@pytest.mark.parametrize(
    ("form", "asked", "granted", "changes", "slug", "paths"),
    [
        ("json", ["name"], ["name"], {"files": ()}, None, None),
        ("sd-jwt", ["name"], ["name"], {"files": ()}, None, None),
        ("pdf", ALL, ALL, {}, None, None),
        ("pdf", ALL[:2], ALL[:2], {"files": (PDF,)}, None, None),
        ("pdf", ["name"], ["name"], {}, "field-not-granted", ["valid_until", "photo"]),
        ("pdf", ["name"], ALL, {}, "fields-required", ["valid_until", "photo"]),
        ("pdf", ALL, ALL, {"fields": {"owners": []}}, "field-not-granted", ["owners"]),
        ("pdf", ALL, ALL, {"files": (PHOTO,)}, "conflict", None),
        ("annotated", ["name"], ["name"], {}, None, None),
        ("annotated", ["name"], ["name"], {"sealed": False}, "conflict", None),
        ("annotated", ["name"], ["name"], {"identifier": None}, "conflict", None),
        ("annotated", ["name"], ["name"], {"status_entry": None}, "conflict", None),
    ],
)
def test_a_form_is_given_or_refused_by_name(form, asked, granted, changes, slug, paths):
    found = judge_form(form, asked, certificate(**changes), granted)
    assert (found.code if found else None) == slug
    assert found is None or found.facts.get("paths") == paths


def test_a_scan_of_another_kind_is_no_file_to_give():
    picture = File("scan", "image/jpeg", "ab" * 32, 9)
    assert judge_form("pdf", ALL, certificate(files=(picture, PHOTO)), ALL) is not None
    assert shown_by_file(certificate()) == ["name", "valid_until", "photo"]


@pytest.mark.parametrize(
    ("form", "given"),
    [
        ("json", ["name"]),
        ("sd-jwt", ["name", "credential"]),
        ("pdf", ["name", "photo", "document"]),
        ("annotated", ["name", "photo", "annotated_copy"]),
    ],
)
def test_the_record_says_what_was_given_and_as_what(form, given):
    assert given_paths(form, ["name", "sex", "photo"], certificate()) == given


# -- questions -----------------------------------------------------------------------------


def service(*granted, actions=("verify",)):
    return Service(
        "c", "局", "Office", "11310000MB0T00058A", "p", "m", "事", "Matter",
        {"residence_voucher": granted}, {}, actions,
    )  # fmt: skip


def question(**put):
    asked = PullRequest(
        ref="2" * 20,
        purpose_id="p",
        matter_code="m",
        case_no="1",
        fields=list(put),
        subject_type="111",
        subject_number=HOLDER.id_number,
        operator=Operator("1"),
    )
    return Question(asked=asked, **put)


@pytest.mark.parametrize(
    ("put", "granted"),
    [
        ({"valid_on": TODAY}, "valid_on"),
        ({"valid_on": TODAY}, "valid_until"),
        ({"address_equals": "x"}, "residence_address"),
        ({"age_over": 18}, "birth_date"),
        ({"age_over": 18}, "id_number"),
        ({"holder_is": "x"}, "name"),
    ],
)
def test_a_field_or_the_question_itself_covers_a_question(put, granted):
    none = Guesses(0, 0)
    assert judge_question(service(granted), question(**put), certificate(), none) is None
    for other in ("sex", *(set(ALL) - {granted})):
        refused = judge_question(service(other), question(**put), certificate(), none)
        assert refused is None or refused.code == "field-not-granted"
    assert judge_question(service("sex"), question(**put), certificate(), none) is not None
    pulling = service(granted, actions=("pull",))
    refused = judge_question(pulling, question(**put), certificate(), none)
    assert refused.facts["cause"] == "action_not_granted"


@pytest.mark.parametrize(
    ("in_case", "in_all", "good"), [(4, 19, True), (5, 5, False), (0, 20, False)]
)
def test_what_can_be_guessed_is_answered_so_often(in_case, in_all, good):
    asked = question(holder_is="x")
    found = judge_question(service("name"), asked, certificate(), Guesses(in_case, in_all))
    assert (found is None) is good
    free = question(valid_on=TODAY)
    often = Guesses(in_case, in_all)
    assert judge_question(service("valid_on"), free, certificate(), often) is None


HOME = {"fields": {"address": "长乐路88弄6号1-11室"}}


@pytest.mark.parametrize(
    ("put", "changes", "answer"),
    [
        ({"valid_on": TODAY}, {}, "yes"),
        ({"valid_on": date(2027, 11, 21)}, {}, "yes"),
        ({"valid_on": date(2027, 11, 22)}, {}, "no"),
        ({"valid_on": date(2026, 11, 21)}, {}, "no"),
        ({"valid_on": TODAY}, {"status": Status.LOST}, "no"),
        ({"age_over": 28}, {}, "yes"),  # 28 since 6 April
        ({"age_over": 29}, {}, "no"),
        ({"age_over": 20}, {"fields": {"birth_date": "2006-11-22"}}, "yes"),  # today
        ({"age_over": 20}, {"fields": {"birth_date": "2006-11-23"}}, "no"),
        ({"age_over": 20}, {"fields": {"birth_date": "unknown"}}, "unknown"),
        (
            {"address_equals": "海港区长乐路８８弄 6号，502室"},
            {"fields": {"address": "示范市海港区长乐路88弄6号502室"}},
            "yes",
        ),
        (
            {"address_equals": "海港区长乐路88弄6号50室"},
            {"fields": {"address": "海港区长乐路88弄6号502室"}},
            "no",
        ),
        ({"address_equals": "长乐路"}, {}, "unknown"),
        (  # no district: only a person can tell
            {"address_equals": "长乐路88弄6号502室"},
            {"fields": {"address": "海港区长乐路88弄6号502室"}},
            "unknown",
        ),
        ({"holder_is": " 林晓禾"}, {}, "yes"),
        ({"holder_is": "林晓"}, {}, "no"),
    ],
)
def test_a_question_is_answered_by_what_the_certificate_says(put, changes, answer):
    (name,) = put
    assert answers(question(**put), certificate(**changes), TODAY, same_place) == {name: answer}
