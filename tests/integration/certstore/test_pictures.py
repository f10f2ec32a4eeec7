"""The same picture under two people is found, on both databases, whoever comes first."""

import io
import threading
from datetime import timedelta
from importlib.resources import files

import pytest
from PIL import Image

from certstore.batches import sign_batch
from certstore.certificates import Status
from certstore.clock import MovedClock
from certstore.collection import CollectionDesk
from certstore.picture_fingerprint import Fingerprint, fingerprint
from certstore.pictures import SAME_PICTURE, PhotoVerdict, PictureDesk
from certstore.storage.objects_local import LocalObjects
from certstore.tables.pictures import PhotoCheck, photo_checks
from certstore.trust import TrustList
from tests.house import TODAY
from tests.unit.certstore.signed_batches import (
    POLICE,
    Source,
    as_lines,
    citizen,
    person,
    photo_file,
    photo_record,
)

FOLDER = files("certstore.service.demo_city").joinpath("batches", "photos")
ONE = FOLDER.joinpath("zp000004-1.jpg").read_bytes()
OTHER = FOLDER.joinpath("zp000090-1.jpg").read_bytes()
CHEN, SHEN = citizen(), citizen("34019919880412022")
SHENS = person(name="沈小舟", id_number=SHEN)


def anew(jpeg):
    """The same picture, saved once more with other bytes."""
    out = io.BytesIO()
    Image.open(io.BytesIO(jpeg)).save(out, "JPEG", quality=55)
    return out.getvalue()


class Police:
    """A source of photos, with the real desk for pictures."""

    def __init__(self, archive, folder):
        self.archive, self.source = archive, Source(uscc=POLICE)
        self.objects = LocalObjects(folder)
        self.clock = MovedClock(TODAY)
        self.closer = None
        self.pictures = self.open()

    def open(self, judge=lambda _: PhotoVerdict("pass"), closer=None):
        return PictureDesk(
            archive=self.archive,
            objects=self.objects,
            clock=self.clock,
            judge=judge,
            look_closer=closer,
        )

    def hand_in(self, jpeg, *, holder=None, **changes):
        listed = TrustList(
            issuer=POLICE,
            seq=1,
            issued_at=TODAY - timedelta(days=1),
            expires_at=TODAY + timedelta(days=365),
            keys={self.source.key.kid: self.source.key},
        )
        desk = CollectionDesk(
            archive=self.archive,
            objects=self.objects,
            trust=lambda: listed,
            clock=self.clock,
            pictures=self.pictures,
        )
        record = photo_record(photo_file(jpeg)) | {"holders": [holder or person()]} | changes
        jsonl = as_lines([record])
        report = desk.hand_in(jsonl, sign_batch(jsonl, self.source.signer), lambda _: b"")
        assert not report.refusals

    def photo_of(self, number):
        with self.archive.reading() as books:
            held = books.register.held_by("111", number)
            valid = [c for c in held if c.status is Status.VALID]
            return valid[0], books.pictures.of_certificate(valid[0].ref)


@pytest.fixture
def police(archive, tmp_path):
    found = Police(archive, tmp_path / "objects")
    yield found
    found.objects.close()


def test_a_photo_of_one_person_is_kept_with_its_check_and_passes(police):
    police.hand_in(ONE)
    certificate, check = police.photo_of(CHEN)
    assert certificate.fields["quality"] == "pass"
    assert (check.quality, check.reasons, check.level, check.same_as) == ("pass", (), "basic", None)
    assert check.fingerprint == fingerprint(ONE)
    assert (check.id_type, check.id_number) == ("111", CHEN)
    assert timedelta(0) <= police.clock.now() - check.checked_at < timedelta(minutes=5)


@pytest.mark.parametrize("again", [ONE, anew(ONE)], ids=["same bytes", "saved anew"])
def test_the_same_picture_under_another_person_sends_both_to_a_person(police, again):
    police.hand_in(ONE)
    police.hand_in(again, holder=SHENS, record_id="police.2")
    first, second = police.photo_of(CHEN), police.photo_of(SHEN)
    for (certificate, check), (other, _) in ((first, second), (second, first)):
        assert certificate.fields["quality"] == check.quality == "manual_review"
        assert check.reasons == (SAME_PICTURE,)
        assert check.same_as == other.ref


def test_another_picture_or_the_same_person_again_raises_no_doubt(police):
    police.hand_in(ONE)
    police.hand_in(OTHER, holder=SHENS, record_id="police.2")
    police.hand_in(anew(ONE), record_id="police.3")
    for number in (CHEN, SHEN):
        assert police.photo_of(number)[0].fields["quality"] == "pass"


def test_what_must_be_taken_again_stays_so(police):
    police.pictures = police.open(lambda _: PhotoVerdict("retake", ("BLURRED",)))
    police.hand_in(ONE)
    police.hand_in(ONE, holder=SHENS, record_id="police.2")
    certificate, check = police.photo_of(SHEN)
    assert certificate.fields["quality"] == "retake"
    assert check.reasons == ("BLURRED", SAME_PICTURE)


def test_a_photo_whose_source_withdrew_it_doubts_nobody(police):
    police.hand_in(ONE)
    police.hand_in(ONE, version=2, status="withdrawn")
    police.hand_in(ONE, holder=SHENS, record_id="police.2")
    assert police.photo_of(SHEN)[0].fields["quality"] == "pass"
    police.hand_in(ONE, version=3, status="withdrawn")
    assert police.photo_of(SHEN)[0].fields["quality"] == "pass"


def test_a_look_alike_by_hash_is_no_other_s_picture_once_the_pictures_are_compared(police):
    police.hand_in(ONE)
    _, known = police.photo_of(CHEN)
    with police.archive.writing() as books:
        near = Fingerprint("0" * 64, (known.fingerprint.bits or 0) ^ 0b111)
        check = PhotoCheck(**{**as_values(known), "fingerprint": near, "id_number": SHEN})
        found = books.pictures.same_or_near(near, "111", SHEN)
        assert [c.ref for c in found] == [known.ref]
        assert police.pictures.same_picture(books, check, OTHER) is None
        assert police.pictures.same_picture(books, check, anew(ONE)) == known


def as_values(check):
    return {name: getattr(check, name) for name in check.__dataclass_fields__}


@pytest.mark.parametrize("bits", range(9))
def test_the_index_finds_a_hash_up_to_seven_bits_away(police, bits):
    police.hand_in(ONE)
    known = fingerprint(ONE).bits
    flipped = known ^ sum(1 << (7 * n) for n in range(bits))
    with police.archive.reading() as books:
        found = books.pictures.same_or_near(Fingerprint("0" * 64, flipped), "111", SHEN)
    assert len(found) == (1 if bits <= 7 else 0)


def test_two_batches_at_once_with_the_same_picture_do_not_miss_each_other(police):
    start = threading.Barrier(2)
    failures = []

    def bring(jpeg, **changes):
        start.wait()
        try:
            police.hand_in(jpeg, **changes)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test says so
            failures.append(error)

    threads = [
        threading.Thread(target=bring, args=(ONE,), kwargs={}),
        threading.Thread(
            target=bring, args=(anew(ONE),), kwargs={"holder": SHENS, "record_id": "police.2"}
        ),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    for number in (CHEN, SHEN):
        assert police.photo_of(number)[0].fields["quality"] == "manual_review"


# -- from before, and closer ------------------------------------------------------------------


def test_photos_from_before_there_were_checks_are_caught_up_with(police):
    police.hand_in(ONE)
    police.hand_in(ONE, holder=SHENS, record_id="police.2")
    with police.archive.writing() as books:
        books.connection.execute(photo_checks.delete())
        for number in (CHEN, SHEN):
            ref = books.register.held_by("111", number)[0].ref
            books.pictures.tell_quality(ref, "pass")
    assert police.pictures.catch_up(limit=1) == 1
    assert police.pictures.catch_up() == 1
    assert police.pictures.catch_up() == 0
    for number in (CHEN, SHEN):
        assert police.photo_of(number)[1].reasons == (SAME_PICTURE,)


def test_a_picture_that_is_gone_is_judged_as_none_and_holds_nobody_up(police, tmp_path):
    police.hand_in(ONE)
    with police.archive.writing() as books:
        books.connection.execute(photo_checks.delete())
    empty = LocalObjects(tmp_path / "empty")
    judged = []
    desk = PictureDesk(
        archive=police.archive,
        objects=empty,
        clock=police.clock,
        judge=lambda jpeg: judged.append(jpeg) or PhotoVerdict("retake", ("NOT_JPEG",)),
    )
    assert desk.catch_up() == 1
    assert judged == [b""]
    assert police.photo_of(CHEN)[0].fields["quality"] == "retake"
    empty.close()


def test_the_level_is_raised_where_one_above_is_installed_and_only_once(police):
    police.hand_in(ONE)
    assert police.pictures.raise_level() == 0
    desk = police.open(closer=lambda _: PhotoVerdict("manual_review", ("FACE_UNSURE",), "face"))
    assert desk.raise_level() == 1
    assert desk.raise_level() == 0
    certificate, check = police.photo_of(CHEN)
    assert certificate.fields["quality"] == "manual_review"
    assert (check.level, check.reasons) == ("face", ("FACE_UNSURE",))


def test_a_closer_look_keeps_the_doubt_about_the_same_picture(police):
    police.hand_in(ONE)
    police.hand_in(ONE, holder=SHENS, record_id="police.2")
    desk = police.open(closer=lambda _: PhotoVerdict("pass", (), "face"))
    assert desk.raise_level() == 2
    for number in (CHEN, SHEN):
        certificate, check = police.photo_of(number)
        assert certificate.fields["quality"] == "manual_review"
        assert (check.level, check.reasons) == ("face", (SAME_PICTURE,))


def test_what_an_applicant_hands_in_is_doubted_alone(police):
    police.hand_in(ONE)
    check = PhotoCheck(
        fingerprint=fingerprint(anew(ONE)),
        id_type="111",
        id_number=SHEN,
        level="basic",
        quality="manual_review",
        reasons=(),
        checked_at=police.clock.now(),
        application_ref="a" * 20,
    )
    with police.archive.writing() as books:
        entered = police.pictures.enter(books, check, anew(ONE))
    certificate, known = police.photo_of(CHEN)
    assert (entered.same_as, entered.reasons) == (known.ref, (SAME_PICTURE,))
    assert certificate.fields["quality"] == "pass"
    with police.archive.writing() as books:
        assert books.pictures.applications(9) == ["a" * 20]
        books.pictures.forget_application("a" * 20)
        assert books.pictures.of_application("a" * 20) is None
