"""One genuine voucher, printed and signed by the press, with code, credential and status place."""

import io
from functools import lru_cache
from typing import Any

from PIL import Image

from certstore.clock import unix
from certstore.identifiers import CertificateIdentifier
from certstore.keys import Purpose
from certstore.sd_jwt import issue_sd_jwt
from certstore.tokens import canonical_json
from issuance.document.content import Row, VoucherContent
from issuance.document.press import A4_VOUCHER, FontSet, Press
from tests.unit.certstore.codes.sealed_house import (
    ENTRY,
    LIST_URI,
    NAME,
    NOW,
    SERIAL,
    TYPE_CODE,
    USCC,
    SealedHouse,
    data_of,
    house,
)

FIELDS = {
    "name": "陈一鸣",
    "sex": "男",
    "id_number": "340199199803140119",
    "valid_until": "2027-11-21",
}


def identifier() -> str:
    return CertificateIdentifier.build(TYPE_CODE, USCC, SERIAL, 1).value


def credential(of: SealedHouse, **changes: Any) -> str:
    given = {
        "claims_always": {"iss": "https://certs.example", "identifier": identifier()},
        "claims_disclosable": FIELDS,
        "vct": "https://certs.example/credentials/residence_voucher",
        "signer": of.signers[Purpose.CREDENTIAL],
        "status": {"idx": ENTRY.index, "uri": LIST_URI},
        "iat": unix(NOW),
        "exp": unix(NOW) + 31_536_000,
    }
    given.update(changes)
    return issue_sd_jwt(given.pop("claims_always"), given.pop("claims_disclosable"), **given)


def attachment(of: SealedHouse, **changes: Any) -> bytes:
    content = {
        "identifier": identifier(),
        "type": TYPE_CODE,
        "fields": FIELDS,
        "credential": credential(of),
    }
    return canonical_json({**content, **changes})


@lru_cache(maxsize=4)
def press(of: SealedHouse) -> Press:
    return Press(layout=A4_VOUCHER, fonts=FontSet.bundled(), signer=of.signers[Purpose.DOCUMENT])


def document(of: SealedHouse, **changes: Any) -> bytes:
    """A voucher; `changes` replace parts of its content."""
    rows = (
        Row("name", "姓名", "Name", "陈一鸣"),
        Row("valid_until", "有效期至", "Valid until", "2027 年 11 月 21 日"),
    )
    given = {
        "identifier": identifier(),
        "serial": SERIAL,
        "rows": rows,
        "photo_jpeg": portrait(),
        "code_text": of.printed(),
        "url_code_text": "https://certs.example/s/2345",
        "attachment": attachment(of),
        "issuer_zh": NAME,
        "issuer_en": "Demonstration Bureau",
        "seal_text_zh": NAME,
        "issued_at": NOW,
        "issued_on": data_of().issued_on,
        "valid_to": data_of().valid_to,
        "title": "居住登记凭证",
        "check_url": "https://certs.example/scan",
        "specimen": True,
    }
    return press(of).print(VoucherContent(**{**given, **changes}))


@lru_cache(maxsize=1)
def genuine() -> bytes:
    """The voucher all tests begin with."""
    return document(house())


@lru_cache(maxsize=1)
def portrait() -> bytes:
    out = io.BytesIO()
    Image.effect_noise((358, 441), 40).convert("RGB").save(out, "JPEG", quality=60, dpi=(350, 350))
    return out.getvalue()
