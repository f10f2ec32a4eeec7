"""Where things stand on a commitment letter, and the words that stand on every one.

Lengths are points (1/72 inch), y counts from the bottom of the page.
"""

from dataclasses import dataclass
from typing import Final

from issuance.document.layout import A4_VOUCHER, Box


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterLayout:
    """One kind of letter; pictures, seal and margins stand where the voucher has them."""

    page: Box
    text: Box  # between the margins
    body: Box  # the letter itself
    facts: Box  # how it was signed
    code: Box
    url_code: Box
    seal: Box
    authority_x: float  # the middle of the authority's name and the date, left of the seal's
    title_zh: str
    title_en: str
    facts_zh: str
    facts_en: str
    statement_zh: str
    statement_en: str
    notice_zh: str
    notice_en: str
    pairs: frozenset[tuple[str, str]]  # short facts that share a line
    common_text: str
    bold_text: str
    code_versions: tuple[int, ...]
    url_code_versions: tuple[int, ...]
    mask: int


_TEXT: Final = A4_VOUCHER.text

A4_LETTER: Final = LetterLayout(
    page=A4_VOUCHER.page,
    text=_TEXT,
    body=Box(_TEXT.x, 446, _TEXT.width, 210),
    facts=Box(_TEXT.x, 286, _TEXT.width, 150),
    code=A4_VOUCHER.code,
    url_code=A4_VOUCHER.url_code,
    seal=A4_VOUCHER.seal,
    authority_x=A4_VOUCHER.authority_x,
    title_zh="亲属关系承诺书",
    title_en="KINSHIP COMMITMENT LETTER",
    facts_zh="签署情况",
    facts_en="How it was signed",
    statement_zh="本承诺书由承诺人在线签署，本机关收存。查实不实的，予以注销，并复查据此办理的事项。",
    statement_en=(
        "Signed on line by the person named and kept by this authority. If found false, it is "
        "revoked, and whatever was decided on it is reviewed."
    ),
    notice_zh=A4_VOUCHER.notice_zh,
    notice_en=A4_VOUCHER.notice_en,
    pairs=frozenset(
        {
            ("name", "id_number"),
            ("signer", "signer_id_number"),
            ("relative", "relative_id_number"),
            ("relation", "signed_at"),
        }
    ),
    common_text=(
        "亲属关系承诺书本人公民身份号码郑重：一、是的。二、现居住于，该房屋由承租。所有。"
        "三、以上内容真实。内容不实的，本人愿意承担法律责任：已办理的事项予以撤销，"
        "不实承诺记入信用记录。本承诺书代替亲属关系证明，在本人已登录并通过人脸核验的情况下签署"
        "（签署强度：会话级）。到场、工作人员核对原份窗口级。承诺人：年月日配偶父母子女兄弟姐妹祖外孙证件市区路弄号楼幢室"
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-.:/() ,"
    ),
    bold_text="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-",
    code_versions=A4_VOUCHER.code_versions,
    url_code_versions=A4_VOUCHER.url_code_versions,
    mask=A4_VOUCHER.mask,
)
