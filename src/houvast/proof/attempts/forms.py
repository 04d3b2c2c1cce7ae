# ruff: noqa: S608 - names pass through ident, values through literal
"""Values that come in another form: what they were must not be found out, what is left of them is a control."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from houvast.compiler.access import Access
from houvast.compiler.forming import TEXTS, base_type, key_table
from houvast.compiler.words import ident, literal, relation
from houvast.policy.forms import masked, shortened, word_for
from houvast.policy.model import Action, Form, Look
from houvast.proof.attempts.reads import truth
from houvast.proof.canary import CanaryRow
from houvast.proof.field import Field, Spot
from houvast.proof.probe import ALLOWED, NOT_SEEN, REFUSED, SEEN, Kind, Opened, Probe

FAMILY = "changed form"


def forms(field: Field) -> Iterator[Probe]:
    """Every declared pair that is not given as it is, or beside pseudonyms, by its first login."""
    for use, category, name in field.uses():
        plain = use.form is Form.FULL and name not in field.under_pseudonyms
        if plain or Action.READ not in use.actions or not field.logins(name):
            continue
        for spot in field.of(category):
            found = field.canary(spot, given=name)
            if found is None:
                continue
            opened = field.opened(field.policy.purposes[name], found[0])
            look = field.look(name, Action.READ, spot, found[1], opened)
            if look is not None:
                yield from _Formed(field, spot, found[1], opened, look).probes()


@dataclass(frozen=True)
class _Formed:
    """A canary's cell, and the form in which a purpose gets it."""

    field: Field
    spot: Spot
    row: CanaryRow
    opened: Opened
    look: Look

    @property
    def access(self) -> Access:
        return self.field.compiled.accesses[self.opened.purpose, self.spot.shape.name]

    @property
    def cell(self) -> str:
        return ident(self.spot.column.name)

    @property
    def value(self) -> str:
        return truth(self.spot, self.row)

    def probes(self) -> Iterator[Probe]:
        """The attempts on one cell."""
        yield self._read(
            "from the table itself", f"SELECT {self.cell} FROM {self.spot.shape.sql} WHERE {self.row.where}"
        )
        if self.look.form is Form.AGGREGATE:
            yield self._read("of one row", f"SELECT {self.cell} FROM {self.spot.sql}")
            yield self._order("where totals are kept", "SELECT * FROM houvast.release")
            yield from self._totals()
            return
        guess = f"SELECT {self.cell} FROM {self.spot.sql} WHERE {self.cell}::text = {literal(self.value)}"
        if self.look.form is Form.FULL:
            yield self._control("is there", guess, self.value)
        else:
            yield self._read("by guessing it", guess)
            yield self._read("by an error", f"SELECT ({self.cell}::text || ' ')::int FROM {self.spot.sql}", error=True)
            yield from self._controls()
        if self.access.named:
            yield self._order("the key of the pseudonyms", f"SELECT * FROM {key_table(self.access.seat.number)}")
            by_key = " AND ".join(f"{ident(name)}::text = {literal(key)}" for name, key in self.row.key.items())
            yield self._read("by the key of its row", f"SELECT 'found' FROM {self.spot.sql} WHERE {by_key}")

    def _controls(self) -> Iterator[Probe]:
        """What is left of the value is seen."""
        left, source = self._left(), self.spot.sql
        if self.look.form is Form.PSEUDONYMISED:
            shown = f"pg_catalog.bool_and({self.cell} ~ '^[0-9a-f]{{32}}$')"
            yield self._control(
                "are pseudonyms", f"SELECT CASE WHEN {shown} THEN 'pseudonyms' END FROM {source}", "pseudonyms"
            )
        elif left:
            yield self._control(
                "is what its form leaves", f"SELECT {self.cell} FROM {source} WHERE {self.row.where}", left
            )

    def _left(self) -> str:
        """What a mask or a cut leaves of the canary's text; "" of other values."""
        text = base_type(self.spot.shape.relation.columns[self.spot.column.name].type) in TEXTS
        if not text or self.access.named:
            return ""
        if self.look.form is Form.MASKED:
            return masked(self.value, self.look.keep)
        characters = word_for(self.look, "text")
        return shortened(self.value, int(characters)) if characters else ""

    def _totals(self) -> Iterator[Probe]:
        for total in self.spot.shape.table.totals:
            if self.opened.purpose in total.purposes:
                view = relation(self.access.seat.schema, total.name)
                yield self._order(f"the totals {total.name}", f"SELECT 1 FROM {view} LIMIT 1", allowed=True)

    def _name(self, words: str) -> str:
        return f"{self.opened.purpose} gets {self.spot.category} of {self.spot.shape.name} {self.look.form}: {words}"

    @property
    def _promises(self) -> frozenset[str]:
        return self.field.promises(self.spot.category, self.opened.purpose)

    def _read(self, words: str, text: str, *, error: bool = False) -> Probe:
        # A pseudonym is no number; one that begins with eleven figures is too great before it is none.
        tolerated = frozenset({"42501", "22P02", "22003"} if error else {"42501"})
        return Probe(self._name(words), FAMILY, self.field.logins(self.opened.purpose)[0], (text,), NOT_SEEN, self._promises,
                     opened=self.opened, truth=self.value, marker=self.row.marker, tolerated=tolerated)  # fmt: skip

    def _control(self, words: str, text: str, left: str) -> Probe:
        return Probe(self._name(words), FAMILY, self.field.logins(self.opened.purpose)[0], (text,), SEEN, self._promises,
                     control=True, opened=self.opened, truth=left)  # fmt: skip

    def _order(self, words: str, text: str, *, allowed: bool = False) -> Probe:
        return Probe(self._name(words), FAMILY, self.field.logins(self.opened.purpose)[0], (text,),
                     ALLOWED if allowed else REFUSED, self._promises, kind=Kind.ORDER, control=allowed,
                     opened=self.opened, rollback=True)  # fmt: skip
