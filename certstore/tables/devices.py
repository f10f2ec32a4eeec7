"""Phones that show certificates off line: their public keys, what they hold, who was signed out.

Promises: a challenge answers for one enrolment; a key belongs to one device.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Column,
    Connection,
    ForeignKey,
    Integer,
    Row,
    String,
    Table,
    UniqueConstraint,
    func,
    select,
)

from certstore.errors import NotFoundError
from certstore.tables.metadata import Json, Moment, insert_once, metadata

devices = Table(
    "devices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ref", String(24), nullable=False, unique=True),
    Column("person_id", ForeignKey("people.id"), nullable=False, index=True),
    Column("name", String(60), nullable=False),  # what its holder calls it
    Column("kid", String(16), nullable=False, unique=True),
    Column("jwk", Json, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("used_at", Moment, nullable=False),  # when it fetched a code last
    Column("ended_at", Moment),
)
device_codes = Table(
    "device_codes",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("device_id", ForeignKey("devices.id"), nullable=False),
    Column("certificate_ref", String(24), nullable=False),
    Column("disclosure", Integer, nullable=False),
    Column("age_over", Integer),
    Column("made_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    UniqueConstraint("device_id", "certificate_ref"),
)
device_challenges = Table(
    "device_challenges",
    metadata,
    Column("challenge", String(43), primary_key=True),
    Column("person_id", ForeignKey("people.id"), nullable=False),
    Column("until", Moment, nullable=False),
)
# Says nothing of whose it was, so that it outlives the person's erasure.
signed_out_devices = Table(
    "signed_out_devices",
    metadata,
    Column("kid", String(16), primary_key=True),
    Column("at", Moment, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """A phone's public key, and what its holder calls the phone."""

    id: int = 0
    ref: str
    person_id: int
    name: str
    kid: str
    jwk: Mapping[str, Any]
    made_at: datetime
    used_at: datetime
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceCode:
    """What a phone holds of one certificate; the code itself is kept on the phone alone."""

    device_id: int
    certificate_ref: str
    disclosure: int
    age_over: int | None
    made_at: datetime
    expires_at: datetime


class DeviceBook:
    """The devices, in one transaction."""

    def __init__(self, connection: Connection) -> None:
        """Work inside this transaction."""
        self._connection = connection

    def challenge(self, challenge: str, person_id: int, now: datetime, until: datetime) -> None:
        """Keep a challenge for one enrolment, the only one that this person has."""
        over = (device_challenges.c.until < now) | (device_challenges.c.person_id == person_id)
        self._connection.execute(device_challenges.delete().where(over))
        values = {"challenge": challenge, "person_id": person_id, "until": until}
        self._connection.execute(device_challenges.insert().values(**values))

    def answer(self, challenge: str, person_id: int, at: datetime) -> bool:
        """Use a challenge up; False if it is not this person's, used or too old."""
        statement = device_challenges.delete().where(
            device_challenges.c.challenge == challenge,
            device_challenges.c.person_id == person_id,
            device_challenges.c.until > at,
        )
        return self._connection.execute(statement).rowcount == 1

    def add(self, device: Device) -> bool:
        """Keep a new device; False if its key is known already, or was signed out."""
        if self.is_signed_out(device.kid):
            return False
        values = {
            "ref": device.ref,
            "person_id": device.person_id,
            "name": device.name,
            "kid": device.kid,
            "jwk": dict(device.jwk),
            "made_at": device.made_at,
            "used_at": device.used_at,
        }
        return insert_once(self._connection, devices, values)

    def find(self, ref: str) -> Device:
        """The device of this reference; NotFoundError."""
        row = self._connection.execute(select(devices).where(devices.c.ref == ref)).one_or_none()
        if row is None:
            raise NotFoundError("there is no such device", where=ref)
        return _device(row)

    def of(self, person_id: int) -> list[Device]:
        """Somebody's devices that are not signed out, newest first."""
        query = select(devices).where(devices.c.person_id == person_id)
        query = query.where(devices.c.ended_at.is_(None)).order_by(devices.c.id.desc())
        return [_device(row) for row in self._connection.execute(query)]

    def made_since(self, person_id: int, since: datetime) -> int:
        """How many devices somebody has enrolled since a moment, also those signed out."""
        query = select(func.count()).where(
            devices.c.person_id == person_id, devices.c.made_at > since
        )
        return int(self._connection.execute(query).scalar_one())

    def codes_of(self, device_ids: Sequence[int], at: datetime) -> list[DeviceCode]:
        """The codes that these devices hold and that live at this moment."""
        query = select(device_codes).where(
            device_codes.c.device_id.in_(device_ids), device_codes.c.expires_at > at
        )
        return [_code(row) for row in self._connection.execute(query.order_by(device_codes.c.id))]

    def give(self, code: DeviceCode) -> None:
        """Note which code a device holds of a certificate now; the one before is forgotten."""
        same = (device_codes.c.device_id == code.device_id) & (
            device_codes.c.certificate_ref == code.certificate_ref
        )
        self._connection.execute(device_codes.delete().where(same))
        values = {name: getattr(code, name) for name in DeviceCode.__dataclass_fields__}
        self._connection.execute(device_codes.insert().values(**values))
        used = devices.update().where(devices.c.id == code.device_id)
        self._connection.execute(used.values(used_at=code.made_at))

    def sign_out(self, device: Device, at: datetime) -> None:
        """End a device: its key is on the list from this commit on, and its codes are forgotten."""
        insert_once(self._connection, signed_out_devices, {"kid": device.kid, "at": at})
        held = device_codes.delete().where(device_codes.c.device_id == device.id)
        self._connection.execute(held)
        ended = devices.update().where(devices.c.id == device.id)
        self._connection.execute(ended.values(ended_at=at))

    def is_signed_out(self, kid: str) -> bool:
        """Whether a key was signed out."""
        query = select(signed_out_devices.c.kid).where(signed_out_devices.c.kid == kid)
        return self._connection.execute(query).one_or_none() is not None

    def signed_out_since(self, since: datetime, limit: int) -> list[str]:
        """Keys signed out since a moment, the latest first if there are too many."""
        query = select(signed_out_devices.c.kid).where(signed_out_devices.c.at >= since)
        query = query.order_by(signed_out_devices.c.at.desc()).limit(limit)
        return list(self._connection.execute(query).scalars())

    def signed_out_mark(self) -> tuple[int, datetime | None]:
        """How many keys were signed out, and when the last: changes with each."""
        query = select(func.count(), func.max(signed_out_devices.c.at))
        count, last = self._connection.execute(query).one()
        return count, last

    def erase(self, person_id: int, at: datetime) -> None:
        """Erase somebody's devices; their keys stay on the list, which names nobody."""
        theirs = select(devices).where(devices.c.person_id == person_id)
        for row in self._connection.execute(theirs).all():
            self.sign_out(_device(row), at)
        self._connection.execute(devices.delete().where(devices.c.person_id == person_id))
        open_ones = device_challenges.delete().where(device_challenges.c.person_id == person_id)
        self._connection.execute(open_ones)


def _device(row: Row[Any]) -> Device:
    return Device(**row._asdict())


def _code(row: Row[Any]) -> DeviceCode:
    named = row._asdict()
    return DeviceCode(**{name: named[name] for name in DeviceCode.__dataclass_fields__})
