"""Two cities that trust each other's lists, each a whole house served on loopback."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from certstore.chance import random_bytes
from certstore.client import Client, Purpose
from certstore.clock import SystemClock
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, PrivateKey, generate, key_id, write_private_key
from certstore.keys import Purpose as KeyPurpose
from certstore.service.passphrase import passphrase
from certstore.service.serving import free_port, serving
from certstore.service.wiring import House
from certstore.tables.sharing import Client as Enrolled
from certstore.tables.sharing import Purpose as Approved
from tests.house import house_in
from tests.sealed import ENROLMENT, GRANTED, LIN, MATTER, SCHOOL, VOUCHER, enrol, school_key

CITY, THEIR_PURPOSE = "city-of-shifan", "shifan-schools"
PEER = "yunzhou"
FILE = """
[[peer]]
code = "yunzhou"
name_zh = "云州市"
name_en = "Yunzhou"
base_url = "{url}"
client_id = "city-of-shifan"
root = "yunzhou-root.pem"
key = "our-key.pem"

[peer.purposes.{ours}]
purpose_id = "shifan-schools"
matter_code = "school_enrolment"
cert_types = ["residence_voucher"]
fields = ["name", "residence_district", "valid_until"]
"""


@dataclass(frozen=True)
class Cities:
    """`ours` forwards what its school asks; `theirs` knows it as a city."""

    ours: House
    theirs: House
    school_key: PrivateKey
    city_key: PrivateKey

    def school(self, *fields: str, **options) -> Client:
        """Our city's school."""
        purpose = Purpose(ENROLMENT, MATTER, [VOUCHER], fields or GRANTED)
        signer = KeySigner(KeyPurpose.TOKEN, self.school_key)
        url, root = self.ours.settings.public_url, self.ours.keys.root_pem()
        return Client(url, SCHOOL, signer, purpose, root=root, **options)

    def city(self, actions=("search", "pull", "relay")) -> Client:
        """Our city, as it is known over there."""
        purpose = Purpose(THEIR_PURPOSE, MATTER, [VOUCHER], GRANTED, actions)
        signer = KeySigner(KeyPurpose.TOKEN, self.city_key)
        return Client(self.theirs.settings.public_url, CITY, signer, purpose)


def house_at(folder: Path, **others) -> House:
    """A house at a port of its own, at the present time."""
    url = f"http://127.0.0.1:{free_port()}"
    return house_in(folder, clock=SystemClock(), public_url=url, **others)


def enrol_city(house: House, key: PrivateKey) -> None:
    """Make our city known over there, with a purpose that may forward."""
    client = Enrolled(
        client_id=CITY,
        agency="示范市",
        agency_en="Demonstration City",
        agency_uscc="11310000MB0T00066P",
        keys=[{**to_jwk(key.public_key()), "kid": key_id(key.public_key())}],
        state="active",
        agency_key=random_bytes(32),
    )
    purpose = Approved(
        purpose_id=THEIR_PURPOSE,
        client_id=CITY,
        matter_code=MATTER,
        title_zh="义务教育入学报名",
        title_en="School enrolment",
        legal_basis={"kind": "statutory_duty", "ref": "义务教育法第十二条"},
        fields={VOUCHER: GRANTED},
        state="active",
        actions=("search", "pull", "relay"),
    )
    with house.archive.writing() as books:
        books.sharing.enrol(client, purpose)


def peers_file(folder: Path, theirs: House, key: PrivateKey, *, root: bytes = b"") -> Path:
    """What our operator writes about the other city; the key opens with our own passphrase."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "yunzhou-root.pem").write_bytes(root or theirs.keys.root_pem())
    file = folder / "peers.toml"
    file.write_text(FILE.format(url=theirs.settings.public_url, ours=ENROLMENT), "utf-8")
    if not (folder / "our-key.pem").exists():
        write_private_key(folder / "our-key.pem", key, b"peers of a test")
    return file


@contextmanager
def two_cities(folder: Path, **others) -> Iterator[Cities]:
    """Both, served; the school is enrolled here, our city is over there."""
    city_key, key = generate("ES256"), school_key()
    theirs = house_at(folder / "theirs", ledger_origin="yunzhou.example/ledger")
    file = peers_file(folder / "peers", theirs, city_key)
    ours = house_at(folder / "ours", peers_file=file, key_passphrase="peers of a test", **others)
    assert passphrase(ours.settings) == b"peers of a test"
    enrol_city(theirs, city_key)
    enrol(ours, key, dpop=True)
    with ours.archive.writing() as books:
        books.people.known(LIN)
    with ExitStack() as open_houses:
        for house in (theirs, ours):
            open_houses.callback(house.close)
            port = int(house.settings.public_url.rpartition(":")[2])
            open_houses.enter_context(serving(house, "127.0.0.1", port))
        yield Cities(ours, theirs, key, city_key)
