"""HTTP for verifiers' own systems: a code or a file in, a verdict out."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Path, Request, UploadFile
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.catalogue import catalogue
from certstore.errors import NotFoundError, TooLargeError
from certstore.plain_words import plain_words
from certstore.reception import address_of, desk
from verifiers.document_answer import DocumentOut
from verifiers.scanning.desk import OnLineScan, ScanDesk
from verifiers.scanning.told_scans import ToldScan, ToldScanDesk
from verifiers.scanning.verdict import Verdict
from verifiers.scanning.verify import as_json

router = APIRouter(prefix="/v1/verify", tags=["verify"])
_LONGEST_BODY = 8192  # longer than any code, so that too long a one is judged and not refused
_LAST_SECOND = 253_402_300_799  # of the year 9999
MAX_FILE = 8 * 1024 * 1024


def named(text: str) -> str:
    """What a verifier calls itself: nothing, or words that can be read (ValueError)."""
    return plain_words(text) if text else text


class CodeIn(BaseModel):
    """The text of a code, as it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str = Field(min_length=1, max_length=_LONGEST_BODY)
    verifier: Annotated[str, AfterValidator(named)] = Field(
        "", max_length=100, description="who verifies, as the holder will read it"
    )
    nonce: str | None = Field(
        None,
        pattern=r"^(?:[0-9a-f]{2}){8,32}$",
        description="what the verifier asked the holder of an RPH1 code to sign, in hex",
    )


class ToldScanIn(BaseModel):
    """A scan made off line: no text of the code, and no fact of it."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    cti: str = Field(pattern=r"^[0-9a-f]{16}$", description="the code's own random number, in hex")
    verdict: Verdict
    scanned_at: int = Field(ge=0, le=_LAST_SECOND, description="Unix seconds")
    place: Annotated[str, AfterValidator(named)] = Field(
        "", max_length=100, description="where it was, as the holder will read it"
    )


class LogIn(BaseModel):
    """Scans made off line, told of afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    scans: list[ToldScanIn] = Field(min_length=1, max_length=100)


class LogOut(BaseModel):
    """How many were taken: all, whether their codes are known here or not."""

    taken: int


class CheckOut(BaseModel):
    """One step that was taken; `passed` is null where it could not be decided."""

    name: str
    passed: bool | None
    detail: str


class VerdictOut(BaseModel):
    """The verdict, its reasons and steps; fields only under a good signature."""

    verdict: str
    reasons: list[str]
    checks: list[CheckOut]
    fields: dict[str, Any]
    photo: str | None = Field(
        None, description="JPEG, base64; only for a presentation redeemed by this very request"
    )
    checked_at: datetime
    list_age_s: int = Field(0, description="0: the register was asked live")
    document: DocumentOut | None = Field(
        None, description="what became of the file since it was signed; null for a code's text"
    )
    receipt: str | None = Field(
        None,
        description="compact JWS (scan-receipt+jwt) without personal data; of a code that was"
        " rightly signed",
    )


@router.post("/code", summary="Judge a code, and redeem it if it was made for one showing")
def verify_code(
    body: CodeIn, scan: Annotated[ScanDesk, desk(ScanDesk)], request: Request
) -> VerdictOut:
    """A bad code is an answer (200), not an error. Nine digits are refused after wrong ones."""
    nonce = bytes.fromhex(body.nonce) if body.nonce else None
    return verdict_out(scan.judge(body.code, body.verifier, nonce, caller=address_of(request)))


@router.post("/log", summary="Tell of scans that were made off line")
def verify_log(body: LogIn, told: Annotated[ToldScanDesk, desk(ToldScanDesk)]) -> LogOut:
    """For the holders to read. Told twice, a scan counts once; what is known here is not said."""
    told.take([_told(scan) for scan in body.scans])
    return LogOut(taken=len(body.scans))


def _told(scan: ToldScanIn) -> ToldScan:
    moment = datetime.fromtimestamp(scan.scanned_at, UTC)
    return ToldScan(scan.cti, scan.verdict, moment, scan.place)


@router.post("/document", summary="Judge a signed document, or the code in a picture")
def verify_document(
    file: Annotated[UploadFile, File()],
    scan: Annotated[ScanDesk, desk(ScanDesk)],
    request: Request,
) -> VerdictOut:
    """A bad document is an answer (200), not an error; `document` tells what was done to it."""
    return verdict_out(scan.judge_file(read_upload(file), caller=address_of(request)))


class StatusOut(BaseModel):
    """What everybody may know of a certificate whose small URL code they read."""

    status: Literal["valid", "suspended", "lost", "expired", "superseded", "revoked"]
    type: str = Field(description="the catalogue's word for the type")
    checked_at: datetime


@router.get("/status/{ref}", summary="What a small URL code says: the status alone")
def public_status(
    ref: Annotated[str, Path(max_length=40, description="the last part of the URL code's address")],
    scan: Annotated[ScanDesk, desk(ScanDesk)],
) -> StatusOut:
    """No personal data. References are drawn at random, so that none leads to another."""
    found = scan.public_status(ref)
    if found is None:
        raise NotFoundError(
            "there is no such certificate",
            where="ref",
            remedy="read the code again; what this service issued is found by its reference",
        )
    return StatusOut(status=found.status, type=found.type_code, checked_at=found.checked_at)


def read_upload(file: UploadFile) -> bytes:
    """The bytes of an upload; TooLargeError above 8 MiB."""
    data = file.file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise TooLargeError(f"a file has at most {MAX_FILE} bytes", where="file")
    return data


def verdict_out(found: OnLineScan) -> VerdictOut:
    """The verdict as it is sent."""
    photo = base64.b64encode(found.photo).decode() if found.photo else None
    said: dict[str, Any] = as_json(found.result)
    said["fields"] = with_type(said["fields"])
    return VerdictOut(photo=photo, checked_at=found.checked_at, receipt=found.receipt, **said)


def with_type(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, and the catalogue's word for the type beside its national code."""
    national = fields.get("type_code")
    word = next((k.code for k in catalogue().values() if k.type_code == national), None)
    return dict(fields) if word is None else {**fields, "type": word}
