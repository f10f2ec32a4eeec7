"""The key folder: made once, opened with the right passphrase only, never overwritten."""

import os
import stat
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509

from certstore.authority import (
    HOUSE_PURPOSES,
    AuthorityName,
    is_demonstration,
    make_demonstration,
    open_key_ring,
)
from certstore.errors import ConflictError, MalformedError, NotFoundError
from certstore.keys import Purpose, generate, read_private_key, write_private_key
from certstore.service.key_room import open_key_room, publish_trust_list, sandbox_face_signer
from certstore.service.passphrase import passphrase
from certstore.trust import NEVER_LISTED, parse_trust_list
from tests.house import settings_in

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
WHO = AuthorityName("11310000MB0T00015W", "示范市公安局", "Public Security Bureau")
SECRET = b"a passphrase of these tests"


@pytest.fixture
def folder(tmp_path):
    make_demonstration(tmp_path / "keys", SECRET, WHO, NOW)
    return tmp_path / "keys"


def opened(folder, now=NOW, secret=SECRET, *, demonstration=True):
    return open_key_room(folder, secret, WHO, now, demonstration=demonstration)


def test_an_empty_folder_gets_a_demonstration_authority_that_says_so(tmp_path):
    ring = opened(tmp_path / "keys")
    assert set(ring.signers) == set(HOUSE_PURPOSES)
    assert ring.demonstration
    assert is_demonstration(ring.root)
    assert "SPECIMEN" in ring.root.subject.rfc4514_string()
    kids = {signer.kid for signer in ring.signers.values()}
    assert len(kids) == len(HOUSE_PURPOSES)
    again = opened(tmp_path / "keys")
    assert {signer.kid for signer in again.signers.values()} == kids


def test_production_never_makes_keys_by_itself(tmp_path):
    with pytest.raises(MalformedError, match="empty"):
        opened(tmp_path / "keys", demonstration=False)
    assert not (tmp_path / "keys").exists()


def test_private_keys_are_their_owners_alone(folder):
    private = sorted(folder.glob("*.key.pem"))
    assert len(private) == len(HOUSE_PURPOSES) + 1
    for path in private:
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert b"ENCRYPTED PRIVATE KEY" in path.read_bytes()
    assert stat.S_IMODE(folder.stat().st_mode) & 0o077 == 0


def test_a_key_is_never_overwritten(folder):
    before = (folder / "root.key.pem").read_bytes()
    with pytest.raises(ConflictError):
        write_private_key(folder / "root.key.pem", generate("ES256"), SECRET)
    with pytest.raises(ConflictError):
        make_demonstration(folder, SECRET, WHO, NOW)
    assert (folder / "root.key.pem").read_bytes() == before


@pytest.mark.parametrize("secret", [b"wrong", b"", SECRET + b" "])
def test_a_wrong_passphrase_opens_nothing_and_is_not_repeated(folder, secret):
    with pytest.raises(MalformedError) as told:
        opened(folder, secret=secret)
    assert told.value.where == "document.key.pem"
    assert "PASSPHRASE" in told.value.remedy
    assert SECRET.decode() not in str(told.value)


def test_a_damaged_or_unencrypted_key_is_refused(folder):
    path = folder / "code.key.pem"
    path.write_bytes(b"-----BEGIN nothing")
    with pytest.raises(MalformedError):
        opened(folder)
    with pytest.raises(MalformedError):
        read_private_key(path, SECRET)


def test_a_certificate_of_another_key_is_refused(folder):
    (folder / "code.pem").write_bytes((folder / "status.pem").read_bytes())
    with pytest.raises(MalformedError) as told:
        opened(folder)
    assert told.value.where == "code.pem"


def test_a_certificate_of_another_root_is_refused(folder, tmp_path):
    other = make_demonstration(tmp_path / "other", SECRET, WHO, NOW)
    for name in ("code.pem", "code.key.pem"):
        (folder / name).write_bytes((other.folder / name).read_bytes())
    with pytest.raises(MalformedError) as told:
        opened(folder)
    assert told.value.where == "code.pem"


@pytest.mark.parametrize("name", ["root.pem", "code.pem"])
@pytest.mark.parametrize("content", [b"", b"no certificate", None])
def test_a_certificate_that_is_missing_or_unreadable_is_refused(folder, name, content):
    path = folder / name
    if content is None:
        path.unlink()
        if name == "root.pem":
            with pytest.raises(ConflictError):  # half a folder is not made whole by overwriting
                opened(folder)
            return
    else:
        path.write_bytes(content)
    with pytest.raises(MalformedError) as told:
        opened(folder)
    assert told.value.where == name


def test_a_purpose_without_a_key_is_named(folder):
    for name in ("ledger.pem", "ledger.key.pem"):
        (folder / name).unlink()
    ring = open_key_ring(folder, SECRET, WHO)
    with pytest.raises(NotFoundError) as told:
        ring.signer(Purpose.LEDGER)
    assert told.value.where == "ledger"


def test_a_demonstration_cut_short_is_completed_at_the_next_start(folder):
    before = opened(folder).signer(Purpose.CODE).kid
    for name in ("ledger.pem", "ledger.key.pem"):
        (folder / name).unlink()
    ring = opened(folder)
    assert ring.signer(Purpose.LEDGER).purpose is Purpose.LEDGER
    assert ring.signer(Purpose.CODE).kid == before


def test_each_certificate_is_the_roots_for_its_purpose(folder):
    ring = open_key_ring(folder, SECRET, WHO)
    for purpose, signer in ring.signers.items():
        certificate = x509.load_der_x509_certificate(signer.chain[0])
        certificate.verify_directly_issued_by(ring.root)
        assert f"OU={purpose}" in certificate.subject.rfc4514_string()
        basic = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
        assert not basic.value.ca


# -- the trust list ------------------------------------------------------------------------


def listed(folder, now=NOW):
    root = x509.load_pem_x509_certificate((folder / "root.pem").read_bytes())
    return parse_trust_list((folder / "trust-list.jws").read_text(), root, now)


def test_the_trust_list_names_every_key_of_the_house_and_of_the_citys_sources(folder):
    ring = opened(folder)
    found = listed(folder)
    for purpose, signer in ring.signers.items():
        assert (found.find(signer.kid, purpose) is None) == (purpose in NEVER_LISTED)
    assert any(key.purpose is Purpose.SOURCE for key in found.keys.values())


def test_a_list_in_its_first_half_stays_and_a_stale_one_is_renewed(folder):
    opened(folder)
    first = listed(folder)
    opened(folder, NOW + timedelta(days=100))
    assert listed(folder) == first
    later = NOW + timedelta(days=200)
    opened(folder, later)
    renewed = listed(folder, later)
    assert renewed.seq > first.seq
    assert renewed.expires_at > later + timedelta(days=300)


def test_a_list_that_expired_while_nobody_served_is_renewed(folder):
    opened(folder)
    much_later = NOW + timedelta(days=800)
    opened(folder, much_later)
    assert listed(folder, much_later).issued_at == much_later


def test_every_edition_has_a_higher_number_even_in_one_second(folder):
    ring = opened(folder)
    numbers = [listed(folder).seq]
    for now in (NOW, NOW, NOW - timedelta(seconds=5)):
        publish_trust_list(ring, (folder, SECRET), now)
        numbers.append(listed(folder).seq)
    assert numbers == sorted(set(numbers))


def test_the_sandbox_face_key_is_in_no_list(folder):
    opened(folder)
    signer = sandbox_face_signer(folder, SECRET)
    assert signer.kid == sandbox_face_signer(folder, SECRET).kid
    assert signer.kid not in listed(folder).keys


# -- the passphrase ------------------------------------------------------------------------


def test_an_embedded_start_makes_a_passphrase_its_owner_alone_reads(tmp_path):
    before = os.umask(0)
    try:
        made = passphrase(settings_in(tmp_path))
    finally:
        os.umask(before)
    path = tmp_path / "keys" / "passphrase"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert len(made) >= 32
    assert passphrase(settings_in(tmp_path)) == made


def test_a_passphrase_comes_from_the_setting_or_the_file_named(tmp_path):
    file = tmp_path / "secret"
    file.write_text("from a file\n")
    assert passphrase(settings_in(tmp_path, key_passphrase_file=file)) == b"from a file"
    both = settings_in(tmp_path, key_passphrase_file=file, key_passphrase="from a setting")
    assert passphrase(both) == b"from a setting"
    assert "from a setting" not in repr(both)


def test_production_without_a_passphrase_is_refused(tmp_path):
    with pytest.raises(MalformedError, match="passphrase"):
        passphrase(settings_in(tmp_path, demonstration=False))
    assert not (tmp_path / "keys").exists()


@pytest.mark.parametrize("content", ["", " \n", None])
def test_a_passphrase_file_that_is_missing_or_empty_is_refused(tmp_path, content):
    file = tmp_path / "secret"
    if content is not None:
        file.write_text(content)
    with pytest.raises(MalformedError) as told:
        passphrase(settings_in(tmp_path, key_passphrase_file=file))
    assert told.value.where == "CERTSTORE_KEY_PASSPHRASE_FILE"
