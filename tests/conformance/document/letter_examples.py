"""Example commitment letters of invented people."""

import hashlib
from datetime import date

from certstore.certificates import Holder
from issuance.application import Answers, Relative
from issuance.commitment import letter_text
from issuance.document.content import Row
from issuance.document.fontset import FontSet
from issuance.document.letter_content import LetterContent
from issuance.document.letter_press import LetterPress
from tests.conformance.document.voucher_examples import LONG_ADDRESS, MOMENT, TestPki

CITY = "示范市"
NUMBER, OTHER_NUMBER = "340199199804060284", "340199197109230625"


def letter_press(pki: TestPki, fonts: FontSet | None = None) -> LetterPress:
    return LetterPress(fonts=fonts or FontSet.bundled(), signer=pki.signer)


def letter(
    name: str = "林知夏",
    relative: str = "周敏",
    address: str = "望江路188弄6号1203室",
    guardian: Holder | None = None,
    **changes: object,
) -> LetterContent:
    """A letter as it is printed; the fields named are replaced."""
    holder = Holder(name, "111", NUMBER)
    said = Answers("rent", "relative", Relative(relative, OTHER_NUMBER, "parent"), "", address)
    text = letter_text(holder, said, CITY, MOMENT, guardian)
    signer = guardian or holder
    values = {
        "identifier": (
            "1.2.156.3005.2.11310000MB0T00015WT03.11310000MB0T00015W.CN20260000000001.001.S"
        ),
        "serial": "CN20260000000001",
        "text": text,
        "rows": (
            Row("name", "申请人", "Applicant", name),
            Row("id_number", "公民身份号码", "Identity number", NUMBER),
            Row("signer", "签署人", "Signed by", signer.name),
            Row("signer_id_number", "签署人证件号码", "Number of the signer", signer.id_number),
            Row("relative", "亲属", "Relative", relative),
            Row("relative_id_number", "亲属证件号码", "Number of the relative", OTHER_NUMBER),
            Row("relation", "是申请人的", "Relation to applicant", "父母"),
            Row("signed_at", "签署时间", "Signed at", "2026 年 11 月 22 日 12:00（北京时间）"),
            Row("address", "居住地址", "Address", f"{CITY}{address}"),
            Row("level", "签署强度", "Strength", "会话级 session：在已核验身份的会话中签署"),
            Row(
                "letter_sha256",
                "正文摘要",
                "SHA-256 of the text",
                hashlib.sha256(text.encode()).hexdigest(),
            ),
        ),
        "code_text": "RP1:" + "6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N" * 9,
        "url_code_text": "https://juzhu.example.gov.cn/s/7f3kq9wxm2tz",
        "attachment": b'{"identifier":"1.2.156.3005.2","type":"commitment_letter"}',
        "issuer_zh": "示范市公安局",
        "issuer_en": "Shifan Municipal Public Security Bureau",
        "seal_text_zh": "示范市公安局 承诺书收件章",
        "issued_at": MOMENT,
        "issued_on": date(2026, 11, 22),
        "title": "亲属关系承诺书",
        "check_url": "https://juzhu.example.gov.cn/scan",
        "specimen": True,
    }
    return LetterContent(**(values | changes))


def examples() -> dict[str, LetterContent]:
    """The usual letter, the longest one, one with rare names outside a demonstration."""
    guardian = Holder("阿卜杜热合曼·买买提", "111", OTHER_NUMBER)
    return {
        "usual": letter(),
        "long": letter("阿依古丽·买买提江", "欧阳天一", f"{LONG_ADDRESS}及附属用房", guardian),
        "rare": letter("欧阳𬭎䶮㛃", "张𬭎", specimen=False),
    }
