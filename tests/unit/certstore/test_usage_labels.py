"""The list "who looked" names every field in words: what was handed in, what a scan showed."""

from dataclasses import fields

import pytest

from certstore.codes.claims import CodeData
from certstore.pages.usage_pages import _labels
from certstore.presentation import _ABOUT_THE_CODE
from issuance.looks import _CASE
from verifiers.materials.vocabulary import Material

HANDED_IN = [f"handed_in.{material.value}" for material in Material]
SHOWN = [field.name for field in fields(CodeData) if field.name not in _ABOUT_THE_CODE]
OF_A_SCAN = [*SHOWN, "id_number_masked", "identifier", "status"]


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", sorted({*HANDED_IN, *OF_A_SCAN, *_CASE}))
def test_no_field_is_shown_by_its_key(path, lang):
    for record in ({}, {"certificate": "residence_voucher"}):
        (label,) = _labels(record, [path], lang)
        assert label != path
        assert "_" not in label


def test_a_checksum_of_a_photo_is_not_called_a_photo():
    assert len(_labels({}, ["photo", "photo_digest"], "zh")) == 2
