"""Example permits of invented people."""

from issuance.document.content import Row, VoucherContent
from issuance.document.fontset import FontSet
from issuance.document.permit_press import PermitPress
from tests.conformance.document.voucher_examples import ADDRESS, LONG_ADDRESS, TestPki, content


def permit_press(pki: TestPki) -> PermitPress:
    return PermitPress(fonts=FontSet.bundled(), signer=pki.signer)


def permit(name: str = "林知夏", address: str = ADDRESS, **changes: object) -> VoucherContent:
    """A permit as it is printed."""
    values: dict[str, object] = {
        "identifier": (
            "1.2.156.3005.2.11310000MB0T00015WT02.11310000MB0T00015W.JZ20260000000001.001.W"
        ),
        "serial": "JZ20260000000001",
        "title": "居住证",
        "seal_text_zh": "示范市公安局 居住证专用章",
        "rows": (
            Row("name", "姓名", "Name", name),
            Row("sex", "性别", "Sex", "女"),
            Row("ethnicity", "民族", "Ethnicity", "维吾尔族" if "·" in name else "汉族"),
            Row("birth_date", "出生日期", "Date of birth", "1996 年 12 月 28 日"),
            Row("id_number", "公民身份号码", "Identity number", "340199199804060284"),
            Row("household_address", "常住户口所在地住址", "Household address", address),
            Row("residence_address", "居住地住址", "Residence address", address),
            Row("issued_on", "签发日期", "Issued on", "2026 年 11 月 22 日"),
            Row("valid_until", "签注有效期至", "Endorsed until", "2027 年 11 月 21 日"),
        ),
    }
    return content(**(values | changes))


def examples() -> dict[str, VoucherContent]:
    """By name: what it says."""
    return {
        "usual": permit(),
        "long": permit(
            "阿依古丽·买买提江·阿卜杜热合曼",
            LONG_ADDRESS,
            code_text="RP1:" + "6BFOXN%TS3DH" * 43,
        ),
        "rare": permit("欧阳𬭎䶮㛃", specimen=False),
    }
