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


OTHER = hashlib.sha256(b"other").digest()


@pytest.mark.parametrize("new", [0, 1, 2, 5])
def test_every_tree_begins_with_the_empty_one_and_nothing_is_to_be_proven(new):
    leaves, node = grown(new)
    root = plain_root(leaves)
    assert merkle.consistency_path(0, new, node) == []
    assert merkle.verify_consistency(0, new, [], merkle.EMPTY_ROOT, root)
    assert not merkle.verify_consistency(0, new, [], OTHER, root)
    assert not merkle.verify_consistency(0, new, [OTHER], merkle.EMPTY_ROOT, root)


def test_two_empty_trees_are_one():
    assert not merkle.verify_consistency(0, 0, [], merkle.EMPTY_ROOT, OTHER)
    assert not merkle.verify_consistency(0, 0, [], OTHER, OTHER)


@pytest.mark.parametrize("new", [1, 2, 3, 4, 8, 9])
def test_growth_from_one_leaf_is_proven(new):
    leaves, node = grown(new)
    old_root, root = plain_root(leaves[:1]), plain_root(leaves)
    path = merkle.consistency_path(1, new, node)
    assert len(path) == (new - 1).bit_length()
    assert merkle.verify_consistency(1, new, path, old_root, root)
    assert not merkle.verify_consistency(1, new, path, OTHER, root)
    assert not merkle.verify_consistency(1, new, [OTHER, *path[1:]], old_root, root) or new == 1
    assert not merkle.verify_consistency(1, new, [*path, OTHER], old_root, root)


def test_two_trees_of_one_size_are_one():
    leaves, _ = grown(1)
    root = plain_root(leaves)
    assert merkle.verify_consistency(1, 1, [], root, root)
    assert not merkle.verify_consistency(1, 1, [], root, OTHER)
    assert not merkle.verify_consistency(1, 1, [root], root, root)


def test_what_is_no_hash_stands_in_no_path():
    leaves, _ = grown(2)
    root, leaf = plain_root(leaves), merkle.leaf_hash(leaves[0])
    whole = merkle.leaf_hash(leaves[1])
    assert merkle.verify_inclusion(leaf, 0, 2, [whole], root)
    # Two hashes beside each other are no hash, though they hash to the same node.
    assert not merkle.verify_inclusion(leaf + whole[:1], 0, 2, [whole[1:]], root)
    assert not merkle.verify_consistency(1, 2, [whole[:31]], leaf, root)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 70))
def test_the_frontier_has_the_root_of_what_it_took(size):
    leaves, _ = grown(size)
    frontier = merkle.Frontier()
    for leaf in leaves:
        frontier.append(merkle.leaf_hash(leaf))
    assert (frontier.size, frontier.root()) == (size, plain_root(leaves))
