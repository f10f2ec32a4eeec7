"""Photographs of papers, made up: drawn papers laid on a desk, seen aslant, lit and shaken.

Every picture is made from drawn pages with an invented city's data and from the voucher our own
press prints; nothing is taken with a camera. Run as a module, this prints the table of
docs/uploads.md.
"""

import io
from collections.abc import Callable, Iterator
from functools import cache
from importlib.resources import files
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFilter, ImageFont

FONTS = Path(str(files("issuance.document").joinpath("fonts")))
VOUCHER = Path(__file__).parents[4] / "docs" / "pictures" / "voucher.png"
INK = (38, 36, 40)
SIZE = (1240, 1754)  # A4 at 150 dots per inch
_PROPERTY = (
    ("权利人", "陈一鸣"),
    ("共有情况", "单独所有"),
    ("坐落", "示范市海港区长乐路88弄6号1203室"),
    ("不动产单元号", "340199 004007 GB00012 F00061203"),
    ("权利类型", "国有建设用地使用权、房屋所有权"),
    ("权利性质", "出让、商品房"),
    ("用途", "住宅"),
    ("面积", "宗地面积 21,408.00㎡、建筑面积 89.42㎡"),
    ("使用期限", "国有建设用地使用权 2012-06-01 起 2082-05-31 止"),
)
_LEASE = (
    "出租人将坐落于示范市梧桐区望江路188弄6号1203室的房屋出租给承租人居住使用，"
    "租赁期限自二〇二六年一月一日起至二〇二六年十二月三十一日止，月租金人民币伍仟贰佰元整，"
    "押一付三，于每季度首月五日前支付。承租人应当按照约定的用途使用房屋，"
    "不得擅自改变房屋结构，不得转租。"
)


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(next(FONTS.glob("*.ttf"))), size)


# -- papers --------------------------------------------------------------------------------


@cache
def property_certificate() -> Image.Image:
    page = Image.new("RGB", SIZE, (250, 246, 238))
    draw = ImageDraw.Draw(page)
    draw.text((330, 120), "示（2024）示范市不动产权第0006120号", INK, font(36))
    for row, (name, value) in enumerate(_PROPERTY):
        top = 240 + row * 120
        draw.rectangle((120, top, 1120, top + 120), outline=INK, width=3)
        draw.line((380, top, 380, top + 120), INK, 3)
        draw.text((140, top + 42), name, INK, font(34))
        draw.text((400, top + 44), value, INK, font(30))
    draw.ellipse((760, 1380, 1060, 1680), outline=(196, 44, 36), width=10)
    draw.text((800, 1505), "登记专用章", (196, 44, 36), font(44))
    return page


@cache
def lease() -> Image.Image:
    page = Image.new("RGB", SIZE, (252, 251, 248))
    draw = ImageDraw.Draw(page)
    draw.text((430, 110), "房屋租赁合同", INK, font(60))
    for line in range(26):
        start = line * 29 % len(_LEASE)
        draw.text((130, 240 + line * 54), (_LEASE * 2)[start : start + 29], INK, font(33))
    return page


@cache
def identity_card() -> Image.Image:
    page = Image.new("RGB", (1712, 1080), (222, 234, 240))
    draw = ImageDraw.Draw(page)
    for row, text in enumerate(("姓名  林晓禾", "性别 女   民族 汉", "出生 1998 年 4 月 6 日")):
        draw.text((120, 130 + row * 150), text, INK, font(58))
    draw.text((120, 600), "住址  示例省安禾市石桥县柳溪镇", INK, font(54))
    draw.text((120, 890), "公民身份号码   340199199804060287", INK, font(62))
    draw.rounded_rectangle((1180, 160, 1580, 680), 20, (180, 196, 210))
    draw.ellipse((1290, 220, 1470, 430), (232, 200, 176))
    draw.rectangle((1250, 450, 1510, 680), (60, 80, 110))
    return page


@cache
def voucher() -> Image.Image:
    with Image.open(VOUCHER) as opened:
        page = opened.convert("RGB")
    return page.resize((SIZE[0], round(page.height * SIZE[0] / page.width)))


PAPERS: dict[str, Callable[[], Image.Image]] = {
    "property certificate": property_certificate,
    "lease": lease,
    "identity card": identity_card,
    "voucher": voucher,
}

# -- the desk ------------------------------------------------------------------------------


def desk(size: tuple[int, int], tone: int = 96) -> np.ndarray:
    """A wooden desk, dark enough to tell paper from it."""
    across = np.arange(size[0])[None, :] / 37.0
    down = np.arange(size[1])[:, None] / 9.0
    grain = 9 * np.sin(down + 2 * np.sin(across / 3)) + 5 * np.sin(across * 2.1)
    base = np.array([tone * 1.12, tone, tone * 0.82])
    return np.clip(base[None, None, :] + grain[..., None], 0, 255)


def _corners(size, aslant):
    wide, high = size
    left, right = 0.13 + aslant, 0.87 - aslant * 0.3
    return (
        (left * wide, (0.08 + aslant * 0.4) * high),
        (right * wide, 0.09 * high),
        ((0.90 + aslant * 0.2) * wide, 0.91 * high),
        ((0.10 - aslant * 0.2) * wide, (0.90 + aslant * 0.3) * high),
    )


def _coefficients(target, source):
    rows, values = [], []
    for (x, y), (u, v) in zip(target, source, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        values += [u, v]
    return np.linalg.solve(np.array(rows), np.array(values))


def laid(
    paper: Image.Image, *, aslant: float = 0.04, tone: int = 96, zoom: float = 1.0, shift=(0, 0)
):
    """The paper on the desk, photographed from above and a little aslant."""
    size = (1500, 2000) if paper.height > paper.width else (2000, 1500)
    centre = (size[0] / 2, size[1] / 2)
    target = [
        (
            centre[0] + (x - centre[0]) * zoom + shift[0] * size[0],
            centre[1] + (y - centre[1]) * zoom + shift[1] * size[1],
        )
        for x, y in _corners(size, aslant)
    ]
    w, h = paper.size
    source = [(0, 0), (w, 0), (w, h), (0, h)]
    how = tuple(_coefficients(target, source))
    mask = Image.new("L", paper.size, 255).transform(size, Image.Transform.PERSPECTIVE, how)
    seen = paper.transform(size, Image.Transform.PERSPECTIVE, how, Image.Resampling.BICUBIC)
    share = np.asarray(mask, dtype=np.float32)[..., None] / 255
    lit = np.asarray(seen, dtype=np.float32) * 0.84
    ground = desk(size, tone)
    fall = (1.06 - 0.18 * np.linspace(0, 1, size[0], dtype=np.float32))[None, :, None]
    return _picture((lit * share + ground.astype(np.float32) * (1 - share)) * fall)


def _picture(values) -> Image.Image:
    return Image.fromarray(np.clip(values, 0, 255).astype(np.uint8), "RGB")


# -- what goes wrong -----------------------------------------------------------------------


def blurred(picture: Image.Image, radius: float) -> Image.Image:
    return picture.filter(ImageFilter.GaussianBlur(radius))


def shaken(picture: Image.Image, length: int) -> Image.Image:
    """Moved sideways while the shutter was open."""
    values = np.asarray(picture, dtype=np.float32)
    sums = np.cumsum(np.pad(values, ((0, 0), (length, 0), (0, 0)), mode="edge"), axis=1)
    return _picture((sums[:, length:] - sums[:, :-length]) / length)


def with_glare(picture: Image.Image, share: float = 0.2) -> Image.Image:
    """A lamp mirrored on the paper."""
    high, wide = picture.height, picture.width
    down, across = np.mgrid[0:high, 0:wide]
    far = np.hypot((across - wide * 0.55) / wide, (down - high * 0.42) / high)
    light = np.clip((share - far) / share, 0, 1)[..., None] ** 0.5 * 330
    return _picture(np.asarray(picture, dtype=np.float32) + light)


def dimmed(picture: Image.Image, share: float) -> Image.Image:
    values = np.asarray(picture, dtype=np.float32) * share
    noise = np.random.default_rng(7).normal(0, 2.0, values.shape[:2])[..., None]
    return _picture(values + noise)


def noisy(picture: Image.Image, deviation: float = 7.0) -> Image.Image:
    noise = np.random.default_rng(5).normal(0, deviation, (picture.height, picture.width, 1))
    return _picture(np.asarray(picture, dtype=np.float32) + noise)


def scanned(paper: Image.Image) -> Image.Image:
    """From a flatbed: the paper fills the frame and is as white as white can be."""
    values = np.asarray(paper, dtype=np.float32)
    return _picture((values - 20) * 1.13)


def shrunk(picture: Image.Image, side: int) -> Image.Image:
    scale = side / max(picture.size)
    return picture.resize((round(picture.width * scale), round(picture.height * scale)))


WAYS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "lying well": laid,
    "aslant": lambda p: laid(p, aslant=0.1),
    "grainy": lambda p: noisy(laid(p)),
    "on a light desk": lambda p: laid(p, tone=150),
    "scanned": scanned,
    "compressed hard": lambda p: opened(saved(laid(p), 35)),
    "blurred 2 px": lambda p: blurred(laid(p), 2),
    "blurred 4 px": lambda p: blurred(laid(p), 4),
    "blurred 6 px": lambda p: blurred(laid(p), 6),
    "blurred 12 px": lambda p: blurred(laid(p), 12),
    "shaken 8 px": lambda p: shaken(laid(p), 8),
    "shaken 24 px": lambda p: shaken(laid(p), 24),
    "glare, small": lambda p: with_glare(laid(p), 0.12),
    "glare, large": lambda p: with_glare(laid(p), 0.3),
    "dim": lambda p: dimmed(laid(p), 0.42),
    "dark": lambda p: dimmed(laid(p), 0.14),
    "cut on the left": lambda p: laid(p, shift=(-0.2, 0)),
    "cut at the bottom": lambda p: laid(p, shift=(0, 0.18)),
    "too near": lambda p: laid(p, zoom=1.5),
    "coarse": lambda p: shrunk(laid(p), 900),
    "tiny": lambda p: shrunk(laid(p), 420),
    "another side, blank": lambda p: laid(Image.new("RGB", p.size, (250, 248, 244))),
}


def saved(picture: Image.Image, quality: int = 88, **options: object) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def opened(data: bytes) -> Image.Image:
    return Image.open(io.BytesIO(data)).convert("RGB")


@cache
def photograph(paper: str, way: str) -> bytes:
    """One of the set, as a JPEG file."""
    return saved(WAYS[way](PAPERS[paper]()))


# -- the table -----------------------------------------------------------------------------


def said_of(data: bytes) -> str:
    from verifiers.materials.handed_in import Refused  # noqa: PLC0415
    from verifiers.materials.handed_in_profile import read_profile  # noqa: PLC0415
    from verifiers.materials.handed_in_work import judge_file  # noqa: PLC0415

    judged = judge_file(data, read_profile())
    if isinstance(judged, Refused):
        return "refused: " + " ".join(judged.faults)
    return " ".join(judged.advice) or "–"


def table() -> Iterator[str]:
    yield "| photographed | " + " | ".join(PAPERS) + " |"
    yield "|---|" + "---|" * len(PAPERS)
    for way in WAYS:
        said = " | ".join(said_of(photograph(paper, way)) for paper in PAPERS)
        yield f"| {way} | {said} |"


if __name__ == "__main__":
    print("\n".join(table()))
