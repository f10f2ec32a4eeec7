"""A provider that signs its results and hands them in itself: our own shape, the sandbox's.

Taken from nobody: docs/face.md describes it for a provider that is willing. A start is one
POST to `<endpoint>/verifications`; a result is a compact JWS (`face-result+jwt`, RFC 7515)
handed in at `POST /v1/face-results`, read by face_auth/result.py behind the strict reader of
certstore/tokens.py, and believed by the keys that our registry lists for the provider.
"""

import json
from dataclasses import dataclass

from pydantic import SecretStr

from certstore import base64url
from certstore.clock import unix
from face_auth.adapters.asking import Asker
from face_auth.adapters.reading import Reader
from face_auth.challenge import Started, StartRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedPush:
    """Begins verifications; their results come by themselves."""

    asker: Asker
    secret: SecretStr

    def start(self, request: StartRequest) -> Started:
        """Tell the provider whom to verify, and what to bind its result with; see Starter."""
        said = {
            "our_txn": request.our_txn,
            "nonce": request.nonce,
            "binding_key": base64url.encode(request.binding_key),
            "audience": request.audience,
            "name": request.holder.name,
            "id_type": request.holder.id_type,
            "id_number": request.holder.id_number,
            "matter": request.matter,
            "return_url": f"{request.audience}{request.return_to}",
            "expires_at": unix(request.expires_at),
        }
        headers = {
            "content-type": "application/json",
            "authorization": f"Bearer {self.secret.get_secret_value()}",
        }
        body = json.dumps(said, ensure_ascii=False).encode()
        answer = self.asker.post("/verifications", body, headers=headers)
        found = Reader(self.asker.provider, answer.members)
        return Started(found.text("provider_txn"), found.address("url"))
