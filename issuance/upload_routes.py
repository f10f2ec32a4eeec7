"""Uploads over HTTP that can be resumed: begun, sent on, asked about, ended.

The shape is that of the IETF's Resumable Uploads for HTTP (draft-ietf-httpbis-resumable-upload):
Upload-Length, Upload-Offset, Upload-Complete, `application/partial-upload`, 409 with the offset
that is expected. Left out: its interim answers (104) and uploads whose length is not known.
"""

import base64
import binascii
import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect

from certstore.callers import Resident
from certstore.errors import ConflictError, MalformedError, TooLargeError
from certstore.reception import desk, signed_in
from certstore.web.answers import check_token
from issuance.upload import LARGEST_APPEND, PIECE, Upload, UploadState
from issuance.uploads import Announced, UploadDesk

router = APIRouter(prefix="/v1", tags=["uploads"])
Me = Annotated[Resident, signed_in(Resident)]
Uploads = Annotated[UploadDesk, desk(UploadDesk)]
_TOKEN = [Depends(check_token)]
_PARTIAL = "application/partial-upload"
_MISMATCH = "https://iana.org/assignments/http-problem-types#mismatching-upload-offset"
_COMPLETED = "https://iana.org/assignments/http-problem-types#completed-upload"
_NUMBER = re.compile(r"[0-9]{1,15}")
_DIGEST = re.compile(r"(?:^|,)\s*sha-256=:([A-Za-z0-9+/]{43}=):")


class UploadOut(BaseModel):
    """Where an upload stands; `reasons` of a refusal and `advice` are codes of closed lists."""

    ref: str
    state: UploadState
    material: str
    document: str
    length: int
    received: int
    pages: int
    reasons: list[str]
    advice: list[str]


@router.post(
    "/applications/{ref}/materials/{material}/uploads",
    summary="Begin an upload",
    status_code=201,
    dependencies=_TOKEN,
)
def begin(
    ref: str,
    material: str,
    me: Me,
    uploads: Uploads,
    document: Annotated[str, Query(max_length=40)],
    upload_length: Annotated[str, Header(max_length=20)] = "",
    repr_digest: Annotated[str, Header(max_length=400)] = "",
) -> Response:
    """Say how long the file is, and optionally its SHA-256 (RFC 9530); the bytes come by PATCH."""
    announced = Announced(_number(upload_length, "Upload-Length"), _sha256(repr_digest))
    upload = uploads.begin(me, ref, material, document, announced)
    location = f"/v1/uploads/{upload.ref}"
    headers = {**_headers(upload, uploads), "Location": location}
    return JSONResponse(_out(upload).model_dump(), 201, headers=headers)


@router.head("/uploads/{upload_ref}", summary="How far an upload came", status_code=204)
def head(upload_ref: str, me: Me, uploads: Uploads) -> Response:
    """The offset to go on at."""
    upload = uploads.progress(me, upload_ref)
    return Response(status_code=204, headers=_headers(upload, uploads))


@router.get("/uploads/{upload_ref}", summary="What became of an upload")
def get(upload_ref: str, me: Me, uploads: Uploads) -> UploadOut:
    """Its state, with reasons or advice once it was judged."""
    return _out(uploads.progress(me, upload_ref))


@router.patch("/uploads/{upload_ref}", summary="Send the next bytes", dependencies=_TOKEN)
async def append(
    upload_ref: str,
    request: Request,
    me: Me,
    uploads: Uploads,
    upload_offset: Annotated[str, Header(max_length=20)] = "",
    content_type: Annotated[str, Header(max_length=100)] = "",
) -> Response:
    """Append at the offset; when all bytes are here the file is judged before this answers.

    What came before a connection was cut is kept. An empty body at the end asks for the judging
    once more, and for its result.
    """
    offset = _number(upload_offset, "Upload-Offset")
    if content_type != _PARTIAL:
        raise MalformedError(f"bytes are sent as {_PARTIAL}", where="Content-Type")
    try:
        upload = await run_in_threadpool(uploads.progress, me, upload_ref)
        if upload.state is not UploadState.RECEIVING and offset == upload.length:
            return _told(upload, uploads)  # said again: the answer may have been lost
        upload = await _receive(request, me, uploads, upload_ref, offset)
        if upload.received == upload.length:
            upload = await run_in_threadpool(uploads.complete, me, upload_ref)
            return _told(upload, uploads)
    except ConflictError as error:
        return _conflict(error)
    return Response(status_code=204, headers=_headers(upload, uploads))


@router.delete(
    "/uploads/{upload_ref}", summary="Take an upload back", status_code=204, dependencies=_TOKEN
)
def drop(upload_ref: str, me: Me, uploads: Uploads) -> Response:
    """Nothing opens it any more."""
    uploads.drop(me, upload_ref)
    return Response(status_code=204)


@router.post(
    "/uploads/{upload_ref}/accept",
    summary="Hand in all the same what has advice",
    dependencies=_TOKEN,
)
def accept(upload_ref: str, me: Me, uploads: Uploads) -> UploadOut:
    """It counts from now on, and the officer sees the advice."""
    return _out(uploads.accept(me, upload_ref))


async def _receive(
    request: Request, me: Resident, uploads: UploadDesk, upload_ref: str, offset: int
) -> Upload:
    """Keep what comes, piece by piece; what came before a cut is kept, too."""
    upload = await run_in_threadpool(uploads.append, me, upload_ref, offset, b"")
    async for piece in _pieces(request):
        upload = await run_in_threadpool(uploads.append, me, upload_ref, upload.received, piece)
    return upload


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body in pieces of one size, the last one shorter; it ends where the connection does."""
    waiting, total = bytearray(), 0
    try:
        async for chunk in request.stream():
            total += len(chunk)
            waiting += chunk
            while len(waiting) >= PIECE:
                yield bytes(waiting[:PIECE])
                del waiting[:PIECE]
            if total > LARGEST_APPEND:
                break
    except ClientDisconnect:
        pass  # nobody reads our answer; what came is kept below
    if waiting and total <= LARGEST_APPEND:
        yield bytes(waiting)
    if total > LARGEST_APPEND:
        raise TooLargeError(
            f"one request carries at most {LARGEST_APPEND} bytes",
            limit=LARGEST_APPEND,
            remedy="ask for the offset and send the rest in further requests",
        )


def _told(upload: Upload, uploads: UploadDesk) -> Response:
    return JSONResponse(_out(upload).model_dump(), headers=_headers(upload, uploads))


def _conflict(error: ConflictError) -> Response:
    """The draft's own problem types, with the offset to go on at; others go their usual way."""
    match error.facts:
        case {"cause": "OFFSET", "expected": int(expected), "provided": int(provided)}:
            said = {"type": _MISMATCH, "expected-offset": expected, "provided-offset": provided}
            headers = {"Upload-Offset": str(expected), "Upload-Complete": "?0"}
        case {"cause": "COMPLETE"}:
            said, headers = {"type": _COMPLETED}, {"Upload-Complete": "?1"}
        case _:
            raise error
    body = {**said, "title": "Conflict", "status": 409, "detail": error.detail}
    return JSONResponse(body, 409, headers=headers, media_type="application/problem+json")


def _headers(upload: Upload, uploads: UploadDesk) -> dict[str, str]:
    complete = upload.state is not UploadState.RECEIVING
    most = uploads.profile.most_bytes
    return {
        "Upload-Offset": str(upload.received),
        "Upload-Length": str(upload.length),
        "Upload-Complete": "?1" if complete else "?0",
        "Upload-Limit": f"max-size={most}, max-append-size={LARGEST_APPEND}",
        "Cache-Control": "no-store",
    }


def _out(upload: Upload) -> UploadOut:
    return UploadOut(
        ref=upload.ref,
        state=upload.state,
        material=upload.material.value,
        document=upload.document,
        length=upload.length,
        received=upload.received,
        pages=upload.pages,
        reasons=list(upload.reasons),
        advice=list(upload.advice),
    )


def _number(text: str, where: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise MalformedError("a whole number of bytes is missing", where=where)
    return int(text)


def _sha256(text: str) -> str | None:
    """The SHA-256 of a Repr-Digest (RFC 9530), in hex; None if there is none."""
    found = _DIGEST.search(text)
    if found is None:
        return None
    try:
        return base64.b64decode(found[1], validate=True).hex()
    except binascii.Error as error:
        raise MalformedError("the digest is not base64", where="Repr-Digest") from error
