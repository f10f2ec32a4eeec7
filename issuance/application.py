"""An application for a certificate and the states it passes through: frozen values, no IO."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from certstore.certificates import Holder


class Matter(StrEnum):
    """What is applied for (事项)."""

    RESIDENCE_REGISTRATION = "residence_registration"
    ADDRESS_CHANGE = "address_change"

    @property
    def path(self) -> str:
        """The matter as it stands in a URL."""
        return self.value.replace("_", "-")


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    IN_REVIEW = "in_review"
    APPROVED = "approved"
    ISSUED = "issued"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


# From which state into which; everything else is refused (docs/adr/0004).
TRANSITIONS: dict[State, frozenset[State]] = {
    State.DRAFT: frozenset({State.IN_REVIEW, State.APPROVED, State.WITHDRAWN}),
    State.IN_REVIEW: frozenset({State.APPROVED, State.REFUSED, State.WITHDRAWN}),
    State.APPROVED: frozenset({State.ISSUED}),
    State.ISSUED: frozenset(),
    State.REFUSED: frozenset(),
    State.WITHDRAWN: frozenset(),
}
DRAFT_LIFE = timedelta(days=30)  # how long the pages promise to keep a draft
OPEN_STATES = frozenset({State.DRAFT, State.IN_REVIEW, State.APPROVED})


@dataclass(frozen=True, slots=True)
class Relative:
    """The near relative in whose home the applicant lives (Civil Code 1045)."""

    name: str
    id_number: str
    relation: str  # spouse | parent | child | sibling | grandparent | grandchild


@dataclass(frozen=True, slots=True)
class Answers:
    """What the applicant said; empty text means not asked or not answered yet."""

    dwelling: str = ""  # own | rent | dormitory
    occupier: str = ""  # self | relative
    relative: Relative | None = None
    district: str = ""
    address: str = ""  # without the city's and the district's name

    def full_address(self, city: str) -> str:
        """The whole address, as it is compared, printed and shared."""
        return f"{city}{self.district}{self.address}"

    def as_json(self) -> dict[str, Any]:
        """The answers as they are kept."""
        relative = self.relative
        return {
            "dwelling": self.dwelling,
            "occupier": self.occupier,
            "relative": None
            if relative is None
            else {
                "name": relative.name,
                "id_number": relative.id_number,
                "relation": relative.relation,
            },
            "district": self.district,
            "address": self.address,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Answers":
        """Read back what was kept."""
        relative = kept.get("relative")
        return cls(
            dwelling=kept["dwelling"],
            occupier=kept["occupier"],
            relative=Relative(**relative) if relative else None,
            district=kept["district"],
            address=kept["address"],
        )


@dataclass(frozen=True, slots=True)
class Commitment:
    """A signed commitment letter: its text, when, at which strength, and the signatures."""

    text: str
    signed_at: datetime
    level: str
    signature: str
    countersignature: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """A request by a resident for one kind of certificate."""

    ref: str
    number: str
    matter: Matter
    applicant: Holder
    person_id: int
    account: str
    state: State
    begun_at: datetime
    answers: Answers = field(default_factory=Answers)
    commitment: Commitment | None = None
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    due_on: date | None = None
    decision: dict[str, Any] | None = None  # snapshot, rule version and outcome, to be re-judged
    automatic: bool = False
    reviewed_by: str = ""
    reason: str = ""  # the officer's sentence, or a code of the closed list
    certificate_ref: str | None = None
