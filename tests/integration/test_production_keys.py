"""A house with keys of its own: a root made apart, nothing of the demonstration mounted."""

import pytest
from starlette.testclient import TestClient
from typer.testing import CliRunner

from certstore.authority import ROOT_KEY
from certstore.errors import MalformedError
from certstore.keys import Purpose
from certstore.service.app import create_app
from certstore.service.cli import main
from certstore.service.wiring import House
from tests.house import settings_in

ROOT = "a root's passphrase"


@pytest.fixture
def production(tmp_path, monkeypatch):
    """What an operator's environment says; keys are not there yet."""
    monkeypatch.chdir(tmp_path)
    said = {
        "DATA_DIR": str(tmp_path / "var"),
        "KEYS_DIR": str(tmp_path / "keys"),
        "KEY_PASSPHRASE": "the house's passphrase",
        "DEMONSTRATION": "false",
        "OIDC_ISSUER": "https://identity.example",
        "ROOT_PASSPHRASE": ROOT,
    }
    for name, value in said.items():
        monkeypatch.setenv(f"CERTSTORE_{name}", value)
    return tmp_path


def run(*command):
    return CliRunner().invoke(main, list(command))


def prepared(folder):
    settings = settings_in(
        folder / "var",
        keys_dir=folder / "keys",
        key_passphrase="the house's passphrase",
        demonstration=False,
        oidc_issuer="https://identity.example",
    )
    house = House(settings)
    house.prepare()
    return house


def test_an_empty_key_folder_is_refused_with_the_way_out(production):
    with pytest.raises(MalformedError) as refused:
        prepared(production)
    assert "certstore keys root" in refused.value.remedy


def test_keys_certified_by_a_root_that_stays_away(production):
    offline = production / "offline"
    assert run("keys", "root", str(offline)).exit_code == 0
    made = run("keys", "make", "--root", str(offline))
    assert made.exit_code == 0, made.output
    assert (production / "keys" / "root.pem").exists()
    assert not (production / "keys" / ROOT_KEY).exists()
    house = prepared(production)
    assert not house.keys.demonstration
    assert house.sealer.specimen is False
    assert house.trust.find(house.keys.signer(Purpose.CODE).kid, Purpose.CODE) is not None
    app = create_app(house)
    paths = {getattr(route, "path", "") for route in app.routes}
    assert not any("development-identity" in path or "sandbox" in path for path in paths)
    assert house.face_desk.usable() is None
    with TestClient(app, base_url="http://127.0.0.1:8000") as client:
        assert "样张" not in client.get("/").text
        assert client.get("/readyz").status_code == 200
    house.close()
    again = run("keys", "make", "--root", str(offline))
    assert "none, all are there" in again.output


def test_a_root_is_never_overwritten_and_wants_a_long_passphrase(production, monkeypatch):
    offline = production / "offline"
    assert run("keys", "root", str(offline)).exit_code == 0
    before = (offline / "root.pem").read_bytes()
    assert run("keys", "root", str(offline)).exit_code != 0
    assert (offline / "root.pem").read_bytes() == before
    monkeypatch.setenv("CERTSTORE_ROOT_PASSPHRASE", "short")
    assert run("keys", "root", str(production / "other")).exit_code != 0
    assert not (production / "other").exists()


def test_without_an_identity_provider_the_house_does_not_open(production):
    offline = production / "offline"
    run("keys", "root", str(offline))
    run("keys", "make", "--root", str(offline))
    settings = settings_in(
        production / "var",
        keys_dir=production / "keys",
        key_passphrase="the house's passphrase",
        demonstration=False,
        oidc_issuer="",
    )
    with pytest.raises(MalformedError) as refused:
        House(settings).prepare()
    assert refused.value.where == "CERTSTORE_OIDC_ISSUER"
