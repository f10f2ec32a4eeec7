"""A voucher that was really issued, and the services that ask for it in every form."""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import jwt
from starlette.testclient import TestClient

from certstore.certificates import Certificate
from certstore.chance import random_bytes
from certstore.jwk import to_jwk
from certstore.keys import PrivateKey, key_id
from certstore.service.wiring import House
from certstore.tables.sharing import Client, Purpose
from tests.residents import _app_of, approved, resident
from tests.sealed import VOUCHER, assertion, school_key, token_form

HOLDER = resident("chen_yiming").holder
ALL = (
    *("name", "sex", "ethnicity", "birth_date", "id_number", "household_address"),
    *("residence_address", "residence_district", "registered_on", "valid_until", "photo"),
)
FEW = ("name", "residence_district", "valid_until")
ARCHIVE, COUNTER = "archive-office", "counter-office"
ACTIONS = ("search", "pull", "verify")


def issued(house: House) -> Certificate:
    """A voucher with its document, photo and credential."""
    return house.issuance_desk.issue(approved(house, "chen_yiming").ref)


def enrol(
    house: House, client_id: str, fields: Sequence[str], **others: Sequence[str]
) -> PrivateKey:
    """Make an agency known, its one purpose named like it; `others` are types with their fields."""
    key = school_key()
    jwk = {**to_jwk(key.public_key()), "kid": key_id(key.public_key())}
    agency = Client(
        client_id, "示范市档案馆", "City Archive", "11310000MB0T00058A", [jwk], "active",
        random_bytes(32), ("ES256",), False,
    )  # fmt: skip
    purpose = Purpose(
        client_id, client_id, "archiving", "档案查询", "Archives",
        {"kind": "statutory_duty", "ref": "档案法第八条"}, {VOUCHER: fields, **others}, "active",
        ACTIONS,
    )  # fmt: skip
    with house.archive.writing() as books:
        books.sharing.enrol(agency, purpose)
    return key


def service(
    house: House, client_id: str, key: PrivateKey, fields: Sequence[str], *types: str
) -> TestClient:
    """A client with a token for these fields of these types."""
    url = house.settings.public_url
    opened = TestClient(_app_of(house), base_url=url, raise_server_exceptions=False)
    form = token_form(
        assertion(house, key, iss=client_id, sub=client_id),
        purpose_id=client_id,
        matter_code="archiving",
        cert_types=list(types or (VOUCHER,)),
        fields=list(fields),
        actions=list(ACTIONS),
    )
    answer = opened.post("/oauth2/token", data=form)
    assert answer.status_code == 200, answer.text
    opened.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"
    return opened


def body(client_id: str, fields: Sequence[str], **changes: Any) -> dict[str, Any]:
    """A pull of these fields."""
    return {
        "purpose_id": client_id,
        "matter_code": "archiving",
        "case_no": "DA-2026-0007",
        "fields": list(fields),
        "subject": {"id_number": HOLDER.id_number},
        "operator": "0031",
    } | changes


def records(house: House) -> list[dict[str, Any]]:
    """What the holder sees of accesses, latest first."""
    with house.archive.reading() as books:
        person = books.people.find(HOLDER.id_type, HOLDER.id_number)
        assert person is not None
        since = house.clock.now().replace(year=2020)
        return [dict(e.record) for e in books.usage.of(person.id, since)]


def disclosed(credential: str) -> dict[str, Any]:
    """What a stranger reads in a credential: PyJWT and hashlib, nothing of ours (RFC 9901 §7)."""
    signed, *parts, last = credential.split("~")
    assert last == ""
    claims = jwt.decode(signed, options={"verify_signature": False})
    assert claims["_sd_alg"] == "sha-256"
    shown = {}
    for part in parts:
        digest = hashlib.sha256(part.encode()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() in claims["_sd"]
        _salt, name, value = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
        shown[name] = value
    return shown
