"""A form that brings a file: read into memory, closed when done, small in all but the file."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser

from certstore.errors import MalformedError

_MOST_FIELDS = 8


class _InMemory(MultiPartParser):
    """A form whose files stay in memory: Starlette's own goes to a file on disk, in plain."""

    spool_max_size = 32 * 1024 * 1024


@asynccontextmanager
async def posted(request: Request) -> AsyncIterator[FormData]:
    """The form a page sent, for as long as it is looked at; MalformedError if it is none.

    A plain form, without a file, is taken too: what is missing is then said on the page.
    """
    kind = request.headers.get("content-type", "")
    if kind.startswith("multipart/form-data"):
        stream, most = request.stream(), _MOST_FIELDS
        try:
            parser = _InMemory(request.headers, stream, max_files=most, max_fields=most)
            form = await parser.parse()
        except (MultiPartException, KeyError, UnicodeError) as error:
            raise MalformedError("the form cannot be read", where="file") from error
    else:
        form = await request.form(max_files=0, max_fields=_MOST_FIELDS)
    try:
        yield form
    finally:
        await form.close()


async def first_file(form: FormData) -> bytes:
    """The first file named `file` that holds something: there is a camera and a list of files."""
    for given in form.getlist("file"):
        if isinstance(given, UploadFile) and (data := await given.read()):
            return data
    return b""
