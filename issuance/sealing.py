"""Everything that is signed when a certificate is issued: code, credential, document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from certstore.authority import AuthorityName
from certstore.catalogue import CertificateType, certificate_type
from certstore.certificates import Certificate
from certstore.chance import random_bytes
from certstore.clock import unix
from certstore.codes.profiles import Profile, seal_code
from certstore.errors import ConflictError
from certstore.keys import Signer
from certstore.presentation import end_of, minimal_claims
from certstore.sd_jwt import issue_sd_jwt
from certstore.tokens import canonical_json
from issuance.document.content import Row, VoucherContent
from issuance.document.fontset import FontSet, Weight


class DocumentPress(Protocol):
    """Prints and signs one document; raises MissingGlyphError before signing, never a blank box."""

    def print(self, content: VoucherContent) -> bytes:
        """Return the signed PDF."""
        ...


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing made: the signed PDF, the printed code's text, the credential (SD-JWT)."""

    document: bytes
    code_text: str
    credential: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Signs with the keys of the issuing authority."""

    press: DocumentPress
    fonts: FontSet
    code_signer: Signer
    credential_signer: Signer
    authority: AuthorityName
    public_url: str
    specimen: bool

    def check(self, kind: CertificateType, fields: Mapping[str, Any]) -> None:
        """Raise MissingGlyphError, naming field and character, if a field cannot be printed."""
        for row in document_rows(kind, fields):
            for character in row.value:
                self.fonts.required(row.key, character, Weight.REGULAR)

    def seal(self, certificate: Certificate, photo: bytes, now: datetime) -> Sealed:
        """Sign code, credential and document of a reserved certificate, in this order."""
        kind = certificate_type(certificate.type_code)
        self.check(kind, certificate.fields)  # once more: fonts may be others than when reserved
        ends = end_of(certificate.validity, now)
        claims = minimal_claims(certificate, now, ends, random_bytes(8))
        code_text = seal_code(claims, Profile.PRINTED, self.code_signer)
        credential = self._credential(certificate, kind, now, ends)
        content = self._content(certificate, kind, photo, code_text, credential, now)
        return Sealed(self.press.print(content), code_text, credential)

    def _credential(
        self, certificate: Certificate, kind: CertificateType, now: datetime, ends: int
    ) -> str:
        entry = certificate.status_entry
        if entry is None:
            raise ConflictError("this certificate is on no status list", where=certificate.ref)
        always: dict[str, Any] = {
            "iss": self.public_url,
            "identifier": certificate.identifier,
            "type": kind.type_code,
            "issuing_authority": self.authority.uscc,
        }
        if self.specimen:
            always["specimen"] = True
        return issue_sd_jwt(
            always,
            dict(certificate.fields),
            vct=f"{self.public_url}/credentials/{kind.code}",
            signer=self.credential_signer,
            status={
                "idx": entry.index,
                "uri": f"{self.public_url}/status-lists/{entry.list_number}",
            },
            iat=unix(now),
            exp=ends,
        )

    def _content(
        self,
        certificate: Certificate,
        kind: CertificateType,
        photo: bytes,
        code_text: str,
        credential: str,
        now: datetime,
    ) -> VoucherContent:
        attachment = {
            "identifier": certificate.identifier,
            "type": kind.type_code,
            "fields": dict(certificate.fields),
            "credential": credential,
        }
        return VoucherContent(
            identifier=certificate.identifier or "",
            serial=certificate.number,
            rows=document_rows(kind, certificate.fields),
            photo_jpeg=photo,
            code_text=code_text,
            url_code_text=f"{self.public_url}/s/{certificate.ref}",
            attachment=canonical_json(attachment),
            issuer_zh=self.authority.name_zh,
            issuer_en=self.authority.name_en,
            seal_text_zh=f"{self.authority.name_zh} {kind.seal_zh}",
            issued_at=now,
            issued_on=certificate.issued_on,
            valid_to=certificate.validity.valid_to,
            title=kind.title_zh,
            check_url=f"{self.public_url}/scan",
            specimen=self.specimen,
        )


def document_rows(kind: CertificateType, fields: Mapping[str, Any]) -> tuple[Row, ...]:
    """The printed fields in the catalogue's order, dates as a document has them."""
    return tuple(
        Row(field.name, field.label_zh, field.label_en, _printed(fields[field.name]))
        for field in kind.fields
        if field.printed and field.name in fields
    )


def _printed(value: str) -> str:
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
