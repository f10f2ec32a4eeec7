"""Merkle trees as RFC 6962 hashes them: proofs made from stored nodes, and checked without them.

A node (level, index) is the root of the complete subtree over leaves
[index·2^level, (index+1)·2^level). Every function here is pure; nodes are fetched through
the callable handed in.
"""

import hashlib
from collections.abc import Callable, Sequence

Node = Callable[[int, int], bytes]

_MAX_LEVELS = 63  # a path longer than this belongs to no tree that can exist
_HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash of a leaf (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x00" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash of an inner node (RFC 6962 §2.1)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def completed_nodes(index: int, leaf: bytes, node: Node) -> list[tuple[int, int, bytes]]:
    """The nodes (level, index, hash) that become complete when leaf `index` is appended."""
    done = [(0, index, leaf)]
    level, value = 0, leaf
    while index & 1:
        value = node_hash(node(level, index - 1), value)
        level, index = level + 1, index >> 1
        done.append((level, index, value))
    return done


class Frontier:
    """The right edge of a growing tree: one hash for each bit of its size, and so its root."""

    def __init__(self) -> None:
        """Begin with the empty tree."""
        self.size = 0
        self._peaks: list[bytes] = []

    def append(self, leaf: bytes) -> None:
        """Take the next leaf's hash."""
        complete, value = self.size, leaf
        while complete & 1:
            value = node_hash(self._peaks.pop(), value)
            complete >>= 1
        self._peaks.append(value)
        self.size += 1

    def root(self) -> bytes:
        """The root over every leaf taken so far."""
        if not self._peaks:
            return EMPTY_ROOT
        *lower, value = self._peaks
        for peak in reversed(lower):
            value = node_hash(peak, value)
        return value


def root(size: int, node: Node) -> bytes:
    """The root over the first `size` leaves."""
    return EMPTY_ROOT if size == 0 else _subtree(0, size, node)


def inclusion_path(index: int, size: int, node: Node) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves (RFC 6962 §2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("the leaf lies outside the tree")
    path: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_subtree(middle, end, node))
            end = middle
        else:
            path.append(_subtree(start, middle, node))
            start = middle
    return path[::-1]


def consistency_path(old: int, new: int, node: Node) -> list[bytes]:
    """The proof that the first `old` of `new` leaves are unchanged (RFC 6962 §2.1.2).

    Empty for old == 0 and old == new, where there is nothing to prove.
    """
    if not 0 <= old <= new:
        raise ValueError("the older tree is larger than the newer")
    if old in (0, new):
        return []
    return _subproof(old, 0, new, node, whole=True)


def verify_inclusion(
    leaf: bytes, index: int, size: int, path: Sequence[bytes], expected_root: bytes
) -> bool:
    """Whether the path leads from the leaf's hash to the root (RFC 9162 §2.1.3.2)."""
    if not 0 <= index < size or not _can_be_path([leaf, *path]):
        return False
    fn, sn, value = index, size - 1, leaf
    for sibling in path:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            value = node_hash(sibling, value)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            value = node_hash(value, sibling)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and value == expected_root


def verify_consistency(
    old: int, new: int, path: Sequence[bytes], old_root: bytes, new_root: bytes
) -> bool:
    """Whether the newer tree begins with the older one (RFC 9162 §2.1.4.2).

    The RFC proves nothing from an empty tree: every tree begins with it, and the path is empty.
    Two trees of one size are one tree, the empty one too.
    """
    if not 0 <= old <= new or not _can_be_path([old_root, new_root, *path]):
        return False
    if old in (0, new):
        from_nothing = old != 0 or old_root == EMPTY_ROOT
        return not path and from_nothing and (old != new or old_root == new_root)
    steps = list(path) if old & (old - 1) else [old_root, *path]
    if not steps:
        return False
    fn, sn = old - 1, new - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    first = second = steps[0]
    for step in steps[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            first, second = node_hash(step, first), node_hash(step, second)
            while not fn & 1 and fn != 0:
                fn, sn = fn >> 1, sn >> 1
        else:
            second = node_hash(second, step)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and first == old_root and second == new_root


def _can_be_path(hashes: Sequence[bytes]) -> bool:
    """Whether these are hashes, and no more than the tallest tree and two roots have."""
    return len(hashes) <= _MAX_LEVELS + 2 and all(len(h) == _HASH_BYTES for h in hashes)


def _split(size: int) -> int:
    """The largest power of two below size."""
    return 1 << (size - 1).bit_length() - 1


def _subtree(start: int, end: int, node: Node) -> bytes:
    size = end - start
    if size & (size - 1) == 0 and start % size == 0:
        level = size.bit_length() - 1
        return node(level, start >> level)
    middle = start + _split(size)
    return node_hash(_subtree(start, middle, node), _subtree(middle, end, node))


def _subproof(old: int, start: int, end: int, node: Node, *, whole: bool) -> list[bytes]:
    size = end - start
    if old == size:
        return [] if whole else [_subtree(start, end, node)]
    half = _split(size)
    if old <= half:
        left = _subproof(old, start, start + half, node, whole=whole)
        return [*left, _subtree(start + half, end, node)]
    right = _subproof(old - half, start + half, end, node, whole=False)
    return [*right, _subtree(start, start + half, node)]
