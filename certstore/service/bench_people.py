"""Invented people, drawn portraits and a certified key for the benchmark of issuing."""

from datetime import date, datetime, timedelta
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image, ImageChops, ImageDraw

from certstore.chance import random_below
from issuance.document.portrait import HEIGHT, WIDTH
from issuance.document.press import Row
from issuance.document.voucher_page import chinese_date

_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章"
_GIVEN = (
    "子涵雨桐浩然思远知夏沐阳清越承泽若溪明轩景行怀瑾书瑶锦程予安星辰望舒云舟嘉木"
    "念慈启航晓岚柏舟听澜青禾南乔𬭎䶮㛃"
)
_NAMES_WITH_DOT = ("阿依古丽·买买提", "巴特尔·孟和", "扎西·顿珠", "古丽娜尔·艾力")
_ETHNICITIES = ("汉族", "汉族", "汉族", "汉族", "回族", "维吾尔族", "苗族", "蒙古族", "藏族")
_DISTRICTS = ("海棠区", "临川区", "望潮区", "白鹭区", "新丰区")
_STREETS = ("青石路", "梧桐巷", "滨江大道", "云岭街", "百草园路", "镜湖路", "栖霞弄", "晴川路")
_ORIGINS = ("清河市白塔县柳林镇桥头村", "宁州市东山区古渡乡石门村", "安陵市北固县云台镇沙井村")
_SKINS = ("#efc5a2", "#e2b48f", "#f3d2b5", "#d9a57d")
_NEARLY_WHITE = 250
_COATS = ("#34506e", "#6b3f4a", "#3d5a45", "#50496b")


def invented_rows(born: date, today: date) -> tuple[Row, ...]:
    """The fields of one invented resident's voucher."""
    name = _NAMES_WITH_DOT[random_below(4)] if random_below(12) == 0 else _name()
    district, street = _one(_DISTRICTS), _one(_STREETS)
    home = f"示范市{district}{street} {1 + random_below(900)} 弄 {1 + random_below(60)} 号"
    tail = f"{random_below(10_000):04d}"
    return (
        Row("name", "姓名", "Name", name),
        Row("sex", "性别", "Sex", _one(("男", "女"))),
        Row("ethnicity", "民族", "Ethnicity", _one(_ETHNICITIES)),
        Row("birth_date", "出生日期", "Date of birth", chinese_date(born)),
        Row("id_number", "公民身份号码", "Citizen ID number", f"990199********{tail}"),
        Row(
            "household_address",
            "户籍地址",
            "Household register",
            f"邻省{_one(_ORIGINS)} {1 + random_below(30)} 组 {1 + random_below(200)} 号",
        ),
        Row(
            "residence_address",
            "居住地址",
            "Address of residence",
            f"{home} {101 + random_below(2500)} 室",
        ),
        Row("dwelling", "居住方式", "Dwelling", _one(("租赁", "自有住房", "亲属住房", "集体宿舍"))),
        Row("registered_on", "登记日期", "Registered on", chinese_date(today)),
    )


def portraits(count: int) -> list[bytes]:
    """Drawn heads with some grain, JPEG of the size and weight of real ID photos (15–20 kB)."""
    return [_portrait(number) for number in range(count)]


def certified_key(moment: datetime) -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """A fresh key and its DER certificate from a fresh root, as an issuing authority has them."""
    root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    usage = x509.KeyUsage(
        digital_signature=True,
        content_commitment=True,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_common_name("示范市公安局 居住登记专用章"))
        .issuer_name(_common_name("示范市证照根证书"))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - timedelta(days=1))
        .not_valid_after(moment + timedelta(days=365))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .sign(root_key, hashes.SHA256())
    )
    return key, certificate.public_bytes(serialization.Encoding.DER)


def _common_name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _name() -> str:
    given = "".join(_one(_GIVEN) for _ in range(1 + (random_below(4) > 0)))
    return _one(_SURNAMES) + given


def _one(choices: str | tuple[str, ...]) -> str:
    return choices[random_below(len(choices))]


def _portrait(number: int) -> bytes:
    image = Image.new("RGB", (WIDTH, HEIGHT), "#ffffff")
    draw = ImageDraw.Draw(image)
    draw.ellipse((30, 320, 328, 660), fill=_COATS[number % len(_COATS)])
    draw.rectangle((150, 270, 208, 345), fill="#d9a57d")
    draw.ellipse((72, 18, 286, 250), fill="#2b2320")
    draw.ellipse((90, 52, 268, 308), fill=_SKINS[number // 2 % len(_SKINS)])
    for eye in (137, 221):
        draw.ellipse((eye - 9, 168, eye + 9, 182), fill="#2b2320")
    draw.arc((150, 220, 208, 256), 20, 160, fill="#a4533f", width=4)
    grain = Image.effect_noise((WIDTH, HEIGHT), 12).convert("RGB")
    ground = image.convert("L").point(lambda level: 0 if level > _NEARLY_WHITE else 255)
    textured = ImageChops.overlay(image, grain)
    out = BytesIO()
    Image.composite(textured, image, ground).save(out, "JPEG", quality=80)
    return out.getvalue()
