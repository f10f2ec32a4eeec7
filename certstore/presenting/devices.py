"""Phones that show certificates off line, each with a key that cannot leave it."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.asymmetric import ec

from certstore import base64url
from certstore.callers import Resident
from certstore.certificates import Certificate, Holder, Status
from certstore.chance import random_bytes, reference
from certstore.clock import Clock, local_date, unix
from certstore.codes.claims import Disclosure
from certstore.codes.profiles import seal_for_holder
from certstore.errors import CertstoreError, ConflictError, MalformedError, NotFoundError
from certstore.guardianship import GuardianActs, keep_guardians_look
from certstore.jwk import from_jwk, to_jwk
from certstore.keys import Signer, key_id
from certstore.objects import ObjectStore
from certstore.own_acts import Act, OwnAct, record_own_act
from certstore.presentation import claims_of, end_of, held
from certstore.presenting.choices import Choice
from certstore.presenting.signed_out import KEPT_FOR, MOST, issue_signed_out
from certstore.status_desk import IssuerSigner, house_alone
from certstore.tables.books import Archive, Books
from certstore.tables.devices import Device, DeviceCode
from certstore.tables.people import Person
from certstore.tokens import verify_bytes

MOST_DEVICES: Final = 10
MOST_A_DAY: Final = 2 * MOST_DEVICES
"""Enrolments: each leaves a key on the list of signed-out phones, which has room for so many."""
CODE_LIFETIME: Final = timedelta(hours=24)
_CHALLENGE_TIME: Final = timedelta(minutes=5)
_LIST_KEPT_S: Final = 2  # seconds a signed list is given out again while nobody was signed out


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrolment:
    """What a phone sends to be enrolled: its public key, and a signature over our challenge.

    The signature (ES256, r‖s, base64url) is over `enrolment_message`.
    """

    name: str
    jwk: dict[str, Any]
    challenge: str
    signature: str


@dataclass(frozen=True, slots=True)
class HeldCode:
    """The inner message of an off-line code, for one phone, and until when it lives.

    `portrait` (JPEG) goes with what says who it is: the photo that the message names.
    """

    inner: bytes
    certificate: Certificate
    choice: Choice
    expires_at: datetime
    portrait: bytes | None = None


@dataclass(frozen=True, slots=True)
class MyDevice:
    """A phone, and what it can show just now: types, each with the child it names, or nobody."""

    device: Device
    shows: tuple[tuple[str, str], ...]


def enrolment_message(challenge: str, kid: str) -> bytes:
    """What a phone signs to show that it has the key: it serves for nothing else."""
    return f"certstore-device\n{challenge}\n{kid}".encode("ascii", "replace")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceDesk:
    """Enrols phones, gives them codes for a day, and signs them out at once."""

    archive: Archive
    clock: Clock
    origin: str
    issuer: str  # whose list of signed-out devices it is: our own address
    code_signer: Signer
    status_signer: Signer
    issuer_signer: IssuerSigner = house_alone
    objects: ObjectStore | None = None
    _published: dict[str, tuple[object, int, str]] = field(default_factory=dict, repr=False)

    def challenge(self, resident: Resident) -> str:
        """What the phone has to sign within five minutes to be enrolled; once."""
        now = self.clock.now()
        made = base64url.encode(random_bytes(32))
        with self.archive.writing() as books:
            me = books.people.known(resident.holder)
            books.devices.challenge(made, me.id, now, now + _CHALLENGE_TIME)
        return made

    def enrol(self, resident: Resident, wanted: Enrolment) -> Device:
        """Enrol a phone; recorded with its holder.

        Raises MalformedError for a key that is none or was not shown to be had, ConflictError for
        one that is known already and beyond ten phones.
        """
        now = self.clock.now()
        key = _p256(wanted.jwk)
        kid = key_id(key)
        message, signature = enrolment_message(wanted.challenge, kid), _signature(wanted.signature)
        with self.archive.writing() as books:
            me = books.people.known(resident.holder)
            fresh = books.devices.answer(wanted.challenge, me.id, now)
            if not fresh or not verify_bytes(key, "ES256", message, signature):
                raise MalformedError(
                    "nothing shows that this phone has the key", where="signature", cause="proof"
                )
            books.turns.take("devices", str(me.id))
            _refuse_many(books, me.id, now)
            taken = {other.name for other in books.devices.of(me.id)}
            device = Device(
                ref=reference(),
                person_id=me.id,
                name=_apart(wanted.name, taken),
                kid=kid,
                jwk=to_jwk(key),
                made_at=now,
                used_at=now,
            )
            if not books.devices.add(device):
                raise ConflictError("this key is enrolled already, or was signed out", where="jwk")
            self._record(books, me, "device", device, now)
        return device

    def give_code(
        self, resident: Resident, device_ref: str, certificate_ref: str, choice: Choice
    ) -> HeldCode:
        """The inner code of a certificate, for a day; one that is not valid now gets none.

        What says everything is shown on line only, where each showing is confirmed.
        """
        now = self.clock.now()
        today = local_date(now)
        if choice.disclosure is Disclosure.FULL:
            raise ConflictError("everything is shown on line only", where="level")
        with self.archive.writing() as books:
            device = self._mine(books, resident, device_ref)
            certificate = held(books, resident.holder, certificate_ref, today)
            if not certificate.sealed or certificate.status_on(today) is not Status.VALID:
                raise ConflictError(
                    "a certificate that is not valid is not shown off line", where=certificate_ref
                )
            ends = min(unix(now + CODE_LIFETIME), end_of(certificate.validity, now))
            claims = claims_of(certificate, choice, now, ends, random_bytes(8), _key_of(device))
            acts = GuardianActs(resident.holder, "present")
            keep_guardians_look(books, self.origin, acts, certificate, now)
            expires_at = now + timedelta(seconds=ends - unix(now))
            code = DeviceCode(
                device_id=device.id,
                certificate_ref=certificate_ref,
                disclosure=choice.disclosure,
                age_over=choice.age_over,
                made_at=now,
                expires_at=expires_at,
            )
            books.devices.give(code)
        signer = self.issuer_signer(certificate.issuer_uscc) or self.code_signer
        inner = seal_for_holder(claims, signer)
        return HeldCode(inner, certificate, choice, expires_at, self._portrait(certificate, choice))

    def _portrait(self, certificate: Certificate, choice: Choice) -> bytes | None:
        photo = certificate.file("photo") if choice.shows_person else None
        if photo is None or self.objects is None:
            return None
        try:
            return self.objects.get(photo.sha256)
        except CertstoreError:  # the code works without it
            return None

    def mine(self, resident: Resident) -> list[MyDevice]:
        """This resident's phones, newest first, each with what it can show."""
        now, holder = self.clock.now(), resident.holder
        with self.archive.reading() as books:
            me = books.people.find(holder.id_type, holder.id_number)
            found = books.devices.of(me.id) if me else []
            codes = books.devices.codes_of([device.id for device in found], now)
            known = {
                ref: _told(books.register.get(ref), holder)
                for ref in {code.certificate_ref for code in codes}
            }
        return [
            MyDevice(d, tuple(known[c.certificate_ref] for c in codes if c.device_id == d.id))
            for d in found
        ]

    def sign_out(self, resident: Resident, ref: str) -> None:
        """Sign a phone out: its codes are refused on line from now, off line by the next list."""
        now = self.clock.now()
        with self.archive.writing() as books:
            device = self._mine(books, resident, ref)
            books.devices.sign_out(device, now)
            me = books.people.known(resident.holder)
            self._record(books, me, "device_signed_out", device, now)

    def is_signed_out(self, kid: str) -> bool:
        """Whether a key was signed out, by the register."""
        with self.archive.reading() as books:
            return books.devices.is_signed_out(kid)

    def signed_out_list(self) -> str:
        """The list as it stands now, signed; of more than it can name, the latest."""
        now = self.clock.now()
        with self.archive.reading() as books:
            mark = books.devices.signed_out_mark()
            known, made_at, text = self._published.get("list", (None, 0, ""))
            if known == mark and 0 <= unix(now) - made_at <= _LIST_KEPT_S:
                return text
            kids = books.devices.signed_out_since(now - KEPT_FOR, MOST)
        text = issue_signed_out(kids, self.issuer, now, self.status_signer)
        self._published["list"] = (mark, unix(now), text)
        return text

    def _mine(self, books: Books, resident: Resident, ref: str) -> Device:
        me = books.people.known(resident.holder)
        device = books.devices.find(ref)
        if device.person_id != me.id or device.ended_at is not None:
            raise NotFoundError("there is no such device", where=ref)
        return device

    def _record(self, books: Books, me: Person, act: Act, device: Device, now: datetime) -> None:
        done = OwnAct(act=act, more={"device_ref": device.ref})
        record_own_act(books, self.origin, me, done, now)


def _refuse_many(books: Books, person_id: int, now: datetime) -> None:
    if len(books.devices.of(person_id)) >= MOST_DEVICES:
        raise ConflictError(
            f"a person has at most {MOST_DEVICES} devices",
            where="devices",
            remedy="sign one out first",
            cause="many",
        )
    if books.devices.made_since(person_id, now - KEPT_FOR) >= MOST_A_DAY:
        raise ConflictError(
            f"a person enrols at most {MOST_A_DAY} devices a day",
            where="devices",
            remedy="wait until tomorrow",
            cause="many",
        )


def _apart(name: str, taken: set[str]) -> str:
    """The name, numbered where another phone of the same person has it; 60 characters at most."""
    tries = (f"{name[:57]} {n}" for n in range(2, MOST_DEVICES + 2))
    return name if name not in taken else next(each for each in tries if each not in taken)


def _told(certificate: Certificate, me: Holder) -> tuple[str, str]:
    mine = me.id_number.upper() in {holder.id_number for holder in certificate.holders}
    return certificate.type_code, "" if mine else certificate.holders[0].name


def _p256(jwk: object) -> ec.EllipticCurvePublicKey:
    key = from_jwk(jwk)
    if not isinstance(key, ec.EllipticCurvePublicKey):
        raise MalformedError("a phone's key is one on P-256", where="jwk", cause="jwk")
    return key


def _key_of(device: Device) -> ec.EllipticCurvePublicKey:
    return _p256(dict(device.jwk))


def _signature(text: str) -> bytes:
    data = base64url.decode(text)
    if len(data) != 64:  # noqa: PLR2004 - r and s
        raise MalformedError("a signature has 64 bytes", where="signature", cause="proof")
    return data
