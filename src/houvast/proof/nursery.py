# ruff: noqa: S608 - names pass through ident, values through literal
"""Makes canaries in the live database and brings each into its state; reads them back as people and rows."""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from houvast.compiler.shape import Layout, owners_name
from houvast.compiler.words import SCHEMA, idents, relation
from houvast.database import Connection, queries, run
from houvast.database.catalogue import Catalogue
from houvast.database.connect import DatabaseError
from houvast.datamap.model import DataMap
from houvast.policy.model import Policy
from houvast.proof import registry
from houvast.proof.canary import Canary, CanaryRow, Flock
from houvast.proof.change import Change
from houvast.proof.look import Look
from houvast.proof.numbers import Numbers
from houvast.proof.plan import Planner, Seed, order
from houvast.proof.references import References
from houvast.proof.states import State, long_ago, stands
from houvast.proof.values import read_accepted

_SQL = queries("houvast.proof", "canary.sql")


class Nursery:
    """Where canaries come from. Everything is written down before it is made."""

    def __init__(
        self,
        connection: Connection,
        versions: Sequence[Policy],
        datamap: DataMap,
        catalogue: Catalogue,
        layout: Layout,
    ) -> None:
        self.connection = connection
        self.versions = versions
        self.map = datamap
        self.layout = layout
        self.accepted = read_accepted(connection)
        self.numbers = Numbers(connection, catalogue)
        self.planner = Planner(datamap, catalogue, layout, self.accepted, self.numbers)
        self.change = Change(connection, datamap, self.accepted, long_ago(versions))
        self.look = Look(connection, datamap, catalogue, frozenset(versions[-1].purposes))
        self.nonce = secrets.token_hex(4)
        self.marker = f"hv-canary-{self.nonce}"
        self.number = 0
        self.references = References(connection, catalogue, self.accepted, self.marker, self.numbers)

    def hatch(self, now: datetime, tell: Callable[[str], None]) -> Flock:
        """Make one canary of every kind in every state."""
        policy = next((v for v in reversed(self.versions) if v.effective <= now), self.versions[-1])
        for kind in self.map.subjects:
            own = [shape.name for shape in order(self.layout, kind)]
            self.references.provide(own, own)
        people = [(k, s) for k in self.map.subjects for s in State if self._possible(k, s)]
        seeds = [(kind, state, self._seeds(kind)) for kind, state in people]
        registry.remember(self.connection, [e for _, _, found in seeds for e in self._entries(found)], self.nonce)
        flock = Flock((), self.marker, self.marker, f"{self.marker}-other", _sharing(seeds))
        canaries: list[Canary] = []
        for kind, state, found in seeds:
            tell(f"canary: {kind}, {state.value}")
            canaries.append(self._person(kind, state, found, policy, flock))
        return replace(flock, canaries=tuple(self.look.person(c, now, flock) for c in canaries))

    def _possible(self, kind: str, state: State) -> bool:
        return bool(self.map.subjects[kind].closed) or state not in (
            State.CLOSED,
            State.FORGOTTEN,
            State.KEPT,
        )

    def _seeds(self, kind: str) -> list[Seed]:
        found: list[Seed] = []
        parents: dict[str, Seed] = {}
        for shape in order(self.layout, kind):
            for given in self.planner.variants(shape):
                self.number += 1
                seed = self.planner.seed(shape, f"{self.marker}-{self.number}", given, parents)
                found.append(seed)
                parents.setdefault(shape.name, seed)
        return found

    def _entries(self, seeds: Sequence[Seed]) -> Iterable[registry.Entry]:
        """What has to be taken away again, also where a trigger that should do it has been switched off."""
        for seed in seeds:
            shape, key = seed.shape, seed.key.get(seed.shape.key, "")
            if shape.subject_key:
                person = {"kind": shape.kind, "key": seed.key[shape.key]}
                yield f"{SCHEMA}.stand", person
                yield f"{SCHEMA}.person", person
                yield f"{SCHEMA}.request", person
            if shape.ways:
                yield f"{SCHEMA}.{owners_name(shape.name)}", {"row_key": key}
            for found in shape.own_circumstances:
                yield f"{SCHEMA}.{self.layout.circumstances[found.name].name}", {"case_key": key}
            if shape.key:
                yield f"{SCHEMA}.hold", {"relation": shape.name, "row_key": key}
            yield shape.name, seed.key

    def _person(self, kind: str, state: State, seeds: list[Seed], policy: Policy, flock: Flock) -> Canary:
        with self.connection.transaction():
            whole = self._insert(*((seed, seed.columns) for seed in seeds)) == ""
            rows = [CanaryRow(s.shape, s.key, s.marker, s.given, error="" if whole else self._make(s)) for s in seeds]
        root = next(r for r in rows if r.shape.subject_key)
        canary = Canary(kind, root.key[root.shape.key], state, tuple(rows))
        try:
            with self.connection.transaction():
                self._say(canary, policy)
                self._ask(canary, flock)
            with self.connection.transaction():
                trouble = self.change.become(canary)
        except DatabaseError as error:
            trouble = error.sqlstate or "error"
        return replace(canary, trouble=trouble)

    def _make(self, seed: Seed) -> str:
        """Insert it; with fewer columns when the application accepts no more. Why not, if it cannot be."""
        fewer = {n: v for n, v in seed.columns.items() if n not in seed.optional}
        return self._insert((seed, seed.columns)) and self._insert((seed, fewer))

    def _insert(self, *made: tuple[Seed, Mapping[str, str]]) -> str:
        """Insert all of them or none. Why not, if they cannot be; "" when they are there."""
        texts = [
            f"INSERT INTO {relation(live.schema, live.relname)} ({idents(columns)})"
            f" OVERRIDING SYSTEM VALUE VALUES ({', '.join(columns.values())})"
            for live, columns in ((seed.shape.relation, columns) for seed, columns in made)
        ]
        try:
            with self.connection.transaction():
                run(self.connection, ";\n".join(texts))
        except DatabaseError as caught:
            return caught.sqlstate or "error"
        return ""

    def _say(self, canary: Canary, policy: Policy) -> None:
        for stand in stands(canary.state, policy, self.map):
            self.connection.execute(_SQL["stand"], (canary.kind, canary.key, stand.stand, stand.about))

    def _ask(self, canary: Canary, flock: Flock) -> None:
        if canary.state is not State.ENDED:
            number = self.numbers.drawn(f"{SCHEMA}.request", "id")
            self.connection.execute(_SQL["request"], (number, canary.kind, canary.key))
        for row in canary.rows:
            case = flock.holding(canary.state, row.shape)
            if case and row.shape.key and not row.error:
                self.connection.execute(_SQL["hold"], (case, row.shape.name, row.key[row.shape.key]))


def _sharing(seeds: Iterable[tuple[str, State, Sequence[Seed]]]) -> frozenset[str]:
    """The tables in which rows of several canaries have the same key, as far as a hold knows it."""
    keys = Counter((s.shape.name, s.key.get(s.shape.key, "")) for _, _, found in seeds for s in found)
    return frozenset(table for (table, _), number in keys.items() if number > 1)
