"""Attacks on the signature: wrapped, spelled anew, signed again, signed by somebody else."""

import hashlib
import io
import re
from functools import cache

from asn1crypto import cms, core, keys, x509
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certstore.cms import SignatureForm
from certstore.keys import KeySigner, Purpose, generate
from tests.conformance.document.attacks.incremental import body_of, grown, size_of
from tests.conformance.document.attacks.registry import CHANGED, OTHER, attack
from tests.unit.certstore.codes.sealed_house import certify, house, strangers
from tests.unit.verifiers.scanning.signed_document import document
from verifiers.scanning.account import ChangeKind as Kind
from verifiers.scanning.verdict import Verdict

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
FORGER = "某某文印社"


def hole(pdf: bytes) -> tuple[int, int]:
    """Where the digits of the first signature begin and end."""
    return re.search(rb"/Contents<([0-9a-f]+)>>>", pdf).span(1)


def cms_of(pdf: bytes) -> bytes:
    first, last = hole(pdf)
    raw = bytes.fromhex(pdf[first:last].decode())
    return raw[: 4 + int.from_bytes(raw[2:4], "big")]


def holding(pdf: bytes, digits: bytes) -> bytes:
    first, last = hole(pdf)
    return pdf[:first] + digits.ljust(last - first, b"0") + pdf[last:]


def respelled(pdf: bytes, change) -> bytes:
    """The signature read by asn1crypto, changed, and written again."""
    info = cms.ContentInfo.load(cms_of(pdf))
    change(info["content"])
    return holding(pdf, info.dump(force=True).hex().encode())


@cache
def forger() -> SimpleSigner:
    key = generate("ES256")
    certificate = certify(key.public_key(), key, name=FORGER)
    der = key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    return SimpleSigner(
        signing_cert=x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=keys.PrivateKeyInfo.load(der),
        cert_registry=SimpleCertificateStore(),
    )


def signed_again(pdf: bytes, before: bytes = b"") -> bytes:
    """One more signature by a key of the forger's; pyHanko refuses, for ours forbids it."""
    key = generate("ES256")
    certificate = certify(key.public_key(), key, name=FORGER)
    signer = KeySigner(Purpose.DOCUMENT, key, (certificate.public_bytes(Encoding.DER),))
    free = size_of(pdf)
    value = b"<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/adbe.pkcs7.detached%s" % before
    value += b"/ByteRange[0 AAAAAAAAAA BBBBBBBBBB CCCCCCCCCC]/Contents<%s>>>" % (b"0" * 8000)
    form = body_of(pdf, 1).replace(b"/Fields[4 0 R]", b"/Fields[4 0 R %d 0 R]" % (free + 1), 1)
    field = b"<</FT/Sig/T(second)/V %d 0 R>>" % free
    out = grown(pdf, {free: value, free + 1: field, 1: form})
    hole_at = out.rindex(b"/Contents<0000") + len(b"/Contents")
    after = out.index(b">", hole_at) + 1
    for name, number in ((b"A", hole_at), (b"B", after), (b"C", len(out) - after)):
        out = out.replace(name * 10, b"%010d" % number, 1)
    spelled = SignatureForm(signer.chain)
    digest = hashlib.sha256(out[:hole_at] + out[after:]).digest()
    digits = spelled.spell(digest, signer.sign(spelled.signed_bytes(digest))).hex().encode()
    return out[: hole_at + 1] + digits.ljust(after - hole_at - 2, b"0") + out[after - 1 :]


def signed_by_pyhanko(pdf: bytes) -> bytes:
    """A first signature by the forger's key."""
    meta = PdfSignatureMetadata(field_name="first")
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=False)
    return PdfSigner(meta, signer=forger()).sign_pdf(writer).getvalue()


@attack("a second signature by another key", CHANGED, Kind.SIGNATURE_ADDED)
def second_signature(pdf):
    return signed_again(pdf)


@attack("a certification by another key", CHANGED, Kind.SIGNATURE_ADDED)
def second_certification(pdf):
    return signed_again(pdf, b"/Reference[<</TransformMethod/DocMDP/TransformParams<</P 3>>>>]")


@attack("changed, and then signed by another key", CHANGED, Kind.SIGNATURE_ADDED, Kind.PAGE_BOX)
def changed_and_signed(pdf):
    page = body_of(pdf, 3)[:-2] + b"/Rotate 90>>"
    return signed_again(grown(pdf, {3: page}))


@attack("the same layout, signed by another authority", OTHER)
def other_authority(_pdf):
    return document(strangers())


@attack("the same layout, signed by a listed key of another purpose", OTHER)
def other_purpose(pdf):
    return _pressed_by(pdf, Purpose.STATUS)


def _pressed_by(pdf: bytes, purpose: Purpose) -> bytes:
    signer = house().signers[purpose]
    form = SignatureForm(signer.chain)
    first, last = hole(pdf)
    digest = hashlib.sha256(pdf[: first - 1] + pdf[last + 1 :]).digest()
    return holding(pdf, form.spell(digest, signer.sign(form.signed_bytes(digest))).hex().encode())


@attack("our document without its signature, signed by another key", OTHER)
def stripped_and_signed(pdf):
    import pikepdf  # noqa: PLC0415 - only here

    out = io.BytesIO()
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        del opened.Root.AcroForm
        del opened.Root["/Perms"]
        opened.pages[0].obj.Annots = pikepdf.Array()
        opened.save(out)
    return signed_by_pyhanko(out.getvalue())


@attack("any other document, signed by another key", OTHER)
def anything_signed(_pdf):
    import pikepdf  # noqa: PLC0415 - only here

    blank, out = pikepdf.new(), io.BytesIO()
    blank.add_blank_page()
    blank.save(out)
    return signed_by_pyhanko(out.getvalue())


@attack("a stranger's signature with our certificate beside it", OTHER, verdict=Verdict.TAMPERED)
def stuffed(pdf):
    ours = x509.Certificate.load(house().signers[Purpose.DOCUMENT].chain[0])
    foreign = document(strangers())

    def stuff(data):
        data["certificates"].append(cms.CertificateChoices("certificate", ours))

    assert len(foreign) > len(pdf) // 2
    return respelled(foreign, stuff)


@attack("a signature in our name by another key", CHANGED, Kind.SIGNATURE_WRONG)
def in_our_name(pdf):
    form = SignatureForm(house().signers[Purpose.DOCUMENT].chain)
    first, last = hole(pdf)
    digest = hashlib.sha256(pdf[: first - 1] + pdf[last + 1 :]).digest()
    value = strangers().signers[Purpose.DOCUMENT].sign(form.signed_bytes(digest))
    return holding(pdf, form.spell(digest, value).hex().encode())


@attack("the signature of another document", CHANGED, Kind.SIGNED_BYTES_DIFFER)
def transplanted(pdf):
    other = document(house(), title="another")
    first, last = hole(other)
    return holding(pdf, other[first:last])


@attack("wrapped: new bytes inside the hole", CHANGED, Kind.SIGNED_BYTES_DIFFER)
def wrapped(pdf):
    _, last = hole(pdf)
    inside = b">>>\nendobj\n3 0 obj\n<</Type/Page/MediaBox[0 0 9 9]>>\nendobj\n<00"
    return pdf[:last] + inside + pdf[last:]


@attack("wrapped: the range moved around new bytes", CHANGED)
def range_moved(pdf):
    first, last = hole(pdf)
    inside = b">>>\nendobj\n3 0 obj\n<</Type/Page/MediaBox[0 0 9 9]>>\nendobj\n% <"
    moved = pdf[:last] + inside + pdf[last:]
    old = b"%010d %010d %010d]" % (first - 1, last + 1, len(pdf) - last - 1)
    new = b"%010d %010d %010d]" % (first - 1, last + 1 + len(inside), len(pdf) - last - 1)
    assert old in moved
    return moved.replace(old, new, 1)


@attack("wrapped: a second dictionary says another range", CHANGED, Kind.SEAL_CHANGED)
def second_dictionary(pdf):
    body = body_of(pdf, 17)
    other = re.sub(rb"/ByteRange\[[^]]*\]", b"/ByteRange[0 10 20 30]", body, count=1)
    return grown(
        pdf, {size_of(pdf): other, 4: body_of(pdf, 4).replace(b"/V 17", b"/V %d" % size_of(pdf))}
    )


@attack("a range that begins later", CHANGED)
def late_range(pdf):
    return pdf.replace(b"/ByteRange[0 ", b"/ByteRange[9 ", 1)


@attack("a range that ends sooner", CHANGED)
def early_end(pdf):
    _, last = hole(pdf)
    length = len(pdf) - last - 1
    old = b"%010d %010d]" % (last + 1, length)
    return pdf.replace(old, b"%010d %010d]" % (last + 1, length - 20), 1)


@attack("a range of names", CHANGED)
def range_of_names(pdf):
    first, last = hole(pdf)
    return pdf.replace(b"%010d %010d" % (first - 1, last + 1), b"/AAAAAAAAA /BBBBBBBBB", 1)


@attack("no range", CHANGED)
def no_range(pdf):
    return pdf.replace(b"/ByteRange", b"/ByteRangX", 1)


@attack("bytes in the padding of the signature", CHANGED, Kind.PADDING_FILLED)
def padded(pdf):
    _, last = hole(pdf)
    return pdf[: last - 8] + b"deadbeef" + pdf[last:]


@attack("a program in the padding of the signature", CHANGED, Kind.PADDING_FILLED)
def filled(pdf):
    first, last = hole(pdf)
    used = 2 * len(cms_of(pdf))
    return pdf[: first + used] + (b"4d5a" * 8192)[: last - first - used] + pdf[last:]


@attack("n-s in place of s", CHANGED, Kind.SIGNATURE_RESPELLED)
def higher_s(pdf):
    def change(data):
        signer = data["signer_infos"][0]
        r, s = decode_dss_signature(signer["signature"].native)
        signer["signature"] = encode_dss_signature(r, ORDER - s)

    return respelled(pdf, change)


@attack("the signature in capitals", CHANGED, Kind.SIGNATURE_RESPELLED)
def capitals(pdf):
    return holding(pdf, cms_of(pdf).hex().upper().encode())


@attack("the signature in BER", CHANGED, Kind.SIGNATURE_RESPELLED)
def in_ber(pdf):
    return holding(pdf, (b"\x30\x80" + cms_of(pdf)[4:] + b"\0\0").hex().encode())


@attack("a message in an unsigned attribute", CHANGED, Kind.SIGNATURE_RESPELLED)
def hidden_message(pdf):
    def change(data):
        hidden = {"type": "1.2.3.4.5", "values": [core.OctetString(b"HIDDEN " * 40)]}
        data["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute(hidden)])

    return respelled(pdf, change)


@attack(
    "the signer's certificate taken out of the signature",
    CHANGED,
    Kind.SIGNATURE_RESPELLED,
    verdict=Verdict.UNKNOWN_ISSUER,
)
def without_certificate(pdf):
    def change(data):
        foreign = strangers().signers[Purpose.DOCUMENT].chain[0]
        data["certificates"] = cms.CertificateSet(
            [cms.CertificateChoices("certificate", x509.Certificate.load(foreign))]
        )

    return respelled(pdf, change)


@attack("another moment of signing", CHANGED, Kind.SIGNED_BYTES_DIFFER)
def other_moment(pdf):
    at = pdf.rindex(b"/M(D:2026")
    return pdf[:at] + b"/M(D:2027" + pdf[at + 9 :]
