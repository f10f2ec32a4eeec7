import tomllib
from datetime import UTC, datetime, timedelta
from importlib.resources import files

import pytest

from certstore.errors import MalformedError
from certstore.jwk import to_jwk
from certstore.keys import generate, key_id
from face_auth.providers import read_registry
from tests.unit.face_auth.office import NOW, sandbox_signer

REAL = """
[[provider]]
id = "bank"
name_zh = "某银行"
name_en = "A bank"
kind = "push"
active_from = 2026-01-01
active_to = 2026-12-31
comparison_source = "police_photo_base"
fmr = 0.00001
assurance_level = "substantial"
pad = { certificate = "PAD-1", until = 2026-11-30 }
"""
KEY = """
[[provider.key]]
jwk = {{ kty = "EC", crv = "P-256", x = "{x}", y = "{y}" }}
valid_from = 2026-11-01T00:00:00+08:00
valid_to = 2026-12-01T00:00:00+08:00
"""


def test_the_registry_that_comes_with_the_service_holds_a_sandbox_and_no_key():
    registry = read_registry(demonstration=True)
    assert registry.provider("sandbox").sandbox
    assert registry.keys == {}


def test_the_sandbox_says_what_it_is_in_both_languages():
    sandbox = read_registry(demonstration=True).provider("sandbox")
    assert "沙箱" in sandbox.name_zh
    assert "sandbox" in sandbox.name_en
    assert "SANDBOX" in sandbox.pad.certificate


def test_a_sandbox_is_refused_beside_production_keys():
    with pytest.raises(MalformedError, match="sandbox") as refusal:
        read_registry(demonstration=False)
    assert refusal.value.remedy
    assert read_registry(REAL, demonstration=False).provider("bank").sandbox is False


def test_keys_are_read_with_their_days():
    public_key = generate("ES256").public_key()
    registry = read_registry(REAL + KEY.format(**to_jwk(public_key)), demonstration=False)
    found = registry.key(key_id(public_key))
    assert found.provider == "bank"
    assert found.valid_from == datetime(2026, 10, 31, 16, tzinfo=UTC)
    assert registry.usable("bank", NOW).id == "bank"
    assert registry.usable("bank", found.valid_to) is None
    assert registry.usable("bank", found.valid_from - timedelta(seconds=1)) is None


@pytest.mark.parametrize(
    "moment", [datetime(2025, 12, 31, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)]
)
def test_a_provider_is_usable_on_its_days_only(moment):
    far = timedelta(days=4000)
    registry = read_registry(REAL, demonstration=False)
    registry = registry.with_key("bank", sandbox_signer().public_key, NOW - far, NOW + far)
    assert registry.usable("bank", NOW) is not None
    assert registry.usable("bank", moment) is None


def test_a_provider_that_is_asked_needs_no_key():
    pulled = REAL.replace('"push"', '"pull"\nadapter = "tencent"')
    assert read_registry(pulled, demonstration=False).usable("bank", NOW).kind == "pull"
    assert read_registry(REAL, demonstration=False).usable("bank", NOW) is None


def test_two_providers_cannot_share_a_key():
    key = sandbox_signer().public_key
    registry = read_registry(REAL + REAL.replace('"bank"', '"shop"'), demonstration=False)
    registry = registry.with_key("bank", key, NOW, NOW + timedelta(1))
    with pytest.raises(MalformedError, match="share"):
        registry.with_key("shop", key, NOW, NOW + timedelta(1))
    with pytest.raises(MalformedError, match="not listed"):
        registry.with_key("nobody", key, NOW, NOW + timedelta(1))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('kind = "push"', 'kind = "guess"'),
        ('kind = "push"', "kind = []"),
        ('id = "bank"', 'id = "Bank 1"'),
        ('id = "bank"', "id = 5"),
        ("fmr = 0.00001", "fmr = 0"),
        ("fmr = 0.00001", "fmr = 1.5"),
        ("fmr = 0.00001", "fmr = nan"),
        ("fmr = 0.00001", ""),
        ('"substantial"', '"very high"'),
        ('"police_photo_base"', '"own_base"'),
        ("active_to = 2026-12-31", "active_to = 2026-12-31T00:00:00Z"),
        ("active_to = 2026-12-31", 'active_to = "2026-12-31"'),
        ("until = 2026-11-30", "until = true"),
        ('certificate = "PAD-1", ', ""),
        ("[[provider]]", "sandboxed = true\n[[provider]]\nsandbox = 1"),
        ("[[provider]]", "[[provider]]\nsecret = 'x'"),
        ("[[provider]]", "[provider]"),
        ("[[provider]]", "[[supplier]]"),
        ("[[provider]]", "[[provider"),
    ],
)
def test_a_registry_with_a_fault_is_refused_whole(old, new):
    assert old in REAL
    with pytest.raises(MalformedError) as refusal:
        read_registry(REAL.replace(old, new), demonstration=False)
    assert refusal.value.where


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-11-01T00:00:00+08:00", "2026-11-01T00:00:00"),
        ("2026-11-01T00:00:00+08:00", "2026-11-01"),
        ('kty = "EC"', 'kty = "EC", d = "AAAA"'),
        ('crv = "P-256"', 'crv = "P-384"'),
    ],
)
def test_a_key_with_a_fault_is_refused(old, new):
    text = REAL + KEY.format(**to_jwk(generate("ES256").public_key()))
    assert old in text
    with pytest.raises(MalformedError):
        read_registry(text.replace(old, new), demonstration=False)


def test_two_providers_with_one_id_are_refused():
    with pytest.raises(MalformedError, match="one id"):
        read_registry(REAL + REAL, demonstration=False)


def test_the_file_shows_how_a_key_is_written():
    text = (files("face_auth") / "providers.toml").read_text(encoding="utf-8")
    shown = [line.removeprefix("#   ") for line in text.splitlines() if line.startswith("#   ")]
    (provider,) = tomllib.loads("\n".join(["[[provider]]", *shown]))["provider"]
    assert provider["key"][0]["valid_to"].utcoffset() is not None
