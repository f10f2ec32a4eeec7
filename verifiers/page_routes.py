"""The scanner's pages: judged here when there is no script, and the small URL code's answer."""

from typing import Annotated

from fastapi import APIRouter, Depends, File, Form, Path, Request, UploadFile
from fastapi.responses import Response

from certstore.certificates import Status
from certstore.clock import local_date
from certstore.errors import TooLargeError
from certstore.reception import desk
from certstore.web.answers import check_form, page
from verifiers.pages.views import CheckLine, ScanResult, ScanView, StatusView
from verifiers.routes import read_upload, verdict_out
from verifiers.scanning.desk import OnLineScan, ScanDesk

router = APIRouter(include_in_schema=False)
Scanning = Annotated[ScanDesk, desk(ScanDesk)]
_FORM = [Depends(check_form)]
_UNREADABLE = {"FILE_UNREADABLE", "PICTURE_TOO_LARGE"}


@router.get("/scan")
def scan(request: Request) -> Response:
    """Scan with the camera, a picture, or by typing."""
    return page(request, "verifiers/scan.html", ScanView())


@router.post("/scan", dependencies=_FORM)
def judge_typed(
    request: Request, scanning: Scanning, code: Annotated[str, Form(max_length=8192)] = ""
) -> Response:
    """Judge a typed code."""
    if not code.strip():
        return page(request, "verifiers/scan.html", ScanView(error="empty"), 422)
    # People paste codes with what stood around them. No code begins or ends with white space:
    # Base45 has the space among its symbols, but none so large can end a group.
    found = scanning.judge(code.strip())
    return page(request, "verifiers/scan.html", ScanView(result=_result(request, found)))


@router.post("/scan/file", dependencies=_FORM)
def judge_file(
    request: Request, scanning: Scanning, file: Annotated[UploadFile | None, File()] = None
) -> Response:
    """Judge a picture or a document."""
    try:
        data = read_upload(file) if file is not None else b""
    except TooLargeError:
        return page(request, "verifiers/scan.html", ScanView(error="too_large"), 413)
    if not data:
        return page(request, "verifiers/scan.html", ScanView(error="empty"), 422)
    found = scanning.judge_file(data)
    reasons = set(found.result.reasons)
    if "NO_CODE_FOUND" in reasons:
        return page(request, "verifiers/scan.html", ScanView(error="no_code"), 422)
    if _UNREADABLE & reasons:
        return page(request, "verifiers/scan.html", ScanView(error="not_readable"), 422)
    return page(request, "verifiers/scan.html", ScanView(result=_result(request, found)))


@router.get("/s/{ref}")
def status(
    ref: Annotated[str, Path(max_length=40)], request: Request, scanning: Scanning
) -> Response:
    """Status only, for an ordinary camera: no personal data, and nothing to walk through."""
    now = scanning.clock.now()
    found = scanning.status_of_ref(ref)
    words = {Status.LOST: "lost", Status.CANCELLED: "revoked"}
    live = found.status_on(local_date(now)) if found else None
    view = StatusView(
        status=words.get(live, live.value) if live else "unknown",  # type: ignore[arg-type]  # the view's words
        type_code=found.type_code if found else None,
        checked_at=now,
        specimen=request.app.state.specimen,
    )
    return page(request, "verifiers/status.html", view, 200 if found else 404)


def _result(request: Request, found: OnLineScan) -> ScanResult:
    fields = verdict_out(found).fields
    return ScanResult(
        verdict=found.result.verdict.value,
        reasons=found.result.reasons,
        checks=tuple(CheckLine(c.name, c.passed, c.detail) for c in found.result.checks),
        fields={name: str(value) for name, value in fields.items()},
        checked_at=found.checked_at,
        specimen=request.app.state.specimen,
    )
