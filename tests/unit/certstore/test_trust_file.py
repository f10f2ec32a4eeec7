"""The trust list in a running process: newer lists are taken, bad and older ones left aside."""

import os
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from certstore.authority import AuthorityName, make_demonstration, root_signer
from certstore.clock import MovedClock
from certstore.errors import InvalidTokenError, MalformedError
from certstore.service.key_room import publish_trust_list
from certstore.service.trust_editing import ListFile, change_state
from certstore.service.trust_file import TrustFile
from certstore.trust import Edition, KeyState, build_trust_list

NOW = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
WHO = AuthorityName("11310000MB0T00015W", "示范市公安局", "Public Security Bureau")
SECRET = b"a passphrase of these tests"


class Room:
    """A key folder with a published list, and a process that reads it."""

    def __init__(self, folder):
        self.clock = MovedClock(NOW)
        self.ring = make_demonstration(folder, SECRET, WHO, NOW)
        publish_trust_list(self.ring, (folder, SECRET), NOW)
        self.path = folder / "trust-list.jws"
        self.file = ListFile(self.path, self.ring.root)
        self.trust = TrustFile(self.path, self.ring.root, self.clock)

    def revoke_one(self):
        """Publish a list in which a key is revoked; which one."""
        listed = self.file.carry_on((), self.clock.now())
        kid = next(kid for kid, key in listed.items() if key.state is KeyState.ACTIVE)
        change_state(listed, kid, KeyState.REVOKED)
        signer = root_signer(self.ring.folder, SECRET)
        self.file.publish(signer, listed, WHO.uscc, self.clock.now())
        return kid

    def list_of(self, seq, now=None, keys=None):
        """A list as somebody might put it there."""
        listed = self.file.carry_on((), self.clock.now()) if keys is None else keys
        edition = Edition(issuer=WHO.uscc, seq=seq, now=now or self.clock.now())
        signer = root_signer(self.ring.folder, SECRET)
        return build_trust_list(signer, self.ring.root, list(listed.values()), edition)


@pytest.fixture
def room(tmp_path):
    return Room(tmp_path / "keys")


def test_a_newer_list_is_taken_without_a_restart(room, caplog):
    before = room.trust()
    kid = room.revoke_one()
    with caplog.at_level("INFO", "certstore"):
        after = room.trust()
    assert after.seq > before.seq
    assert after.keys[kid].state is KeyState.REVOKED
    assert room.trust.text == room.path.read_text()
    assert [r.message for r in caplog.records] == ["trust list taken"]


def test_a_list_that_did_not_change_is_read_once(room, monkeypatch):
    first = room.trust()
    read = []
    monkeypatch.setattr(type(room.path), "read_text", lambda *_: read.append(1))
    assert all(room.trust() is first for _ in range(5))
    assert read == []


def test_the_same_list_written_again_is_the_same_list(room, caplog):
    first = room.trust()
    room.path.write_text(room.path.read_text())
    assert room.trust() is first
    assert caplog.records == []


BAD = {
    "empty": lambda _room: "",
    "no token": lambda _room: "nothing",
    "not even text": lambda _room: "é",
    "cut short": lambda room: room.path.read_text()[:-20],
    "older": lambda room: room.list_of(1),
    "another of the same number": lambda room: room.list_of(
        room.trust().seq, keys=dict(list(room.trust().keys.items())[:1])
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_or_older_list_is_left_aside_and_logged(room, caplog, name):
    known, text = room.trust(), room.trust.text
    room.path.write_text(BAD[name](room), "utf-8")
    for _ in range(3):
        assert room.trust() is known
        assert room.trust.text == text  # what is published stays the good one
    assert [r.message for r in caplog.records] == ["trust list not taken"]
    assert caplog.records[0].in_use == known.seq


def test_a_list_of_another_root_is_left_aside(room, tmp_path, caplog):
    known = room.trust()
    other = Room(tmp_path / "others")
    room.path.write_text(other.list_of(known.seq + 9))
    assert room.trust() is known
    assert [r.message for r in caplog.records] == ["trust list not taken"]


def test_after_a_bad_list_the_next_good_one_is_taken(room):
    good = room.path.read_text()
    room.path.write_text("nothing")
    room.trust()
    room.path.write_text(good)
    kid = room.revoke_one()
    assert room.trust().keys[kid].state is KeyState.REVOKED


def test_a_file_that_is_gone_changes_nothing(room):
    known = room.trust()
    room.path.unlink()
    assert room.trust() is known


def test_a_list_that_begins_later_is_tried_again(room):
    known = room.trust()
    later = room.clock.now() + timedelta(minutes=5)
    room.path.write_text(room.list_of(known.seq + 1, now=later))
    assert room.trust() is known
    room.clock.skip(timedelta(minutes=6))
    assert room.trust().seq == known.seq + 1


def test_the_first_list_must_be_good(room):
    room.path.write_text("nothing")
    with pytest.raises(MalformedError):
        TrustFile(room.path, room.ring.root, room.clock)


def test_an_ended_list_is_not_begun_with(room):
    room.clock.skip(timedelta(days=400))
    with pytest.raises(InvalidTokenError):
        TrustFile(room.path, room.ring.root, room.clock)


def test_many_threads_see_it_change_once_and_never_back(room):
    seen, failures = [], []

    def look():
        try:
            seen.append([room.trust().seq for _ in range(200)])
        except Exception as error:  # noqa: BLE001 - told below
            failures.append(error)

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(3):
        room.revoke_one()
    for thread in threads:
        thread.join()
    assert failures == []
    for numbers in seen:
        assert numbers == sorted(numbers)


def test_the_files_date_alone_is_enough_to_look_again(room):
    first = room.trust()
    os.utime(room.path, ns=(1, 1))
    assert room.trust() is first
    listed = {kid: replace(key) for kid, key in first.keys.items()}
    room.path.write_text(room.list_of(first.seq + 1, keys=listed))
    assert room.trust().seq == first.seq + 1
