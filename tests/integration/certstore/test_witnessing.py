"""Our ledger, witnessed: by a second house over HTTP, and by servers that mean no good."""

import http.server
import itertools
import json
import logging
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from sqlalchemy import text
from starlette.testclient import TestClient

from certstore.cosignature import cosignatures, read_witness_key
from certstore.errors import ConflictError, MalformedError, UnavailableError
from certstore.ledger import Access, record_access
from certstore.ledger_proof import judge_witnesses
from certstore.service import witness_client
from certstore.service.app import create_app
from certstore.service.serving import free_port, serving
from certstore.service.worker import Worker
from certstore.signed_note import Note, VerifierKey
from certstore.witness_policy import WitnessPolicy
from tests.house import house_in
from tests.witnesses import b64, witness

STRANGER = witness("witness.example/stranger")


def grow(house, count):
    for number in range(count):
        with house.archive.writing() as books:
            access = Access(
                kind="pull", at=house.clock.now(), client="c", agency="a", purpose="p",
                person=None, record={"case_no": str(number)},
            )  # fmt: skip
            record_access(books, house.settings.ledger_origin, access)
    house.ledger_desk.checkpoint()


@contextmanager
def answering(status, body=b"", media_type="text/plain", pieces=1):
    """A witness that answers always the same; its URL and what it was asked."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["content-length"])))
            said = body(asked[-1]) if callable(body) else body
            self.send_response(status)
            self.send_header("Content-Type", media_type)
            self.send_header("Content-Length", str(len(said) * pieces))
            self.end_headers()
            for _ in range(pieces):
                self.wfile.write(said)

        def log_message(self, *_):
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join(timeout=10)


@contextmanager
def witnessed_by(database_url, folder, *witnesses):
    """A house whose policy names these witnesses, any of them a quorum."""
    folder.mkdir(exist_ok=True)
    lines = [f"witness w{n} {vkey} {url}" for n, (vkey, url) in enumerate(witnesses)]
    names = " ".join(f"w{n}" for n in range(len(witnesses)))
    rest = f"group all-of-them any {names}\nquorum all-of-them\n"
    (folder / "witnesses").write_text("\n".join([*lines, rest]))
    house = house_in(
        folder / "house", database_url=database_url, witnesses_file=folder / "witnesses"
    )
    try:
        yield house
    finally:
        house.close()


@contextmanager
def city_witness(folder, port, vkey):
    """A second house that is a witness of the log with that key, served on loopback."""
    folder.mkdir(exist_ok=True)
    (folder / "logs").write_text(vkey)
    house = house_in(folder / "house", witness_logs=folder / "logs")
    try:
        with serving(house, "127.0.0.1", port):
            yield house
    finally:
        house.close()


@pytest.fixture
def pair(database_url, tmp_path):
    """A house of eleven accesses, and the witness that watches it."""
    port = free_port()
    keys = house_in(tmp_path / "w" / "house")  # makes the witness's key
    (tmp_path / "w" / "logs").write_text("")
    asked = house_in(tmp_path / "w" / "house", witness_logs=tmp_path / "w" / "logs")
    vkey = asked.witness_desk.key.line()
    keys.close()
    asked.close()
    url = f"http://127.0.0.1:{port}/v1/witness"
    with witnessed_by(database_url, tmp_path / "own", (vkey, url)) as house:
        grow(house, 11)
        with city_witness(tmp_path / "w", port, house.ledger_desk.vkey()) as other:
            yield house, other


def only(house):
    (found,) = house.witnessing_desk.witnesses
    return found


def published(house):
    client = TestClient(create_app(house), base_url=house.settings.public_url)
    return Note.parse(client.get("/v1/ledger/checkpoint").text)


def test_the_worker_has_each_new_checkpoint_cosigned_and_publishes_it(pair):
    house, other = pair
    worker = Worker(house)
    worker.once()
    for size in (11, 16):
        note = published(house)
        assert note.body.split("\n")[1] == str(size)
        (found,) = cosignatures(note, [read_witness_key(other.witness_desk.key.line())])
        assert found.at > 0
        assert not house.witnessing_desk.submit(only(house))  # nothing more to ask for
        grow(house, 5)
        worker.ask_witnesses()


def test_a_proof_stands_on_the_newest_tree_that_a_quorum_vouches_for(pair):
    house, _ = pair
    house.witnessing_desk.submit(only(house))
    grow(house, 5)
    old, young = house.ledger_desk.inclusion(3), house.ledger_desk.inclusion(12)
    assert (old.tree_size, young.tree_size) == (11, 16)
    policy = WitnessPolicy.parse(house.settings.witnesses_file.read_bytes())
    key = VerifierKey.parse(house.ledger_desk.vkey())
    assert judge_witnesses(Note.parse(old.note), key, policy).passed is True
    none = judge_witnesses(Note.parse(young.note), key, policy)
    assert (none.passed, "no quorum" in none.detail) == (False, True)
    assert judge_witnesses(Note.parse(young.note), key, None) is None
    told = judge_witnesses(Note.parse(old.note), key, None)
    assert (told.passed, "certstore.example/witness" in told.detail) == (None, True)


def test_a_witness_that_forgot_is_asked_from_the_size_it_tells(pair):
    house, other = pair
    house.witnessing_desk.submit(only(house))
    with other.archive.writing() as books:
        books.connection.execute(text("DELETE FROM witnessed_logs"))
    grow(house, 1)
    assert house.witnessing_desk.submit(only(house))
    with house.archive.writing() as books:  # and a log that forgot asks again, too
        books.connection.execute(text("DELETE FROM ledger_cosignatures"))
    assert house.witnessing_desk.submit(only(house))


def set_back(house, size):
    with house.archive.writing() as books:
        run = books.connection.execute
        run(text(f'DELETE FROM ledger_leaves WHERE "index" >= {size}'))
        run(text(f"DELETE FROM usage WHERE leaf_index >= {size}"))
        run(text(f"DELETE FROM ledger_checkpoints WHERE size > {size}"))
        nodes = f'("index" + 1) * power(2, level) > {size}'
        if house.database.is_sqlite:
            nodes = f'("index" + 1) << level > {size}'
        run(text(f"DELETE FROM ledger_nodes WHERE {nodes}"))


def test_a_database_that_was_set_back_is_found_by_its_witness(pair, caplog):
    house, _ = pair
    house.witnessing_desk.submit(only(house))
    set_back(house, 6)
    house.ledger_desk.checkpoint()
    with pytest.raises(ConflictError, match="it cosigned 11 leaves, and here are 6"):
        house.witnessing_desk.submit(only(house))
    grow(house, 5)  # the same size again, another history
    with house.archive.writing() as books:
        books.connection.execute(text("DELETE FROM ledger_cosignatures"))
    with pytest.raises(ConflictError, match="another root of this size"):
        house.witnessing_desk.submit(only(house))
    grow(house, 1)
    with (
        caplog.at_level(logging.WARNING, "certstore.witnesses"),
        pytest.raises(ConflictError, match="not the beginning of this ledger"),
    ):
        house.witnessing_desk.submit(only(house))
    Worker(house).ask_witnesses()
    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_a_witness_that_fails_is_left_in_peace_for_longer_each_time(database_url, tmp_path):
    with (
        answering(503) as (url, asked),
        witnessed_by(database_url, tmp_path / "own", (STRANGER.vkey, url)) as house,
    ):
        grow(house, 1)
        worker = Worker(house)
        for waited, times in ((0, 1), (1, 1), (11, 2), (11, 2), (11, 3)):
            house.clock.skip(timedelta(seconds=waited))
            worker.ask_witnesses()
            assert len(asked) == times


def cosigning(data):
    """What the stranger answers: its word on whatever it is shown."""
    body = data.decode().partition("\n\n")[2].rpartition("\n\n")[0] + "\n"
    return STRANGER.cosigns(body, 1_700_000_000).encode()


HOSTILE = {
    "no cosignature": (200, b"", "no cosignature|no signature|does not end"),
    "a stranger's": (200, witness("w").cosigns("x\n", 1).encode(), "no cosignature of its key"),
    "a wrong one": (200, STRANGER.cosigns("x\n", 1).encode(), "is no cosignature"),
    "another text": (200, b"\nmore\n\n" + STRANGER.cosigns("x\n", 1).encode(), "cosignature"),
    "no text": (200, b"\xff", "no text"),
    "no line": (200, b"<html>", "is no cosignature"),
    "a redirect": (307, b"", "status 307"),
    "an unknown log": (404, b"", "status 404"),
    "a forbidden log": (403, b"", "status 403"),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_an_answer_that_is_no_witness_s_is_not_kept(tmp_path, case):
    status, body, words = HOSTILE[case]
    url = f"sqlite:///{tmp_path / 'own.db'}"
    with (
        answering(status, body) as (prefix, _),
        witnessed_by(url, tmp_path / "own", (STRANGER.vkey, prefix)) as house,
    ):
        grow(house, 1)
        with pytest.raises(UnavailableError, match=words):
            house.witnessing_desk.submit(only(house))
        assert len(published(house).signatures) == 1


def test_an_answer_without_end_is_given_up(tmp_path, monkeypatch):
    url = f"sqlite:///{tmp_path / 'own.db'}"
    with (
        answering(200, b"x" * 10_000, pieces=10) as (prefix, _),
        witnessed_by(url, tmp_path / "own", (STRANGER.vkey, prefix)) as house,
    ):
        grow(house, 1)
        with pytest.raises(UnavailableError, match="exceeds"):
            house.witnessing_desk.submit(only(house))
        monkeypatch.setattr(witness_client, "TIME_OUT_S", -1.0)
        with pytest.raises(UnavailableError, match="too long"):
            house.witnessing_desk.submit(only(house))


def test_one_dead_witness_does_not_keep_another_from_cosigning(tmp_path):
    url, dead = f"sqlite:///{tmp_path / 'own.db'}", f"http://127.0.0.1:{free_port()}"
    other = witness("witness.example/dead")
    with (
        answering(200, cosigning) as (prefix, asked),
        witnessed_by(url, tmp_path / "own", (other.vkey, dead), (STRANGER.vkey, prefix)) as house,
    ):
        grow(house, 3)
        Worker(house).ask_witnesses()
        assert len(published(house).signatures) == 2
        assert asked[0].startswith(b"old 0\n\n")


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (f"witness w {STRANGER.vkey} http://witness.example", "https"),
        (f"witness w {STRANGER.vkey} ftp://127.0.0.1", "https"),
        (f"witness w {STRANGER.vkey[:-4]}", "Ed25519"),
    ],
    ids=itertools.count(),  # keys are made anew in each process, and are no names for tests
)
def test_a_policy_that_cannot_be_used_is_told_at_the_start(tmp_path, line, words):
    (tmp_path / "witnesses").write_text(f"{line}\nquorum w\n")
    with pytest.raises(MalformedError, match=words):
        house_in(tmp_path / "house", witnesses_file=tmp_path / "witnesses")
    with pytest.raises(MalformedError, match="cannot be read"):
        house_in(tmp_path / "house", witnesses_file=tmp_path / "none")
    with pytest.raises(MalformedError, match="cannot be read"):
        house_in(tmp_path / "house", witness_logs=tmp_path / "none")


def test_what_is_asked_is_what_the_specification_shows(tmp_path):
    """c2sp.org/tlog-witness: old size, proof, empty line, checkpoint."""
    url = f"sqlite:///{tmp_path / 'own.db'}"
    with (
        answering(200, cosigning) as (prefix, asked),
        witnessed_by(url, tmp_path / "own", (STRANGER.vkey, prefix)) as house,
    ):
        grow(house, 1)
        house.witnessing_desk.submit(only(house))
        grow(house, 1)
        house.witnessing_desk.submit(only(house))
        with house.archive.reading() as books:
            step = books.ledger.node(0, 1)
        said = json.dumps(asked[1].decode())
        assert asked[1].decode() == f"old 1\n{b64(step)}\n\n{house.ledger_desk.latest().note}", said
