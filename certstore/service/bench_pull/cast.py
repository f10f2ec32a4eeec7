"""Whom the benchmark pulls from and for: 64 services with a key each, people with a voucher."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import orjson

from certstore import base64url
from certstore.authorization.details import DETAILS_TYPE
from certstore.authorization.dpop import TYP, token_hash
from certstore.catalogue import certificate_type
from certstore.certificates import Draft, File, Holder
from certstore.chance import random_bytes, reference
from certstore.clock import local_date, unix
from certstore.identifiers import CertificateIdentifier
from certstore.jwk import thumbprint, to_jwk
from certstore.keys import KeySigner, Purpose, generate
from certstore.service.wiring import House
from certstore.tables.sharing import Client
from certstore.tables.sharing import Purpose as SharingPurpose
from certstore.tokens import canonical_json

CLIENTS = 64
PEOPLE = 400
_VOUCHER = "residence_voucher"
_FIELDS = ("name", "residence_district", "valid_until")
_MATTER, _BASIS = "bench_matter", {"kind": "statutory_duty", "ref": "示范条例第一条"}
_HOST = b"127.0.0.1"


@dataclass(frozen=True, slots=True)
class Puller:
    """A service that holds a token, and the key that the token is bound to."""

    signer: KeySigner
    token: str
    purpose_id: str
    header: str  # of its proofs: the same text each time, as its key is

    @classmethod
    def enrolled(cls, house: House, number: int) -> "Puller":
        """A new client of the house, with a token."""
        signer = KeySigner(Purpose.TOKEN, generate("ES256"))
        client = Client(
            client_id=f"bench-{number}",
            agency=f"示范市第{number}局",
            agency_en=f"Demonstration bureau {number}",
            agency_uscc="11310000MB0T00058A",
            keys=[{**to_jwk(signer.public_key), "kid": signer.kid}],
            state="active",
            agency_key=random_bytes(32),
        )
        purpose = SharingPurpose(
            purpose_id=f"bench-purpose-{number}",
            client_id=client.client_id,
            matter_code=_MATTER,
            title_zh="示范事项",
            title_en="A matter",
            legal_basis=_BASIS,
            fields={_VOUCHER: _FIELDS},
            state="active",
        )
        with house.archive.writing() as books:
            books.sharing.enrol(client, purpose)
        detail = {
            "type": DETAILS_TYPE,
            "purpose_id": purpose.purpose_id,
            "matter_code": _MATTER,
            "title_zh": purpose.title_zh,
            "title_en": purpose.title_en,
            "fields": {_VOUCHER: list(_FIELDS)},
            "actions": ["search", "pull"],
            "legal_basis": _BASIS,
        }
        now = house.clock.now()
        jkt = thumbprint(signer.public_key)
        token = house.token_desk.mint.write(client, detail, jkt, now)
        head = {"alg": "ES256", "jwk": to_jwk(signer.public_key), "typ": TYP}
        return cls(signer, token, purpose.purpose_id, base64url.encode(canonical_json(head)))

    def proof(self, url: str, now: int) -> str:
        """A proof for one pull (RFC 9449)."""
        claims = {
            "htm": "POST",
            "htu": url,
            "iat": now,
            "jti": reference(),
            "ath": token_hash(self.token),
        }
        signing_input = f"{self.header}.{base64url.encode(orjson.dumps(claims))}"
        signature = self.signer.sign(signing_input.encode())
        return f"{signing_input}.{base64url.encode(signature)}"


@dataclass(frozen=True, slots=True)
class Held:
    """A voucher that can be pulled, and its holder's number."""

    ref: str
    id_number: str


def people_with_vouchers(house: House, count: int = PEOPLE) -> Sequence[Held]:
    """So many invented people in the register, each with a sealed voucher."""
    kind, now = certificate_type(_VOUCHER), house.clock.now()
    today, found = local_date(now), []
    with house.archive.writing() as books:
        for number in range(count):
            serial = books.register.next_serial(kind.type_code, now.year)
            printed = f"{kind.number_prefix}{now.year}{serial:010d}"
            holder = Holder(f"示范人{number}", "111", f"3401991990{number:08d}")
            draft = Draft(
                ref=reference(),
                identifier=CertificateIdentifier.build(
                    kind.type_code, kind.issuer_uscc, printed, 1
                ).value,
                type_code=kind.code,
                version=1,
                serial=printed,
                holder=holder,
                issuer_uscc=kind.issuer_uscc,
                fields=_fields(holder),
                issued_on=today,
                validity=kind.validity_from(today),
                status_entry=house.status_desk.place(books),
            )
            books.register.reserve(draft, now)
            photo = File("photo", "image/jpeg", "ab" * 32, 1000)
            books.register.complete(draft.ref, [photo], now)
            found.append(Held(draft.ref, holder.id_number))
    return found


def _fields(holder: Holder) -> dict[str, str]:
    return {
        "name": holder.name,
        "id_number": holder.id_number,
        "residence_address": "示范市海港区长乐路88弄6号502室",
        "residence_district": "海港区",
        "valid_until": "2027-11-24",
    }


def requests(
    origin: str, pullers: Sequence[Puller], held: Sequence[Held], now: int, count: int
) -> list[bytes]:
    """So many requests, each as it goes over the line, each with a proof of its own."""
    made: list[bytes] = []
    holders: Iterator[Held] = cycle(held)
    for number in range(count):
        puller, one = pullers[number % len(pullers)], next(holders)
        path = f"/v1/certificates/{one.ref}:pull"
        body = orjson.dumps(_body(puller, one, number))
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {_HOST.decode()}\r\n"
            f"Authorization: DPoP {puller.token}\r\n"
            f"DPoP: {puller.proof(origin + path, now)}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        made.append(head.encode() + body)
    return made


def _body(puller: Puller, held: Held, number: int) -> dict[str, Any]:
    return {
        "purpose_id": puller.purpose_id,
        "matter_code": _MATTER,
        "case_no": f"B-{number:06d}",
        "fields": list(_FIELDS),
        "subject": {"id_number": held.id_number},
        "operator": "3021",
    }


def moment(house: House) -> int:
    """The house's time, in whole seconds since 1970."""
    return unix(house.clock.now())
