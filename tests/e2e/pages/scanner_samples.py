"""The scanner that works without a network, and what was scanned on this device."""

from collections.abc import Iterator

from tests.e2e.pages.people import Sample
from verifiers.pages.views import ScanHistoryView


def scanner_samples() -> Iterator[Sample]:
    """The page of past checks; the scanner itself stands in scan_samples."""
    yield Sample(
        "scan-history", "verifiers/scan_history.html", ScanHistoryView(), "/scan/history", None
    )
