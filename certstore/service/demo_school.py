"""The demonstration's pulling service: school enrolment, enrolled with a key of its own."""

from collections.abc import Mapping
from pathlib import Path

from certstore.chance import random_bytes
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate, read_private_key, write_private_key
from certstore.tables.books import Archive
from certstore.tables.sharing import Client
from certstore.tables.sharing import Purpose as SharingPurpose

SCHOOL_CLIENT = "demo-school-enrolment"
SCHOOL_PURPOSE = "school-enrolment-2026"
SCHOOL_MATTER = "school_enrolment"
_BASIS = {"kind": "statutory_duty", "ref": "义务教育法第十二条"}
# What its matter may ask of them; nothing that they say may be pulled.
_QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "residence_permit": ("district_is",),
    "birth_certificate": ("parent_is",),
    "property_certificate": ("district_is",),
    "lease_filing": ("district_is", "valid_on"),
}
_GRANTED = ("name", "residence_district", "valid_until", "held_since")


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
        matter_code=SCHOOL_MATTER,
        title_zh="义务教育入学报名",
        title_en="School enrolment",
        legal_basis=_BASIS,
        fields={"residence_voucher": _GRANTED, **_QUESTIONS},
        state="active",
        actions=("search", "pull", "verify", "subscribe", "matters"),
    )
    with archive.writing() as books:
        books.sharing.enrol(client, purpose)
