"""Take each rule out of each policy that ships, in turn: exactly the gap that follows appears."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from houvast.document import Entries, Items, Node, read_document
from houvast.errors import FileErrors
from houvast.policy import Policy, check
from houvast.policy.check import law_for
from houvast.policy.duties import State, answers
from houvast.policy.keys import DUTIES
from houvast.policy.load import policy_in
from houvast.policy.model import PurposeKind
from houvast.policy.rules import rules

POLICIES = Path(__file__).parents[2] / "policies"
PROJECTS = ("lakana", "club")
ANSWERING = {
    "lakana": {
        "notices.recipients": "G04", "rights.erase": "G05", "rights.restriction": "G06", "rights.portability": "G07",
        "rights.object": "G08", "rights.withdraw": "G09", "rights.complain_elsewhere": "G10",
        "safeguards.automated": "G12", "notices.from_others": "G13", "safeguards.breach": "G14",
        "safeguards.register": "G15", "safeguards.sensitive": "G16", "notices.cookies": "G17", "law.in_time": "G18",
        "notices.plain": "G19",
    },
    "club": {
        "notices.recipients": "G04", "rights.erase": "G05", "rights.restriction": "G06", "rights.portability": "G07",
        "rights.object": "G08", "rights.withdraw": "G09", "rights.complain": "G10", "safeguards.automated": "G12",
        "notices.from_others": "G13", "safeguards.breach": "G14", "safeguards.register": "G15",
        "safeguards.youth": "G16", "notices.cookies": "G17", "law.in_time": "G18", "notices.plain": "G19",
    },
}  # fmt: skip
BY_THE_LAW = {"G05", "G06", "G07", "G08", "G09", "G10", "G12", "G14", "G16", "G18"}
"""Duties that the law itself fills when a policy is silent; the others are missing then."""
UNTOLD = {"G04", "G11", "G13"}
"""Of those, what the law has every notice tell people: a finding, with the article."""
GROUNDS = ("basis", "balancing", "interest")
ALSO = {
    ("lakana", "data.visit_raw"): {"contradiction"},  # visits are then identified in the store that does not identify
    ("lakana", "keep.11"): {"contradiction"},
    ("lakana", "keep.12"): {"contradiction"},
    ("lakana", "purposes.marketing"): {"own-customer-elsewhere"},
    ("lakana", "notices.marketing"): {"marketing-message-incomplete"},
    ("club", "notices.newsletter"): {"marketing-message-incomplete"},
    ("club", "safeguards.youth"): {"children-without-parents"},
}


@cache
def document(project: str) -> Entries:
    return read_document(POLICIES / project / "policy.yaml")


@cache
def whole(project: str) -> Policy:
    return policy_in(document(project), POLICIES / project)


def without(node: Node, path: tuple[str, ...]) -> Node:
    """A document from which what lies at a path is gone."""
    key, rest = path[0], path[1:]
    if isinstance(node, Items):
        kept = [
            without(one, rest) if str(n) == key else one for n, one in enumerate(node.items) if rest or str(n) != key
        ]
        return replace(node, items=tuple(kept))
    assert isinstance(node, Entries)
    values = {
        name: without(one, rest) if name == key else one for name, one in node.values.items() if rest or name != key
    }
    return replace(node, values=values)


def paths(project: str) -> Iterator[tuple[str, ...]]:
    """Every rule of a policy."""
    for heading, node in document(project).values.items():
        if heading in ("controller", "data", "purposes", *DUTIES) and isinstance(node, Entries):
            yield from ((heading, name) for name in node.values)
        if heading in ("uses", "nevers", "keep") and isinstance(node, Items):
            yield from ((heading, str(number)) for number in range(len(node.items)))
        if heading == "data" and isinstance(node, Entries):
            yield from ((heading, name, "necessity") for name in node.values)
        if heading == "uses" and isinstance(node, Items):
            for number, use in enumerate(node.items):
                assert isinstance(use, Entries)
                yield from (
                    (heading, str(number), key) for key in ("basis", "balancing", "interest") if key in use.values
                )


def gaps(policy: Policy) -> dict[str, State]:
    law = law_for(policy)
    assert law
    return {one.duty.id: one.state for one in answers(policy, law)}


def expected_gaps(project: str, path: tuple[str, ...], left: Policy) -> dict[str, State]:
    """The duties that this rule answered alone."""
    gap = ANSWERING[project].get(".".join(path[:2]), "")
    if path[0] == "controller":
        gap = "G01"
    elif path[0] == "uses" and len(path) == 3:
        gap = "G02"
    elif path[-1] == "necessity":
        gap = "G11"
    elif path[0] == "keep" and not left.categories.keys() <= {term.category for term in left.terms}:
        gap = "G03"
    return {gap: State.DEFAULT if gap in BY_THE_LAW else State.MISSING} if gap else {}


def expected_of_visits(left: Policy) -> dict[str, object]:
    """What is wrong with how visits are counted, where the policy says so."""
    said = {duty.name: duty.parameters for duty in left.duties if duty.section == "visits"}
    apart = said.get("security", {})
    names = [(one["data"], left.categories) for one in said.values() if "data" in one]
    names += [(apart["for"], left.purposes)] if apart else []
    strange = [name for name, known in names if name not in known]
    pair = (str(apart.get("data")), str(apart.get("for")))
    stands = apart and not {*pair} & {*strange}
    return {
        "visits-incomplete": said and {"counted", "time", "address", "group"} - said.keys(),
        "visits-unknown": strange,
        "visits-security": stands and not (left.use(*pair) and left.term(*pair)),
    }


def expected_codes(project: str, path: tuple[str, ...], left: Policy) -> set[str]:
    """What else is wrong then, by counting in what is left."""
    ordinary = {name for name, one in left.purposes.items() if one.kind is PurposeKind.ORDINARY}
    pairs = {(c, n) for use in left.uses for c in use.categories for n in use.purposes}
    termed = [(t.category, n) for t in left.terms for n in t.purposes]
    known = [(c, n) for c, n in termed if c in left.categories and n in left.purposes]
    bound = {name for rule in rules(left) for name in rule.promises}
    named = (
        {c for c, _ in pairs} | {c for one in left.nevers for c in one.categories} | {t.category for t in left.terms}
    )
    asked = {n for _, n in pairs} | {n for one in left.nevers for n in one.but} | {n for _, n in termed}
    moved = {name for name, one in left.purposes.items() if one.kind is PurposeKind.MIGRATION}
    needing = [(c, n) for c, n in pairs if n in ordinary and c in left.categories]
    wrong = {
        "promise-unbound": left.promises.keys() - bound,
        "controller-incomplete": path[0] == "controller",
        f"use-without-{path[-1]}": path[0] == "uses" and len(path) == 3,
        "category-unknown": named - left.categories.keys(),
        "purpose-unknown": asked - left.purposes.keys(),
        "purpose-unserved": left.purposes.keys() - moved - {n for _, n in pairs},
        "category-unused": left.categories.keys() - {c for c, n in pairs if n in ordinary},
        "term-for-nothing": [pair for pair in known if left.use(*pair) is None],
        "category-without-term": [pair for pair in needing if left.term(*pair) is None],
        "notice-incomplete": expected_gaps(project, path, left).keys() & UNTOLD,
        **expected_of_visits(left),
    }
    return {code for code, found in wrong.items() if found} | ALSO.get((project, ".".join(path)), set())


@pytest.mark.parametrize("project", PROJECTS)
def test_a_whole_policy_has_no_gap(project: str) -> None:
    assert set(gaps(whole(project)).values()) == {State.ANSWERED}
    assert check(whole(project)) == ()


@pytest.mark.parametrize(("project", "path"), [(name, path) for name in PROJECTS for path in paths(name)])
def test_without_a_rule_exactly_its_gap_appears(project: str, path: tuple[str, ...]) -> None:
    spoilt = without(document(project), path)
    assert isinstance(spoilt, Entries)
    left = policy_in(spoilt, POLICIES / project)
    changed = {name: state for name, state in gaps(left).items() if state is not State.ANSWERED}
    assert changed == expected_gaps(project, path, left)
    assert {one.code for one in check(left)} == expected_codes(project, path, left)


def test_without_any_rights_the_law_fills_them() -> None:
    spoilt = without(document("club"), ("rights",))
    assert isinstance(spoilt, Entries)
    left = policy_in(spoilt, POLICIES / "club")
    assert {name for name, state in gaps(left).items() if state is State.DEFAULT} == {f"G{n:02}" for n in range(5, 11)}


def test_what_cannot_be_read_is_told_and_not_guessed() -> None:
    spoilt = without(document("club"), ("version",))
    assert isinstance(spoilt, Entries)
    with pytest.raises(FileErrors):
        policy_in(spoilt, POLICIES / "club")
