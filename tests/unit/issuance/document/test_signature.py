import hashlib
from datetime import timedelta

import pytest
from asn1crypto import cms, tsp
from hypothesis import given
from hypothesis import strategies as st

from certstore.cms import der, oid
from certstore.errors import MalformedError
from certstore.keys import KeySigner, Purpose, generate
from issuance.document.signature import DocumentSignature
from tests.conformance.document.voucher_examples import MOMENT, make_pki

DIGEST = hashlib.sha256(b"a document").digest()


@pytest.fixture(scope="module")
def pki():
    return make_pki()


def test_asn1crypto_reads_what_was_signed_and_by_whom(pki) -> None:
    info = cms.ContentInfo.load(DocumentSignature(pki.signer).over(DIGEST), strict=True)
    assert info.dump(force=True)
    signer = info["content"]["signer_infos"][0]
    attributes = {item["type"].native: item["values"][0] for item in signer["signed_attrs"]}
    assert set(attributes) == {"content_type", "message_digest", "signing_certificate_v2"}
    assert attributes["message_digest"].native == DIGEST
    reference = attributes["signing_certificate_v2"]["certs"][0]
    assert reference["cert_hash"].native == hashlib.sha256(pki.signer.chain[0]).digest()
    assert isinstance(reference, tsp.ESSCertIDv2)
    assert info["content"]["certificates"][0].chosen.dump() == pki.signer.chain[0]


def test_signed_attributes_are_in_the_order_of_a_der_set(pki) -> None:
    info = cms.ContentInfo.load(DocumentSignature(pki.signer).over(DIGEST))
    encoded = [item.dump() for item in info["content"]["signer_infos"][0]["signed_attrs"]]
    assert encoded == sorted(encoded)


@given(st.binary(max_size=70_000))
def test_der_lengths_are_read_back(content: bytes) -> None:
    from asn1crypto.core import OctetString  # noqa: PLC0415 - only this test reads one

    assert OctetString.load(der(4, content), strict=True).native == content


def test_object_identifiers_with_large_arcs_are_encoded() -> None:
    assert oid("1.2.840.113549.1.7.2").hex() == "06092a864886f70d010702"


@pytest.mark.parametrize("purpose", [p for p in Purpose if p is not Purpose.DOCUMENT])
def test_a_key_of_another_purpose_is_refused(purpose: Purpose) -> None:
    with pytest.raises(MalformedError, match="purpose"):
        DocumentSignature(make_pki(purpose).signer)


def test_a_key_of_another_algorithm_or_without_a_certificate_is_refused(pki) -> None:
    with pytest.raises(MalformedError, match="ES256"):
        DocumentSignature(KeySigner(Purpose.DOCUMENT, generate("EdDSA"), pki.signer.chain))
    with pytest.raises(MalformedError, match="no certificate"):
        DocumentSignature(KeySigner(Purpose.DOCUMENT, generate("ES256")))


@pytest.mark.parametrize("days", [-31, 365 * 5 + 1])
def test_signing_outside_the_certificates_time_is_refused(pki, days: int) -> None:
    with pytest.raises(MalformedError, match="does not cover"):
        DocumentSignature(pki.signer).judge_time(MOMENT + timedelta(days=days))
