import io
import json
import zlib
from datetime import timedelta

import pytest
import segno
from PIL import Image

from certstore.errors import CertstoreError, InvalidTokenError, MalformedError
from tests.unit.certstore.codes.sealed_house import ENTRY, NOW, SERIAL, house, strangers
from tests.unit.verifiers.scanning.signed_document import genuine
from verifiers.scanning import opening
from verifiers.scanning.opened import NothingShown
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.read_file import ShownCode, ShownDocument, read_file
from verifiers.scanning.verdict import Check, ScanResult, Verdict, gravest
from verifiers.scanning.verify import BAD, GOOD, UNDECIDED, as_json, exit_code, verify

TRUST = house().trust_jws()
HERE = OpenedHere()
INTACT = Check("integrity", passed=True)


def judged(shown, *, status_files=None, at=NOW, **changes) -> ScanResult:
    files = [house().status_cwt()] if status_files is None else status_files
    given = {"root_pem": house().root_pem, "trust_jws": TRUST, "opener": HERE, **changes}
    return verify(shown, status_files=files, at=at, **given)


def picture(*texts: str, kind: str = "PNG", scale: int = 4) -> bytes:
    """A picture with the codes of these texts side by side."""
    codes = []
    for text in texts:
        out = io.BytesIO()
        segno.make(text, error="m").save(out, kind="png", scale=scale, border=6)
        codes.append(Image.open(out).convert("L"))
    width = sum(code.width for code in codes) + 40
    whole = Image.new("L", (width, max((c.height for c in codes), default=40)), 255)
    left = 0
    for code in codes:
        whole.paste(code, (left, 0))
        left += code.width
    out = io.BytesIO()
    whole.save(out, kind)
    return out.getvalue()


@pytest.mark.parametrize(
    "shown",
    [
        house().printed(),
        house().printed().encode(),
        house().printed().encode() + b"\n",
        house().printed().encode() + b"\r\n",
        picture(house().printed()),
        picture(house().printed(), kind="JPEG"),
        picture("https://certs.example/s/1", house().printed(), "1234"),
        genuine(),
    ],
)
@pytest.mark.parametrize("status", ["status_jwt", "status_cwt"])
def test_text_picture_and_document_are_judged_off_line(shown, status):
    file = getattr(house(), status)()
    data = file.encode() if isinstance(file, str) else file
    result = judged(shown, status_files=[data])
    assert (result.verdict, exit_code(result)) == (Verdict.VALID, GOOD)
    assert result.fields["number"] == SERIAL


def test_a_space_at_a_codes_end_is_not_taken_away():
    assert judged(house().printed().encode() + b" \n").reasons == ("NOT_BASE45",)


def test_an_on_line_code_judged_off_line_says_that_replay_was_not_checked():
    result = judged(house().on_line())
    assert (result.verdict, result.reasons) == (Verdict.VALID, ("replay_not_checked",))
    late = judged(house().on_line(), at=NOW + timedelta(seconds=120))
    assert late.verdict is Verdict.EXPIRED
    assert "replay_not_checked" in late.reasons


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (ScanResult(Verdict.VALID, ("UNDER_DISPUTE",)), GOOD),
        (ScanResult(Verdict.STALE_LIST), UNDECIDED),
        # nothing was there to be judged
        (ScanResult(Verdict.MALFORMED, ("NOT_OUR_CODE",)), UNDECIDED),
        (ScanResult(Verdict.MALFORMED, ("NOT_SIGNED", "NOT_VERIFIABLE")), UNDECIDED),
        (ScanResult(Verdict.MALFORMED, ("DOCUMENT_UNREADABLE", "NOT_VERIFIABLE")), UNDECIDED),
        (ScanResult(Verdict.MALFORMED, ("NO_CODE_FOUND",)), UNDECIDED),
        (ScanResult(Verdict.MALFORMED, ("SEVERAL_CODES",)), UNDECIDED),
        (ScanResult(Verdict.MALFORMED, ("FILE_UNREADABLE",)), UNDECIDED),
        (ScanResult(Verdict.MALFORMED, ("FILE_TOO_LARGE",)), UNDECIDED),
        (ScanResult(Verdict.MALFORMED, ("FILE_TOO_COSTLY",)), UNDECIDED),
        (ScanResult(Verdict.MALFORMED, ("PICTURE_TOO_LARGE",)), UNDECIDED),
        # a code or a signature was there
        (ScanResult(Verdict.MALFORMED, ("NOT_BASE45",)), BAD),
        (ScanResult(Verdict.MALFORMED, ("PAYLOAD_WRONG",)), BAD),
        (
            ScanResult(Verdict.MALFORMED, ("SEVERAL_CODES",), (Check("integrity", passed=True),)),
            BAD,
        ),
        (ScanResult(Verdict.TAMPERED, ("NOT_VERIFIABLE",)), BAD),
        *((ScanResult(v), BAD) for v in set(Verdict) - {Verdict.VALID, Verdict.STALE_LIST}),
    ],
)
def test_the_exit_code_tells_good_from_bad_from_undecided(result, code):
    assert exit_code(result) == code


def test_without_a_list_that_speaks_it_is_never_valid():
    for files in ([], [house().status_cwt(uri="https://certs.example/status-lists/9")]):
        result = judged(house().printed(), status_files=files)
        assert (result.verdict, exit_code(result)) == (Verdict.STALE_LIST, UNDECIDED)
    late = judged(house().printed(), at=NOW + timedelta(minutes=10))
    assert late.verdict is Verdict.STALE_LIST


@pytest.mark.parametrize("file", [b"", b"junk", strangers().status_cwt()])
def test_a_status_file_that_is_not_genuine_is_left_aside_and_named(file):
    alone = judged(house().printed(), status_files=[file])
    assert alone.verdict is Verdict.STALE_LIST
    assert "STATUS_FILE_REFUSED" in alone.reasons
    beside = judged(house().printed(), status_files=[file, house().status_cwt({ENTRY.index: 1})])
    assert beside.verdict is Verdict.REVOKED


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"root_pem": b"no PEM"}, MalformedError),
        ({"root_pem": strangers().root_pem}, InvalidTokenError),
        ({"trust_jws": ""}, MalformedError),
        ({"trust_jws": strangers().trust_jws()}, InvalidTokenError),
        ({"trust_jws": TRUST[:-2]}, CertstoreError),
    ],
)
def test_without_a_genuine_trust_list_nothing_can_be_judged(changes, error):
    with pytest.raises(error):
        judged(house().printed(), **changes)


def test_a_trust_list_file_may_end_in_a_newline():
    assert judged(house().printed(), trust_jws=TRUST + "\n").verdict is Verdict.VALID


def test_an_expired_code_is_called_expired_even_with_old_lists():
    result = judged(house().printed(), at=NOW + timedelta(days=400))
    assert result.verdict is Verdict.EXPIRED
    assert {"CODE_EXPIRED", "TRUST_LIST_STALE", "STATUS_LIST_STALE"} <= set(result.reasons)


def test_a_clock_set_back_makes_no_dead_code_live():
    later, dead = NOW + timedelta(hours=1), house().on_line()
    lists = [house().status_cwt(now=later)]
    assert judged(dead, status_files=lists, at=later, by_clock=True).verdict is Verdict.EXPIRED
    back = judged(dead, status_files=lists, by_clock=True)
    assert (back.verdict, back.reasons, back.fields) == (Verdict.STALE_LIST, ("CLOCK_BEHIND",), {})
    assert exit_code(back) == UNDECIDED
    assert judged(dead, status_files=lists).verdict is Verdict.VALID  # asked as of that moment
    code, lists = house().printed(), [house().status_cwt(now=NOW)]
    least = NOW - timedelta(seconds=30)
    assert judged(code, status_files=lists, at=least, by_clock=True).verdict is Verdict.VALID
    beyond = judged(code, status_files=lists, at=least - timedelta(seconds=1), by_clock=True)
    assert beyond.reasons == ("CLOCK_BEHIND",)


def test_the_result_is_plain_json():
    said = json.loads(json.dumps(as_json(judged(house().printed()))))
    assert said.keys() == {"verdict", "reasons", "checks", "fields"}
    assert said["verdict"] == "valid"
    assert said["checks"][0] == {"name": "length", "passed": True, "detail": ""}
    assert said["fields"]["valid_to"] == "2027-11-21"
    assert said["fields"]["disclosure"] == "minimal"
    assert said["fields"]["photo_digest"] == bytes(range(16)).hex()


def test_the_gravest_verdict_decides_and_nothing_wrong_is_valid():
    assert gravest([]) is Verdict.VALID
    assert gravest([Verdict.STALE_LIST, Verdict.EXPIRED, Verdict.REVOKED]) is Verdict.REVOKED
    assert gravest([Verdict.LOST, Verdict.SUPERSEDED]) is Verdict.SUPERSEDED


def bomb() -> bytes:
    """A PNG that announces 30,000 × 30,000 pixels."""
    header = (30000).to_bytes(4, "big") * 2 + b"\x01\x00\x00\x00\x00"
    chunk = b"IHDR" + header
    return (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\r" + chunk + zlib.crc32(chunk).to_bytes(4, "big")
    ) + b"\x00\x00\x00\x00IDAT"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (picture(), "NO_CODE_FOUND"),
        (picture("https://certs.example/s/1"), "NO_CODE_FOUND"),
        (picture(house().printed(), strangers().printed()), "SEVERAL_CODES"),
        (picture(house().printed())[:300], "FILE_UNREADABLE"),
        (b"\x89PNG\r\n\x1a\n", "FILE_UNREADABLE"),
        (b"\xff\xd8\xff\xe0", "FILE_UNREADABLE"),
        (b"GIF89a\x80\x00", "FILE_UNREADABLE"),
        ("编码".encode(), "FILE_UNREADABLE"),
        (b"A" * 8193, "FILE_UNREADABLE"),
        (bytes((10 << 20) + 1), "FILE_TOO_LARGE"),
        (bomb(), "PICTURE_TOO_LARGE"),
    ],
)
def test_a_file_without_exactly_one_code_is_undecided(data, reason):
    assert read_file(data, HERE) == NothingShown(reason)
    result = judged(data)
    assert (result.verdict, result.reasons, exit_code(result)) == (
        Verdict.MALFORMED,
        (reason,),
        UNDECIDED,
    )


def test_a_picture_within_pillows_limit_but_beyond_ours_is_not_decoded(monkeypatch):
    monkeypatch.setattr(opening, "MAX_PIXELS", 100)
    assert read_file(picture("1234"), HERE) == NothingShown("PICTURE_TOO_LARGE")


def test_files_are_told_apart_by_their_first_bytes():
    assert read_file(b"%PDF-1.7", HERE) == ShownDocument(b"%PDF-1.7")
    assert read_file(b"RP1:ABC\n", HERE) == ShownCode("RP1:ABC")
