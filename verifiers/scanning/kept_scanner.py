"""What a browser keeps so that the scanner opens without a network, and how it installs."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from certstore.catalogue import catalogue

PAGES: Final = tuple(
    f"{path}?lang={lang}" for path in ("/scan", "/scan/history") for lang in ("zh", "en")
)
MANIFESTS: Final = ("/scan/zh.webmanifest", "/scan/en.webmanifest")

ICONS: Final = tuple(f"scanner/icon-{kind}.png" for kind in ("192", "512", "maskable-512"))


def pinned_key(root: x509.Certificate) -> str:
    """The root's SubjectPublicKeyInfo (DER, base64): all that the scanner page trusts."""
    spki = root.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return base64.b64encode(spki).decode("ascii")


def national_codes() -> dict[str, str]:
    """The national code that stands in signed codes, of each type that is sealed here."""
    return {kind.code: kind.type_code for kind in catalogue().values() if kind.layout}


def worker_script(source: str, pages: Sequence[str], files: Sequence[str]) -> str:
    """The worker with what it keeps, and a version that changes with any of it.

    `pages` are the pages as they are served without a session, `files` what they load.
    """
    kept = [*files, *MANIFESTS]
    spelled = json.dumps([source, *pages, *kept]).encode()
    version = hashlib.sha256(spelled).hexdigest()[:16]
    named = {"VERSION": version, "PAGES": list(PAGES), "FILES": kept}
    head = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in named.items())
    return head + source


def manifest(lang: str, t: Callable[[str], str], asset: Callable[[str], str]) -> dict[str, object]:
    """The web application manifest (W3C) in one language."""
    icon = {"type": "image/png"}
    return {
        "id": "/scan",
        "name": str(t("foot.scan")),
        "short_name": str(t("scan.title")),
        "lang": "zh-CN" if lang == "zh" else "en",
        "start_url": f"/scan?lang={lang}",
        "scope": "/scan",
        "display": "standalone",
        "background_color": "#f5f4ef",
        "theme_color": "#f5f4ef",
        "icons": [
            {"src": asset(ICONS[0]), "sizes": "192x192", **icon},
            {"src": asset(ICONS[1]), "sizes": "512x512", **icon},
            {"src": asset(ICONS[2]), "sizes": "512x512", "purpose": "maskable", **icon},
        ],
    }
