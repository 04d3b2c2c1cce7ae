# ruff: noqa: S608 - names pass through ident, values through literal
"""What must not lie open is typed into free text: read before an officer decided, after, and past the decision (G16, C44).

Each in a transaction that is undone.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from houvast.compiler.columns import flag
from houvast.compiler.words import ident, literal
from houvast.policy.model import Action, Purpose, PurposeKind
from houvast.proof.canary import Canary, CanaryRow
from houvast.proof.field import Field, Spot
from houvast.proof.handling import CODE, KEY
from houvast.proof.probe import NOT_SEEN, SEEN, Kind, Probe
from houvast.proof.states import State

FAMILY = "flagged"
HARMLESS = "the printer does not start"
TYPED = {
    "what tells of health": ("special", "ik heb diabetes"),
    "that somebody is a child": ("special", "mijn zoontje van 9 jaar"),
    "a citizen service number": ("bsn", "bsn 123456782"),
    "a password": ("secret", "wachtwoord: hv-geheim-1"),
}
"""What is typed -> its kind, and how."""
_OFFICER = "hvflags"
_NEWEST = "(SELECT max(id) FROM houvast.flagged)"
_STAFF = (f"INSERT INTO houvast.staff (name, role, secret) VALUES ('{_OFFICER}', 'officer', {KEY})"
          " ON CONFLICT (name) DO UPDATE SET secret = excluded.secret, role = 'officer', last_step = 0, ended_at = NULL")  # fmt: skip
_LOOK = f"SELECT houvast.open_flagged({_NEWEST}, 'a proof', '{_OFFICER}')"


def _decide(decision: str, ground: str = "") -> str:
    return f"SELECT houvast.decide_flagged(ARRAY[{_NEWEST}], '{decision}', '{ground}', '{_OFFICER}', {CODE})"


_KEPT = (_STAFF, _LOOK, _decide("kept", "mistaken"))


@dataclass(frozen=True)
class Text:
    """A purpose, and a text of a canary that it reads."""

    field: Field
    purpose: Purpose
    spot: Spot
    canary: Canary
    row: CanaryRow

    def typed(self, words: str) -> str:
        """The administrator types something; the marker shows whether it is read."""
        column = ident(self.spot.column.name)
        return f"UPDATE {self.spot.shape.sql} SET {column} = {literal(f'{self.row.marker} {words}')} WHERE {self.row.where}"

    def probe(
        self, words: str, steps: tuple[str, ...], expected: str, text: str = "", *, refused: bool = False
    ) -> Probe:
        """A read after what the administrator did; a right may refuse it (`refused`)."""
        column = ident(self.spot.column.name)
        return Probe(
            f"{self.purpose.name} reads {self.spot.shape.name}.{self.spot.column.name}: {words}",
            FAMILY,
            self.field.logins(self.purpose.name)[0],
            (text or f"SELECT {column} FROM {self.spot.sql} WHERE {self.row.where}",),
            expected,
            frozenset(),
            kind=Kind.READ,
            control=expected == SEEN,
            opened=self.field.opened(self.purpose, self.canary),
            marker=self.row.marker,
            truth=self.row.marker,
            rollback=True,
            tolerated=frozenset({"42501"}) if refused else frozenset(),
            migration="; ".join(steps),
            role=self.field.compiled.seats[self.purpose.name].reader,
        )


def shields(field: Field) -> Iterator[Probe]:
    """Every free text, by every purpose that may read it: hidden from ordinary ones, and shown to the person's own."""
    tried = set[tuple[str, str]]()
    for one in texts(field):
        hidden = NOT_SEEN if one.purpose.kind is PurposeKind.ORDINARY else SEEN
        may = one.spot.column.may_hold
        found = {words: text for words, (kind, text) in TYPED.items() if kind not in may}
        yield one.probe("control: an ordinary text", (one.typed(HARMLESS),), SEEN)
        for words, text in found.items():
            yield one.probe(words, (one.typed(text),), hidden)
        place = one.spot.shape.name, one.spot.column.name
        if place not in tried and found and hidden == NOT_SEEN:
            tried.add(place)
            yield from _decided(one, next(iter(found.values())))


def _decided(one: Text, text: str) -> Iterator[Probe]:
    """The ways past the shield, and through it."""
    name, typed = ident(one.spot.column.name), one.typed(text)
    cleared = f"UPDATE {one.spot.shape.sql} SET {ident(flag(one.spot.column.name))} = NULL WHERE {one.row.where}"
    copied = f"SELECT to_jsonb(v)::text FROM {one.spot.sql} v WHERE {one.row.where} AND {name} ~ '.'"
    yield one.probe("it is looked for by what stands there", (typed,), NOT_SEEN, copied)
    yield one.probe("the table itself is read", (typed,), NOT_SEEN,
                    f"SELECT {name} FROM {one.spot.shape.sql} WHERE {one.row.where}", refused=True)  # fmt: skip
    yield one.probe("the flag is taken away by hand", (typed, cleared), NOT_SEEN)
    yield one.probe("control: an officer let it be read", (typed, *_KEPT), SEEN)
    yield one.probe("another text takes its place", (typed, *_KEPT, one.typed(f"{text}, echt")), NOT_SEEN)
    yield one.probe("control: the words were taken out", (typed, _STAFF, _decide("redacted")), SEEN)
    yield one.probe("the words that were taken out", (typed, _STAFF, _decide("redacted")), NOT_SEEN,
                    f"SELECT {name} FROM {one.spot.sql} WHERE {one.row.where} AND position({literal(text)} IN {name}) > 0")  # fmt: skip
    yield one.probe("it was removed", (typed, _STAFF, _decide("removed")), NOT_SEEN,
                    f"SELECT nullif({name}, '') FROM {one.spot.sql} WHERE {one.row.where}")  # fmt: skip


def texts(field: Field) -> Iterator[Text]:
    """Each text of a canary that a purpose reads."""
    for purpose in field.openable():
        for shape in field.layout.shapes.values():
            for name in shape.shielded:
                column = shape.table.columns[name]
                spot = Spot(shape, column, column.categories[0])
                found = field.canary(spot, State.ACTIVE)
                if found and field.permits(purpose.name, Action.READ, spot, found[1], field.opened(purpose, found[0])):
                    yield Text(field, purpose, spot, *found)
