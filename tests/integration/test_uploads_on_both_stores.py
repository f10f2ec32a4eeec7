"""Handed in, read, erased: on the embedded stores and on PostgreSQL with S3."""

import time

import pytest
from sqlalchemy import text

from certstore import chance
from certstore.errors import ConflictError, NotFoundError, RateLimitedError
from issuance.application import State
from issuance.upload import UploadState
from tests.house import house_in
from tests.integration.test_issuing import at_once
from tests.residents import GAO, settle
from tests.unit.issuance.uploading import LIN, asked, begun, document, good, handed_in


@pytest.fixture(params=["embedded", pytest.param("servers", marks=pytest.mark.servers)])
def stored(request, tmp_path):
    """A house on either set of stores."""
    if request.param == "embedded":
        yield request.getfixturevalue("house")
        return
    server = request.getfixturevalue("s3_server")
    house = house_in(
        tmp_path,
        database_url=request.getfixturevalue("migrated_postgres_url"),
        objects=f"s3://uploads-{chance.reference(8)}",
        s3_endpoint=server.endpoint,
        s3_access_key=server.access_key,
        s3_secret_key=server.secret_key,
    )
    settle(house)
    yield house
    house.close()


def test_handed_in_is_read_by_its_owner_and_the_officer_and_by_nobody_once_erased(stored):
    ref = asked(stored).ref
    upload = handed_in(stored, ref, document())
    page = stored.upload_desk.part(LIN, upload.ref, "page-2")
    assert page.startswith(b"\xff\xd8\xff")
    sealed = [stored.objects.get(part.digest) for part in upload.parts]
    assert len(sealed) == 5  # two pages, two thumbnails, the document
    assert not any(data[:3] in {b"\xff\xd8\xff", b"%PD"} for data in sealed)
    assert not any(page[200:240] in data for data in sealed)
    stored.apply_desk.submit(LIN, ref)
    assert stored.upload_case_desk.part(GAO, ref, upload.ref, "page-2") == page
    assert stored.upload_case_desk.part(GAO, ref, upload.ref, "document").startswith(b"%PDF-")
    with stored.archive.writing() as books:
        books.connection.execute(text("UPDATE applications SET state = 'withdrawn'"))
    assert stored.upload_erasure.erase_ended() == 1
    with pytest.raises(NotFoundError):
        stored.upload_case_desk.part(GAO, ref, upload.ref, "page-2")
    with stored.archive.reading() as books:
        kept = books.connection.execute(text("SELECT state, wrapped_key FROM uploads")).all()
    assert kept == [("erased", None)]
    assert stored.objects.get(upload.parts[0].digest) == sealed[0]  # and nothing opens it


def test_of_many_hands_that_append_at_once_one_wins(stored):
    upload = begun(stored, asked(stored).ref, good())
    found = at_once(lambda n: stored.upload_desk.append(LIN, upload.ref, 0, good()[: 1000 + n]))
    won = [f for f in found if not isinstance(f, Exception)]
    assert len(won) == 1
    assert all(isinstance(f, ConflictError) for f in found if f not in won)
    assert stored.upload_desk.progress(LIN, upload.ref).received == won[0].received


def test_of_many_hands_that_complete_at_once_all_are_told_the_same(stored):
    upload = begun(stored, asked(stored).ref, good())
    stored.upload_desk.append(LIN, upload.ref, 0, good())

    def complete(_):
        for _ in range(600):
            try:
                return stored.upload_desk.complete(LIN, upload.ref)
            except RateLimitedError:  # two of one account at once: ask again, as the page does
                time.sleep(0.1)
        raise AssertionError

    found = at_once(complete, hands=3)
    assert {f.state for f in found} == {UploadState.KEPT}
    assert len({f.parts for f in found}) == 1
    assert stored.upload_desk.part(LIN, upload.ref, "page-1")


def test_of_many_uploads_begun_at_once_one_is_on_its_way(stored):
    ref = asked(stored).ref
    found = at_once(lambda _: begun(stored, ref, good()))
    assert any(not isinstance(f, Exception) for f in found)
    with stored.archive.reading() as books:
        query = text("SELECT count(*) FROM uploads WHERE state = 'receiving'")
        assert books.connection.execute(query).scalar_one() == 1


def test_submitted_and_taken_back_at_once_one_of_the_two_happens(stored):
    ref = asked(stored).ref
    upload = handed_in(stored, ref)
    acts = (
        lambda: stored.apply_desk.submit(LIN, ref),
        lambda: stored.upload_desk.drop(LIN, upload.ref),
    )
    at_once(lambda n: acts[n % 2](), hands=2)
    application = stored.apply_desk.get(LIN, ref)
    if application.state is State.DRAFT:
        with pytest.raises(NotFoundError):
            stored.upload_desk.progress(LIN, upload.ref)
    else:
        assert stored.upload_case_desk.part(GAO, ref, upload.ref, "page-1")
