"""The page where an ID photo is taken or chosen, looked at, and handed in."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from certstore.callers import Resident
from certstore.errors import MalformedError
from certstore.reception import desk, signed_in
from certstore.web.answers import check_form, check_origin, dress_of, page, see_other
from issuance.pages.photo_views import photo_view
from issuance.photo_capture import BEFORE, PHOTO, PhotoDesk
from verifiers.materials.handed_in import Refused

router = APIRouter(include_in_schema=False)
Me = Annotated[Resident, signed_in(Resident)]
Photos = Annotated[PhotoDesk, desk(PhotoDesk)]
_FORM = [Depends(check_form)]
_MOST_FIELDS = 8
_PARTS = {"photo": PHOTO, "before": BEFORE}


class _InMemory(MultiPartParser):
    """A form whose files stay in memory: Starlette's own goes to a file on disk, in plain."""

    spool_max_size = 32 * 1024 * 1024


@router.get("/applications/{ref}/photo")
def show(ref: str, request: Request, me: Me, photos: Photos) -> Response:
    """The camera, the photo to be confirmed, or the one that was handed in."""
    view = photo_view(photos.look(me, ref), photos.level, dress_of(request).lang)
    return page(request, "issuance/photo.html", view)


@router.post("/applications/{ref}/photo", dependencies=[Depends(check_origin)])
async def offer(ref: str, request: Request, me: Me, photos: Photos) -> Response:
    """Make a photo of what was sent; what is wrong with it is said on the page."""
    form = await _form(request)
    try:
        check_form(request, str(form.get("csrf", "")))
        snapshot, document = await _file(form), str(form.get("document", ""))[:20]
    finally:
        await form.close()
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


async def _form(request: Request) -> FormData:
    kind = request.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return await request.form(max_files=0, max_fields=_MOST_FIELDS)
    try:
        stream, most = request.stream(), _MOST_FIELDS
        return await _InMemory(request.headers, stream, max_files=most, max_fields=most).parse()
    except (MultiPartException, KeyError) as error:
        raise MalformedError("the form cannot be read", where="file") from error


async def _file(form: FormData) -> bytes:
    """The first file of the form that holds something: there is a camera and a list of files."""
    for given in form.getlist("file"):
        if isinstance(given, UploadFile) and (data := await given.read()):
            return data
    return b""


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
