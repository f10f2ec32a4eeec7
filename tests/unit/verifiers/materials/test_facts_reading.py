import copy
import json
from datetime import date
from pathlib import Path

import pytest

from certstore.certificates import Holder
from certstore.errors import MalformedError
from certstore.identifiers import ResidentId
from tests.unit.verifiers.materials.made_up_facts import CHEN, CHILD, facts, own_home
from verifiers.materials.facts import Person, parse_facts
from verifiers.materials.persons import Likeness
from verifiers.materials.records import newest_versions
from verifiers.materials.vocabulary import Relation

CASES = Path(__file__).parents[3] / "cases"
FACTS = json.loads((CASES / "decisions.json").read_text("utf-8"))["cases"][4][
    "facts"
]  # a mother's home


def _changed(path, value):
    changed = copy.deepcopy(FACTS)
    *parents, last = path
    target = changed
    for step in parents:
        target = target[step]
    if value is ...:
        del target[last]
    else:
        target[last] = value
    return changed


@pytest.mark.parametrize(
    ("path", "value", "where"),
    [
        (("matter",), "marriage", "facts.matter"),
        (("matter",), ["residence_permit"], "facts.matter"),
        (("matter",), ..., "facts.matter"),
        (("as_of",), "2026-11-22T10:00:00", "facts.as_of"),
        (("as_of",), "yesterday", "facts.as_of"),
        (("gaurdian",), None, "facts.gaurdian"),
        (("陌生",), None, "facts.?"),
        (("applicant",), None, "facts.applicant"),
        (("applicant", "id_number"), "340199199813140119", "facts.applicant.id_number"),
        (("applicant", "id_number"), "123", "facts.applicant.id_number"),
        (("applicant", "name"), "  ", "facts.applicant.name"),
        (("applicant", "name"), "陈" * 101, "facts.applicant.name"),
        (("applicant", "name"), "陈\u202e一鸣", "facts.applicant.name"),
        (("applicant", "name"), "陈\n一鸣", "facts.applicant.name"),
        (("context", "dwelling"), "boat", "facts.context.dwelling"),
        (("context", "occupier"), "friend", "facts.context.occupier"),
        (("context", "relative"), None, "facts.context.relative"),
        (("context", "relative", "relation"), "cousin", "facts.context.relative.relation"),
        (("context", "relative", "relation"), ..., "facts.context.relative.relation"),
        (("context", "floor"), 3, "facts.context.floor"),
        (("context", "address"), "", "facts.context.address"),
        (("on_file",), {}, "facts.on_file"),
        (("on_file",), [{}] * 501, "facts.on_file"),
        (("on_file", 0), "r1", "facts.on_file[0]"),
        (("on_file", 0, "type"), "library_card", "facts.on_file[0].type"),
        (("on_file", 0, "status"), "lost", "facts.on_file[0].status"),
        (("on_file", 0, "version"), 0, "facts.on_file[0].version"),
        (("on_file", 0, "version"), True, "facts.on_file[0].version"),
        (("on_file", 0, "valid_to"), ..., "facts.on_file[0].valid_to"),
        (("on_file", 0, "valid_to"), "2026-02-30", "facts.on_file[0].valid_to"),
        (("on_file", 0, "valid_to"), "20260228", "facts.on_file[0].valid_to"),
        (("on_file", 0, "under_dispute"), "no", "facts.on_file[0].under_dispute"),
        (("on_file", 0, "under_dispute"), ..., "facts.on_file[0].under_dispute"),
        (("on_file", 0, "claims"), [], "facts.on_file[0].claims"),
        (("on_file", 0, "claims", "address"), 5, "facts.on_file[0].claims.address"),
        (("on_file", 1, "claims", "quality"), "good", "facts.on_file[1].claims.quality"),
        (
            ("on_file", 1, "claims", "paid_through"),
            "2026-13",
            "facts.on_file[1].claims.paid_through",
        ),
        (("on_file", 1, "claims", "paid_through"), "2026", "facts.on_file[1].claims.paid_through"),
        (("on_file", 1, "claims", "parents"), [{}], "facts.on_file[1].claims.parents[0].name"),
        (("face_results", 0, "fmr"), "low", "facts.face_results[0].fmr"),
        (("face_results", 0, "fmr"), float("nan"), "facts.face_results[0].fmr"),
        (
            ("face_results", 0, "comparison_source"),
            "diary",
            "facts.face_results[0].comparison_source",
        ),
        (("face_results", 0, "device_risk"), [1], "facts.face_results[0].device_risk[0]"),
        (("sources_down",), ["weather"], "facts.sources_down[0]"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_path(path, value, where):
    with pytest.raises(MalformedError) as refused:
        parse_facts(_changed(path, value))
    assert refused.value.where == where


def test_a_refusal_never_quotes_what_was_sent():
    with pytest.raises(MalformedError) as refused:
        parse_facts(_changed(("applicant", "id_number"), "340199199813140119"))
    assert "3401" not in str(refused.value)


def test_further_members_of_a_hand_in_and_further_claims_are_passed_over():
    changed = _changed(("on_file", 0, "source_time"), "2026-11-22T09:00:00+08:00")
    changed["on_file"][0]["claims"]["area"] = "88.5"
    parsed = parse_facts(changed)
    assert parsed.on_file[0].claims.further == {"area": "88.5"}
    assert parse_facts(parsed.as_json()) == parsed


def test_the_day_is_the_day_in_china():
    assert parse_facts(_changed(("as_of",), "2026-11-22T16:00:00Z")).day == date(2026, 11, 23)


@pytest.mark.parametrize("name", ["decisions.json", "own_decisions.json"])
def test_every_case_is_written_back_as_facts_that_read_the_same(name):
    for case in json.loads((CASES / name).read_text("utf-8"))["cases"]:
        parsed = parse_facts(case["facts"])
        assert parse_facts(json.loads(json.dumps(parsed.as_json()))) == parsed


@pytest.mark.parametrize(
    ("name", "number", "likeness"),
    [
        ("陈一鸣", "340199199803140119", Likeness.SAME),
        ("陈 一鸣", " 340199199803140119 ", Likeness.SAME),
        ("陈一鸣", "340199199803140119".translate({ord("3"): "\uff13"}), Likeness.SAME),
        ("陈一铭", "340199199803140119", Likeness.NAME_DIFFERS),
        ("陈一鸣", "340199199803140135", Likeness.NUMBER_DIFFERS),
        ("陈一铭", "340199199803140135", Likeness.OTHER),
    ],
)
def test_a_person_is_the_same_by_number_and_name(name, number, likeness):
    assert CHEN.likeness(Person(name, "111", number)) is likeness


@pytest.mark.parametrize(
    ("name", "id_type", "number", "likeness"),
    [
        ("陈一鸣", "111", "340199980314011", Likeness.SAME),
        ("陈一鸣", "111", " 3401 99980314011".replace("8", "\uff18"), Likeness.SAME),
        ("陈一铭", "111", "340199980314011", Likeness.NAME_DIFFERS),
        ("陈一鸣", "111", "340199980314013", Likeness.NUMBER_DIFFERS),  # another person's
        ("陈一鸣", "111", "340199980315011", Likeness.NUMBER_DIFFERS),
        ("陈一鸣", "414", "340199980314011", Likeness.NUMBER_DIFFERS),  # a passport's number
        ("陈一鸣", "111", "34019998031401", Likeness.NUMBER_DIFFERS),
        ("陈一鸣", "111", "34019998031401X", Likeness.NUMBER_DIFFERS),
    ],
)
def test_an_old_number_of_15_digits_is_the_one_it_became(name, id_type, number, likeness):
    old = Person(name, id_type, number)
    assert CHEN.likeness(old) is likeness
    assert old.likeness(CHEN) is likeness


def test_an_old_number_always_means_the_century_19():
    assert CHILD.id_number[6:8] == "20"
    old = CHILD.id_number[:6] + CHILD.id_number[8:17]
    assert ResidentId.of_15_digits(old).birth_date.year == CHILD.birth_date.year - 100
    assert not CHILD.is_same(Person(CHILD.name, "111", old))


@pytest.mark.parametrize("number", ["340199980231011", "990199980314011", "000000000000000"])
def test_15_digits_that_are_no_number_are_equal_to_themselves_alone(number):
    person = Person("陈一鸣", "111", number)
    assert person.is_same(person)
    assert not person.is_same(CHEN)


def test_the_dot_inside_a_name_may_be_written_any_way_and_x_small():
    one = Person("阿依古丽·买买提", "111", "34019919900101001x")
    assert one.is_same(Person("阿依古丽•买买提", "111", "34019919900101001X"))


def test_a_rare_character_is_not_taken_for_a_common_one():
    assert not Person("张\U0002c86d", "111", "1").is_same(Person("张纯", "111", "1"))


@pytest.mark.parametrize(("day", "age"), [(date(2032, 9, 19), 15), (date(2032, 9, 20), 16)])
def test_somebody_grows_older_on_the_birthday(day, age):
    assert CHILD.age_on(day) == age


def test_a_person_is_made_from_the_holder_of_a_certificate_and_masked_in_logs():
    person = Person.of(Holder("陈一鸣", "111", "340199199803140119"), Relation.PARENT)
    assert (person.relation, str(person)) == (Relation.PARENT, "111:340199********0119")


def test_an_earlier_version_of_a_record_is_left_out():
    old, new = own_home(record_id="a"), own_home(record_id="a", version=2)
    other = own_home(record_id="b")
    assert newest_versions((old, new, other)) == (new, other)


def test_an_earlier_verification_is_read_and_written_back():
    earlier = {"subject": CHEN.as_json(), "verified_at": "2026-11-01T10:00:00+08:00"}
    parsed = parse_facts(FACTS | {"earlier_verifications": [earlier]})
    assert parsed.earlier_verifications[0].subject == CHEN
    assert parsed.as_json()["earlier_verifications"] == [earlier]


def test_without_a_guardian_the_applicant_acts():
    assert facts().actor == CHEN
    assert facts(applicant=CHILD, guardian=CHEN).actor == CHEN
