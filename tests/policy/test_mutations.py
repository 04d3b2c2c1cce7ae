"""Mistype everything in a policy or a data map, in turn: its own clear error, or a changed and sensible meaning."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache, partial
from pathlib import Path
from typing import TypeVar

import pytest

from houvast.datamap import check as check_map
from houvast.datamap import load_datamap
from houvast.datamap.load import datamap_in
from houvast.document import Entries, Items, Node, Text, read_document
from houvast.errors import FileErrors, Finding
from houvast.policy import Policy, check
from houvast.policy.load import policy_in

T = TypeVar("T")
POLICIES = Path(__file__).parents[2] / "policies"
FEW, SOME = 75, 15
SLIPS: tuple[Callable[[str], str], ...] = (
    lambda word: word[: len(word) // 2] + word[len(word) // 2 + 1 :],  # a letter left out
    lambda word: word[:1] + word,  # a letter twice
    lambda word: word[1:2] + word[:1] + word[2:] if word[1:2] != word[:1] else word + "q",  # two letters changed round
)


@cache
def whole(project: str) -> Policy:
    return policy_in(read_document(POLICIES / project / "policy.yaml"), POLICIES / project)


def mutations(node: Node, at: str = "") -> Iterator[tuple[str, Node]]:
    """Every key and every value of a document mistyped, one at a time: (where, the document)."""
    slip = SLIPS[sum(map(ord, at)) % len(SLIPS)]
    if isinstance(node, Text):
        yield at, replace(node, value=slip(node.value) if node.value else "x")
    elif isinstance(node, Items):
        for number, one in enumerate(node.items):
            for where, changed in mutations(one, f"{at}.{number}"):
                yield where, replace(node, items=(*node.items[:number], changed, *node.items[number + 1 :]))
    else:
        for name, one in node.values.items():
            renamed = {slip(key) if key == name else key: value for key, value in node.values.items()}
            keys = {slip(key) if key == name else key: place for key, place in node.keys.items()}
            yield f"{at}.{name} (its name)", replace(node, values=renamed, keys=keys)
            for where, changed in mutations(one, f"{at}.{name}"):
                yield where, replace(node, values={**node.values, name: changed})


def entries(node: Node) -> Entries:
    assert isinstance(node, Entries)
    return node


def told(findings: tuple[Finding, ...]) -> bool:
    return bool(findings) and all(one.message and one.place.line > 0 and one.place.column > 0 for one in findings)


def survivors(project: str, every: int) -> list[str]:
    """The places at which something mistyped is neither told nor changes what the policy means."""
    document, found = read_document(POLICIES / project / "policy.yaml"), list[str]()
    for number, (where, changed) in enumerate(mutations(document)):
        if number % every:
            continue
        if unnoticed(partial(policy_in, entries(changed), POLICIES / project), check, whole(project)):
            found.append(where)
    return found


def unnoticed(read: Callable[[], T], check: Callable[[T], tuple[Finding, ...]], original: T) -> bool:
    """Whether what is read is the same as before, and nothing is told about it."""
    try:
        value = read()
    except FileErrors as error:
        return not told(error.findings)
    return not told(check(value)) and value == original


def test_nothing_mistyped_in_the_clubs_policy_goes_unnoticed() -> None:
    assert survivors("club", SOME) == []


def test_nothing_mistyped_in_the_sample_policy_goes_unnoticed() -> None:
    assert survivors("lakana", FEW) == []


@pytest.mark.long
@pytest.mark.parametrize("project", ["club", "lakana"])
def test_nothing_at_all_mistyped_goes_unnoticed(project: str) -> None:
    assert survivors(project, 1) == []


def test_nothing_mistyped_in_a_data_map_goes_unnoticed() -> None:
    path, policy = POLICIES / "club" / "datamap.yaml", whole("club")
    original, found = load_datamap(path), list[str]()
    for where, changed in mutations(read_document(path)):
        if unnoticed(partial(datamap_in, entries(changed)), lambda one: check_map(one, (policy,)), original):
            found.append(where)
    assert found == []
