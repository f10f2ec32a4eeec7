import json
import re
from importlib.resources import files

import pytest
from hypothesis import given

from tests.unit.verifiers.materials.made_up_facts import CHEN, NOW
from tests.unit.verifiers.materials.test_decision_properties import PATIENT, RULES, any_facts
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.records import EarlierVerification
from verifiers.materials.reuse import judge
from verifiers.materials.sentences import describe, describe_reason, title
from verifiers.materials.vocabulary import Material, Outcome, Reason, RecordType, Source

TEXTS = json.loads(files("verifiers.materials").joinpath("sentences.json").read_text("utf-8"))


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("reasons", Reason),
        ("outcomes", Outcome),
        ("documents", RecordType),
        ("offices", Source),
        ("materials", Material),
    ],
)
def test_every_word_of_the_closed_lists_has_a_sentence_in_both_languages(table, words):
    for word in words:
        both = TEXTS[table][word]
        assert re.search("[\u4e00-\u9fff]", both["zh"])
        assert re.search("[A-Za-z]", both["en"])


def test_no_sentence_of_the_list_belongs_to_no_word():
    known = {"reasons": Reason, "outcomes": Outcome}
    for table, words in known.items():
        assert {key.split(".")[0] for key in TEXTS[table]} == set(words)


@PATIENT
@given(any_facts, RULES)
def test_every_decision_can_be_said_completely_in_both_languages(given_facts, rules):
    for decision in judge(given_facts, rules).materials.values():
        said = describe(decision)
        for text in (said.zh, said.en):
            assert text
            assert "{" not in text
            assert "None" not in text
        for reason in decision.reasons:
            assert "{" not in describe_reason(reason, decision).zh


@PATIENT
@given(any_facts, RULES)
def test_a_source_that_is_down_is_never_said_as_a_request(given_facts, rules):
    for decision in judge(given_facts, rules).materials.values():
        if decision.outcome is Outcome.SOURCE_DOWN:
            assert "请" not in describe(decision).zh
            assert "不用上传" in describe(decision).zh


@PATIENT
@given(any_facts, RULES)
def test_no_sentence_holds_a_name_a_number_or_an_address(given_facts, rules):
    for decision in judge(given_facts, rules).materials.values():
        said = describe(decision).zh + describe(decision).en
        for secret in ("一鸣", "小满", "周兰", "吴桐", "340199", "310199", "长乐", "望江"):
            assert secret not in said


def test_several_offices_that_are_down_are_all_named():
    down = MaterialDecision(
        material=Material.BASIS,
        outcome=Outcome.SOURCE_DOWN,
        reasons=(Reason.SOURCE_UNAVAILABLE,),
        sources_down=(Source.HOUSING, Source.EDUCATION),
    )
    said = describe(down)
    assert said.zh.startswith("房屋管理局、教育局的系统暂时联系不上")
    assert said.en.startswith("The Housing Administration and the Education Bureau cannot")


def test_an_earlier_verification_is_said_with_its_day_and_kept_without_its_subject():
    earlier = EarlierVerification(CHEN, NOW)
    decision = MaterialDecision(
        material=Material.IDENTITY, outcome=Outcome.SATISFIED, satisfied_by=earlier
    )
    assert describe(decision).zh == "您的身份 2026 年 11 月 22 日核验过，不用上传身份证。"
    assert decision.reference() == {
        "earlier_verification": True,
        "verified_at": "2026-11-22T10:00:00+08:00",
    }


def test_a_material_has_a_title_in_both_languages():
    assert (title(Material.PHOTO).zh, title(Material.PHOTO).en) == ("证件照", "ID photo")
