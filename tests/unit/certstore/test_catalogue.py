"""The catalogue of certificate types, the names of offices, and settings' safe defaults."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from certstore.catalogue import add_months, catalogue, certificate_type, read_type
from certstore.errors import MalformedError, NotFoundError
from certstore.offices import office_name, source_office
from certstore.service.settings import Settings

TYPE = """
code = "x"
type_code = "11310000MB0T00015WX01"
title_zh = "证"
title_en = "X"
issuer_uscc = "11310000MB0T00015W"
holder_kind = "person"
[[fields]]
name = "name"
label_zh = "姓名"
label_en = "Name"
gb36903 = "CZZT"
sensitivity = "personal"
source = "register"
"""


def test_every_type_has_its_own_code_and_fields():
    found = catalogue()
    assert {"residence_voucher", "lease_filing", "id_photo", "property_certificate"} <= set(found)
    assert len({kind.type_code for kind in found.values()}) == len(found)
    with pytest.raises(NotFoundError):
        certificate_type("no_such_type")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('code = "x"', ""),
        ('code = "x"', 'code = "x"\nunknown = 1'),
        ('"personal"', '"secret"'),
        ('"CZZT"', '"XM"'),
        ('"CZZT"', '"KZ_xm"'),
        ("WX01", "WX1"),
        ('issuer_uscc = "11310000MB0T00015W"', 'issuer_uscc = "11310000MB0T00015X"'),
        ('source = "register"', 'source = "register"\nmore = 1'),
    ],
)
def test_a_type_that_is_not_as_described_stops_the_service(old, new):
    assert read_type(TYPE, "x.toml").field("name").label_en == "Name"
    with pytest.raises(MalformedError):
        read_type(TYPE.replace(old, new, 1), "x.toml")


def test_a_field_named_twice_is_refused():
    again = TYPE[TYPE.index("[[fields]]") :]
    with pytest.raises(MalformedError, match="field is named twice"):
        read_type(TYPE + again.replace("CZZT", "KZ_XM"), "x.toml")
    with pytest.raises(MalformedError, match="36903 is named twice"):
        read_type(TYPE + again.replace('name = "name"', 'name = "other"'), "x.toml")


@pytest.mark.parametrize(
    ("valid_for", "last"),
    [("1Y", date(2027, 2, 27)), ("6M", date(2026, 8, 27)), ("30D", date(2026, 3, 29))],
)
def test_both_days_of_a_validity_count(valid_for, last):
    kind = read_type(f'valid_for = "{valid_for}"\n{TYPE}', "x.toml")
    assert kind.validity_from(date(2026, 2, 28)).valid_to == last
    assert read_type(TYPE, "x.toml").validity_from(date(2026, 2, 28)).valid_to is None


@given(st.dates(date(1990, 1, 1), date(2080, 1, 1)), st.integers(0, 240))
def test_adding_months_keeps_the_day_or_the_months_end(day, months):
    found = add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day <= day.day
    assert found.day == day.day or add_months(found.replace(day=1), 1).toordinal() == (
        found.toordinal() + 1
    )


def test_an_office_is_called_by_its_name_or_else_its_code():
    assert office_name("11310000MB0T00015W", "zh") == "示范市公安局"
    assert office_name("91310000MA0UNKNOWN", "en") == "91310000MA0UNKNOWN"
    assert source_office("police", "zh") == "示范市公安局"
    assert source_office("nobody", "zh") == "nobody"


@pytest.mark.parametrize("setting", ["courier_url", "sms_url", "mini_program_url"])
def test_another_sides_address_is_one_that_paths_can_be_added_to(setting):
    assert Settings(_env_file=None, **{setting: "https://x.example/sms/"})
    for wrong, why in (
        ("https://x.example?key=1", "paths are added"), ("https://x.example/a?", "paths are added"),
        ("https://x.example/#top", "paths are added"), ("http://x.example", "by https"),
    ):  # fmt: skip
        with pytest.raises(ValidationError, match=why):
            Settings(_env_file=None, **{setting: wrong})


def test_the_defaults_are_safe(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    settings = Settings(_env_file=None)
    assert settings.public_url == "http://127.0.0.1:8000"
    assert settings.database.startswith("sqlite:///")
    assert not settings.secure
    assert Settings(_env_file=None, public_url="https://x.example/").public_url[-1] == "e"
    shown = repr(Settings(_env_file=None, s3_secret_key="hidden", key_passphrase="hidden"))
    assert "hidden" not in shown
