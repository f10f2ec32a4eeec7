"""The one-file proof, judged without us: what is shown is judged, what is left out says so."""

import json
from dataclasses import replace

import pytest

from certstore import merkle
from certstore.errors import MalformedError
from certstore.leaves import subject_key
from certstore.ledger_proof import AccessProof, judge_proof, read_proof
from certstore.signed_note import Checkpoint
from tests.unit.certstore.test_leaves import KEY, NUMBER, RECORD, SALT, leaf

ORIGIN = "tests.example/ledger"
STEPS = ["path", "leaf", "record", "subject"]


def made(size=5, index=3, **changes):
    """A proof of one leaf among others, and the checkpoint of its tree."""
    written = leaf(**changes).written()
    leaves = [b"other %d" % place for place in range(size)]
    leaves[index] = written
    nodes = {}

    def node(*at):
        return nodes[at]

    for place, data in enumerate(leaves):
        for level, at, value in merkle.completed_nodes(place, merkle.leaf_hash(data), node):
            nodes[level, at] = value
    root = merkle.root(size, node)
    proof = AccessProof(
        leaf_hash=merkle.leaf_hash(written).hex(),
        leaf_index=index,
        tree_size=size,
        root=root.hex(),
        audit_path=tuple(step.hex() for step in merkle.inclusion_path(index, size, node)),
        note="note",
        leaf=written,
        record=RECORD,
        salt=SALT,
        id_number=NUMBER,
        subject_key=subject_key(2, KEY, SALT),
    )
    return proof, Checkpoint(ORIGIN, size, root)


PROOF, HEAD = made()


def steps(proof, checkpoint=HEAD):
    judged = judge_proof(proof, checkpoint)
    assert [check.name for check in judged.checks] == STEPS
    return judged.good, [check.passed for check in judged.checks]


def test_a_proof_is_good_when_every_step_holds():
    assert steps(PROOF) == (True, [True] * 4)


@pytest.mark.parametrize(
    ("changes", "failing"),
    [
        ({"leaf_index": 2}, "path"),
        ({"leaf_index": 5}, "path"),
        ({"tree_size": 6}, "path"),
        ({"root": "00" * 32}, "path"),
        ({"audit_path": ()}, "path"),
        ({"audit_path": (*PROOF.audit_path, "00" * 32)}, "path"),
        ({"record": {**RECORD, "fields": ["name", "id_number"]}}, "record"),
        ({"record": {}}, "record"),
        ({"salt": b"t" * 16}, "record"),
        ({"id_number": "340199197109230625"}, "subject"),
        ({"subject_key": KEY}, "subject"),
    ],
)
def test_one_wrong_member_spoils_its_step_and_the_proof(changes, failing):
    expected = [step != failing for step in STEPS]
    assert steps(replace(PROOF, **changes)) == (False, expected)


def test_another_leaf_than_the_hashed_one_proves_nothing():
    other = replace(PROOF, leaf=leaf(purpose="another").written())
    assert steps(other) == (False, [True, False, False, False])


def test_a_leaf_of_another_ledger_is_not_this_ones():
    proof, head = made(log="elsewhere.example/ledger")
    assert steps(proof, head) == (False, [True, False, True, True])


def test_another_checkpoint_is_not_the_proofs():
    for other in (replace(HEAD, root=bytes(32)), replace(HEAD, size=4)):
        assert steps(PROOF, other)[1][0] is False


def test_what_is_left_out_is_not_judged():
    without_record = replace(PROOF, record=None, salt=None)
    assert steps(without_record) == (True, [True, True, None, True])
    without_subject = replace(PROOF, id_number=None, subject_key=None)
    assert steps(without_subject) == (True, [True, True, True, None])
    place = replace(PROOF, leaf=None)
    assert steps(place) == (True, [True, None, None, None])


def test_a_file_is_read_as_it_was_written():
    written = json.dumps(PROOF.as_json("vkey"), ensure_ascii=False).encode()
    assert read_proof(written) == PROOF
    place = replace(
        PROOF, note="", leaf=None, record=None, salt=None, id_number=None, subject_key=None
    )
    assert read_proof(json.dumps(PROOF.place_as_json()).encode()) == place


SAID = PROOF.as_json("vkey")


def without(*names):
    return json.dumps({name: SAID[name] for name in SAID if name not in names}).encode()


def but(**changes):
    return json.dumps(SAID | changes).encode()


HOSTILE = {
    "nothing": (b"", "not JSON"),
    "no JSON": (b"proof", "not JSON"),
    "a list": (b"[]", "one JSON object"),
    "a text": (b'"proof"', "one JSON object"),
    "a byte order mark": (b"\xef\xbb\xbf" + but(), "byte order mark"),
    "no UTF-8": (but() + b"\xff", "not UTF-8"),
    "a member twice": (but()[:-1] + b',"root":"00"}', "names a member twice"),
    "too long": (but(record={"long": "x" * 300_000}), "more than 262144 bytes"),
    "too deep": (but(record={"a": json.loads("[" * 20 + "]" * 20)}), "deep"),
    "a number beyond measure": (but(leaf_index=2**60), "too large"),
    "a member nobody judges": (but(verdict="good"), "no proof file has"),
    "no root": (without("root"), "root is hexadecimal"),
    "no leaf hash": (without("leaf_hash"), "leaf_hash is hexadecimal"),
    "no path": (without("audit_path"), "audit_path is a list"),
    "no index": (without("leaf_index"), "leaf_index is a whole number"),
    "no size": (without("tree_size"), "tree_size is a whole number"),
    "an index below zero": (but(leaf_index=-1), "leaf_index is a whole number"),
    "an index in quotes": (but(leaf_index="3"), "leaf_index is a whole number"),
    "an index that is true": (but(leaf_index=True), "leaf_index is a whole number"),
    "half a tree": (but(tree_size=2.5), "tree_size is a whole number"),
    "a short hash": (but(leaf_hash="00"), "leaf_hash is hexadecimal"),
    "a hash in capitals": (but(leaf_hash=SAID["leaf_hash"].upper()), "lower-case"),
    "a root that is no hash": (but(root="zz" * 32), "root is lower-case"),
    "a root that is null": (but(root=None), "root is hexadecimal"),
    "a path that is a text": (but(audit_path="00"), "audit_path is a list"),
    "a path of numbers": (but(audit_path=[5]), "audit_path is hexadecimal"),
    "a path of 65 steps": (but(audit_path=["00" * 32] * 65), "at most 64 hashes"),
    "a checkpoint that is a number": (but(checkpoint=5), "checkpoint is a text"),
    "a key that is a list": (but(vkey=[]), "vkey is a text"),
    "a leaf that is an object": (but(leaf={}), "leaf is a text"),
    "a record that is a list": (but(record=[]), "are objects"),
    "a record that is null": (but(record=None), "are objects"),
    "a record without salt": (without("salt"), "come together"),
    "a salt without record": (without("record"), "come together"),
    "half a figure of salt": (but(salt="0"), "salt is hexadecimal"),
    "an empty salt": (but(salt=""), "salt is lower-case"),
    "a salt of 33 bytes": (but(salt="00" * 33), "salt is hexadecimal"),
    "a subject that is a list": (but(subject=[]), "are objects"),
    "a subject without a number": (but(subject={"key": "00" * 32}), "id_number is a text"),
    "an empty subject": (but(subject={}), "id_number is a text"),
    "a subject without a key": (but(subject={"id_number": NUMBER}), "subject is hexadecimal"),
    "a subject's number as a number": (
        but(subject={"id_number": 5, "key": "00" * 32}),
        "id_number is a text",
    ),
    "a subject's short key": (
        but(subject={"id_number": NUMBER, "key": "00"}),
        "subject is hexadecimal",
    ),
    "a subject with more": (
        but(subject={"id_number": NUMBER, "key": "00" * 32, "name": "x"}),
        "an id_number and a key",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_what_is_no_proof_file_is_refused_for_its_own_reason(case):
    spoiled, words = HOSTILE[case]
    with pytest.raises(MalformedError) as refused:
        read_proof(spoiled)
    assert words in refused.value.detail
    assert NUMBER not in str(refused.value)


def test_a_judgement_names_nobody():
    said = str(judge_proof(PROOF, HEAD))
    assert NUMBER not in said
