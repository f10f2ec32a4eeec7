"""Judging how long a document's signature lives: by its certificate, and by stamps put over it.

A signature proves something while its certificate is in its time. A time-stamp made in that time
proves it for as long as the stamp itself holds, and a further stamp over that one for longer
(ETSI EN 319 142-1, level B-LTA). Judged here: that chain of proofs, from now back to the signing.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from typing import Final

from cryptography import x509

from certstore.clock import CHINA
from certstore.errors import MalformedError
from certstore.stamps.authorities import TimeAuthorities
from certstore.stamps.reading import Layers, PutOver, take_apart
from certstore.stamps.token import CLOCKS_APART, TimeStamp, Token, read_token, verify_token
from certstore.trust import TrustedKey
from verifiers.scanning.verdict import Findings, Verdict

TIME_STAMP_MISSING: Final = "TIME_STAMP_MISSING"  # the certificate ended and nothing was put over
TIME_STAMP_LATE: Final = "TIME_STAMP_LATE"  # what was put over came after the certificate's end
TIME_STAMP_ENDED: Final = "TIME_STAMP_ENDED"  # what was put over in time was not renewed in time
TIME_STAMP_NOT_CHECKED: Final = "TIME_STAMP_NOT_CHECKED"  # no root of a time authority is held
TIME_AUTHORITY_UNKNOWN: Final = "TIME_AUTHORITY_UNKNOWN"
TIME_STAMP_WRONG: Final = "TIME_STAMP_WRONG"
NO_AUTHORITIES: Final = TimeAuthorities()
_STEP: Final = "time_stamp"
_SIGNED: Final = b"/SubFilter/ETSI.CAdES.detached/M(D:"


@dataclass(frozen=True, slots=True)
class Shown:
    """A document to be judged: as it was issued, and the stamps put over it since."""

    issued: bytes
    stamps: tuple[PutOver, ...] = ()

    @property
    def signed_at(self) -> datetime | None:
        """The time in the press's signature dictionary, which the signature covers."""
        at = self.issued.rfind(_SIGNED) + len(_SIGNED)
        try:
            told = self.issued[at : at + 14].decode("ascii")
            return datetime.strptime(told, "%Y%m%d%H%M%S").replace(tzinfo=CHINA)
        except ValueError:
            return None


def as_issued(pdf: bytes) -> Shown:
    """Take stamps of our form off; a file with anything else added stays whole, and is judged so.

    That what is left was issued by us is *not* checked here: its signature is judged next.
    """
    try:
        layers: Layers = take_apart(pdf)
    except MalformedError:
        return Shown(pdf)
    return Shown(layers.issued, layers.stamps)


def judge_long_life(
    shown: Shown,
    key: TrustedKey,
    authorities: TimeAuthorities,
    begun: tuple[datetime, Findings],
) -> bool:
    """Judge, after a good signature, its stamps and whether it still proves something now.

    False where a stamp is wrong: then nothing of the file is looked at. Where the proof has only
    ended, what it says and whether that was revoked is still to be told.
    """
    now, findings = begun
    stamps = _judge_stamps(shown.stamps, authorities, findings)
    if stamps is None or not _in_order(stamps, shown.signed_at, findings):
        return False
    proven = now  # the signature is proven to be no younger than this
    for stamp in reversed(stamps):
        if stamp.path.covers(proven):
            proven = min(proven, stamp.made_at)
    ends = x509.load_der_x509_certificate(key.chain[0]).not_valid_after_utc
    if proven <= ends:
        _tell(stamps, findings)
        return True
    reason = TIME_STAMP_MISSING
    if stamps:
        reason = TIME_STAMP_LATE if stamps[0].made_at > ends else TIME_STAMP_ENDED
    elif shown.stamps:
        reason = TIME_STAMP_NOT_CHECKED
    detail = f"the signature's certificate ended {_day(ends)}"
    findings.failed("long_life", Verdict.EXPIRED, reason, detail)
    return True


def _judge_stamps(
    found: tuple[PutOver, ...], authorities: TimeAuthorities, findings: Findings
) -> list[TimeStamp] | None:
    """The stamps, all verified; none without a root to verify with; None where one is wrong."""
    stamps = []
    for put_over in found:
        token = _judge_token(put_over, findings)
        if token is None:
            return None
        if not authorities.roots:
            findings.undecided(_STEP, "no root of a time authority is held")
            findings.remark(TIME_STAMP_NOT_CHECKED)
            continue
        try:
            stamps.append(verify_token(token, put_over.covered, authorities))
        except MalformedError as error:
            if error.facts["cause"] == "chain":
                findings.failed(_STEP, Verdict.UNKNOWN_ISSUER, TIME_AUTHORITY_UNKNOWN, error.detail)
            else:
                findings.failed(_STEP, Verdict.TAMPERED, TIME_STAMP_WRONG, error.detail)
            return None
    return stamps


def _judge_token(put_over: PutOver, findings: Findings) -> Token | None:
    try:
        token = read_token(put_over.token)
    except MalformedError as error:
        findings.failed(_STEP, Verdict.TAMPERED, TIME_STAMP_WRONG, error.detail)
        return None
    if token.imprint != put_over.covered:
        findings.failed(_STEP, Verdict.TAMPERED, TIME_STAMP_WRONG, "it stamps something else")
        return None
    return token


def _in_order(stamps: list[TimeStamp], signed_at: datetime | None, findings: Findings) -> bool:
    """Whether the times run forward: signed, stamped, stamped again."""
    moments = [signed_at] if signed_at is not None else []
    moments += [stamp.made_at for stamp in stamps]
    if all(before <= after + CLOCKS_APART for before, after in pairwise(moments)):
        return True
    findings.failed(_STEP, Verdict.TAMPERED, TIME_STAMP_WRONG, "the times do not run forward")
    return False


def _tell(stamps: list[TimeStamp], findings: Findings) -> None:
    for stamp in stamps:
        said = f"{stamp.made_at.astimezone(UTC).isoformat()} {stamp.authority}".rstrip()
        findings.passed(_STEP, f"{said}, holds until {_day(stamp.holds_until)}")
    findings.passed("long_life")


def _day(moment: datetime) -> str:
    return moment.astimezone(UTC).date().isoformat()
