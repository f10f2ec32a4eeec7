"""The short-lived code a holder shows, signed for one presentation and redeemed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from certstore.annotations import SHOWN
from certstore.callers import Resident
from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Holder, Status, Validity
from certstore.chance import random_bytes
from certstore.clock import CHINA, Clock, local_date, unix
from certstore.codes.claims import CodeClaims, CodeData, Disclosure, issuer_code
from certstore.codes.profiles import Profile, seal_code
from certstore.errors import ConflictError, NotFoundError
from certstore.guardianship import GuardianActs, is_ward, keep_guardians_look
from certstore.identifiers import ResidentId, Sex
from certstore.keys import Signer
from certstore.ledger import Access, record_access
from certstore.status_desk import IssuerSigner, house_alone
from certstore.tables.books import Archive, Books
from certstore.tables.presentations import PresentationRow

LIFETIME_S = 60
RENEW_AFTER_S = 50
_ABOUT_THE_CODE = frozenset({"disclosure", *SHOWN})  # says nothing of whom the certificate names
# What is told along with a field, or is the same fact under the catalogue's name.
_SEEN_AS = {"valid_to": "valid_until", "residence_address": "residence_district"}
_PRESENTABLE = {Status.VALID, Status.SUSPENDED, Status.LOST}  # a scan tells what it is


@dataclass(frozen=True, slots=True)
class Presentation:
    """A code to show: its text, when it was made and when it dies (Unix seconds)."""

    code_text: str
    cti: str
    created_at: int
    expires_at: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationDesk:
    """Makes presentations for holders and redeems them for verifiers."""

    archive: Archive
    signer: Signer
    clock: Clock
    origin: str
    issuer_signer: IssuerSigner = house_alone

    def present(self, resident: Resident, ref: str) -> Presentation:
        """Make a code for one certificate of this resident, in the minimal profile."""
        now = self.clock.now()
        cti = random_bytes(8)
        with self.archive.writing() as books:
            certificate = held(books, resident.holder, ref, local_date(now))
            acts = GuardianActs(resident.holder, "present")
            keep_guardians_look(books, self.origin, acts, certificate, now)
            if not certificate.sealed or certificate.status not in _PRESENTABLE:
                raise ConflictError(
                    "this certificate can no longer be shown",
                    where=ref,
                    remedy="show the one that replaced it",
                )
            expires_at = now + timedelta(seconds=LIFETIME_S)
            claims = minimal_claims(certificate, now, unix(expires_at), cti)
            row = PresentationRow(cti.hex(), ref, now, expires_at, None)
            books.presentations.add(row)
        signer = self.issuer_signer(certificate.issuer_uscc) or self.signer
        text = seal_code(claims, Profile.ON_LINE, signer)
        return Presentation(text, cti.hex(), unix(now), unix(expires_at))

    def redeem(self, cti: str, verifier: str) -> bool:
        """Redeem a presentation; False if it was redeemed before. Recorded with the citizen."""
        now = self.clock.now()
        with self.archive.writing() as books:
            row = books.presentations.find(cti)
            if row is None or not books.presentations.redeem(cti, now):
                return False
            certificate = books.register.get(row.certificate_ref)
            shown = minimal_claims(certificate, now, unix(row.expires_at), bytes.fromhex(cti))
            fields = dict(shown.data.given())
            if certificate.file("photo") is not None:
                fields["photo"] = ""  # fetched for the verifier after this is on record
            record_scan(books, self.origin, Scan(certificate, verifier, fields), now)
        return True

    def lately_scanned(self, resident: Resident, ref: str) -> datetime | None:
        """When a code of this certificate was redeemed, if it was in the last two minutes."""
        now = self.clock.now()
        since = now - timedelta(seconds=2 * LIFETIME_S)
        with self.archive.reading() as books:
            held(books, resident.holder, ref, local_date(now))
            return books.presentations.last_redeemed(ref, since)


@dataclass(frozen=True, slots=True)
class Scan:
    """A certificate that was judged for a verifier, and what the verifier was shown of it."""

    certificate: Certificate
    verifier: str  # what it calls itself; nobody has checked it
    shown: Mapping[str, object]

    @property
    def fields(self) -> list[str]:
        """The names of what was shown, as the holder's list has them."""
        masked = "*" in str(self.shown.get("id_number", ""))
        said = {"id_number": "id_number_masked"} if masked else {}
        names = (said.get(name, name) for name in self.shown if name not in _ABOUT_THE_CODE)
        return [*names, "status"]

    @property
    def other_fields(self) -> list[str]:
        """The names of what the certificate says besides, and its photo."""
        known = set(self.certificate.fields)
        if self.certificate.file("photo") is not None:
            known.add("photo")
        seen = {*self.fields, *(_SEEN_AS[name] for name in self.fields if name in _SEEN_AS)}
        return sorted(known - seen)


def record_scan(books: Books, origin: str, scan: Scan, now: datetime) -> None:
    """Record that a verifier had a code or a document judged, and exactly what it was shown."""
    certificate = scan.certificate
    record = {
        "claimed_by": scan.verifier,
        "client": "scanner",
        "purpose": "verify",
        "matter": "verify",
        "ground": "presented",
        "certificate": certificate.type_code,
        "certificate_ref": certificate.ref,
        "fields": scan.fields,
        "refused_fields": [],
        "other_fields": scan.other_fields,
    }
    access = Access(
        kind="scan",
        at=now,
        client="scanner",
        agency="",
        purpose="verify",
        person=books.people.known(certificate.holders[0]),
        record=record,
    )
    record_access(books, origin, access)


def held(books: Books, holder: Holder, ref: str, today: date) -> Certificate:
    """This holder's certificate, or one issued to a child they are proven to be the guardian of.

    Another's is as absent as none.
    """
    certificate = books.register.get(ref)
    mine = {(h.id_type, h.id_number) for h in certificate.holders}
    if (holder.id_type, holder.id_number.upper()) in mine:
        return certificate
    if certificate.sealed and is_ward(books, holder, certificate.holders[0], today):
        return certificate
    raise NotFoundError("there is no such certificate", where=ref)


def minimal_claims(
    certificate: Certificate, now: datetime, expires_at: int, cti: bytes
) -> CodeClaims:
    """What a code says in the minimal profile: no full number, no address."""
    if certificate.status_entry is None:
        raise ConflictError("this certificate is on no status list", where=certificate.ref)
    holder = certificate.holders[0]
    number = ResidentId.parse(holder.id_number)
    photo = certificate.file("photo")
    return CodeClaims(
        issuer=issuer_code(certificate.issuer_uscc),
        issued_at=unix(now),
        expires_at=expires_at,
        cti=cti,
        status=certificate.status_entry,
        data=CodeData(
            number=certificate.number,
            name=holder.name,
            sex=1 if number.sex is Sex.MALE else 2,
            id_number=str(number),
            type_code=certificate_type(certificate.type_code).type_code,
            issued_on=certificate.issued_on,
            valid_to=certificate.validity.valid_to,
            disclosure=Disclosure.MINIMAL,
            photo_digest=bytes.fromhex(photo.sha256)[:16] if photo else None,
        ),
    )


def end_of(validity: Validity, now: datetime) -> int:
    """The last second of a validity, for `exp` of a printed code; 20 years when there is no end."""
    last = validity.valid_to or local_date(now + timedelta(days=7300))
    return unix(datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=CHINA))
