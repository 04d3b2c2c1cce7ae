"""What must be true of the meaning in every world."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houvast.policy.decide import Permit, Refuse, decide
from houvast.policy.model import Action, Never, Period, Policy, PurposeKind
from houvast.policy.rows import visible
from houvast.policy.world import Ask, Person, Row
from tests.policy.worlds import CATEGORIES, CIRCUMSTANCES, NOW, ORDINARY, World, policy, renamed, world

Change = Callable[[Random, World], World]
SEEDS = st.integers(0, 2**48)
WORLDS = settings(max_examples=20, deadline=None)


def permitted(where: World, *actions: Action) -> dict[tuple[object, ...], Ask]:
    """What each purpose may do, by row, cell and open use; retention apart, which only erases."""
    asks = (ask for ask in where.asks(*actions) if ask.purpose != "retention")
    return {
        (ask.row.key, ask.purpose, ask.column, ask.action, ask.use): ask
        for ask in asks
        if isinstance(decide(where.versions, ask), Permit)
    }


def on_a_person(change: Callable[[Random, Person], Person]) -> Change:
    """Change one person of a world."""

    def changed(random: Random, where: World) -> World:
        return where.with_people(change(random, random.choice(where.people)))

    return changed


def on_a_version(change: Callable[[Random, Policy], Policy]) -> Change:
    """Change one version of a world's policy."""

    def changed(random: Random, where: World) -> World:
        at = random.randrange(len(where.versions))
        versions = [change(random, v) if n == at else v for n, v in enumerate(where.versions)]
        return replace(where, versions=tuple(versions))

    return changed


def leave(random: Random, where: World) -> World:
    """One owner leaves a row in which another one stays."""

    def gone(row: Row) -> Row:
        present = row.present(where.instant)
        if len(present) < 2:
            return row
        leaver = random.choice(present)
        return replace(row, owners=tuple((p, there and p is not leaver) for p, there in row.owners))

    return replace(where, rows=tuple(gone(row) for row in where.rows))


def decline(random: Random, someone: Person) -> Person:
    """Take back what was accepted, the newest first."""
    return replace(someone, accepted=someone.accepted - {max(someone.accepted, default=0)})


def shorten(random: Random, version: Policy) -> Policy:
    """End one term at once."""
    if not version.terms:
        return version
    at = random.randrange(len(version.terms))
    terms = [replace(t, plus=Period()) if n == at else t for n, t in enumerate(version.terms)]
    return replace(version, terms=tuple(terms))


def objection(random: Random, someone: Person) -> Person:
    return replace(someone, objected=someone.objected | {random.choice(ORDINARY)})


def withdrawal(random: Random, someone: Person) -> Person:
    name = random.choice(ORDINARY)
    return replace(someone, consented=someone.consented - {name}, own_customer=someone.own_customer - {name})


def end_circumstance(random: Random, someone: Person) -> Person:
    return replace(someone, circumstances={**someone.circumstances, random.choice(CIRCUMSTANCES): frozenset()})


def forbid(random: Random, version: Policy) -> Policy:
    never = Never("N", (random.choice(CATEGORIES),), ("rights",))
    return replace(version, nevers=(*version.nevers, never))


def drop(random: Random, version: Policy) -> Policy:
    return replace(version, uses=tuple(random.sample(version.uses, len(version.uses) - 1)))


NARROWING: dict[str, Change] = {
    "declining": on_a_person(decline),
    "objecting": on_a_person(objection),
    "withdrawing consent": on_a_person(withdrawal),
    "restricting": on_a_person(lambda _, someone: replace(someone, restricted=True)),
    "no longer allowing": on_a_person(lambda _, someone: replace(someone, allowed_restricted=frozenset())),
    "stopping": on_a_person(lambda _, someone: replace(someone, stopped=True)),
    "contesting": on_a_person(lambda _, s: replace(s, contested=s.contested | {"thing.name"})),
    "closing": on_a_person(lambda _, someone: replace(someone, closed_at=someone.closed_at or NOW)),
    "closing a circumstance": on_a_person(
        lambda random, s: replace(s, circumstances={**s.circumstances, random.choice(CIRCUMSTANCES): frozenset()})
    ),
    "leaving": leave,
    "a never": on_a_version(forbid),
    "a shorter term": on_a_version(shorten),
    "dropping a use": on_a_version(drop),
}


@pytest.mark.parametrize("name", NARROWING)
@WORLDS
@given(seed=SEEDS)
def test_what_narrows_never_widens_what_may_be_read(name: str, seed: int):
    random = Random(seed)
    before = world(random)
    after = NARROWING[name](random, before)
    assert permitted(after).keys() <= permitted(before).keys()


@WORLDS
@given(seed=SEEDS)
def test_accepting_never_narrows(seed: int):
    random = Random(seed)
    before = world(random)
    someone = random.choice(before.people)
    first = [v.version for v in before.versions if someone.collected_at and v.effective <= someone.collected_at]
    version = random.randint(max(first, default=1), len(before.versions))
    after = before.with_people(replace(someone, accepted=someone.accepted | {version}))
    assert permitted(before).keys() <= permitted(after).keys()


@WORLDS
@given(seed=SEEDS)
def test_a_new_version_never_widens_for_who_has_not_accepted_it(seed: int):
    random = Random(seed)
    after = world(random)
    rows = tuple(row for row in after.rows if not row.ownerless)
    newest = after.versions[-1]
    eve = newest.effective - timedelta(days=1)
    silent = [
        replace(
            someone,
            accepted=someone.accepted - {newest.version},
            collected_at=someone.collected_at and min(someone.collected_at, eve),
        )
        for someone in after.people
    ]
    after = replace(after, rows=tuple(row for row in rows if not row.never_owned)).with_people(*silent)
    new = [ask for ask in permitted(after).values() if isinstance(decide(after.versions[:-1], ask), Refuse)]
    ordinary = {ask.purpose for ask in new} & set(ORDINARY)
    by_statute = {p for u in newest.uses if u.statute for p in u.purposes}
    assert ordinary <= by_statute


@WORLDS
@given(seed=SEEDS)
def test_a_persons_own_rights_pass(seed: int):
    random = Random(seed)
    where = world(random)
    for ask in where.asks(Action.READ, Action.UPDATE):
        if ask.purpose != "rights" or not ask.categories or not ask.use:
            continue
        mine = any(owner.key == ask.use.person and owner.request_open for owner in ask.row.people)
        assert isinstance(decide(where.versions, ask), Permit) is (mine and "rights" in declared(where, ask))


def declared(where: World, ask: Ask) -> set[str]:
    """The purposes for which the version in force has all the categories of this cell."""
    uses = where.versions[-1].uses
    by_category = [{p for u in uses if c in u.categories for p in u.purposes} for c in ask.categories]
    return set[str].intersection(*by_category)


@WORLDS
@given(seed=SEEDS)
def test_what_retention_may_delete_only_rights_or_a_dispute_may_read(seed: int):
    random = Random(seed)
    where = world(random)
    deletable = {
        (ask.row.key, ask.column)
        for ask in where.asks(Action.DELETE)
        if ask.purpose == "retention" and isinstance(decide(where.versions, ask), Permit)
    }
    readers = {ask.purpose for ask in permitted(where).values() if (ask.row.key, ask.column) in deletable}
    assert readers <= {"rights", "dispute", "migration"}


@WORLDS
@given(seed=SEEDS)
def test_the_order_of_owners_does_not_matter(seed: int):
    random = Random(seed)
    where = world(random, forms=True, renames=True)
    turned = tuple(replace(row, owners=tuple(random.sample(row.owners, len(row.owners)))) for row in where.rows)
    for one, other in zip(where.asks(*Action), replace(where, rows=turned).asks(*Action), strict=True):
        first, second = decide(where.versions, one), decide(where.versions, other)
        assert isinstance(first, Permit) == isinstance(second, Permit)


@WORLDS
@given(seed=SEEDS)
def test_a_statute_widens_no_other_purpose(seed: int):
    random = Random(seed)
    before = world(random)
    newest = before.versions[-1]
    chosen = random.choice(newest.uses)
    uses = tuple(replace(u, statute="AWR 52(4)") if u is chosen else u for u in newest.uses)
    after = replace(before, versions=(*before.versions[:-1], replace(newest, uses=uses)))
    new = permitted(after, *Action).keys() - permitted(before, *Action).keys()
    assert {key[1] for key in new} <= set(chosen.purposes)


@WORLDS
@given(seed=SEEDS)
def test_a_mere_rename_changes_nothing(seed: int):
    random = Random(seed)
    before = world(random)
    last, old = before.versions[-1], random.choice(ORDINARY)
    newest = replace(renamed(last, old, "mere"), version=last.version + 1, effective=NOW - timedelta(hours=1))
    after = replace(before, versions=(*before.versions, newest))
    for row in before.rows:
        assume_known = all(p.collected_at and p.collected_at < newest.effective for p in row.people)
        if row.ownerless or not assume_known:
            continue
        for ask in replace(before, rows=(row,)).asks(*Action):
            name = "mere" if ask.purpose == old else ask.purpose
            use = replace(ask.use, purpose=name) if ask.use else None
            again = decide(after.versions, replace(ask, purpose=name, use=use))
            assert isinstance(again, Permit) == isinstance(decide(before.versions, ask), Permit)


@WORLDS
@given(seed=SEEDS)
def test_one_permitted_cell_makes_the_row_and_without_a_use_there_is_none(seed: int):
    random = Random(seed)
    where = world(random, forms=True, renames=True)
    for row in where.rows:
        asks = [ask for ask in replace(where, rows=(row,)).asks() if ask.purpose == "billing"]
        answers = [decide(where.versions, a) for a in asks]
        assert visible(where.versions, asks) is any(isinstance(a, Permit) and a.shows for a in answers)
        assert not visible(where.versions, [replace(ask, use=None) for ask in asks])


def test_the_worlds_are_the_same_for_a_seed_and_neither_all_open_nor_all_closed():
    assert world(Random(7)) == world(Random(7))
    rules: dict[str, int] = {}
    for seed in range(150):
        where = world(Random(seed), forms=True, renames=True)
        for ask in where.asks():
            kind = where.versions[-1].purposes.get(ask.purpose)
            if kind and kind.kind is PurposeKind.ORDINARY:
                answer = decide(where.versions, ask)
                found = "permit" if isinstance(answer, Permit) else str(answer.rule)
                rules[found] = rules.get(found, 0) + 1
    assert rules.keys() == {"permit", *"1234567"}
    assert min(rules.values()) > sum(rules.values()) / 200
    assert rules["permit"] > sum(rules.values()) / 25


def test_a_later_random_version_is_in_force_later():
    assert [policy(Random(1), n).version for n in (1, 2, 3)] == [1, 2, 3]
