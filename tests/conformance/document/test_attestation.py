"""What tools nobody here wrote say about an attestation."""

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from certstore.errors import MalformedError, MissingGlyphError, NotFoundError
from tests.conformance.document.attestation_examples import (
    attestation_press,
    examples,
    record_check,
)
from tests.conformance.document.test_signed import judged_good
from tests.conformance.document.test_signed import root_file as root_file
from tests.conformance.document.test_structure import pdfa_check as pdfa_check

each = pytest.mark.parametrize("name", ["usual", "long", "lodging"])


@pytest.fixture(scope="session")
def attestations(pki, tmp_path_factory) -> dict[str, Path]:
    """Printed attestations by name, as files."""
    folder, press = tmp_path_factory.mktemp("attestations"), attestation_press(pki)
    paths = {}
    for name, (type_code, asked) in examples().items():
        paths[name] = folder / f"{name}.pdf"
        paths[name].write_bytes(press.print(type_code, asked))
    return paths


@each
def test_pyhanko_finds_it_signed_whole_and_unchanged(attestations, root_file, name: str) -> None:
    assert judged_good(attestations[name].read_bytes(), root_file)


@pytest.mark.tools
@each
def test_verapdf_finds_it_compliant_with_pdfa_3u(pdfa_check, attestations, name: str) -> None:
    assert pdfa_check("3u", attestations[name]).splitlines()[-1] == "compliant"


@pytest.mark.tools
@each
def test_pdftotext_finds_all_that_it_says(run_tool, attestations, name: str) -> None:
    _, asked = examples()[name]
    text = "".join(run_tool("pdftotext", "-raw", attestations[name], "-").split())
    said = [row.value for row in asked.rows]
    said += [asked.sentence_zh, asked.sentence_en, asked.serial, asked.identifier, asked.issuer_zh]
    said += [asked.sealed_by_zh, "长期有效" if asked.valid_to is None else "有效期至"]
    for value in said:
        assert "".join(value.split()) in text, value
    assert ("样张SPECIMEN" in text) is asked.specimen


@pytest.mark.tools
@each
def test_zxing_reads_both_codes_from_the_rendered_page(
    run_tool, attestations, tmp_path: Path, name: str
) -> None:
    page = tmp_path / "page"
    run_tool("pdftoppm", "-r", 150, "-png", "-singlefile", attestations[name], page)
    with Image.open(page.with_suffix(".png")) as opened:
        read = {code.text for code in zxingcpp.read_barcodes(opened)}
    _, asked = examples()[name]
    assert {asked.code_text, asked.url_code_text} <= read


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"sentence_zh": "证" * 390}, MalformedError),
        ({"sentence_zh": ""}, MalformedError),
        ({"sentence_zh": "a\u202eb"}, MalformedError),
        ({"sentence_zh": "\U0001f600"}, MissingGlyphError),
        ({"rows": ()}, MalformedError),
        ({"code_text": "码"}, MalformedError),
    ],
)
def test_what_cannot_be_printed_is_refused_before_it_is_signed(pki, changes, error) -> None:
    with pytest.raises(error):
        attestation_press(pki).print("no_criminal_record", record_check(**changes))


def test_a_type_without_a_layout_is_refused(pki) -> None:
    with pytest.raises(NotFoundError):
        attestation_press(pki).print("residence_voucher", record_check())
