"""What is filled in between two @ of an attack: the names of one login's target, and the row that is attacked there."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from houvast.compiler.checking import LOGIN as PEOPLE_LOGIN
from houvast.compiler.words import ident, idents, literal
from houvast.policy.model import Action
from houvast.proof.attack import Login
from houvast.proof.attempts.aim import Target, aims
from houvast.proof.attempts.leaks import forged
from houvast.proof.canary import CanaryRow, where_key
from houvast.proof.field import Field
from houvast.proof.states import State
from houvast.proof.values import is_number

_NAME = re.compile(r"@([a-z_]+)@")
ANSWER = "@answer@"
"""Filled in only when the statement before was answered."""
NOWHERE = "00000000-0000-4000-8000-000000000000"


@dataclass(frozen=True)
class Aim:
    """One login that attacks one place. `login`: who connects; the target says for which purpose it could."""

    kind: Login
    login: str
    target: Target

    @property
    def attacked(self) -> CanaryRow:
        """The row that must not show: without a use, even one that this purpose may see."""
        return self.target.hidden if self.kind is Login.USE else self.target.seen

    @property
    def entering(self) -> tuple[str, ...]:
        """What the login does before it attacks."""
        if self.kind is Login.USE:
            return (self.target.opened.sql(),)
        return self.target.enter if self.kind is Login.ROLE else ()

    @property
    def another(self) -> str:
        """A login of the map that is not this one; "" when there is none."""
        names = (one.name for one in self.target.field.map.logins.values() if one.purposes)
        return next((name for name in names if name != self.login), "")

    @property
    def words(self) -> str:
        """Who attacks what, for people."""
        return f"{self.login}, {self.target.opened.purpose} ({self.kind.value}), {self.target.spot.shape.name}"


def aims_of(field: Field) -> Iterator[Aim]:
    """Every kind of login at one place of each purpose, where what is seen can be told from anything else."""
    nobodies = [one.name for one in field.map.logins.values() if not one.purposes]
    for target in _places(field):
        for kind in (Login.USE, Login.ROLE, Login.BARE):
            yield Aim(kind, target.login, target)
        for login in nobodies[:1]:
            yield Aim(Login.NOBODY, login, target)
        yield Aim(Login.PEOPLE, PEOPLE_LOGIN, target)


def _places(field: Field) -> Iterator[Target]:
    """For each purpose one place: of the tables that it may see, the one that the fewest purposes before it had."""
    found: dict[str, list[Target]] = {}
    for target in aims(field, every=True):
        if _tells(target):
            found.setdefault(target.opened.purpose, []).append(target)
    taken = Counter[str]()
    for targets in found.values():
        chosen = min(targets, key=lambda target: taken[target.spot.shape.name])
        taken[chosen.spot.shape.name] += 1
        yield chosen


def _tells(target: Target) -> bool:
    rows = (target.seen, target.hidden)
    return all(row.marker in str(row.values.get(target.spot.column.name, "")) for row in rows)


def hides_after_objecting(target: Target) -> bool:
    """Whether this purpose no longer sees the row when its person has asked for restriction."""
    row = target.seen.row
    owners = tuple((replace(person, restricted=True), present) for person, present in row.owners)
    restricted = replace(target.seen, row=replace(row, owners=owners))
    return not target.field.permits(target.opened.purpose, Action.READ, target.spot, restricted, target.opened)


def fitted(text: str, aim: Aim, row: CanaryRow | None) -> str:
    """The statement with every name filled in; `row` None: a row that does not exist."""
    names = _names(aim, row)
    return _NAME.sub(lambda found: names[found[1]], text)


def nobody(target: Target) -> dict[str, str]:
    """The key of a row that does not exist."""
    live = target.spot.shape.relation
    return {
        name: "-7" if is_number(live.columns[name].type) else NOWHERE if live.columns[name].type == "uuid" else "hv-nobody"
        for name in target.hidden.key
    }  # fmt: skip


def _names(aim: Aim, row: CanaryRow | None) -> Mapping[str, str]:
    target, opened = aim.target, aim.target.opened
    shape, field = target.spot.shape, target.field
    live, key = shape.relation, row.key if row else nobody(target)
    written = forged(target, row or target.hidden) | ({} if row else {n: literal(v) for n, v in key.items()})
    second = field.canary(target.spot, State.EAGER, opened.purpose)
    person = next(iter(target.seen.row.people), None)
    other = next((s for name, s in field.compiled.seats.items() if name != opened.purpose and s.reader), None)
    value = row.values.get(target.spot.column.name) if row else "hv-nobody"
    return {
        "table": target.spot.sql,
        "base": target.base,
        "cell": target.cell,
        "row": where_key(key),
        "row_json": literal(json.dumps(dict(key))),
        "row_v": where_key(key, "v"),
        "second": where_key(second[1].key) if second else "false",
        "key": idents(key),
        "columns": idents(written),
        "values": ", ".join(written.values()),
        "schema": target.schema,
        "reader": ident(field.compiled.seats[opened.purpose].reader),
        "views": target.views,
        "owner": ident(live.owner),
        "other": ident(other.reader if other else "pg_read_all_data"),
        "other_schema": ident(other.schema if other else live.schema),
        "answer": ANSWER,
        "login": ident(aim.login),
        "login_name": literal(aim.login),
        "application": ident(next(one.name for one in field.map.logins.values() if one.purposes)),
        "purpose": literal(opened.purpose),
        "open": opened.sql(),
        "use": str(field.strange),
        "token": literal(f"hv_{field.numbers[opened.purpose]}_1__"),
        "secret": literal(str(value)),
        "schema_name": literal(live.schema),
        "table_name": literal(live.relname),
        "column_name": literal(target.spot.column.name),
        "kind": literal(shape.kind),
        "person": literal(person.key[1] if person else ""),
        "database": ident(field.map.database),
    }
