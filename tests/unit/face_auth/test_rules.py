from datetime import date
from importlib.resources import files

import pytest

from certstore.errors import MalformedError, UnavailableError
from face_auth.rules import read_rules, rule_on

TEXT = (files("face_auth") / "rules.toml").read_text(encoding="utf-8")
LATER = TEXT.replace("face-2021", "face-2027").replace("2021-01-01", "2027-01-01")


def test_the_rule_is_the_one_of_the_evidence():
    rule = rule_on(read_rules(), date(2026, 11, 22))
    assert (rule.max_fmr, rule.max_age, rule.max_token_lifetime) == (1e-4, 600, 900)
    assert rule.modes == {"1:1"}
    assert rule.comparison_sources == {"police_photo_base", "population_base"}


@pytest.mark.parametrize(
    ("day", "version"),
    [
        (date(2021, 1, 1), "face-2021"),
        (date(2026, 12, 31), "face-2021"),
        (date(2027, 1, 1), "face-2027"),
    ],
)
def test_a_rule_holds_from_its_day_whatever_the_order_of_the_file(day, version):
    for text in (TEXT + LATER, LATER + TEXT):
        assert rule_on(read_rules(text), day).version == version


def test_before_the_first_rule_nothing_is_judged():
    with pytest.raises(UnavailableError, match="2020-12-31"):
        rule_on(read_rules(), date(2020, 12, 31))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max_age = 600", "max_age = 0"),
        ("max_age = 600", "max_age = 600.0"),
        ("max_age = 600", ""),
        ("max_token_lifetime = 900", "max_token_lifetime = true"),
        ("max_fmr = 0.0001", "max_fmr = 1"),
        ("max_fmr = 0.0001", "max_fmr = nan"),
        ("effective = 2021-01-01", "effective = 2021-01-01T00:00:00Z"),
        ('modes = ["1:1"]', 'modes = "1:1"'),
        ("[[rule]]", "[[rule]]\nmin_age = 5"),
        ("guardian_below = 14", "guardian_below = 14.5"),
        ("guardian_below = 14", "guardian_below = -1"),
        ("guardian_below = 14", ""),
        ('consent_notice = "face-notice-2021"', 'consent_notice = ""'),
        ('consent_notice = "face-notice-2021"', "consent_notice = 2021"),
        ("[[rule]]", "[[rules]]"),
        ("[[rule]]", "[[rule"),
    ],
)
def test_a_rule_with_a_fault_is_refused(old, new):
    assert old in TEXT
    with pytest.raises(MalformedError, match="cannot be read"):
        read_rules(TEXT.replace(old, new))


def test_only_risks_known_to_be_harmless_do_not_block():
    rule = rule_on(read_rules(), date(2026, 11, 22))
    assert rule.blocking(("old_system", "root", "brand_new")) == ("root", "brand_new")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max_age = 15552000", "max_age = 0"),
        ("max_age = 15552000", ""),
        ('evidence = ["document", "electronic_record"]', 'evidence = "document"'),
        ('evidence = ["document", "electronic_record"]', ""),
        ("[optional_rule.earlier]", "[optional_rule.later]"),
        ("[optional_rule.earlier]", "max_fmr = 0.1\n[optional_rule.earlier]"),
        ("[[optional_rule]]", '[[optional_rule]]\nversion = "x"\n[[optional_rule]]'),
    ],
)
def test_an_optional_rule_with_a_fault_is_refused_where_it_is_wanted(old, new):
    assert old in TEXT
    read_rules(TEXT.replace(old, new) if "optional_rule" in new else TEXT)
    with pytest.raises(MalformedError, match="cannot be read"):
        read_rules(TEXT.replace(old, new), earlier_from=date(2026, 1, 1))
