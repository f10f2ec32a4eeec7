"""The demonstration's second agency: the provident fund, which may look when the holder agrees."""

from datetime import timedelta
from pathlib import Path
from typing import Final

from certstore.callers import Service
from certstore.chance import random_bytes
from certstore.consent.judging import Asking
from certstore.consent.request_desk import ConsentRequestDesk
from certstore.consent.terms import QUESTION, Item, Said
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, generate, read_private_key, write_private_key
from certstore.keys import Purpose as KeyPurpose
from certstore.tables.books import Archive
from certstore.tables.sharing import Client, Purpose

FUND_CLIENT: Final = "demo-provident-fund"
FUND_PURPOSE: Final = "provident-fund-rent-2026"
_CASE: Final = "GJJ-2026-0311"
_OPEN_FOR: Final = timedelta(days=7)
_LEASE, _VOUCHER = "lease_filing", "residence_voucher"
_PURPOSE: Final = Purpose(
    purpose_id=FUND_PURPOSE,
    client_id=FUND_CLIENT,
    matter_code="provident_fund_rent",
    title_zh="租房提取公积金",
    title_en="Provident fund withdrawal for rent",
    legal_basis={"kind": "consent", "ref": "个人信息保护法第十三条第一项"},
    fields={_LEASE: ("address", "valid_on"), _VOUCHER: ("residence_district", "valid_until")},
    state="active",
    actions=("search", "pull", "verify", "consent", "subscribe"),
)
_AGENCY: Final = (
    "示范市公积金中心",
    "Demonstration City Provident Fund Centre",
    "12310000MB0T000662",
)


def fund_signer(folder: Path, passphrase: bytes) -> KeySigner:
    """The fund's own key, made at first use; it stands for another agency's machine."""
    path = folder / "demo-fund" / "client.key.pem"
    if not path.exists():
        write_private_key(path, generate("ES256"), passphrase)
    return KeySigner(KeyPurpose.TOKEN, read_private_key(path, passphrase))


def enrol_fund(archive: Archive, signer: KeySigner) -> None:
    """Make the client and its purpose known, active."""
    agency, agency_en, uscc = _AGENCY
    client = Client(
        client_id=FUND_CLIENT,
        agency=agency,
        agency_en=agency_en,
        agency_uscc=uscc,
        keys=[{**to_jwk(signer.public_key), "kid": signer.kid}],
        state="active",
        agency_key=random_bytes(32),
    )
    with archive.writing() as books:
        books.sharing.enrol(client, _PURPOSE)


def ask_for_consent(desk: ConsentRequestDesk, id_number: str) -> str | None:
    """Ask somebody for what the fund needs, unless it has asked before; where to answer."""
    with desk.archive.reading() as books:
        person = books.people.find("111", id_number)
        asked = books.consents.requests_of([person.id] if person else [])
    if any(request.client_id == FUND_CLIENT for request in asked):
        return None
    agency, agency_en, uscc = _AGENCY
    service = Service(
        client_id=FUND_CLIENT,
        agency=agency,
        agency_en=agency_en,
        agency_uscc=uscc,
        purpose_id=FUND_PURPOSE,
        matter_code=_PURPOSE.matter_code,
        title_zh=_PURPOSE.title_zh,
        title_en=_PURPOSE.title_en,
        fields={kind: tuple(paths) for kind, paths in _PURPOSE.fields.items()},
        legal_basis=dict(_PURPOSE.legal_basis),
        actions=tuple(_PURPOSE.actions),
    )
    return str(desk.ask(service, _asking(id_number))["consent_url"])


def _asking(id_number: str) -> Asking:
    district = Said(
        "给了按所在区的定额提取；不给按全市最低定额", "By your district's rate, not the lowest"
    )
    return Asking(
        purpose_id=FUND_PURPOSE,
        matter_code=_PURPOSE.matter_code,
        case_no=_CASE,
        subject_type="111",
        subject_number=id_number,
        items=(
            Item(cert_type=_LEASE, path=f"{QUESTION}valid_on"),
            Item(cert_type=_LEASE, path="address"),
            Item(cert_type=_VOUCHER, path="valid_until"),
            Item(cert_type=_VOUCHER, path="residence_district", optional=True, changes=district),
        ),
        times=3,
        days=30,
        keep_days=30,
        lives_s=int(_OPEN_FOR.total_seconds()),
        otherwise=Said(
            "不同意也能办：带上租赁备案通知书到公积金窗口即可。",
            "You can do it all the same: bring the lease filing notice to our counter.",
        ),
    )
