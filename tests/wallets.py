"""A wallet of our own for tests: proofs written with PyJWT, every part of them changeable."""

import hashlib
import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
from fastapi.testclient import TestClient

from certstore.callers import caller_as_json
from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Draft, Holder
from certstore.chance import reference, token
from certstore.clock import local_date, unix
from certstore.identifiers import CertificateIdentifier
from certstore.jwk import to_jwk
from certstore.keys import PrivateKey, generate
from certstore.service.wiring import House
from certstore.tables.sessions import SessionRow
from certstore.wallets.metadata import PRE_AUTHORIZED
from tests.sealed import LIN, VOUCHER, resident

REDIRECT = "eu.example.wallet://received"
VERIFIER = "v" * 43
CSRF = "csrf"
SAID = {"residence_district": "海港区", "valid_until": "2027-11-24"}


def spell(data: bytes) -> str:
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def challenge(verifier: str = VERIFIER) -> str:
    return spell(hashlib.sha256(verifier.encode()).digest())


def session_of(house: House, holder: Holder = LIN) -> str:
    """The secret of a session of somebody who signed in just now."""
    secret, now = token(), house.clock.now()
    ends = now + house.sign_in_desk.session_time
    with house.archive.writing() as books:
        row = SessionRow(caller_as_json(resident(holder)), CSRF, now, ends)
        books.sessions.open(secret, row)
    return secret


def unsealed(house: House, holder: Holder = LIN, type_code: str = VOUCHER) -> Draft:
    """A certificate that has its number and waits for its seal."""
    now = house.clock.now()
    kind = certificate_type(type_code)
    with house.archive.writing() as books:
        number = books.register.next_serial(kind.type_code, now.year)
        serial = f"{kind.number_prefix}{now.year}{number:010d}"
        identifier = CertificateIdentifier.build(kind.type_code, kind.issuer_uscc, serial, 1)
        draft = Draft(
            ref=reference(),
            identifier=identifier.value,
            type_code=kind.code,
            version=1,
            serial=serial,
            holder=holder,
            issuer_uscc=kind.issuer_uscc,
            fields={f.name: SAID.get(f.name, "x") for f in kind.fields} | {"name": holder.name},
            issued_on=local_date(now),
            validity=kind.validity_from(local_date(now)),
            status_entry=house.status_desk.place(books),
        )
        books.register.reserve(draft, now)
    return draft


def seal(house: House, draft: Draft) -> Certificate:
    """Seal a draft."""
    with house.archive.writing() as books:
        return books.register.complete(draft.ref, [], house.clock.now())


@dataclass
class Wallet:
    """A wallet with one DPoP key; every call can be changed."""

    house: House
    client: TestClient
    key: PrivateKey = field(default_factory=lambda: generate("ES256"))
    nonce: str | None = None
    access_token: str = ""

    @property
    def origin(self) -> str:
        return self.house.settings.public_url

    def offer(self, ref: str, holder: Holder = LIN) -> tuple[dict[str, Any], str]:
        """An offer as a holder makes it: its JSON, and the digits."""
        made = self.house.wallet_offer_desk.make(resident(holder), ref)
        said = parse_qs(urlsplit(made.whole_link).query)["credential_offer"][0]
        return json.loads(said), made.tx_code

    def dpop(self, path: str, *, key: PrivateKey | None = None, **changes: Any) -> str:
        """A proof of possession; a change to `...` leaves a claim out."""
        key = key or self.key
        claims = {
            "htm": "POST",
            "htu": f"{self.origin}{path}",
            "iat": unix(self.house.clock.now()),
            "jti": reference(),
            "nonce": self.nonce,
        }
        if self.access_token:
            claims["ath"] = spell(hashlib.sha256(self.access_token.encode()).digest())
        claims = {n: v for n, v in (claims | changes).items() if v is not None and v is not ...}
        head = {"typ": "dpop+jwt", "jwk": to_jwk(key.public_key())}
        return jwt.encode(claims, key, "ES256", headers=head)

    def fresh_nonce(self) -> str:
        """A nonce for proofs of possession."""
        self.nonce = self.client.post("/wallets/nonce").headers["dpop-nonce"]
        return self.nonce

    def c_nonce(self) -> str:
        """A nonce for key proofs."""
        answer = self.client.post("/wallets/nonce")
        self.nonce = answer.headers["dpop-nonce"]
        return answer.json()["c_nonce"]

    def ask_token(self, form: dict[str, str], **changes: Any) -> Any:
        """A token request."""
        self.access_token = ""
        if self.nonce is None:
            self.fresh_nonce()
        answer = self.client.post(
            "/wallets/token", data=form, headers={"DPoP": self.dpop("/wallets/token", **changes)}
        )
        if answer.status_code == 200:
            self.access_token = answer.json()["access_token"]
        return answer

    def redeem(self, offer: dict[str, Any], tx_code: str, **more: str) -> Any:
        """A token for a pre-authorized code."""
        code = offer["grants"][PRE_AUTHORIZED]["pre-authorized_code"]
        form = {"grant_type": PRE_AUTHORIZED, "pre-authorized_code": code, "tx_code": tx_code}
        return self.ask_token(form | more)

    def proof(self, nonce: str, *, key: Any = None, head: Any = None, **changes: Any) -> str:
        """A key proof; `head` changes its header, `...` leaves a claim or a field out."""
        key = key or generate("ES256")
        claims = {"aud": self.origin, "iat": unix(self.house.clock.now()), "nonce": nonce} | changes
        usual = {"typ": "openid4vci-proof+jwt", "jwk": to_jwk(key.public_key())}
        header = {n: v for n, v in (usual | (head or {})).items() if v is not ...}
        kept = {name: value for name, value in claims.items() if value is not ...}
        return jwt.encode(kept, key, "ES256", headers=header)

    def post(self, path: str, body: Any, **changes: Any) -> Any:
        """A request with the access token."""
        sent = body if isinstance(body, (bytes, str)) else json.dumps(body)
        headers = {
            "Authorization": f"DPoP {self.access_token}",
            "DPoP": self.dpop(path, **changes),
            "Content-Type": "application/json",
        }
        return self.client.post(path, content=sent, headers=headers)

    def ask(self, proofs: list[Any], type_code: str = VOUCHER, **more: Any) -> Any:
        """A credential request."""
        body = {"credential_configuration_id": type_code, "proofs": {"jwt": proofs}} | more
        return self.post("/wallets/credential", body)

    def push(self, **changes: str | None) -> Any:
        """A pushed authorization request."""
        form = {
            "response_type": "code",
            "client_id": "wallet",
            "redirect_uri": REDIRECT,
            "scope": VOUCHER,
            "state": "s",
            "code_challenge": challenge(),
            "code_challenge_method": "S256",
        } | changes
        return self.client.post(
            "/wallets/par", data={n: v for n, v in form.items() if v is not None}
        )
