"""The page for files, with every finding."""

import base64
import io
from collections.abc import Iterator

from PIL import Image, ImageDraw

from tests.e2e.pages.people import NOW, Sample
from tests.e2e.pages.scan_samples import FIELDS
from verifiers.pages.document_views import ChangeLine, FileResult, FileView, PagePictures
from verifiers.pages.views import CheckLine, ScanResult
from verifiers.scanning.account import ChangeKind, Obstacle

TEMPLATE, PATH = "verifiers/scan_file.html", "/scan/file"


def sheet(words: str) -> str:
    """A page drawn, as the view holds it."""
    picture = Image.new("RGB", (595, 842), "white")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((40, 40, 555, 120), outline="#1b4a9c", width=3)
    draw.text((60, 70), words, fill="black")
    out = io.BytesIO()
    picture.save(out, "JPEG")
    return f"data:image/jpeg;base64,{base64.b64encode(out.getvalue()).decode()}"


def scan(verdict: str, *reasons: str, good: bool = False) -> ScanResult:
    return ScanResult(
        verdict=verdict,
        reasons=reasons,
        checks=(CheckLine("size", passed=True), CheckLine("coverage", passed=good)),
        fields=FIELDS if good else {},
        checked_at=NOW,
    )


def documents() -> Iterator[Sample]:
    """Choosing a file, every finding, a picture's code."""
    yield Sample("file", TEMPLATE, FileView(), PATH, None)
    yield Sample("file-error", TEMPLATE, FileView(error="not_readable"), PATH, None)
    for verdict in ("valid", "revoked"):
        result = FileResult(
            finding="genuine",
            signed_bytes=145269,
            total_bytes=145269,
            scan=scan(verdict, good=True),
        )
        yield Sample(f"file-genuine-{verdict}", TEMPLATE, FileView(result=result), PATH, None)
    changed = FileResult(
        finding="changed",
        changes=(
            ChangeLine("page_content", "1"),
            ChangeLine("text_removed", "Name 林晓禾"),
            ChangeLine("text_added", "Name ZHANG SAN"),
            ChangeLine("signature_added", "某某文印社"),
        ),
        signed_bytes=145269,
        total_bytes=146013,
        looks_same=False,
        pages=(
            PagePictures(1, sheet("LIN XIAOHE"), sheet("ZHANG SAN")),
            PagePictures(2, None, sheet("2")),
        ),
        scan=scan("tampered", "CHANGED_AFTER_SIGNING"),
    )
    yield Sample("file-changed", TEMPLATE, FileView(result=changed), PATH, None)
    every = FileResult(
        finding="changed",
        changes=tuple(ChangeLine(kind.value, "1") for kind in ChangeKind),
        total_bytes=1,
        looks_same=True,
        scan=scan("tampered", "CHANGED_AFTER_SIGNING"),
    )
    yield Sample("file-changed-much", TEMPLATE, FileView(result=every), PATH, None)
    other = FileResult(
        finding="signed_by_other",
        total_bytes=90210,
        signers=("某某文印社",),
        scan=scan("unknown_issuer", "SIGNER_UNKNOWN"),
    )
    yield Sample("file-signed-by-other", TEMPLATE, FileView(result=other), PATH, None)
    ours = FileResult(finding="not_ours", total_bytes=512, scan=scan("malformed", "NOT_SIGNED"))
    yield Sample("file-not-ours", TEMPLATE, FileView(result=ours), PATH, None)
    for obstacle in Obstacle:
        if obstacle is Obstacle.PICTURE:
            continue
        told = FileResult(
            finding="not_verifiable",
            obstacle=obstacle.value,
            total_bytes=4096,
            scan=scan("malformed", "RESAVED"),
        )
        name = f"file-not-verifiable-{obstacle.value}"
        yield Sample(name.replace("_", "-"), TEMPLATE, FileView(result=told), PATH, None)
    picture = FileView(code=scan("valid", good=True), picture=True)
    yield Sample("file-picture", TEMPLATE, picture, PATH, None)
