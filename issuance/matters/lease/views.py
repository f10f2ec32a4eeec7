"""What the pages of leases show: one frozen view a template, and how it follows from a lease."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from certstore.web.symbol import Symbol
from issuance.commitment import digest_of
from issuance.matters.lease.kept import Lease
from issuance.matters.lease.mine import Mine
from issuance.matters.lease.reading import Typed, TypedParty
from issuance.matters.lease.reasons import Finding, findings_in
from issuance.matters.lease.states import Act, State, may
from issuance.matters.lease.terms import MOST_PARTIES, Contract, Role, hundredths

Errors = Mapping[str, str]
FaceWord = Literal["start", "failed", "pending", "passed"]
Reading = Literal["", "changed", "moved"]


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseRow:
    """One lease as a line of the list."""

    ref: str
    number: str
    address: str
    state: str
    to_sign: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LeasesView:
    """`issuance/leases.html`, GET /leases."""

    leases: tuple[LeaseRow, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseFormView:
    """`issuance/lease_form.html`, GET and POST of /leases/new and /leases/{ref}/change."""

    action: str
    back: str
    districts: tuple[str, ...]
    typed: Typed
    key: str = ""  # of a new one
    revision: int = 0  # of one that is changed
    parties_too: bool = True  # False: who the parties are is for who began it
    changed: bool = False
    errors: Errors = field(default_factory=dict)

    @property
    def others(self) -> tuple[TypedParty, ...]:
        """A line for each other party there can be."""
        lines = tuple(self.typed.others)[: MOST_PARTIES - 1]
        return (*lines, *[TypedParty()] * (MOST_PARTIES - 1 - len(lines)))


@dataclass(frozen=True, slots=True, kw_only=True)
class PartyLine:
    """One party, as another reads it: the number is masked."""

    role: str
    name: str
    number: str
    mine: bool
    come: bool
    signed_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonLine:
    """Why it stands as it does; `name` is of the party it is about."""

    code: str
    n: int
    day: date | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LeaseView:
    """`issuance/lease.html`, GET /leases/{ref}."""

    ref: str
    number: str
    state: str
    lines: tuple[str, ...]
    contract: Contract
    address: str
    summary_sha256: str
    parties: tuple[PartyLine, ...]
    signed_at: datetime | None  # by the reader
    can_sign: bool
    can_change: bool
    can_stop: bool
    began: bool
    lets: bool = False  # the reader is a landlord
    face: FaceWord = "start"
    sandbox: bool = False
    lapses_on: date | None = None
    due_on: date | None = None
    waits: bool = False
    reasons: tuple[ReasonLine, ...] = ()
    unfit: tuple[ReasonLine, ...] = ()  # why it could not be filed if it were signed like this
    words: str = ""
    link: str = ""
    symbol: Symbol | None = None
    certificate_ref: str = ""
    can_end: bool = False
    end_mine: bool = False
    end_others: bool = False
    signature: str = ""
    reading: Reading = ""
    errors: Errors = field(default_factory=dict)

    @property
    def amounts(self) -> Mapping[str, str]:
        """Area, rent and deposit as people write them."""
        said = self.contract
        found = {"area": said.area, "rent": said.rent, "deposit": said.deposit}
        return {name: hundredths(amount) for name, amount in found.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What a page of a lease shows besides the lease itself."""

    lapses_on: date | None = None
    face: FaceWord = "start"
    unfit: tuple[Finding, ...] = ()
    sandbox: bool = False
    link: str = ""
    symbol: Symbol | None = None
    signature: str = ""
    reading: Reading = ""
    errors: Errors = field(default_factory=dict)


def leases_view(found: Sequence[Mine], city: str) -> LeasesView:
    """The reader's leases, those that wait for their signature first."""
    rows = [_row(mine, city) for mine in found]
    return LeasesView(leases=tuple(sorted(rows, key=lambda row: not row.to_sign)))


def _row(mine: Mine, city: str) -> LeaseRow:
    lease = mine.lease
    return LeaseRow(
        ref=lease.ref,
        number=lease.number,
        address=lease.contract.full_address(city),
        state=lease.state.value,
        to_sign=lease.state is State.OPEN and mine.me.signed is None,
    )


def lease_view(mine: Mine, around: Around, city: str) -> LeaseView:
    """One lease as its party reads it."""
    lease, me = mine.lease, mine.me
    signed = me.signed.signed_at if me.signed else None
    filed = lease.state is State.FILED
    agreed = [row.end_agreed_at is not None for row in lease.parties if row.place != me.place]
    open_one = lease.state is State.OPEN
    return LeaseView(
        ref=lease.ref,
        number=lease.number,
        state=lease.state.value,
        lines=tuple(lease.summary.split("\n")),
        contract=lease.contract,
        address=lease.contract.full_address(city),
        summary_sha256=digest_of(lease.summary),
        parties=party_lines(lease, me.place),
        signed_at=signed,
        can_sign=open_one and signed is None and not around.unfit,
        can_change=may(Act.CHANGE, lease.state),
        can_stop=may(Act.DECLINE, lease.state),
        began=mine.began,
        lets=me.party.role is Role.LANDLORD,
        face=around.face,
        sandbox=around.sandbox,
        lapses_on=around.lapses_on if may(Act.LAPSE, lease.state) else None,
        due_on=lease.due_on if lease.state in {State.CHECKING, State.REVIEW} else None,
        waits=lease.state is State.CHECKING and bool(findings_in(lease.decision)),
        reasons=reason_lines(lease, findings_in(lease.decision)),
        unfit=reason_lines(lease, around.unfit),
        words=lease.words,
        link=around.link if open_one else "",
        symbol=around.symbol if open_one else None,
        certificate_ref=lease.certificate_ref or "",
        can_end=filed and me.end_agreed_at is None,
        end_mine=filed and me.end_agreed_at is not None,
        end_others=filed and any(agreed),
        signature=around.signature,
        reading=around.reading,
        errors=around.errors,
    )


def party_lines(lease: Lease, mine: int | None) -> tuple[PartyLine, ...]:
    """The parties in their order; `mine` is the reader's place."""
    return tuple(
        PartyLine(
            role=row.party.role.value,
            name=row.party.name,
            number=row.party.masked,
            mine=row.place == mine,
            come=row.joined_at is not None,
            signed_at=row.signed.signed_at if row.signed else None,
        )
        for row in lease.parties
    )


def reason_lines(lease: Lease, findings: Sequence[Finding]) -> tuple[ReasonLine, ...]:
    """Every reason, and of whom it speaks."""
    return tuple(
        ReasonLine(
            code=each.code.value,
            n=each.n,
            day=each.day,
            name="" if each.who is None else lease.parties[each.who].party.name,
        )
        for each in findings
        if each.who is None or each.who < len(lease.parties)
    )
