"""Readers nobody here wrote read our codes: python-cwt, cbor2, zxing."""

import cbor2
import pytest
import segno
import zxingcpp
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cwt import COSE, COSEKey
from PIL import Image

from certstore.clock import unix
from certstore.codes import base45
from certstore.keys import KeySigner, Purpose
from tests.unit.certstore.codes.sealed_house import ENTRY, NOW, SERIAL, house


def key_of(signer: KeySigner) -> COSEKey:
    pem = signer.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return COSEKey.from_pem(pem, kid=bytes.fromhex(signer.kid), alg="ES256")


def opened(text: str, signer: KeySigner) -> tuple[dict, dict]:
    prefix, _, spelled = text.partition(":")
    protected, unprotected, payload = COSE.new().decode_with_headers(
        base45.decode(spelled), key_of(signer)
    )
    assert unprotected == {}
    assert protected == {1: -7, 4: bytes.fromhex(signer.kid), 16: prefix}
    return protected, cbor2.loads(payload)


@pytest.mark.parametrize(
    ("text", "purpose"),
    [(house().printed(), Purpose.CODE), (house().on_line(), Purpose.PRESENTATION)],
)
def test_python_cwt_verifies_a_code_and_reads_its_claims(text, purpose):
    _, claims = opened(text, house().signers[purpose])
    assert claims[6] == unix(NOW)
    assert claims[65535] == {0: [ENTRY.list_number, ENTRY.index]}
    assert claims[-70001][1] == SERIAL


def test_python_cwt_verifies_both_layers_of_an_off_line_code():
    text = house().off_line(nonce=b"verifier")
    _, wrapper = opened(text, house().holder)
    assert wrapper.keys() == {6, -1, -2}
    _, _, payload = COSE.new().decode_with_headers(
        wrapper[-1], key_of(house().signers[Purpose.CODE])
    )
    assert cbor2.loads(payload)[8][1][-1] == 1


@pytest.mark.parametrize("text", [house().printed(), house().on_line(), house().off_line()])
def test_a_code_fits_its_symbol_in_alphanumeric_mode_and_is_read_back(text, tmp_path):
    symbol = segno.make(text, error="m", boost_error=False, micro=False)
    assert symbol.mode == "alphanumeric"
    longest = {"RP1": 12, "RPD1": 12, "RPH1": 17}[text.partition(":")[0]]
    assert symbol.version <= longest
    path = tmp_path / "code.png"
    symbol.save(path, scale=3)
    with Image.open(path) as picture:
        assert zxingcpp.read_barcode(picture.convert("L")).text == text
