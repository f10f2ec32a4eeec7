"""Passports, travel permits and the machine-readable zone."""

import pytest

from certstore.check_characters import mrz_check
from certstore.errors import MalformedError
from certstore.travel_documents import DocumentKind, PassportZone, TravelDocument

SPECIMEN = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"  # ICAO Doc 9303-4, appendix B


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("E12345678", DocumentKind.CHINESE_PASSPORT),
        ("ea1234567", DocumentKind.CHINESE_PASSPORT),
        ("G12345678", DocumentKind.CHINESE_PASSPORT),
        ("DE1234567", DocumentKind.CHINESE_PASSPORT),
        ("S1234567", DocumentKind.CHINESE_PASSPORT),
        ("H12345678", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("M1234567800", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("12345678", DocumentKind.TAIWAN_PERMIT),
        ("1234567890B", DocumentKind.TAIWAN_PERMIT),
        ("CAN110081080310", DocumentKind.OLD_PERMANENT_RESIDENCE_CARD),
        ("L898902C3", DocumentKind.FOREIGN_PASSPORT),
    ],
)
def test_numbers_in_use_are_read_as_what_they_are(text, kind):
    document = TravelDocument.parse(f" {text} ", kind)
    assert (document.kind, document.value) == (kind, text.upper())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("EI1234567", DocumentKind.CHINESE_PASSPORT),
        ("EO1234567", DocumentKind.CHINESE_PASSPORT),
        ("G1234567", DocumentKind.CHINESE_PASSPORT),
        ("E123456789", DocumentKind.CHINESE_PASSPORT),
        ("T12345678", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("H123456789", DocumentKind.HONG_KONG_MACAO_PERMIT),
        ("123456789", DocumentKind.TAIWAN_PERMIT),
        ("CA1110081080310", DocumentKind.OLD_PERMANENT_RESIDENCE_CARD),
        ("AB<12345", DocumentKind.FOREIGN_PASSPORT),
        ("A" * 10, DocumentKind.FOREIGN_PASSPORT),
        ("E１2345678", DocumentKind.CHINESE_PASSPORT),
        ("E" * 200, DocumentKind.FOREIGN_PASSPORT),
    ],
)
def test_a_number_written_otherwise_is_refused(text, kind):
    with pytest.raises(MalformedError) as refused:
        TravelDocument.parse(text, kind)
    assert text not in refused.value.detail


def test_a_travel_document_is_masked_wherever_it_is_shown():
    document = TravelDocument.parse("E12345678", DocumentKind.CHINESE_PASSPORT)
    assert str(document) == "E******78"
    assert "E12345678" not in repr(document)


@pytest.mark.parametrize(
    ("field", "digit"),
    [("L898902C3", "6"), ("740812", "2"), ("120415", "9"), ("ZE184226B<<<<<", "1")],
)
def test_machine_readable_fields_carry_the_check_of_icao_9303(field, digit):
    assert mrz_check(field) == digit


def test_the_specimen_of_icao_9303_is_read():
    zone = PassportZone.parse(SPECIMEN)
    assert (zone.number, zone.nationality, zone.sex) == ("L898902C3", "UTO", "F")
    assert (zone.birth, zone.expiry) == ("740812", "120415")
    assert zone.number not in f"{zone} {zone!r}"


def test_a_personal_number_left_empty_may_have_a_filler_for_its_check():
    composite = mrz_check("L898902C367408122120415" + "9" + "<" * 15)
    line = "L898902C36UTO7408122F1204159" + "<" * 15 + composite
    assert PassportZone.parse(line).number == "L898902C3"


@pytest.mark.parametrize(
    ("position", "where"),
    [
        (0, "document number"),
        (13, "birth date"),
        (21, "expiry date"),
        (28, "personal number"),
        (43, "whole line"),
    ],
)
def test_a_misread_character_is_refused_and_its_field_named(position, where):
    other = "8" if SPECIMEN[position] != "8" else "7"
    with pytest.raises(MalformedError) as refused:
        PassportZone.parse(SPECIMEN[:position] + other + SPECIMEN[position + 1 :])
    assert refused.value.where == where


@pytest.mark.parametrize("text", ["", SPECIMEN[:-1], SPECIMEN + "0", SPECIMEN.replace("<", "-")])
def test_what_is_no_machine_readable_line_is_refused(text):
    with pytest.raises(MalformedError):
        PassportZone.parse(text)


def test_a_field_with_a_stranger_in_it_has_no_check_digit():
    with pytest.raises(MalformedError):
        mrz_check("AB 1")
