"""The scanner's pages: judged here when there is no script, and the small URL code's answer."""

import base64
from dataclasses import replace
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Request
from fastapi.responses import JSONResponse, Response

from certstore.errors import RateLimitedError
from certstore.presenting.ethnicities import ethnicity_name
from certstore.reception import address_of, desk
from certstore.web.answers import check_form, page
from certstore.web.dress import Dress, Lang
from certstore.web.shell import Shell
from certstore.web.static_files import StaticFiles
from certstore.web.texts import LANGUAGES, Texts
from verifiers.pages.views import (
    CheckLine,
    ScanError,
    ScanHistoryView,
    ScanResult,
    ScanView,
    StatusView,
)
from verifiers.routes import verdict_out
from verifiers.scanning.desk import OnLineScan, ScanDesk
from verifiers.scanning.kept_scanner import (
    ICONS,
    manifest,
    national_codes,
    pinned_key,
    worker_script,
)

router = APIRouter(include_in_schema=False)
Scanning = Annotated[ScanDesk, desk(ScanDesk)]
_FORM = [Depends(check_form)]
_HISTORY = ("verifiers/scan_history.html", ScanHistoryView())
_ASK_AGAIN = {"Cache-Control": "no-cache"}


@router.get("/scan")
def scan(request: Request, scanning: Scanning) -> Response:
    """Scan with the camera, a picture, or by typing."""
    return _scanner(request, scanning)


@router.get("/scan/history")
def scan_history(request: Request) -> Response:
    """What was scanned on this device; the service knows nothing of it."""
    return page(request, "verifiers/scan_history.html", ScanHistoryView())


@router.get("/scan/{lang}.webmanifest")
def web_manifest(lang: Lang, request: Request) -> Response:
    """How the scanner is installed."""
    static: StaticFiles = request.app.state.static
    said = manifest(lang, Texts(lang), static.asset)
    return JSONResponse(said, media_type="application/manifest+json", headers=_ASK_AGAIN)


@router.get("/scan-worker.js")
def scan_worker(request: Request, scanning: Scanning) -> Response:
    """Keeps the scanner's pages, so that they open without a network."""
    static: StaticFiles = request.app.state.static
    shell: Shell = request.app.state.shell
    templates = (("verifiers/scan.html", _view(scanning)), _HISTORY)
    pages = [
        shell.render(template, view, dress=Dress(lang), csrf="", who=None)
        for template, view in templates
        for lang in LANGUAGES
    ]
    icons = [static.asset(icon) for icon in ICONS]
    files = [*static.needed_by(*pages), *icons]
    source = static.text("scan_worker.js")
    script = worker_script(source, pages, sorted(set(files)))
    return Response(script, media_type="text/javascript; charset=utf-8", headers=_ASK_AGAIN)


@router.post("/scan", dependencies=_FORM)
def judge_typed(
    request: Request, scanning: Scanning, code: Annotated[str, Form(max_length=8192)] = ""
) -> Response:
    """Judge a typed code."""
    if not code.strip():
        return _scanner(request, scanning, error="empty", status=422)
    # People paste codes with what stood around them. No code begins or ends with white space:
    # Base45 has the space among its symbols, but none so large can end a group.
    try:
        judged = scanning.judge(code.strip(), caller=address_of(request))
    except RateLimitedError as refused:  # of nine digits alone
        answer = _scanner(request, scanning, error="numbers", status=429)
        answer.headers["Retry-After"] = str(refused.facts["retry_after"])
        return answer
    # Of a small URL code its page here is named, on this very service: no address of a stranger's.
    found = result_of(request, judged)
    shown = replace(found, status_href=scanning.status_path(code.strip()))
    return page(request, "verifiers/scan.html", replace(_view(scanning), result=shown))


@router.api_route("/s/{ref}", methods=["GET", "HEAD"])
def status(
    ref: Annotated[str, Path(max_length=40)], request: Request, scanning: Scanning
) -> Response:
    """Status only, for an ordinary camera: no personal data, and nothing to walk through."""
    found = scanning.public_status(ref)
    view = StatusView(
        status=found.status if found else "unknown",  # type: ignore[arg-type]  # the view's words
        type_code=found.type_code if found else None,
        checked_at=found.checked_at if found else scanning.clock.now(),
        specimen=request.app.state.specimen,
    )
    return page(request, "verifiers/status.html", view, 200 if found else 404)


def _view(scanning: ScanDesk) -> ScanView:
    return ScanView(root=pinned_key(scanning.root), national=national_codes())


def _scanner(
    request: Request,
    scanning: ScanDesk,
    *,
    error: ScanError | None = None,
    result: ScanResult | None = None,
    status: int = 200,
) -> Response:
    view = replace(_view(scanning), error=error, result=result)
    return page(request, "verifiers/scan.html", view, status)


def result_of(request: Request, found: OnLineScan) -> ScanResult:
    """A verdict as a page shows it: words for codes, and the picture inside the page."""
    fields = verdict_out(found).fields
    return ScanResult(
        verdict=found.result.verdict.value,
        reasons=found.result.reasons,
        checks=tuple(CheckLine(c.name, c.passed, c.detail) for c in found.result.checks),
        fields={name: _in_words(name, value) for name, value in fields.items()},
        checked_at=found.checked_at,
        photo_href=_portrait(found),
        specimen=request.app.state.specimen,
    )


def _in_words(name: str, value: object) -> str:
    known = ethnicity_name(value) if name == "ethnicity" and isinstance(value, int) else None
    return known or str(value)


def _portrait(found: OnLineScan) -> str | None:
    """The register's photo, or the small one of a printed code: judged before it comes here."""
    small = found.result.fields.get("photo")
    picture = found.photo or (small if isinstance(small, bytes) else None)
    if picture is None:
        return None
    kind = "jpeg" if found.photo else "webp"
    return f"data:image/{kind};base64,{base64.b64encode(picture).decode()}"
