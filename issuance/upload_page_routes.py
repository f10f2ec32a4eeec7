"""The pages where something is handed in, and what of it is shown to whom."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from certstore.callers import Officer, Resident
from certstore.errors import ConflictError, MalformedError, TooLargeError
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, check_origin, dress_of, page, see_other
from certstore.web.posted_files import first_file, posted
from issuance.answers import is_answered
from issuance.pages.upload_views import upload_view
from issuance.pages.views import Errors
from issuance.review import ReviewDesk
from issuance.upload_cases import UploadCaseDesk
from issuance.uploads import UploadDesk

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
MeOfficer = Annotated[Officer, signed_in(Officer)]
Uploads = Annotated[UploadDesk, desk(UploadDesk)]
CaseFiles = Annotated[UploadCaseDesk, desk(UploadCaseDesk)]
Reviewing = Annotated[ReviewDesk, desk(ReviewDesk)]
PartName = Annotated[str, Path(pattern=r"^(?:(?:page|thumbnail)-[0-9]{1,2}|document)$")]
_FORM = [Depends(check_form)]


@router.get("/applications/{ref}/materials/{material}")
def show(ref: str, material: str, request: Request, me: Me, uploads: Uploads) -> Response:
    """What is asked, why, which papers count; what was handed in."""
    application = uploads.applying.get(me, ref)
    if not application.takes(material):
        return see_other(f"/applications/{ref}")
    if not is_answered(application.answers):
        return see_other(f"/applications/{ref}/dwelling")
    asked = uploads.asked(me, ref, material)
    view = upload_view(asked, uploads.profile, dress_of(request).lang)
    return page(request, "issuance/upload.html", view)


@router.post("/applications/{ref}/materials/{material}", dependencies=[Depends(check_origin)])
async def hand_in(ref: str, material: str, request: Request, me: Me, uploads: Uploads) -> Response:
    """Take one file as a plain form sends it; what is wrong with it is said on the page."""
    async with posted(request) as form:
        check_form(request, str(form.get("csrf", "")))
        document, data = str(form.get("document", ""))[:40], await first_file(form)
    errors: dict[str, str] = {}
    if not document:
        errors["document"] = "missing"
    if not data:
        errors["file"] = "missing"
    if not errors:
        errors = await run_in_threadpool(_take_in, uploads, me, (ref, material, document), data)
    if not errors:
        return see_other(f"/applications/{ref}/materials/{material}")
    return await run_in_threadpool(
        _show_again, request, me, uploads, (ref, material), errors, document
    )


@router.post("/applications/{ref}/materials/{material}/{upload}/keep", dependencies=_FORM)
def keep(ref: str, material: str, upload: str, me: Me, uploads: Uploads) -> Response:
    """Hand in all the same."""
    uploads.accept(me, upload)
    return see_other(f"/applications/{ref}/materials/{material}")


@router.post("/applications/{ref}/materials/{material}/{upload}/drop", dependencies=_FORM)
def drop(ref: str, material: str, upload: str, me: Me, uploads: Uploads) -> Response:
    """Take a file back."""
    uploads.drop(me, upload)
    return see_other(f"/applications/{ref}/materials/{material}")


@router.get("/applications/{ref}/materials/{material}/{upload}/{name}")
def picture(
    ref: str, material: str, upload: str, name: PartName, me: Me, uploads: Uploads
) -> Response:
    """A page or a thumbnail of one's own."""
    del ref, material  # the upload's own reference is what counts
    return _part(uploads.part(me, upload, name), name)


@router.get("/desk/uploads/{case_ref}/{upload}/{name}")
def case_file(
    case_ref: str,
    upload: str,
    name: PartName,
    me: MeOfficer,
    reviewing: Reviewing,
    files: CaseFiles,
) -> Response:
    """A page, a thumbnail or the document of a case this officer may open; the look is recorded."""
    reviewing.open(me, case_ref)
    return _part(files.part(me, case_ref, upload, name), name)


def _part(data: bytes, name: str) -> Response:
    """Nobody keeps it, nothing in it runs, and a document is saved and not opened here."""
    if name == "document":
        headers = {"Content-Disposition": 'attachment; filename="document.pdf"'}
        return Response(data, media_type="application/pdf", headers=headers)
    return Response(data, media_type="image/jpeg")


def _take_in(
    uploads: UploadDesk, me: Resident, where: tuple[str, str, str], data: bytes
) -> dict[str, str]:
    try:
        uploads.take_in(me, *where, data)
    except TooLargeError:
        return {"file": "too_large"}
    except (MalformedError, ConflictError) as error:
        cause = error.facts.get("cause")
        if cause == "TOO_MANY_FILES":
            return {"file": "too_many"}
        if error.where == "document":
            return {"document": "unknown"}
        raise
    return {}


def _show_again(
    request: Request,
    me: Resident,
    uploads: UploadDesk,
    where: tuple[str, str],
    errors: Errors,
    chosen: str,
) -> Response:
    asked = uploads.asked(me, *where)
    view = upload_view(asked, uploads.profile, dress_of(request).lang, errors, chosen)
    return page(request, "issuance/upload.html", view, 422)
