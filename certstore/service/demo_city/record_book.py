"""The records the city's authorities hold, gathered before they are written as batches."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from certstore.service.demo_city.sources import SOURCE_OF_TYPE, SOURCES

_PREFIX = {
    "id_photo": "ZP",
    "household_register": "HJ",
    "birth_certificate": "CS",
    "property_certificate": "BDC",
    "lease_filing": "BA",
    "lease_contract": "HT",
    "social_insurance": "SB",
    "enrolment": "XJ",
    "dormitory_certificate": "SS",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What a record says; `record_book` adds whose it is and numbers it."""

    type: str
    holders: tuple[Mapping[str, str], ...]
    issued_on: date
    claims: Mapping[str, object]
    valid_from: date | None = None  # None: from the day of issue
    valid_to: date | None = None
    status: str = "valid"
    under_dispute: bool = False
    number: str = ""  # empty: a serial
    jpeg: bytes = field(default=b"", repr=False)


class RecordBook:
    """The records by source, in the order they are handed in; photos by path."""

    def __init__(self, today: date) -> None:
        """Begin empty; `today` is the day of the hand-in."""
        self.today = today
        self.lines: dict[str, list[dict[str, object]]] = {s.word: [] for s in SOURCES}
        self.photos: dict[str, bytes] = {}
        self._counts: dict[str, int] = {}

    def add(self, *versions: Entry) -> None:
        """Add a record with its versions, the oldest first; all are handed in today or before."""
        word = versions[0].type
        self._counts[word] = self._counts.get(word, 0) + 1
        serial = f"{_PREFIX[word]}{self._counts[word]:06}"
        for version, entry in enumerate(versions, start=1):
            self._append(entry, serial, version)

    def _append(self, entry: Entry, serial: str, version: int) -> None:
        source = SOURCE_OF_TYPE[entry.type]
        files = [self._photo(entry.jpeg, serial, version)] if entry.jpeg else []
        line = {
            "record_id": f"{source.word}.{serial}",
            "version": version,
            "type": entry.type,
            "holders": list(entry.holders),
            "issuer_uscc": source.uscc,
            "number": entry.number or f"{serial}{entry.issued_on:%Y}",
            "issued_on": entry.issued_on.isoformat(),
            "valid_from": (entry.valid_from or entry.issued_on).isoformat(),
            "valid_to": entry.valid_to.isoformat() if entry.valid_to else None,
            "status": entry.status,
            "under_dispute": entry.under_dispute,
            "claims": dict(entry.claims),
            "files": files,
            "source_time": self._moment(entry, version),
        }
        self.lines[source.word].append(line)

    def _photo(self, jpeg: bytes, serial: str, version: int) -> dict[str, str]:
        path = f"photos/{serial.lower()}-{version}.jpg"
        self.photos[path] = jpeg
        return {
            "media_type": "image/jpeg",
            "sha256": hashlib.sha256(jpeg).hexdigest(),
            "path": path,
        }

    def _moment(self, entry: Entry, version: int) -> str:
        """When the source wrote the version: the evening of its day, a later one after it."""
        latest = self.today - timedelta(days=1)
        day = min(entry.issued_on + timedelta(days=version - 1), latest)
        return f"{max(day, entry.issued_on).isoformat()}T21:{30 + version % 30:02}:00+08:00"
