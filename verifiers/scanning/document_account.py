"""What a judged file is, in one word, and what was done to it: told beside the verdict.

The verdict is reached before and without this (document.py). Here the file is opened, by a reader
process, only to be described: nothing that is found makes a document better or worse.
"""

from dataclasses import replace
from typing import Final

from certstore.keys import Purpose
from certstore.objects import digest_of
from certstore.trust import TrustList
from verifiers.scanning.account import Account, Change, ChangeKind, Finding, Obstacle
from verifiers.scanning.opened import FILE_TOO_COSTLY, NothingShown
from verifiers.scanning.pdf_signature import (
    CHANGED_AFTER_SIGNING,
    DOCUMENT_UNREADABLE,
    as_pressed,
    is_cut,
)
from verifiers.scanning.revisions import Examiner, Marks
from verifiers.scanning.signed_revision import Proof, proof_in
from verifiers.scanning.verdict import ScanResult

_KEY_NOT_GOOD: Final = {"KEY_REVOKED", "KEY_OUT_OF_TIME"}
_SPELLING: Final = {
    "SIGNATURE_RESPELLED": ChangeKind.SIGNATURE_RESPELLED,
    "PADDING_NOT_EMPTY": ChangeKind.PADDING_FILLED,
}
_CONTENT: Final = frozenset(  # steps that say whether a document's parts agree with each other
    {
        *("opening", "attachment", "credential", "printed_text", "code", "code_agrees"),
        *("status_place", "disclosed", "code.length", "code.prefix", "code.base45", "code.cbor"),
        *("code.profile", "code.key", "code.signature", "code.payload", "code.issuer"),
        *("code.meaning", "code.photo"),
    }
)
_NOTHING: Final = Marks(
    ours=False, authorities=(), pictures_only=False, encrypted=False, signers=()
)


def account_of_signed(pdf: bytes, result: ScanResult) -> Account:
    """The account of a file whose signature is good: genuine, if all of it says one thing."""
    size = len(pdf)
    genuine = Account(finding=Finding.GENUINE, total_bytes=size, signed_bytes=size)
    if all(check.passed is not False or check.name not in _CONTENT for check in result.checks):
        return genuine
    costly = FILE_TOO_COSTLY in result.reasons
    obstacle = Obstacle.TOO_COSTLY if costly else Obstacle.DISAGREES
    return replace(genuine, finding=Finding.NOT_VERIFIABLE, obstacle=obstacle)


def account_of_refused(
    pdf: bytes, result: ScanResult, *, trust: TrustList, examiner: Examiner
) -> Account:
    """The account of a PDF whose signature is not good; UnavailableError as the examiner."""
    proof, reasons = proof_in(pdf, trust), set(result.reasons)
    if "CHAIN_NOT_TRUSTED" in reasons:
        return Account(finding=Finding.SIGNED_BY_OTHER, total_bytes=len(pdf))
    if proof.intact:
        return _account_of_intact(pdf, reasons, proof, examiner)
    if _KEY_NOT_GOOD & reasons and CHANGED_AFTER_SIGNING not in reasons:
        return _not_verifiable(pdf, Obstacle.KEY_NOT_GOOD)
    if proof.ours:  # the value is our key's, what stands around it is not ours
        return _changed(pdf, ChangeKind.SIGNATURE_RESPELLED)
    if proof.found:
        return _account_of_signature(pdf, reasons, trust, examiner)
    return _account_of_unsigned(pdf, reasons, trust, examiner)


def _account_of_intact(pdf: bytes, reasons: set[str], proof: Proof, examiner: Examiner) -> Account:
    """Signed by a listed key; something was put in, before or behind, or the key does not count."""
    changes = [Change(kind) for reason, kind in _SPELLING.items() if reason in reasons]
    if proof.begin:
        changes.insert(0, Change(ChangeKind.BYTES_BEFORE, str(proof.begin)))
    grown = proof.begin + proof.intact < len(pdf)
    if not changes and not grown:
        good = not _KEY_NOT_GOOD & reasons
        return _not_verifiable(pdf, Obstacle.DISAGREES if good else Obstacle.KEY_NOT_GOOD)
    base = Account(
        finding=Finding.CHANGED,
        total_bytes=len(pdf),
        signed_bytes=proof.intact,
        changes=tuple(changes),
    )
    return _with_comparison(base, pdf[proof.begin :], examiner) if grown else base


def _with_comparison(base: Account, whole: bytes, examiner: Examiner) -> Account:
    compared = examiner.compare(whole, base.signed_bytes)
    drawn = examiner.draw(whole, base.signed_bytes)
    changes = list(base.changes)
    if isinstance(compared, NothingShown):
        changes.append(Change(ChangeKind.NOT_COMPARED))
    else:
        changes.extend(compared.changes)
    if isinstance(drawn, NothingShown):
        return replace(base, changes=tuple(changes))
    changes.extend(drawn.changes)
    return replace(
        base, changes=tuple(changes), looks_same=drawn.looks_same, pages=tuple(drawn.pages)
    )


def _account_of_signature(
    pdf: bytes, reasons: set[str], trust: TrustList, examiner: Examiner
) -> Account:
    """There is a signature, and it is not by a listed key over these bytes."""
    marks = _marks(pdf, examiner)
    strangers = [name for name, digest in marks.signers if digest not in _listed(trust)]
    # A damaged file may open to nobody: its signature still says whether it names a key of ours.
    unnamed = not marks.signers and not as_pressed(pdf) and "SIGNER_UNKNOWN" in reasons
    if strangers or unnamed:
        names = tuple(name for name in strangers if name)
        return Account(finding=Finding.SIGNED_BY_OTHER, total_bytes=len(pdf), signers=names)
    if CHANGED_AFTER_SIGNING in reasons:
        return _changed(pdf, ChangeKind.SIGNED_BYTES_DIFFER)
    respelled = "SIGNATURE_RESPELLED" in reasons
    return _changed(
        pdf, ChangeKind.SIGNATURE_RESPELLED if respelled else ChangeKind.SIGNATURE_WRONG
    )


def _account_of_unsigned(
    pdf: bytes, reasons: set[str], trust: TrustList, examiner: Examiner
) -> Account:
    """No signature covers any of it: saved anew, scanned, cut, or never ours."""
    if as_pressed(pdf):
        if is_cut(pdf):
            return _not_verifiable(pdf, Obstacle.CUT_SHORT)
        return _changed(pdf, ChangeKind.SIGNED_BYTES_DIFFER)
    marks = examiner.look(pdf)
    if isinstance(marks, NothingShown):
        costly = marks.reason == FILE_TOO_COSTLY
        return _not_verifiable(pdf, Obstacle.TOO_COSTLY if costly else Obstacle.UNREADABLE)
    obstacle = _obstacle(marks, reasons, trust)
    if obstacle is None:
        return Account(finding=Finding.NOT_OURS, total_bytes=len(pdf))
    return _not_verifiable(pdf, obstacle)


def _obstacle(marks: Marks, reasons: set[str], trust: TrustList) -> Obstacle | None:
    """What keeps an unsigned file from being verified; None if nothing says that it is ours."""
    authorities, listed = {key.authority_uscc for key in trust.keys.values()}, _listed(trust)
    named = authorities & set(marks.authorities) or any(d in listed for _, d in marks.signers)
    if marks.encrypted:
        return Obstacle.ENCRYPTED
    if marks.pictures_only:
        return Obstacle.SCANNED
    if marks.ours or named:
        return Obstacle.RESAVED
    return Obstacle.UNREADABLE if DOCUMENT_UNREADABLE in reasons else None


def account_of_picture(data: bytes) -> Account:
    """The account of a photograph or a screenshot: only a code on it can be judged."""
    return _not_verifiable(data, Obstacle.PICTURE)


def _marks(pdf: bytes, examiner: Examiner) -> Marks:
    marks = examiner.look(pdf)
    return _NOTHING if isinstance(marks, NothingShown) else marks


def _listed(trust: TrustList) -> set[str]:
    """The certificates of listed document keys, by their SHA-256."""
    documents = (key for key in trust.keys.values() if key.purpose is Purpose.DOCUMENT)
    return {digest_of(key.chain[0]) for key in documents if key.chain}


def _changed(pdf: bytes, kind: ChangeKind) -> Account:
    return Account(finding=Finding.CHANGED, total_bytes=len(pdf), changes=(Change(kind),))


def _not_verifiable(pdf: bytes, obstacle: Obstacle) -> Account:
    return Account(finding=Finding.NOT_VERIFIABLE, total_bytes=len(pdf), obstacle=obstacle)
