"""The scanner, every verdict, and the status page."""

from collections.abc import Iterator

from tests.e2e.pages.people import NOW, PORTRAIT, Sample
from verifiers.pages.views import CheckLine, ScanResult, ScanView, StatusView, VerdictWord

VERDICTS: tuple[VerdictWord, ...] = (
    "valid", "not_yet_valid", "expired", "suspended", "lost", "revoked", "superseded",
    "unknown_issuer", "tampered", "malformed", "replayed", "stale_list",
)  # fmt: skip


FIELDS = {
    "name": "林*禾",
    "id_number": "310199********0020",
    "type": "residence_voucher",
    "type_code": "11310000MB0T00015WT01",
    "number": "SF20260004738216",
    "valid_to": "2027-11-25",
    "authority": "示范市公安局",
}


def scans() -> Iterator[Sample]:
    """The scanner, every verdict, and the status page."""
    yield Sample("scan", "verifiers/scan.html", ScanView(list_age=120), "/scan", None)
    error = ScanView(error="no_code")
    yield Sample("scan-error", "verifiers/scan.html", error, "/scan", None)
    hidden = {"unknown_issuer", "tampered", "malformed", "replayed"}
    for verdict in VERDICTS:
        good = verdict not in hidden
        result = ScanResult(
            verdict=verdict,
            reasons=("UNDER_DISPUTE",) if verdict == "valid" else (),
            checks=(
                CheckLine("prefix", passed=verdict != "malformed"),
                CheckLine("signature", passed=good),
                CheckLine("issuer", passed=good, detail="示范市公安局" if good else ""),
                CheckLine("status", passed=None if verdict == "stale_list" else verdict == "valid"),
            ),
            fields=FIELDS if good else {},
            checked_at=NOW,
            photo_href=PORTRAIT if verdict in {"valid", "stale_list"} else None,
        )
        view = ScanView(result=result, list_age=10620 if verdict == "stale_list" else 30)
        yield Sample(f"scan-{verdict}", "verifiers/scan.html", view, "/scan", None)
    for status in ("valid", "suspended", "lost", "expired", "superseded", "revoked", "unknown"):
        view = StatusView(
            status=status,
            type_code=None if status == "unknown" else "residence_voucher",
            checked_at=NOW,
        )
        yield Sample(f"status-{status}", "verifiers/status.html", view, "/s/abc", None)
