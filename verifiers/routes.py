"""HTTP for verifiers' own systems: a code or a file in, a verdict out."""

import base64
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, File, UploadFile
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.catalogue import catalogue
from certstore.errors import TooLargeError
from certstore.plain_words import plain_words
from certstore.reception import desk
from verifiers.scanning.desk import OnLineScan, ScanDesk
from verifiers.scanning.verify import as_json

router = APIRouter(prefix="/v1/verify", tags=["verify"])
_LONGEST_BODY = 8192  # longer than any code, so that too long a one is judged and not refused
MAX_FILE = 8 * 1024 * 1024


def _named(text: str) -> str:
    return plain_words(text) if text else text


class CodeIn(BaseModel):
    """The text of a code, as it was read."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    code: str = Field(min_length=1, max_length=_LONGEST_BODY)
    verifier: Annotated[str, AfterValidator(_named)] = Field(
        "", max_length=100, description="who verifies, as the holder will read it"
    )


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


@router.post("/code", summary="Judge a code, and redeem it if it was made for one showing")
def verify_code(body: CodeIn, scan: Annotated[ScanDesk, desk(ScanDesk)]) -> VerdictOut:
    """A bad code is an answer (200), not an error."""
    return verdict_out(scan.judge(body.code, body.verifier))


@router.post("/document", summary="Judge a signed document, or the code in a picture")
def verify_document(
    file: Annotated[UploadFile, File()], scan: Annotated[ScanDesk, desk(ScanDesk)]
) -> VerdictOut:
    """A bad document is an answer (200), not an error."""
    return verdict_out(scan.judge_file(read_upload(file)))


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
    return VerdictOut(photo=photo, checked_at=found.checked_at, **said)


def with_type(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields, and the catalogue's word for the type beside its national code."""
    national = fields.get("type_code")
    word = next((k.code for k in catalogue().values() if k.type_code == national), None)
    return dict(fields) if word is None else {**fields, "type": word}
