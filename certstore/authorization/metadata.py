"""What machines read about the token endpoints: RFC 8414, RFC 9728, and the keys (RFC 7517)."""

from dataclasses import dataclass
from typing import Any

from certstore.authorization import client_assertion, dpop
from certstore.authorization.details import DETAILS_TYPE
from certstore.authorization.standing import TokenStandingDesk
from certstore.authorization.token_desk import GRANT_TYPE, TokenDesk
from certstore.clock import Clock
from certstore.jwk import to_jwk
from certstore.key_rotation import KeySuccession
from certstore.keys import algorithm_of

MAX_AGE_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataDesk:
    """Says where tokens are given and asked about, what is taken, and with which keys."""

    tokens: TokenDesk
    standing: TokenStandingDesk
    keys: KeySuccession
    clock: Clock

    def server(self) -> dict[str, Any]:
        """The authorization server's metadata (RFC 8414 §2)."""
        issuer = self.tokens.issuer
        algorithms = list(client_assertion.ALGORITHMS)
        return {
            "issuer": issuer,
            "token_endpoint": self.tokens.token_endpoint,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": algorithms,
            "introspection_endpoint": self.standing.introspection_endpoint,
            "introspection_endpoint_auth_methods_supported": ["private_key_jwt"],
            "introspection_endpoint_auth_signing_alg_values_supported": algorithms,
            "revocation_endpoint": self.standing.revocation_endpoint,
            "revocation_endpoint_auth_methods_supported": ["private_key_jwt"],
            "revocation_endpoint_auth_signing_alg_values_supported": algorithms,
            "jwks_uri": f"{issuer}/oauth2/jwks",
            "grant_types_supported": [GRANT_TYPE],
            "response_types_supported": [],
            "authorization_details_types_supported": [DETAILS_TYPE],
            "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
            "protected_resources": [issuer],
        }

    def resource(self) -> dict[str, Any]:
        """The protected resource's metadata (RFC 9728 §2)."""
        issuer = self.tokens.issuer
        return {
            "resource": issuer,
            "authorization_servers": [issuer],
            "bearer_methods_supported": ["header"],
            "dpop_signing_alg_values_supported": list(dpop.ALGORITHMS),
            "dpop_bound_access_tokens_required": False,  # of each client by itself
            "authorization_details_types_supported": [DETAILS_TYPE],
        }

    def key_set(self) -> dict[str, Any]:
        """The keys that sign tokens: the next, the present, and former ones while tokens live."""
        keys = self.keys.published(self.clock.now())
        return {
            "keys": [
                {
                    **to_jwk(key.public_key),
                    "kid": key.kid,
                    "alg": algorithm_of(key.public_key),
                    "use": "sig",
                }
                for key in keys
            ]
        }
