"""HTTP of one's own data: the archive of everything held about whoever asks."""

from collections.abc import Iterator
from typing import IO, Annotated

from fastapi import APIRouter, Depends
from fastapi.responses import StreamingResponse

from certstore.callers import Resident
from certstore.own_data.desk import OwnDataDesk
from certstore.reception import desk, signed_in
from certstore.web.answers import check_origin

router = APIRouter()
_CHUNK = 64 * 1024


@router.get(
    "/v1/me/export",
    tags=["citizen"],
    summary="Everything held about me",
    dependencies=[Depends(check_origin)],
    response_class=StreamingResponse,
    responses={200: {"content": {"application/zip": {}}, "description": "A ZIP archive"}},
)
def export(
    me: Annotated[Resident, signed_in(Resident)],
    own_data: Annotated[OwnDataDesk, desk(OwnDataDesk)],
) -> StreamingResponse:
    """A ZIP of JSON and PDF, for whoever signed in within the last ten minutes."""
    return as_download(own_data.export(me))


def as_download(file: IO[bytes]) -> StreamingResponse:
    """The archive as a download; its name says nothing about the person."""
    headers = {
        "Content-Disposition": 'attachment; filename="my-data.zip"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_parts(file), media_type="application/zip", headers=headers)


def _parts(file: IO[bytes]) -> Iterator[bytes]:
    with file:
        while part := file.read(_CHUNK):
            yield part
