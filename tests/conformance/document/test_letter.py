"""What tools nobody here wrote say about a commitment letter."""

import io
import re
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader

from tests.conformance.document.letter_examples import examples, letter_press
from tests.conformance.document.test_signed import changed_places, judged_good
from tests.conformance.document.test_signed import root_file as root_file
from tests.conformance.document.test_structure import pdfa_check as pdfa_check
from tests.conformance.document.voucher_examples import MOMENT

NAMES = ("usual", "long", "rare")
each = pytest.mark.parametrize("name", NAMES)


@pytest.fixture(scope="session")
def letters(pki, tmp_path_factory) -> dict[str, Path]:
    """Printed letters by name, as files."""
    folder, press = tmp_path_factory.mktemp("letters"), letter_press(pki)
    paths = {}
    for name, asked in examples().items():
        paths[name] = folder / f"{name}.pdf"
        paths[name].write_bytes(press.print(asked))
    return paths


def flat(text: str) -> str:
    return "".join(text.split())


@each
def test_pyhanko_finds_it_signed_whole_and_unchanged(letters, root_file, name: str) -> None:
    assert judged_good(letters[name].read_bytes(), root_file)


def test_the_signature_says_what_pades_b_b_asks_for(letters) -> None:
    document = letters["usual"].read_bytes()
    signature = PdfFileReader(io.BytesIO(document)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level.value == 1
    assert signature.self_reported_timestamp == MOMENT


def test_a_changed_byte_anywhere_breaks_the_verdict(letters, root_file) -> None:
    document = letters["usual"].read_bytes()
    for place in changed_places(document):
        forged = bytearray(document)
        forged[place] ^= 0x01
        assert not judged_good(bytes(forged), root_file), place


@pytest.mark.tools
@each
def test_pdfsig_finds_it_valid_trusted_and_whole(
    run_tool, letters, root_file, tmp_path: Path, name: str
) -> None:
    store = f"sql:{tmp_path}"
    run_tool("certutil", "-N", "-d", store, "--empty-password")
    run_tool("certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", root_file)
    said = run_tool("pdfsig", "-nssdir", store, letters[name])
    for sentence in ("Signature is Valid", "Certificate is Trusted", "Total document signed"):
        assert sentence in said


@pytest.mark.tools
@each
def test_mutool_finds_it_unchanged_since_signing(run_tool, letters, name: str) -> None:
    said = run_tool("mutool", "sign", "-v", letters[name], ok=(0, 1))
    assert "The document is unchanged since signing." in said


@pytest.mark.tools
@each
def test_verapdf_finds_it_compliant_with_pdfa_3u(pdfa_check, letters, name: str) -> None:
    assert pdfa_check("3u", letters[name]).splitlines()[-1] == "compliant"


@pytest.mark.tools
@each
def test_qpdf_finds_nothing_to_warn_of(run_tool, letters, name: str) -> None:
    said = run_tool("qpdf", "--check", letters[name])
    assert "No syntax or stream encoding errors found" in said
    assert "WARNING" not in said


@pytest.mark.tools
@each
def test_pdftotext_finds_the_whole_letter_word_for_word_and_how_it_was_signed(
    run_tool, letters, name: str
) -> None:
    asked = examples()[name]
    text = flat(run_tool("pdftotext", "-raw", letters[name], "-"))
    lines = [flat(line) for line in asked.lines]
    place = text.index(lines[0])
    for line in lines[1:]:
        place = text.index(line, place)
    for row in asked.rows:
        assert flat(row.value) in text, row.key
    for value in (asked.serial, asked.identifier, asked.check_url, asked.issuer_en):
        assert flat(value) in text
    assert ("样张SPECIMEN" in text) is asked.specimen


@pytest.mark.tools
@pytest.mark.parametrize("dpi", [100, 300])
@each
def test_zxing_reads_both_codes_from_the_rendered_page(
    run_tool, letters, tmp_path: Path, name: str, dpi: int
) -> None:
    run_tool("pdftoppm", "-r", dpi, "-png", "-singlefile", letters[name], tmp_path / "page")
    with Image.open(tmp_path / "page.png") as page:
        read = {code.text for code in zxingcpp.read_barcodes(page)}
    assert read == {examples()[name].code_text, examples()[name].url_code_text}


@each
def test_pikepdf_reads_one_page_one_revision_and_the_attachment(letters, name: str) -> None:
    document = letters[name].read_bytes()
    assert document.count(b"%%EOF") == document.count(b"startxref") == 1
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert len(pdf.pages) == 1
        assert set(pdf.pages[0].Resources.XObject.keys()) == {"/Code", "/Url"}
        attached = pdf.attachments["certificate.json"]
        assert attached.get_file().read_bytes() == examples()[name].attachment
        assert attached.obj.AFRelationship == "/Data"
        with pdf.open_metadata() as xmp:
            assert (xmp["dc:identifier"], xmp.pdfa_status) == (examples()[name].identifier, "3U")


def test_every_object_that_is_numbered_is_there(letters) -> None:
    document = letters["usual"].read_bytes()
    size = int(re.findall(rb"/Size ([0-9]+)", document)[-1])
    numbers = {int(n) for n in re.findall(rb"(?:^|\n)([0-9]+) 0 obj", document)}
    assert numbers == set(range(1, size))
