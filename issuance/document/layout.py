"""Where things stand on a document, and the words that stand on every one: data, no drawing.

Lengths are points (1/72 inch), y counts from the bottom of the page.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple


class Box(NamedTuple):
    """A rectangle by its lower left corner."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def top(self) -> float:
        """The upper edge."""
        return self.y + self.height

    @property
    def middle(self) -> float:
        """The x of the centre."""
        return self.x + self.width / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One kind of document.

    `code_versions` were fixed by measurement: printed codes with every minimal field have 418
    characters for a name of three (version 12), 439 for one of eight (13), 519 for 25 (15).
    """

    name: str
    page: Box
    text: Box  # between the margins
    rows: Box
    value_x: float
    photo: Box
    code: Box
    url_code: Box
    seal: Box
    authority_x: float  # the middle of the authority's name and the date, left of the seal's
    title_zh: str
    title_en: str
    statement_zh: str
    statement_en: str
    notice_zh: str
    notice_en: str
    prominent: frozenset[str]  # fields set large and bold
    pairs: tuple[tuple[str, str], ...]  # short fields that share a line
    validity_row: str  # where this field is shown, the validity is not repeated by the date
    common_text: str  # characters that most documents use: the plate carries them
    bold_text: str  # and those of them that are set in bold
    code_versions: tuple[int, ...] = (9, 10, 11, 12, 13, 15)
    url_code_versions: tuple[int, ...] = (3, 4, 5, 6)
    mask: int = 3


_MARGIN: Final = 56.7  # 20 mm
_WIDTH, _HEIGHT = 595.28, 841.89
_RIGHT: Final = _WIDTH - _MARGIN
_PHOTO_WIDTH: Final = 92.0

A4_VOUCHER: Final = Layout(
    name="a4-voucher",
    page=Box(0, 0, _WIDTH, _HEIGHT),
    text=Box(_MARGIN, _MARGIN, _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN),
    rows=Box(_MARGIN, 292, _WIDTH - 2 * _MARGIN, 342),
    value_x=150.0,
    photo=Box(_RIGHT - _PHOTO_WIDTH, 506, _PHOTO_WIDTH, _PHOTO_WIDTH * 441 / 358),
    code=Box(_MARGIN, 142, 93.6, 93.6),  # 33 mm: 0.51 mm a module in version 12, 0.43 in 15
    url_code=Box(_MARGIN + 93.6 + 30, 142, 62, 62),
    seal=Box(_RIGHT - 116.2, 128, 116.2, 116.2),  # 41 mm
    authority_x=_RIGHT - 152,
    title_zh="居住登记凭证",
    title_en="RESIDENCE REGISTRATION VOUCHER",
    statement_zh="兹证明：以上人员已在本市办理居住登记，所载事项与登记一致。",
    statement_en=(
        "This certifies that the person named above is registered as residing in this city, "
        "as stated here."
    ),
    notice_zh="仅当电子签名验证通过且实时状态为“有效”时方可采信；打印件请扫码核验。",
    notice_en=(
        "Valid only while the electronic signature verifies and the live status is good. "
        "If this is a printout, scan the code to check it."
    ),
    prominent=frozenset({"name", "holder_name"}),
    pairs=(("sex", "ethnicity"),),
    validity_row="valid_until",
    common_text=(
        "姓名性别男女民族汉族出生日期年月公民身份号码户籍地址居住事由方式房屋类型登记有效期至"
        "省市区县镇乡村街道路弄号楼室单元栋幢座层东南西北中新一二三四五六七八九十租赁自有"
        "证照编标识核验网址期长效至"
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*-.:/() ,"
    ),
    bold_text="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-",
)
