"""What the pages of a loss show, and how they are made of what the desk found: no IO."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

from certstore.holds.kinds import Actor, Hold
from certstore.pages.holdings_pages import word
from certstore.pages.views import CertificateStatus
from issuance.matters.loss.judging import LossState, Standing

Done = Literal["", "reported", "lifted", "already", "not_lost", "moved", "too_many", "too_often"]
DONE: tuple[Done, ...] = (
    "reported",
    "lifted",
    "already",
    "not_lost",
    "moved",
    "too_many",
    "too_often",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLine:
    """One step of a certificate's holds: placed or lifted, by whom, when."""

    what: Literal["placed", "lifted"]
    kind: str  # a HoldKind
    at: datetime
    role: str  # a Role
    number: str = ""  # of an officer
    lifted_for: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LossView:
    """`issuance.matters/loss.html`, GET /certificates/{ref}/loss, in all its states."""

    ref: str
    type_code: str
    standing: Standing
    status: CertificateStatus
    number: str  # the holder's identity number, masked when shown
    card: bool  # whether a card in somebody's pocket is suspended with it
    ward: str = ""
    reported_at: datetime | None = None
    reported_by: str = ""  # a Role
    others: tuple[str, ...] = ()  # kinds of holds that lifting a loss leaves
    lapsed_on: date | None = None  # a registration's last day, once it is over
    face_needed: bool = False
    done: Done = ""
    history: tuple[HoldLine, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LossRow:
    """One certificate on the page /loss."""

    ref: str
    type_code: str
    status: CertificateStatus
    ward: str = ""
    reported_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LossListView:
    """`issuance.matters/losses.html`, GET /loss."""

    rows: tuple[LossRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskLossView:
    """`issuance.matters/desk_loss.html`, /desk/loss: somebody came in who lost theirs.

    `errors` are by field; `found` is None before somebody was looked for.
    """

    officer: str
    office: str
    number: str = ""
    found: tuple[LossRow, ...] | None = None
    errors: dict[str, str] | None = None
    done: Done = ""


def loss_view(found: LossState, done: str) -> LossView:
    """The page of one certificate."""
    certificate, loss = found.certificate, found.loss
    return LossView(
        ref=certificate.ref,
        type_code=certificate.type_code,
        standing=found.standing,
        status=word(found.status),
        number=certificate.holders[0].id_number,
        card=certificate.type_code == "residence_permit",
        ward=found.ward,
        reported_at=loss.placed_at if loss else None,
        reported_by=loss.placed_by.role.value if loss else "",
        others=tuple(h.kind.value for h in found.others),
        lapsed_on=certificate.validity.valid_to if found.lapsed else None,
        face_needed=found.face_needed,
        done=_fitting(done, found),
        history=history_lines(found.holds),
    )


def _fitting(done: str, found: LossState) -> Done:
    """What was done just now, unless the certificate stands otherwise by now."""
    known: Done = next((each for each in DONE if each == done), "")
    if known in {"reported", "already"} and found.loss is None:
        return ""
    if known in {"lifted", "not_lost"} and found.loss is not None:
        return ""
    return known


def history_lines(holds: Iterable[Hold]) -> tuple[HoldLine, ...]:
    """Every step, latest first."""
    lines: list[HoldLine] = []
    for hold in holds:
        kind = hold.kind.value
        lines.append(_line("placed", kind, hold.placed_at, hold.placed_by))
        if hold.lifted_at is not None and hold.lifted_by is not None:
            lines.append(_line("lifted", kind, hold.lifted_at, hold.lifted_by, hold.lifted_for))
    return tuple(sorted(lines, key=lambda line: line.at, reverse=True))


def _line(
    what: Literal["placed", "lifted"], kind: str, at: datetime, by: Actor, lifted_for: str = ""
) -> HoldLine:
    return HoldLine(
        what=what, kind=kind, at=at, role=by.role.value, number=by.number, lifted_for=lifted_for
    )


def loss_rows(found: Sequence[LossState]) -> tuple[LossRow, ...]:
    """One line for each certificate that is in use or lost; permits first."""
    ordered = sorted(found, key=lambda s: s.certificate.type_code != "residence_permit")
    return tuple(
        LossRow(
            ref=s.certificate.ref,
            type_code=s.certificate.type_code,
            status=word(s.status),
            ward=s.ward,
            reported_at=s.loss.placed_at if s.loss else None,
        )
        for s in ordered
        if s.loss is not None or not s.lapsed
    )
