"""Uploads: what was begun, how far it came, where its enciphered parts lie.

Promises: bytes are appended by compare-and-set on how far it came, so that of two hands at once
one wins; an application and material have one upload on its way at most; erasing takes the
wrapped key away and leaves the row, so that it stays known that something was there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    FromClause,
    Index,
    Integer,
    LargeBinary,
    Row,
    Select,
    String,
    Table,
    func,
    select,
)

from certstore.errors import NotFoundError
from certstore.safekeeping import Wrapped
from certstore.tables.metadata import Json, Moment, metadata
from issuance.application import Application, State
from issuance.handed_in import HandedIn, counting
from issuance.joint.homes import same_home
from issuance.joint.tables import JointBook
from issuance.tables import applications
from issuance.upload import LIVE, TAKEN, Part, Upload, UploadState
from verifiers.materials.decisions import Decision
from verifiers.materials.vocabulary import Material

SHARED = frozenset({Material.DWELLING})  # handed in once for everybody who moves in

uploads = Table(
    "uploads",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("application_ref", String(24), nullable=False, index=True),
    Column("material", String(24), nullable=False),
    Column("document", String(40), nullable=False),
    Column("state", String(12), nullable=False),
    Column("length", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("begun_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    Column("announced_sha256", String(64)),
    Column("key_id", String(16), index=True),
    Column("wrapped_key", LargeBinary(64)),
    Column("kind", String(8), nullable=False, default=""),
    Column("sha256", String(64), nullable=False, default=""),
    Column("pages", Integer, nullable=False, default=0),
    Column("parts", Json, nullable=False),
    Column("reasons", Json, nullable=False),
    Column("advice", Json, nullable=False),
    Column("taken_at", Moment),
    Column("seen_by", String(60), nullable=False, default=""),
    Column("erased_at", Moment),
    Index("ix_uploads_state", "state", "expires_at"),
)
# One on its way at a time: a second one takes the place of the first.
Index(
    "uq_uploads_receiving",
    uploads.c.application_ref,
    uploads.c.material,
    unique=True,
    sqlite_where=uploads.c.state == UploadState.RECEIVING.value,
    postgresql_where=uploads.c.state == UploadState.RECEIVING.value,
)

upload_pieces = Table(
    "upload_pieces",
    metadata,
    Column("upload_ref", String(24), primary_key=True),
    Column("start", Integer, primary_key=True),
    Column("sealed", LargeBinary, nullable=False),
)


class UploadBook:
    """Uploads, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def add(self, upload: Upload) -> None:
        """Keep an upload that begins; what was on its way for the same material is erased."""
        same = (
            uploads.c.application_ref == upload.application_ref,
            uploads.c.material == upload.material,
        )
        former = select(uploads.c.ref).where(*same, uploads.c.state == UploadState.RECEIVING)
        self.erase(self._connection.execute(former).scalars().all(), upload.begun_at)
        forgotten = uploads.update().where(*same, uploads.c.state == UploadState.REFUSED)
        self._connection.execute(forgotten.values(state=UploadState.ERASED))
        wrapped = upload.wrapped
        self._connection.execute(
            uploads.insert().values(
                ref=upload.ref,
                application_ref=upload.application_ref,
                material=upload.material,
                document=upload.document,
                state=upload.state,
                length=upload.length,
                received=upload.received,
                begun_at=upload.begun_at,
                expires_at=upload.expires_at,
                announced_sha256=upload.announced_sha256,
                seen_by=upload.seen_by,
                key_id=wrapped.key_id if wrapped else None,
                wrapped_key=wrapped.sealed if wrapped else None,
                parts=[],
                reasons=[],
                advice=[],
            )
        )

    def get(self, ref: str) -> Upload:
        """The upload with this reference; NotFoundError if there is none, or it was erased."""
        where = (uploads.c.ref == ref, uploads.c.state != UploadState.ERASED)
        found = self._read(select(uploads).where(*where))
        if not found:
            raise NotFoundError("there is no such upload", where=ref)
        return found[0]

    def of(self, application_ref: str) -> list[Upload]:
        """What an application has that is not erased, oldest first."""
        query = select(uploads).where(
            uploads.c.application_ref == application_ref, uploads.c.state != UploadState.ERASED
        )
        return self._read(query.order_by(uploads.c.id))

    def kept(self, application_ref: str) -> list[HandedIn]:
        """What an application hands in, oldest first."""
        found = self.of(application_ref)
        return [u.as_handed_in() for u in found if u.state is UploadState.KEPT]

    def counting(self, application: Application, decision: Decision) -> tuple[HandedIn, ...]:
        """What counts for an application: its own, and what shows the home of all who move in.

        That is read where it was handed in, and not copied: each case names the same file.
        """
        found = self.kept(application.ref)
        for other in JointBook(self._connection).joined(application.joint_ref):
            if other.ref != application.ref and same_home(other.answers, application.answers):
                found += [f for f in self.kept(other.ref) if f.material in SHARED]
        return counting(found, decision)

    def erase_needless(
        self, application: Application, counted: Iterable[HandedIn], at: datetime
    ) -> None:
        """Erase what it has beyond what counts: on its way, in doubt, or needed no more.

        What shows the home stays as long as others of the joint submission may need it.
        """
        wanted, joined = {f.ref for f in counted}, application.joint_ref is not None
        needless = [
            u.ref
            for u in self.of(application.ref)
            if u.ref not in wanted
            and not (joined and u.state is UploadState.KEPT and u.material in SHARED)
        ]
        self.erase(needless, at)

    def begun(self, application_ref: str) -> int:
        """How many uploads an application ever began."""
        query = select(func.count()).where(uploads.c.application_ref == application_ref)
        return int(self._connection.execute(query).scalar_one())

    def append(self, upload: Upload, sealed: bytes, count: int, expires_at: datetime) -> bool:
        """Keep the next piece; False if somebody else appended meanwhile, or it is no more."""
        statement = (
            uploads.update()
            .where(
                uploads.c.ref == upload.ref,
                uploads.c.state == UploadState.RECEIVING,
                uploads.c.received == upload.received,
            )
            .values(received=upload.received + count, expires_at=expires_at)
        )
        if self._connection.execute(statement).rowcount != 1:
            return False
        piece = {"upload_ref": upload.ref, "start": upload.received, "sealed": sealed}
        self._connection.execute(upload_pieces.insert().values(piece))
        return True

    def pieces(self, ref: str) -> list[tuple[int, bytes]]:
        """(start, sealed) of every piece, in order."""
        query = select(upload_pieces).where(upload_pieces.c.upload_ref == ref)
        rows = self._connection.execute(query.order_by(upload_pieces.c.start))
        return [(row.start, bytes(row.sealed)) for row in rows]

    def finish(self, ref: str, state: UploadState, **values: Any) -> bool:  # noqa: ANN401 - columns
        """End the receiving of an upload, and its pieces; False if somebody else did."""
        statement = (
            uploads.update()
            .where(uploads.c.ref == ref, uploads.c.state == UploadState.RECEIVING)
            .values(state=state, **values)
        )
        if self._connection.execute(statement).rowcount != 1:
            return False
        self._drop_pieces([ref])
        return True

    def touch(self, application_ref: str, at: datetime) -> None:
        """Note that a draft was touched, so that it does not end meanwhile."""
        draft = applications.c.ref == application_ref, applications.c.state == State.DRAFT
        self._connection.execute(applications.update().where(*draft).values(touched_at=at))

    def accept(self, ref: str) -> None:
        """Let an upload with advice count; one that counts already stays as it is."""
        statement = uploads.update().where(
            uploads.c.ref == ref, uploads.c.state == UploadState.DOUBTFUL
        )
        self._connection.execute(statement.values(state=UploadState.KEPT))

    def erase(self, refs: Iterable[str], at: datetime) -> int:
        """Take the wrapped keys and the pieces away: nothing opens what was kept. How many."""
        wanted = list(refs)
        if not wanted:
            return 0
        self._drop_pieces(wanted)
        statement = uploads.update().where(uploads.c.ref.in_(wanted), uploads.c.erased_at.is_(None))
        erased = statement.values(
            state=UploadState.ERASED, key_id=None, wrapped_key=None, erased_at=at
        )
        return self._connection.execute(erased).rowcount

    def overdue(self, now: datetime, limit: int = 200) -> list[str]:
        """What was on its way and has not come on for too long."""
        query = select(uploads.c.ref).where(
            uploads.c.state == UploadState.RECEIVING, uploads.c.expires_at <= now
        )
        return list(self._connection.execute(query.limit(limit)).scalars())

    def to_erase(
        self, untouched_since: datetime, decided_before: datetime, limit: int = 200
    ) -> list[str]:
        """What belongs to drafts untouched for so long, to what was withdrawn or long refused."""
        a, others = applications.c, applications.alias("others")
        times = untouched_since, decided_before
        joined = select(others.c.id).where(
            others.c.joint_ref == a.joint_ref, ~_over(others, *times)
        )
        shared = uploads.c.material.in_(sorted(SHARED)) & joined.exists()
        query = (
            select(uploads.c.ref)
            .join(applications, a.ref == uploads.c.application_ref)
            .where(uploads.c.state.in_(LIVE), _over(applications, *times), ~shared)
        )
        return list(self._connection.execute(query.limit(limit)).scalars())

    def wrapped_by_others(self, key_id: str, limit: int = 200) -> list[Upload]:
        """What is wrapped by a former storage key."""
        query = select(uploads).where(uploads.c.key_id.is_not(None), uploads.c.key_id != key_id)
        return self._read(query.limit(limit))

    def wrap_anew(self, upload: Upload, wrapped: Wrapped) -> None:
        """Keep a data key under another storage key, unless it was erased meanwhile."""
        before = upload.wrapped
        statement = uploads.update().where(
            uploads.c.ref == upload.ref,
            uploads.c.key_id == (before.key_id if before else None),
        )
        self._connection.execute(
            statement.values(key_id=wrapped.key_id, wrapped_key=wrapped.sealed)
        )

    def taken(self, application_ref: str, material: Material) -> int:
        """How many files of a material were taken."""
        query = select(func.count()).where(
            uploads.c.application_ref == application_ref,
            uploads.c.material == material,
            uploads.c.state.in_(TAKEN),
        )
        return int(self._connection.execute(query).scalar_one())

    def _drop_pieces(self, refs: Iterable[str]) -> None:
        self._connection.execute(
            upload_pieces.delete().where(upload_pieces.c.upload_ref.in_(list(refs)))
        )

    def _read(self, query: Select[Any]) -> list[Upload]:
        return [_upload(row) for row in self._connection.execute(query)]


def _over(
    of: FromClause, untouched_since: datetime, decided_before: datetime
) -> ColumnElement[bool]:
    """Whether an application of this table needs nothing any more that was handed in."""
    c = of.c
    return (
        (c.state == State.WITHDRAWN)
        | ((c.state == State.REFUSED) & (c.decided_at <= decided_before))
        | ((c.state == State.DRAFT) & (c.touched_at <= untouched_since))
    )


def _upload(row: Row[Any]) -> Upload:
    wrapped = None if row.wrapped_key is None else Wrapped(row.key_id, bytes(row.wrapped_key))
    return Upload(
        ref=row.ref,
        application_ref=row.application_ref,
        material=Material(row.material),
        document=row.document,
        state=UploadState(row.state),
        length=row.length,
        received=row.received,
        begun_at=row.begun_at,
        expires_at=row.expires_at,
        announced_sha256=row.announced_sha256,
        wrapped=wrapped,
        kind=row.kind,
        sha256=row.sha256,
        pages=row.pages,
        parts=tuple(Part(*part) for part in row.parts),
        reasons=tuple(row.reasons),
        advice=tuple(row.advice),
        seen_by=row.seen_by,
        taken_at=row.taken_at,
    )
