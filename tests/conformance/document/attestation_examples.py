"""Example attestations of invented people."""

from datetime import date

from issuance.document.attestation_content import AttestationContent
from issuance.document.attestation_press import AttestationPress
from issuance.document.content import Row
from issuance.document.fontset import FontSet
from tests.conformance.document.voucher_examples import LONG_ADDRESS, MOMENT, TestPki

NUMBER = "340199199804060284"
_SHARED = {
    "code_text": "RP1:" + "6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N" * 9,
    "url_code_text": "https://juzhu.example.gov.cn/s/7f3kq9wxm2tz",
    "attachment": b'{"identifier":"1.2.156.3005.2","type":"no_criminal_record"}',
    "issued_at": MOMENT,
    "issued_on": date(2026, 11, 22),
    "check_url": "https://juzhu.example.gov.cn/scan",
    "specimen": True,
}


def attestation_press(pki: TestPki) -> AttestationPress:
    return AttestationPress(fonts=FontSet.bundled(), signer=pki.signer)


def record_check(name: str = "林知夏", purpose: str = "入职", **changes) -> AttestationContent:
    """A no-criminal-record certificate as it is printed."""
    values = {
        **_SHARED,
        "identifier": (
            "1.2.156.3005.2.11310000MB0T00015WT20.11310000MB0T00015W.WF20260000000001.001.J"
        ),
        "serial": "WF20260000000001",
        "title": "无犯罪记录证明",
        "issuer_zh": "示范市公安局",
        "issuer_en": "Demonstration City Public Security Bureau",
        "seal_text_zh": "示范市公安局 犯罪记录查询专用章",
        "sentence_zh": (
            f"兹证明：{name}（公民身份号码 {NUMBER}），经本机关查询，"
            "自2012年4月6日起至2026年11月21日止，未发现犯罪记录。"
        ),
        "sentence_en": "This certifies that this authority found no criminal record.",
        "rows": (
            Row("name", "姓名", "Name", name),
            Row("sex", "性别", "Sex", "女"),
            Row("birth_date", "出生日期", "Date of birth", "1998 年 4 月 6 日"),
            Row("id_number", "公民身份号码", "Identity number", NUMBER),
            Row("searched_from", "查询起始日期", "Searched from", "2012 年 4 月 6 日"),
            Row("searched_to", "查询截止日期", "Searched to", "2026 年 11 月 21 日"),
            Row("result", "查询结果", "Result", "未发现犯罪记录"),
            Row("purpose", "用途", "Purpose", purpose),
            Row("valid_until", "有效期至", "Valid until", "2027 年 2 月 19 日"),
        ),
        "valid_to": date(2027, 2, 19),
    }
    return AttestationContent(**(values | changes))


def lodging(name: str = "欧阳𬭎䶮㛃", address: str = LONG_ADDRESS) -> AttestationContent:
    """A dormitory certificate, sealed for a company; it has no end."""
    return record_check(
        name,
        title="集体宿舍证明",
        issuer_zh="示范市远帆国际物流有限公司",
        issuer_en="Yuanfan International Logistics and Supply Chain Management",
        seal_text_zh="示范市远帆国际物流有限公司 集体宿舍证明专用章",
        sentence_zh=(
            f"兹证明：{name}（公民身份号码 {NUMBER}）住宿于本单位集体宿舍，地址：{address}。"
        ),
        rows=(
            Row("name", "姓名", "Name", name),
            Row("id_number", "证件号码", "Identity number", NUMBER),
            Row("address", "宿舍地址", "Address", address),
            Row("valid_from", "住宿起始日期", "Lives there from", "2026 年 11 月 1 日"),
        ),
        valid_to=None,
        sealed_by_zh="示范市公安局",
        specimen=False,
    )


def examples() -> dict[str, tuple[str, AttestationContent]]:
    """By name: the type, and what it says."""
    return {
        "usual": ("no_criminal_record", record_check()),
        "long": (
            "no_criminal_record",
            record_check("阿依古丽·买买提江·阿卜杜热合曼", "赴境外就业" * 8),
        ),
        "lodging": ("dormitory_certificate", lodging()),
    }
