"""The page where an ID photo is taken or chosen, looked at, and handed in."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool

from certstore.callers import Resident
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, check_origin, dress_of, page, see_other
from certstore.web.posted_files import first_file, posted
from issuance.pages.photo_views import photo_view
from issuance.photo_capture import BEFORE, PHOTO, PhotoDesk
from verifiers.materials.handed_in import Refused

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Photos = Annotated[PhotoDesk, desk(PhotoDesk)]
_FORM = [Depends(check_form)]
_PARTS = {"photo": PHOTO, "before": BEFORE}


@router.get("/applications/{ref}/photo")
def show(ref: str, request: Request, me: Me, photos: Photos) -> Response:
    """The camera, the photo to be confirmed, or the one that was handed in."""
    view = photo_view(photos.look(me, ref), photos.level, dress_of(request).lang)
    return page(request, "issuance/photo.html", view)


@router.post("/applications/{ref}/photo", dependencies=[Depends(check_origin)])
async def offer(ref: str, request: Request, me: Me, photos: Photos) -> Response:
    """Make a photo of what was sent; what is wrong with it is said on the page."""
    async with posted(request) as form:
        check_form(request, str(form.get("csrf", "")))
        snapshot, document = await first_file(form), str(form.get("document", ""))[:20]
    return await run_in_threadpool(_offered, request, me, photos, ref, (snapshot, document))


@router.post("/applications/{ref}/photo/{upload}/keep", dependencies=_FORM)
def keep(ref: str, upload: str, me: Me, photos: Photos) -> Response:
    """Hand in the photo that was shown."""
    photos.confirm(me, ref, upload)
    return see_other(f"/applications/{ref}/photo")


@router.post("/applications/{ref}/photo/drop", dependencies=_FORM)
def drop(ref: str, me: Me, photos: Photos) -> Response:
    """Take back what was handed in or shown."""
    photos.take_back(me, ref)
    return see_other(f"/applications/{ref}/photo")


@router.get("/applications/{ref}/photo/{upload}/{name}")
def picture(
    ref: str, upload: str, name: Literal["photo", "before"], me: Me, photos: Photos
) -> Response:
    """One's own photo, as long as the application is a draft."""
    return Response(photos.picture(me, ref, upload, _PARTS[name]), media_type="image/jpeg")


def _offered(
    request: Request, me: Resident, photos: PhotoDesk, ref: str, sent: tuple[bytes, str]
) -> Response:
    snapshot, document = sent
    refused: tuple[str, ...] = ()
    wrong: tuple[str, ...] = ()
    if snapshot:
        made = photos.offer(me, ref, snapshot, document)
        if isinstance(made, Refused):
            refused = tuple(made.faults)
        elif made.may_be_kept:
            return see_other(f"/applications/{ref}/photo")
        else:
            wrong = made.told
    view = photo_view(
        photos.look(me, ref),
        photos.level,
        dress_of(request).lang,
        refused=refused,
        wrong=wrong,
        missing=not snapshot,
    )
    return page(request, "issuance/photo.html", view, 422)
