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


@pytest.mark.parametrize(
    "spoiled",
    [
        b"",
        b"[]",
        b'"proof"',
        json.dumps({name: SAID[name] for name in SAID if name != "root"}).encode(),
        *(
            json.dumps(SAID | change).encode()
            for change in (
                {"leaf_index": -1},
                {"leaf_index": "3"},
                {"leaf_index": True},
                {"tree_size": 2.5},
                {"leaf_hash": "00"},
                {"leaf_hash": SAID["leaf_hash"].upper()},
                {"root": "zz" * 32},
                {"root": None},
                {"audit_path": "00"},
                {"audit_path": [5]},
                {"audit_path": ["00" * 32] * 65},
                {"checkpoint": 5},
                {"leaf": {}},
                {"record": []},
                {"record": None},
                {"salt": "0"},
                {"salt": ""},
                {"salt": "00" * 33},
                {"subject": []},
                {"subject": {}},
                {"subject": {"id_number": NUMBER}},
                {"subject": {"id_number": 5, "key": "00" * 32}},
                {"subject": {"id_number": NUMBER, "key": "00"}},
            )
        ),
        json.dumps(SAID | {"record": {"long": "x" * 300_000}}).encode(),
    ],
)
def test_what_is_no_proof_file_is_refused(spoiled):
    with pytest.raises(MalformedError) as refused:
        read_proof(spoiled)
    assert NUMBER not in str(refused.value)


def test_a_judgement_names_nobody():
    said = str(judge_proof(PROOF, HEAD))
    assert NUMBER not in said
