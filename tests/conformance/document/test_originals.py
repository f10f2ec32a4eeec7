"""No original is called changed, however it travelled; and no changed byte is ever valid."""

import hashlib

import pytest

from tests.conformance.document.originals import every_original
from tests.conformance.document.test_attacks import judged
from tests.unit.verifiers.scanning.signed_document import genuine
from verifiers.scanning.account import Account, Finding, Obstacle
from verifiers.scanning.reading_room import reading_room
from verifiers.scanning.revisions import Marks
from verifiers.scanning.signed_revision import HEADER
from verifiers.scanning.verdict import Verdict

_CHANGES = 500
_FRONT = 80  # bytes the press begins every document with


@pytest.fixture(scope="module")
def originals():
    return dict(every_original())


def test_no_original_of_any_kind_and_person_is_called_anything_else(originals):
    assert len(originals) >= 18
    for name, data in originals.items():
        result = judged(data)
        told = Account(finding=Finding.GENUINE, total_bytes=len(data), signed_bytes=len(data))
        assert (result.verdict, result.document) == (Verdict.VALID, told), (name, result)


def test_originals_that_travelled_are_as_they_were(originals, tmp_path):
    import base64  # noqa: PLC0415 - only here
    import io  # noqa: PLC0415 - only here
    import zipfile  # noqa: PLC0415 - only here
    from email import message_from_bytes, policy  # noqa: PLC0415 - only here
    from email.message import EmailMessage  # noqa: PLC0415 - only here

    data = originals["voucher of 陈一鸣"]
    mail = EmailMessage(policy=policy.SMTP)
    mail.set_content("请查收")
    mail.add_attachment(data, maintype="application", subtype="pdf", filename="居住证.pdf")
    received = message_from_bytes(mail.as_bytes(), policy=policy.SMTP)
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("1.pdf", data)
    renamed = tmp_path / "扫描件 (1).PDF.tmp"
    renamed.write_bytes(data)
    for travelled in (
        next(received.iter_attachments()).get_content(),
        zipfile.ZipFile(archive).read("1.pdf"),
        renamed.read_bytes(),
        base64.b64decode(base64.encodebytes(data)),
    ):
        assert judged(travelled).document.finding is Finding.GENUINE


def test_originals_are_genuine_in_the_process_with_limits(originals):
    for name, data in list(originals.items())[:4]:
        assert judged(data, reading_room()).document.finding is Finding.GENUINE, name


class NothingSeen:
    """Opens nothing: what is said here comes from the bytes alone."""

    def look(self, _pdf):
        return Marks(ours=False, authorities=(), pictures_only=False, encrypted=False, signers=())

    def open_document(self, _pdf):
        raise AssertionError


def places_of_change(size):
    """(place, exclusive or): what makes it one of ours in front, then all over, drawn once."""
    yield from ((at, 0x20) for at in range(len(HEADER), _FRONT))
    for number in range(_CHANGES):
        drawn = hashlib.sha256(b"%d" % number).digest()
        yield len(HEADER) + int.from_bytes(drawn[:4], "big") % (size - len(HEADER)), drawn[4] or 1


@pytest.mark.parametrize("at", range(len(HEADER)))
def test_what_is_no_pdf_any_more_is_refused_as_that(at):
    changed = bytearray(genuine())
    changed[at] ^= 1
    result = judged(bytes(changed), NothingSeen())
    assert (result.verdict, result.reasons) == (Verdict.MALFORMED, ("FILE_UNREADABLE",))


def test_a_changed_byte_anywhere_is_never_valid_and_rightly_named():
    pdf, said = genuine(), set()
    for at, by in places_of_change(len(pdf)):
        changed = bytearray(pdf)
        changed[at] ^= by
        result = judged(bytes(changed), NothingSeen())
        assert result.verdict is not Verdict.VALID, (at, by)
        assert result.fields == {}
        said.add((result.document.finding, result.document.obstacle))
        assert result.document.finding is not Finding.GENUINE, (at, by)
    assert said <= {(Finding.CHANGED, None), (Finding.NOT_VERIFIABLE, Obstacle.CUT_SHORT)}, said


@pytest.mark.parametrize("at", [-1, -7, -30, 100, 9])
def test_a_file_that_was_cut_is_never_called_forged(at):
    result = judged(genuine()[:at])
    assert result.document.finding is Finding.NOT_VERIFIABLE, result.document
