"""Makes annotated copies (加注件) on the press: fields, annotations, and the same as data."""

from dataclasses import dataclass
from typing import Any

from certstore.annotations import MEMBER
from certstore.authority import AuthorityName
from certstore.catalogue import CertificateType, certificate_type
from certstore.clock import local_date
from certstore.errors import ConflictError
from certstore.sharing.copies import CopyOrder
from certstore.tokens import canonical_json
from issuance.document.content import Row
from issuance.document.copy_content import CopyContent
from issuance.document.copy_press import CopyPress
from issuance.sealing import printed_value


@dataclass(frozen=True, slots=True, kw_only=True)
class AnnotatedCopies:
    """Prints copies and signs them with the document key of the authority."""

    press: CopyPress
    authority: AuthorityName
    public_url: str
    specimen: bool

    def make(self, order: CopyOrder) -> bytes:
        """See CopyMaker."""
        certificate = order.certificate
        kind = certificate_type(certificate.type_code)
        if certificate.identifier is None:
            raise ConflictError("this certificate has no identifier", where=certificate.ref)
        made_at = order.annotation.made_at
        content = CopyContent(
            identifier=certificate.identifier,
            serial=certificate.number,
            rows=_rows(kind, order.fields),
            code_text="",
            url_code_text=f"{self.public_url}/s/{certificate.ref}",
            attachment=_attachment(order, kind),
            issuer_zh=self.authority.name_zh,
            issuer_en=self.authority.name_en,
            seal_text_zh=f"{self.authority.name_zh} {kind.seal_zh}".strip(),
            issued_at=made_at,
            issued_on=local_date(made_at),
            title=kind.title_zh,
            check_url=f"{self.public_url}/scan",
            specimen=self.specimen,
            annotation=order.annotation,
            title_en=kind.title_en,
            photo_jpeg=order.photo,
        )
        return self.press.print(content)


def _attachment(order: CopyOrder, kind: CertificateType) -> bytes:
    """certificate.json of a copy: the original's with what may be seen, and the annotations."""
    return canonical_json(
        {
            "identifier": order.certificate.identifier,
            "type": kind.type_code,
            "fields": dict(order.fields),
            "credential": order.credential,
            MEMBER: order.annotation.as_json(),
        }
    )


def _rows(kind: CertificateType, fields: Any) -> tuple[Row, ...]:  # noqa: ANN401 - a mapping of texts
    """The fields that may be seen, in the catalogue's order; printed or not on the original."""
    return tuple(
        Row(field.name, field.label_zh, field.label_en, printed_value(fields[field.name]))
        for field in kind.fields
        if field.name in fields
    )
