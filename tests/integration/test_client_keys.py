"""`certstore clients` and `certstore keys rotate`: what an operator types, and what comes of it."""

import json

import pytest
from typer.testing import CliRunner

from certstore.authorization.client_keys import MOST_KEYS, read_public_key
from certstore.clock import SystemClock
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.keys import generate
from certstore.service.cli import main
from certstore.service.demo_school import SCHOOL_CLIENT, enrol_school, school_signer
from tests.house import house_in
from tests.proofs import public_jwk
from tests.sealed import SCHOOL, enrol, school_key


@pytest.fixture
def house(tmp_path):
    built = house_in(tmp_path / "var", clock=SystemClock())  # commands know no other
    yield built
    built.close()


def run(*command):
    return CliRunner().invoke(main, list(command))


def test_a_clients_keys_are_added_and_retired_by_commands(house, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    enrol_school(house.archive, school_signer(tmp_path / "var", b"a passphrase"))
    file = tmp_path / "next.jwk.json"
    file.write_text(json.dumps(public_jwk(generate("EdDSA"))))
    before = run("clients", "keys", SCHOOL_CLIENT).output.split()[0]
    added = run("clients", "add-key", SCHOOL_CLIENT, str(file))
    assert added.exit_code == 0, added.output
    with house.archive.reading() as books:
        known = books.sharing.client(SCHOOL_CLIENT)
    assert (len(known.keys), known.signing_algorithms) == (2, ("ES256", "EdDSA"))
    assert known.dpop_bound  # the demonstration's school is bound as every new client is
    assert run("clients", "retire-key", SCHOOL_CLIENT, before).exit_code == 0
    listed = run("clients", "keys", SCHOOL_CLIENT).output
    assert "OKP Ed25519" in listed
    assert before not in listed


def test_where_holders_may_be_led_back_to_is_registered_by_a_command(house, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    enrol_school(house.archive, school_signer(tmp_path / "var", b"a passphrase"))
    for uri in ("https://school.example/back", "http://127.0.0.1:9000/back"):
        assert run("clients", "allow-return", SCHOOL_CLIENT, uri).exit_code == 0
    outside = run("clients", "allow-return", SCHOOL_CLIENT, "http://school.example/back")
    assert isinstance(outside.exception, MalformedError)
    unknown = run("clients", "allow-return", "nobody", "https://school.example/back")
    assert isinstance(unknown.exception, NotFoundError)
    with house.archive.reading() as books:
        assert len(books.consents.return_addresses(SCHOOL_CLIENT)) == 2


def test_the_next_token_key_is_made_by_a_command_and_listed(house, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    made = run("keys", "rotate", "--minutes", "5")
    assert made.exit_code == 0, made.output
    assert "made token-2" in made.output
    lines = [line for line in run("keys", "list").output.splitlines() if line.startswith("token")]
    assert len(lines) == 2
    assert ", from " in lines[1]
    assert isinstance(run("keys", "rotate").exception, ConflictError)


def test_what_is_no_further_public_key_is_refused(house):
    key = school_key()
    enrol(house, key)
    keys = house.client_key_desk
    for wrong in ({}, "text", {**public_jwk(key), "d": "AAAA"}, {"kty": "oct", "k": "AAAA"}):
        with pytest.raises(MalformedError):
            keys.add(SCHOOL, wrong)
    with pytest.raises(ConflictError):
        keys.add(SCHOOL, public_jwk(key))
    with pytest.raises(NotFoundError):
        keys.add("nobody", public_jwk(generate("ES256")))
    with pytest.raises(NotFoundError):
        keys.retire(SCHOOL, "0" * 16)
    for _ in range(MOST_KEYS - 1):
        keys.add(SCHOOL, public_jwk(generate("ES256")))
    with pytest.raises(ConflictError):
        keys.add(SCHOOL, public_jwk(generate("ES256")))


def test_a_private_key_that_travelled_is_named_as_such():
    private = json.dumps({**public_jwk(generate("ES256")), "d": "AAAA"}).encode()
    with pytest.raises(MalformedError, match="private"):
        read_public_key(private)
