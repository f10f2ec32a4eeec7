"""HTTP of leases, for their parties: the same as the pages."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path
from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from certstore.callers import Resident
from certstore.errors import MalformedError
from certstore.plain_words import plain_words
from certstore.reception import desk, signed_in
from certstore.web.answers import check_token
from issuance.commitment import digest_of
from issuance.matters.lease.desk import LeaseDesk
from issuance.matters.lease.kept import PartyRow
from issuance.matters.lease.mine import Mine
from issuance.matters.lease.reading import Typed, TypedParty, faults_of
from issuance.matters.lease.reasons import Finding, findings_in
from issuance.matters.lease.signing_desk import LeaseSigningDesk
from issuance.matters.lease.states import State
from issuance.matters.lease.terms import MOST_PARTIES

router = APIRouter(prefix="/v1/me/leases", tags=["citizen"])
Ref = Annotated[str, Path(pattern="^[0-9a-z]{20}$")]
Me = Annotated[Resident, signed_in(Resident)]
Leases = Annotated[LeaseDesk, desk(LeaseDesk)]
Side = Literal["landlord", "tenant"]
Words = Annotated[str, Field(min_length=1, max_length=60), AfterValidator(plain_words)]
Number = Annotated[str, Field(pattern="^[0-9]{17}[0-9Xx]$")]
Day = Annotated[str, Field(pattern="^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]
Amount = Annotated[str, Field(pattern=r"^[0-9]{1,7}(\.[0-9]{1,2})?$")]
Key = Annotated[str, Field(pattern="^[0-9a-z]{20}$")]
Digest = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
Signing = Annotated[LeaseSigningDesk, desk(LeaseSigningDesk)]
FROM_OUR_PAGES = [Depends(check_token)]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class OtherIn(_Body):
    """Another party; they see the lease once they sign in under this number and name."""

    role: Side
    name: Words
    id_number: Number


class LeaseIn(_Body):
    """A lease: area in m², money in yuan, as text; without `room` the whole home is let."""

    role: Annotated[Side, Field(description="the caller's own")]
    district: Words
    address: Annotated[str, Field(min_length=1, max_length=100), AfterValidator(plain_words)]
    room: Annotated[str, Field(max_length=12, pattern="^[^ ]")] | None = None
    area: Amount
    rent: Annotated[Amount, Field(description="a month")]
    deposit: Amount
    first: Day
    last: Annotated[Day, Field(description="both days count")]
    occupants: Annotated[int, Field(ge=1, le=30)]
    others: Annotated[list[OtherIn], Field(min_length=1, max_length=MOST_PARTIES - 1)]

    def typed(self) -> Typed:
        """As the form has it."""
        return Typed(
            role=self.role,
            district=self.district,
            address=self.address,
            part="whole" if self.room is None else "room",
            room=self.room or "",
            area=self.area,
            rent=self.rent,
            deposit=self.deposit,
            first=self.first,
            last=self.last,
            occupants=str(self.occupants),
            others=tuple(TypedParty(o.role, o.name, o.id_number) for o in self.others),
        )


class BeginIn(LeaseIn):
    """A new lease; `key` is the caller's: sent again under the same key, it is the same lease."""

    key: Key


class ChangeIn(LeaseIn):
    """A lease as it is to be; who its parties are counts only from who began it."""

    revision: Annotated[int, Field(ge=1, le=1_000_000, description="that was read")]


class SignIn(_Body):
    """A signature of the text that was read."""

    summary_sha256: Digest
    name: Words


@router.post("", summary="Write a lease down", status_code=201, dependencies=FROM_OUR_PAGES)
def begin(body: BeginIn, me: Me, leases: Leases, signing: Signing) -> dict[str, Any]:
    """Its other parties are asked to sign it."""
    try:
        lease = leases.begin(me, body.typed(), body.key)
    except MalformedError as error:
        raise _first(error) from error
    return _shown(leases.open(me, lease.ref), signing)


@router.get("", summary="My leases")
def mine(me: Me, leases: Leases) -> list[dict[str, Any]]:
    """Those that name the caller by number and name, changed last first."""
    return [
        {
            "ref": found.lease.ref,
            "number": found.lease.number,
            "state": found.lease.state.value,
            "role": found.me.party.role.value,
            "to_sign": found.lease.state == "open" and found.me.signed is None,
        }
        for found in leases.mine(me)
    ]


@router.get("/{ref}", summary="One lease")
def one(ref: Ref, me: Me, leases: Leases, signing: Signing) -> dict[str, Any]:
    """The text to sign, the parties, how it stands and why; the others see that it was read."""
    return _shown(leases.open(me, ref), signing)


@router.post("/{ref}:change", summary="Change a lease", dependencies=FROM_OUR_PAGES)
def change(ref: Ref, body: ChangeIn, me: Me, leases: Leases, signing: Signing) -> dict[str, Any]:
    """Every signature is void then, and the others are told."""
    try:
        leases.change(me, ref, body.revision, body.typed())
    except MalformedError as error:
        raise _first(error) from error
    return _shown(leases.open(me, ref), signing)


@router.post(
    "/{ref}:verify-face",
    summary="Verify a face for a signature",
    status_code=201,
    dependencies=FROM_OUR_PAGES,
)
def verify_face(ref: Ref, me: Me, signing: Signing) -> dict[str, str]:
    """Where the caller's browser goes; it comes back to the lease's page."""
    challenge = signing.verify_face(me, ref, f"/leases/{ref}")
    return {"txn": challenge.txn, "url": challenge.url}


@router.post("/{ref}:sign", summary="Sign a lease", dependencies=FROM_OUR_PAGES)
def sign(ref: Ref, body: SignIn, me: Me, leases: Leases, signing: Signing) -> dict[str, Any]:
    """The last signature has it decided by the rules, and its notice issued."""
    signing.sign(me, ref, body.summary_sha256, body.name)
    return _shown(leases.open(me, ref), signing)


@router.post("/{ref}:stop", summary="Withdraw or decline a lease", dependencies=FROM_OUR_PAGES)
def stop(ref: Ref, me: Me, leases: Leases, signing: Signing) -> dict[str, Any]:
    """Who began it withdraws, anybody else declines; before it is approved."""
    leases.stop(me, ref)
    return _shown(leases.open(me, ref), signing)


@router.post("/{ref}:end", summary="End a filing early", dependencies=FROM_OUR_PAGES)
def end(ref: Ref, me: Me, leases: Leases, signing: Signing) -> dict[str, Any]:
    """It ends, and its notice with it, once every party has asked for it."""
    leases.agree_to_end(me, ref)
    return _shown(leases.open(me, ref), signing)


def _first(error: MalformedError) -> MalformedError:
    """The first field that is wrong by name, and all of them by their codes."""
    faults = faults_of(error)
    if not faults:
        return error
    return MalformedError(
        "missing or not to be read: " + ", ".join(faults),
        where=next(iter(faults)),
        remedy="correct the fields that are named",
        cause=str(next(iter(faults.values()))),
    )


def _shown(mine: Mine, signing: LeaseSigningDesk) -> dict[str, Any]:
    """A lease as it stands; `reasons` of an open one are why it could not be filed as written."""
    lease = mine.lease
    open_one = lease.state is State.OPEN
    reasons = signing.unfit(lease) if open_one else findings_in(lease.decision)
    return {
        "ref": lease.ref,
        "number": lease.number,
        "state": lease.state.value,
        "revision": lease.revision,
        "summary": lease.summary,
        "summary_sha256": digest_of(lease.summary),
        "parties": [_party(row, mine.place) for row in lease.parties],
        "due_on": lease.due_on.isoformat() if lease.due_on else None,
        "lease_rules": (lease.decision or {}).get("rule_version"),
        "reasons": [_reason(each) for each in reasons],
        "words": lease.words,
        "notice": lease.certificate_ref,
    }


def _reason(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code.value,
        "does": finding.weight.value,
        "n": finding.n,
        "day": finding.day.isoformat() if finding.day else None,
        "party": finding.who,
    }


def _party(row: PartyRow, mine: int) -> dict[str, Any]:
    return {
        "role": row.party.role.value,
        "name": row.party.name,
        "id_number_masked": row.party.masked,
        "me": row.place == mine,
        "signed_at": row.signed.signed_at.isoformat() if row.signed else None,
        "end_agreed": row.end_agreed_at is not None,
    }
