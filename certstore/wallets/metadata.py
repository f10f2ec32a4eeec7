"""What wallets read before anything else: OpenID4VCI 1.0 §12.2, RFC 8414; signed or not."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from certstore.authorization import dpop
from certstore.catalogue import CertificateType
from certstore.certificate_chain import spell_x5c
from certstore.clock import Clock, unix
from certstore.keys import Signer
from certstore.tokens import sign_compact
from certstore.wallets.kinds import wallet_kinds
from certstore.wallets.type_metadata import BACKGROUND, EN, INK, ZH, claims_of, vct_of

SIGNED_TYP: Final = "openidvci-issuer-metadata+jwt"
FORMAT: Final = "dc+sd-jwt"
BATCH_SIZE: Final = 10
MAX_AGE_S: Final = 300
PRE_AUTHORIZED: Final = "urn:ietf:params:oauth:grant-type:pre-authorized_code"
AUTHORIZATION_CODE: Final = "authorization_code"
_ALGORITHM: Final = "ES256"
_SIGNED_LIFE: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class WalletAddresses:
    """Under which names wallets know us: the issuer is the service itself, the server beside it.

    Wallets have an authorization server of their own, so that no rule for agencies' services is
    one for wallets, or the other way round.
    """

    origin: str

    @property
    def server(self) -> str:
        """The authorization server's issuer identifier."""
        return f"{self.origin}/wallets"

    def at(self, endpoint: str) -> str:
        """An endpoint's address."""
        return f"{self.server}/{endpoint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletMetadataDesk:
    """Says what can be had, where, and with which keys."""

    addresses: WalletAddresses
    signer: Signer
    name_zh: str
    name_en: str
    clock: Clock

    def issuer(self) -> dict[str, Any]:
        """The credential issuer's metadata; what is not named is not supported (encryption)."""
        at = self.addresses
        return {
            "credential_issuer": at.origin,
            "authorization_servers": [at.server],
            "credential_endpoint": at.at("credential"),
            "nonce_endpoint": at.at("nonce"),
            "deferred_credential_endpoint": at.at("deferred"),
            "notification_endpoint": at.at("notification"),
            "batch_credential_issuance": {"batch_size": BATCH_SIZE},
            "display": [
                {"name": self.name_zh, "locale": ZH},
                {"name": self.name_en, "locale": EN},
            ],
            "credential_configurations_supported": {
                code: _configuration(at.origin, kind) for code, kind in wallet_kinds().items()
            },
        }

    def signed_issuer(self) -> str:
        """The same as a JWS with the signer's certificate (OpenID4VCI 1.0 §12.2.3)."""
        now = self.clock.now()
        claims = {
            **self.issuer(),
            "iss": self.addresses.origin,
            "sub": self.addresses.origin,
            "iat": unix(now),
            "exp": unix(now + _SIGNED_LIFE),
        }
        header = {"x5c": spell_x5c(self.signer.chain)}
        return sign_compact(claims, typ=SIGNED_TYP, signer=self.signer, header=header)

    def server(self) -> dict[str, Any]:
        """The authorization server's metadata (RFC 8414 §2)."""
        at = self.addresses
        return {
            "issuer": at.server,
            "authorization_endpoint": at.at("authorize"),
            "token_endpoint": at.at("token"),
            "pushed_authorization_request_endpoint": at.at("par"),
            "require_pushed_authorization_requests": True,
            "response_types_supported": ["code"],
            "response_modes_supported": ["query"],
            "grant_types_supported": [AUTHORIZATION_CODE, PRE_AUTHORIZED],
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none"],
            "pre-authorized_grant_anonymous_access_supported": True,
            "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
            "authorization_response_iss_parameter_supported": True,
            "scopes_supported": list(wallet_kinds()),
        }


def wants_signed(accept: str) -> bool:
    """Whether an Accept header prefers `application/jwt` (RFC 9110 §12.5.1); JSON if in doubt."""
    ranked = {"application/jwt": (0.0, 0), "application/json": (0.0, 0)}
    for place, entry in enumerate(accept.split(",")[:20]):
        kind, *parameters = (part.strip().lower() for part in entry.split(";"))
        if kind in ranked:
            ranked[kind] = max(ranked[kind], (_quality(parameters), -place))
    signed, plain = ranked["application/jwt"], ranked["application/json"]
    return signed[0] > 0 and signed > plain


def _quality(parameters: list[str]) -> float:
    said = next((p[2:] for p in parameters if p.startswith("q=")), "1")
    try:
        return float(said) if len(said) <= len("0.123") else 0.0
    except ValueError:
        return 0.0


def _configuration(origin: str, kind: CertificateType) -> dict[str, Any]:
    titles = ((ZH, kind.title_zh), (EN, kind.title_en))
    optional = {f.name for f in kind.fields if f.optional}
    return {
        "format": FORMAT,
        "scope": kind.code,
        "vct": vct_of(origin, kind.code),
        "cryptographic_binding_methods_supported": ["jwk"],
        "credential_signing_alg_values_supported": [_ALGORITHM],
        "proof_types_supported": {"jwt": {"proof_signing_alg_values_supported": [_ALGORITHM]}},
        "credential_metadata": {
            "display": [
                {"name": name, "locale": at, "background_color": BACKGROUND, "text_color": INK}
                for at, name in titles
            ],
            "claims": [
                {
                    "path": [name],
                    "mandatory": name not in optional,
                    "display": [{"name": zh, "locale": ZH}, {"name": en, "locale": EN}],
                }
                for name, zh, en in claims_of(kind)
            ],
        },
    }
