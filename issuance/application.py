"""An application for a certificate and the states it passes through: frozen values, no IO."""

from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from certstore.certificates import Holder
from certstore.clock import local_date
from issuance.stage_clock import Clocks
from issuance.supplement import Notice


class Matter(StrEnum):
    """What is applied for (事项)."""

    RESIDENCE_REGISTRATION = "residence_registration"
    REGISTRATION_RENEWAL = "registration_renewal"
    ADDRESS_CHANGE = "address_change"
    RESIDENCE_PERMIT = "residence_permit"
    ENDORSEMENT = "endorsement"
    PERMIT_UPDATE = "permit_update"  # begun by itself, when the registered address has changed
    REISSUE = (
        "reissue"  # another card: the former was lost or damaged, or says what no longer holds
    )
    CANCELLATION = "cancellation"  # of a permit, or of the registration and the permit with it
    LOSS_REPORT = "loss_report"  # done as it is asked for, and so is its lifting
    LOSS_LIFT = "loss_lift"

    @property
    def path(self) -> str:
        """The matter as it stands in a URL."""
        return self.value.replace("_", "-")

    @property
    def judged_as(self) -> str:
        """The matter whose rules say what it wants to see."""
        renewal = self is Matter.REGISTRATION_RENEWAL
        return Matter.RESIDENCE_REGISTRATION.value if renewal else self.value

    @property
    def rests_on_registration(self) -> bool:
        """Whether it is about the registration in force, at its address."""
        return self in {
            Matter.RESIDENCE_PERMIT,
            Matter.REGISTRATION_RENEWAL,
            Matter.ENDORSEMENT,
        }

    @property
    def is_registration(self) -> bool:
        """Whether it leads to a voucher."""
        return self in {
            Matter.RESIDENCE_REGISTRATION,
            Matter.REGISTRATION_RENEWAL,
            Matter.ADDRESS_CHANGE,
        }

    @property
    def applied_for(self) -> bool:
        """Whether somebody begins it and fills it in.

        Else it follows from another by itself, or is done at once, on a page of its own.
        """
        return self is not Matter.PERMIT_UPDATE and not self.done_at_once

    @property
    def done_at_once(self) -> bool:
        """Whether it is done as it is asked for: nothing of it is ever open."""
        return self in {Matter.LOSS_REPORT, Matter.LOSS_LIFT}

    @property
    def one_by_one(self) -> bool:
        """Whether it is decided on its own, never together with others: it ends something."""
        return self is Matter.CANCELLATION

    @property
    def asks_home(self) -> bool:
        """Whether the home is asked about; else why it is applied for."""
        return self not in {Matter.REISSUE, Matter.CANCELLATION}


class State(StrEnum):
    """Where an application stands."""

    DRAFT = "draft"
    WAITING = "waiting"  # handed in; begins when what it follows has its certificate
    ROUTED = "routed"  # received, on its way to the station that decides
    IN_REVIEW = "in_review"
    SUPPLEMENT = "supplement"  # waits for the applicant; its clocks stand still
    APPROVED = "approved"
    ISSUED = "issued"
    DONE = "done"  # carried out, where that is no certificate: cancelled, reported, lifted
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


DRAFT_LIFE = timedelta(days=30)  # how long the pages promise to keep a draft nobody touches
DRAFT_WARNING = timedelta(days=5)  # how long before that its owner is told
APPLICATION = "application"  # the kind of predecessor that is an application, too
ENDED_STATES = frozenset({State.ISSUED, State.DONE, State.REFUSED, State.WITHDRAWN})
OPEN_STATES = frozenset(State) - ENDED_STATES
CAME_TO_NOTHING = frozenset({State.REFUSED, State.WITHDRAWN})
NOT_BEGUN = frozenset({State.DRAFT, State.WAITING})  # no officer has it, no clock runs
WITH_OFFICERS = frozenset({State.ROUTED, State.IN_REVIEW})  # what waits for somebody to decide


@dataclass(frozen=True, slots=True)
class Relative:
    """The near relative in whose home the applicant lives (Civil Code 1045)."""

    name: str
    id_number: str
    relation: str  # spouse | parent | child | sibling | grandparent | grandchild


@dataclass(frozen=True, slots=True)
class Child:
    """The child a guardian applies for, as the guardian named it; nobody has looked it up.

    `relation` is what the guardian is to the child.
    """

    name: str
    id_number: str
    relation: str  # parent | grandparent | sibling | other; empty where that was not asked
    consented: bool = False  # the guardian agrees that the child's records are looked up

    @property
    def holder(self) -> Holder:
        """The child as a certificate names it."""
        return Holder(self.name, "111", self.id_number)


@dataclass(frozen=True, slots=True)
class Answers:
    """What the applicant said; empty text means not asked or not answered yet."""

    dwelling: str = ""  # own | rent | dormitory
    occupier: str = ""  # self | relative; of a child's home, self is the child
    relative: Relative | None = None
    district: str = ""
    address: str = ""  # without the city's and the district's name
    child: Child | None = None  # None: the applicant acts for themself
    confirmed: bool = False  # a home on file was taken over, so nothing more was asked of it
    why: str = ""  # of a re-issue or a cancellation: a code of its list (grounds.py)
    about: str = ""  # of a cancellation: the type of what is cancelled

    def full_address(self, city: str) -> str:
        """The whole address, as it is compared, printed and shared."""
        return f"{city}{self.district}{self.address}"

    @property
    def subject_key(self) -> str:
        """Whom it is for: empty for oneself, else the child's number."""
        return self.child.id_number if self.child else ""

    def as_json(self) -> dict[str, Any]:
        """The answers as they are kept."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "Answers":
        """Read back what was kept."""
        relative, child = kept.get("relative"), kept.get("child")
        return cls(
            dwelling=kept["dwelling"],
            occupier=kept["occupier"],
            relative=Relative(**relative) if relative else None,
            district=kept["district"],
            address=kept["address"],
            child=Child(**child) if child else None,
            confirmed=kept.get("confirmed", False),
            why=kept.get("why", ""),
            about=kept.get("about", ""),
        )


@dataclass(frozen=True, slots=True)
class After:
    """What an application follows: it begins when that has its certificate."""

    kind: str  # APPLICATION, or a kind that a matter with rows of its own adds
    ref: str


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
    """A request by a resident for one kind of certificate, for themself or for a child.

    `applicant` is whom the certificate will name. `person_id` is that person's row; of a child
    it is the guardian's until a record has proven the guardianship, so that naming somebody's
    child writes nothing about the child.
    """

    ref: str
    number: str
    matter: Matter
    applicant: Holder
    person_id: int
    actor: Holder  # who is signed in, answers and is told: the applicant, or the guardian
    actor_id: int
    account: str
    state: State
    begun_at: datetime
    touched_at: datetime
    answers: Answers = field(default_factory=Answers)
    commitment: Commitment | None = None
    submitted_at: datetime | None = None
    decided_at: datetime | None = None
    due_on: date | None = None  # when it is answered; None while it waits for the applicant
    stage_due_on: date | None = None  # until when it may stand where it stands
    clocks: Clocks | None = None
    asked: Notice | None = None  # what was told to be missing; never more than once
    decision: dict[str, Any] | None = None  # snapshot, rule version and outcome, to be re-judged
    automatic: bool = False
    reviewed_by: str = ""
    reason: str = ""  # the officer's sentence, or a code of the closed list
    certificate_ref: str | None = None  # what it led to; of a loss, what was lost
    joint_ref: str | None = None  # of the joint submission it is part of
    after: After | None = None
    handed_in_at: datetime | None = None  # of what waits, or waited: when its applicant was done
    taken_by: str = ""  # the officer who took it in at a counter; empty: sent on line
    taken_at: str = ""  # whose counter that was: a station's code, or its name

    def takes(self, material: str) -> bool:
        """Whether something can be handed in for this material as it stands."""
        if self.state is State.SUPPLEMENT:
            return self.asked is not None and material in self.asked.materials
        return self.state is State.DRAFT

    def is_late(self, today: date) -> bool:
        """Whether its answer, or its certificate, is due and not there."""
        waits = self.state in WITH_OFFICERS or self.state is State.APPROVED
        return waits and self.due_on is not None and self.due_on < today

    @property
    def guardian(self) -> Holder | None:
        """Who acts, where that is not the applicant."""
        return self.actor if self.answers.child else None

    @property
    def other_relative(self) -> Relative | None:
        """The relative whose home it is, unless that is the guardian who acts."""
        said = self.answers
        relative = said.relative if said.occupier == "relative" else None
        return None if relative and relative.id_number == self.actor.id_number else relative

    @property
    def kept_until(self) -> date:
        """The last day on which a draft is kept."""
        return local_date(self.touched_at + DRAFT_LIFE)
