"""Originals of every kind, of several people, as the presses make them."""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

from certstore.annotations import Annotation, end_of_copy
from certstore.identifiers import CertificateIdentifier
from certstore.keys import Purpose
from certstore.sd_jwt import present
from certstore.tokens import canonical_json
from issuance.document.content import Row
from issuance.document.copy_content import CopyContent
from issuance.document.copy_press import CopyPress
from issuance.document.fontset import FontSet
from tests.conformance.document.attestation_examples import record_check
from tests.conformance.document.letter_examples import letter
from tests.conformance.document.voucher_examples import portrait
from tests.unit.certstore.codes.sealed_house import (
    NAME,
    NOW,
    SERIAL,
    TYPE_CODE,
    USCC,
    claims_of,
    data_of,
    house,
)
from tests.unit.verifiers.scanning.signed_document import credential, document

PEOPLE = ("陈一鸣", "林知夏", "阿依古丽·买买提江", "欧阳𬭎䶮㛃")
_UNTIL = "2027-11-21"


def _fields(name: str) -> dict[str, str]:
    return {"name": name, "id_number": "340199199803140119", "valid_until": _UNTIL}


def _identifier(serial: str = SERIAL) -> str:
    return CertificateIdentifier.build(TYPE_CODE, USCC, serial, 1).value


def _data(name: str, identifier: str) -> bytes:
    own = credential(
        house(),
        claims_always={"iss": "https://certs.example", "identifier": identifier},
        claims_disclosable=_fields(name),
    )
    said = {"identifier": identifier, "type": TYPE_CODE, "fields": _fields(name), "credential": own}
    return canonical_json(said)


def _code(name: str) -> str:
    return house().printed(claims_of(data=data_of(name=name)))


def voucher(name: str, **changes: object) -> bytes:
    """A voucher of this person."""
    rows = (
        Row("name", "姓名", "Name", name),
        Row("address", "居住地址", "Address", "示范市海港区长乐路 88 弄 6 号 502 室"),
        Row("valid_until", "有效期至", "Valid until", "2027 年 11 月 21 日"),
    )
    data = _data(name, _identifier())
    return document(house(), rows=rows, attachment=data, code_text=_code(name), **changes)


@lru_cache(maxsize=4)
def _press(kind):
    return kind(fonts=FontSet.bundled(), signer=house().signers[Purpose.DOCUMENT])


def attestation(name: str) -> bytes:
    """A no-criminal-record certificate of this person."""
    from issuance.document.attestation_press import AttestationPress  # noqa: PLC0415 - only here

    example = record_check(name)
    rows = [row for row in example.rows if row.key != "valid_until"]
    rows.append(Row("valid_until", "有效期至", "Valid until", "2027 年 11 月 21 日"))
    said = replace(example, rows=tuple(rows), valid_to=data_of().valid_to, **_common(name))
    return _press(AttestationPress).print("no_criminal_record", said)


def commitment(name: str) -> bytes:
    """A commitment letter of this person."""
    from issuance.document.letter_press import LetterPress  # noqa: PLC0415 - only here

    return _press(LetterPress).print(letter(name, **_letter(name)))


def _common(name: str) -> dict[str, object]:
    return {
        "identifier": _identifier(),
        "serial": SERIAL,
        "code_text": _code(name),
        "attachment": _data(name, _identifier()),
        "issued_at": NOW,
    }


def _letter(name: str) -> dict[str, object]:
    """A letter has no end of validity."""
    fields = {"name": name}
    own = credential(
        house(),
        claims_always={"iss": "https://certs.example", "identifier": _identifier()},
        claims_disclosable=fields,
    )
    data = {"identifier": _identifier(), "type": TYPE_CODE, "fields": fields, "credential": own}
    code = house().printed(claims_of(data=data_of(name=name, valid_to=None)))
    return {**_common(name), "code_text": code, "attachment": canonical_json(data)}


def annotated_copy(name: str) -> bytes:
    """A copy made for one purpose."""
    shown = {"name": name, "valid_until": _UNTIL}
    always = {"iss": "https://certs.example", "identifier": _identifier(), "type": TYPE_CODE}
    note = Annotation(
        cause="租房签约", made_by=f"{name}（持证人）", made_at=NOW, good_until=end_of_copy(NOW, 30)
    )
    own = credential(house(), claims_always=always, claims_disclosable=_fields(name))
    data = {
        "identifier": _identifier(),
        "type": TYPE_CODE,
        "fields": shown,
        "credential": present(own, shown.keys()),
        "copy": note.as_json(),
    }
    return _press(CopyPress).print(
        CopyContent(
            identifier=_identifier(),
            serial=SERIAL,
            rows=(
                Row("name", "姓名", "Name", name),
                Row("valid_until", "有效期至", "Valid until", "2027 年 11 月 21 日"),
            ),
            code_text="",
            url_code_text="https://certs.example/s/2345",
            attachment=canonical_json(data),
            issuer_zh=NAME,
            issuer_en="Demonstration Bureau",
            seal_text_zh=NAME,
            issued_at=NOW,
            issued_on=NOW.date(),
            title="居住登记凭证",
            check_url="https://certs.example/scan",
            specimen=True,
            annotation=note,
            title_en="Residence Registration Voucher",
            photo_jpeg=portrait() if name == PEOPLE[0] else None,
        )
    )


def every_original() -> Iterator[tuple[str, bytes]]:
    """By kind and person."""
    for name in PEOPLE:
        yield f"voucher of {name}", voucher(name)
        yield f"attestation of {name}", attestation(name)
        yield f"letter of {name}", commitment(name)
        yield f"copy for {name}", annotated_copy(name)
    yield "voucher outside a demonstration", voucher(PEOPLE[1], specimen=False)
    yield "voucher with a real portrait", voucher(PEOPLE[1], photo_jpeg=portrait())
