"""Everything that is signed when a certificate is issued: code, credential, document."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol

from certstore.authority import AuthorityName
from certstore.catalogue import CertificateType, certificate_type
from certstore.certificates import Certificate
from certstore.chance import random_bytes
from certstore.clock import CHINA, unix
from certstore.codes.profiles import Profile, seal_code
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.keys import Signer
from certstore.presentation import end_of, minimal_claims
from certstore.sd_jwt import issue_sd_jwt
from certstore.tokens import canonical_json
from issuance.commitment import RELATION_ZH
from issuance.document.attestation_content import AttestationContent
from issuance.document.attestation_layout import WORDS
from issuance.document.content import Row, VoucherContent
from issuance.document.fontset import FontSet, Weight
from issuance.document.letter_content import LetterContent


class DocumentPress(Protocol):
    """Prints and signs one document; raises MissingGlyphError before signing, never a blank box."""

    def print(self, content: VoucherContent) -> bytes:
        """Return the signed PDF."""
        ...


class LetterPrinter(Protocol):
    """Prints and signs one letter, on the same terms."""

    def print(self, content: LetterContent) -> bytes:
        """Return the signed PDF."""
        ...


class AttestationPrinter(Protocol):
    """Prints and signs one attestation, on the same terms; NotFoundError for an unknown type."""

    def print(self, type_code: str, content: AttestationContent) -> bytes:
        """Return the signed PDF."""
        ...


_CARD = "permit"  # the catalogue's word for the layout of a card
LEVELS_ZH = {
    "session": "会话级 session：在已核验身份的会话中签署，专用密钥用后即弃",
    "counter": "窗口级 counter：本人到场，工作人员核对证件原件后签署，专用密钥用后即弃",
}


@dataclass(frozen=True, slots=True)
class Sealed:
    """What sealing made: the signed PDF, the printed code's text, the credential (SD-JWT)."""

    document: bytes
    code_text: str
    credential: str

    @property
    def parts(self) -> tuple[tuple[str, str, bytes], ...]:
        """(role, media type, bytes) of each file, as the certificate keeps them."""
        return (
            ("document", "application/pdf", self.document),
            ("code", "text/plain", self.code_text.encode()),
            ("credential", "application/dc+sd-jwt", self.credential.encode()),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealer:
    """Signs with the keys of the issuing authority.

    `sealed_by` is who runs the service, where that is not the authority itself.
    """

    press: DocumentPress
    permit_press: DocumentPress
    letter_press: LetterPrinter
    attestation_press: AttestationPrinter
    fonts: FontSet
    code_signer: Signer
    credential_signer: Signer
    authority: AuthorityName
    public_url: str
    specimen: bool
    sealed_by: AuthorityName | None = None

    def check(self, kind: CertificateType, fields: Mapping[str, Any]) -> None:
        """Raise MissingGlyphError, naming field and character, if a field cannot be printed."""
        self._check_glyphs({row.key: row.value for row in document_rows(kind, fields)})

    def check_letter(self, kind: CertificateType, fields: Mapping[str, Any]) -> None:
        """Like `check`, of a letter: its text and how it was signed."""
        shown = {row.key: row.value for row in letter_rows(kind, fields)}
        self._check_glyphs({**shown, "letter_text": fields["letter_text"].replace("\n", "")})

    def check_attestation(self, kind: CertificateType, fields: Mapping[str, Any]) -> None:
        """Like `check`, of an attestation; NotFoundError for a type that attests nothing."""
        shown = {row.key: row.value for row in document_rows(kind, fields)}
        self._check_glyphs({**shown, "sentence_zh": sentence_zh(kind, fields)})

    def _check_glyphs(self, texts: Mapping[str, str]) -> None:
        for where, text in texts.items():
            for character in text:
                self.fonts.required(where, character, Weight.REGULAR)

    def seal(self, certificate: Certificate, photo: bytes, now: datetime) -> Sealed:
        """Sign code, credential and document of a reserved certificate, in this order."""
        kind = certificate_type(certificate.type_code)
        self.check(kind, certificate.fields)  # once more: fonts may be others than when reserved
        code_text = self._code(certificate, now)
        credential = self._credential(certificate, kind, certificate.fields, now)
        content = VoucherContent(
            **self._shared(certificate, kind, code_text, credential, now),
            rows=document_rows(kind, certificate.fields),
            photo_jpeg=photo,
            valid_to=certificate.validity.valid_to,
        )
        press = self.permit_press if kind.layout == _CARD else self.press
        return Sealed(press.print(content), code_text, credential)

    def seal_letter(self, certificate: Certificate, now: datetime) -> Sealed:
        """Sign code, credential and document of a reserved letter, in this order.

        The credential holds what is printed as facts; text and signatures stand in the document
        and in its attachment.
        """
        kind = certificate_type(certificate.type_code)
        self.check_letter(kind, certificate.fields)
        code_text = self._code(certificate, now)
        facts = {f.name: certificate.fields[f.name] for f in kind.fields if f.printed}
        credential = self._credential(certificate, kind, facts, now)
        content = LetterContent(
            **self._shared(certificate, kind, code_text, credential, now),
            rows=letter_rows(kind, certificate.fields),
            text=certificate.fields["letter_text"],
        )
        return Sealed(self.letter_press.print(content), code_text, credential)

    def seal_attestation(self, certificate: Certificate, now: datetime) -> Sealed:
        """Sign code, credential and document of a reserved attestation, in this order."""
        kind = certificate_type(certificate.type_code)
        self.check_attestation(kind, certificate.fields)
        code_text = self._code(certificate, now)
        credential = self._credential(certificate, kind, certificate.fields, now)
        content = AttestationContent(
            **self._shared(certificate, kind, code_text, credential, now),
            rows=document_rows(kind, certificate.fields),
            sentence_zh=sentence_zh(kind, certificate.fields),
            sentence_en=WORDS[kind.code].sentence_en,
            valid_to=certificate.validity.valid_to,
            sealed_by_zh=self.sealed_by.name_zh if self.sealed_by else "",
        )
        document = self.attestation_press.print(kind.code, content)
        return Sealed(document, code_text, credential)

    def _code(self, certificate: Certificate, now: datetime) -> str:
        ends = end_of(certificate.validity, now)
        claims = minimal_claims(certificate, now, ends, random_bytes(8))
        return seal_code(claims, Profile.PRINTED, self.code_signer)

    def _credential(
        self,
        certificate: Certificate,
        kind: CertificateType,
        fields: Mapping[str, Any],
        now: datetime,
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
        if self.sealed_by is not None:
            always["sealed_by"] = self.sealed_by.uscc
        if self.specimen:
            always["specimen"] = True
        return issue_sd_jwt(
            always,
            dict(fields),
            vct=f"{self.public_url}/credentials/{kind.code}",
            signer=self.credential_signer,
            status={
                "idx": entry.index,
                "uri": f"{self.public_url}/status-lists/{entry.list_number}",
            },
            iat=unix(now),
            exp=end_of(certificate.validity, now),
        )

    def _shared(
        self,
        certificate: Certificate,
        kind: CertificateType,
        code_text: str,
        credential: str,
        now: datetime,
    ) -> dict[str, Any]:
        """What DocumentContent takes, but for the rows."""
        return {
            "identifier": certificate.identifier or "",
            "serial": certificate.number,
            "code_text": code_text,
            "url_code_text": f"{self.public_url}/s/{certificate.ref}",
            "attachment": _attachment(certificate, kind, credential),
            "issuer_zh": self.authority.name_zh,
            "issuer_en": self.authority.name_en,
            "seal_text_zh": f"{self.authority.name_zh} {kind.seal_zh}",
            "issued_at": now,
            "issued_on": certificate.issued_on,
            "title": kind.title_zh,
            "check_url": f"{self.public_url}/scan",
            "specimen": self.specimen,
        }


def _attachment(certificate: Certificate, kind: CertificateType, credential: str) -> bytes:
    """certificate.json, as a verifier reads it strictly."""
    return canonical_json(
        {
            "identifier": certificate.identifier,
            "type": kind.type_code,
            "fields": dict(certificate.fields),
            "credential": credential,
        }
    )


def letter_rows(kind: CertificateType, fields: Mapping[str, Any]) -> tuple[Row, ...]:
    """How a letter was signed: the printed fields, codes and times put into words."""
    signed = datetime.fromisoformat(fields["signed_at"]).astimezone(CHINA)
    words = {
        "relation": RELATION_ZH[fields["relation"]],
        "level": LEVELS_ZH[fields["level"]],
        "signed_at": f"{printed_value(signed.date().isoformat())} {signed:%H:%M}（北京时间）",
    }
    return tuple(
        Row(f.name, f.label_zh, f.label_en, words.get(f.name, fields[f.name]))
        for f in kind.fields
        if f.printed
    )


def sentence_zh(kind: CertificateType, fields: Mapping[str, Any]) -> str:
    """What an attestation of this type attests, as it is printed.

    NotFoundError for a type that attests nothing, MalformedError if a field of it is missing.
    """
    try:
        words = WORDS[kind.code].sentence_zh
    except KeyError:
        raise NotFoundError("this type is no attestation", where=kind.code) from None
    try:
        return words.format_map({name: _in_a_sentence(value) for name, value in fields.items()})
    except KeyError as error:
        raise MalformedError("a field that is attested is missing", where=error.args[0]) from None


def document_rows(kind: CertificateType, fields: Mapping[str, Any]) -> tuple[Row, ...]:
    """The printed fields in the catalogue's order, dates as a document has them."""
    return tuple(
        Row(field.name, field.label_zh, field.label_en, printed_value(fields[field.name]))
        for field in kind.fields
        if field.printed and field.name in fields
    )


def _in_a_sentence(value: str) -> str:
    """A day without the spaces that it has where it stands alone; any other text as it is."""
    printed = printed_value(value)
    return value if printed == value else printed.replace(" ", "")


def printed_value(value: str) -> str:
    """A date as a document has it; another value as it is."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return value
    return f"{day.year} 年 {day.month} 月 {day.day} 日"
