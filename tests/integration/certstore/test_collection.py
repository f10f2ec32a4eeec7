"""Batches handed in: good lines kept, bad ones listed, nothing taken twice, nothing lost."""

import hashlib
import json
from datetime import timedelta

import pytest

from certstore.batches import sign_batch
from certstore.certificates import Status
from certstore.clock import MovedClock
from certstore.collection import CollectionDesk
from certstore.errors import MalformedError, UnavailableError
from certstore.keys import Purpose
from certstore.pictures import PhotoVerdict, PictureDesk
from certstore.storage.objects_local import LocalObjects
from certstore.trust import KeyState, TrustList
from tests.house import TODAY
from tests.unit.certstore.signed_batches import (
    POLICE,
    Source,
    as_lines,
    citizen,
    person,
    photo_file,
    photo_record,
    record,
)

LIN = citizen()


def no_file(path):
    raise FileNotFoundError(path)


class Office:
    """A source authority with a listed key, and the desk it hands its batches in at."""

    def __init__(self, archive, folder, source):
        self.archive, self.source = archive, source
        self.objects = LocalObjects(folder)
        self.clock = MovedClock(TODAY)
        self.desk = self.open(self.objects)

    def open(self, objects):
        listed = TrustList(
            issuer=POLICE,
            seq=1,
            issued_at=TODAY - timedelta(days=1),
            expires_at=TODAY + timedelta(days=365),
            keys={self.source.key.kid: self.source.key},
        )
        return CollectionDesk(
            archive=self.archive,
            objects=objects,
            trust=lambda: listed,
            clock=self.clock,
            pictures=PictureDesk(
                archive=self.archive,
                objects=objects,
                clock=self.clock,
                judge=lambda _jpeg: PhotoVerdict("pass"),
            ),
        )

    def hand_in(self, *records, read=no_file, desk=None):
        jsonl = as_lines(records)
        return (desk or self.desk).hand_in(jsonl, sign_batch(jsonl, self.source.signer), read)

    def held(self, number=LIN):
        with self.archive.reading() as books:
            return books.register.held_by("111", number)


@pytest.fixture
def housing(archive, tmp_path):
    office = Office(archive, tmp_path / "objects", Source())
    yield office
    office.objects.close()


@pytest.fixture
def police(archive, tmp_path):
    office = Office(archive, tmp_path / "objects", Source(uscc=POLICE))
    yield office
    office.objects.close()


def codes(report):
    return {refusal.line: str(refusal.code) for refusal in report.refusals}


def test_the_good_lines_of_a_batch_are_kept_and_the_bad_ones_listed(housing):
    wrong = person(id_number=LIN[:-1] + ("0" if LIN[-1] != "0" else "1"))
    report = housing.hand_in(
        record(),
        b"not json",
        record(record_id="housing.2", holders=[wrong]),
        record(),
        b"",
        record(record_id="housing.3", issuer_uscc=POLICE),
        record(record_id="housing.4", type="no_such_type"),
        record(record_id="housing.5"),
    )
    assert (report.accepted, report.known, len(report.refusals)) == (2, 0, 6)
    assert list(codes(report)) == [2, 3, 4, 5, 6, 7]
    assert {c.record_id for c in housing.held()} == {"housing.BA000001", "housing.5"}
    said = " ".join(refusal.detail for refusal in report.refusals)
    assert wrong["id_number"] not in said
    assert person()["name"] not in said


def test_the_same_batch_again_gives_the_same_report_and_changes_nothing(housing):
    first = housing.hand_in(record(), b"{")
    housing.clock.skip(timedelta(hours=1))
    assert housing.hand_in(record(), b"{") == first
    assert len(housing.held()) == 1


def test_a_record_that_is_here_already_is_counted_and_taken_once(housing):
    housing.hand_in(record())
    report = housing.hand_in(record(), record(record_id="housing.2"))
    assert (report.accepted, report.known) == (1, 1)
    assert len(housing.held()) == 2


def test_a_later_version_supersedes_whichever_comes_first(housing):
    housing.hand_in(record(version=2))
    housing.hand_in(record(version=1))
    housing.hand_in(record(version=3))
    found = {c.version: c.status for c in housing.held()}
    assert found == {1: Status.SUPERSEDED, 2: Status.SUPERSEDED, 3: Status.VALID}


def test_a_withdrawn_record_is_revoked(housing):
    housing.hand_in(record())
    housing.hand_in(record(version=2, status="withdrawn"))
    found = {c.version: c.status for c in housing.held()}
    assert found == {1: Status.SUPERSEDED, 2: Status.REVOKED}


def test_whoever_was_given_an_earlier_version_is_to_be_told(housing):
    for version, status in ((1, "valid"), (2, "valid"), (3, "withdrawn")):
        housing.clock.skip(timedelta(minutes=1))
        housing.hand_in(record(version=version, status=status))
    refs = {c.version: c.ref for c in housing.held()}
    with housing.archive.writing() as books:
        told = books.outbox.claim(housing.clock.now(), timedelta(minutes=1))
    assert [(e.subject, e.body["certificate"]) for e in told] == [
        ("certificate.superseded", refs[1]),
        ("certificate.revoked", refs[1]),
        ("certificate.revoked", refs[2]),
    ]


def test_a_record_under_objection_says_so(housing):
    housing.hand_in(record(under_dispute=True))
    assert housing.held()[0].under_dispute


def test_a_wrong_signature_changes_nothing(housing):
    jsonl = as_lines([record()])
    good = sign_batch(jsonl, housing.source.signer)
    for signature in (
        sign_batch(jsonl, Source().signer),
        sign_batch(b"{}\n", housing.source.signer),
        "",
        "a..b",
        good[:-8],
    ):
        with pytest.raises(MalformedError) as told:
            housing.desk.hand_in(jsonl, signature, no_file)
        assert told.value.detail
    assert housing.held() == []
    housing.desk.hand_in(jsonl, good, no_file)
    with pytest.raises(MalformedError):  # known bytes open no door for a wrong signature
        housing.desk.hand_in(jsonl, "a..b", no_file)


@pytest.mark.parametrize("source", [Source(state=KeyState.REVOKED), Source(purpose=Purpose.CODE)])
def test_a_key_that_is_revoked_or_for_something_else_hands_nothing_in(archive, tmp_path, source):
    office = Office(archive, tmp_path / "objects", source)
    with pytest.raises(MalformedError):
        office.hand_in(record())
    assert office.held() == []
    office.objects.close()


def test_a_source_hands_in_its_own_types_only(housing):
    report = housing.hand_in(record(type="household_register", claims={}))
    assert report.accepted == 0
    assert len(report.refusals) == 1


PHOTO = b"\xff\xd8\xff a portrait"


def beside(path="photos/1.jpg", data=PHOTO):
    return {"media_type": "image/jpeg", "sha256": hashlib.sha256(data).hexdigest(), "path": path}


def test_a_photo_is_kept_and_judged_by_us(police):
    inline = photo_record(photo_file(PHOTO))
    report = police.hand_in(inline)
    assert report.accepted == 1, report.refusals
    (held,) = police.held()
    assert police.objects.get(held.file("photo").sha256) == PHOTO
    assert held.fields["quality"] == "pass"


@pytest.mark.parametrize("read", [no_file, lambda _path: b"another picture"])
def test_a_missing_or_wrong_file_refuses_only_its_line(police, read):
    records = [photo_record(photo_file()), photo_record(beside())]
    records[1]["record_id"] = "police.2"
    report = police.hand_in(*records, read=read)
    assert (report.accepted, [r.line for r in report.refusals]) == (1, [2])
    assert len(police.held()) == 1


def test_a_file_brought_later_is_taken_with_the_same_batch(police):
    records = [photo_record(photo_file()), photo_record(beside())]
    records[1]["record_id"] = "police.2"
    first = police.hand_in(*records)
    assert police.hand_in(*records) == first
    again = police.hand_in(*records, read=lambda _path: PHOTO)
    assert (again.accepted, again.known, again.refusals) == (1, 1, ())
    assert len(police.held()) == 2
    assert police.hand_in(*records) == again


class FailingObjects:
    """A store that fails: before it kept anything, or after it kept everything."""

    def __init__(self, objects, *, kept):
        self.objects, self.kept = objects, kept

    def put_many(self, items):
        if self.kept:
            self.objects.put_many(items)
        raise UnavailableError("the store is down")


@pytest.mark.parametrize("kept", [False, True])
def test_a_store_that_fails_changes_nothing_and_the_batch_can_be_repeated(police, kept):
    desk = police.open(FailingObjects(police.objects, kept=kept))
    with pytest.raises(UnavailableError):
        police.hand_in(photo_record(photo_file(PHOTO)), desk=desk)
    assert police.held() == []
    assert police.hand_in(photo_record(photo_file(PHOTO))).accepted == 1


def test_a_register_that_fails_after_the_files_were_kept_can_be_repeated(police, monkeypatch):
    def broken(*_):
        raise UnavailableError("the database is down")

    with monkeypatch.context() as patched:
        patched.setattr("certstore.tables.batches.BatchBook.add", broken)
        with pytest.raises(UnavailableError):
            police.hand_in(photo_record(photo_file(PHOTO)))
    assert police.held() == []
    assert police.hand_in(photo_record(photo_file(PHOTO))).accepted == 1
    assert len(police.held()) == 1


def test_progress_is_told(housing):
    told = []
    jsonl = as_lines([record(record_id=f"housing.{n}") for n in range(60)])
    signature = sign_batch(jsonl, housing.source.signer)
    housing.desk.hand_in(jsonl, signature, no_file, lambda done, of: told.append((done, of)))
    assert told == [(50, 60), (60, 60)]


def test_a_report_is_json_that_can_be_kept(housing):
    report = housing.hand_in(record())
    assert json.dumps([report.sha256, report.source, report.accepted])
    assert report.source == housing.source.uscc
