"""Leases on their way to being filed: the contract, its parties and signatures, every step.

Promises: a lease changes only from the state and revision it was read in; a person begins one
lease by one form; what a signature was given for is kept word for word.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    Date,
    ForeignKey,
    Index,
    Integer,
    Row,
    Select,
    String,
    Table,
    Text,
    UniqueConstraint,
    select,
)

from certstore.errors import ConflictError, NotFoundError
from certstore.tables.metadata import Json, Moment, insert_once, metadata
from issuance.matters.lease.kept import Lease, PartyRow
from issuance.matters.lease.signing import Signed
from issuance.matters.lease.states import Act, By, State, leads
from issuance.matters.lease.terms import Contract, Party, Role

LEASE_FILING = "lease_filing"

leases = Table(
    "leases",
    metadata,
    Column("ref", String(24), primary_key=True),
    Column("number", String(40), nullable=False, unique=True),
    Column("begun_by", ForeignKey("people.id"), nullable=False),
    Column("begun_key", String(40), nullable=False),  # of the form; sent twice, one lease
    Column("state", String(12), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("contract", Json, nullable=False),
    Column("summary", Text, nullable=False),
    Column("figure", String(20), nullable=False),  # of the dwelling, to find others of it
    Column("begun_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("submitted_at", Moment),
    Column("due_on", Date),
    Column("try_at", Moment),  # when what waits is judged again
    Column("tries", Integer, nullable=False),
    Column("decision", Json),
    Column("decided_at", Moment),
    Column("decided_by", String(40), nullable=False),
    Column("words", Text, nullable=False),  # an officer's
    Column("order_ref", String(24)),
    Column("certificate_ref", String(24)),
    UniqueConstraint("begun_by", "begun_key"),
    Index("ix_leases_figure", "figure", "state"),
    Index("ix_leases_state", "state", "changed_at"),
)
lease_parties = Table(
    "lease_parties",
    metadata,
    Column("lease_ref", ForeignKey("leases.ref"), primary_key=True),
    Column("place", Integer, primary_key=True),
    Column("role", String(10), nullable=False),
    Column("name", String(100), nullable=False),
    Column("id_number", String(32), nullable=False, index=True),
    Column("joined_at", Moment),  # opened it in their own session
    Column("seen_revision", Integer, nullable=False),  # the others' names were shown at last
    Column("signed_at", Moment),
    Column("level", String(20), nullable=False),
    Column("signature", Text, nullable=False),
    Column("countersignature", Text, nullable=False),
    Column("end_agreed_at", Moment),
)
lease_steps = Table(
    "lease_steps",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("lease_ref", ForeignKey("leases.ref"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("who", String(60), nullable=False),  # "party 0", an officer's number, "worker"
    Column("step", String(20), nullable=False),
    Column("note", Text, nullable=False),
)


class LeaseBook:
    """Leases, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    # -- begun and changed -----------------------------------------------------------------

    def begin(self, lease: Lease, key: str, figure: str) -> None:
        """Keep a new lease; ConflictError if its form began one before."""
        values = {
            "ref": lease.ref,
            "number": lease.number,
            "begun_by": lease.begun_by,
            "begun_key": key,
            "state": lease.state,
            "revision": lease.revision,
            "contract": lease.contract.as_json(),
            "summary": lease.summary,
            "figure": figure,
            "begun_at": lease.begun_at,
            "changed_at": lease.changed_at,
            "tries": 0,
            "decided_by": "",
            "words": "",
        }
        if not insert_once(self._connection, leases, values):
            raise ConflictError("this form began a lease before", cause="moved")
        self._put_parties(lease)

    def change(self, lease: Lease, figure: str) -> None:
        """Keep the changed contract and parties; no signature stands any more."""
        self._set(
            lease.ref,
            state=lease.state,
            revision=lease.revision,
            contract=lease.contract.as_json(),
            summary=lease.summary,
            figure=figure,
            changed_at=lease.changed_at,
            submitted_at=None,
            due_on=None,
            try_at=None,
            tries=0,
            decision=None,
            decided_at=None,
            decided_by="",
            words="",
        )
        self._drop_parties(lease.ref)
        self._put_parties(lease)

    def _put_parties(self, lease: Lease) -> None:
        rows = [
            {
                "lease_ref": lease.ref,
                "place": row.place,
                "role": row.party.role,
                "name": row.party.name,
                "id_number": row.party.id_number,
                "joined_at": row.joined_at,
                "seen_revision": row.seen_revision,
                "signed_at": None,
                "level": "",
                "signature": "",
                "countersignature": "",
                "end_agreed_at": None,
            }
            for row in lease.parties
        ]
        self._connection.execute(lease_parties.insert(), rows)

    # -- a party's own -------------------------------------------------------------------------

    def joined(self, ref: str, place: int, at: datetime) -> None:
        """A party opened it in a session of their own."""
        self._set_party(ref, place, joined_at=at)

    def seen(self, ref: str, place: int, revision: int) -> None:
        """A party was shown this revision."""
        self._set_party(ref, place, seen_revision=revision)

    def sign(self, ref: str, place: int, signed: Signed) -> None:
        """Keep a signature."""
        self._set_party(
            ref,
            place,
            signed_at=signed.signed_at,
            level=signed.level,
            signature=signed.signature,
            countersignature=signed.countersignature,
        )

    def agree_to_end(self, ref: str, place: int, at: datetime) -> None:
        """A party wants the filing cancelled."""
        self._set_party(ref, place, end_agreed_at=at)

    # -- moved -----------------------------------------------------------------------------

    def move(
        self,
        lease: Lease,
        act: Act,
        to: State,
        at: datetime,
        by: By,
        who: str,
        **more: Any,  # noqa: ANN401 - columns
    ) -> None:
        """Move a lease from the state and revision it was read in; ConflictError if it moved.

        `who` is which party or officer it was, as the steps name them.
        """
        if not leads(act, lease.state, to, by):
            raise ConflictError(f"a lease that is {lease.state} does not become {to} by {by}")
        statement = leases.update().where(
            leases.c.ref == lease.ref,
            leases.c.state == lease.state,
            leases.c.revision == lease.revision,
        )
        values = {"state": to, **more}
        if self._connection.execute(statement.values(**values)).rowcount != 1:
            raise ConflictError("the lease has moved meanwhile", where=lease.ref, cause="moved")
        if to is not lease.state:
            self.note(lease.ref, at, who, to.value)

    def note(self, ref: str, at: datetime, who: str, step: str, note: str = "") -> None:
        """Record a step."""
        values = {"lease_ref": ref, "at": at, "who": who, "step": step, "note": note}
        self._connection.execute(lease_steps.insert().values(**values))

    def steps(self, ref: str) -> list[tuple[datetime, str, str, str]]:
        """Every step (when, who, what, note), in order."""
        query = select(lease_steps).where(lease_steps.c.lease_ref == ref).order_by(lease_steps.c.id)
        return [(row.at, row.who, row.step, row.note) for row in self._connection.execute(query)]

    # -- found -----------------------------------------------------------------------------

    def get(self, ref: str) -> Lease:
        """A lease; NotFoundError if there is none."""
        return self._one(select(leases).where(leases.c.ref == ref))

    def locked(self, ref: str) -> Lease:
        """The same, its row held until this transaction ends."""
        return self._one(select(leases).where(leases.c.ref == ref).with_for_update())

    def forget(self, ref: str, contract: Contract) -> None:
        """Empty a lease that came to nothing: nobody is named in it any more."""
        self._set(ref, contract=contract.as_json(), summary="", figure="", decision=None, words="")
        self._drop_parties(ref)

    def _drop_parties(self, ref: str) -> None:
        self._connection.execute(lease_parties.delete().where(lease_parties.c.lease_ref == ref))

    # -- rows ------------------------------------------------------------------------------

    def _set(self, ref: str, **values: Any) -> None:  # noqa: ANN401 - columns
        self._connection.execute(leases.update().where(leases.c.ref == ref).values(**values))

    def _set_party(self, ref: str, place: int, **values: Any) -> None:  # noqa: ANN401 - columns
        where = (lease_parties.c.lease_ref == ref) & (lease_parties.c.place == place)
        self._connection.execute(lease_parties.update().where(where).values(**values))

    def _one(self, query: Select[Any]) -> Lease:
        found = self.read(query)
        if not found:
            raise NotFoundError("there is no such lease")
        return found[0]

    def read(self, query: Select[Any]) -> list[Lease]:
        """The leases that a query over their table finds, each with its parties, in its order."""
        rows = self._connection.execute(query).all()
        named = self._parties([row.ref for row in rows])
        return [_lease(row, named.get(row.ref, ())) for row in rows]

    def _parties(self, refs: Iterable[str]) -> dict[str, tuple[PartyRow, ...]]:
        wanted = list(refs)
        if not wanted:
            return {}
        query = select(lease_parties).where(lease_parties.c.lease_ref.in_(wanted))
        found: dict[str, list[Row[Any]]] = {}
        for row in self._connection.execute(query.order_by(lease_parties.c.place)):
            found.setdefault(row.lease_ref, []).append(row)
        return {ref: tuple(map(_party, rows)) for ref, rows in found.items()}


def _party(row: Row[Any]) -> PartyRow:
    signed = None
    if row.signed_at is not None:
        signed = Signed(row.signed_at, row.level, row.signature, row.countersignature)
    return PartyRow(
        place=row.place,
        party=Party(Role(row.role), row.name, row.id_number),
        joined_at=row.joined_at,
        seen_revision=row.seen_revision,
        signed=signed,
        end_agreed_at=row.end_agreed_at,
    )


def _lease(row: Row[Any], parties: Sequence[PartyRow]) -> Lease:
    return Lease(
        ref=row.ref,
        number=row.number,
        begun_by=row.begun_by,
        state=State(row.state),
        revision=row.revision,
        contract=Contract.from_json(row.contract),
        summary=row.summary,
        parties=tuple(parties),
        begun_at=row.begun_at,
        changed_at=row.changed_at,
        submitted_at=row.submitted_at,
        due_on=row.due_on,
        try_at=row.try_at,
        tries=row.tries,
        decision=row.decision,
        decided_at=row.decided_at,
        decided_by=row.decided_by,
        words=row.words,
        order_ref=row.order_ref,
        certificate_ref=row.certificate_ref,
    )
