"""What tools nobody here wrote say about an annotated copy."""

from datetime import timedelta
from pathlib import Path

import pytest

from certstore.annotations import Annotation, end_of_copy
from issuance.document.content import Row
from issuance.document.copy_content import CopyContent
from issuance.document.copy_press import CopyPress
from issuance.document.fontset import FontSet
from tests.conformance.document.test_signed import judged_good
from tests.conformance.document.test_signed import root_file as root_file
from tests.conformance.document.test_structure import pdfa_check as pdfa_check
from tests.conformance.document.voucher_examples import MOMENT, content

NAMES = ("few", "whole", "long")
each = pytest.mark.parametrize("name", NAMES)


def examples() -> dict[str, CopyContent]:
    """Copies: three fields; everything with a photo; the longest words there may be."""
    whole = content()
    shared = {
        name: getattr(whole, name)
        for name in (
            *("identifier", "serial", "url_code_text", "attachment", "issuer_zh", "issuer_en"),
            *("seal_text_zh", "title", "check_url", "specimen"),
        )
    }
    few = (
        Row("name", "姓名", "Name", "林晓禾"),
        Row("residence_district", "居住区", "District", "海港区"),
    )

    def copy(rows, cause, made_by, photo):
        annotation = Annotation(
            cause=cause, made_by=made_by, made_at=MOMENT, good_until=end_of_copy(MOMENT, 30)
        )
        return CopyContent(
            **shared,
            rows=rows,
            code_text="",
            issued_at=MOMENT,
            issued_on=MOMENT.date(),
            annotation=annotation,
            title_en="Residence Registration Voucher",
            photo_jpeg=photo,
        )

    return {
        "few": copy(few, "入学报名（办件号 RX-2026-00018）", "示范市教育局", None),
        "whole": copy(whole.rows, "租房签约", "林晓禾（持证人）", whole.photo_jpeg),
        "long": copy(few, "长" * 100 + "（办件号 " + "W" * 60 + "）", "局" * 100, None),
    }


@pytest.fixture(scope="session")
def copies(pki, tmp_path_factory) -> dict[str, Path]:
    """Printed copies by name, as files."""
    folder = tmp_path_factory.mktemp("copies")
    press = CopyPress(fonts=FontSet.bundled(), signer=pki.signer)
    paths = {}
    for name, asked in examples().items():
        paths[name] = folder / f"{name}.pdf"
        paths[name].write_bytes(press.print(asked))
    return paths


@each
def test_pyhanko_finds_it_signed_whole_and_unchanged(copies, root_file, name: str) -> None:
    assert judged_good(copies[name].read_bytes(), root_file)


@pytest.mark.tools
@each
def test_verapdf_finds_it_compliant_with_pdfa_3u_its_own_schema_included(
    pdfa_check, copies, name: str
) -> None:
    assert pdfa_check("3u", copies[name]).splitlines()[-1] == "compliant"


@pytest.mark.tools
@each
def test_mutool_and_qpdf_find_nothing_to_warn_of(run_tool, copies, name: str) -> None:
    said = run_tool("mutool", "sign", "-v", copies[name], ok=(0, 1))
    assert "The document is unchanged since signing." in said
    said = run_tool("qpdf", "--check", copies[name])
    assert "No syntax or stream encoding errors found" in said
    assert "WARNING" not in said


@pytest.mark.tools
@each
def test_pdftotext_reads_what_it_is_for_and_until_when(run_tool, copies, name: str) -> None:
    text = "".join(run_tool("pdftotext", "-raw", copies[name], "-").split())
    asked = examples()[name]
    for said in (*asked.remarks.values(), *(row.value for row in asked.rows), "加注件"):
        assert "".join(said.split()) in text


def test_a_copy_is_good_for_so_many_days_to_their_last_second() -> None:
    until = end_of_copy(MOMENT, 1)
    assert until.isoformat() == "2026-11-23T23:59:59+08:00"
    assert until - MOMENT < timedelta(days=2)
