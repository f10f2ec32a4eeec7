"""What a credential's type says of itself: names and labels in both languages (SD-JWT VC, §6).

A credential carries the digest of these bytes (`vct#integrity`): for a type that is in wallets
they change no more (docs/adr/0031-wallet-issuing.md; a test holds the digests).
"""

import base64
import hashlib
from functools import lru_cache

from certstore.catalogue import CertificateType
from certstore.tokens import canonical_json
from certstore.wallets.kinds import wallet_kinds

ZH, EN = "zh-CN", "en"
_IDENTIFIER = ("identifier", "电子证照标识", "Certificate identifier")
_ALWAYS = (
    ("type", "证照类型代码", "Type code"),
    ("issuing_authority", "颁发机构代码", "Issuing authority (credit code)"),
)
BACKGROUND, INK = "#14408c", "#ffffff"


def vct_of(origin: str, code: str) -> str:
    """The `vct` of a type: where its metadata is served."""
    return f"{origin}/credentials/{code}"


@lru_cache(maxsize=64)
def type_metadata(origin: str, code: str) -> bytes:
    """The metadata of a type, always the same bytes; KeyError for one that is not for wallets."""
    kind = wallet_kinds()[code]
    said = {
        "vct": vct_of(origin, code),
        "name": kind.title_en,
        "description": f"{kind.title_zh} ({kind.title_en})",
        "display": [
            {"locale": locale, "name": title, "rendering": {"simple": _COLOURS}}
            for locale, title in ((ZH, kind.title_zh), (EN, kind.title_en))
        ],
        "claims": [
            *(_claim(*labels, sd="never") for labels in _ALWAYS),
            *(_claim(*labels, sd="always") for labels in claims_of(kind)),
        ],
    }
    return canonical_json(said)


@lru_cache(maxsize=64)
def integrity(origin: str, code: str) -> str:
    """The digest of a type's metadata as `vct#integrity` has it (W3C Subresource Integrity)."""
    digest = hashlib.sha256(type_metadata(origin, code)).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


def claims_of(kind: CertificateType) -> list[tuple[str, str, str]]:
    """The claims a holder shows one by one: name, label in Chinese, label in English."""
    return [*((f.name, f.label_zh, f.label_en) for f in kind.fields), _IDENTIFIER]


_COLOURS = {"background_color": BACKGROUND, "text_color": INK}


def _claim(name: str, label_zh: str, label_en: str, *, sd: str) -> dict[str, object]:
    labels = [{"locale": ZH, "label": label_zh}, {"locale": EN, "label": label_en}]
    return {"path": [name], "display": labels, "sd": sd}
