"""What tools nobody here wrote say about a permit."""

import re
from pathlib import Path

import pytest
import zxingcpp
from PIL import Image

from certstore.errors import MalformedError, MissingGlyphError, TooLargeError
from issuance.document.permit_layout import ID1_PERMIT
from issuance.document.symbol import SymbolSizes
from tests.conformance.document.permit_examples import examples, permit, permit_press
from tests.conformance.document.test_signed import judged_good
from tests.conformance.document.test_signed import root_file as root_file
from tests.conformance.document.test_structure import pdfa_check as pdfa_check

each = pytest.mark.parametrize("name", ["usual", "long", "rare"])
POINTS_A_MM = 72 / 25.4


@pytest.fixture(scope="session")
def permits(pki, tmp_path_factory) -> dict[str, Path]:
    """Printed permits by name, as files."""
    folder, press = tmp_path_factory.mktemp("permits"), permit_press(pki)
    paths = {}
    for name, asked in examples().items():
        paths[name] = folder / f"{name}.pdf"
        paths[name].write_bytes(press.print(asked))
    return paths


@each
def test_pyhanko_finds_it_signed_whole_and_unchanged(permits, root_file, name: str) -> None:
    assert judged_good(permits[name].read_bytes(), root_file)


@pytest.mark.tools
@each
def test_verapdf_finds_it_compliant_with_pdfa_3u(pdfa_check, permits, name: str) -> None:
    assert pdfa_check("3u", permits[name]).splitlines()[-1] == "compliant"


@pytest.mark.tools
def test_it_is_one_card_of_id1_size(run_tool, permits) -> None:
    said = run_tool("pdfinfo", permits["usual"])
    width, height = map(float, re.search(r"Page size: +([0-9.]+) x ([0-9.]+)", said).groups())
    assert width / POINTS_A_MM == pytest.approx(85.6, abs=0.1)
    assert height / POINTS_A_MM == pytest.approx(53.98, abs=0.1)
    assert re.search(r"Pages: +1\b", said)


@pytest.mark.tools
@each
def test_pdftotext_finds_all_that_it_says(run_tool, permits, name: str) -> None:
    asked = examples()[name]
    text = "".join(run_tool("pdftotext", "-raw", permits[name], "-").split())
    said = [row.value for row in asked.rows] + [row.label_zh for row in asked.rows]
    said += [asked.serial, asked.identifier, asked.issuer_zh, asked.issuer_en, asked.check_url]
    for value in said:
        assert "".join(value.split()) in text, value
    assert ("样张SPECIMEN" in text) is asked.specimen


@pytest.mark.tools
@each
def test_zxing_reads_both_codes_from_the_rendered_card(
    run_tool, permits, tmp_path: Path, name: str
) -> None:
    page = tmp_path / "page"
    run_tool("pdftoppm", "-r", 250, "-png", "-singlefile", permits[name], page)
    with Image.open(page.with_suffix(".png")) as opened:
        read = {code.text for code in zxingcpp.read_barcodes(opened)}
    asked = examples()[name]
    assert {asked.code_text, asked.url_code_text} <= read


def test_no_code_on_a_card_is_printed_under_0_33_mm_a_module() -> None:
    for box, versions in (
        (ID1_PERMIT.code, ID1_PERMIT.code_versions),
        (ID1_PERMIT.url_code, ID1_PERMIT.url_code_versions),
    ):
        modules = 17 + 4 * versions[-1]
        assert box.width / POINTS_A_MM / modules >= 0.329
    longest = SymbolSizes(ID1_PERMIT.url_code_versions, 3)
    assert longest.modules(f"https://juzhu.shifan.example.gov.cn/s/{'k' * 20}").shape[0] <= 37


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"address": "址" * 300}, MalformedError),
        ({"name": ""}, MalformedError),
        ({"name": "a\u202eb"}, MalformedError),
        ({"name": "\U0001f600"}, MissingGlyphError),
        ({"rows": ()}, MalformedError),
        ({"code_text": "码"}, MalformedError),
        ({"code_text": "RP1:" + "A" * 700}, TooLargeError),
    ],
)
def test_what_cannot_be_printed_is_refused_before_it_is_signed(pki, changes, error) -> None:
    with pytest.raises(error):
        permit_press(pki).print(permit(**changes))
