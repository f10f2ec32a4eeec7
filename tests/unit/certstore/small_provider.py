"""A real OpenID provider on loopback: discovery, code flow with PKCE, keys that can be rotated.

Tokens are signed with PyJWT and `cryptography` directly, not with the code under test.
"""

import base64
import hashlib
import http.server
import json
import threading
import time
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from jwt import algorithms, api_jws

from tests.sealed import LIN

JWS = api_jws.PyJWS()
SIGNED_WITH = ("RS256", "PS256", "ES256", "ES384", "EdDSA")


def make_key(algorithm, bits=2048):
    """A private key for an algorithm."""
    if algorithm in {"RS256", "PS256"}:
        return rsa.generate_private_key(65_537, bits)
    if algorithm == "EdDSA":
        return ed25519.Ed25519PrivateKey.generate()
    return ec.generate_private_key(ec.SECP384R1() if algorithm == "ES384" else ec.SECP256R1())


def as_jwk(key, **more):
    """The public half as a JWK."""
    public = key.public_key()
    if isinstance(public, rsa.RSAPublicKey):
        found = algorithms.RSAAlgorithm.to_jwk(public, as_dict=True)
    elif isinstance(public, ec.EllipticCurvePublicKey):
        found = algorithms.ECAlgorithm.to_jwk(public, as_dict=True)
    else:
        found = algorithms.OKPAlgorithm.to_jwk(public, as_dict=True)
    return {
        name: found[name] for name in ("kty", "n", "e", "crv", "x", "y") if name in found
    } | more


def sign(claims, key, algorithm, **header):
    """A compact token; a header member given as None is left out."""
    payload = claims if isinstance(claims, bytes) else json.dumps(claims).encode()
    if header.get("typ", "") is None:
        header = {name: value for name, value in header.items() if name != "typ"} | {"typ": ""}
    return JWS.encode(payload, key, algorithm, {k: v for k, v in header.items() if v is not None})


def part(value):
    """A part of a token: JSON or bytes in base64url."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def with_header(token, **changes):
    """A token whose header was changed and whose signature was not."""
    head = token.split(".")[0]
    said = json.loads(base64.urlsafe_b64decode(head + "=="))
    kept = {name: value for name, value in {**said, **changes}.items() if value is not None}
    return ".".join([part(kept), *token.split(".")[1:]])


class SmallProvider:
    """The provider's state; a test changes it between two steps."""

    def __init__(self):
        self.issuer = ""
        self.algorithm = "ES256"
        self.key = make_key("ES256")
        self.published = [as_jwk(self.key, kid="one", use="sig", alg="ES256")]
        self.header = {"kid": "one"}
        self.metadata = {}
        self.person = {"name": LIN.name, "id_type": "111", "id_number": LIN.id_number}
        self.clock = time.time  # noqa: TID251 - a stranger's own clock
        self.make = None  # claims -> token, in place of the honest one
        self.asked = []
        self.codes = {}
        self.authorization = ""

    def sign_with(self, algorithm, kid="one", **more):
        """Rotate to a new key of this algorithm, and publish it alone."""
        self.algorithm, self.key, self.header = algorithm, make_key(algorithm), {"kid": kid}
        self.published = [as_jwk(self.key, kid=kid, **more)]

    def authorize(self, url):
        """What the browser does: leave for `url`, and come back; the query it comes back with."""
        asked = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        code = f"code-{len(self.codes)}"
        self.codes[code] = asked
        return {"state": asked["state"], "code": code}

    def configuration(self):
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": list(SIGNED_WITH),
        } | self.metadata

    def token(self, form, authorization):
        self.authorization = authorization
        asked = self.codes.pop(form.get("code", ""), None)
        digest = hashlib.sha256(form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if asked is None or challenge != asked["code_challenge"]:
            return 400, {"error": "invalid_grant"}
        now = int(self.clock())
        claims = {
            "iss": self.issuer,
            "aud": asked["client_id"],
            "sub": "248289761001",
            "nonce": asked["nonce"],
            "iat": now,
            "exp": now + 300,
            **self.person,
        }
        if self.make is not None:
            return 200, {"id_token": self.make(claims)}
        return 200, {"id_token": sign(claims, self.key, self.algorithm, **self.header)}


@contextmanager
def provider_on_loopback():
    """Run a provider while the block runs."""
    provider = SmallProvider()

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            provider.asked.append(self.path)
            if self.path.endswith("/openid-configuration"):
                self.say(200, provider.configuration())
            elif self.path == "/keys":
                self.say(200, {"keys": provider.published})
            else:
                self.say(404, {})

        def do_POST(self):
            provider.asked.append(self.path)
            length = int(self.headers.get("Content-Length", 0))
            form = parse_qs(self.rfile.read(length).decode())
            first = {name: values[0] for name, values in form.items()}
            self.say(*provider.token(first, self.headers.get("Authorization", "")))

        def say(self, status, body):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
