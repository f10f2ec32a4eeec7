"""Where things stand on the residence permit: a card of ID-1 size (ISO/IEC 7810), one page.

Lengths are points (1/72 inch), y counts from the bottom of the page.
"""

from dataclasses import dataclass
from typing import Final

from issuance.document.layout import Box


@dataclass(frozen=True, slots=True, kw_only=True)
class CardLayout:
    """A card: short fields beside the photo, long ones below it, the codes on the right.

    Versions keep to 0.33 mm a module: 15 has 77 modules on 25.4 mm, 5 has 37 on 12.3.
    """

    page: Box
    text: Box  # between the margins
    photo: Box
    beside: Box  # of the photo: the fields named in `short`
    below: Box  # of the photo: all others
    code: Box
    url_code: Box
    seal: Box
    title_zh: str
    title_en: str
    short: tuple[str, ...]
    pairs: frozenset[tuple[str, str]]  # fields that share a line
    common_text: str
    bold_text: str
    code_versions: tuple[int, ...] = (9, 10, 11, 12, 13, 15)
    url_code_versions: tuple[int, ...] = (3, 4, 5)
    mask: int = 3


_WIDTH, _HEIGHT = 242.65, 153.01  # 85.60 × 53.98 mm
_MARGIN: Final = 9.0
_RIGHT: Final = _WIDTH - _MARGIN
_PHOTO_WIDTH: Final = 48.0
_PHOTO_HEIGHT: Final = _PHOTO_WIDTH * 441 / 358
_TOP: Final = 125.5  # of the photo and the code
_CODE: Final = 72.0
_CODE_X: Final = _RIGHT - _CODE - 1

ID1_PERMIT: Final = CardLayout(
    page=Box(0, 0, _WIDTH, _HEIGHT),
    text=Box(_MARGIN, _MARGIN, _WIDTH - 2 * _MARGIN, _HEIGHT - 2 * _MARGIN),
    photo=Box(_MARGIN, _TOP - _PHOTO_HEIGHT, _PHOTO_WIDTH, _PHOTO_HEIGHT),
    beside=Box(
        _MARGIN + _PHOTO_WIDTH + 7, _TOP - _PHOTO_HEIGHT, _CODE_X - _PHOTO_WIDTH - 21, _PHOTO_HEIGHT
    ),
    below=Box(_MARGIN, 15.5, _CODE_X - _MARGIN - 6, _TOP - _PHOTO_HEIGHT - 18),
    code=Box(_CODE_X, _TOP - _CODE, _CODE, _CODE),
    url_code=Box(_RIGHT - 36, 7.5, 35, 35),
    seal=Box(127, 4.0, 47, 47),  # 17 mm
    title_zh="居住证",
    title_en="RESIDENCE PERMIT",
    short=("name", "sex", "ethnicity", "birth_date", "id_number"),
    pairs=frozenset({("sex", "ethnicity"), ("issued_on", "valid_until")}),
    common_text=(
        "姓名性别男女民族汉族出生日期年月公民身份号码常住户口所在地址居签发注有效期至证照编标识"
        "省市区县镇乡村街道路弄号楼室单元栋幢座层东南西北中新一二三四五六七八九十核验网"
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz*-.:/() ,"
    ),
    bold_text="0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-",
)
