"""Makes what an answer carries beside its fields, and hands documents out by a link, once.

What is made is made before the transaction of the pull, so that no lock waits for a signature,
and kept in it: a link stands only beside the record of the pull that it is a part of.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from certstore.annotations import Annotation, end_of_copy
from certstore.callers import Service
from certstore.certificates import Certificate
from certstore.chance import random_bytes, token
from certstore.clock import Clock
from certstore.errors import (
    CertificateRevokedError,
    CertstoreError,
    ConflictError,
    GoneError,
    NotFoundError,
    UnavailableError,
)
from certstore.ledger import Recorded
from certstore.objects import ObjectStore
from certstore.sharing.copies import CopyMaker, CopyOrder
from certstore.sharing.credentials import SHORT_LIFE, CredentialMaker
from certstore.sharing.forms import PDF, gives_photo, whole_file
from certstore.sharing.grants import GONE, PullRequest, judge_pull
from certstore.tables.books import Archive, Books
from certstore.tables.documents import DocumentLink

LINK_LIFE: Final = timedelta(seconds=60)
_TOLD_FOR: Final = timedelta(minutes=30)  # how long a link is remembered after its end
_NONCE: Final = 12
_LONGEST_CAUSE: Final = 100  # of the matter's title; a case number has at most 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A document ready to be linked; `content` is none where the object store has it already."""

    sha256: str
    size: int
    content: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What an answer carries beside its fields; empty where its certificate was not granted."""

    made_at: datetime
    public_url: str
    made_of: Certificate | None = None
    document: Made | None = None
    credential: str | None = None

    def judge(self, certificate: Certificate) -> CertstoreError | None:
        """Why this is not given; None if the certificate still is what the form was made of."""
        if self.made_of == certificate:
            return None
        return ConflictError(
            "the certificate was changed just now", where=certificate.ref, remedy="pull again"
        )

    def keep(
        self, books: Books, service: Service, certificate: Certificate, recorded: Recorded
    ) -> dict[str, Any]:
        """Keep the link beside the record of its pull, and say what the answer carries.

        That `judge` refuses nothing was asked before, in the same transaction.
        """
        if self.document is None:
            return {"credential": self.credential}
        secret, expires_at = token(), self.made_at + LINK_LIFE
        link = self._link(service, certificate, recorded, self.document, secret)
        books.documents.add(link)
        return {
            "document": {
                "url": f"{self.public_url}/v1/documents/{secret}",
                "expires_at": expires_at.isoformat(),
                "sha256": link.sha256,
                "media_type": link.media_type,
                "bytes": link.size,
            }
        }

    def _link(
        self,
        service: Service,
        certificate: Certificate,
        recorded: Recorded,
        made: Made,
        secret: str,
    ) -> DocumentLink:
        content = made.content
        return DocumentLink(
            token_hash=_hashed(secret),
            client_id=service.client_id,
            purpose_id=service.purpose_id,
            certificate_ref=certificate.ref,
            usage_ref=recorded.usage_ref,
            sha256=made.sha256,
            media_type=PDF,
            size=made.size,
            sealed=None if content is None else _seal(secret, content),
            expires_at=self.made_at + LINK_LIFE,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FormDesk:
    """Makes documents and credentials of what was granted, and gives a document for its link."""

    archive: Archive
    objects: ObjectStore
    clock: Clock
    credentials: CredentialMaker
    public_url: str
    copies: CopyMaker | None = None

    def begin(self, service: Service, request: PullRequest, now: datetime) -> Form:
        """Make what this pull will carry, if it is granted; nothing is kept or given by this."""
        form = Form(made_at=now, public_url=self.public_url)
        with self.archive.reading() as books:
            certificate = books.register.get(request.ref)
        if judge_pull(service, request, certificate) is not None:
            return form  # the pull refuses it, and records that
        form = replace(form, made_of=certificate)
        match request.format:
            case "pdf":
                return replace(form, document=_of_file(certificate))
            case "annotated":
                return replace(form, document=self._copy(service, request, certificate, now))
            case _:
                given = _given(request, certificate)
                shown = self.credentials.disclosing(certificate, given, now, now + SHORT_LIFE)
                return replace(form, credential=shown)

    def fetch(self, service: Service, secret: str) -> tuple[DocumentLink, bytes]:
        """The document of a link, which is used up by this.

        NotFoundError for another client's or purpose's link as for none; GoneError for one that
        was used or has ended; CertificateRevokedError if that came in between.
        """
        now, hashed = self.clock.now(), _hashed(secret)
        with self.archive.reading() as books:
            link = books.documents.find(hashed)
            own = (service.client_id, service.purpose_id)
            if link is None or own != (link.client_id, link.purpose_id):
                raise NotFoundError("there is no such document", where="token")
            _judge_link(link, now, books.register.get(link.certificate_ref))
        content = self._content(link, secret)  # read first: a store that is down uses nothing up
        with self.archive.writing() as books:
            if not books.documents.use(hashed, now):
                raise _used()
        return link, content

    def forget(self) -> None:
        """Drop links whose time is over, with what was kept for them."""
        with self.archive.writing() as books:
            books.documents.forget(self.clock.now() - _TOLD_FOR)

    def _content(self, link: DocumentLink, secret: str) -> bytes:
        if link.sealed is None:
            return self.objects.get(link.sha256)
        return _open(secret, link.sealed)

    def _copy(
        self, service: Service, request: PullRequest, certificate: Certificate, now: datetime
    ) -> Made:
        if self.copies is None:
            raise UnavailableError("no press for copies is set up here", where="format")
        annotation = Annotation(
            cause=f"{service.title_zh[:_LONGEST_CAUSE]}（办件号 {request.case_no}）",
            made_by=service.agency,
            made_at=now.replace(microsecond=0),
            good_until=end_of_copy(now, request.good_for_days),
        )
        given = _given(request, certificate)
        credential = self.credentials.disclosing(certificate, given, now, annotation.good_until)
        order = CopyOrder(
            certificate=certificate,
            fields=given,
            credential=credential,
            annotation=annotation,
            photo=self._photo(request, certificate),
        )
        content = self.copies.make(order)
        digest = hashlib.sha256(content).hexdigest()
        return Made(sha256=digest, size=len(content), content=content)

    def _photo(self, request: PullRequest, certificate: Certificate) -> bytes | None:
        photo = certificate.file("photo")
        if photo is None or not gives_photo(request.format, request.fields, certificate):
            return None
        return self.objects.get(photo.sha256)


def _of_file(certificate: Certificate) -> Made:
    file = whole_file(certificate)
    if file is None:
        raise NotFoundError("there is no signed file of this certificate", where="format")
    return Made(sha256=file.sha256, size=file.size)


def _given(request: PullRequest, certificate: Certificate) -> dict[str, Any]:
    return {p: certificate.fields[p] for p in request.fields if p in certificate.fields}


def _judge_link(link: DocumentLink, now: datetime, certificate: Certificate) -> None:
    if link.used_at is not None:
        raise _used()
    if now >= link.expires_at:
        raise GoneError(
            "the link was good for 60 seconds",
            where="token",
            remedy="pull again",
            cause="link_expired",
        )
    if certificate.status in GONE:
        raise CertificateRevokedError(
            f"the certificate is {certificate.status}",
            where=certificate.ref,
            remedy="search again for the one in force",
            status=certificate.status.value,
        )


def _used() -> GoneError:
    return GoneError(
        "the link was used: it is good once", where="token", remedy="pull again", cause="link_used"
    )


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _cipher(secret: str) -> AESGCM:
    # The token has 256 random bits: a hash with another prefix than the stored one is a key.
    return AESGCM(hashlib.sha256(b"certstore document link\x00" + secret.encode()).digest())


def _seal(secret: str, content: bytes) -> bytes:
    nonce = random_bytes(_NONCE)
    return nonce + _cipher(secret).encrypt(nonce, content, None)


def _open(secret: str, sealed: bytes) -> bytes:
    return _cipher(secret).decrypt(sealed[:_NONCE], sealed[_NONCE:], None)
