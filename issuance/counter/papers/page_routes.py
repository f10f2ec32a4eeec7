"""The counter's pages of what is handed in: scans, their pictures, the ID photo."""

from dataclasses import replace
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from certstore.callers import Officer
from certstore.errors import MalformedError, NotFoundError, TooLargeError
from certstore.web.answers import check_form, check_origin, page, see_other
from certstore.web.posted_files import first_file, posted
from issuance.counter.cases.page_routes import TEMPLATE, CaseDesks, CaseRoute, Desks
from issuance.counter.page_routes import FORM, Intake, Me, Ref
from issuance.pages.counter_views import PhotoAtCounter
from issuance.photo_capture import BEFORE, PHOTO
from verifiers.materials.handed_in import Refused

_PHOTOS = {"photo": PHOTO, "before": BEFORE}
PartName = Annotated[str, Path(pattern=r"^(?:(?:page|thumbnail)-[0-9]{1,2}|document)$")]

router = APIRouter(prefix="/desk/counter", include_in_schema=False, route_class=CaseRoute)


@router.post("/{ref}/materials/{material}", dependencies=[Depends(check_origin)])
async def scan(
    ref: Ref,
    material: Annotated[str, Path(max_length=24)],
    request: Request,
    me: Me,
    desks: Desks,
) -> Response:
    """Take one scan; what is wrong with it is said on the page."""
    async with posted(request) as form:
        check_form(request, str(form.get("csrf", "")))
        paper, data = str(form.get("document", ""))[:40], await first_file(form)
        seen = form.get("original_seen") == "yes"
    errors = {} if paper else {"document": "missing"}
    if not data:
        errors["file"] = "missing"
    return await run_in_threadpool(
        _scanned, request, me, desks, (ref, material, paper), data, errors, seen=seen
    )


@router.post("/{ref}/files/{upload}/keep", dependencies=FORM)
def keep(ref: Ref, upload: Ref, me: Me, intake: Intake) -> Response:
    """Hand in all the same."""
    intake.keep_scan(me, ref, upload)
    return see_other(f"/desk/counter/{ref}")


@router.post("/{ref}/files/{upload}/drop", dependencies=FORM)
def drop(ref: Ref, upload: Ref, me: Me, intake: Intake) -> Response:
    """Take a scan back."""
    intake.drop_scan(me, ref, upload)
    return see_other(f"/desk/counter/{ref}")


@router.get("/{ref}/files/{upload}/{name}")
def picture(ref: Ref, upload: Ref, name: PartName, me: Me, intake: Intake) -> Response:
    """A page or a thumbnail of a scan."""
    if name == "document":
        raise NotFoundError("there is no such picture", where=name)
    return Response(intake.part(me, ref, upload, name), media_type="image/jpeg")


@router.post("/{ref}/photo", dependencies=[Depends(check_origin)])
async def photo(ref: Ref, request: Request, me: Me, desks: Desks) -> Response:
    """Make an ID photo of a picture; what is wrong with it is said on the page."""
    async with posted(request) as form:
        check_form(request, str(form.get("csrf", "")))
        data = await first_file(form)
    return await run_in_threadpool(_photographed, request, me, desks, ref, data)


@router.post("/{ref}/photo/{upload}/keep", dependencies=FORM)
def keep_photo(ref: Ref, upload: Ref, me: Me, intake: Intake) -> Response:
    """Hand in the photo that was shown."""
    visit = intake.presence.for_application(me, ref)
    intake.photos.confirm(visit.resident, ref, upload)
    return see_other(f"/desk/counter/{ref}")


@router.post("/{ref}/photo/drop", dependencies=FORM)
def drop_photo(ref: Ref, me: Me, intake: Intake) -> Response:
    """Take back the photo that was handed in or shown."""
    visit = intake.presence.for_application(me, ref)
    intake.photos.take_back(visit.resident, ref)
    return see_other(f"/desk/counter/{ref}")


@router.get("/{ref}/photo/{upload}/{name}")
def photo_picture(
    ref: Ref, upload: Ref, name: Literal["photo", "before"], me: Me, intake: Intake
) -> Response:
    """The photo that was made, as long as it can be changed."""
    return Response(intake.picture(me, ref, upload, _PHOTOS[name]), media_type="image/jpeg")


def _scanned(
    request: Request,
    me: Officer,
    desks: CaseDesks,
    where: tuple[str, str, str],
    data: bytes,
    errors: dict[str, str],
    *,
    seen: bool,
) -> Response:
    ref, material, paper = where
    try:
        if not errors:
            desks.intake.scan(me, ref, (material, paper), data, seen=seen)
            return see_other(f"/desk/counter/{ref}#scan-{material}")
    except TooLargeError:
        errors = {"file": "too_large"}
    except MalformedError as error:
        if error.where != "document":
            raise
        errors = {"document": "unknown"}
    view = desks.view(request, me, desks.intake.look(me, ref))
    return page(request, TEMPLATE, replace(view, failed=material, errors=errors), 422)


def _photographed(
    request: Request, me: Officer, desks: CaseDesks, ref: str, data: bytes
) -> Response:
    visit = desks.intake.presence.for_application(me, ref)
    shown, errors = PhotoAtCounter(), {} if data else {"file": "missing"}
    if data:
        made = desks.intake.photos.offer(visit.resident, ref, data)
        if not isinstance(made, Refused) and made.may_be_kept:
            return see_other(f"/desk/counter/{ref}#photo")
        if isinstance(made, Refused):
            shown = replace(shown, refused=tuple(str(f) for f in made.faults))
        else:
            shown = replace(shown, wrong=tuple(made.told))
    view = desks.view(request, me, desks.intake.look(me, ref))
    return page(request, TEMPLATE, replace(view, photo=shown, failed="photo", errors=errors), 422)
