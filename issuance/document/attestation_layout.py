"""Where things stand on an attestation (证明), and the words that stand on each type of it.

Lengths are points (1/72 inch), y counts from the bottom of the page.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from issuance.document.layout import Box
from issuance.document.letter_layout import A4_LETTER, LetterLayout

_TEXT: Final = A4_LETTER.text


@dataclass(frozen=True, slots=True, kw_only=True)
class AttestationWords:
    """What a type attests: one sentence with {fields} in it, and the same in English without."""

    sentence_zh: str
    sentence_en: str


_PLAIN: Final = replace(
    A4_LETTER,
    body=Box(_TEXT.x, 520, _TEXT.width, 136),
    facts=Box(_TEXT.x, 302, _TEXT.width, 204),
    authority_x=_TEXT.right - 170,
    facts_zh="记载事项",
    facts_en="Particulars",
    pairs=frozenset(
        {
            ("name", "sex"),
            ("name", "id_number"),
            ("birth_date", "id_number"),
            ("searched_from", "searched_to"),
            ("valid_from", "valid_until"),
            ("purpose", "valid_until"),
        }
    ),
    common_text=(
        "姓名性别男女出生日期年月公民身份号码有效期至证照编标识核验网址兹证明自起止查询结果"
        "用途未发现犯罪记录期间经住宿地址起始截省市区县镇乡街道路弄号楼室单元栋幢座层"
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*-.:/() ,，。（）"
    ),
)

LAYOUTS: Final[Mapping[str, LetterLayout]] = {
    "no_criminal_record": replace(
        _PLAIN,
        title_zh="无犯罪记录证明",
        title_en="NO-CRIMINAL-RECORD CERTIFICATE",
        statement_zh="本证明只反映出具之日以前的查询结果，仅用于所载用途。",
        statement_en=(
            "It says what was found up to the day of its issue, and serves the purpose stated."
        ),
    ),
    "dormitory_certificate": replace(
        _PLAIN,
        title_zh="集体宿舍证明",
        title_en="DORMITORY CERTIFICATE",
        statement_zh="所载人员搬离宿舍的，出具单位应当及时撤销本证明。",
        statement_en="Its issuer revokes it when the person named moves out.",
    ),
    "lease_filing": replace(
        _PLAIN,
        title_zh="住房租赁合同登记备案通知书",
        title_en="LEASE FILING NOTICE",
        statement_zh="备案只证明合同已经登记，不确认房屋的权属；租期届满或者备案注销后失效。",
        statement_en="It shows that the lease is filed, not who owns; it ends with the lease.",
        pairs=frozenset({("part", "area"), ("valid_from", "valid_until")}),
        common_text=_PLAIN.common_text + "坐落出租承租部分面积整套房间平方米住合同登记备案网签期",
    ),
}

WORDS: Final[Mapping[str, AttestationWords]] = {
    "no_criminal_record": AttestationWords(
        sentence_zh=(
            "兹证明：{name}（公民身份号码 {id_number}），经本机关查询，"
            "自{searched_from}起至{searched_to}止，{result}。"
        ),
        sentence_en=(
            "This certifies that this authority searched its records on the person named below, "
            "for the period stated, and found no criminal record."
        ),
    ),
    "dormitory_certificate": AttestationWords(
        sentence_zh=(
            "兹证明：{name}（公民身份号码 {id_number}）住宿于本单位集体宿舍，地址：{address}。"
        ),
        sentence_en=(
            "This certifies that the person named below lives in this organisation's dormitory, "
            "at the address stated."
        ),
    ),
    "lease_filing": AttestationWords(
        sentence_zh=(
            "兹证明：下列住房的租赁合同已由各方当事人网上签订，并在本机关登记备案，"
            "租期自{valid_from}起至{valid_until}止。"
        ),
        sentence_en=(
            "This certifies that the lease of the dwelling below was signed on line by its "
            "parties and is filed with this authority."
        ),
    ),
}
