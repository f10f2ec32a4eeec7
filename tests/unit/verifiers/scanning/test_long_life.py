"""How long a document proves something: by its certificate, and by time-stamps put over it."""

import io
import random  # noqa: TID251 - the same each time
import re
import shutil
import subprocess
from datetime import timedelta
from functools import lru_cache

import pytest
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import (
    SignatureCoverageLevel,
    validate_pdf_signature,
    validate_pdf_timestamp,
)
from pyhanko_certvalidator import ValidationContext

from certstore.errors import ConflictError, MalformedError
from certstore.stamps.authorities import TimeAuthorities
from certstore.stamps.form import MOST_STAMPS, ROOMS, revision, standing_of
from certstore.stamps.reading import take_apart
from certstore.trust import KeyState
from tests.stamped import Fixed, stamped, token_over
from tests.time_authority import TimeAuthority, make_leaf, make_root
from tests.unit.certstore.codes.sealed_house import ENTRY, NOW, strangers
from tests.unit.verifiers.scanning.long_lived import (
    ENDS,
    LATER,
    YEAR,
    long_lived,
    old_house,
    old_trust,
    old_trust_jws,
    status_file,
    statuses,
)
from verifiers.scanning.document import judge_document
from verifiers.scanning.opening import OpenedHere
from verifiers.scanning.verdict import ScanResult, Verdict
from verifiers.scanning.verify import verify

ROOT = make_root(NOW - timedelta(days=60))
PINNED = TimeAuthorities((ROOT[1],))
DAY = timedelta(days=1)


def authority(at=NOW, years=6, **changes) -> TimeAuthority:
    """One below the pinned root, at a moment, whose certificate lasts so long."""
    leaf = make_leaf(ROOT, at - 30 * DAY, days=365 * years)
    return TimeAuthority(Fixed(at), **{"root": ROOT, "leaf": leaf, **changes})


def judge(pdf: bytes, now=LATER, **facts) -> ScanResult:
    given = {
        "trust": old_trust(),
        "root_certificate": old_house().root,
        "statuses": statuses(),
        "opener": OpenedHere(),
        "authorities": PINNED,
    }
    return judge_document(pdf, **{**given, "now": now, **facts})


def said(result: ScanResult) -> tuple[Verdict, tuple[str, ...]]:
    return result.verdict, result.reasons


@lru_cache(maxsize=1)
def once() -> bytes:
    """Stamped within the hour by an authority whose certificate lasts eleven years."""
    return stamped(long_lived(), authority(NOW + timedelta(hours=1), years=11))


@lru_cache(maxsize=1)
def twice() -> bytes:
    """Stamped at once by one that lasts six years, and after five years by another."""
    first = stamped(long_lived(), authority(NOW, years=6))
    return stamped(first, authority(NOW + 5 * YEAR, years=6))


# -- ten years on ----------------------------------------------------------------------------


def test_a_document_stamped_in_time_is_good_ten_years_on():
    for pdf in (once(), twice()):
        result = judge(pdf)
        assert said(result) == (Verdict.VALID, ())
        assert result.fields["name"] == "陈一鸣"
        assert all(check.passed for check in result.checks)
    told = [check.detail for check in judge(twice()).checks if check.name == "time_stamp"]
    assert [detail.partition(" ")[0] for detail in told] == [
        "2026-11-22T04:00:00+00:00",
        "2031-11-21T04:00:00+00:00",
    ]


def test_unstamped_it_says_what_is_lacking():
    result = judge(long_lived())
    assert said(result) == (Verdict.EXPIRED, ("TIME_STAMP_MISSING",))
    (lacking,) = [check for check in result.checks if check.passed is False]
    assert (lacking.name, lacking.detail) == (
        "long_life",
        f"the signature's certificate ended {ENDS.date()}",
    )


def test_a_stamp_after_the_certificates_end_proves_nothing():
    late = stamped(long_lived(), authority(ENDS + DAY, years=9))
    assert said(judge(late)) == (Verdict.EXPIRED, ("TIME_STAMP_LATE",))


def test_a_stamp_that_ended_before_the_next_one_proves_nothing():
    first = stamped(long_lived(), authority(NOW, years=4))
    assert said(judge(first)) == (Verdict.EXPIRED, ("TIME_STAMP_ENDED",))
    too_late = stamped(first, authority(ENDS + 10 * DAY, years=9))
    assert said(judge(too_late)) == (Verdict.EXPIRED, ("TIME_STAMP_ENDED",))


def test_a_stamp_that_ended_matters_not_while_the_signature_stands_by_itself():
    first = stamped(long_lived(), authority(NOW, years=1))
    lists = statuses()
    checks = {c.name: c.passed for c in judge(first, NOW + 2 * YEAR, statuses=lists).checks}
    assert checks["long_life"]


def test_a_stamp_from_after_the_moment_that_is_asked_about_proves_nothing_yet():
    checks = {c.name: c.passed for c in judge(once(), NOW + timedelta(minutes=1)).checks}
    assert checks["long_life"]


def test_what_was_revoked_is_told_whatever_was_stamped():
    lists = statuses({ENTRY.index: 1})
    assert judge(once(), statuses=lists).verdict is Verdict.REVOKED
    assert judge(long_lived(), statuses=lists).verdict is Verdict.REVOKED


def test_a_revoked_key_signs_nothing_however_early_it_was_stamped():
    trust = old_trust(state=KeyState.REVOKED)
    assert said(judge(once(), trust=trust)) == (Verdict.UNKNOWN_ISSUER, ("KEY_REVOKED",))


# -- whose stamp -----------------------------------------------------------------------------


def test_without_a_pinned_root_stamps_are_not_judged_and_prove_nothing():
    result = judge(once(), NOW + DAY, authorities=TimeAuthorities())
    assert "TIME_STAMP_NOT_CHECKED" in result.reasons
    assert {c.name: c.passed for c in result.checks}["time_stamp"] is None
    assert {c.name: c.passed for c in result.checks}["long_life"]
    result = judge(once(), authorities=TimeAuthorities())
    assert said(result) == (Verdict.EXPIRED, ("TIME_STAMP_NOT_CHECKED",))


def test_a_strangers_stamp_is_refused():
    result = judge(stamped(long_lived(), TimeAuthority(Fixed(NOW))))
    assert said(result) == (Verdict.UNKNOWN_ISSUER, ("TIME_AUTHORITY_UNKNOWN",))
    assert result.fields == {}
    result = judge(stamped(once(), TimeAuthority(Fixed(NOW + DAY))))
    assert said(result) == (Verdict.UNKNOWN_ISSUER, ("TIME_AUTHORITY_UNKNOWN",))


def test_an_authority_whose_certificate_had_ended_did_not_stamp():
    ended = authority(NOW, leaf=make_leaf(ROOT, NOW - 400 * DAY, days=365))
    result = judge(stamped(long_lived(), ended))
    assert said(result) == (Verdict.UNKNOWN_ISSUER, ("TIME_AUTHORITY_UNKNOWN",))


WRONG = {
    "another signature": {"key": make_root(NOW)[0]},
    "another document": {"digest": bytes(32)},
    "another content": {"content": b"x"},
    "no time-stamp": {"imprint": "sha512", "digest": bytes(64)},
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("held", [PINNED, TimeAuthorities()], ids=["pinned", "no root"])
def test_a_wrong_stamp_is_refused(name, held):
    result = judge(stamped(long_lived(), authority(wrong=WRONG[name])), authorities=held)
    if held is PINNED or name in {"another document", "no time-stamp"}:
        assert said(result) == (Verdict.TAMPERED, ("TIME_STAMP_WRONG",))
    else:  # nobody can tell whose signature it should be
        assert said(result) == (Verdict.EXPIRED, ("TIME_STAMP_NOT_CHECKED",))


def test_stamps_whose_times_run_backwards_are_refused():
    early = stamped(long_lived(), authority(NOW - timedelta(hours=1), years=11))
    assert said(judge(early)) == (Verdict.TAMPERED, ("TIME_STAMP_WRONG",))
    backwards = stamped(once(), authority(NOW, years=11))
    assert said(judge(backwards)) == (Verdict.TAMPERED, ("TIME_STAMP_WRONG",))
    close = stamped(long_lived(), authority(NOW - timedelta(minutes=4), years=11))
    assert judge(close).verdict is Verdict.VALID  # two clocks


def test_off_line_the_roots_of_time_authorities_are_files():
    held = {
        "root_pem": old_house().root_pem,
        "trust_jws": old_trust_jws(),
        "status_files": [status_file()],
        "at": LATER,
        "opener": OpenedHere(),
    }
    pem = ROOT[1].public_bytes(Encoding.PEM)
    other = make_root(NOW, name="another")[1].public_bytes(Encoding.PEM)
    assert verify(twice(), **held, time_roots=[other, pem]).verdict is Verdict.VALID
    assert said(verify(twice(), **held)) == (Verdict.EXPIRED, ("TIME_STAMP_NOT_CHECKED",))
    with pytest.raises(MalformedError, match="no PEM certificate"):
        verify(twice(), **held, time_roots=[b"no certificate"])


# -- what else was added ---------------------------------------------------------------------


def by_pyhanko(pdf: bytes) -> bytes:
    """Another title, by another tool."""
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
    writer.trailer["/Info"]["/Title"] = generic.TextStringObject("another")
    writer.mark_update(writer.trailer.raw_get("/Info"))
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def with_other_page(pdf: bytes) -> bytes:
    """A stamp of the right form, over a page that shows something else."""
    layers = take_apart(pdf)
    standing = layers.standing
    page = standing.page.replace(b"/Contents[7 0 R 14 0 R 8 0 R]", b"/Contents[7 0 R]")
    assert page != standing.page
    return _put_over(pdf, type(standing)(**{**_members(standing), "page": page}))


def with_other_catalog(pdf: bytes) -> bytes:
    """A stamp of the right form, and another attachment in the catalog."""
    standing = take_apart(pdf).standing
    catalog = standing.catalog.replace(b"/AF[9 0 R]", b"/AF[8 0 R]")
    assert catalog != standing.catalog
    return _put_over(pdf, type(standing)(**{**_members(standing), "catalog": catalog}))


def with_other_info(pdf: bytes) -> bytes:
    standing = take_apart(pdf).standing
    return _put_over(pdf, type(standing)(**{**_members(standing), "info": 13}))


def _members(standing):
    return {name: getattr(standing, name) for name in standing.__slots__}


def _put_over(pdf, standing):
    digest = take_apart(pdf).digest
    added = revision(digest, standing, ROOMS[0])
    return added.closed(pdf, token_over(added.covered(digest), authority()))


def _hole(pdf):
    return list(re.finditer(rb"/Contents<([0-9a-f]+)>", pdf))[-1].span(1)


def in_padding(pdf: bytes) -> bytes:
    _, end = _hole(once())
    return once()[: end - 1] + b"1" + once()[end:]


def in_capitals(pdf: bytes) -> bytes:
    begin, end = _hole(once())
    return once()[:begin] + once()[begin:end].upper() + once()[end:]


def with_comment(pdf: bytes) -> bytes:
    return once().replace(b"/T(stamp1)/F 132", b"/T(stamp1)/F 133")


def with_percent_signs(pdf: bytes) -> bytes:
    hostile = pdf.replace(b"/Lang(zh-CN)", b"/Lang(%s%d%)")
    assert hostile != pdf
    return stamped(hostile, authority())


ADDED = {
    "percent signs in the catalog": with_percent_signs,
    "a title under the stamp": by_pyhanko,
    "a title over the stamp": lambda pdf: by_pyhanko(once()),
    "a page that shows less": with_other_page,
    "another catalog": with_other_catalog,
    "another /Info": with_other_info,
    "a byte in the padding": in_padding,
    "hexadecimal in capitals": in_capitals,
    "another flag": with_comment,
    "a byte behind": lambda pdf: once() + b"\n",
    "a comment behind": lambda pdf: once() + b"%hello\n",
    "a byte before": lambda pdf: b"%PDF-1.7\n" + once(),
    "the stamp twice": lambda pdf: once() + once()[len(pdf) :],
    "the original behind": lambda pdf: once() + pdf,
    "cut short": lambda pdf: once()[:-1],
    "the second stamp alone": lambda pdf: (
        pdf + twice()[len(stamped(pdf, authority(NOW, years=6))) :]
    ),
}


@pytest.mark.parametrize("name", ADDED)
def test_whatever_else_was_added_is_a_change(name):
    pdf = ADDED[name](long_lived())
    result = judge(pdf, NOW + DAY)
    assert result.verdict in {Verdict.TAMPERED, Verdict.MALFORMED}
    assert result.fields == {}


@pytest.mark.parametrize("where", ["the first byte", "the middle", "the last byte"])
def test_a_stamped_document_that_was_changed_is_changed(where):
    pdf = bytearray(once())
    at = {"the first byte": 9, "the middle": len(long_lived()) // 2, "the last byte": -9}[where]
    pdf[at] ^= 1
    assert judge(bytes(pdf), NOW + DAY).verdict in {Verdict.TAMPERED, Verdict.MALFORMED}


def test_a_strangers_document_is_a_strangers_with_the_best_of_stamps():
    from tests.unit.verifiers.scanning.signed_document import document  # noqa: PLC0415 - only here

    theirs = stamped(document(strangers()), authority())
    assert said(judge(theirs)) == (Verdict.UNKNOWN_ISSUER, ("SIGNER_UNKNOWN",))


def test_any_byte_of_the_stamp_may_be_changed_and_nothing_breaks():
    chance, original = random.Random(5), len(long_lived())  # noqa: S311 - as above
    places = [chance.randrange(original, len(once())) for _ in range(60)]
    begin, _ = _hole(once())
    places += [begin + chance.randrange(2400) for _ in range(60)]
    for at in places:
        pdf = bytearray(once())
        pdf[at] = chance.choice(b"0123456789abcdef\n")
        if bytes(pdf) != once():
            verdict = judge(bytes(pdf)).verdict
            assert verdict in {Verdict.TAMPERED, Verdict.MALFORMED, Verdict.UNKNOWN_ISSUER}, at


# -- the form --------------------------------------------------------------------------------


def test_the_original_is_the_beginning_of_every_later_level():
    for pdf, stamps in ((long_lived(), 0), (once(), 1), (twice(), 2)):
        layers = take_apart(pdf)
        assert layers.issued == long_lived()
        assert pdf.startswith(long_lived())
        assert (len(layers.stamps), layers.standing.stamps) == (stamps, stamps)


def test_a_larger_token_gets_a_larger_room():
    between = [make_root(NOW)[1] for _ in range(5)]
    large = authority(years=11, between=between)
    wide = stamped(long_lived(), large, room=ROOMS[1])
    assert judge(wide).verdict is Verdict.VALID
    digest, standing = take_apart(long_lived()).digest, take_apart(long_lived()).standing
    with pytest.raises(ConflictError, match="does not fit"):
        revision(digest, standing, ROOMS[0]).closed(long_lived(), bytes(ROOMS[0] + 1))


def test_a_document_has_so_many_stamps_and_no_more():
    pdf = long_lived()
    for year in range(MOST_STAMPS):
        pdf = stamped(pdf, authority(NOW + year * DAY, years=11))
    assert judge(pdf).verdict is Verdict.VALID
    with pytest.raises(ConflictError, match="at most"):
        stamped(pdf, authority())


@pytest.mark.parametrize(
    "pdf",
    [b"", b"%PDF-1.7\n", b"%PDF-1.7\ntrailer\n<<>>\nstartxref\n0\n%%EOF\n"],
)
def test_a_file_of_another_press_cannot_be_stamped(pdf):
    with pytest.raises(MalformedError):
        standing_of(pdf)


# -- judges nobody here wrote ----------------------------------------------------------------


def asn1(certificate):
    return asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER))


def context(root, moment):
    return ValidationContext(trust_roots=[asn1(root)], allow_fetching=False, moment=moment)


def test_pyhanko_finds_the_changes_allowed_and_each_proof_in_the_time_of_the_next():
    """Its own judgement of the whole chain asks for revocation lists, which nobody here has."""
    reader = PdfFileReader(io.BytesIO(twice()))
    first, second = reader.embedded_timestamp_signatures
    status = validate_pdf_timestamp(second, context(ROOT[1], LATER))
    assert (status.intact, status.valid, status.trusted) == (True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert validate_pdf_timestamp(first, context(ROOT[1], status.timestamp)).trusted
    assert not validate_pdf_timestamp(first, context(ROOT[1], LATER)).trusted
    stamped_at = validate_pdf_timestamp(first, context(ROOT[1], status.timestamp)).timestamp
    (seal,) = reader.embedded_regular_signatures
    signed = validate_pdf_signature(seal, context(old_house().root, stamped_at))
    assert signed.bottom_line
    assert signed.modification_level is ModificationLevel.LTA_UPDATES
    assert signed.docmdp_ok
    assert not validate_pdf_signature(seal, context(old_house().root, LATER)).trusted


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("qpdf") is None, reason="qpdf is missing: apt install qpdf")
def test_qpdf_finds_no_error_in_it(tmp_path):
    file = tmp_path / "twice.pdf"
    file.write_bytes(twice())
    done = subprocess.run(["qpdf", "--check", file], capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


@pytest.mark.tools
@pytest.mark.skipif(shutil.which("pdfsig") is None, reason="apt install poppler-utils")
def test_pdfsig_sees_the_signature_good_and_the_whole_file_under_the_last_stamp(tmp_path):
    file = tmp_path / "twice.pdf"
    file.write_bytes(twice())
    done = subprocess.run(
        ["pdfsig", "-nocert", file], capture_output=True, text=True, timeout=60, check=False
    )
    seal, first, last = re.split(r"Signature #[23]:", done.stdout)
    assert "Signature is Valid." in seal
    assert "Not total document signed" in seal
    assert "Not total document signed" in first
    assert "Total document signed" in last
