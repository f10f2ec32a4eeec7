"""What the pages of several matters in one go show: one frozen view a template. No IO."""

from dataclasses import dataclass, field
from datetime import date

from certstore.pages.views import Matter, Reason
from issuance.pages.progress_views import Followed, State
from issuance.pages.views import Errors


@dataclass(frozen=True, slots=True)
class Offer:
    """A matter that can be chosen, or why it cannot; `on` is the day from which it could."""

    reason: Reason | None = None
    on: date | None = None


@dataclass(frozen=True, slots=True)
class LeaseOffer:
    """A lease under way that a registration can wait for."""

    ref: str
    number: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TogetherView:
    """`issuance/together.html`, /together: what to do in one go. Its form POSTs there.

    Form fields: `matters` (residence_registration, residence_permit), `children` ("1"), `lease`
    (a reference, or empty).
    """

    registration: Offer
    permit: Offer
    leases: tuple[LeaseOffer, ...] = ()
    open: tuple[str, ...] = ()  # what was begun and not submitted
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class JointLine:
    """One matter of a joint submission, and what can be done about it."""

    ref: str
    matter: Matter
    case_number: str
    state: State
    href: str  # its own page, or where its next question is
    child: str | None = None
    on: date | None = None
    left: int = 0  # how many things are still to be done
    answers: bool = False  # the home is not answered yet
    taken_over: bool = False  # the home is answered with what it follows
    obstacle: Reason | None = None
    waits_for: Followed | None = None
    leave_out_href: str | None = None  # a form POSTs there

    @property
    def complete(self) -> bool:
        """Whether it can be submitted as it is."""
        return self.state == "draft" and not self.left


@dataclass(frozen=True, slots=True, kw_only=True)
class JointView:
    """`issuance/joint.html`, GET /together/{ref}: each matter, and one button for all of them."""

    ref: str
    lines: tuple[JointLine, ...]
    submit_href: str | None = None  # a form POSTs there when nothing is left to do
    again_href: str | None = None  # a form POSTs there to begin anew what ended
    child_href: str | None = None  # where another child is named
    sent: bool = False  # it was submitted a moment ago
    not_sent: bool = False  # something came up while it was submitted
