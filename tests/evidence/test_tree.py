"""Roots and proofs are those of RFC 6962, and no other proof is accepted."""

from __future__ import annotations

from functools import cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from houvast.evidence.tree import (
    EMPTY,
    consistency,
    inclusion,
    leaf_hash,
    root,
    root_of,
    verify_consistency,
    verify_inclusion,
)
from tests.evidence import naive

LEAVES = [bytes.fromhex(one) for one in (
    "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")]  # fmt: skip
"""The leaves of the reference tests of Certificate Transparency, and the roots published for the first 1 to 8."""
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
MANY = 300


@cache
def leaves(size: int) -> list[bytes]:
    return [b"entry %d" % i for i in range(size)]


@st.composite
def two_sizes(draw: st.DrawFn) -> tuple[int, int]:
    new = draw(st.integers(1, MANY))
    return draw(st.integers(0, new)), new


def flipped(data: bytes, bit: int) -> bytes:
    return (int.from_bytes(data, "big") ^ 1 << bit).to_bytes(len(data), "big")


def test_the_empty_tree_has_the_published_root() -> None:
    assert EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize("size", range(1, 9))
def test_roots_are_the_published_ones(size: int) -> None:
    assert root([leaf_hash(leaf) for leaf in LEAVES[:size]]).hex() == ROOTS[size - 1]


def test_proofs_are_the_published_ones() -> None:
    read = naive.reader(LEAVES)
    assert [one.hex()[:16] for one in inclusion(5, 8, read)] == [
        "bc1a0643b12e4d2d",
        "ca854ea128ed050b",
        "d37ee418976dd957",
    ]
    assert [one.hex()[:16] for one in consistency(6, 8, read)] == [
        "0ebc5d3437fbe2db",
        "ca854ea128ed050b",
        "d37ee418976dd957",
    ]


@given(st.integers(0, MANY))
def test_a_root_is_that_of_the_definition(size: int) -> None:
    expected = naive.mth(leaves(size))
    assert root([leaf_hash(leaf) for leaf in leaves(size)]) == expected
    assert root_of(size, naive.reader(leaves(size))) == expected


@given(two_sizes())
def test_an_inclusion_proof_is_that_of_the_definition_and_verifies(sizes: tuple[int, int]) -> None:
    size = sizes[1]
    index = min(sizes[0], size - 1)
    proof = inclusion(index, size, naive.reader(leaves(size)))
    assert proof == naive.path(index, leaves(size))
    assert verify_inclusion(leaf_hash(leaves(size)[index]), index, size, proof, naive.mth(leaves(size)))


@given(two_sizes())
def test_a_consistency_proof_is_that_of_the_definition_and_verifies(sizes: tuple[int, int]) -> None:
    old, new = sizes
    proof = consistency(old, new, naive.reader(leaves(new)))
    assert proof == (naive.proof(old, leaves(new)) if old else [])
    assert verify_consistency(old, new, naive.mth(leaves(old)), naive.mth(leaves(new)), proof)


@given(two_sizes(), st.data())
def test_a_changed_inclusion_proof_is_refused(sizes: tuple[int, int], data: st.DataObject) -> None:
    size = sizes[1]
    index = min(sizes[0], size - 1)
    leaf, whole, proof = leaf_hash(leaves(size)[index]), naive.mth(leaves(size)), naive.path(index, leaves(size))
    bit = data.draw(st.integers(0, 255))
    assert not verify_inclusion(flipped(leaf, bit), index, size, proof, whole)
    assert not verify_inclusion(leaf, index, size, proof, flipped(whole, bit))
    assert not verify_inclusion(leaf, index, size, [*proof, leaf], whole)
    assert not verify_inclusion(leaf, index + size, size, proof, whole)
    assert not verify_inclusion(leaf, -1, size, proof, whole)
    for place in range(len(proof)):
        assert not verify_inclusion(leaf, index, size, [*proof[:place], *proof[place + 1 :]], whole)
        assert not verify_inclusion(
            leaf, index, size, [*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]], whole
        )
    for other in range(size):
        assert other == index or not verify_inclusion(leaf, other, size, proof, whole)


@given(two_sizes(), st.data())
def test_a_changed_consistency_proof_is_refused(sizes: tuple[int, int], data: st.DataObject) -> None:
    old, new = sizes
    before, after, proof = naive.mth(leaves(old)), naive.mth(leaves(new)), naive.proof(old, leaves(new)) if old else []
    bit = data.draw(st.integers(0, 255))
    assert not verify_consistency(old, new, flipped(before, bit), after, proof)
    assert old == 0 or not verify_consistency(old, new, before, flipped(after, bit), proof)
    assert not verify_consistency(old, new, before, after, [*proof, before])
    assert not verify_consistency(new + 1, new, before, after, proof)
    for place in range(len(proof)):
        assert not verify_consistency(old, new, before, after, [*proof[:place], *proof[place + 1 :]])
        assert not verify_consistency(
            old, new, before, after, [*proof[:place], flipped(proof[place], bit), *proof[place + 1 :]]
        )


@given(two_sizes(), st.data())
def test_a_log_whose_past_was_changed_has_no_consistency_proof(sizes: tuple[int, int], data: st.DataObject) -> None:
    old, new = max(sizes[0], 1), sizes[1]
    changed = list(leaves(new))
    changed[data.draw(st.integers(0, old - 1))] += b"!"
    proof = consistency(old, new, naive.reader(changed))
    assert not verify_consistency(old, new, naive.mth(leaves(old)), naive.mth(changed), proof)


def test_a_tree_of_a_million_million_leaves_needs_no_deep_recursion() -> None:
    size = 10**12
    assert len(inclusion(size - 1, size, lambda level, index: EMPTY)) <= 40
    assert len(consistency(12_345, size, lambda level, index: EMPTY)) <= 80


@pytest.mark.parametrize("index", [-1, 5])
def test_a_leaf_that_is_not_there_has_no_proof(index: int) -> None:
    with pytest.raises(ValueError, match="no leaf"):
        inclusion(index, 5, naive.reader(leaves(5)))


def test_a_smaller_tree_does_not_continue_a_larger_one() -> None:
    with pytest.raises(ValueError, match="does not continue"):
        consistency(6, 5, naive.reader(leaves(5)))
