"""The scanner, every verdict, and the status page."""

from collections.abc import Iterator

from tests.e2e.pages.people import NOW, PORTRAIT, Sample
from verifiers.pages.views import CheckLine, ScanResult, ScanView, StatusView, VerdictWord
from verifiers.scanning.kept_scanner import national_codes

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


NAMELESS = {
    "type": "residence_voucher",
    "type_code": "11310000MB0T00015WT01",
    "number": "SF20260004738216",
    "valid_to": "2027-11-25",
}
OF_AGE = NAMELESS | {"disclosure": "age_over", "age_over": "18"}
IN_DISTRICT = NAMELESS | {"disclosure": "residence_in_district", "residence_address": "海港区"}


def scans() -> Iterator[Sample]:
    """The scanner, every verdict, and the status page."""
    view = ScanView(list_age=120, national=national_codes())
    yield Sample("scan", "verifiers/scan.html", view, "/scan", None)
    refused = ScanView(error="numbers", national=national_codes())
    yield Sample("scan-numbers", "verifiers/scan.html", refused, "/scan", None)
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
    yield from _nameless()
    yield from _cases()
    for status in ("valid", "suspended", "lost", "expired", "superseded", "revoked", "unknown"):
        view = StatusView(
            status=status,
            type_code=None if status == "unknown" else "residence_voucher",
            checked_at=NOW,
        )
        yield Sample(f"status-{status}", "verifiers/status.html", view, "/s/abc", None)


def _nameless() -> Iterator[Sample]:
    """What proves one thing and names nobody."""
    checks = (CheckLine("signature", passed=True), CheckLine("status", passed=True))
    for name, fields in {"age": OF_AGE, "district": IN_DISTRICT, "nobody": NAMELESS}.items():
        result = ScanResult(verdict="valid", checks=checks, fields=fields, checked_at=NOW)
        view = ScanView(result=result, list_age=30)
        yield Sample(f"scan-{name}", "verifiers/scan.html", view, "/scan", None)


def _cases() -> Iterator[Sample]:
    """Verdicts with words of their own; and a certificate that never had a photo."""
    stands = (CheckLine("status", passed=True), CheckLine("device", passed=False))
    letter = FIELDS | {"type": "commitment_letter", "disclosure": "minimal"}
    cases = {
        "phone-signed-out": ScanResult(
            verdict="revoked",
            reasons=("DEVICE_SIGNED_OUT",),
            checks=stands,
            fields=FIELDS,
            checked_at=NOW,
        ),
        "status-address": ScanResult(
            verdict="malformed",
            reasons=("STATUS_ADDRESS",),
            checked_at=NOW,
            status_href=f"/s/{'k' * 20}",
        ),
        "letter": ScanResult(verdict="valid", fields=letter, checked_at=NOW),
        "their-photo": ScanResult(
            verdict="valid",
            fields=FIELDS | {"disclosure": "minimal", "photo_digest": "00" * 16},
            checked_at=NOW,
        ),
    }
    for name, result in cases.items():
        view = ScanView(result=result, list_age=30)
        yield Sample(f"scan-{name}", "verifiers/scan.html", view, "/scan", None)
