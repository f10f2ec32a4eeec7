"""Typed answers put back into a page's form: theirs alone, and never as anything but text."""

from hypothesis import given
from hypothesis import strategies as st
from lxml.html import fromstring

from certstore.web.refill import refill

PATH = "/applications/x/address"
PAGE = f"""<!doctype html>
<html><body><p>é 望江路 &amp; more</p>
<form method="post" action="/sign-out"><input type="hidden" name="csrf" value="c">
<input name="address" value="another form"></form>
<form id="question" method="post" action="{PATH}">
<input type="hidden" name="csrf" value="token">
<input id="address" name="address" type="text" value="as it was" maxlength="80">
<input name="untouched" value="stays">
<input type="file" name="paper"><input type="password" name="address">
<label><input type="radio" name="whose" value="self" checked> self</label>
<label><input type="radio" name="whose" value="relative"> relative</label>
<label><input type="checkbox" name="agreed" value="1" checked> agreed</label>
<select name="district"><option value="">choose</option><option value="a" selected>A</option>
<option value="b">B</option></select>
<textarea name="sentence">
as it was</textarea>
<textarea name="other">stays</textarea>
<button type="submit" name="later" value="1">later</button>
</form>
<input type="radio" form="question" name="judge_1" value="yes" checked>
<input type="radio" form="question" name="judge_1" value="no">
<input name="address" form="elsewhere" value="not ours"><input name="address" value="no form">
<script>if (1 < 2) {{ document.write('<input name="address" value="script">') }}</script>
</body></html>
"""
TYPED = {
    "address": ['6 "号" <script>'],
    "whose": ["relative"],
    "district": ["b"],
    "sentence": ["一行\n</textarea><b>两行"],
    "judge_1": ["no"],
    "csrf": ["stolen"],
    "paper": ["c:/x"],
    "later": ["2"],
}


def values(html):
    form = fromstring(html).get_element_by_id("question")
    return {name: form.fields[name] for name in form.fields}


def test_what_was_typed_is_in_the_form_again():
    shown = values(refill(PAGE, PATH, TYPED))
    assert shown["address"] == TYPED["address"][0]
    assert shown["whose"] == "relative"
    assert shown["district"] == "b"
    assert shown["sentence"].strip() == "一行\n</textarea><b>两行"


def test_what_was_not_chosen_is_not():
    assert values(refill(PAGE, PATH, TYPED))["agreed"] is None
    assert values(refill(PAGE, PATH, TYPED | {"agreed": ["1"]}))["agreed"] == "1"


def test_a_field_outside_that_names_the_form_is_its_own():
    shown = refill(PAGE, PATH, TYPED)
    assert '<input type="radio" form="question" name="judge_1" value="no" checked>' in shown
    assert '<input type="radio" form="question" name="judge_1" value="yes">' in shown


def test_tokens_files_passwords_and_buttons_stay_as_they_are():
    shown = refill(PAGE, PATH, TYPED)
    for kept in (
        '<input type="hidden" name="csrf" value="token">',
        '<input type="file" name="paper">',
        '<input type="password" name="address">',
        '<button type="submit" name="later" value="1">',
        '<input name="untouched" value="stays">',
        '<textarea name="other">stays</textarea>',
    ):
        assert kept in shown


def test_other_forms_and_everything_around_stay_as_they_are():
    shown = refill(PAGE, PATH, TYPED)
    for kept in ("another form", "not ours", "no form", "é 望江路 &amp; more", 'value="script"'):
        assert kept in shown
    assert refill(PAGE, "/elsewhere", TYPED) == PAGE
    assert refill(PAGE, PATH, {})[: PAGE.index("<form id")] == PAGE[: PAGE.index("<form id")]


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=40))
def test_whatever_was_typed_comes_back_as_text(typed):
    shown = refill(PAGE, PATH, {"address": [typed], "sentence": [typed]})
    form = fromstring(shown).get_element_by_id("question")
    assert form.xpath('.//input[@id="address"]/@value') == [typed]
    assert (form.fields["sentence"] or "") == typed.removeprefix("\n")
    assert len(list(fromstring(shown).iter("script"))) == 1
