"""Where things stand on an annotated copy, and the words that stand on every one.

Lengths are points (1/72 inch), y counts from the bottom of the page.
"""

from dataclasses import replace
from typing import Final

from issuance.document.layout import A4_VOUCHER, Box

PANEL_TITLE_ZH: Final = "加注件"
PANEL_TITLE_EN: Final = "ANNOTATED COPY"
_TEXT: Final = A4_VOUCHER.text
_PHOTO_WIDTH: Final = 80.0

PANEL: Final = Box(_TEXT.x, 570, _TEXT.width, 88)
"""Where purpose, maker, time and expiry stand, above everything that is copied."""

A4_COPY: Final = replace(
    A4_VOUCHER,
    name="a4-copy",
    rows=Box(_TEXT.x, 270, _TEXT.width, 266),
    photo=Box(_TEXT.right - _PHOTO_WIDTH, 430, _PHOTO_WIDTH, _PHOTO_WIDTH * 441 / 358),
    url_code=Box(_TEXT.x, 142, 70, 70),
    title_zh="",
    title_en="",
    statement_zh="本件只为上述用途制作，只列出该用途可以看的内容；其余内容没有抄录。",
    statement_en=(
        "Made for the purpose stated above and for no other. It shows what that purpose may see; "
        "nothing else was copied."
    ),
    notice_zh="仅当电子签名验证通过、原件状态为“有效”且未过截止时间时方可采信；挪作他用无效。",
    notice_en=(
        "Valid only while the electronic signature verifies, the original is in force and the "
        "copy has not expired; void for any other purpose."
    ),
    common_text=A4_VOUCHER.common_text + "用途制作者时间截止：办理仅于本人持证（）",
    code_versions=(),
)
"""A copy with a photo."""

A4_COPY_PLAIN: Final = replace(A4_COPY, photo=A4_COPY.photo._replace(x=_TEXT.right + 22))
"""A copy without one: its fields take the whole width."""
