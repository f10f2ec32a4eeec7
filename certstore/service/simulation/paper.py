"""The photo of a lease contract that somebody takes of whom nothing is on file."""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from issuance.document.fontset import FontSet

_SIZE = (1240, 1754)  # A4 at 150 dots per inch
_INK, _PAPER = (38, 36, 40), (252, 251, 248)
_TEXT = (
    "样张 SPECIMEN　出租人将坐落于示范市的房屋出租给承租人居住使用，租赁期限三年，"
    "月租金人民币伍仟贰佰元整，押一付三，于每季度首月五日前支付。承租人应当按照约定的用途"
    "使用房屋，不得擅自改变房屋结构，不得转租。"
)
_LINE = 29  # characters


@cache
def photographed_paper() -> bytes:
    """A JPEG of it, the same for everybody."""
    fonts = FontSet.bundled()
    page = Image.new("RGB", _SIZE, _PAPER)
    draw = ImageDraw.Draw(page)
    draw.text((430, 110), "房屋租赁合同", _INK, ImageFont.truetype(str(fonts.bold), 60))
    face = ImageFont.truetype(str(fonts.regular), 33)
    for line in range(26):
        start = line * _LINE % len(_TEXT)
        draw.text((130, 240 + line * 54), (_TEXT * 2)[start : start + _LINE], _INK, face)
    out = io.BytesIO()
    page.save(out, "JPEG", quality=80)
    return out.getvalue()
