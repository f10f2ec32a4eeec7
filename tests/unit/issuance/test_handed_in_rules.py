"""What may be handed in follows from the decision; what was stands beside it, changing nothing."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore.web.texts import load
from issuance.checklist import Checked
from issuance.handed_in import (
    LEAST_PAGES,
    HandedIn,
    as_kept,
    counting,
    for_officer,
    materials_of,
    pages_missing,
    papers_for,
    read_kept,
)
from tests.unit.verifiers.materials.test_decision_properties import BOOK, RULES, any_facts
from verifiers.materials.decisions import MaterialDecision
from verifiers.materials.handed_in import Advice
from verifiers.materials.reuse import judge
from verifiers.materials.snapshots import judge_again
from verifiers.materials.vocabulary import Material, Outcome

FILES = st.builds(
    HandedIn,
    ref=st.text("23456789bcdfghjk", min_size=20, max_size=20),
    material=st.sampled_from(list(Material)),
    document=st.sampled_from(sorted(LEAST_PAGES)),
    kind=st.sampled_from(["jpeg", "png", "pdf"]),
    sha256=st.text("0123456789abcdef", min_size=64, max_size=64),
    pages=st.integers(1, 20),
    advice=st.lists(st.sampled_from([a.value for a in Advice]), unique=True).map(tuple),
)
OF_THE_PHOTO_PAGE = {"photo_capture", "photo_upload"}
BUNCH = st.lists(FILES, max_size=6, unique_by=lambda f: f.ref).map(tuple)


@settings(max_examples=80, deadline=None)
@given(any_facts, RULES, BUNCH)
def test_a_stored_decision_is_judged_again_the_same_whatever_was_handed_in(facts, rules, files):
    decision = judge(facts, rules)
    kept = Checked(facts, decision, handed_in=files).as_json()
    snapshot = {name: kept[name] for name in ("facts", "rule_version")}
    assert judge_again(snapshot, BOOK) == decision
    assert read_kept(kept) == files
    plain = Checked(facts, decision).as_json()
    assert {name: kept[name] for name in plain} == plain


@settings(max_examples=80, deadline=None)
@given(any_facts, RULES, BUNCH)
def test_what_counts_is_for_what_is_open_and_nobody_is_asked_what_may_not_be_asked(
    facts, rules, files
):
    decision = judge(facts, rules)
    found = counting(files, decision)
    assert set(found) <= set(files)
    for file in found:
        decided = decision.materials[file.material]
        if file.document in OF_THE_PHOTO_PAGE:  # a new one may always be given
            continue
        assert file.document in papers_for(decided)
        assert file.material not in decision.must_not_request
        assert decided.outcome not in {Outcome.SOURCE_DOWN, Outcome.BLOCKED}
    judged = {d.material for d in for_officer(decision, found)}
    assert materials_of(found) <= judged


@given(BUNCH)
def test_what_was_handed_in_is_read_back_as_it_was_kept(files):
    assert read_kept({"handed_in": as_kept(files)}) == files


def test_decisions_of_earlier_days_have_nothing_beside_them():
    assert read_kept({"facts": {}, "rule_version": "2021"}) == ()
    assert read_kept(None) == ()


def decided(material, outcome, *alternatives):
    return MaterialDecision(
        material=material, outcome=outcome, alternatives=tuple((a,) for a in alternatives)
    )


@pytest.mark.parametrize("outcome", list(Outcome))
def test_only_what_is_asked_for_may_be_handed_in(outcome):
    found = papers_for(decided(Material.DWELLING, outcome, "lease_filing_upload"))
    asked = outcome in {Outcome.MUST_UPLOAD, Outcome.CHOOSE_ONE, Outcome.BY_COMMITMENT}
    assert found == (("lease_filing_upload",) if asked else ())


def test_the_photo_has_a_page_of_its_own_and_other_ways_are_no_papers():
    assert papers_for(decided(Material.PHOTO, Outcome.MUST_UPLOAD, "photo_upload")) == ()
    both = ("face_verification", "id_card_upload")
    found = papers_for(decided(Material.IDENTITY, Outcome.CHOOSE_ONE, *both))
    assert found == ("id_card_upload",)


@settings(max_examples=80, deadline=None)
@given(any_facts, RULES)
def test_every_paper_that_a_decision_asks_for_is_known(facts, rules):
    for decision in judge(facts, rules).materials.values():
        words = {word for group in decision.alternatives for word in group}
        asked = {word for word in words if word.endswith("_upload")} - {"photo_upload"}
        assert asked <= LEAST_PAGES.keys()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_paper_has_its_name_and_says_what_to_photograph(lang):
    texts = load(lang)
    for paper in LEAST_PAGES:
        assert f"upload.paper.{paper}" in texts
        assert paper in OF_THE_PHOTO_PAGE or f"upload.take.{paper}" in texts


def test_missing_pages_are_counted_by_paper():
    card = HandedIn("r" * 20, Material.IDENTITY, "id_card_upload", "jpeg", "0" * 64, 1)
    assert pages_missing([card], "id_card_upload") == 1
    assert pages_missing([card, card], "id_card_upload") == 0
    assert pages_missing([card], "lease_contract_upload") == 2
