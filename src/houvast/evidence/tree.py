"""The Merkle tree of RFC 6962: hashes, roots, proofs that an entry is in it and that it only grew.

Proofs are made from `Read`, the hash of a complete subtree, so it does not matter where the hashes lie.
No function recurses. The reading half (hashes, `verify_inclusion`) stands in `verify.py`, which works alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from houvast.evidence.verify import leaf_hash, node_hash, root, root_of, verify_inclusion

__all__ = ["EMPTY", "Read", "consistency", "inclusion", "leaf_hash", "node_hash", "root", "root_of",
           "verify_consistency", "verify_inclusion"]  # fmt: skip

Read = Callable[[int, int], bytes]
"""`read(level, index)`: the hash of the complete subtree over the leaves index*2^level up to (index+1)*2^level."""
EMPTY = root([])
"""The root of a log without entries."""


def inclusion(index: int, size: int, read: Read) -> list[bytes]:
    """The proof that leaf `index` is in the tree of `size` leaves, from the leaf's sibling up (RFC 6962, 2.1.1).

    Raises ValueError when there is no such leaf.
    """
    if not 0 <= index < size:
        raise ValueError(f"There is no leaf {index} in a tree of {size}.")
    proof: list[bytes] = []
    start, stop = 0, size
    while stop - start > 1:
        middle = _middle(start, stop)
        if index < middle:
            proof.append(root_of(stop, read, middle))
            stop = middle
        else:
            proof.append(root_of(middle, read, start))
            start = middle
    return proof[::-1]


def consistency(old: int, new: int, read: Read) -> list[bytes]:
    """The proof that the tree of `new` leaves begins with that of `old` leaves (RFC 6962, 2.1.2).

    Empty when there is nothing to prove: old is 0, or equals new. Raises ValueError when old > new.
    """
    if not 0 <= old <= new:
        raise ValueError(f"A tree of {new} leaves does not continue one of {old}.")
    if old in (0, new):
        return []
    proof: list[bytes] = []
    start, stop = 0, new
    while stop != old:
        middle = _middle(start, stop)
        if old <= middle:
            proof.append(root_of(stop, read, middle))
            stop = middle
        else:
            proof.append(root_of(middle, read, start))
            start = middle
    if start:
        proof.append(root_of(stop, read, start))
    return proof[::-1]


def verify_consistency(old: int, new: int, old_root: bytes, new_root: bytes, proof: Sequence[bytes]) -> bool:
    """Whether the tree of `new` leaves with `new_root` begins with that of `old` (RFC 9162, section 2.1.4.2)."""
    if not 0 <= old <= new or old in (0, new):
        return 0 <= old <= new and not proof and old_root == (new_root if old == new else EMPTY)
    node, last = old - 1, new - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    path = [*([] if node else [old_root]), *proof]
    if not path:
        return False
    before = after = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            before, after = node_hash(sibling, before), node_hash(sibling, after)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            after = node_hash(after, sibling)
        node, last = node >> 1, last >> 1
    return last == 0 and before == old_root and after == new_root


def _middle(start: int, stop: int) -> int:
    """Where a tree over these leaves divides: the left half is the largest complete one that leaves something."""
    return start + (1 << (stop - start - 1).bit_length() - 1)
