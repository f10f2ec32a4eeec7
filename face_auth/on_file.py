"""What is on file of verifications, as others read it: how one stands, and what was shown by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from certstore.certificates import Holder
from certstore.clock import CHINA
from certstore.earlier_verification import EarlierVerification
from certstore.verdict import Accepted
from face_auth.challenge import State
from face_auth.earlier import judge_earlier
from face_auth.reasons import ASSURANCE, Reason
from face_auth.rules import FaceRule
from face_auth.tables import RecordedResult


@dataclass(frozen=True, slots=True)
class Standing:
    """How a transaction stands; `reasons` say why it failed."""

    state: State
    reasons: tuple[str, ...] = ()

    @property
    def because(self) -> str | None:
        """What a page can say of it (light, person, risk, expired); None: only that it failed."""
        if self.state is State.EXPIRED:
            return "expired"
        return next((_BECAUSE[reason] for reason in self.reasons if reason in _BECAUSE), None)


_BECAUSE: dict[str, str] = {
    Reason.TOO_DARK: "light",
    Reason.NOT_THE_PERSON: "person",
    Reason.SUBJECT_MISMATCH: "person",
    Reason.DEVICE_RISK: "risk",
    Reason.TOO_OLD: "expired",
    Reason.VERIFIED_BEFORE_BEGUN: "expired",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformOnFile:
    """An earlier verification by the platform, bound to account and person, under today's rule.

    A result of another kind than a face's: it shows who somebody is, and holds no photo.
    """

    subject: Holder
    trust_framework: str
    assurance_level: str
    evidence: tuple[str, ...]
    verified_at: datetime
    kind: ClassVar[Literal["platform"]] = "platform"

    def as_facts(self) -> dict[str, object]:
        """The object that stands in `earlier_verifications` of a decision's facts."""
        who = self.subject
        return {
            "subject": {"name": who.name, "id_type": who.id_type, "id_number": who.id_number},
            "verified_at": self.verified_at.astimezone(CHINA).isoformat(),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultOnFile:
    """A result bound to a person, as the reuse decision reads it.

    Its facts are those we believe: what the provider said, lowered to our registry's word.
    """

    subject: Holder
    accepted: bool
    reasons: tuple[str, ...]
    result: str  # pass | fail
    mode: str
    comparison_source: str
    fmr: float
    pad: bool
    iad: bool
    device_risk: tuple[str, ...]  # the blocking ones
    channel: str
    verified_at: datetime
    provider: str
    kind: ClassVar[Literal["face"]] = "face"

    def as_facts(self) -> dict[str, object]:
        """The object that stands in `face_results` of a decision's facts."""
        who = self.subject
        return {
            "subject": {"name": who.name, "id_type": who.id_type, "id_number": who.id_number},
            "result": self.result,
            "mode": self.mode,
            "comparison_source": self.comparison_source,
            "fmr": self.fmr,
            "pad": self.pad,
            "iad": self.iad,
            "device_risk": list(self.device_risk),
            "channel": self.channel,
            "verified_at": self.verified_at.astimezone(CHINA).isoformat(),
            "provider": self.provider,
        }


def platform_for(
    holder: Holder, told: Iterable[EarlierVerification], *, now: datetime, rule: FaceRule
) -> list[PlatformOnFile]:
    """Those earlier verifications of this person that the day's rule takes."""
    return [
        PlatformOnFile(
            subject=holder,
            trust_framework=earlier.trust_framework,
            assurance_level=earlier.assurance_level,
            evidence=earlier.evidence,
            verified_at=earlier.verified_at,
        )
        for earlier in told
        if judge_earlier(earlier, now=now, rule=rule) == Accepted()
    ]


def read_for(recorded: RecordedResult, holder: Holder, rule: FaceRule) -> ResultOnFile | None:
    """The result as facts about this person; None if the verification was of anybody else.

    A refused result reads `fail`, unless its own facts show to every reader why it is not
    enough: then the reader can say "verify in another way" and not "you did not pass".
    """
    transaction, said = recorded.transaction, recorded.result
    if Reason.SUBJECT_MISMATCH in transaction.reasons or not transaction.is_of(holder):
        return None
    shown = recorded.accepted or ASSURANCE.issuperset(transaction.reasons)
    return ResultOnFile(
        subject=holder,
        accepted=recorded.accepted,
        reasons=transaction.reasons,
        result=said.result if shown else "fail",
        mode=said.mode,
        comparison_source=said.comparison_source,
        fmr=said.fmr,
        pad=said.pad,
        iad=said.iad,
        device_risk=rule.blocking(said.device_risk),
        channel=said.channel,
        verified_at=said.verified_at,
        provider=said.provider,
    )
