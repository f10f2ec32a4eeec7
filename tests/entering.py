"""An app that hands people over: its key, its line in the list, what its server signs."""

from certstore import base64url
from certstore.chance import token
from certstore.clock import unix
from certstore.hand_over.assertion import TYP
from certstore.jwk import thumbprint, to_jwk
from certstore.keys import KeySigner, Purpose, generate
from certstore.tokens import canonical_json

AUDIENCE = "http://127.0.0.1:8000"
BACK = "democity://home"


class AppServer:
    """The server of an app: signs who is signed in there."""

    def __init__(self, code="city-app", audience=AUDIENCE):
        self.code, self.audience = code, audience
        self.signer = KeySigner(Purpose.CODE, generate("ES256"))

    def listed(self, origins=("https://app.example",), back=BACK):
        """Its table in the file of hosts."""
        jwk = ", ".join(f'{k} = "{v}"' for k, v in to_jwk(self.signer.public_key).items())
        lines = [
            "[[host]]",
            f'code = "{self.code}"',
            'name_zh = "示范市民 App"',
            'name_en = "Demo Citizen app"',
            f"keys = [{{ {jwk} }}]",
            f"origins = {list(origins)}".replace("'", '"'),
        ]
        return "\n".join([*lines, *([f'back = "{back}"'] if back else [])]) + "\n"

    def claims(self, holder, now, **changes):
        """What it says of somebody; a change to None leaves the claim out."""
        at = unix(now)
        said = {
            "iss": self.code,
            "aud": self.audience,
            "sub": f"account-of-{holder.id_number[-4:]}",
            "jti": token(),
            "iat": at,
            "exp": at + 60,
            "auth_time": at - 300,
            "name": holder.name,
            "id_number": holder.id_number,
            "to": "/applications",
            **changes,
        }
        return {name: value for name, value in said.items() if value is not None}

    def assertion(self, holder, now, *, header=(), **changes):
        """The same, signed."""
        return self.signed(self.claims(holder, now, **changes), **dict(header))

    def signed(self, claims, **header):
        """A compact JWS by its key; `header` spoils the header."""
        head = {"alg": "ES256", "kid": thumbprint(self.signer.public_key), "typ": TYP, **header}
        parts = [base64url.encode(canonical_json(part)) for part in (head, claims)]
        signing_input = ".".join(parts)
        return f"{signing_input}.{base64url.encode(self.signer.sign(signing_input.encode()))}"
