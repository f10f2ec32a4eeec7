"""The signature of a document has one spelling; whatever else verifies was not made by us.

Each re-spelling here is a real one: pyHanko, which knows nothing of our form, calls it valid.
"""

import asyncio
import hashlib
import io
import re
from datetime import UTC, datetime

import pytest
from asn1crypto import cms, core
from asn1crypto import x509 as asn1_x509
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.utils import (
    decode_dss_signature,
    encode_dss_signature,
)
from cryptography.hazmat.primitives.serialization import Encoding
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, SimpleSigner, timestamps
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.registry import SimpleCertificateStore

from certstore.cms import SignatureForm, signature_value
from certstore.errors import MalformedError
from certstore.keys import Purpose, generate
from tests.unit.certstore.codes.sealed_house import NOW, certify, house, strangers
from tests.unit.verifiers.scanning.signed_document import document, genuine
from verifiers.scanning.pdf_signature import judge_signature
from verifiers.scanning.verdict import Findings, ScanResult, Verdict

ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
TRUST = house().trust()
HOLE = re.search(rb"/Contents<([0-9a-f]+)>>>", genuine()).span(1)
DIGITS = genuine()[slice(*HOLE)]
LENGTH = 4 + int.from_bytes(bytes.fromhex(DIGITS[4:8].decode()), "big")  # long form, two bytes
CMS = bytes.fromhex(DIGITS.decode())[:LENGTH]


def judged(pdf: bytes, root=None) -> ScanResult:
    findings = Findings()
    key = judge_signature(pdf, trust=TRUST, root=root or house().root, findings=findings)
    result = findings.result()
    assert (key is not None) == (result.verdict is Verdict.VALID)
    return result


def holding(digits: bytes) -> bytes:
    """The genuine document with other hexadecimal in /Contents, filled up with zeros."""
    room = HOLE[1] - HOLE[0]
    assert len(digits) <= room
    pdf = genuine()
    return pdf[: HOLE[0]] + digits.ljust(room, b"0") + pdf[HOLE[1] :]


def with_cms(der: bytes) -> bytes:
    return holding(der.hex().encode())


def pyhanko_calls_it_valid(pdf: bytes) -> bool:
    root = asn1_x509.Certificate.load(house().root.public_bytes(Encoding.DER))
    context = ValidationContext(trust_roots=[root], allow_fetching=False, moment=NOW)
    signature = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0]
    status = validate_pdf_signature(signature, context)
    return status.intact and status.valid and status.trusted


def changed(change) -> bytes:
    """The genuine CMS read by asn1crypto, changed, and written again."""
    info = cms.ContentInfo.load(CMS)
    change(info["content"])
    return with_cms(info.dump(force=True))


def higher_s(data) -> None:
    signer = data["signer_infos"][0]
    r, s = decode_dss_signature(signer["signature"].native)
    signer["signature"] = encode_dss_signature(r, ORDER - s)


def certificate_twice(data) -> None:
    data["certificates"].append(data["certificates"][0].copy())


def strangers_certificate(data) -> None:
    der = strangers().signers[Purpose.DOCUMENT].chain[0]
    data["certificates"].append(
        cms.CertificateChoices("certificate", asn1_x509.Certificate.load(der))
    )


def hidden_message(data) -> None:
    hidden = {"type": "1.2.3.4.5", "values": [core.OctetString(b"HIDDEN MESSAGE " * 40)]}
    data["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute(hidden)])


def null_parameters(data) -> None:
    data["signer_infos"][0]["digest_algorithm"]["parameters"] = core.Null()


def indefinite_length() -> bytes:
    return with_cms(b"\x30\x80" + CMS[4:] + b"\x00\x00")


def longer_length() -> bytes:
    return with_cms(b"\x30\x83\x00" + CMS[2:])


RESPELLED = {
    "hexadecimal in capitals": lambda: holding(CMS.hex().upper().encode()),
    "one digit a capital": lambda: holding(CMS.hex().replace("a", "A", 1).encode()),
    "n-s in place of s": lambda: changed(higher_s),
    "a certificate twice": lambda: changed(certificate_twice),
    "a stranger's certificate": lambda: changed(strangers_certificate),
    "a message in an unsigned attribute": lambda: changed(hidden_message),
    "an algorithm with NULL parameters": lambda: changed(null_parameters),
    "BER: an indefinite length": indefinite_length,
    "BER: a length longer than needed": longer_length,
}


def test_the_genuine_signature_is_good_here_and_for_pyhanko():
    assert judged(genuine()).reasons == ()
    assert pyhanko_calls_it_valid(genuine())
    assert all(check.passed for check in judged(genuine()).checks)


@pytest.mark.parametrize("name", RESPELLED)
def test_a_respelled_signature_verifies_elsewhere_and_is_not_ours(name):
    pdf = RESPELLED[name]()
    assert pdf != genuine()
    assert pyhanko_calls_it_valid(pdf)
    result = judged(pdf)
    assert (result.verdict, result.reasons) == (Verdict.TAMPERED, ("SIGNATURE_RESPELLED",))


@pytest.mark.parametrize(
    "place", [2 * LENGTH, HOLE[1] - HOLE[0] - 1], ids=["the first byte", "the last byte"]
)
def test_bytes_in_the_padding_verify_elsewhere_and_are_not_ours(place):
    digits = bytearray(DIGITS)
    digits[place] = ord("1")
    pdf = holding(bytes(digits))
    assert pyhanko_calls_it_valid(pdf)
    assert judged(pdf).reasons == ("PADDING_NOT_EMPTY",)


def test_another_spelling_of_nothing_in_the_hole_is_not_taken():
    for digits in (b" " + DIGITS[:-1], DIGITS[:-2] + b"0\n", b"z" + DIGITS[1:]):
        assert judged(holding(digits)).reasons == ("CHANGED_AFTER_SIGNING",)
    for place in (HOLE[0] - 1, HOLE[1]):
        pdf = bytearray(genuine())
        pdf[place] = ord("(")
        assert judged(bytes(pdf)).reasons == ("CHANGED_AFTER_SIGNING",)
    assert judged(genuine()[:-1]).reasons[0] == "RESAVED"


@pytest.fixture(scope="module")
def time_stamper():
    key = rsa.generate_private_key(65537, 2048)  # the only kind the stand-in takes
    certificate = certify(key.public_key(), key, name="time authority", authority=True)
    return timestamps.DummyTimeStamper(
        tsa_cert=asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        tsa_key=_asn1_key(key),
        certs_to_embed=SimpleCertificateStore(),
        fixed_dt=NOW,
    )


def _asn1_key(key):
    from asn1crypto import keys  # noqa: PLC0415 - only here
    from cryptography.hazmat.primitives.serialization import (  # noqa: PLC0415 - only here
        NoEncryption,
        PrivateFormat,
    )

    return keys.PrivateKeyInfo.load(
        key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    )


def test_a_time_stamp_inside_the_signature_is_refused_and_named(time_stamper):
    def stamp(data) -> None:
        token = asyncio.run(time_stamper.async_timestamp(b"\0" * 32, "sha256"))
        attribute = {"type": "signature_time_stamp_token", "values": [token]}
        data["signer_infos"][0]["unsigned_attrs"] = cms.CMSAttributes([cms.CMSAttribute(attribute)])

    result = judged(changed(stamp))
    assert (result.verdict, result.reasons) == (
        Verdict.TAMPERED,
        ("SIGNATURE_RESPELLED", "LATER_LEVEL"),
    )


def test_validation_data_or_a_document_time_stamp_added_later_is_refused_and_named(time_stamper):
    from pyhanko.sign.signers import PdfTimeStamper  # noqa: PLC0415 - only here

    out = PdfTimeStamper(time_stamper).timestamp_pdf(
        IncrementalPdfFileWriter(io.BytesIO(genuine())), md_algorithm="sha256"
    )
    stamped = out.getvalue()
    assert pyhanko_calls_it_valid(stamped)
    with_store = genuine() + b"9 0 obj<</DSS<<>>>>endobj\n%%EOF\n"
    for pdf in (stamped, with_store):
        result = judged(pdf)
        assert (result.verdict, result.reasons) == (
            Verdict.TAMPERED,
            ("CHANGED_AFTER_SIGNING", "LATER_LEVEL"),
        )


def test_a_document_by_another_tool_and_signer_is_of_an_unknown_issuer():
    import pikepdf  # noqa: PLC0415 - only here

    blank, out = pikepdf.new(), io.BytesIO()
    blank.add_blank_page()
    blank.save(out)
    key = generate("ES256")
    certificate = certify(key.public_key(), key, name="somebody")
    signer = SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(Encoding.DER)),
        signing_key=_asn1_key(key),
        cert_registry=SimpleCertificateStore(),
    )
    signed = PdfSigner(PdfSignatureMetadata(field_name="s"), signer=signer).sign_pdf(
        IncrementalPdfFileWriter(io.BytesIO(out.getvalue()))
    )
    assert judged(signed.getvalue()).reasons == ("SIGNER_UNKNOWN",)


def test_our_certificate_with_a_strangers_signature_is_not_ours():
    foreign = strangers().signers[Purpose.DOCUMENT]
    form = SignatureForm(house().signers[Purpose.DOCUMENT].chain)
    digest = bytes.fromhex(
        cms.ContentInfo.load(CMS)["content"]["signer_infos"][0]["signed_attrs"][1]["values"][
            0
        ].native.hex()
    )
    forged = form.spell(digest, foreign.sign(form.signed_bytes(digest)))
    assert judged(with_cms(forged)).reasons == ("SIGNATURE_WRONG",)


def test_the_signature_of_another_document_is_not_this_ones():
    other = document(house(), title="another")
    found = re.search(rb"/Contents<([0-9a-f]+)>>>", other)
    assert judged(other).verdict is Verdict.VALID
    assert judged(holding(found[1])).reasons == ("CHANGED_AFTER_SIGNING",)


def test_a_listed_certificate_must_lead_to_the_pinned_root():
    assert judged(genuine(), strangers().root).reasons == ("CHAIN_NOT_TRUSTED",)


def test_a_second_signature_dictionary_behind_ours_is_a_change():
    dictionary = genuine()[HOLE[0] - 400 : HOLE[0]]
    assert b"/ByteRange" in dictionary
    assert judged(genuine() + dictionary + b"00>>>%%EOF").reasons == ("CHANGED_AFTER_SIGNING",)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"/ByteRange[0 ", b"/ByteRange[1 "),
        (b"/ByteRange[0 0", b"/ByteRange[0 9"),
        (b"/ByteRange[", b"/ByteRang3["),
        (b"/P 1/V", b"/P 2/V"),
        (b"/M(D:2", b"/M(D:3"),
        (b"+08'00'", b"+09'00'"),
    ],
)
def test_a_changed_signature_dictionary_is_never_good(old, new):
    assert genuine().count(old) >= 1
    at = genuine().rindex(old)
    assert judged(genuine()[:at] + new + genuine()[at + len(old) :]).verdict is not Verdict.VALID


def signed_anew(pdf: bytes) -> bytes:
    """Changed bytes of the same length, signed by our own key: by other software than ours."""
    signer = house().signers[Purpose.DOCUMENT]
    form = SignatureForm(signer.chain)
    digest = hashlib.sha256(pdf[: HOLE[0] - 1] + pdf[HOLE[1] + 1 :]).digest()
    spelled = form.spell(digest, signer.sign(form.signed_bytes(digest))).hex().encode()
    return pdf[: HOLE[0]] + spelled.ljust(HOLE[1] - HOLE[0], b"0") + pdf[HOLE[1] :]


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"/Info", b"/Inf0", None),  # what the press might have written as well
        (b"/P 1/V", b"/P 2/V", "CHANGED_AFTER_SIGNING"),  # it would allow changes
        (b"/Filter/Adobe.PPKLite", b"/Filter/Adobe.PPKLit3", "CHANGED_AFTER_SIGNING"),
        (b"/ByteRange[0 ", b"/ByteRange[1 ", "CHANGED_AFTER_SIGNING"),
        (b"0000000000 65535 f \n", b"/ByteRange[0 1 2 3]\n", "CHANGED_AFTER_SIGNING"),
    ],
)
def test_even_our_own_key_signs_one_form_only(old, new, reason):
    at = genuine().rindex(old)
    assert len(old) == len(new)
    result = judged(signed_anew(genuine()[:at] + new + genuine()[at + len(old) :]))
    assert result.reasons[:1] == ((reason,) if reason else ())


def test_the_press_always_writes_the_lower_s_and_the_form_undoes_the_higher():
    signer = house().signers[Purpose.DOCUMENT]
    form = SignatureForm(signer.chain)
    for number in range(40):  # half of all signatures come out with the higher one
        digest = bytes([number]) * 32
        value = signer.sign(form.signed_bytes(digest))
        s = int.from_bytes(value[32:], "big")
        other = value[:32] + (ORDER - s).to_bytes(32, "big")
        assert form.spell(digest, value) == form.spell(digest, other)
        assert int.from_bytes(signature_value(form.spell(digest, value))[32:], "big") <= ORDER // 2


@given(st.binary(max_size=300) | st.integers(0, LENGTH - 1).map(lambda n: CMS[:n]))
def test_whatever_is_no_cms_is_malformed(data):
    with pytest.raises(MalformedError):
        signature_value(data)


@settings(deadline=None, max_examples=300)
@given(st.integers(0, len(genuine()) - 1), st.integers(1, 255))
def test_no_byte_can_be_changed(place, by):
    pdf = bytearray(genuine())
    pdf[place] ^= by
    assert judged(bytes(pdf)).verdict is not Verdict.VALID


@settings(deadline=None, max_examples=100)
@given(st.integers(0, len(genuine())), st.binary(max_size=40), st.integers(0, 40))
def test_nothing_can_be_put_in_or_taken_out(place, data, less):
    pdf = genuine()[:place] + data + genuine()[place + less :]
    assert pdf == genuine() or judged(pdf).verdict is not Verdict.VALID


def test_the_time_in_the_dictionary_is_the_one_that_is_judged():
    earlier = document(house(), issued_at=datetime(2026, 11, 21, 15, 59, tzinfo=UTC))
    result = judged(earlier)  # before the key's first moment
    assert (result.verdict, result.reasons) == (Verdict.UNKNOWN_ISSUER, ("KEY_OUT_OF_TIME",))
