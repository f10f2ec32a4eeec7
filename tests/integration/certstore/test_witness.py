"""This service as a witness, on both databases: one history of each log, whatever is handed in."""

import base64
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.testclient import TestClient

from certstore.clock import unix
from certstore.service.app import create_app
from tests.house import TODAY, house_in
from tests.witnesses import Key, Log, b64, log, proof_of, root_of

HANDS = 50
PATH = "/v1/witness/add-checkpoint"


@pytest.fixture
def ours():
    """A log that the witness knows, of ten leaves."""
    return log(size=10)


@pytest.fixture
def watching(database_url, tmp_path, ours):
    """A house that is a witness of that log and of another."""
    other = Key("key-of.example/two")
    (tmp_path / "logs").write_text(f"# logs\n{ours.key.vkey}\n\n{other.vkey} log.example/two\n")
    house = house_in(
        tmp_path / "house",
        database_url=database_url,
        witness_logs=tmp_path / "logs",
        witness_name="witness.example/city",
        limit_verify=0,
    )
    yield house
    house.close()


@pytest.fixture
def client(watching):
    return TestClient(create_app(watching), base_url=watching.settings.public_url)


def verified(client, body, line):
    """Whether a line is the witness's word on that text, by the specification alone; its time."""
    vkey = client.get("/v1/witness/key").text
    name, key_id, encoded = vkey.strip().split("+", 2)
    key = base64.b64decode(encoded)
    assert (name, key[0], vkey[-1]) == ("witness.example/city", 4, "\n")
    assert line.endswith("\n")
    dash, signer, blob = line.removesuffix("\n").split(" ")
    value = base64.b64decode(blob)
    assert (dash, signer, value[:4].hex(), len(value)) == ("—", name, key_id, 76)
    at = int.from_bytes(value[4:12], "big")
    message = f"cosignature/v1\ntime {at}\n{body}".encode()
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(value[12:], message)
    return at


def told_size(answer, size):
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "text/x.tlog.size"
    assert answer.content == f"{size}\n".encode()


def test_a_log_that_grows_is_cosigned_each_time(client, ours):
    sizes = [1, 2, 7, 8, 10]
    for old, size in zip([0, *sizes], sizes, strict=False):
        answer = client.post(PATH, content=ours.submission(old, size))
        assert answer.status_code == 200, answer.text
        assert 0 <= verified(client, ours.body(size), answer.text) - unix(TODAY) < 600
    again = client.post(PATH, content=ours.submission(10))  # the same once more: a new time
    assert again.status_code == 200
    assert verified(client, ours.body(), again.text) >= unix(TODAY)


def test_an_empty_tree_may_be_cosigned_first(client, ours):
    assert client.post(PATH, content=ours.submission(0, 0)).status_code == 200
    assert client.post(PATH, content=ours.submission(0, 3)).status_code == 200


def test_a_checkpoint_with_extension_lines_is_cosigned_as_a_whole(client, ours):
    note = ours.note(extension="more 1\nmore 2\n")
    answer = client.post(PATH, content=ours.submission(0, note=note))
    assert answer.status_code == 200
    verified(client, ours.body(extension="more 1\nmore 2\n"), answer.text)
    with pytest.raises(InvalidSignature):
        verified(client, ours.body(), answer.text)


def test_signatures_of_strangers_are_passed_over(client, ours):
    body = ours.body()
    strangers = Key("else.example").signs(body) + Key(ours.key.name).signs(body)
    note = f"{body}\n{strangers}{ours.key.signs(body)}"
    assert client.post(PATH, content=ours.submission(0, note=note)).status_code == 200


def test_another_old_size_than_the_latest_is_told_the_latest(client, ours):
    told_size(client.post(PATH, content=ours.submission(5)), 0)
    client.post(PATH, content=ours.submission(0, 7))
    for old in (0, 6, 8):
        told_size(client.post(PATH, content=ours.submission(old)), 7)
    told_size(client.post(PATH, content=ours.submission(0, 3)), 7)  # no way back


def test_a_log_nobody_listed_is_not_known(client):
    answer = client.post(PATH, content=log("log.example/three", 3).submission(0))
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_checkpoint_without_a_signature_of_its_log_is_forbidden(client, ours):
    body = ours.body()
    wrong = ours.key.line(ours.key.private.sign(b"another text"))
    for line in (Key(ours.key.name).signs(body), Key("else.example").signs(body), wrong):
        answer = client.post(PATH, content=ours.submission(0, note=f"{body}\n{line}"))
        assert answer.status_code == 403, answer.text


def test_an_old_size_above_the_new_one_is_refused(client, ours):
    assert client.post(PATH, content=ours.submission(11)).status_code == 400


def test_another_root_of_the_same_size_is_a_conflict_and_no_size(client, ours):
    client.post(PATH, content=ours.submission(0))
    other = Log(ours.key).grow(10, b"other")
    answer = client.post(PATH, content=other.submission(10))
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert client.post(PATH, content=ours.submission(10)).status_code == 200


def test_a_root_of_an_empty_tree_that_is_none_is_a_conflict(client, ours):
    body = f"{ours.key.name}\n0\n{b64(bytes(32))}\n"
    note = f"{body}\n{ours.key.signs(body)}"
    assert client.post(PATH, content=f"old 0\n\n{note}".encode()).status_code == 409


@pytest.mark.parametrize("case", ["another history", "no proof", "too long", "proof from nothing"])
def test_a_proof_that_proves_nothing_is_unprocessable(client, ours, case):
    if case != "proof from nothing":
        assert client.post(PATH, content=ours.submission(0, 6)).status_code == 200
    bodies = {
        "another history": Log(ours.key).grow(10, b"other").submission(6),
        "no proof": f"old 6\n\n{ours.note()}".encode(),
        "too long": ours.submission(6).replace(b"\n\n", f"\n{b64(bytes(32))}\n\n".encode(), 1),
        "proof from nothing": f"old 0\n{b64(bytes(32))}\n\n{ours.note()}".encode(),
    }
    answer = client.post(PATH, content=bodies[case])
    assert answer.status_code == 422, answer.text
    follows = 0 if case == "proof from nothing" else 6
    assert client.post(PATH, content=ours.submission(follows)).status_code == 200


def test_an_origin_may_have_another_name_than_its_key(client, tmp_path):
    (line,) = [x for x in (tmp_path / "logs").read_text().split("\n") if "two" in x]
    assert line.endswith(" log.example/two")  # whose key the fixture threw away
    assert client.post(PATH, content=log("log.example/two", 1).submission(0)).status_code == 403


def test_what_is_longer_than_a_submission_is_not_read(client):
    assert client.post(PATH, content=b"old 0\n" + b"x" * 70_000).status_code == 413


def test_a_service_that_watches_no_log_is_no_witness(tmp_path, ours):
    house = house_in(tmp_path / "none")
    client = TestClient(create_app(house), base_url=house.settings.public_url)
    assert client.post(PATH, content=ours.submission(0)).status_code == 404
    assert client.get("/v1/witness/key").status_code == 404
    house.close()


def test_of_fifty_at_once_with_two_histories_one_history_is_cosigned(watching, ours):
    """Half of the hands show one continuation of the first three leaves, half another."""
    desk = watching.witness_desk
    desk.add_checkpoint(ours.submission(0, 3))
    other = Log(ours.key, ours.leaves[:3]).grow(9, b"other")
    assert proof_of(3, other.leaves) != proof_of(3, ours.leaves)
    said = [(ours, 4 + n // 2 % 6) if n % 2 else (other, 4 + n // 2 % 6) for n in range(HANDS)]
    gate = Barrier(HANDS)

    def hand_in(number):
        history, size = said[number]
        gate.wait(timeout=60)
        try:
            desk.add_checkpoint(history.submission(3, size))
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error
        return root_of(history.leaves[:size])

    with ThreadPoolExecutor(HANDS) as pool:
        found = list(pool.map(hand_in, range(HANDS)))
    cosigned = [root for root in found if isinstance(root, bytes)]
    assert len(cosigned) == 1, found
    assert {type(e).__name__ for e in found if not isinstance(e, bytes)} == {"StaleTreeSizeError"}
    with watching.archive.reading() as books:
        assert books.witness.head(ours.key.name).root == cosigned[0]


def test_of_fifty_first_checkpoints_at_once_one_is_cosigned(watching, ours):
    desk = watching.witness_desk
    histories = [Log(ours.key).grow(1, b"history %d" % n) for n in range(HANDS)]
    gate = Barrier(HANDS)

    def hand_in(history):
        gate.wait(timeout=60)
        try:
            return desk.add_checkpoint(history.submission(0))
        except Exception as error:  # noqa: BLE001 - the test looks at it
            return error

    with ThreadPoolExecutor(HANDS) as pool:
        found = list(pool.map(hand_in, histories))
    assert sum(isinstance(one, str) for one in found) == 1, found
    assert {type(e).__name__ for e in found if not isinstance(e, str)} == {"StaleTreeSizeError"}
