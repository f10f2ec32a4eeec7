"""What tests of the ground floor stand on: a sealed voucher, its holder, a pulling service."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import jwt

from certstore.authorization.client_assertion import ASSERTION_TYPE
from certstore.authorization.details import DETAILS_TYPE
from certstore.callers import Resident
from certstore.catalogue import certificate_type
from certstore.certificates import Certificate, Draft, File, Holder, Status, Validity
from certstore.chance import random_bytes, reference
from certstore.clock import local_date, unix
from certstore.holds.keeping import place_hold
from certstore.holds.kinds import BY_RULE, HoldKind
from certstore.identifiers import CertificateIdentifier
from certstore.jwk import to_jwk
from certstore.keys import PrivateKey, algorithm_of, generate, key_id
from certstore.service.wiring import House
from certstore.tables.sharing import Client, Purpose

LIN = Holder("林晓禾", "111", "340199199804060284")
ZHOU = Holder("周敏", "111", "340199197109230625")
VOUCHER = "residence_voucher"
_HOLDS = {Status.SUSPENDED: HoldKind.AUTHORITY, Status.LOST: HoldKind.LOSS}
GRANTED = ("name", "residence_district", "valid_until")
SCHOOL, ENROLMENT, MATTER = "school-service", "enrolment-2026", "school_enrolment"


def resident(holder: Holder = LIN) -> Resident:
    """Somebody who signed in."""
    return Resident(holder, f"provider#{holder.id_number[-4:]}", datetime(2026, 11, 25, tzinfo=UTC))


def voucher(
    house: House,
    holder: Holder = LIN,
    *,
    previous: Certificate | None = None,
    photo_digest: str = "ab" * 32,
    **more: str,
) -> Certificate:
    """A voucher in the register, reserved and sealed; a photo's digest stands in its files.

    `more` are other fields of it.
    """
    now = house.clock.now()
    kind = certificate_type(VOUCHER)
    photo = File("photo", "image/jpeg", photo_digest, 1000)
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
            fields=_fields(holder) | more,
            issued_on=local_date(now),
            validity=kind.validity_from(local_date(now)),
            status_entry=house.status_desk.place(books),
            previous_ref=previous.ref if previous else None,
        )
        books.register.reserve(draft, now)
        done = books.register.complete(draft.ref, [photo], now)
    if previous is not None:
        become(house, previous, Status.SUPERSEDED)
    return done


def handed_in(house: House, holder: Holder = LIN, type_code: str = "lease_filing") -> Certificate:
    """A certificate of another type, as a source authority hands it in."""
    today = local_date(house.clock.now())
    certificate = Certificate(
        ref=reference(),
        type_code=type_code,
        version=1,
        number="BA0000012026",
        identifier=None,
        holders=(holder,),
        issuer_uscc="11310000MB0T00023P",
        issued_on=today,
        validity=Validity(today, None),
        status=Status.VALID,
        status_changed_at=house.clock.now(),
        fields={"address": "示范市海港区长乐路88弄6号502室"},
        source="11310000MB0T00023P",
        record_id=reference(),
    )
    with house.archive.writing() as books:
        books.register.hand_in(certificate)
    return certificate


def become(house: House, certificate: Certificate, status: Status) -> None:
    """Change a certificate's status as issuance does it."""
    assert certificate.status_entry is not None
    with house.archive.writing() as books:
        now = house.clock.now()
        if status in _HOLDS:
            place_hold(books, certificate.ref, _HOLDS[status], BY_RULE, "tested", now)
            return
        books.register.set_status(certificate.ref, status, now, only_from={Status.VALID})
        books.statuses.changed(certificate.status_entry.list_number)


def _fields(holder: Holder) -> dict[str, str]:
    return {
        "name": holder.name,
        "id_number": holder.id_number,
        "residence_address": "示范市海港区长乐路88弄6号502室",
        "residence_district": "海港区",
        "valid_until": "2027-11-24",
    }


# -- a pulling service -----------------------------------------------------------------------


def enrol(
    house: House,
    key: PrivateKey,
    *,
    client: str = "active",
    purpose: str = "active",
    dpop: bool = False,
    **changes: Any,
) -> None:
    """Make the school service known; `changes` are other members of the client."""
    jwk = {**to_jwk(key.public_key()), "kid": key_id(key.public_key())}
    enrolled = Client(
        client_id=SCHOOL,
        agency="示范市教育局",
        agency_en="Education Bureau",
        agency_uscc="11310000MB0T00058A",
        keys=[jwk],
        state=client,
        agency_key=random_bytes(32),
        signing_algorithms=[algorithm_of(key.public_key())],
        dpop_bound=dpop,
    )
    enrolled = replace(enrolled, **changes)
    approved = Purpose(
        purpose_id=ENROLMENT,
        client_id=SCHOOL,
        matter_code=MATTER,
        title_zh="义务教育入学报名",
        title_en="School enrolment",
        legal_basis={"kind": "statutory_duty", "ref": "义务教育法第十二条"},
        fields={VOUCHER: GRANTED},
        state=purpose,
    )
    with house.archive.writing() as books:
        books.sharing.enrol(enrolled, approved)


def school_key() -> PrivateKey:
    """A key for the school service."""
    return generate("ES256")


def assertion(
    house: House, key: Any, *, algorithm: str = "ES256", header: Any = None, **changes: Any
) -> str:
    """A client assertion as PyJWT writes it, not we; a change to `...` leaves a claim out."""
    now = unix(house.clock.now())
    claims = {
        "iss": SCHOOL,
        "sub": SCHOOL,
        "aud": f"{house.settings.public_url}/oauth2/token",
        "iat": now,
        "exp": now + 120,
        "jti": reference(),
    } | changes
    kept = {name: value for name, value in claims.items() if value is not ...}
    return jwt.encode(kept, key, algorithm=algorithm, headers=header)


def token_form(signed: str, **changes: Any) -> dict[str, str]:
    """The form of a token request."""
    detail = {
        "type": DETAILS_TYPE,
        "purpose_id": ENROLMENT,
        "matter_code": MATTER,
        "cert_types": [VOUCHER],
        "fields": list(GRANTED),
    } | changes
    return {
        "grant_type": "client_credentials",
        "client_assertion_type": ASSERTION_TYPE,
        "client_assertion": signed,
        "authorization_details": json.dumps([detail]),
    }


def pull_body(fields: Any = GRANTED, **changes: Any) -> Mapping[str, Any]:
    """The body of a pull."""
    return {
        "purpose_id": ENROLMENT,
        "matter_code": MATTER,
        "case_no": "RX-2026-00017",
        "fields": list(fields),
        "subject": {"id_number": LIN.id_number},
        "operator": "3021",
    } | changes
