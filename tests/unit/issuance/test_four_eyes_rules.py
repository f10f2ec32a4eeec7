"""Which decisions two officers make, who can be the second, and what a refusal is made of."""

import pytest

from certstore.callers import Officer
from certstore.errors import ForbiddenError, MalformedError
from certstore.web.texts import Texts
from issuance.application_rows import is_clear
from issuance.four_eyes.proposal import Proposal, require_second, why_not_second
from issuance.four_eyes.rules import Rule, bundled_rules, read_rules, second_needed
from issuance.refusals.reasons import UNLISTED, Refusal, listed, read_reasons
from issuance.sentences import MAX_SENTENCE
from tests.house import TODAY

REGISTRATION = "residence_registration"
OUTCOMES = {"dwelling": "officer_review", "photo": "satisfied"}


def never(_bound):
    raise AssertionError("nothing is drawn where nothing is left to chance")


@pytest.mark.parametrize(
    ("rule", "decision", "needed"),
    [
        (Rule(code="a"), "approve", True),
        (Rule(code="a", decisions=frozenset({"refuse"})), "approve", False),
        (Rule(code="a", decisions=frozenset({"refuse"})), "refuse", True),
        (Rule(code="a", matters=frozenset({REGISTRATION})), "approve", True),
        (Rule(code="a", matters=frozenset({"address_change"})), "approve", False),
        (Rule(code="a", outcomes={"dwelling": frozenset({"officer_review"})}), "approve", True),
        (Rule(code="a", outcomes={"dwelling": frozenset({"must_upload"})}), "approve", False),
        (Rule(code="a", outcomes={"kinship": frozenset({"satisfied"})}), "approve", False),
    ],
)
def test_a_rule_holds_where_all_it_says_holds(rule, decision, needed):
    found = second_needed((rule,), decision, REGISTRATION, OUTCOMES, never)
    assert found == ("a" if needed else None)


def test_a_share_is_drawn():
    rules = (Rule(code="share", share_per_mille=20),)
    bounds = []

    def draw(number):
        return lambda bound: bounds.append(bound) or number

    assert second_needed(rules, "approve", REGISTRATION, {}, draw(19)) == "share"
    assert second_needed(rules, "approve", REGISTRATION, {}, draw(20)) is None
    assert bounds == [1000, 1000]


@pytest.mark.parametrize(
    "text",
    [
        "[[rule]]\n",
        '[[rule]]\ncode = "a"\nshare_per_mille = 0\n',
        '[[rule]]\ncode = "a"\nshare_per_mille = 1001\n',
        '[[rule]]\ncode = "a"\nshare_per_mille = true\n',
        '[[rule]]\ncode = "a"\ndecisions = ["ask"]\n',
        '[[rule]]\ncode = "a"\nmatter = "x"\n',
        '[[rule]]\ncode = "A a"\n',
        '[[rule]]\ncode = "a"\nown_intake = "yes"\n',
        '[[rule]]\ncode = "a"\n[[rule]]\ncode = "a"\n',
        "[[rule",
    ],
)
def test_rules_are_read_strictly(text):
    with pytest.raises(MalformedError):
        read_rules(text)


def test_the_bundled_rules_can_be_read():
    assert [rule.code for rule in bundled_rules()] == ["cancellation", "own_intake"]


@pytest.mark.parametrize(
    ("second", "fault"),
    [
        (Officer("李民警", "1052", "梧桐派出所"), None),
        (Officer("高民警", "1047", "梧桐派出所"), "same_officer"),
        (Officer("彭所长", "a47", "梧桐派出所", supervisor=True), "same_officer"),
        (Officer("杜民警", "1063", "海港派出所"), "other_station"),
        (Officer("彭所长", "1100", "海港派出所", supervisor=True), None),
    ],
)
def test_the_second_is_another_officer_of_the_station_or_a_supervisor(second, fault):
    by = "A47" if second.number == "a47" else "1047"
    proposal = Proposal(
        ref="p" * 20,
        application_ref="k" * 20,
        decision="approve",
        rule="a",
        proposed_by=by,
        proposed_name="高民警",
        station="wutong",
        proposed_at=TODAY,
    )
    assert why_not_second(proposal, second) == fault
    if fault is not None:
        with pytest.raises(ForbiddenError) as refused:
            require_second(proposal, second)
        assert refused.value.facts["cause"] == fault


# -- refusals --------------------------------------------------------------------------------


def test_a_refusal_keeps_every_reason_once_in_the_order_of_the_list():
    codes = ["OTHER", "PHOTO_QUALITY", "ADDRESS_MISMATCH", "PHOTO_QUALITY"]
    refusal = Refusal.typed(REGISTRATION, codes, "  请 带\n原件 ")
    assert refusal.codes == ("ADDRESS_MISMATCH", "PHOTO_QUALITY", "OTHER")
    assert refusal.sentence == "请 带 原件"
    assert Refusal.kept(refusal.as_kept()) == refusal
    assert Refusal.kept("") == Refusal(())


@pytest.mark.parametrize(
    ("codes", "sentence", "where"),
    [
        ([], "", "reason"),
        (["HALF_YEAR_SHORT"], "", "reason"),  # of another matter
        (["ADDRESS_MISMATCH", "BECAUSE"], "", "reason"),
        (["ADDRESS_MISMATCH", "OTHER"], " ", "sentence"),
        (["ADDRESS_MISMATCH"], "长" * (MAX_SENTENCE + 1), "sentence"),
        (["ADDRESS_MISMATCH"], "反\u202e向", "sentence"),
    ],
)
def test_a_refusal_without_proper_reasons_is_none(codes, sentence, where):
    with pytest.raises(MalformedError) as refused:
        Refusal.typed(REGISTRATION, codes, sentence)
    assert refused.value.where == where


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_listed_reason_has_its_words_and_what_would_cure_it(lang):
    texts = Texts(lang)
    for reason in listed():
        assert texts(f"desk.refuse_for.{reason.code}")
        if reason.code != UNLISTED:
            assert texts(f"reason.REFUSED_{reason.code}")
            assert texts(f"cure.REFUSED_{reason.code}")


@pytest.mark.parametrize(
    "text",
    [
        '[[reason]]\ncode = "A"\n',
        '[[reason]]\ncode = "OTHER"\n[[reason]]\ncode = "OTHER"\n',
        '[[reason]]\ncode = "a,b"\n[[reason]]\ncode = "OTHER"\n',
    ],
)
def test_a_list_of_reasons_is_read_strictly(text):
    with pytest.raises(MalformedError):
        read_reasons(text)


# -- what may be approved together --------------------------------------------------------------


@pytest.mark.parametrize(
    ("materials", "files", "clear"),
    [
        ({"identity": "satisfied", "kinship": "not_applicable"}, [], True),
        ({"identity": "satisfied"}, [{"material": "identity"}], False),
        ({"identity": "satisfied", "dwelling": "officer_review"}, [], False),
        ({"identity": "satisfied", "dwelling": "unknown_source_down"}, [], False),
        ({"identity": "satisfied", "kinship": "satisfied_by_commitment"}, [], False),
        ({"kinship": "not_applicable"}, [], False),
        ({}, [], False),
    ],
)
def test_only_what_is_satisfied_whole_is_clear(materials, files, clear):
    judged = {m: {"outcome": outcome, "satisfied_by": None} for m, outcome in materials.items()}
    kept = {"decision": {"materials": judged}, "handed_in": {"files": files}}
    assert is_clear(kept) is clear
    assert not is_clear(None)
