"""The page for files: a document or a picture in, what it is and what was done to it out."""

import base64
from typing import Annotated

from fastapi import APIRouter, Depends, File, Request, UploadFile
from fastapi.responses import Response

from certstore.errors import TooLargeError
from certstore.reception import address_of, desk
from certstore.web.answers import check_form, page
from verifiers.page_routes import result_of
from verifiers.pages.document_views import (
    ChangeLine,
    FileError,
    FileResult,
    FileView,
    PagePictures,
)
from verifiers.pages.views import ScanResult
from verifiers.routes import read_upload
from verifiers.scanning.account import Account, Finding, Obstacle, PagePair
from verifiers.scanning.desk import OnLineScan, ScanDesk

router = APIRouter(include_in_schema=False)
_TEMPLATE = "verifiers/scan_file.html"
_UNREADABLE = {"FILE_UNREADABLE", "PICTURE_TOO_LARGE"}


@router.get("/scan/file")
def choose_file(request: Request) -> Response:
    """Choose a file, or drop one."""
    return page(request, _TEMPLATE, FileView())


@router.post("/scan/file", dependencies=[Depends(check_form)])
def judge_file(
    request: Request,
    scanning: Annotated[ScanDesk, desk(ScanDesk)],
    file: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Judge a picture or a document."""
    try:
        data = read_upload(file) if file is not None else b""
    except TooLargeError:
        return page(request, _TEMPLATE, FileView(error="too_large"), 413)
    if not data:
        return page(request, _TEMPLATE, FileView(error="empty"), 422)
    found = scanning.judge_file(data, caller=address_of(request))
    error = _error(found)
    if error is not None:
        return page(request, _TEMPLATE, FileView(error=error), 422)
    account, shown = found.result.document, result_of(request, found)
    if account is None:  # a code's text, in a file
        return page(request, _TEMPLATE, FileView(code=shown))
    if account.obstacle is Obstacle.PICTURE:
        return page(request, _TEMPLATE, FileView(code=shown, picture=True))
    return page(request, _TEMPLATE, FileView(result=_result(account, shown)))


def _error(found: OnLineScan) -> FileError | None:
    reasons = set(found.result.reasons)
    if "NO_CODE_FOUND" in reasons:
        return "no_code"
    if found.result.document is None and "NOT_OUR_CODE" in reasons:
        return "not_ours"
    return "not_readable" if _UNREADABLE & reasons else None


def _result(account: Account, shown: ScanResult) -> FileResult:
    return FileResult(
        finding=account.finding.value,
        obstacle=account.obstacle.value if account.obstacle else None,
        changes=tuple(ChangeLine(change.kind.value, change.detail) for change in account.changes),
        signed_bytes=account.signed_bytes,
        total_bytes=account.total_bytes,
        looks_same=account.looks_same,
        signers=tuple(account.signers),
        pages=tuple(map(_pictures, account.pages)) if account.finding is Finding.CHANGED else (),
        scan=shown,
    )


def _pictures(pair: PagePair) -> PagePictures:
    return PagePictures(pair.number, _url(pair.signed), _url(pair.now))


def _url(jpeg: bytes | None) -> str | None:
    return None if jpeg is None else f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode()}"
