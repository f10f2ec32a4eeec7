"""Is this PDF, byte for byte, what a listed document key signed?

No PDF library is asked: a file is opened only once this is answered. The press writes its
signature in one form, so the question is one of bytes. The last signature dictionary names
where /Contents stands; everything else, to the last byte, is under the signature; and /Contents
holds the one spelling of it that we write (certstore/cms.py), then zeros. That leaves nothing
to choose to whoever is not the signer. Documents that others changed, or made, are told apart
by their bytes too: it costs as little as a digest, and no answer here can be `valid` for them.
"""

import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cryptography import x509

from certstore.certificate_chain import check_chain
from certstore.clock import CHINA
from certstore.cms import SignatureForm, has_time_stamp, signature_value
from certstore.errors import MalformedError
from certstore.keys import Purpose
from certstore.tokens import verify_bytes
from certstore.trust import KeyState, TrustedKey, TrustList
from verifiers.scanning.verdict import Findings, Verdict

NOT_VERIFIABLE: Final = "NOT_VERIFIABLE"
DOCUMENT_UNREADABLE: Final = "DOCUMENT_UNREADABLE"
NOT_SIGNED: Final = "NOT_SIGNED"
RESAVED: Final = "RESAVED"
CHANGED_AFTER_SIGNING: Final = "CHANGED_AFTER_SIGNING"
SCAN_ITS_CODE: Final = "SCAN_ITS_CODE"  # the advice: its printed code can still be judged
LATER_LEVEL: Final = "LATER_LEVEL"  # a time-stamp or validation data, by another tool than ours
_LARGEST_HOLE: Final = 1 << 18  # hexadecimal digits; the press keeps 16,384
_MOST_RANGES: Final = 16
_HEX: Final = re.compile(rb"[0-9A-Fa-f]*")
_RANGE: Final = re.compile(
    rb"/ByteRange\s{0,40}\[\s{0,40}([0-9]{1,10})" + rb"\s{1,40}([0-9]{1,10})" * 3 + rb"\s{0,200}\]"
)
_DICTIONARY: Final = re.compile(  # as the press writes it: PAdES, no change allowed (DocMDP, P 1)
    rb"<</Type/Sig/Filter/Adobe\.PPKLite/SubFilter/ETSI\.CAdES\.detached"
    rb"/M\(D:([0-9]{14})\+08'00'\)/Reference\[<</Type/SigRef/TransformMethod/DocMDP"
    rb"/TransformParams<</Type/TransformParams/P 1/V/1\.2>>>>\]"
    rb"/ByteRange\[0 [0-9]{10} [0-9]{10} [0-9]{10}\]/Contents\Z"
)
_DICTIONARY_BYTES: Final = 400
_PRESSED: Final = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<</Type/Catalog/Version/1.7/Pages"
_PRESSED_DICTIONARY: Final = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/M(D:"


@dataclass(frozen=True, slots=True)
class SignedPart:
    """What a signature says it covers: all of `pdf` up to `end`, but for the hole of /Contents."""

    pdf: bytes
    hole: int
    after: int
    end: int

    @property
    def digits(self) -> bytes:
        """The hexadecimal between < and >."""
        return self.pdf[self.hole + 1 : self.after - 1]

    @property
    def cms(self) -> bytes:
        """The bytes the digits spell, padding included."""
        return bytes.fromhex(self.digits.decode("ascii"))

    @property
    def whole(self) -> bool:
        """Whether nothing lies behind the part, and its dictionary is the last and ours."""
        return self.end == len(self.pdf) and self.signed_at is not None

    @property
    def signed_at(self) -> datetime | None:
        """The time in the dictionary before the hole, if that is written as the press writes it."""
        before = self.pdf[max(0, self.hole - _DICTIONARY_BYTES) : self.hole]
        found = _DICTIONARY.search(before)
        if found is None or _RANGE.search(self.pdf, self.after) is not None:
            return None
        try:
            return datetime.strptime(found[1].decode(), "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
        except ValueError:
            return None

    def digest(self) -> bytes:
        """The SHA-256 digest of what is covered."""
        covered = memoryview(self.pdf)
        digest = hashlib.sha256(covered[: self.hole])
        digest.update(covered[self.after : self.end])
        return digest.digest()


def judge_signature(
    pdf: bytes, *, trust: TrustList, root: x509.Certificate, findings: Findings
) -> TrustedKey | None:
    """Return the listed key that signed the whole file, or None with what is wrong noted."""
    part = signed_part(pdf)
    if isinstance(part, str) and as_pressed(pdf) and not is_cut(pdf):
        # No program that writes a file anew leaves these bytes as they were: some were changed.
        findings.failed("integrity", Verdict.TAMPERED, CHANGED_AFTER_SIGNING)
        return None
    if isinstance(part, str):
        findings.failed("signature_present", Verdict.MALFORMED, part)
        findings.remark(NOT_VERIFIABLE)
        findings.remark(SCAN_ITS_CODE)
        return None
    findings.passed("signature_present")
    key = listed_signer(part.cms, trust)
    if key is None:
        findings.failed("signer", Verdict.UNKNOWN_ISSUER, "SIGNER_UNKNOWN")
        return None
    _judge_key(key, part.signed_at, findings)
    form, digest = SignatureForm(key.chain), part.digest()
    value = _judge_integrity(part, digest, (key, form), findings)
    if value is None:
        return None
    _judge_chain(key, part, root, findings)
    _judge_coverage(part, findings)
    _judge_spelling(part, form.spell(digest, value), findings)
    return key if findings.result().verdict is Verdict.VALID else None


def as_pressed(pdf: bytes) -> bool:
    """Whether the file begins, byte for byte, as the press begins every document."""
    return pdf.startswith(_PRESSED)


def is_cut(pdf: bytes) -> bool:
    """Whether the end is missing of a file that begins as the press writes it."""
    if _PRESSED_DICTIONARY not in pdf:
        return True
    found = _RANGE.search(pdf)
    return found is not None and int(found[3]) + int(found[4]) > len(pdf)


def signed_part(pdf: bytes) -> SignedPart | str:
    """The first part of the file that some signature can cover, or why there is none (a code)."""
    if b"%%EOF" not in pdf:  # cut short, or no document at all
        return DOCUMENT_UNREADABLE
    reason = NOT_SIGNED
    for _, found in zip(range(_MOST_RANGES), _RANGE.finditer(pdf), strict=False):
        begin, hole, after, rest = (int(number) for number in found.groups())
        part = SignedPart(pdf, hole, after, after + rest)
        if begin == 0 and _fits(part):
            return part
        reason = RESAVED  # a program that writes a file anew keeps the old numbers
    return reason


def _fits(part: SignedPart) -> bool:
    # The hole is /Contents in hexadecimal and nothing else, or a signature could be wrapped.
    if not part.hole + 2 <= part.after <= part.hole + _LARGEST_HOLE or part.end > len(part.pdf):
        return False
    brackets = part.pdf[part.hole : part.hole + 1] + part.pdf[part.after - 1 : part.after]
    even = len(part.digits) % 2 == 0
    return brackets == b"<>" and even and _HEX.fullmatch(part.digits) is not None


def listed_signer(cms: bytes, trust: TrustList) -> TrustedKey | None:
    """The listed document key whose certificate lies in a signature; nothing is verified yet."""
    # The certificate itself, as the root's list holds it, must lie in the signature.
    documents = (key for key in trust.keys.values() if key.purpose is Purpose.DOCUMENT)
    return next((key for key in documents if key.chain and key.chain[0] in cms), None)


def _judge_key(key: TrustedKey, signed_at: datetime | None, findings: Findings) -> None:
    if key.state is KeyState.REVOKED:
        findings.failed("signer", Verdict.UNKNOWN_ISSUER, "KEY_REVOKED", key.kid)
    elif signed_at is not None and not key.verifies_at(signed_at):
        findings.failed("signer", Verdict.UNKNOWN_ISSUER, "KEY_OUT_OF_TIME", key.kid)
    else:
        findings.passed("signer", key.authority_name)


def _judge_integrity(
    part: SignedPart, digest: bytes, signer: tuple[TrustedKey, SignatureForm], findings: Findings
) -> bytes | None:
    key, form = signer
    if digest not in part.cms:
        findings.failed("integrity", Verdict.TAMPERED, CHANGED_AFTER_SIGNING)
        return None
    try:
        value = signature_value(part.cms)
    except MalformedError as error:
        findings.failed("spelling", Verdict.TAMPERED, "SIGNATURE_RESPELLED", error.detail)
        return None
    if not verify_bytes(key.public_key, key.algorithm, form.signed_bytes(digest), value):
        findings.failed("integrity", Verdict.TAMPERED, "SIGNATURE_WRONG")
        return None
    findings.passed("integrity")
    return value


def _judge_chain(
    key: TrustedKey, part: SignedPart, root: x509.Certificate, findings: Findings
) -> None:
    moment = part.signed_at or key.valid_from
    try:
        check_chain(key.chain, root, public_key=key.public_key, period=(moment, moment))
    except MalformedError as error:
        findings.failed("chain", Verdict.UNKNOWN_ISSUER, "CHAIN_NOT_TRUSTED", error.detail)
    else:
        findings.passed("chain")


def _judge_coverage(part: SignedPart, findings: Findings) -> None:
    if part.whole:  # stamps of ours were taken off before: long_life.py
        findings.passed("coverage")
        return
    findings.failed("coverage", Verdict.TAMPERED, CHANGED_AFTER_SIGNING)
    added = part.pdf[part.end :]
    if b"/DocTimeStamp" in added or b"/DSS" in added:
        findings.remark(LATER_LEVEL)


def _judge_spelling(part: SignedPart, spelled: bytes, findings: Findings) -> None:
    # Lower-case digits, DER, our attributes alone, the lower s, then nothing but zeros.
    expected = spelled.hex().encode("ascii")
    if not part.digits.startswith(expected):
        findings.failed("spelling", Verdict.TAMPERED, "SIGNATURE_RESPELLED")
        if has_time_stamp(part.cms):
            findings.remark(LATER_LEVEL)
        return
    findings.passed("spelling")
    if part.digits[len(expected) :].strip(b"0"):
        findings.failed("padding", Verdict.TAMPERED, "PADDING_NOT_EMPTY")
    else:
        findings.passed("padding")
