"""Example vouchers of invented people, and a small PKI to sign them with."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from PIL import Image, ImageDraw

from certstore.keys import KeySigner, Purpose, generate
from issuance.document.press import A4_VOUCHER, FontSet, Press, Row, VoucherContent

MOMENT = datetime(2026, 11, 22, 4, 0, tzinfo=UTC)
ADDRESS = "示范市海棠区青石路 188 弄 12 号 603 室"
LONG_ADDRESS = (
    "示范市海棠区滨江新城街道青石路第三社区居民委员会辖区内原国营第二纺织机械厂家属院"
    "改造安置小区（二期）东侧第十八幢第三单元二十六层二六〇三室之二"
)


@dataclass(frozen=True)
class TestPki:
    """A root and a document signer it certified."""

    root: x509.Certificate
    signer: KeySigner

    @property
    def root_pem(self) -> bytes:
        return self.root.public_bytes(serialization.Encoding.PEM)


TestPki.__test__ = False  # not a test class


def make_pki(purpose: Purpose = Purpose.DOCUMENT) -> TestPki:
    root_key, key = generate("ES256"), generate("ES256")
    root_name = _name("示范市证照根证书 Test Root")
    root = _certificate(root_name, root_name, root_key.public_key(), root_key, authority=True)
    leaf = _certificate(
        _name("示范市公安局 居住登记专用章"), root_name, key.public_key(), root_key, authority=False
    )
    chain = (leaf.public_bytes(serialization.Encoding.DER),)
    return TestPki(root, KeySigner(purpose, key, chain))


def make_press(pki: TestPki, fonts: FontSet | None = None, **options: int) -> Press:
    return Press(layout=A4_VOUCHER, fonts=fonts or FontSet.bundled(), signer=pki.signer, **options)


def rows(name: str = "林知夏", address: str = ADDRESS) -> tuple[Row, ...]:
    return (
        Row("name", "姓名", "Name", name),
        Row("sex", "性别", "Sex", "女"),
        Row("ethnicity", "民族", "Ethnicity", "维吾尔族" if "·" in name else "汉族"),
        Row("birth_date", "出生日期", "Date of birth", "1996年3月18日"),
        Row("id_number", "公民身份号码", "Citizen ID number", "310199********0020"),
        Row(
            "household_address",
            "户籍地址",
            "Household register",
            "邻省清河市白塔县柳林镇桥头村 3 组 17 号",
        ),
        Row("residence_address", "居住地址", "Address of residence", address),
        Row("dwelling", "居住方式", "Dwelling", "租赁"),
        Row("registered_on", "登记日期", "Registered on", "2026年11月22日"),
    )


def portrait(quality: int = 78, size: tuple[int, int] = (358, 441), **options: object) -> bytes:
    image = Image.new("RGB", size, "#ffffff")
    draw = ImageDraw.Draw(image)
    width, height = size
    draw.ellipse((width * 0.08, height * 0.72, width * 0.92, height * 1.5), fill="#34506e")
    draw.rectangle((width * 0.42, height * 0.6, width * 0.58, height * 0.78), fill="#e2b48f")
    draw.ellipse((width * 0.2, height * 0.05, width * 0.8, height * 0.5), fill="#2b2320")
    draw.ellipse((width * 0.25, height * 0.12, width * 0.75, height * 0.7), fill="#efc5a2")
    for eye in (0.38, 0.62):
        draw.ellipse(
            (width * eye - 9, height * 0.39, width * eye + 9, height * 0.42), fill="#2b2320"
        )
    draw.arc(
        (width * 0.42, height * 0.5, width * 0.58, height * 0.58), 20, 160, fill="#a4533f", width=4
    )
    out = BytesIO()
    image.save(out, "JPEG", quality=quality, **options)
    return out.getvalue()


def content(**changes: object) -> VoucherContent:
    values: dict[str, object] = {
        "identifier": (
            "1.2.156.3005.2.11310000MB0T00015WT01.11310000MB0T00015W.SH20260000000001.001.W"
        ),
        "serial": "SH20260000000001",
        "rows": rows(),
        "photo_jpeg": portrait(),
        "code_text": "RP1:" + "6BFOXN%TS3DH0YOJ58S S-W5HDC *M0II5XHC9B5G2+$N" * 6,
        "url_code_text": "https://juzhu.example.gov.cn/s/7f3kq9wxm2tz",
        "attachment": b'{"identifier":"1.2.156.3005.2","type":"residence_voucher"}',
        "issuer_zh": "示范市公安局",
        "issuer_en": "Shifan Municipal Public Security Bureau",
        "seal_text_zh": "示范市公安局 居住登记专用章",
        "issued_at": MOMENT,
        "issued_on": date(2026, 11, 22),
        "valid_to": date(2027, 11, 21),
        "title": "居住登记凭证",
        "check_url": "https://juzhu.example.gov.cn/scan",
        "specimen": True,
    }
    return VoucherContent(**(values | changes))


def _name(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "示范市人民政府"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


def _certificate(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    issuer_key: ec.EllipticCurvePrivateKey,
    *,
    authority: bool,
) -> x509.Certificate:
    usage = x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=not authority,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(MOMENT - timedelta(days=30))
        .not_valid_after(MOMENT + timedelta(days=365 * 5))
        .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
        .sign(issuer_key, hashes.SHA256())
    )
