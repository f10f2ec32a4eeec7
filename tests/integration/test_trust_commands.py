"""`certstore trust`: other authorities' keys listed, retired and revoked by the root, off line."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from typer.testing import CliRunner

from certstore.authority import AuthorityName, make_demonstration
from certstore.batches import sign_batch
from certstore.clock import SystemClock
from certstore.errors import CertstoreError, ConflictError, MalformedError, NotFoundError
from certstore.jwk import to_jwk
from certstore.keys import KeySigner, Purpose, generate
from certstore.service.cli import main
from certstore.service.key_room import publish_trust_list
from certstore.service.wiring import House
from certstore.trust import KeyState
from tests.house import settings_in
from tests.unit.certstore.signed_batches import HOUSING, as_lines, record

STRANGER = AuthorityName(HOUSING, "别处", "Elsewhere")
PASSPHRASE, ROOT = "the house's passphrase", "a root's passphrase"


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A production house whose root lies apart, as its operator's environment says."""
    monkeypatch.chdir(tmp_path)
    said = {
        "DATA_DIR": str(tmp_path / "var"),
        "KEYS_DIR": str(tmp_path / "keys"),
        "KEY_PASSPHRASE": PASSPHRASE,
        "DEMONSTRATION": "false",
        "OIDC_ISSUER": "https://identity.example",
        "ROOT_PASSPHRASE": ROOT,
    }
    for name, value in said.items():
        monkeypatch.setenv(f"CERTSTORE_{name}", value)
    assert run("keys", "root", "offline").exit_code == 0
    assert run("keys", "make", "--root", "offline").exit_code == 0
    return tmp_path


@pytest.fixture
def house(place):
    """The same house, running."""
    settings = settings_in(
        place / "var",
        keys_dir=place / "keys",
        key_passphrase=PASSPHRASE,
        demonstration=False,
        oidc_issuer="https://identity.example",
    )
    opened = House(settings)
    opened.prepare()
    yield opened
    opened.close()


@pytest.fixture
def key(place):
    """A source's key, whose public half was handed to the operator."""
    made = KeySigner(Purpose.SOURCE, generate("ES256"))
    pem = made.public_key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    (place / "housing.pem").write_bytes(pem)
    return made


def run(*command):
    return CliRunner().invoke(main, list(command))


def done(*command):
    """A command that succeeds; what it said."""
    ran = run(*command)
    assert ran.exit_code == 0, (ran.output, ran.exception)
    return ran.output


def add(*more, file="housing.pem", uscc=HOUSING, to="2099-12-31"):
    who = ("--authority", uscc, "--name", "示范市房屋管理局")
    return ("trust", "add", file, "--purpose", "source", *who, "--to", to, *more)


OFFLINE = ("--root", "offline")


def hand_in(house, key, **changes):
    jsonl = as_lines([record(**changes)])
    return house.collection_desk.hand_in(jsonl, sign_batch(jsonl, key), lambda _path: b"")


def test_a_source_hands_in_from_the_moment_its_key_is_listed(house, key):
    with pytest.raises(MalformedError, match="nobody here trusts"):
        hand_in(house, key)
    before = house.trust.seq
    assert key.kid in done(*add(*OFFLINE))
    assert house.trust.seq > before
    assert hand_in(house, key).accepted == 1
    shown = done("trust", "show")
    assert key.kid in shown
    assert "示范市房屋管理局" in shown


def test_a_retired_key_hands_nothing_more_in_and_a_revoked_one_is_good_for_nothing(house, key):
    done(*add(*OFFLINE))
    hand_in(house, key)
    done("trust", "retire", key.kid, *OFFLINE)
    with pytest.raises(MalformedError):
        hand_in(house, key, version=2)
    assert house.trust.keys[key.kid].state is KeyState.RETIRED
    done("trust", "revoke", key.kid, *OFFLINE)
    assert house.trust.keys[key.kid].state is KeyState.REVOKED
    refused(ConflictError, "trust", "retire", key.kid, *OFFLINE)


def test_what_was_listed_stays_when_the_list_is_published_anew(house, key):
    done(*add(*OFFLINE))
    done("trust", "revoke", key.kid, *OFFLINE)
    code = house.keys.signer(Purpose.CODE).kid
    before = house.trust.seq
    done("trust", "publish", *OFFLINE)
    assert house.trust.seq > before
    assert house.trust.keys[key.kid].state is KeyState.REVOKED
    assert house.trust.keys[code].state is KeyState.ACTIVE


def test_where_the_root_lies_nothing_of_the_house_is_needed(place, key, monkeypatch):
    carried = place / "carried.jws"
    carried.write_bytes((place / "keys" / "trust-list.jws").read_bytes())
    for name in ("KEY_PASSPHRASE", "KEYS_DIR", "DATA_DIR"):
        monkeypatch.delenv(f"CERTSTORE_{name}")
    monkeypatch.setenv("CERTSTORE_KEYS_DIR", str(place / "nothing here"))
    done(*add("--list", str(carried), *OFFLINE))
    done("trust", "retire", key.kid, "--list", str(carried), *OFFLINE)
    monkeypatch.setenv("CERTSTORE_KEYS_DIR", str(place / "keys"))
    assert key.kid not in done("trust", "show")
    done("trust", "install", str(carried))
    assert "retired" in done("trust", "show")


def test_only_a_newer_list_of_this_root_is_installed(place, key):
    present = place / "keys" / "trust-list.jws"
    former, foreign = place / "former.jws", place / "foreign.jws"
    former.write_bytes(present.read_bytes())
    refused(ConflictError, "trust", "install", str(former))  # the one that lies there
    done(*add(*OFFLINE))
    refused(ConflictError, "trust", "install", str(former))
    now = SystemClock().now()
    other = make_demonstration(place / "other", b"pass", STRANGER, now)
    publish_trust_list(other, (other.folder, b"pass"), now)
    foreign.write_bytes((other.folder / "trust-list.jws").read_bytes())
    refused(CertstoreError, "trust", "install", str(foreign))
    foreign.write_text("a.b.c")
    refused(CertstoreError, "trust", "install", str(foreign))
    assert key.kid in done("trust", "show")


@pytest.mark.parametrize(("purpose", "state"), [("code", "retire"), ("ledger", "revoke")])
def test_a_list_that_would_stop_the_house_itself_is_not_installed(place, purpose, state):
    lacking = place / "lacking.jws"
    lacking.write_bytes((place / "keys" / "trust-list.jws").read_bytes())
    lines = done("trust", "show").splitlines()
    kid = next(line.split()[1] for line in lines if line.startswith(purpose))
    done("trust", state, kid, "--list", str(lacking), *OFFLINE)
    assert purpose in str(refused(ConflictError, "trust", "install", str(lacking)))


def test_the_root_signs_and_nobody_else(place, key):
    assert run(*add()).exit_code != 0  # no root in the key folder
    done("keys", "root", "another")
    assert run(*add("--root", "another")).exit_code != 0
    assert key.kid not in done("trust", "show")


def refused(kind, *command):
    """A command that is refused; what was raised. The list is as it was."""
    before = (done("trust", "show"), run(*command))
    assert isinstance(before[1].exception, kind), before[1].output
    assert done("trust", "show") == before[0]
    return before[1].exception


def test_a_key_is_listed_once_and_keeps_its_time(key):
    done(*add(*OFFLINE))
    told = refused(ConflictError, *add("--from", "2026-01-01", *OFFLINE))
    assert key.kid in str(told)


def test_an_unknown_key_is_not_retired(place):
    assert isinstance(run("trust", "retire", "0" * 16, *OFFLINE).exception, NotFoundError)


@pytest.mark.parametrize(
    ("more", "where"),
    [
        ({"uscc": "11310000MB1A00027X"}, None),
        ({"uscc": "housing"}, None),
        ({"to": "soon"}, "--to"),
        ({"to": "2020-01-01"}, "--to"),
    ],
)
def test_an_entry_that_makes_no_sense_is_refused(key, more, where):
    told = refused(MalformedError, *add(*OFFLINE, **more))
    assert where is None or told.where == where


def test_the_root_itself_and_unknown_purposes_are_not_listed(key):
    told = refused(MalformedError, *(w if w != "source" else "root" for w in add(*OFFLINE)))
    assert told.where == "--purpose"
    assert run(*(w if w != "source" else "everything" for w in add(*OFFLINE))).exit_code == 2


def test_a_name_with_characters_nobody_sees_is_refused(key):
    told = refused(
        MalformedError, *(w + "\u202e" if w.startswith("示范") else w for w in add(*OFFLINE))
    )
    assert told.where == "--name"


def pem_of(key, private=False):
    if private:
        return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def test_files_that_are_no_public_key_of_ours_are_refused(place):
    stranger = make_demonstration(place / "strange", b"pass", STRANGER, SystemClock().now())
    hostile = {
        "private": pem_of(ec.generate_private_key(ec.SECP256R1()), private=True),
        "rsa": pem_of(rsa.generate_private_key(65_537, 2048)),
        "p384": pem_of(ec.generate_private_key(ec.SECP384R1())),
        "foreign certificate": (stranger.folder / "code.pem").read_bytes(),
        "its root": stranger.root_pem(),
        "empty": b"",
        "text": b"a key",
        "large": b"x" * 40_000,
        "jwk with a private member": b'{"kty":"OKP","crv":"Ed25519","x":"AAAA","d":"AAAA"}',
        "no jwk": b"{",
    }
    for name, data in hostile.items():
        (place / "hostile").write_bytes(data)
        told = refused(MalformedError, *add(*OFFLINE, file="hostile"))
        assert told.where == "FILE", name


def test_a_jwk_and_a_certificate_of_this_root_are_keys_too(place, house):
    key = KeySigner(Purpose.SOURCE, generate("EdDSA"))
    (place / "key.jwk").write_text(json.dumps(to_jwk(key.public_key)))
    done(*add(*OFFLINE, file="key.jwk"))
    assert house.trust.find(key.kid, Purpose.SOURCE) is not None
    told = refused(ConflictError, *add(*OFFLINE, file=str(place / "keys" / "code.pem")))
    assert "listed already" in str(told)
