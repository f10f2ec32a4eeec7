"""A wallet made by hand, of joserfc and PyJWT: it holds a credential of ours and shows it.

It shares no code with what judges it, but for the issuing of the credential.
"""

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc import jwe
from joserfc.jwk import ECKey

from certstore.catalogue import certificate_type
from certstore.certificates import Certificate
from certstore.clock import unix
from certstore.jwk import to_jwk
from certstore.keys import Purpose
from certstore.sd_jwt import issue_sd_jwt
from certstore.service.wiring import House

SHOWN = {"minimal": {"name", "valid_until"}, "district": {"residence_district", "valid_until"}}


def spell(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def credential_of(house: House, certificate: Certificate, holder_key, **changes) -> str:
    """The certificate as an SD-JWT VC bound to a holder's key, all its fields disclosable."""
    kind = certificate_type(certificate.type_code)
    now, entry = house.clock.now(), certificate.status_entry
    given = {
        "vct": f"{house.settings.public_url}/credentials/{kind.code}",
        "signer": house.keys.signer(Purpose.CREDENTIAL),
        "status": {
            "idx": entry.index,
            "uri": f"{house.settings.public_url}/status-lists/{entry.list_number}",
        },
        "iat": unix(now),
        "exp": unix(now + timedelta(days=300)),
        "cnf": {"jwk": to_jwk(holder_key.public_key())},
        **changes,
    }
    always = {"iss": house.settings.public_url, "type": kind.type_code, "specimen": True}
    fields = {**certificate.fields, "identifier": certificate.identifier}
    return issue_sd_jwt(always, fields, **given)


@dataclass
class Wallet:
    """Holds one credential and its key."""

    credential: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )

    @classmethod
    def holding(cls, house: House, certificate: Certificate, **changes) -> "Wallet":
        key = ec.generate_private_key(ec.SECP256R1())
        return cls(credential_of(house, certificate, key, **changes), key)

    def present(self, request, keep, *, header=None, sign_with=None, **changes) -> str:
        """The credential with the fields kept, and the proof behind it."""
        signed, *disclosures = self.credential[:-1].split("~")
        kept = [d for d in disclosures if json.loads(unspell(d))[1] in keep]
        shown = "~".join([signed, *kept, ""])
        claims = {
            "iat": request["iat"],
            "aud": request["client_id"],
            "nonce": request["nonce"],
            "sd_hash": spell(hashlib.sha256(shown.encode()).digest()),
            **changes,
        }
        claims = {name: value for name, value in claims.items() if value is not ...}
        head = {"typ": "kb+jwt"} | (header or {})
        return shown + jwt.encode(claims, sign_with or self.key, algorithm="ES256", headers=head)


def unspell(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def sealed(request, said, *, enc="A128GCM", **header) -> str:
    """An answer sealed for who asked."""
    (jwk,) = request["client_metadata"]["jwks"]["keys"]
    head = {"alg": "ECDH-ES", "enc": enc, "kid": jwk["kid"], **header}
    registry = jwe.JWERegistry(algorithms=[head["alg"], enc, "DEF"])
    return jwe.encrypt_compact(
        head, json.dumps(said).encode(), ECKey.import_key(jwk), registry=registry
    )


def fetched(http, link, *, nonce=None) -> dict:
    """The request that a link leads to, verified as a wallet does: by certificate, up to a root."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(link).query).items()}
    path = urlsplit(asked["request_uri"]).path
    answer = http.get(path) if nonce is None else http.post(path, data={"wallet_nonce": nonce})
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/oauth-authz-req+jwt"
    header = jwt.get_unverified_header(answer.text)
    (leaf,) = [base64.b64decode(text) for text in header["x5c"]]
    certificate = x509.load_der_x509_certificate(leaf)
    root = x509.load_pem_x509_certificate(http.get("/.well-known/certstore-root.pem").content)
    certificate.verify_directly_issued_by(root)
    request = jwt.decode(
        answer.text,
        certificate.public_key(),
        algorithms=["ES256"],
        audience="https://self-issued.me/v2",
        options={"verify_exp": False, "verify_iat": False},  # the house's clock is moved
    )
    digest = spell(hashlib.sha256(leaf).digest())
    assert header["typ"] == "oauth-authz-req+jwt"
    assert request["client_id"] == asked["client_id"] == f"x509_hash:{digest}"
    return request


def answered(http, request, said, **how):
    """Send an answer; what the service says to it."""
    path = urlsplit(request["response_uri"]).path
    return http.post(path, data={"response": sealed(request, said, **how)})


def pem(key: ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
