"""What is remembered of other cities, on both databases; and the file that is read at the start."""

from datetime import UTC, datetime

import pytest

from certstore.errors import MalformedError
from certstore.keys import generate
from certstore.service.peer_file import open_peer_lines
from tests.house import house_in
from tests.two_cities import PEER, peers_file

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_a_list_is_never_set_back(archive):
    for seq, known in ((7, 7), (9, 9), (8, 9), (9, 9)):
        with archive.writing() as books:
            books.peers.saw_list(PEER, seq, NOW)
        with archive.reading() as books:
            assert (books.peers.newest_list(PEER), books.peers.newest_list("other")) == (known, -1)


@pytest.fixture(scope="module")
def theirs(tmp_path_factory):
    house = house_in(tmp_path_factory.mktemp("theirs"))
    yield house
    house.close()


def opened(file, theirs, passphrase=b"peers of a test", own="http://127.0.0.1:1"):
    return open_peer_lines(file, passphrase, own, theirs.clock)


def test_a_line_is_opened_for_each_city(theirs, tmp_path):
    assert opened(None, theirs) == {}
    (line,) = opened(peers_file(tmp_path, theirs, generate("ES256")), theirs).values()
    assert line.peer.name_zh == "云州市"
    line.close()


def test_what_cannot_be_opened_is_told_at_the_start(theirs, tmp_path):
    file = peers_file(tmp_path, theirs, generate("ES256"))
    with pytest.raises(MalformedError, match="key cannot be opened"):
        opened(file, theirs, passphrase=b"another")
    with pytest.raises(MalformedError, match="itself"):
        opened(file, theirs, own=theirs.settings.public_url)
    text = file.read_text("utf-8")
    file.write_text(text.replace(theirs.settings.public_url, "http://certs.example"), "utf-8")
    with pytest.raises(MalformedError, match="https"):
        opened(file, theirs)
    file.write_text(text, "utf-8")
    (tmp_path / "yunzhou-root.pem").write_bytes(b"no certificate")
    with pytest.raises(MalformedError, match="certificate"):
        opened(file, theirs)
    with pytest.raises(MalformedError, match="cannot be read"):
        opened(tmp_path / "nowhere.toml", theirs)
