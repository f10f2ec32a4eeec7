"""Texts in both languages, and the check that keeps them together."""

import re
from typing import get_args

import pytest

from certstore.pages import usage_views, views
from certstore.web import check_texts
from certstore.web.texts import LANGUAGES, MissingTextError, Text, Texts, flatten, load
from issuance.pages import progress_views, question_views
from issuance.pages import views as issuance_views
from verifiers.pages import views as verifier_views

ZH = load("zh")


def test_the_projects_texts_have_nothing_to_complain_about():
    found = check_texts.complaints_about(
        {lang: load(lang) for lang in LANGUAGES}, check_texts.template_folders()
    )
    assert found == []


def test_a_missing_text_is_an_error_that_names_language_and_key():
    with pytest.raises(MissingTextError) as failure:
        Texts("zh")("no.such.text")
    assert failure.value.where == "zh:no.such.text"


def test_values_are_escaped_and_the_text_itself_too():
    texts = Texts("en", {"a": Text("x & {name}", "x & {name}")})
    assert texts("a", name="<script>") == "x &amp; &lt;script&gt;"


def test_one_thing_and_two_things_differ_in_english():
    texts = Texts("en")
    assert texts("form.to_mend", n=1) == "1 thing to mend"
    assert texts("form.to_mend", n=2) == "2 things to mend"


def test_chinese_has_a_space_at_figures_and_none_between_characters():
    texts = Texts("zh", {"a": Text("最迟 {when} 告诉您", "最迟 {when} 告诉您")})
    assert texts("a", when="11 月 24 日") == "最迟 11 月 24 日告诉您"
    assert texts("a", when="今天 18:31") == "最迟今天 18:31 告诉您"


def test_anything_but_text_in_the_file_is_refused():
    with pytest.raises(MissingTextError):
        flatten({"a": {"b": 3}})


def test_a_key_that_one_language_lacks_is_reported():
    zh, en = flatten({"a": "甲", "b": "乙"}), flatten({"a": "A"})
    assert check_texts.disagreements({"zh": zh, "en": en}) == ["b: missing in en"]


def test_placeholders_that_differ_are_reported():
    zh, en = flatten({"a": "{n} 件"}), flatten({"a": "{count} items"})
    assert check_texts.disagreements({"zh": zh, "en": en}) == [
        "a: placeholders differ between zh and en"
    ]


def test_unused_and_missing_keys_are_reported(tmp_path):
    page = tmp_path / "pages" / "a.html"
    page.parent.mkdir()
    page.write_text('{{ t("used") }}{{ t("gone") }}{{ t("some." ~ code) }}{{ t(code) }}')
    both = flatten({"used": "x", "some": {"thing": "x"}, "idle": "x"})
    found = check_texts.complaints_about({"zh": both, "en": both}, [page.parent])
    assert any("gone is in no language" in line for line in found)
    assert any("must begin with a literal" in line for line in found)
    assert "idle: used by no template" in found
    assert not any("some.thing" in line or line.startswith("used") for line in found)


def test_the_command_succeeds_on_the_projects_texts():
    assert check_texts.main() == 0


CLOSED_LISTS = [
    ("status.", get_args(views.CertificateStatus)),
    ("card.ended.", get_args(views.CertificateStatus)),
    ("material.", get_args(views.Material)),
    ("check.never_what.", get_args(views.Material)),
    ("home.ready.", get_args(views.Material)),
    ("home.task.", get_args(views.Task)),
    ("present.level.", get_args(views.Level)),
    ("present.they_see.", get_args(views.Level)),
    ("usage.ground.", get_args(usage_views.Ground)),
    ("usage.filter_by.", get_args(usage_views.Filter)),
    ("usage.refused.", get_args(usage_views.Refused)),
    ("outcome.", get_args(issuance_views.Outcome)),
    ("why.", get_args(issuance_views.Outcome)),
    ("relation.", get_args(question_views.Relation)),
    ("relation.is_my.", get_args(question_views.Relation)),
    ("child.relation.", get_args(question_views.GuardianRelation)),
    ("progress.state.", get_args(progress_views.State)),
    ("applications.state.", get_args(progress_views.State)),
    ("material.", get_args(views.Material)),
]


@pytest.mark.parametrize(("prefix", "codes"), CLOSED_LISTS, ids=[p for p, _ in CLOSED_LISTS])
def test_every_code_of_a_closed_list_has_its_words(prefix, codes):
    assert [code for code in codes if f"{prefix}{code}" not in ZH] == []


@pytest.mark.parametrize("verdict", get_args(verifier_views.VerdictWord))
def test_every_verdict_has_a_word_a_reason_and_something_to_do(verdict):
    parts = ("word", "other", "do") if verdict == "valid" else ("word", "other", "because", "do")
    assert all(f"verdict.{verdict}.{part}" in ZH for part in parts)


@pytest.mark.parametrize("matter", get_args(views.Matter))
def test_every_matter_is_named_and_has_its_clock(matter):
    assert all(f"matter.{matter}.{part}" in ZH for part in ("name", "short", "call", "clock"))


def test_the_tone_is_kept():
    forbidden = re.compile("请知悉|系统|成功|失败|非法|用户|你(?!们的关系)")
    said = [f"{key}: {text.other}" for key, text in ZH.items() if forbidden.search(text.other)]
    assert said == []


def test_figures_have_spaces_around_them():
    tight = re.compile(
        "[\u4e00-\u9fff]\\{(?:n|minutes|seconds|period|size|index|number|of)\\}|\\{(?:n|minutes|seconds|period|size|index|number|of)\\}[\u4e00-\u9fff]"
    )
    assert [f"{key}: {text.other}" for key, text in ZH.items() if tight.search(text.other)] == []
