"""Authorities that issue through a house: enrolled, with a token, over HTTP."""

import json

import jwt
from starlette.testclient import TestClient

from certstore.authorization.client_assertion import ASSERTION_TYPE
from certstore.authorization.details import DETAILS_TYPE
from certstore.catalogue import certificate_type
from certstore.chance import reference
from certstore.clock import unix
from certstore.service.app import create_app
from certstore.service.demo_issuers import (
    EMPLOYER,
    POLICE,
    DemoIssuer,
    enrol_issuers,
    issuer_signer,
)
from certstore.service.passphrase import passphrase
from certstore.service.wiring import House
from tests.sealed import LIN

DORMITORY = "示范市海港区东堤路1200号5幢603室"


def enrolled(house: House) -> House:
    """The house, with both demonstration authorities; their tokens are plain bearer tokens."""
    enrol_issuers(house, dpop_bound=False)
    return house


def open_client(house: House, app=None) -> TestClient:
    """A client of the whole application."""
    return TestClient(
        app or create_app(house),
        base_url=house.settings.public_url,
        raise_server_exceptions=False,
    )


def token(client: TestClient, house: House, issuer: DemoIssuer = POLICE, **changes) -> str:
    """An access token of an authority's service; `changes` are members of its details."""
    signer = issuer_signer(house.settings.data_dir, passphrase(house.settings), issuer)
    now = unix(house.clock.now())
    claims = {
        "iss": issuer.client_id,
        "sub": issuer.client_id,
        "aud": f"{house.settings.public_url}/oauth2/token",
        "iat": now,
        "exp": now + 120,
        "jti": reference(),
    }
    details = {
        "type": DETAILS_TYPE,
        "purpose_id": issuer.purpose_id,
        "matter_code": issuer.purpose_id.replace("-", "_"),
        "cert_types": list(issuer.types),
        "fields": [f.name for kind in issuer.types for f in certificate_type(kind).fields],
        "actions": ["issue"],
    } | changes
    form = {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": jwt.encode(claims, signer._key, "ES256", {"kid": signer.kid}),
        "authorization_details": json.dumps([details]),
    }
    answer = client.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    return answer.json()["access_token"]


def signed_in(house: House, issuer: DemoIssuer = POLICE, app=None, **changes) -> TestClient:
    """A client that sends an authority's token."""
    client = open_client(house, app)
    client.headers["Authorization"] = f"Bearer {token(client, house, issuer, **changes)}"
    return client


def record_check(record_no: str = "WF-2026-000123", **changes) -> dict:
    """An order for a no-criminal-record certificate."""
    return {
        "purpose_id": POLICE.purpose_id,
        "operator": "P-301",
        "type": "no_criminal_record",
        "record_no": record_no,
        "holder": {"name": LIN.name, "id_number": LIN.id_number},
        "fields": {
            "searched_from": "2012-04-06",
            "searched_to": "2026-11-24",
            "result": "未发现犯罪记录",
            "purpose": "入职远帆物流",
        },
    } | changes


def lodging(record_no: str = "SS-2026-17", **changes) -> dict:
    """An order for a dormitory certificate."""
    return {
        "purpose_id": EMPLOYER.purpose_id,
        "operator": {"number": "Y01", "terminal": "HR-2"},
        "type": "dormitory_certificate",
        "record_no": record_no,
        "holder": {"name": LIN.name, "id_number": LIN.id_number},
        "fields": {"address": DORMITORY},
        "validity": {"valid_from": "2026-11-01", "valid_to": "2027-10-31"},
    } | changes


def item(order: dict) -> dict:
    """An order as an item of a batch."""
    return {k: v for k, v in order.items() if k not in {"purpose_id", "operator"}}
