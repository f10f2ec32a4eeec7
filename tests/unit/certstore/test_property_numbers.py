"""Numbers of real-estate certificates and property units, in all the ways they are written."""

import pytest

from certstore.errors import MalformedError
from certstore.property_numbers import PropertyNumber, PropertyPaper, PropertyUnit

SHANGHAI = "沪(2021)静字不动产权第001234号"
OLD = "沪房地静字(2009)第001234号"
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}  # the full-width form of ASCII
FULL_WIDTH = SHANGHAI.translate(WIDE)
UNIT = "310106001002GB00003F00010023"


@pytest.mark.parametrize(
    "written",
    [
        SHANGHAI,
        "沪（2021）静字不动产权第001234号",
        FULL_WIDTH,
        "沪\u30142021\u3015静字不动产权第001234号",
        "沪【2021】静字不动产权第001234号",
        " 沪 (2021) 静字 不动产权第 001234 号\n",
        "\u3000沪(2021)静字不动产权第001234号",
    ],
)
def test_one_number_written_in_many_ways_is_one_number(written):
    number = PropertyNumber.parse(written)
    assert number.value == SHANGHAI
    assert (number.province, number.district, number.year) == ("沪", "静", 2021)
    assert number.sequence == "001234"
    assert number.paper is PropertyPaper.CERTIFICATE


@pytest.mark.parametrize("district", "黄徐长静普虹杨闵宝嘉浦金松青奉崇市闸卢南")
def test_every_district_of_shanghai_is_known_and_the_merged_ones_too(district):
    text = f"沪(2016){district}字不动产权第12345678号"
    assert PropertyNumber.parse(text).district == district


@pytest.mark.parametrize("written", [OLD, OLD.translate(WIDE)])
def test_the_old_certificates_of_shanghai_stay_readable(written):
    number = PropertyNumber.parse(written)
    assert (number.value, number.paper) == (OLD, PropertyPaper.OLD_CERTIFICATE)
    assert number.district == "静"


def test_a_certificate_from_elsewhere_is_read():
    number = PropertyNumber.parse("京(2015)朝阳区不动产权第0000001号")
    assert (number.province, number.district, number.year) == ("京", "朝阳区", 2015)


def test_a_proof_of_registration_is_not_taken_for_a_certificate():
    number = PropertyNumber.parse("沪(2021)静字不动产证明第001234号")
    assert number.paper is PropertyPaper.PROOF_OF_REGISTRATION


@pytest.mark.parametrize(
    "written",
    [
        "",
        "沪(2021)甲字不动产权第001234号",
        "沪(2021)静不动产权第001234号",
        "沪(21)静字不动产权第001234号",
        "沪(2021)静字不动产权第01234号",
        "沪(2021)静字不动产权第123456789号",
        "沪(2021)静字不动产权第001234",
        "沪房地静字(2009)第01234号",
        "沪房地静安区字(2009)第001234号",
        "中(2015)朝阳区不动产权第0000001号",
        "京(2015)不动产权第0000001号",
        "沪(٢٠٢١)静字不动产权第001234号",
        "号" * 97,
    ],
)
def test_what_is_written_otherwise_is_refused(written):
    with pytest.raises(MalformedError):
        PropertyNumber.parse(written)


def test_a_property_number_hides_its_end_wherever_it_is_shown():
    number = PropertyNumber.parse(SHANGHAI)
    assert str(number) == "沪(2021)静字不动产权第001***号"
    assert SHANGHAI not in repr(number)


@pytest.mark.parametrize(
    "written",
    [UNIT, UNIT.lower(), "310106 001002 GB00003 F00010023", UNIT.translate(WIDE)],
)
def test_a_unit_number_is_read_with_or_without_spaces(written):
    unit = PropertyUnit.parse(written)
    assert (unit.value, unit.division, unit.parcel) == (UNIT, "310106", "310106001002GB00003")


@pytest.mark.parametrize(
    "written",
    [UNIT[:-1], UNIT + "0", UNIT.replace("GB", "12"), UNIT.replace("F", "A"), "", "3" * 97],
)
def test_a_unit_number_of_another_shape_is_refused(written):
    with pytest.raises(MalformedError):
        PropertyUnit.parse(written)


def test_a_unit_number_hides_the_dwelling_wherever_it_is_shown():
    unit = PropertyUnit.parse(UNIT)
    assert str(unit) == "310106001002GB00003*********"
    assert UNIT not in repr(unit)
