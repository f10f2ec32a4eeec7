"""A face desk whose providers are asked: every adapter there is, at a provider on loopback."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from pydantic import SecretStr

from certstore.certificates import Holder
from certstore.clock import unix
from certstore.keys import RsaSigner
from certstore.storage.database import Database
from certstore.tables.books import Archive
from certstore.tables.metadata import metadata
from face_auth.acceptance import FaceDesk
from face_auth.adapters.catalogue import connect
from face_auth.challenge import Challenge
from face_auth.providers import read_registry
from face_auth.rules import read_rules
from face_auth.tables import FaceBook
from tests.unit.face_auth.adapters.loopback import Asked, Loopback, Said
from tests.unit.face_auth.office import APPLICATION, AUDIENCE, HOLDER, StillClock

ISSUER = "https://mini.example"
ACCOUNT = f"{ISSUER}#openid-1"
ENTRY = """
[[provider]]
id = "{name}"
adapter = "{name}"
kind = "pull"
name_zh = "{name}"
name_en = "{name}"
active_from = 2026-01-01
active_to = 2026-12-31
comparison_source = "police_photo_base"
fmr = 0.0001
assurance_level = "substantial"
pad = {{ certificate = "PAD", until = 2026-12-31 }}
iad = {{ certificate = "IAD", until = 2026-12-31 }}
endpoint = "{endpoint}"
{more}
"""
MORE = {
    "wechat": """
launch = "https://mini.example/face?id={id}"
unsaid = { channel = "mini_program", mode = "1:1", device_risk = [], score = "decided_by_provider",\
 subject = "since_begun", verified_at = "since_begun" }""",
    "aliyun": """
threshold = 80.0
unsaid = { channel = "web", mode = "1:1", device_risk = [], subject = "since_begun",\
 verified_at = "since_begun" }""",
    "tencent": """
threshold = 70.0
unsaid = { channel = "web", mode = "1:1", device_risk = [] }""",
    "alipay": """
unsaid = { channel = "app", mode = "1:1", device_risk = [], score = "decided_by_provider",\
 subject = "since_begun", verified_at = "since_begun" }""",
    "network_identity": """
allow_unproven = true
threshold = 80.0
launch = "https://app.example/auth?seq={id}"
unsaid = { channel = "app", device_risk = [] }""",
}
CREDENTIALS = {
    "wechat": {"app_id": "wx1", "app_secret": "APPSECRET", "openid_issuer": ISSUER},
    "aliyun": {"key_id": "k", "key_secret": "KEYSECRET", "scene_id": "1", "product": "ID_PRO"},
    "tencent": {"secret_id": "i", "secret_key": "KEYSECRET", "rule_id": "1"},
    "alipay": {"app_id": "2021", "key_file": "ours.pem", "alipay_key": "…"},
    "network_identity": {
        "org_id": "1",
        "business_id": "2",
        "secret": "KEYSECRET",
        "pairwise_issuer": ISSUER,
    },
}
NAMES = tuple(MORE)
PICTURE = "PICTUREMARK" * 40


@cache
def rsa_key(name: str) -> rsa.RSAPrivateKey:
    assert name
    return rsa.generate_private_key(65537, 2048)


def alipay_public() -> str:
    der = (
        rsa_key("alipay")
        .public_key()
        .public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(der).decode()


def alipay_answer(method: str, content: Mapping) -> Said:
    body = json.dumps(content).encode()
    signature = rsa_key("alipay").sign(body, padding.PKCS1v15(), hashes.SHA256())
    name = f"alipay_user_certify_open_{method}_response"
    sign = base64.b64encode(signature).decode()
    return Said(f'{{"{name}":'.encode() + body + f',"sign":"{sign}"}}'.encode())


@dataclass
class PulledOffice:
    """`pass_as` changes what the providers say; `holder` is whom they say it of."""

    database: Database
    provider: Loopback
    name: str
    clock: StillClock = field(default_factory=StillClock)
    changes: dict = field(default_factory=dict)
    holder: Holder = HOLDER
    started: int = 0
    nonce: str | None = None

    def __post_init__(self) -> None:
        metadata.create_all(self.database.engine)
        self.archive = Archive(self.database)
        self.provider.answer = self.say
        text = ENTRY.format(name=self.name, endpoint=self.provider.url, more=MORE[self.name])
        registry = read_registry(text, demonstration=False)
        said = {**CREDENTIALS[self.name]}
        if self.name == "alipay":
            said["alipay_key"] = alipay_public()
        connected = connect(
            registry.providers[self.name],
            {name: SecretStr(value) for name, value in said.items()},
            self.clock,
            lambda path: RsaSigner(rsa_key(path.name)),
        )
        # Patient: fifty ask at once in one test, on a machine that may be busy.
        patient = replace(connected.starter.asker, patience=60.0)
        speaker = replace(connected.starter, asker=patient)
        self.desk = FaceDesk(
            archive=self.archive,
            registry=registry,
            starters={self.name: speaker},
            pullers={self.name: speaker},
            clock=self.clock,
            rules=read_rules(),
            provider=self.name,
            audience=AUDIENCE,
        )

    def begin(self, holder: Holder = HOLDER) -> Challenge:
        challenge = self.desk.begin(
            holder, ACCOUNT, APPLICATION, "/a", matter="residence_registration", client_info="{}"
        )
        self.nonce = self.transaction(challenge).nonce
        return challenge

    def fetch(self, challenge: Challenge, holder: Holder = HOLDER, account: str = ACCOUNT):
        return self.desk.fetch(challenge.txn, holder, account)

    def transaction(self, challenge: Challenge):
        with self.archive.reading() as books:
            return FaceBook(books.connection).find(challenge.txn)

    def say(self, asked: Asked) -> object:
        return SAYS[self.name](self, asked)

    def next_id(self) -> str:
        self.started += 1
        return f"PROVIDER-{self.started:08}"

    def close(self) -> None:
        self.database.close()


def _wechat(office: PulledOffice, asked: Asked) -> object:
    if asked.path.endswith("stable_token"):
        return {"access_token": "TOKEN", "expires_in": 7200}
    if asked.path.endswith("getverifyid"):
        return {"errcode": 0, "verify_id": f"{office.next_id():x<200}"}
    return {"errcode": 0, "verify_ret": 10000, "picture": PICTURE, **office.changes}


def _aliyun(office: PulledOffice, asked: Asked) -> object:
    if asked.headers["x-acs-action"] == "InitFaceVerify":
        found = {"CertifyId": office.next_id(), "CertifyUrl": "https://verify.example/1"}
    else:
        material = {
            "faceAttack": "F",
            "facialPictureFront": {"verifyScore": 95.0, "pictureUrl": f"https://{PICTURE}"},
        }
        found = {
            "Passed": "T",
            "DeviceToken": PICTURE,
            "MaterialInfo": json.dumps(material),
            **office.changes,
        }
    return {"Code": "200", "ResultObject": found}


def _tencent(office: PulledOffice, asked: Asked) -> object:
    if asked.headers["x-tc-action"] == "DetectAuth":
        return {"Response": {"BizToken": office.next_id(), "Url": "https://faceid.example/1"}}
    text = {
        **dict.fromkeys(("ErrCode", "LiveStatus", "Comparestatus"), 0),
        "Name": office.holder.name,
        "IdCard": office.holder.id_number,
        "Sim": "95.00",
        "Extra": office.nonce,
        "LivenessDetail": [{"Errcode": 0, "ReqTime": f"{unix(office.clock.now())}000"}],
        **office.changes,
    }
    frame = {"BestFrame": PICTURE}
    return {"Response": {"Text": text, "BestFrame": frame, "VideoData": {"LivenessVideo": PICTURE}}}


def _alipay(office: PulledOffice, asked: Asked) -> object:
    if asked.query["method"].endswith("initialize"):
        return alipay_answer("initialize", {"code": "10000", "certify_id": office.next_id()})
    said = {"code": "10000", "passed": "T", "material_info": PICTURE, **office.changes}
    return alipay_answer("query", said)


def _network_identity(office: PulledOffice, asked: Asked) -> object:
    return {
        "bizSeq": asked.json["bizSeq"],
        "mode": "网证+人脸",
        "result": "通过",
        "pairwiseID": "openid-1",
        "faceScore": "92.5",
        "time": office.clock.now().isoformat(),
        "photo": PICTURE,
        **office.changes,
    }


SAYS: dict[str, Callable[[PulledOffice, Asked], object]] = {
    "wechat": _wechat,
    "aliyun": _aliyun,
    "tencent": _tencent,
    "alipay": _alipay,
    "network_identity": _network_identity,
}
