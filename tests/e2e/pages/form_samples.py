"""The page for taking a certificate along, and the verdicts on annotated copies."""

from collections.abc import Iterator

from certstore.pages.copy_views import CopyView
from certstore.sharing.own_copies import DAYS
from tests.e2e.pages.people import NOW, REF, Sample
from verifiers.pages.views import CheckLine, ScanResult, ScanView


def forms() -> Iterator[Sample]:
    """Taking along: asked, wrong; and what a verifier sees of a copy."""
    page, path = "certstore/copy.html", f"/certificates/{REF}/download"
    view = CopyView(ref=REF, type_code="residence_voucher", days=DAYS, for_wallets=True)
    yield Sample("copy", page, view, path)
    wrong = CopyView(
        ref=REF,
        type_code="residence_voucher",
        days=DAYS,
        chosen="",
        errors={"cause": "empty", "days": "empty"},
    )
    yield Sample("copy-errors", page, wrong, path)
    for verdict, reasons in (("valid", ()), ("expired", ("COPY_EXPIRED",))):
        result = ScanResult(
            verdict=verdict,
            reasons=("ANNOTATED_COPY", *reasons),
            checks=(
                *(CheckLine("signer", passed=True, detail="示范市公安局"),),
                *(CheckLine(name, passed=True) for name in ("disclosed", "printed_text")),
                CheckLine("copy_time", passed=not reasons),
            ),
            fields={
                "type_code": "11310000MB0T00015WT01",
                "type": "residence_voucher",
                "name": "林晓禾",
                "residence_district": "海港区",
                "copy_cause": "义务教育入学报名（办件号 RX-2026-00018）",
                "copy_made_by": "示范市教育局",
                "copy_made_at": "2026-11-26T10:00:00+08:00",
                "copy_good_until": "2026-12-26T23:59:59+08:00",
            },
            checked_at=NOW,
        )
        shown = ScanView(result=result)
        yield Sample(f"scan-copy-{verdict}", "verifiers/scan.html", shown, "/scan/file", None)
