"""What readers nobody here wrote say about the signature, also after the file was changed."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from tests.conformance.document.voucher_examples import MOMENT, make_pki

NAMES = ("usual", "long", "rare")


def padding_of(document: bytes) -> bytes:
    """What follows the CMS in /Contents."""
    contents = bytes.fromhex(re.search(rb"/Contents<([0-9a-f]+)>", document)[1].decode())
    length = 4 + int.from_bytes(contents[2:4], "big")
    return contents[length:]


def judged_good(document: bytes, root_file: Path) -> bool:
    """The rule of the house: sound and trusted, all of the file, no change, padding all zero."""
    context = ValidationContext(
        trust_roots=[load_cert_from_pemder(str(root_file))],
        moment=MOMENT + timedelta(hours=1),
        allow_fetching=False,
    )
    try:
        signature = PdfFileReader(io.BytesIO(document)).embedded_signatures[0]
        status = validate_pdf_signature(signature, context)
        padding = padding_of(document)
    except Exception:  # noqa: BLE001 - whatever a broken file makes of the reader, it is not good
        return False
    return bool(
        status.bottom_line
        and status.coverage is SignatureCoverageLevel.ENTIRE_FILE
        and status.modification_level is ModificationLevel.NONE
        and not padding.strip(b"\0")
    )


@pytest.fixture(scope="session")
def root_file(pki, tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("root") / "root.pem"
    path.write_bytes(pki.root_pem)
    return path


@pytest.mark.parametrize("name", NAMES)
def test_pyhanko_finds_it_signed_whole_and_unchanged(documents, root_file, name: str) -> None:
    assert judged_good(documents[name].read_bytes(), root_file)


def test_pyhanko_does_not_trust_it_under_another_root(documents, tmp_path: Path) -> None:
    (tmp_path / "other.pem").write_bytes(make_pki().root_pem)
    assert not judged_good(documents["usual"].read_bytes(), tmp_path / "other.pem")


def test_the_signature_says_what_pades_b_b_asks_for(documents) -> None:
    document = documents["usual"].read_bytes()
    signature = PdfFileReader(io.BytesIO(document)).embedded_signatures[0]
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert signature.docmdp_level.value == 1
    assert signature.self_reported_timestamp == MOMENT
    attributes = {item["type"].native for item in signature.signer_info["signed_attrs"]}
    assert "signing_certificate_v2" in attributes
    assert "signing_time" not in attributes  # EN 319 142-1: the time stands in /M


def changed_places(document: bytes) -> list[int]:
    """Places all over the file, in each object and in the signature itself, not its padding."""
    contents = document.index(b"/Contents<") + len(b"/Contents<")
    starts = [match.end() for match in re.finditer(rb"[0-9]+ 0 obj\n..", document)]
    spread = range(20, len(document), len(document) // 40)
    padding = range(contents + 2 * 900, contents + 2 * 8192)
    return [place for place in [*spread, *starts, contents + 200] if place not in padding]


def test_a_changed_byte_anywhere_breaks_the_verdict(documents, root_file) -> None:
    document = documents["usual"].read_bytes()
    for place in changed_places(document):
        forged = bytearray(document)
        forged[place] ^= 0x01
        assert not judged_good(bytes(forged), root_file), place


def test_bytes_added_at_the_end_or_in_the_padding_break_the_verdict(documents, root_file) -> None:
    document = documents["usual"].read_bytes()
    assert not judged_good(document + b"\n% more", root_file)
    end = document.index(b">>\nendobj\nxref")
    assert document[end - 3 : end] == b"00>"
    assert not judged_good(document[: end - 2] + b"1" + document[end - 1 :], root_file)


def test_a_cut_file_breaks_the_verdict(documents, root_file) -> None:
    document = documents["usual"].read_bytes()
    assert not judged_good(document[:-10], root_file)


@pytest.mark.tools
@pytest.mark.parametrize("name", NAMES)
def test_pdfsig_finds_it_valid_trusted_and_whole(
    run_tool, documents, root_file, tmp_path: Path, name: str
) -> None:
    store = f"sql:{tmp_path}"
    run_tool("certutil", "-N", "-d", store, "--empty-password")
    run_tool("certutil", "-A", "-d", store, "-n", "root", "-t", "CT,C,C", "-i", root_file)
    said = run_tool("pdfsig", "-nssdir", store, documents[name])
    for sentence in (
        "Signature is Valid",
        "Certificate is Trusted",
        "Total document signed",
        "ETSI.CAdES.detached",
    ):
        assert sentence in said


@pytest.mark.tools
def test_mutool_finds_it_unchanged_since_signing(run_tool, documents) -> None:
    # mutool knows no root of ours and says so; what it says of the bytes is what counts.
    said = run_tool("mutool", "sign", "-v", documents["usual"], ok=(0, 1))
    assert "The document is unchanged since signing." in said


@pytest.mark.tools
def test_mutool_notices_a_change(run_tool, documents, tmp_path: Path) -> None:
    forged = tmp_path / "forged.pdf"
    document = documents["usual"].read_bytes()
    forged.write_bytes(document.replace(b"zh-CN", b"zh-TW", 1))
    said = run_tool("mutool", "sign", "-v", forged, ok=(0, 1))
    assert "The document is unchanged since signing." not in said
