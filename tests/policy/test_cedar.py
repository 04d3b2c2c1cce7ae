"""Cedar, given the same policy, allows what `decide` permits and nothing else: two readings of one meaning.

The examples of the meaning are asked of Cedar too, one by one: `tests.policy.scenes.rule` does so.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from random import Random
from typing import TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houvast.errors import UsageError
from houvast.policy import decide as meaning
from houvast.policy.cedar import OWNERS, policy_set, question
from houvast.policy.decide import Permit, decide
from houvast.policy.matter import Matter
from houvast.policy.model import Action, Policy
from houvast.policy.world import Ask, OpenUse
from tests.agreement.compare import cells
from tests.agreement.maker import Maker
from tests.agreement.policies import policies
from tests.agreement.shapes import TABLES
from tests.policy.cedar import allowed
from tests.policy.scenes import ANNA, ask, person, row
from tests.policy.scenes import ONE as POLICY
from tests.policy.worlds import KEYS, world

Answered: TypeAlias = tuple[Sequence[Policy], list[Ask], list[bool]]
SEEDS = (3, 134)
"""Worlds in which each of the rules refuses something that no other one does."""


def answered(seed: int) -> Answered:
    """A random world, everything that can be asked in it, and what Cedar answers."""
    where = world(Random(seed), renames=True)
    asks = list(where.asks(*Action))
    return where.versions, asks, allowed(where.versions, asks)


@pytest.fixture(scope="module")
def some() -> list[Answered]:
    """A few worlds."""
    return [answered(seed) for seed in SEEDS]


def differing(found: Sequence[Answered]) -> list[Ask]:
    return [
        one
        for versions, asks, answers in found
        for one, answer in zip(asks, answers, strict=True)
        if answer is not isinstance(decide(versions, one), Permit)
    ]


@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**48))
def test_cedar_allows_what_is_permitted_in_any_random_world(seed: int) -> None:
    assert differing([answered(seed)]) == []


@pytest.mark.parametrize("seed", [1])
def test_and_for_the_policies_and_rows_that_postgresql_is_held_to(seed: int) -> None:
    random, now = Random(seed), datetime.now(UTC).replace(microsecond=0)
    versions, tables = policies(random, now, 3), tuple(TABLES)
    scene = Maker(random, versions, tables, now).scene(1, early=True)
    names = sorted(versions[0].purposes)
    asks = [
        Ask(purpose, action, column, categories, one, now, OpenUse(purpose, person, case))
        for item, one in scene.rows(now)
        for column, categories in cells(item.table)
        for purpose in names
        for person, case in ((None, ""), (scene.people[0].key, "d7"))
        for action in (Action.READ, Action.DELETE)
    ]
    asks = [one for one in asks if len(one.row.people) <= OWNERS]
    found = allowed(versions, asks)
    assert 20 < sum(found) < len(found) - 20
    assert differing([(versions, asks, found)]) == []


def test_it_is_asked_of_worlds_that_are_neither_open_nor_closed(some: list[Answered]) -> None:
    assert differing(some) == []
    answers = [answer for _, _, found in some for answer in found]
    assert len(answers) > 900
    assert 0.05 < sum(answers) / len(answers) < 0.5


@pytest.mark.parametrize("number", range(1, len(meaning.RULES) + 1))
def test_a_rule_that_one_of_the_two_forgets_is_noticed(
    some: list[Answered], number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(m: Matter) -> None:
        """Refuses nothing."""
        del m

    rules = list(meaning.RULES)
    rules[number - 1] = silent
    monkeypatch.setattr(meaning, "RULES", tuple(rules))
    assert differing(some)


@pytest.mark.parametrize(
    "use",
    [
        None,
        OpenUse("billing"),
        OpenUse("service", this_login=False),
        OpenUse("service", committed=False),
        OpenUse("service", ended=True),
        OpenUse("service", member_then=False),
        OpenUse("service", member_now=False),
    ],
)
def test_without_a_use_that_counts_cedar_allows_nothing(use: OpenUse | None) -> None:
    live = row(person("anna", "subscription.live"))
    assert allowed([POLICY], [ask(live, "service"), ask(live, "service", use=use)][:1]) == [True]
    assert allowed([POLICY], [ask(live, "service", use=use)]) == [False]


def test_before_any_policy_is_in_force_cedar_allows_nothing() -> None:
    assert "permit" not in policy_set([POLICY], datetime(2018, 1, 1, tzinfo=UTC))


def test_a_row_of_more_owners_than_are_written_out_is_not_asked_about() -> None:
    with pytest.raises(UsageError, match="at most 4 owners"):
        question([POLICY], ask(row(*[ANNA] * (OWNERS + 1)), "service"), "contact")


def test_the_worlds_have_no_more_people_than_are_written_out() -> None:
    assert len(KEYS) <= OWNERS
