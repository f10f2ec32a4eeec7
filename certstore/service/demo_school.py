"""The demonstration's pulling service: school enrolment, enrolled with a key of its own."""

import json
from collections.abc import Generator, Mapping, Sequence
from pathlib import Path

import httpx

from certstore.authorization.client_assertion import ASSERTION_TYPE
from certstore.authorization.details import DETAILS_TYPE
from certstore.authorization.dpop import TYP, token_hash
from certstore.chance import random_bytes, reference
from certstore.clock import Clock, unix
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate, read_private_key, write_private_key
from certstore.service.demo_visitor import DemoError
from certstore.tables.books import Archive
from certstore.tables.sharing import Client
from certstore.tables.sharing import Purpose as SharingPurpose
from certstore.tokens import sign_compact

SCHOOL_CLIENT = "demo-school-enrolment"
SCHOOL_PURPOSE = "school-enrolment-2026"
_MATTER = "school_enrolment"
_BASIS = {"kind": "statutory_duty", "ref": "义务教育法第十二条"}
_GRANTED = ("name", "residence_district", "valid_until")


def school_signer(folder: Path, passphrase: bytes) -> KeySigner:
    """The school service's own key, made at first use; it stands for another agency's machine."""
    path = folder / "demo-school" / "client.key.pem"
    if not path.exists():
        write_private_key(path, generate("ES256"), passphrase)
    return KeySigner(Purpose.TOKEN, read_private_key(path, passphrase))


def enrol_school(archive: Archive, signer: KeySigner) -> None:
    """Make the client and its purpose known, active."""
    client = Client(
        client_id=SCHOOL_CLIENT,
        agency="示范市教育局",
        agency_en="Demonstration City Education Bureau",
        agency_uscc="11310000MB0T00058A",
        keys=[{**to_jwk(signer.public_key), "kid": signer.kid}],
        state="active",
        agency_key=random_bytes(32),
    )
    purpose = SharingPurpose(
        purpose_id=SCHOOL_PURPOSE,
        client_id=SCHOOL_CLIENT,
        matter_code=_MATTER,
        title_zh="义务教育入学报名",
        title_en="School enrolment",
        legal_basis=_BASIS,
        fields={"residence_voucher": _GRANTED},
        state="active",
    )
    with archive.writing() as books:
        books.sharing.enrol(client, purpose)


class SchoolAuth(httpx.Auth):
    """The school's requests with an access token and, each, a proof of its own (RFC 9449)."""

    def __init__(self, base: str, signer: KeySigner, clock: Clock, fields: Sequence[str]) -> None:
        """Get a token for these fields (private_key_jwt); DemoError if it is refused."""
        self._clock = clock
        self._proofs = KeySigner(Purpose.TOKEN, generate("ES256"))
        self._token = self._get(base, signer, fields)

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Put token and proof into a request's headers."""
        place = str(request.url.copy_with(query=None, fragment=None))
        request.headers["Authorization"] = f"DPoP {self._token}"
        request.headers["DPoP"] = self._proof(request.method, place, {"ath": self._hash})
        yield request

    @property
    def _hash(self) -> str:
        return token_hash(self._token)

    def _get(self, base: str, signer: KeySigner, fields: Sequence[str]) -> str:
        endpoint, now = f"{base}/oauth2/token", self._clock.now()
        claims = {
            "iss": SCHOOL_CLIENT,
            "sub": SCHOOL_CLIENT,
            "aud": endpoint,
            "iat": unix(now),
            "exp": unix(now) + 120,
            "jti": reference(),
        }
        details = {
            "type": DETAILS_TYPE,
            "purpose_id": SCHOOL_PURPOSE,
            "matter_code": _MATTER,
            "cert_types": ["residence_voucher"],
            "fields": list(fields),
            "actions": ["search", "pull"],
            "legal_basis": _BASIS,
        }
        form = {
            "grant_type": "client_credentials",
            "client_assertion_type": ASSERTION_TYPE,
            "client_assertion": sign_compact(claims, typ="JWT", signer=signer),
            "authorization_details": json.dumps([details]),
        }
        headers = {"DPoP": self._proof("POST", endpoint, {})}
        answer = httpx.post(endpoint, data=form, headers=headers, timeout=30)
        if answer.status_code != httpx.codes.OK:
            raise DemoError(
                f"the token endpoint answered {answer.status_code}: {answer.text[:300]}"
            )
        return str(answer.json()["access_token"])

    def _proof(self, method: str, place: str, more: Mapping[str, str]) -> str:
        claims = {"htm": method, "htu": place, "iat": unix(self._clock.now()), "jti": reference()}
        jwk = {"jwk": to_jwk(self._proofs.public_key)}
        return sign_compact({**claims, **more}, typ=TYP, signer=self._proofs, header=jwk)
