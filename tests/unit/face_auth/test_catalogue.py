"""Which adapters there are, how well each is known, and what a provider's entry must give them."""

import re
import tomllib
from pathlib import Path

import pytest
from pydantic import SecretStr

import face_auth
from certstore.errors import MalformedError
from face_auth.adapters import standing
from face_auth.adapters.catalogue import CREDENTIALS, connect
from face_auth.adapters.standing import ADAPTERS
from face_auth.providers import read_registry
from tests.unit.face_auth.office import NOW, StillClock
from tests.unit.face_auth.pulled_office import CREDENTIALS as GIVEN
from tests.unit.face_auth.pulled_office import ENTRY, MORE, NAMES, alipay_public

ROOT = Path(face_auth.__file__).parent.parent
HOST = "https://faceid.example"


def registry_of(name, *, endpoint=HOST, more=None):
    text = ENTRY.format(name=name, endpoint=endpoint, more=MORE[name] if more is None else more)
    return read_registry(text, demonstration=False)


def connected(name, *, provider=None, **changes):
    said = {**GIVEN[name]}
    if name == "alipay":
        said["alipay_key"] = alipay_public()
    said |= changes
    credentials = {n: SecretStr(value) for n, value in said.items() if value is not None}
    provider = provider or registry_of(name).providers[name]
    return connect(provider, credentials, StillClock(), lambda path: path)


def test_every_adapter_says_what_its_shape_is_taken_from():
    files = {path.stem for path in (ROOT / "face_auth/adapters").glob("*.py")}
    for name, known in ADAPTERS.items():
        assert known.taken_from
        if name != "sandbox":
            assert name in files
            text = (ROOT / f"face_auth/adapters/{name}.py").read_text(encoding="utf-8")
            assert "Taken from" in text or "Known from" in text
    assert {name for name, known in ADAPTERS.items() if not known.proven} == {"network_identity"}
    assert standing.__doc__


def test_what_lacks_a_published_example_is_off_until_its_entry_allows_it():
    on, off = (
        MORE["network_identity"],
        MORE["network_identity"].replace("allow_unproven = true", ""),
    )
    assert registry_of("network_identity", more=on).usable("network_identity", NOW) is not None
    registry = registry_of("network_identity", more=off)
    assert registry.usable("network_identity", NOW) is None
    assert registry.provider("network_identity").proven is False
    for name in set(NAMES) - {"network_identity"}:
        assert registry_of(name).usable(name, NOW).proven


@pytest.mark.parametrize("name", NAMES)
def test_every_adapter_is_connected_from_its_entry_and_credentials(name):
    found = connected(name)
    assert found.puller is found.starter
    for secret in ("APPSECRET", "KEYSECRET"):
        assert secret not in repr(found)


def test_a_provider_that_pushes_has_nothing_to_be_asked():
    text = ENTRY.format(name="bank", endpoint=HOST, more="").replace(
        'adapter = "bank"\nkind = "pull"', 'adapter = "signed_push"\nkind = "push"'
    )
    provider = read_registry(text, demonstration=False).providers["bank"]
    found = connect(provider, {"secret": SecretStr("s")}, StillClock(), lambda path: path)
    assert found.puller is None


@pytest.mark.parametrize("name", NAMES)
def test_a_credential_too_few_or_too_many_is_refused_by_name(name):
    first = min(CREDENTIALS[name])
    for changes in ({first: None}, {"another": "x"}):
        with pytest.raises(MalformedError) as refusal:
            connected(name, **changes)
        assert name in refusal.value.where
        assert first in refusal.value.detail
        assert "KEYSECRET" not in str(refusal.value)


def test_the_sandbox_takes_no_credentials():
    sandbox = read_registry(demonstration=True).providers["sandbox"]
    with pytest.raises(MalformedError, match="none"):
        connect(sandbox, {}, StillClock(), lambda path: path)


@pytest.mark.parametrize("name", ["wechat", "network_identity"])
def test_an_app_is_opened_by_an_address_with_a_place_for_the_id(name):
    for launch in ("", 'launch = "https://mini.example/face"'):
        more = re.sub(r"(?m)^launch = .*$", launch, MORE[name])
        with pytest.raises(MalformedError, match="sent"):
            connected(name, provider=registry_of(name, more=more).providers[name])


def test_an_endpoint_without_tls_is_refused_at_set_up():
    provider = registry_of("tencent", endpoint="http://faceid.example").providers["tencent"]
    with pytest.raises(MalformedError, match="https"):
        connected("tencent", provider=provider)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('adapter = "tencent"', 'adapter = "unheard_of"'),
        ('kind = "pull"', 'kind = "push"'),
        ("threshold = 70.0", 'threshold = "70"'),
        ("threshold = 70.0", "threshold = true"),
        ('channel = "web"', 'channel = "fax"'),
        ('mode = "1:1"', 'mode = "1:many"'),
        ("device_risk = []", "device_risk = [1]"),
        ("device_risk = []", 'device_risk = "none"'),
        ("device_risk = []", "device_risks = []"),
        ("device_risk = []", 'score = "yes"'),
        ("device_risk = []", 'subject = "anybody"'),
        ("device_risk = []", "verified_at = 2026-01-01"),
        ('endpoint = "https://faceid.example"', "endpoint = 5"),
        ('endpoint = "https://faceid.example"', "allow_unproven = 1"),
    ],
)
def test_an_entry_with_a_fault_is_refused_whole(old, new):
    text = ENTRY.format(name="tencent", endpoint=HOST, more=MORE["tencent"])
    assert old in text
    with pytest.raises(MalformedError):
        read_registry(text.replace(old, new), demonstration=False)


def test_the_entries_shown_in_the_documentation_can_be_read():
    """docs/face.md: every TOML block is a registry, and every credential is named."""
    text = (ROOT / "docs/face.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    providers = {
        table["id"]: table for block in blocks for table in tomllib.loads(block)["provider"]
    }
    assert {table["adapter"] for table in providers.values()} == set(ADAPTERS) - {"sandbox"}
    for block in blocks:
        read_registry(block, demonstration=False)
    for name, names in CREDENTIALS.items():
        for credential in names:
            assert f"`{credential}`" in text, (name, credential)
