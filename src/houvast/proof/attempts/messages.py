# ruff: noqa: S608 - names pass through ident, values through literal
"""Messages to people who may not get any, and addresses that are in doubt: tried in a transaction that is undone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from houvast.compiler.sending import VIEW
from houvast.compiler.words import ident, literal
from houvast.policy.model import Action, Purpose, PurposeKind
from houvast.proof.attempts.reads import truth
from houvast.proof.canary import Canary, CanaryRow
from houvast.proof.field import Field, Spot
from houvast.proof.probe import ALLOWED, NOT_SEEN, REFUSED, SEEN, Kind, Opened, Probe
from houvast.proof.states import State

FAMILY, DOUBT = "message", "doubt"
ELSEWHERE = "'elsewhere.' || substr(md5(random()::text), 1, 8) || '@canary.example'"
TOLD = "SET LOCAL houvast.filling = 'no'"
"""Made-up people are not remembered by their addresses; in an attempt that is undone they are."""


@dataclass(frozen=True)
class _Mailed:
    """A purpose of marketing, a canary that it may write to, and where that one's address lies."""

    field: Field
    purpose: Purpose
    login: str
    spot: Spot
    column: str
    canary: Canary
    row: CanaryRow

    @property
    def who(self) -> str:
        """The canary, as arguments of a function."""
        return f"{literal(self.canary.kind)}, {literal(self.canary.key)}"

    def probe(
        self, words: str, migration: str, text: str, expected: str, promises: frozenset[str] = frozenset()
    ) -> Probe:
        """An attempt after something that the administrator, or the person, did."""
        return Probe(
            f"{self.login}, {self.purpose.name}, {self.spot.shape.name}: {words}",
            FAMILY,
            self.login,
            (text,),
            expected,
            promises | self.field.promises(self.spot.category, self.purpose.name),
            kind=Kind.ORDER if expected in (REFUSED, ALLOWED) else Kind.READ,
            control=expected in (SEEN, ALLOWED),
            opened=Opened(self.purpose.name),
            truth=str(self.row.values.get(self.column, "")),
            marker=self.row.marker,
            rollback=True,
            migration=f"{TOLD}; {migration}",
            role=self.field.compiled.seats[self.purpose.name].reader,
        )


def messages(field: Field) -> Iterator[Probe]:
    """Whom `may_mail` shows and what `sent` takes, after each way in which somebody says no."""
    for m in _mailed(field):
        ways = {
            "somebody who objected": f"SELECT houvast.set_stand({m.who}, 'objected', {literal(m.purpose.name)}, 'officer')",
            "somebody who took their yes back": f"SELECT houvast.set_stand({m.who}, 'withdrawn', {literal(m.purpose.name)}, 'officer')",
            "somebody who followed the link in a message":
                f"SELECT houvast.opt_out(c.code) FROM houvast.opt_out_code c WHERE (c.kind, c.key) = ({m.who})",
            "somebody who restricted their data": f"SELECT houvast.set_stand({m.who}, 'restricted', '', 'officer')",
        }  # fmt: skip
        shown = f"SELECT address FROM {VIEW} WHERE (kind, key) = ({m.who})"
        yield m.probe("control: may_mail shows somebody who said yes", "SELECT 1", shown, SEEN)
        for words, migration in ways.items():
            yield m.probe(f"may_mail shows {words}", migration, shown, NOT_SEEN)
            yield m.probe(f"a message to {words}", migration, _sent(m, _ours(field)), REFUSED)
        yield m.probe("control: a message about our own products", "SELECT 1", _sent(m, _ours(field)), ALLOWED)
        yield m.probe("a message about somebody else's products", "SELECT 1", _sent(m, "Anders B.V."), REFUSED)
        yield from _remembered(m)


def _sent(m: _Mailed, products_of: str) -> str:
    return f"SELECT houvast.sent({m.who}, 'houvast prove', {literal(products_of)})"


def _ours(field: Field) -> str:
    return field.versions[-1].controller.get("name", "")


def _remembered(m: _Mailed) -> Iterator[Probe]:
    """An address whose owner objected comes back with somebody else."""
    other = m.field.canary(m.spot, State.RESTRICTED)
    if other is None or m.spot.column.name == m.column:
        return
    base, column = m.spot.shape.sql, ident(m.column)
    read = f"SELECT {ident(m.spot.column.name)} FROM {m.spot.sql} WHERE {m.row.where}"
    no = f"SELECT houvast.set_stand({literal(other[0].kind)}, {literal(other[0].key)}, 'objected', {literal(m.purpose.name)}, 'officer')"
    theirs = f"(SELECT upper({column}::text) FROM {base} WHERE {other[1].where})"
    free = f"UPDATE {base} SET {column} = 'freed.' || {column}::text WHERE {other[1].where}"
    taken = f"DO $hv$ DECLARE theirs text := {theirs}; BEGIN {free}; UPDATE {base} SET {column} = theirs WHERE {m.row.where}; END $hv$"
    seen = replace(
        m.probe("control: somebody with an address that nobody objected with",
                f"UPDATE {base} SET {column} = {ELSEWHERE} WHERE {m.row.where}", read, SEEN),
        truth=truth(m.spot, m.row),
    )  # fmt: skip
    yield seen
    yield replace(
        m.probe("somebody who comes with an address that objected", f"{no}; {taken}", read, NOT_SEEN),
        truth=seen.truth,
    )


def _mailed(field: Field) -> Iterator[_Mailed]:
    for purpose in field.openable():
        for subject in field.map.subjects.values() if purpose.marketing else ():
            one = subject.identifiers.get(subject.reach)
            spot = next((s for s in field.spots if one and s.shape.name == one.table), None)
            found = field.canary(spot, State.ACTIVE) if spot else None
            if one is None or spot is None or found is None or found[1].error:
                continue
            if field.permits(purpose.name, Action.READ, spot, found[1], Opened(purpose.name)):
                yield _Mailed(field, purpose, field.logins(purpose.name)[0], spot, one.column, *found)


def doubts(field: Field) -> Iterator[Probe]:
    """An address from which mail came back is read by nobody until it is settled."""
    for purpose in field.openable():
        for subject in field.map.subjects.values():
            one = subject.identifiers.get(subject.reach)
            spot = next((s for s in field.spots if one and s.shape.name == one.table), None)
            found = field.canary(spot, State.ACTIVE) if spot else None
            if one is None or spot is None or found is None or purpose.kind is not PurposeKind.ORDINARY:
                continue
            opened = field.opened(purpose, found[0])
            if one.column in spot.shape.contestable and field.permits(
                purpose.name, Action.READ, spot, found[1], opened
            ):
                m = _Mailed(field, purpose, field.logins(purpose.name)[0], spot, one.column, *found)
                yield from _doubted(m, opened, f"{one.table}.{one.column}")


def _doubted(m: _Mailed, opened: Opened, place: str) -> Iterator[Probe]:
    back = f"SELECT houvast.bounced({m.who})"
    settled = f"SELECT houvast.end_stand({m.who}, 'contested', {literal(place)})"
    read = f"SELECT {ident(m.column)} FROM {m.spot.sql} WHERE {m.row.where}"
    tried = {
        "control: an address from which mail came back twice": (f"{back}; {back}", SEEN),
        "control: an address that was settled after mail came back": (f"{back}; {back}; {back}; {settled}", SEEN),
        "an address from which mail came back three times": (f"{back}; {back}; {back}", NOT_SEEN),
        "an address from which a letter came back": (f"SELECT houvast.bounced({m.who}, 'email', true)", NOT_SEEN),
        "an address that its owner contests": (
            f"SELECT houvast.set_stand({m.who}, 'contested', {literal(place)}, 'officer')",
            NOT_SEEN,
        ),
    }
    for words, (migration, expected) in tried.items():
        probe = m.probe(words, migration, read, expected)
        yield replace(probe, family=DOUBT, promises=frozenset(), opened=opened)
