"""Is this PDF, byte for byte, what a listed document key signed?

pyHanko's own `bottom_line` is not enough: it lets form fill-in, a new title, an added DSS and
bytes in the signature's padding pass. Here one signature must cover the whole file, nothing
may have been changed after it, and the padding must be empty.
"""

import io
import re
from datetime import datetime
from typing import Any, Final

from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import ModificationLevel
from pyhanko.sign.validation import SignatureCoverageLevel, validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko_certvalidator import ValidationContext

from certstore.keys import PublicKey, Purpose, key_id
from certstore.trust import KeyState, TrustedKey, TrustList
from verifiers.scanning.verdict import Findings, Verdict

NOT_VERIFIABLE: Final = "NOT_VERIFIABLE"
SCAN_ITS_CODE: Final = "SCAN_ITS_CODE"  # the advice: its printed code can still be judged
_UNREADABLE = (PdfError, SignatureValidationError, ValueError, TypeError, KeyError, IndexError)
_HEX = re.compile(rb"[0-9A-Fa-f]*")


def judge_signature(
    pdf: bytes, *, trust: TrustList, root: x509.Certificate, findings: Findings
) -> TrustedKey | None:
    """Return the listed key that signed the whole file, or None with what is wrong noted."""
    try:
        embedded = _only_signature(pdf)
        signed_at = None if embedded is None else embedded.self_reported_timestamp
        gap = None if embedded is None else _gap(pdf, embedded)
    except Exception:  # noqa: BLE001 - a hostile file makes the reader raise whatever there is
        _not_verifiable(findings, "DOCUMENT_UNREADABLE")
        return None
    if embedded is None:
        _not_verifiable(findings, "NOT_SIGNED")
        return None
    if gap is None:
        _not_verifiable(findings, "RESAVED")
        return None
    findings.passed("signature_present")
    key = _signer(embedded, signed_at, trust, findings)
    intact = _judge_integrity(embedded, signed_at, root, findings)
    _, _, after, rest = embedded.byte_range
    if after + rest != len(pdf) and not findings.found(Verdict.TAMPERED):
        # pyHanko adds the lengths up without looking at the places
        findings.failed("coverage", Verdict.TAMPERED, "CHANGED_AFTER_SIGNING")
    _judge_padding(gap, embedded, findings)
    return key if intact else None


def _only_signature(pdf: bytes) -> Any:  # noqa: ANN401 - pyHanko publishes no types
    reader = PdfFileReader(io.BytesIO(pdf), strict=True)
    signatures = reader.embedded_signatures
    if len(signatures) > 1:
        raise PdfError("a certificate carries one signature")
    return signatures[0] if signatures else None


def _gap(pdf: bytes, embedded: Any) -> bytes | None:  # noqa: ANN401 - pyHanko publishes no types
    # The hexadecimal of /Contents: the one stretch of the file that /ByteRange leaves out.
    # A file written anew by some program keeps the old numbers: they no longer fit its bytes.
    numbers = [int(number) for number in embedded.byte_range]
    if len(numbers) != 4 or numbers[0] != 0 or min(numbers) < 0:  # noqa: PLR2004 - two ranges
        return None
    hole = pdf[numbers[1] : numbers[2]]
    if hole[:1] != b"<" or hole[-1:] != b">" or not _HEX.fullmatch(hole[1:-1]):
        return None
    digits = hole[1:-1]
    if len(digits) % 2 or bytes.fromhex(digits.decode("ascii")) != embedded.pkcs7_content:
        return None
    return digits


def _signer(
    embedded: Any,  # noqa: ANN401 - pyHanko publishes no types
    signed_at: datetime | None,
    trust: TrustList,
    findings: Findings,
) -> TrustedKey | None:
    key = trust.find(_signer_kid(embedded), Purpose.DOCUMENT)
    if key is None:
        findings.failed("signer", Verdict.UNKNOWN_ISSUER, "SIGNER_UNKNOWN")
    elif key.state is KeyState.REVOKED:
        findings.failed("signer", Verdict.UNKNOWN_ISSUER, "KEY_REVOKED", key.kid)
    elif signed_at is None or not key.verifies_at(signed_at):
        findings.failed("signer", Verdict.UNKNOWN_ISSUER, "KEY_OUT_OF_TIME", key.kid)
    else:
        findings.passed("signer", key.authority_name)
        return key
    return None


def _signer_kid(embedded: Any) -> str:  # noqa: ANN401 - pyHanko publishes no types
    try:
        public_key = x509.load_der_x509_certificate(embedded.signer_cert.dump()).public_key()
    except _UNREADABLE:
        return ""
    return key_id(public_key) if isinstance(public_key, PublicKey) else ""


def _judge_integrity(
    embedded: Any,  # noqa: ANN401 - pyHanko publishes no types
    signed_at: datetime | None,
    root: x509.Certificate,
    findings: Findings,
) -> bool:
    anchor = asn1_x509.Certificate.load(root.public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[anchor], allow_fetching=False, moment=signed_at)
    try:
        status = validate_pdf_signature(embedded, context)
    except _UNREADABLE:
        findings.failed("integrity", Verdict.TAMPERED, "SIGNATURE_WRONG")
        return False
    if not (status.intact and status.valid):
        findings.failed("integrity", Verdict.TAMPERED, "CHANGED_AFTER_SIGNING")
        return False
    findings.passed("integrity")
    if not status.trusted:
        findings.failed("chain", Verdict.UNKNOWN_ISSUER, "CHAIN_NOT_TRUSTED")
        return False
    findings.passed("chain")
    covered = status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    untouched = status.modification_level is ModificationLevel.NONE
    if not (status.bottom_line and covered and untouched):
        findings.failed("coverage", Verdict.TAMPERED, "CHANGED_AFTER_SIGNING")
        return False
    findings.passed("coverage")
    return True


def _judge_padding(digits: bytes, embedded: Any, findings: Findings) -> None:  # noqa: ANN401 - as above
    # The padding is the one place no signature covers: it must say nothing.
    message = 2 * _der_length(embedded.pkcs7_content)
    if message and not digits[message:].strip(b"0"):
        findings.passed("padding")
    else:
        findings.failed("padding", Verdict.TAMPERED, "PADDING_NOT_EMPTY")


def _der_length(data: bytes) -> int:
    """The bytes the first DER value takes up; 0 if its head is cut or of indefinite length."""
    if len(data) < 2:  # noqa: PLR2004 - tag and length
        return 0
    first = data[1]
    if first < 0x80:  # noqa: PLR2004 - the short form (X.690 §8.1.3.4)
        return 2 + first
    size = first & 0x7F
    length = int.from_bytes(data[2 : 2 + size], "big")
    return 2 + size + length if 0 < size <= 4 else 0  # noqa: PLR2004 - no value is larger


def _not_verifiable(findings: Findings, reason: str) -> None:
    findings.failed("signature_present", Verdict.MALFORMED, reason)
    findings.remark(NOT_VERIFIABLE)
    findings.remark(SCAN_ITS_CODE)
