"""The dress of a page: what is asked for, over what is remembered."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certstore.web.dress import Dress


def test_without_a_word_it_is_chinese_in_standard_type():
    assert Dress.parse({}) == Dress("zh", "standard", None)


def test_the_address_decides_over_the_cookie():
    dress = Dress.parse({"lang": "zh", "size": "elder"}, "en.standard.dark")
    assert dress == Dress("zh", "elder", "dark")


def test_auto_gives_the_colours_back_to_the_device():
    assert Dress.parse({"theme": "auto"}, "zh.standard.dark").theme is None


def test_a_word_in_the_wrong_place_is_ignored():
    assert Dress.parse({"lang": "dark", "theme": "elder"}) == Dress()


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("size", ["standard", "elder"])
@pytest.mark.parametrize("theme", [None, "light", "dark"])
def test_what_the_cookie_remembers_comes_back(lang, size, theme):
    dress = Dress(lang, size, theme)
    assert Dress.parse({}, dress.cookie()) == dress


@given(st.text(), st.text(), st.text())
def test_no_input_makes_a_dress_that_does_not_exist(lang, theme, cookie):
    dress = Dress.parse({"lang": lang, "theme": theme}, cookie)
    assert dress.lang in {"zh", "en"}
    assert dress.theme in {None, "light", "dark"}


def test_the_other_language_and_the_language_tag():
    assert (Dress("zh").html_lang, Dress("zh").other_lang) == ("zh-CN", "en")
    assert (Dress("en").html_lang, Dress("en").other_lang) == ("en", "zh")
