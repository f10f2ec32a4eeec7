"""The short-lived code a holder shows, signed for one presentation and redeemed once."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec

from certstore.annotations import SHOWN
from certstore.callers import Resident
from certstore.certificates import Certificate, Holder, Status, Validity
from certstore.chance import random_below, random_bytes
from certstore.clock import CHINA, Clock, local_date, unix
from certstore.codes.claims import CodeClaims, Disclosure, issuer_code
from certstore.codes.profiles import Profile, seal_code
from certstore.errors import ConflictError, NotFoundError
from certstore.guardianship import GuardianActs, is_ward, keep_guardians_look
from certstore.holds.kinds import HELD
from certstore.keys import Signer
from certstore.ledger import Access, record_access
from certstore.presenting.choices import MINIMAL, Choice, code_data
from certstore.status_desk import IssuerSigner, house_alone
from certstore.tables.books import Archive, Books
from certstore.tables.presentations import PresentationRow

LIFETIME_S = 60
RENEW_AFTER_S = 50
_ABOUT_THE_CODE = frozenset({"disclosure", *SHOWN})  # says nothing of whom the certificate names
_NUMBER = re.compile(r"[0-9]{9}")
_TRIES = 20  # of finding a number that nobody shows just now
# What is told along with a field, or is the same fact under the catalogue's name.
_SEEN_AS = {"valid_to": "valid_until", "residence_address": "residence_district"}
PRESENTABLE = {Status.VALID}  # what was shown before tells at the scan what it became


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

    def present(self, resident: Resident, ref: str, choice: Choice = MINIMAL) -> Presentation:
        """Make a code for one certificate of this resident, or of a child in their care.

        Raises NotFoundError for another's, ConflictError for one that is over, and what
        `code_data` raises for a choice that the certificate does not bear out.
        """
        now = self.clock.now()
        cti = random_bytes(8)
        with self.archive.writing() as books:
            certificate = held(books, resident.holder, ref, local_date(now))
            refuse_ended(certificate)
            expires_at = now + timedelta(seconds=LIFETIME_S)
            claims = claims_of(certificate, choice, now, unix(expires_at), cti)
            acts = GuardianActs(resident.holder, "present")
            keep_guardians_look(books, self.origin, acts, certificate, now)
            row = PresentationRow(
                cti.hex(),
                ref,
                now,
                expires_at,
                None,
                choice.disclosure,
                choice.age_over,
                holder=_place(books.register.get(ref), certificate.holders[0]),
            )
            books.presentations.add(row)
        text = seal_code(claims, Profile.ON_LINE, self._signer(certificate))
        return Presentation(text, cti.hex(), unix(now), unix(expires_at))

    def number(self, resident: Resident, ref: str, cti: str) -> str:
        """A number of nine digits to type in place of a code; it lives and is used as the code is.

        Given only when asked for, so that few are open at a time. NotFoundError for a code that
        is dead, used or another's.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            held(books, resident.holder, ref, local_date(now))
            row = books.presentations.find(cti)
            if row is None or row.certificate_ref != ref or not _lives(row, now):
                raise NotFoundError("there is no such code any more", where="cti")
            for _ in range(_TRIES):
                number = f"{random_below(10**9):09d}"
                if books.presentations.give_number(cti, number, now):
                    return number
        raise ConflictError("no number is free", remedy="try again")

    def code_of_number(self, typed: str) -> str | None:
        """The code that a number stands for while it lives; None if it stands for none."""
        number = typed_number(typed)
        if number is None:
            return None
        now = self.clock.now()
        with self.archive.reading() as books:
            row = books.presentations.numbered(number, now)
            if row is None:
                return None
            certificate = shown_by(row, books)
        claims = claims_of(
            certificate,
            choice_of(row),
            row.made_at,
            unix(row.expires_at),
            bytes.fromhex(row.cti),
        )
        return seal_code(claims, Profile.ON_LINE, self._signer(certificate))

    def redeem(self, cti: str, verifier: str) -> bool:
        """Redeem a presentation; False if it was redeemed before. Recorded with the citizen.

        What stands on record is what was shown: the fields of the choice, and the photo where
        the choice says who it is.
        """
        now = self.clock.now()
        with self.archive.writing() as books:
            row = books.presentations.find(cti)
            if row is None or not books.presentations.redeem(cti, now):
                return False
            certificate, choice = shown_by(row, books), choice_of(row)
            fields = dict(code_data(certificate, choice, local_date(row.made_at)).given())
            if choice.shows_person and certificate.file("photo") is not None:
                fields["photo"] = ""  # fetched for the verifier after this is on record
            record_scan(books, self.origin, Scan(certificate, verifier, fields), now)
        return True

    def first_off_line(self, digest: str, until: datetime) -> bool:
        """Whether a showing of an off-line code is new here; remembered until it is dead."""
        with self.archive.writing() as books:
            return books.presentations.first_off_line(digest, until, self.clock.now())

    def scanned_at(self, resident: Resident, ref: str, cti: str) -> datetime | None:
        """When this code was redeemed; None while it was not. Another's is as absent as none."""
        with self.archive.reading() as books:
            held(books, resident.holder, ref, local_date(self.clock.now()))
            row = books.presentations.find(cti)
        if row is None or row.certificate_ref != ref:
            raise NotFoundError("there is no such code", where="cti")
        return row.redeemed_at

    def _signer(self, certificate: Certificate) -> Signer:
        return self.issuer_signer(certificate.issuer_uscc) or self.signer


def typed_number(typed: str) -> str | None:
    """The nine digits that were typed in place of a code; None for any other text."""
    number = typed.replace(" ", "").replace("-", "")
    return number if _NUMBER.fullmatch(number) else None


@dataclass(frozen=True, slots=True)
class Scan:
    """A certificate that was judged for a verifier, and what the verifier was shown of it."""

    certificate: Certificate
    verifier: str  # what it calls itself; nobody has checked it
    shown: Mapping[str, object]
    said: Mapping[str, str] = field(default_factory=dict)  # what else the verifier said: why, where
    told_of: datetime | None = None  # when it was made, if off line and told of only now

    @property
    def fields(self) -> list[str]:
        """The names of what was shown, as the holder's list has them."""
        masked = "*" in str(self.shown.get("id_number", ""))
        said = {"id_number": "id_number_masked"} if masked else {}
        if self.shown.get("disclosure") is Disclosure.RESIDENCE_IN_DISTRICT:
            said["residence_address"] = "residence_district"  # no more of it than that
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


def record_scan(books: Books, origin: str, scan: Scan, now: datetime) -> str:
    """Record that a verifier had a code or a document judged, and exactly what it was shown.

    Returns the reference under which its holder finds it.
    """
    certificate = scan.certificate
    record: dict[str, object] = {
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
        **scan.said,
    }
    if scan.told_of is not None:
        record["scanned_at"] = scan.told_of.isoformat(timespec="seconds")
    access = Access(
        kind="scan",
        at=now,
        client="scanner",
        agency="",
        purpose="verify",
        person=books.people.known(certificate.holders[0]),
        record=record,
    )
    return record_access(books, origin, access).usage_ref


def held(books: Books, holder: Holder, ref: str, today: date) -> Certificate:
    """This holder's certificate, or one issued to a child they are proven to be the guardian of.

    Another's is as absent as none.
    """
    certificate = books.register.get(ref)
    mine = {(h.id_type, h.id_number) for h in certificate.holders}
    if (holder.id_type, holder.id_number.upper()) in mine:
        return certificate.seen_by(holder)
    if certificate.sealed and is_ward(books, holder, certificate.holders[0], today):
        return certificate
    raise NotFoundError("there is no such certificate", where=ref)


def refuse_ended(certificate: Certificate) -> None:
    """Raise ConflictError for a certificate that cannot be shown, for now or any longer."""
    if certificate.sealed and certificate.status in HELD:
        raise ConflictError(
            "this certificate is suspended and not shown meanwhile",
            where=certificate.ref,
            remedy="lift the loss, make up the endorsement, or ask the authority",
            status=certificate.status.value,
        )
    if not certificate.sealed or certificate.status not in PRESENTABLE:
        raise ConflictError(
            "this certificate can no longer be shown",
            where=certificate.ref,
            remedy="show the one that replaced it",
        )


def minimal_claims(
    certificate: Certificate, now: datetime, expires_at: int, cti: bytes
) -> CodeClaims:
    """What a code says in the minimal profile: no full number, no address."""
    return claims_of(certificate, MINIMAL, now, expires_at, cti)


def claims_of(
    certificate: Certificate,
    choice: Choice,
    now: datetime,
    expires_at: int,
    cti: bytes,
    holder_key: ec.EllipticCurvePublicKey | None = None,
) -> CodeClaims:
    """What a code says of a certificate in the profile that was chosen; with a key, off line."""
    if certificate.status_entry is None:
        raise ConflictError("this certificate is on no status list", where=certificate.ref)
    return CodeClaims(
        issuer=issuer_code(certificate.issuer_uscc),
        issued_at=unix(now),
        expires_at=expires_at,
        cti=cti,
        status=certificate.status_entry,
        data=code_data(certificate, choice, local_date(now)),
        holder_key=holder_key,
        not_before=_not_before(certificate, now),
    )


def shown_by(row: PresentationRow, books: Books) -> Certificate:
    """The certificate of a presentation, as whoever shows it holds it."""
    certificate = books.register.get(row.certificate_ref)
    if row.holder >= len(certificate.holders):
        return certificate
    return certificate.seen_by(certificate.holders[row.holder])


def _place(certificate: Certificate, holder: Holder) -> int:
    """Which of its holders somebody is; a child's certificate is shown as the child's."""
    return certificate.holders.index(holder) if holder in certificate.holders else 0


def _not_before(certificate: Certificate, now: datetime) -> int | None:
    """The first second of a validity that has not begun; None where it has."""
    first = certificate.validity.valid_from
    if first <= local_date(now):
        return None
    return unix(datetime(first.year, first.month, first.day, tzinfo=CHINA))


def choice_of(row: PresentationRow) -> Choice:
    """What the holder chose to show with this presentation."""
    return Choice(Disclosure(row.disclosure), row.age_over)


def _lives(row: PresentationRow, now: datetime) -> bool:
    return row.redeemed_at is None and row.expires_at > now


def end_of(validity: Validity, now: datetime) -> int:
    """The last second of a validity, for `exp` of a printed code; 20 years when there is no end."""
    last = validity.valid_to or local_date(now + timedelta(days=7300))
    return unix(datetime(last.year, last.month, last.day, 23, 59, 59, tzinfo=CHINA))
