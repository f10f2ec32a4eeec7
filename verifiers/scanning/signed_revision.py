"""What the bytes of a file that was refused still prove: a first revision that a listed key signed.

As in pdf_signature.py, no PDF library is asked.
"""

from dataclasses import dataclass
from typing import Final

from certstore.cms import SignatureForm, signature_value
from certstore.errors import MalformedError
from certstore.keys import Purpose
from certstore.tokens import verify_bytes
from certstore.trust import TrustList
from verifiers.scanning.pdf_signature import SignedPart, signed_part

HEADER: Final = b"%PDF-"
_LATEST_HEADER: Final = 1024  # readers look so far for it (ISO 32000-2, annex H)
_MOST_KEYS: Final = 64


@dataclass(frozen=True, slots=True)
class Proof:
    """Facts: how long the signed revision is that stands intact from `begin` on; 0 for none.

    `found` says that some signature covers a part; `ours` that its value is a listed key's
    though what stands around it is not as we write it.
    """

    intact: int = 0
    begin: int = 0
    found: bool = False
    ours: bool = False


def header_at(data: bytes) -> int:
    """Where a PDF begins in a file, -1 where it does not: something may stand in front of it."""
    return data.find(HEADER, 0, _LATEST_HEADER + len(HEADER))


def proof_in(pdf: bytes, trust: TrustList) -> Proof:
    """Find the first revision of a listed document key, whatever that key's time and state."""
    begin = max(0, header_at(pdf))
    part = signed_part(pdf[begin:])
    if isinstance(part, str):
        return Proof()
    named, verified = _verified(part, trust)
    if named:
        return Proof(part.end, begin, found=True, ours=True)
    return Proof(found=True, ours=verified)


def _verified(part: SignedPart, trust: TrustList) -> tuple[bool, bool]:
    """Whether a key signed the part whose certificate lies in it; whether any listed key did."""
    cms, digest = part.cms, part.digest()
    try:
        value = signature_value(cms)
    except MalformedError:
        return False, False
    documents = [key for key in trust.keys.values() if key.purpose is Purpose.DOCUMENT]
    for key in documents[:_MOST_KEYS]:
        if not key.chain:
            continue
        form = SignatureForm(key.chain)
        if verify_bytes(key.public_key, key.algorithm, form.signed_bytes(digest), value):
            return key.chain[0] in cms and digest in cms, True
    return False, False
