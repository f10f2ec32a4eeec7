"""What was found about each photo on file, and the fingerprints to find the same one again.

Promises: a certificate's photo has one row; the same picture under two people is found whoever
comes first, since pictures are entered one after another (`one_at_a_time`).
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Index,
    Integer,
    Row,
    String,
    Table,
    and_,
    or_,
    select,
    text,
)

from certstore.certificates import Status
from certstore.picture_fingerprint import Fingerprint, bands, distance, from_bands, near_bands
from certstore.tables.certificate_rows import certificates
from certstore.tables.metadata import Json, Moment, insert_once, metadata

photo_checks = Table(
    "photo_checks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("certificate_ref", String(24), unique=True),
    Column("application_ref", String(24), unique=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("id_type", String(3), nullable=False),
    Column("id_number", String(32), nullable=False),
    Column("band_0", Integer, index=True),
    Column("band_1", Integer, index=True),
    Column("band_2", Integer, index=True),
    Column("band_3", Integer, index=True),
    Column("level", String(10), nullable=False),
    Column("quality", String(20), nullable=False),
    Column("reasons", Json, nullable=False),
    Column("same_as", String(24)),
    Column("checked_at", Moment, nullable=False),
    Index("ix_photo_checks_level", "level"),
)
_BANDS = (
    photo_checks.c.band_0,
    photo_checks.c.band_1,
    photo_checks.c.band_2,
    photo_checks.c.band_3,
)
NEAR = 7  # bits; the index by bands finds every one so near
_MOST_ROWS = 2000  # looked through for one picture
_ONE_AT_A_TIME = 0x70686F746F  # an advisory lock's number, nobody else's


@dataclass(frozen=True, slots=True, kw_only=True)
class PhotoCheck:
    """What was found about one photo: of a certificate on file, or handed in with an application.

    `same_as` is the certificate or application of somebody else that has the same picture.
    """

    fingerprint: Fingerprint
    id_type: str
    id_number: str
    level: str
    quality: str
    reasons: tuple[str, ...]
    checked_at: datetime
    certificate_ref: str | None = None
    application_ref: str | None = None
    same_as: str | None = None

    @property
    def ref(self) -> str:
        """Whose photo it is: the certificate's or the application's reference."""
        return self.certificate_ref or self.application_ref or ""


class PictureBook:
    """Photo checks, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def one_at_a_time(self) -> None:
        """Wait until no other transaction enters pictures, and hold the others up until the end.

        On SQLite a transaction that writes holds the one lock already.
        """
        if self._connection.dialect.name == "postgresql":
            lock = text("SELECT pg_advisory_xact_lock(:number)")
            self._connection.execute(lock, {"number": _ONE_AT_A_TIME})

    def enter(self, check: PhotoCheck) -> bool:
        """Keep what was found; False if this photo has its row already."""
        return insert_once(self._connection, photo_checks, _values(check))

    def change(self, check: PhotoCheck) -> None:
        """Put what was found now in the place of what was found before."""
        mine = photo_checks.c.certificate_ref == check.certificate_ref
        if check.certificate_ref is None:
            mine = photo_checks.c.application_ref == check.application_ref
        self._connection.execute(photo_checks.update().where(mine).values(_values(check)))

    def of_certificate(self, ref: str) -> PhotoCheck | None:
        """What was found about the photo of this certificate."""
        return self._one(photo_checks.c.certificate_ref == ref)

    def of_application(self, ref: str) -> PhotoCheck | None:
        """What was found about the photo handed in with this application."""
        return self._one(photo_checks.c.application_ref == ref)

    def forget_application(self, ref: str) -> None:
        """Drop the row of a photo that the applicant took back."""
        self._connection.execute(photo_checks.delete().where(photo_checks.c.application_ref == ref))

    def applications(self, limit: int) -> list[str]:
        """Applications that a photo was handed in with, the longest ago first."""
        query = select(photo_checks.c.application_ref).where(
            photo_checks.c.application_ref.is_not(None)
        )
        ordered = query.order_by(photo_checks.c.checked_at, photo_checks.c.id)
        return list(self._connection.execute(ordered.limit(limit)).scalars())

    def same_or_near(self, wanted: Fingerprint, id_type: str, id_number: str) -> list[PhotoCheck]:
        """Others' photos with the same bytes or a hash at most 7 bits away, nearest first.

        Photos whose certificate has ended do not count: their source has put them right.
        """
        return sorted(
            (c for c in self._alike(wanted, id_type, id_number) if _away(c, wanted) <= NEAR),
            key=lambda c: (_away(c, wanted), c.ref),
        )

    def unchecked(self, limit: int) -> list[str]:
        """Certificates with a photo nobody has a row for, as from before there were rows."""
        known = select(photo_checks.c.id).where(
            photo_checks.c.certificate_ref == certificates.c.ref
        )
        query = (
            select(certificates.c.ref)
            .where(certificates.c.type_code == "id_photo", ~known.exists())
            .where(certificates.c.state == "handed_in")
            .order_by(certificates.c.id)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def judged_at(self, level: str, limit: int) -> list[str]:
        """Certificates in force whose photo was judged at this level."""
        query = (
            select(photo_checks.c.certificate_ref)
            .join(certificates, certificates.c.ref == photo_checks.c.certificate_ref)
            .where(photo_checks.c.level == level, certificates.c.status == Status.VALID)
            .order_by(photo_checks.c.id)
            .limit(limit)
        )
        return list(self._connection.execute(query).scalars())

    def tell_quality(self, certificate_ref: str, quality: str) -> None:
        """Write our own check's word into the certificate, where reuse decisions read it."""
        mine = certificates.c.ref == certificate_ref
        fields = self._connection.execute(select(certificates.c.fields).where(mine)).scalar_one()
        changed = {**fields, "quality": quality}
        self._connection.execute(certificates.update().where(mine).values(fields=changed))

    def _alike(self, wanted: Fingerprint, id_type: str, id_number: str) -> list[PhotoCheck]:
        likeness: list[ColumnElement[bool]] = [photo_checks.c.sha256 == wanted.sha256]
        if wanted.bits is not None:
            four = bands(wanted.bits)
            likeness += [
                column.in_(near_bands(band)) for column, band in zip(_BANDS, four, strict=True)
            ]
        other = or_(
            photo_checks.c.id_number != id_number.upper(), photo_checks.c.id_type != id_type
        )
        in_force = or_(photo_checks.c.certificate_ref.is_(None), certificates.c.status == "valid")
        joined = photo_checks.outerjoin(
            certificates, certificates.c.ref == photo_checks.c.certificate_ref
        )
        query = select(photo_checks).select_from(joined)
        query = query.where(and_(or_(*likeness), other, in_force)).limit(_MOST_ROWS)
        return [_check(row) for row in self._connection.execute(query)]

    def _one(self, where: ColumnElement[bool]) -> PhotoCheck | None:
        row = self._connection.execute(select(photo_checks).where(where)).one_or_none()
        return None if row is None else _check(row)


def _away(check: PhotoCheck, wanted: Fingerprint) -> int:
    """How many bits apart; the same bytes are nearer than any other picture."""
    if check.fingerprint.sha256 == wanted.sha256:
        return -1
    if check.fingerprint.bits is None or wanted.bits is None:
        return NEAR + 1
    return distance(check.fingerprint.bits, wanted.bits)


def _values(check: PhotoCheck) -> dict[str, object]:
    bits = check.fingerprint.bits
    four = (None,) * 4 if bits is None else bands(bits)
    return {
        "certificate_ref": check.certificate_ref,
        "application_ref": check.application_ref,
        "sha256": check.fingerprint.sha256,
        "id_type": check.id_type,
        "id_number": check.id_number.upper(),
        **{f"band_{n}": band for n, band in enumerate(four)},
        "level": check.level,
        "quality": check.quality,
        "reasons": list(check.reasons),
        "same_as": check.same_as,
        "checked_at": check.checked_at,
    }


def _check(row: Row[tuple[object, ...]]) -> PhotoCheck:
    four = (row.band_0, row.band_1, row.band_2, row.band_3)
    bits = None if row.band_0 is None else from_bands(four)
    return PhotoCheck(
        fingerprint=Fingerprint(row.sha256, bits),
        id_type=row.id_type,
        id_number=row.id_number,
        level=row.level,
        quality=row.quality,
        reasons=tuple(row.reasons),
        checked_at=row.checked_at,
        certificate_ref=row.certificate_ref,
        application_ref=row.application_ref,
        same_as=row.same_as,
    )
