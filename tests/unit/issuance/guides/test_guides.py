"""Guides are the rules in words: they change when the rules do, and on that day."""

from datetime import UTC, date, datetime, timedelta
from importlib.resources import files

import pytest

from certstore.clock import MovedClock
from certstore.errors import MalformedError, NotFoundError
from issuance.application import Matter
from issuance.guides.desk import GuideDesk
from issuance.guides.guide import Line
from issuance.guides.listed import listed_guides, photo_ages
from issuance.guides.passages import Passage, entries, read_entries, said
from issuance.guides.question import Question
from issuance.procedure import procedure_of
from tests.unit.issuance.guides.conftest import TODAY, desk_on
from verifiers.materials.rules import load_rules, read_rules
from verifiers.materials.vocabulary import Matter as JudgedAs

NEW_YEAR = date(2027, 1, 1)


def ways(guide, material):
    found = next(each for each in guide.materials if each.material == material)
    return {line.code: line for line in found.ways}


def passage(desk, ref, lang="zh"):
    return next((p for p in desk.passages(lang) if p.ref == ref), None)


def test_there_is_a_guide_to_every_matter_one_can_begin(help_desk):
    begun = {matter.value for matter in Matter if matter.applied_for}
    assert {guide.ref for guide in help_desk.guides()} == begun | {"loss", "lease_filing"}


def test_what_a_guide_wants_is_what_the_rules_want(help_desk):
    rules = load_rules().in_force(TODAY.date())
    for guide in help_desk.guides():
        if guide.ref in {"loss", "lease_filing"}:
            continue
        matter = Matter(guide.ref)
        wanted = rules.matters[JudgedAs(matter.judged_as)].materials
        assert [line.material for line in guide.materials] == [m.value for m in wanted]
        assert guide.answered_in == procedure_of(matter).answered_in
        assert guide.at_once is procedure_of(matter).by_rules
        assert guide.version == rules.version


def test_a_permit_takes_an_officer_and_says_its_stages(help_desk):
    guide = help_desk.guide("residence_permit")
    assert guide.at_once is False
    assert guide.stages == (Line("routed", 2), Line("in_review", 6))
    assert Line("half_year", 6) in guide.conditions
    assert "unchanged" in ways(guide, "dwelling")


def test_the_later_rules_change_guides_and_answers_on_their_day():
    rules = load_rules(later_from=NEW_YEAR)
    before = desk_on(datetime(2026, 12, 31, 15, 59, tzinfo=UTC), rules=rules)  # 23:59 in China
    after = desk_on(datetime(2026, 12, 31, 16, 0, tzinfo=UTC), rules=rules)
    old, new = before.guide("residence_permit"), after.guide("residence_permit")
    assert (old.version, new.version) == ("2021-1", "later-1")
    assert ways(old, "dwelling")["dwelling_rent"].records == ("lease_filing",)
    assert ways(new, "dwelling")["dwelling_rent"].records == ("lease_filing", "lease_contract")
    instead = Line("half_year_instead", 6)
    assert (instead in old.conditions, instead in new.conditions) == (False, True)
    asked = Question.read("只有租房合同没有备案可以吗")
    assert before.answer(asked).passages[0].ref == "dwelling.rent"
    assert after.answer(asked).passages[0].ref == "dwelling.rent_contract"
    assert passage(before, "permit.insurance_counts") is None
    assert passage(after, "permit.insurance") is None


def test_a_rule_file_with_other_figures_is_read_out_as_it_stands():
    text = files("verifiers.materials").joinpath("rules", "2021.toml").read_text("utf-8")
    changed = (
        text.replace("months = 6\nshown_by", "months = 9\nshown_by")
        .replace("needed_below = 16", "needed_below = 14")
        .replace("max_age_minutes = 10", "max_age_minutes = 25")
        .replace("{ below = 26, years = 5 }", "{ below = 30, years = 7 }")
    )
    desk = desk_on(rules=read_rules({"2021.toml": changed}))
    assert Line("half_year", 9) in desk.guide("residence_permit").conditions
    assert Line("child", 14) in desk.guide("residence_registration").conditions
    assert "9 个月" in passage(desk, "permit.who").text
    assert "25 minutes" in passage(desk, "face.how", "en").text
    assert "不满 30 岁的 7 年" in passage(desk, "photo.age").text
    assert "under 16: 2 years; under 30: 7 years" in passage(desk, "photo.age", "en").text


def test_a_grace_for_making_up_is_told_from_its_day():
    day = TODAY.date()
    without, with_it = desk_on(grace_from=day + timedelta(days=1)), desk_on(grace_from=day)
    assert passage(without, "endorsement.late_grace") is None
    assert passage(with_it, "endorsement.late") is None
    assert "60 天以内" in passage(with_it, "endorsement.late_grace").text


def test_an_earlier_verification_is_named_where_it_does():
    rules = load_rules(earlier_from=TODAY.date())
    assert "earlier" in ways(desk_on(rules=rules).guide("endorsement"), "identity")
    assert "earlier" not in ways(desk_on().guide("endorsement"), "identity")


def test_without_the_workflows_nothing_of_theirs_is_said():
    desk = desk_on(matters=False)
    assert {guide.ref for guide in desk.guides()} == {
        "residence_registration", "registration_renewal", "address_change",
    }  # fmt: skip
    refs = {p.ref for p in desk.passages("zh")}
    assert not {r for r in refs if r.split(".")[0] in {"endorsement", "loss", "card", "lease"}}
    assert desk.answer(Question.read("怎么办居住登记")).outcome == "answer"
    assert desk.answer(Question.read("居住证丢了怎么挂失")).outcome != "answer"
    with pytest.raises(NotFoundError):
        desk.guide("loss")


def test_every_passage_is_said_in_a_whole_house_or_has_a_rule_against_it(help_desk):
    unsaid = {e.ref for e in entries()} - {p.ref for p in help_desk.passages("zh")}
    assert unsaid == {
        "permit.insurance_counts", "endorsement.late_grace", "dwelling.rent_contract",
    }  # fmt: skip
    assert [p.ref for p in help_desk.passages("zh")] == [p.ref for p in help_desk.passages("en")]


def test_no_figure_of_a_rule_is_written_out():
    """A number in a passage is the law's, the clock's or a telephone's; others are filled in."""
    allowed = {
        "12345",
        "17",
        "00",
        "663",
        "58",
        "2018",
        "60",
        "24",
        "5",
        "20",
        "88",
        "18",
        "19",
        "4",
    }
    for entry in entries():
        for word in entry.words.values():
            digits = "".join(c if c.isdigit() else " " for c in word.text).split()
            assert set(digits) <= allowed, entry.ref


def test_guides_name_passages_and_bases_that_exist(help_desk):
    refs = {entry.ref for entry in entries()}
    for listed in listed_guides().values():
        assert set(listed.passages) <= refs
        assert all({"zh", "en", "source"} == basis.keys() for basis in listed.basis)
    for guide in help_desk.guides():
        assert help_desk.belonging_to(guide)["en"]


def test_ages_of_photos_are_a_phrase():
    rule = load_rules().in_force(TODAY.date()).photo
    assert photo_ages(rule, "zh") == "不满 16 岁的 2 年，不满 26 岁的 5 年，其他人 10 年"


LISTED = {"a": {"link": "/x"}}
WORDS = {"zh": {"f": '[a]\ntitle="一"\ntext="{n} 天"\nasked=["二"]'},
         "en": {"f": '[a]\ntitle="one"\ntext="{n} days"\nasked=["two"]'}}  # fmt: skip


def test_figures_are_filled_in_as_text():
    (entry,) = read_entries(LISTED, WORDS)
    (told,) = said([entry], "en", {"n": 3}, {})
    assert told == Passage("a", "en", "one", "3 days", "/x", asked=("two",))
    assert said([entry], "en", {}, {}) == ()  # a figure that nobody knows


@pytest.mark.parametrize(
    ("listed", "zh"),
    [
        ({}, WORDS["zh"]["f"]),  # words alone
        ({**LISTED, "b": {"link": "/y"}}, WORDS["zh"]["f"]),  # listed alone
        (LISTED, WORDS["zh"]["f"].replace("{n} 天", "三天")),  # another figure
        (LISTED, WORDS["zh"]["f"].replace('asked=["二"]', "asked=[]")),  # nobody asks so
        (LISTED, WORDS["zh"]["f"] + '\nmore="x"'),
        ({"a": {"link": "https://elsewhere.example"}}, WORDS["zh"]["f"]),
        ({"a": {"link": "/x", "when": "now"}}, WORDS["zh"]["f"]),
    ],
)
def test_passages_are_read_strictly(listed, zh):
    with pytest.raises(MalformedError):
        read_entries(listed, {**WORDS, "zh": {"f": zh}})


def test_the_same_day_is_indexed_once():
    desk = GuideDesk(rules=load_rules(), clock=MovedClock(TODAY))
    assert desk._answers() is GuideDesk(rules=load_rules(), clock=MovedClock(TODAY))._answers()
