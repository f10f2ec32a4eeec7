"""The ledger as monitors and citizens ask it, checked by code that shares nothing with ours."""

import base64
import hashlib

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from starlette.testclient import TestClient

from certstore import merkle
from certstore.errors import MalformedError
from certstore.ledger import Access, record_access
from certstore.service.app import create_app
from certstore.signed_note import Checkpoint, open_checkpoint, sign_checkpoint
from tests.house import TODAY, house_in
from tests.sealed import LIN

ORIGIN = "certstore.example/ledger"


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    built = house_in(tmp_path_factory.mktemp("ledger"))
    grow(built, 11)
    yield built
    built.close()


@pytest.fixture
def client(house):
    return TestClient(create_app(house), base_url=house.settings.public_url)


def grow(house, count):
    for number in range(count):
        with house.archive.writing() as books:
            person = books.people.known(LIN)
            access = Access(
                kind="pull", at=TODAY, client="c", agency="a", purpose="p", person=person,
                record={"case_no": str(number)},
            )  # fmt: skip
            record_access(books, ORIGIN, access)
    house.ledger_desk.checkpoint()


def opened(note, vkey):
    """c2sp.org/signed-note and c2sp.org/tlog-checkpoint, with `cryptography` alone."""
    name, key_hash, encoded = vkey.strip().split("+", 2)
    key = base64.b64decode(encoded)
    assert key[0] == 1
    assert hashlib.sha256(name.encode() + b"\n" + key).digest()[:4].hex() == key_hash
    text, signatures = note.split("\n\n")
    (line,) = signatures.splitlines()
    dash, signer, blob = line.split(" ")
    signature = base64.b64decode(blob)
    assert (dash, signer, signature[:4].hex()) == ("—", name, key_hash)
    Ed25519PublicKey.from_public_bytes(key[1:]).verify(signature[4:], f"{text}\n".encode())
    origin, size, root = text.split("\n")
    assert origin == name
    return int(size), base64.b64decode(root)


def root_from(leaf, index, size, path):
    """RFC 9162 §2.1.3.2, as it stands there."""
    fn, sn, found = index, size - 1, leaf
    for step in path:
        assert sn
        if fn % 2 or fn == sn:
            found = hashlib.sha256(b"\x01" + step + found).digest()
            while fn % 2 == 0 and fn:
                fn, sn = fn // 2, sn // 2
        else:
            found = hashlib.sha256(b"\x01" + found + step).digest()
        fn, sn = fn // 2, sn // 2
    assert sn == 0
    return found


def test_the_checkpoint_is_a_signed_note_that_others_can_check(client):
    note, vkey = client.get("/v1/ledger/checkpoint").text, client.get("/v1/ledger/key").text
    size, root = opened(note, vkey)
    assert size >= 11
    assert len(root) == 32
    with pytest.raises(InvalidSignature):
        opened(note.replace(f"\n{size}\n", f"\n{size + 1}\n"), vkey)
    assert open_checkpoint(note, vkey).root == root


def test_every_leaf_stands_in_the_tree_that_was_signed(client):
    vkey = client.get("/v1/ledger/key").text
    said = client.get("/v1/ledger/entries", params={"start": 3, "count": 2}).json()
    assert len(said["entries"]) == 2
    for index in range(11):
        proof = client.get("/v1/ledger/proof/inclusion", params={"leaf_index": index}).json()
        size, root = opened(proof["checkpoint"], vkey)
        assert (proof["leaf_index"], proof["tree_size"], proof["root"]) == (index, size, root.hex())
        path = [bytes.fromhex(step) for step in proof["audit_path"]]
        assert root_from(bytes.fromhex(proof["leaf_hash"]), index, size, path) == root


def test_a_leaf_younger_than_the_checkpoint_can_be_proved_at_once(client, house):
    with house.archive.reading() as books:
        size = books.ledger.size()
    with house.archive.writing() as books:
        access = Access(
            kind="look", at=TODAY, client="c", agency="a", purpose="p", person=None, record={}
        )
        record_access(books, ORIGIN, access)
    proof = client.get("/v1/ledger/proof/inclusion", params={"leaf_index": size}).json()
    assert proof["tree_size"] == size + 1


@pytest.mark.parametrize(("old", "new"), [(0, 0), (0, 1), (1, 1), (1, 2), (1, 11), (11, 11)])
def test_the_smallest_trees_are_consistent_too(client, house, old, new):
    answer = client.get("/v1/ledger/proof/consistency", params={"old": old, "new": new})
    assert answer.status_code == 200, answer.text
    path = [bytes.fromhex(step) for step in answer.json()["path"]]
    with house.archive.reading() as books:
        before, after = (merkle.root(size, books.ledger.node) for size in (old, new))
    assert merkle.verify_consistency(old, new, path, before, after)
    assert path == [] or old not in {0, new}


@pytest.mark.parametrize("old", [0, 1, 2, 7, 8, 11])
def test_an_older_tree_is_the_beginning_of_the_newer(client, house, old):
    new, root = opened(client.get("/v1/ledger/checkpoint").text, client.get("/v1/ledger/key").text)
    answer = client.get("/v1/ledger/proof/consistency", params={"old": old, "new": new})
    path = [bytes.fromhex(step) for step in answer.json()["path"]]
    with house.archive.reading() as books:
        before = merkle.root(old, books.ledger.node)
    assert merkle.verify_consistency(old, new, path, before, root)


@pytest.mark.parametrize("index", ["100000", "-1", "x", str(2**60)])
def test_a_leaf_there_is_not_has_no_proof(client, index):
    answer = client.get("/v1/ledger/proof/inclusion", params={"leaf_index": index})
    assert answer.status_code in {404, 422}
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("old", "new"), [(5, 4), (1, 100_000), (-1, 2)])
def test_sizes_that_cannot_be_have_no_proof(client, old, new):
    answer = client.get("/v1/ledger/proof/consistency", params={"old": old, "new": new})
    assert answer.status_code in {404, 422}


def test_leaves_younger_than_the_checkpoint_are_not_listed(client, house):
    def listed():
        return len(client.get("/v1/ledger/entries", params={"count": 1000}).json()["entries"])

    before = listed()
    with house.archive.writing() as books:
        access = Access(
            kind="look", at=TODAY, client="c", agency="a", purpose="p", person=None, record={}
        )
        record_access(books, ORIGIN, access)
    assert listed() == before
    house.ledger_desk.checkpoint()
    assert listed() == before + 1


def test_what_is_listed_links_nobody(client):
    leaves = client.get("/v1/ledger/entries").json()["entries"]
    assert len({leaf["subject_commitment"] for leaf in leaves}) == len(leaves)
    assert {leaf["at"] for leaf in leaves} == {"2026-11-25T02:00:00+00:00"}


def test_leaves_say_nothing_about_anybody(client):
    text = client.get("/v1/ledger/entries").text
    assert LIN.name not in text
    assert LIN.id_number not in text
    assert client.get("/v1/ledger/entries", params={"count": 1001}).status_code == 422


@pytest.mark.parametrize(
    "spoil",
    [
        lambda note: note.replace("\n\n", "\n"),
        lambda note: note[:-20] + "\n",
        lambda note: note.replace("— ", "- "),
        lambda note: note[:-3] + "é\n",
        lambda note: note + "x" * 5000,
        lambda note: "",
    ],
)
def test_a_note_that_was_spoiled_is_refused(house, spoil):
    note, vkey = house.ledger_desk.latest().note, house.ledger_desk.vkey()
    with pytest.raises(MalformedError):
        open_checkpoint(spoil(note), vkey)


def respelled(encoded):
    """The same bytes in another spelling: the last figure has bits that say nothing."""
    figures = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    bare = encoded.rstrip("=")
    assert len(bare) < len(encoded), "every bit says something"
    last = figures[figures.index(bare[-1]) + 1]
    other = bare[:-1] + last + "=" * (len(encoded) - len(bare))
    assert base64.b64decode(other) == base64.b64decode(encoded)
    return other


def test_a_note_has_one_spelling(house):
    note, vkey = house.ledger_desk.latest().note, house.ledger_desk.vkey()
    signature = note.split()[-1]
    assert open_checkpoint(note, vkey)
    with pytest.raises(MalformedError, match="canonical"):
        open_checkpoint(note.replace(signature, respelled(signature)), vkey)


def test_a_root_of_another_length_is_no_root(house):
    desk = house.ledger_desk
    for root in (b"", bytes(31), bytes(33)):
        checkpoint = Checkpoint(desk.origin, 1, root)
        note = sign_checkpoint(checkpoint, desk.signer, desk.public_key)
        with pytest.raises(MalformedError, match=r"32 bytes|empty"):
            open_checkpoint(note, desk.vkey())


@pytest.mark.parametrize("vkey", ["", "name", "name+00000000+AQ==", "name+zz+é"])
def test_a_verifier_key_that_is_none_is_refused(house, vkey):
    with pytest.raises(MalformedError):
        open_checkpoint(house.ledger_desk.latest().note, vkey)
