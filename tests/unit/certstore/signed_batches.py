"""Batches made up for tests: a sound record, a source with a real key, signed lines."""

import base64
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from certstore import keys
from certstore.batches import BatchReading, read_batch, sign_batch
from certstore.check_characters import mod_11_2
from certstore.keys import KeySigner, Purpose
from certstore.trust import KeyState, TrustedKey

HOUSING = "11310000MB0T00023P"
POLICE = "11310000MB0T00015W"


def citizen(first_17: str = "34019919980314011") -> str:
    """An identity number with its check character."""
    return first_17 + mod_11_2(first_17)


def person(**changes: Any) -> dict[str, Any]:
    """A holder."""
    return {"name": "陈一鸣", "id_type": "111", "id_number": citizen(), **changes}


def record(**changes: Any) -> dict[str, Any]:
    """A sound lease filing; a change to `...` leaves the member out."""
    sound: dict[str, Any] = {
        "record_id": "housing.BA000001",
        "version": 1,
        "type": "lease_filing",
        "holders": [person()],
        "issuer_uscc": HOUSING,
        "number": "BA0000012026",
        "issued_on": "2026-03-01",
        "valid_from": "2026-03-05",
        "valid_to": "2031-03-04",
        "status": "valid",
        "under_dispute": False,
        "claims": {"address": "示范市海港区长乐路88弄6号502室"},
        "files": [],
        "source_time": "2026-03-01T21:30:00+08:00",
    }
    return {name: value for name, value in (sound | changes).items() if value is not ...}


def photo_file(data: bytes = b"\xff\xd8\xff picture", **changes: Any) -> dict[str, Any]:
    """A file that stands inside its line."""
    return {
        "media_type": "image/jpeg",
        "sha256": hashlib.sha256(data).hexdigest(),
        "base64": base64.b64encode(data).decode(),
        **changes,
    }


def photo_record(*files: dict[str, Any]) -> dict[str, Any]:
    """An ID photo of the police."""
    claims = {"taken_on": "2026-02-28"}
    return record(type="id_photo", issuer_uscc=POLICE, claims=claims, files=list(files))


def row(**changes: Any) -> dict[str, Any]:
    """A sound lease filing under the column names of GB/T 36903."""
    sound: dict[str, Any] = {
        "record_id": "housing.BA000002",
        "version": 1,
        "ZZMC": "住房租赁合同登记备案通知书",
        "ZZLXDM": "11310000MB0T00023PT01",
        "ZZBH": "BA0000022026",
        "ZZBFJG": "示范市房屋管理局",
        "ZZBFJGDM": HOUSING,
        "ZZBFRQ": "20260301",
        "CZZT": "陈一鸣",
        "CZZTDM": citizen(),
        "CZZTDMLX": "公民身份号码",
        "CZZTDMLXDM": "111",
        "ZZYXQQSRQ": "2026-03-05",
        "ZZYXQJZRQ": "20310304",
        "KZ_ZL": "示范市海港区长乐路88弄6号502室",
        "status": "valid",
        "source_time": "2026-03-01T21:30:00+08:00",
    }
    return {name: value for name, value in (sound | changes).items() if value is not ...}


def as_lines(records: Iterable[dict[str, Any] | bytes]) -> bytes:
    """Records as a JSONL file; bytes stand as they are."""
    return b"".join(
        (r if isinstance(r, bytes) else json.dumps(r, ensure_ascii=False).encode()) + b"\n"
        for r in records
    )


@dataclass(frozen=True)
class Source:
    """A source authority with a key of its own."""

    uscc: str = HOUSING
    purpose: Purpose = Purpose.SOURCE
    state: KeyState = KeyState.ACTIVE
    signer: KeySigner = field(
        default_factory=lambda: KeySigner(Purpose.SOURCE, keys.generate("ES256"))
    )

    @property
    def key(self) -> TrustedKey:
        """The key as a trust list has it."""
        return TrustedKey(
            purpose=self.purpose,
            authority_uscc=self.uscc,
            authority_name="示范市房屋管理局",
            public_key=self.signer.public_key,
            valid_from=datetime(2026, 1, 1, tzinfo=UTC),
            valid_to=datetime(2036, 1, 1, tzinfo=UTC),
            state=self.state,
        )

    def find(self, kid: str) -> TrustedKey | None:
        """Find this source's key only."""
        return self.key if kid == self.signer.kid else None

    def hand_in(self, *records: dict[str, Any] | bytes) -> BatchReading:
        """Sign the records and have them read."""
        jsonl = as_lines(records)
        return read_batch(jsonl, sign_batch(jsonl, self.signer), find_key=self.find)
