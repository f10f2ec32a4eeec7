"""The demonstration's agency whose clerk asks at `/pull`; and agencies' matters."""

from importlib.resources import files
from pathlib import Path

from certstore.callers import Operator
from certstore.chance import random_bytes
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, generate, read_private_key, write_private_key
from certstore.keys import Purpose as KeyPurpose
from certstore.service.demo_cast import cast
from certstore.service.passphrase import passphrase
from certstore.service.wiring import House
from certstore.tables.sharing import Client, Purpose
from verifiers.matters.matter import read_file

COUNTER_CLIENT = "demo-social-insurance"
COUNTER_PURPOSE = "flexible-employment-2026"


def counter_signer(folder: Path, passphrase: bytes) -> KeySigner:
    """The office's own key, made at first use, for decisions of its matter over the API."""
    path = folder / COUNTER_CLIENT / "client.key.pem"
    if not path.exists():
        write_private_key(path, generate("ES256"), passphrase)
    return KeySigner(KeyPurpose.TOKEN, read_private_key(path, passphrase))


def enrol_counter(house: House) -> None:
    """Make the social insurance office known; its clerks ask on the page, a machine may, too."""
    signer = counter_signer(house.settings.data_dir, passphrase(house.settings))
    client = Client(
        client_id=COUNTER_CLIENT,
        agency="示范市人力资源和社会保障局",
        agency_en="Demonstration City Human Resources and Social Security Bureau",
        agency_uscc="11310000MB0T0004XA",
        keys=[{**to_jwk(signer.public_key), "kid": signer.kid}],
        state="active",
        agency_key=random_bytes(32),
    )
    purpose = Purpose(
        purpose_id=COUNTER_PURPOSE,
        client_id=client.client_id,
        matter_code="flexible_employment",
        title_zh="灵活就业人员参保登记",
        title_en="Social insurance for the self-employed",
        legal_basis={"kind": "statutory_duty", "ref": "社会保险法第五十八条"},
        fields={
            "residence_voucher": ("name", "residence_district", "valid_until"),
            "residence_permit": (),
            "household_register": (),  # whether there is one, and nothing it says
        },
        state="active",
        actions=("search", "pull", "counter"),
    )
    with house.archive.writing() as books:
        books.sharing.enrol(client, purpose)


def register_matters(house: House) -> None:
    """Have the matters that lie beside this module approved by two operators of the cast.

    The same again is nothing new.
    """
    known = cast(house.settings.districts)
    people = [known[key] for key in ("operator_A01", "operator_A02")]
    folder = files("certstore.service").joinpath("demo_matters")
    for file in sorted(folder.iterdir(), key=lambda each: each.name):
        if file.name.endswith(".toml"):
            house.matter_desk.propose(read_file(file.read_bytes(), toml=True))
            for proposal in house.matter_approval_desk.lists()[0]:
                for step, one in enumerate(people, 1):
                    operator = Operator(one["name"], one["staff_number"])
                    house.matter_approval_desk.approve(operator, proposal.ref, step)
