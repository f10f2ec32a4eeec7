"""The usual way to make the same voucher: typst sets it, qrcode draws, pyHanko signs.

Only the benchmark of issuing uses it; typst comes with the development dependencies.
"""

import json
import tempfile
from io import BytesIO
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import qrcode
import typst
from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import fields, signers
from pyhanko_certvalidator.registry import SimpleCertificateStore

from issuance.document.press import VoucherContent

_TEMPLATE = """
#let c = json("content.json")
#set document(title: c.title)
#set page(paper: "a4", margin: 20mm)
#set text(font: "Noto Sans SC", size: 12pt)
#pdf.attach("certificate.json", relationship: "data", mime-type: "application/json",
  description: "The certificate as data")
#text(11pt, weight: "bold")[#c.issuer_zh] \\
#text(7pt)[#c.issuer_en]
#align(center)[
  #text(31pt, weight: "bold", tracking: 9pt)[居住登记凭证] \\
  #text(9pt, tracking: 2.6pt)[RESIDENCE REGISTRATION VOUCHER]
]
#text(10pt)[证照编号 No.] #text(14pt, weight: "bold")[#c.serial]
#place(right, image("photo.jpg", width: 32mm))
#for row in c.rows {
  grid(columns: (33mm, 90mm), row-gutter: 2pt,
    text(10pt)[#row.label_zh], grid.cell(rowspan: 2)[#row.value],
    text(7pt)[#row.label_en])
  line(length: 100%, stroke: 0.4pt + gray)
}
#grid(columns: (40mm, 40mm, 1fr),
  image("code.png", width: 33mm), image("url.png", width: 22mm),
  align(center)[#c.issuer_zh \\ #c.issued_on \\ #c.valid_to])
#place(bottom + right, circle(radius: 20mm, stroke: 3pt + red)[
  #align(center + horizon, text(red, 10pt)[#c.seal_text_zh])])
#text(7pt)[证照标识 #c.identifier \\ 核验网址 #c.check_url]
"""


class NaivePipeline:
    """Makes signed vouchers one after the other with general tools, in a folder of its own."""

    def __init__(self, fonts: Path, key: ec.EllipticCurvePrivateKey, certificate: bytes) -> None:
        """Set the tools up once, as a fair user of them would."""
        self._folder = tempfile.TemporaryDirectory(prefix="naive-voucher-")
        self._root = Path(self._folder.name)
        (self._root / "voucher.typ").write_text(_TEMPLATE, encoding="utf-8")
        self._fonts = fonts
        self._compiler: typst.Compiler | None = None
        opened = key.private_bytes(
            serialization.Encoding.DER,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        self._signer = signers.SimpleSigner(
            signing_cert=asn1_x509.Certificate.load(certificate),
            signing_key=asn1_keys.PrivateKeyInfo.load(opened),
            cert_registry=SimpleCertificateStore(),  # type: ignore[no-untyped-call] # pyHanko's
        )

    def __enter__(self) -> Self:
        """Use as a context: the folder goes away afterwards."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the folder."""
        self._folder.cleanup()

    def issue(self, content: VoucherContent) -> bytes:
        """One signed voucher."""
        (self._root / "photo.jpg").write_bytes(content.photo_jpeg)
        for name, text in (("code", content.code_text), ("url", content.url_code_text)):
            symbol = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_M, box_size=8, border=0)
            symbol.add_data(text)
            symbol.make_image().save(self._root / f"{name}.png")
        (self._root / "certificate.json").write_bytes(content.attachment)
        (self._root / "content.json").write_text(_as_json(content), encoding="utf-8")
        if self._compiler is None:
            self._compiler = typst.Compiler(
                self._root / "voucher.typ",
                root=self._root,
                font_paths=[self._fonts],
                ignore_system_fonts=True,
            )
        return self._sign(cast("bytes", self._compiler.compile(format="pdf", pdf_standards="a-3u")))

    def _sign(self, page: bytes) -> bytes:
        metadata = signers.PdfSignatureMetadata(
            field_name="seal",
            subfilter=fields.SigSeedSubFilter.PADES,
            certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES,
        )
        out = BytesIO()
        signers.PdfSigner(metadata, self._signer).sign_pdf(
            IncrementalPdfFileWriter(BytesIO(page)), output=out
        )
        return out.getvalue()


def _as_json(content: VoucherContent) -> str:
    return json.dumps(
        {
            "title": content.title,
            "serial": content.serial,
            "identifier": content.identifier,
            "issuer_zh": content.issuer_zh,
            "issuer_en": content.issuer_en,
            "seal_text_zh": content.seal_text_zh,
            "check_url": content.check_url,
            "issued_on": content.issued_on.isoformat(),
            "valid_to": content.valid_to.isoformat() if content.valid_to else "长期有效",
            "rows": [
                {"label_zh": row.label_zh, "label_en": row.label_en, "value": row.value}
                for row in content.rows
            ],
        },
        ensure_ascii=False,
    )
