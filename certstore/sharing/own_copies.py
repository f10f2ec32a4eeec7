"""A holder's own annotated copies: of their certificate, for a purpose they state."""

from dataclasses import dataclass
from typing import Final

from certstore.annotations import Annotation, end_of_copy
from certstore.callers import Resident
from certstore.certificates import Certificate
from certstore.clock import Clock, local_date
from certstore.errors import ConflictError, MissingGlyphError, NotFoundError
from certstore.guardianship import GuardianActs, keep_guardians_look
from certstore.objects import ObjectStore
from certstore.plain_words import plain_words
from certstore.presentation import held
from certstore.sharing.copies import CopyMaker, CopyOrder
from certstore.sharing.credentials import CredentialMaker
from certstore.sharing.forms import whole_file
from certstore.sharing.grants import GONE
from certstore.tables.books import Archive

LONGEST_CAUSE: Final = 60
DAYS: Final = (7, 30, 90, 180)
"""How long a copy may be good for, as the page offers it."""


@dataclass(frozen=True, slots=True)
class CopyWish:
    """What a holder typed: for what the copy is, and for how many days."""

    cause: str
    days: str

    @property
    def errors(self) -> dict[str, str]:
        """What is wrong with it, a code by field; empty if nothing is."""
        found = {}
        if not self.cause.strip():
            found["cause"] = "empty"
        elif len(self.cause) > LONGEST_CAUSE:
            found["cause"] = "too_long"
        elif not _plain(self.cause):
            found["cause"] = "characters"
        if self.days not in {str(days) for days in DAYS}:
            found["days"] = "empty"
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCopyDesk:
    """Makes copies for holders and, recorded with the child, for guardians."""

    archive: Archive
    objects: ObjectStore
    clock: Clock
    credentials: CredentialMaker
    copies: CopyMaker
    origin: str

    def asked_for(self, resident: Resident, ref: str) -> Certificate:
        """The certificate that a copy can be made of; NotFoundError if there is none for them."""
        with self.archive.reading() as books:
            today = local_date(self.clock.now())
            certificate = held(books, resident.holder, ref, today)
        if not certificate.sealed or whole_file(certificate) is None:
            raise NotFoundError("this certificate has no file", where="document")
        return certificate

    def make(self, resident: Resident, ref: str, wish: CopyWish) -> bytes | dict[str, str]:
        """The signed PDF, or what is wrong by field; a guardian's is on record before it is given.

        ConflictError if the certificate is no longer in force.
        """
        certificate, now = self.asked_for(resident, ref), self.clock.now()
        if certificate.status in GONE:
            raise ConflictError(
                "this certificate is no longer in force",
                where=ref,
                remedy="take a copy of the one that replaced it",
            )
        errors = wish.errors
        if errors:
            return errors
        try:
            made = self.copies.make(self._order(resident, certificate, wish))
        except MissingGlyphError as error:
            if error.where != "cause":
                raise
            return {"cause": "glyph"}
        acts = GuardianActs(resident.holder, "download")
        if not acts.is_own(certificate):
            with self.archive.writing() as books:
                keep_guardians_look(books, self.origin, acts, certificate, now)
        return made

    def _order(self, resident: Resident, certificate: Certificate, wish: CopyWish) -> CopyOrder:
        now = self.clock.now().replace(microsecond=0)
        own = GuardianActs(resident.holder, "download").is_own(certificate)
        annotation = Annotation(
            cause=wish.cause.strip(),
            made_by=f"{resident.holder.name}（{'持证人' if own else '监护人'}）",
            made_at=now,
            good_until=end_of_copy(now, int(wish.days)),
        )
        fields = dict(certificate.fields)
        until = annotation.good_until
        credential = self.credentials.disclosing(certificate, fields, now, until)
        photo = certificate.file("photo")
        return CopyOrder(
            certificate=certificate,
            fields=fields,
            credential=credential,
            annotation=annotation,
            photo=self.objects.get(photo.sha256) if photo else None,
        )


def _plain(text: str) -> bool:
    try:
        plain_words(text)
    except ValueError:
        return False
    return True
