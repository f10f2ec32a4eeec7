"""What tests of consent stand on: a provident fund that asks, and what it asks for."""

from datetime import timedelta
from typing import Any

from starlette.testclient import TestClient

from certstore.callers import Service
from certstore.certificates import Holder
from certstore.chance import random_bytes
from certstore.service.wiring import House
from certstore.sharing.grants import LegalBasis, Operator, PullRequest
from certstore.tables.sharing import Client, Purpose
from tests.sealed import LIN

FUND, BANK = "fund-service", "bank-service"
RENT, LOAN = "rent-2026", "loan-2026"
LEASE = "lease_filing"
BACK = "https://fund.example/back"
PURPOSES = {FUND: (RENT, LOAN), BANK: ("mortgage-2026",)}
GRANTED = {LEASE: ["address", "number"], "id_photo": ["photo"]}
ACTIONS = ["search", "pull", "verify", "consent"]


def enrol_fund(house: House) -> None:
    """Make the fund and a bank known, each with purposes on the ground of consent."""
    with house.archive.writing() as books:
        for client_id, purposes in PURPOSES.items():
            client = Client(
                client_id=client_id,
                agency="示范市公积金中心",
                agency_en="Provident Fund Centre",
                agency_uscc="12310000MB0T000662",
                keys=[],
                state="active",
                agency_key=random_bytes(32),
                dpop_bound=False,
            )
            for purpose_id in purposes:
                purpose = Purpose(
                    purpose_id=purpose_id,
                    client_id=client_id,
                    matter_code="rent_withdrawal",
                    title_zh="租房提取公积金",
                    title_en="Withdrawal for rent",
                    legal_basis={"kind": "consent", "ref": "住房公积金管理条例第二十四条"},
                    fields=GRANTED,
                    state="active",
                    actions=ACTIONS,
                )
                books.sharing.enrol(client, purpose)


def service(client_id: str = FUND, purpose_id: str | None = None, **changes: Any) -> Service:
    """A service as its token says."""
    said = {
        "client_id": client_id,
        "agency": "示范市公积金中心",
        "agency_en": "Provident Fund Centre",
        "agency_uscc": "12310000MB0T000662",
        "purpose_id": purpose_id or PURPOSES[client_id][0],
        "matter_code": "rent_withdrawal",
        "title_zh": "租房提取公积金",
        "title_en": "Withdrawal for rent",
        "fields": {kind: tuple(paths) for kind, paths in GRANTED.items()},
        "legal_basis": {"kind": "consent", "ref": "住房公积金管理条例第二十四条"},
        "actions": tuple(ACTIONS),
    }
    return Service(**{**said, **changes})


def machine(house: House, app: Any, client_id: str = FUND, **detail: Any) -> TestClient:
    """The client's machine, with an access token."""
    with house.archive.reading() as books:
        client = books.sharing.client(client_id)
    assert client is not None
    granted = {
        "purpose_id": PURPOSES[client_id][0],
        "matter_code": "rent_withdrawal",
        "title_zh": "租房提取公积金",
        "title_en": "Withdrawal for rent",
        "fields": GRANTED,
        "actions": ACTIONS,
        "legal_basis": {"kind": "consent", "ref": "住房公积金管理条例第二十四条"},
        **detail,
    }
    token = house.token_mint.write(client, granted, None, house.clock.now())
    headers = {"Authorization": f"Bearer {token}"}
    return TestClient(app, base_url=house.settings.public_url, headers=headers)


def request_body(**changes: Any) -> dict[str, Any]:
    """The body of a consent request: an address and an answer; the number may be left out."""
    return {
        "purpose_id": RENT,
        "matter_code": "rent_withdrawal",
        "case_no": "GJJ-2026-0311",
        "subject": {"id_number": LIN.id_number},
        "wanted": [
            {
                "cert_type": LEASE,
                "fields": ["address"],
                "questions": ["valid_on"],
                "optional": [{"field": "number", "changes": {"zh": "快些", "en": "Faster"}}],
            },
            {"cert_type": "id_photo", "fields": ["photo"]},
        ],
        "otherwise": {"zh": "带上备案通知书到窗口办", "en": "Bring the notice to a counter"},
    } | changes


def pull_request(ref: str, consent: str | None, *fields: str, holder: Holder = LIN) -> PullRequest:
    """A pull that names this consent."""
    return PullRequest(
        ref=ref,
        purpose_id=RENT,
        matter_code="rent_withdrawal",
        case_no="GJJ-2026-0311",
        fields=fields or ("address",),
        subject_type=holder.id_type,
        subject_number=holder.id_number,
        operator=Operator("3021"),
        legal_basis=LegalBasis(kind="consent", consent=consent),
    )


def told(house: House) -> list[tuple[str, dict[str, Any]]]:
    """The events about consent that wait to be told: subject and body."""
    with house.archive.writing() as books:
        waiting = books.outbox.claim(house.clock.now(), timedelta(minutes=2))
    return [(e.subject, dict(e.body)) for e in waiting if e.subject.startswith("consent.")]
