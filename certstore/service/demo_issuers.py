"""The demonstration's issuing authorities, each with a service and a key of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from certstore.authority import AuthorityName
from certstore.catalogue import certificate_type
from certstore.chance import random_bytes
from certstore.clock import local_date
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate, read_private_key, write_private_key
from certstore.service.key_room import enrol_issuer_keys
from certstore.service.passphrase import passphrase
from certstore.service.wiring import House
from certstore.tables.sharing import Client
from certstore.tables.sharing import Purpose as SharingPurpose

_ENROLLED_FOR: Final = timedelta(days=365)


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoIssuer:
    """An invented authority, its service, and what it issues for which purpose."""

    client_id: str
    purpose_id: str
    name: AuthorityName
    types: Sequence[str]
    title_zh: str
    title_en: str
    basis: str


POLICE: Final = DemoIssuer(
    client_id="demo-police-records",
    purpose_id="criminal-record-search",
    name=AuthorityName(
        "11310000MB0T00015W", "示范市公安局", "Demonstration City Public Security Bureau"
    ),
    types=("no_criminal_record",),
    title_zh="犯罪记录查询",
    title_en="Criminal record search",
    basis="公安机关办理犯罪记录查询工作规定",
)
EMPLOYER: Final = DemoIssuer(
    client_id="demo-employer-dormitory",
    purpose_id="dormitory-certificates",
    name=AuthorityName(
        "91310000MADM00078M", "示范市远帆物流有限公司", "Yuanfan Logistics of Demonstration City"
    ),
    types=("dormitory_certificate",),
    title_zh="集体宿舍证明",
    title_en="Dormitory certificates",
    basis="居住证暂行条例第九条",
)
HOUSING: Final = AuthorityName(
    "11310000MB0T00023P", "示范市房屋管理局", "Demonstration City Housing Administration"
)
"""It issues lease filing notices of leases that are signed here, and asks for none by API."""


def issuer_signer(folder: Path, passphrase: bytes, issuer: DemoIssuer) -> KeySigner:
    """A service's own key, made at first use; it stands for another agency's machine."""
    path = folder / issuer.client_id / "client.key.pem"
    if not path.exists():
        write_private_key(path, generate("ES256"), passphrase)
    return KeySigner(Purpose.TOKEN, read_private_key(path, passphrase))


def enrol_issuers(house: House, *, dpop_bound: bool = True) -> None:
    """Enrol the authorities, and make known the services and purposes of those that have any."""
    opened, now = passphrase(house.settings), house.clock.now()

    def make_keys(name: AuthorityName) -> None:
        enrol_issuer_keys(house.keys, opened, name, (house.keys.folder, opened), now)

    until = local_date(now) + _ENROLLED_FOR
    house.issuer_desk.enrol(HOUSING, ("lease_filing",), until, make_keys)
    for issuer in (POLICE, EMPLOYER):
        house.issuer_desk.enrol(issuer.name, issuer.types, until, make_keys)
        signer = issuer_signer(house.settings.data_dir, opened, issuer)
        client = Client(
            client_id=issuer.client_id,
            agency=issuer.name.name_zh,
            agency_en=issuer.name.name_en,
            agency_uscc=issuer.name.uscc,
            keys=[{**to_jwk(signer.public_key), "kid": signer.kid}],
            state="active",
            agency_key=random_bytes(32),
            dpop_bound=dpop_bound,
        )
        purpose = SharingPurpose(
            purpose_id=issuer.purpose_id,
            client_id=issuer.client_id,
            matter_code=issuer.purpose_id.replace("-", "_"),
            title_zh=issuer.title_zh,
            title_en=issuer.title_en,
            legal_basis={"kind": "statutory_duty", "ref": issuer.basis},
            fields={
                kind: tuple(f.name for f in certificate_type(kind).fields) for kind in issuer.types
            },
            state="active",
            actions=("issue", "search", "pull"),
        )
        with house.archive.writing() as books:
            books.sharing.enrol(client, purpose)
