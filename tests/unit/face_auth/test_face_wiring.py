"""Face providers from an operator's settings to the desk; and the bench that measures it."""

import json
from dataclasses import replace

import pytest
from pydantic import SecretStr

from certstore.errors import MalformedError
from certstore.service.bench_face import as_json, as_table, bench_face
from certstore.service.settings import Settings
from face_auth.adapters.tencent import Tencent
from tests.house import house_in
from tests.unit.face_auth.pulled_office import CREDENTIALS, ENTRY, MORE

HOST = "https://faceid.example"


def providers_file(folder, *names):
    path = folder / "providers.toml"
    path.write_text(
        "".join(ENTRY.format(name=name, endpoint=HOST, more=MORE[name]) for name in names),
        encoding="utf-8",
    )
    return path


@pytest.fixture
def open_house(tmp_path):
    opened = []

    def build(**settings):
        opened.append(house_in(tmp_path / "house", **settings))
        return opened[-1]

    yield build
    for house in opened:
        house.close()


def test_a_provider_is_listed_given_its_credentials_and_begun_at(open_house, tmp_path):
    desk = open_house(
        face_providers_file=providers_file(tmp_path, "tencent", "wechat"),
        face_credentials={"tencent": CREDENTIALS["tencent"]},
        face_provider="tencent",
    ).face_desk
    assert isinstance(desk.starters["tencent"], Tencent)
    assert desk.pullers["tencent"] is desk.starters["tencent"]
    assert desk.registry.provider("tencent").comparison_source == "police_photo_base"
    assert "KEYSECRET" not in repr(desk)


def test_a_provider_without_credentials_is_not_begun_at(open_house, tmp_path):
    desk = open_house(
        face_providers_file=providers_file(tmp_path, "tencent"), face_provider="tencent"
    ).face_desk
    assert desk.usable() is None


def test_an_unproven_provider_is_connected_and_not_begun_at(open_house, tmp_path):
    path = providers_file(tmp_path, "network_identity")
    text = path.read_text(encoding="utf-8").replace("allow_unproven = true", "")
    path.write_text(text, encoding="utf-8")
    desk = open_house(
        face_providers_file=path,
        face_credentials={"network_identity": CREDENTIALS["network_identity"]},
        face_provider="network_identity",
    ).face_desk
    assert "network_identity" in desk.starters
    assert desk.usable() is None


def test_credentials_of_a_provider_that_is_not_listed_are_refused_by_name(open_house, tmp_path):
    house = open_house(
        face_providers_file=providers_file(tmp_path, "wechat"),
        face_credentials={"tencent": CREDENTIALS["tencent"]},
    )
    with pytest.raises(MalformedError) as refusal:
        _ = house.face_desk
    assert "tencent" in refusal.value.where


def test_the_sandbox_stands_where_nothing_is_said(open_house):
    desk = open_house().face_desk
    assert desk.provider == "sandbox"
    assert desk.pullers == {}
    assert [rule.version for rule in desk.rules] == ["face-2021"]


def test_the_optional_rule_begins_on_the_day_of_the_settings(open_house):
    desk = open_house(face_earlier_from="2027-01-01").face_desk
    assert [rule.version for rule in desk.rules] == ["face-2021", "face-earlier"]


def test_credentials_are_secrets_from_the_environment_on(monkeypatch):
    said = {"tencent": {"secret_id": "i", "secret_key": "KEYSECRET", "rule_id": "1"}}
    monkeypatch.setenv("CERTSTORE_FACE_CREDENTIALS", json.dumps(said))
    settings = Settings(_env_file=None)
    assert settings.face_credentials["tencent"]["secret_key"] == SecretStr("KEYSECRET")
    assert "KEYSECRET" not in repr(settings)


def test_the_bench_takes_every_result_and_prints_both_ways():
    found = bench_face(20)
    assert found.results == 20
    for spent in (found.bare_es256_ms, found.without_database_ms, found.accept_ms):
        assert spent > 0
    assert json.loads(as_json(found))["promise_ms"] == 1.0
    assert found.kept is (found.accept_ms < found.promise_ms)
    assert "NOT KEPT" in as_table(replace(found, kept=False))
    assert "results measured" in as_table(found)
