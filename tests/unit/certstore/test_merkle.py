import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from certstore import merkle


def plain_root(leaves):
    """RFC 6962 §2.1, written as the RFC has it."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    left, right = plain_root(leaves[:k]), plain_root(leaves[k:])
    return hashlib.sha256(b"\x01" + left + right).digest()


def grown(count):
    leaves = [f"leaf {i}".encode() for i in range(count)]
    nodes = {}

    def node(level, index):
        return nodes[level, index]

    for index, leaf in enumerate(leaves):
        for level, place, value in merkle.completed_nodes(index, merkle.leaf_hash(leaf), node):
            assert (level, place) not in nodes
            nodes[level, place] = value
    return leaves, node


@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33, 70])
def test_the_root_is_that_of_the_rfc(size):
    leaves, node = grown(size)
    assert merkle.root(size, node) == plain_root(leaves)


def test_the_roots_of_the_published_test_tree():
    # The reference tree of the certificate-transparency project's own tests.
    inputs = [b"", b"\x00", b"\x10", b"\x20\x21", b"\x30\x31", b"\x40\x41\x42\x43"]
    nodes = {}
    for index, leaf in enumerate(inputs):
        done = merkle.completed_nodes(index, merkle.leaf_hash(leaf), lambda *at: nodes[at])
        nodes.update({(level, place): value for level, place, value in done})
    assert merkle.root(1, lambda *at: nodes[at]).hex() == (
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
    )
    assert merkle.root(2, lambda *at: nodes[at]).hex() == (
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
    )
    assert merkle.root(3, lambda *at: nodes[at]).hex() == (
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 80), st.data())
def test_every_leaf_is_proven_and_nothing_else_is(size, data):
    index = data.draw(st.integers(0, size - 1))
    leaves, node = grown(size)
    root, path = merkle.root(size, node), merkle.inclusion_path(index, size, node)
    leaf = merkle.leaf_hash(leaves[index])
    assert merkle.verify_inclusion(leaf, index, size, path, root)
    assert not merkle.verify_inclusion(merkle.leaf_hash(b"x"), index, size, path, root)
    assert not merkle.verify_inclusion(leaf, index, size, path, hashlib.sha256(b"x").digest())
    assert not merkle.verify_inclusion(leaf, index, size, [*path, root], root)
    if path:
        assert not merkle.verify_inclusion(leaf, index, size, path[:-1], root)
    for other in range(size):
        if other != index:
            assert not merkle.verify_inclusion(leaf, other, size, path, root)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 80), st.integers(0, 80))
def test_growth_is_proven_and_rewriting_is_not(first, second):
    old, new = sorted((first, second))
    leaves, node = grown(new)
    path = merkle.consistency_path(old, new, node)
    old_root, new_root = plain_root(leaves[:old]), plain_root(leaves)
    assert merkle.verify_consistency(old, new, path, old_root, new_root)
    other = hashlib.sha256(b"other").digest()
    assert not merkle.verify_consistency(old, new, path, other, new_root)
    if 0 < old < new:
        assert not merkle.verify_consistency(old, new, path, old_root, other)
        assert not merkle.verify_consistency(old, new, [*path, other], old_root, new_root)
        assert not merkle.verify_consistency(old, new, path[:-1], old_root, new_root)


def test_questions_about_trees_that_cannot_be_are_refused():
    _, node = grown(3)
    with pytest.raises(ValueError, match="outside"):
        merkle.inclusion_path(3, 3, node)
    with pytest.raises(ValueError, match="larger"):
        merkle.consistency_path(4, 3, node)
    assert not merkle.verify_inclusion(b"", 3, 3, [], b"")
    assert not merkle.verify_inclusion(b"", 0, 1 << 70, [b""] * 64, b"")
    assert not merkle.verify_consistency(4, 3, [], b"", b"")
