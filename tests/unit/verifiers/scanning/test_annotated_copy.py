"""A copy signed by our key that says two things, or shows what its original never said."""

from datetime import timedelta

import pytest

from certstore.annotations import Annotation, end_of_copy
from certstore.clock import unix
from certstore.keys import Purpose
from certstore.sd_jwt import present
from certstore.tokens import canonical_json
from issuance.document.content import Row
from issuance.document.copy_content import CopyContent
from issuance.document.copy_press import CopyPress
from issuance.document.press import FontSet
from tests.unit.certstore.codes.sealed_house import NAME, NOW, SERIAL, TYPE_CODE, house
from tests.unit.verifiers.scanning.signed_document import FIELDS, credential, identifier
from tests.unit.verifiers.scanning.test_document import judge as judged

SHOWN = {name: FIELDS[name] for name in ("name", "valid_until")}
ANNOTATION = Annotation(
    cause="入学报名", made_by="示范市教育局", made_at=NOW, good_until=end_of_copy(NOW, 30)
)
ALWAYS = {"iss": "https://certs.example", "identifier": identifier(), "type": TYPE_CODE}


@pytest.fixture(scope="module")
def press():
    return CopyPress(fonts=FontSet.bundled(), signer=house().signers[Purpose.DOCUMENT])


def copy(press, *, rows=None, own=None, annotation=ANNOTATION, **changes):
    """A copy; `changes` replace members of its data, `rows` and `annotation` what is printed."""
    given = own or credential(house(), claims_always=ALWAYS)
    data = {
        "identifier": identifier(),
        "type": TYPE_CODE,
        "fields": SHOWN,
        "credential": present(given, SHOWN.keys()),
        "copy": ANNOTATION.as_json(),
    }
    return press.print(
        CopyContent(
            identifier=identifier(),
            serial=SERIAL,
            rows=rows
            or (
                Row("name", "姓名", "Name", FIELDS["name"]),
                Row("valid_until", "有效期至", "Valid until", "2027 年 11 月 21 日"),
            ),
            code_text="",
            url_code_text="https://certs.example/s/2345",
            attachment=canonical_json({**data, **changes}),
            issuer_zh=NAME,
            issuer_en="Demonstration Bureau",
            seal_text_zh=NAME,
            issued_at=NOW,
            issued_on=NOW.date(),
            title="居住登记凭证",
            check_url="https://certs.example/scan",
            specimen=True,
            annotation=annotation,
            title_en="Residence Registration Voucher",
            photo_jpeg=None,
        )
    )


def test_a_genuine_copy_is_valid_and_says_what_it_is_for(press):
    result = judged(copy(press))
    assert (result.verdict, result.reasons) == ("valid", ("ANNOTATED_COPY",)), result
    assert result.fields["copy_cause"] == "入学报名"
    assert result.fields["name"] == FIELDS["name"]


OTHER = Annotation(
    cause="办理贷款", made_by="示范市教育局", made_at=NOW, good_until=end_of_copy(NOW, 30)
)
LONGER = Annotation(
    cause="入学报名", made_by="示范市教育局", made_at=NOW, good_until=end_of_copy(NOW, 90)
)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"annotation": OTHER}, "PRINTED_TEXT_DIFFERS"),
        ({"annotation": LONGER}, "PRINTED_TEXT_DIFFERS"),
        ({"rows": (Row("name", "姓名", "Name", "陈一鸣"),)}, "PRINTED_TEXT_DIFFERS"),
        ({"fields": {**SHOWN, "sex": "男"}}, "CREDENTIAL_DIFFERS"),  # true, and not disclosed
        ({"fields": {**SHOWN, "name": "陈二鸣"}}, "CREDENTIAL_DIFFERS"),
        ({"type": TYPE_CODE[:-1] + "9"}, "CREDENTIAL_DIFFERS"),
        ({"copy": {**ANNOTATION.as_json(), "more": "x"}}, "ATTACHMENT_WRONG"),
        ({"copy": None}, "ATTACHMENT_WRONG"),
    ],
)
def test_a_copy_that_does_not_agree_with_itself_is_tampered(press, changes, reason):
    result = judged(copy(press, **changes))
    assert result.verdict == "tampered"
    assert reason in result.reasons


def test_a_copy_of_another_identifiers_credential_is_tampered(press):
    other = credential(house(), claims_always={**ALWAYS, "identifier": "1.2.156.3005.2.x"})
    assert "CREDENTIAL_DIFFERS" in judged(copy(press, own=other)).reasons


def test_the_end_of_the_original_ends_its_copy(press):
    ended = credential(house(), claims_always=ALWAYS, exp=unix(NOW) - 60)
    result = judged(copy(press, own=ended))
    assert (result.verdict, "ORIGINAL_EXPIRED" in result.reasons) == ("expired", True)


def test_a_copy_before_its_time_is_not_valid_yet(press):
    result = judged(copy(press), now=NOW - timedelta(minutes=5))
    assert "COPY_NOT_YET_VALID" in result.reasons
