"""Which rows an erasure keeps, empties or leaves, as SQL over the tables themselves.

This says it a second time: the row policies of purpose `rights` say it too, and they alone decide. When the two do not
agree on how many rows go, nothing goes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from houvast.compiler.branches import TermKey, statutes
from houvast.compiler.render import Renderer
from houvast.compiler.shape import Shape
from houvast.compiler.shared import counts, link_sql
from houvast.compiler.token import Token
from houvast.compiler.words import SCHEMA, ident, literal, relation
from houvast.database import Connection, run_query
from houvast.database.catalogue import ForeignKey, Relation
from houvast.datamap.model import Owner
from houvast.errors import DatabaseRefusal
from houvast.policy.law import Regime
from houvast.policy.model import Term
from houvast.policy.periods import after
from houvast.policy.regime import regime
from houvast.policy.terms import book_year_after
from houvast.policy.world import BOOK_YEAR_END, PersonKey
from houvast.rights.plan import Fate, Part, Plan, Reason
from houvast.rights.walk import Stop, Walk

HOLDS_BACK = frozenset("arc")
"""Foreign keys (as in pg_constraint) whose row would be lost, or refuse, when the row that it points at goes."""


def plan(connection: Connection, walk: Walk, person: PersonKey) -> Plan:
    """What an erasure of this person would do now. Reads as somebody who sees every row, and gives no value away.

    Raises DatabaseRefusal when rows that the map says nothing of point at what would go.
    """
    keeping = Keeping(walk, person)
    _refuse_strangers(connection, keeping)
    stops = sorted(walk.stops, key=lambda stop: walk.stops.index(stop), reverse=True)
    return Plan(person, tuple(part for stop in stops for part in keeping.parts(connection, stop)))


@dataclass(frozen=True)
class Keeping:
    """Composes the conditions for one person."""

    walk: Walk
    person: PersonKey

    @property
    def regime(self) -> Regime:
        """By which terms are counted."""
        return regime(self.walk.policy.regime)

    def parts(self, connection: Connection, stop: Stop) -> list[Part]:
        """The rows of one table, by fate and reason."""
        shape = stop.shape
        events = self._events(shape)
        latest = "".join(f", max(e{number})::text" for number in range(len(events)))
        wanted = shape.shared or shape.table.erasure == "anonymise" or bool(self._linked(shape))
        wanted = wanted or any(self.walk.above(child) is stop for child in self.walk.stops)
        keys = "array_agg(key)" if wanted else "NULL::text[]"
        key = shape.column(shape.key) + "::text" if shape.key else "NULL::text"
        inner = f"SELECT {self._fate(shape)} AS what, {self._cases(shape)} AS cases, {key} AS key" + "".join(
            f", {expression} AS e{number}" for number, (_, expression) in enumerate(events)
        )
        text = (f"SELECT what, count(*), array_agg(cases) FILTER (WHERE cases IS NOT NULL), {keys}{latest}"
                f" FROM ({inner} FROM {shape.sql} WHERE {self.own(shape)}) t GROUP BY what ORDER BY what")  # fmt: skip
        terms = [term for term, _ in events]
        return [self._part(stop, terms, *row) for row in run_query(connection, text)]

    def _cases(self, shape: Shape) -> str:
        """SQL: the disputes that hold a row, with commas; NULL for none."""
        if not shape.key:
            return "NULL::text"
        held = f"FROM {SCHEMA}.hold h WHERE h.relation = {literal(shape.name)}"
        found = f"SELECT string_agg(h.case_key, ', ') {held} AND h.row_key = {shape.column(shape.key)}::text"
        return f"CASE WHEN (SELECT EXISTS (SELECT {held})) THEN ({found}) END"

    def _part(self, stop: Stop, terms: Sequence[Term], what: str, count: int, cases: list[str] | None,
              keys: list[str] | None, *latest: str | None) -> Part:  # fmt: skip
        fate, _, reason = what.partition(" ")
        why = Reason(reason) if reason else None
        until, grounds = None, ()
        if why is Reason.STATUTE:
            ends = [self._end(term, text) for term, text in zip(terms, latest, strict=True) if text]
            until = max(ends, default=None)
            grounds = tuple(dict.fromkeys(term.statute or term.promise for term in terms))
        elif why is Reason.HELD and cases:
            grounds = tuple(sorted({case for held in cases for case in held.split(", ")}))
        return Part(stop.name, Fate(fate), count, why, until, grounds, tuple(keys or ()))

    def _end(self, term: Term, text: str) -> date:
        """The last day of a term of which the latest event is known."""
        moment = datetime.fromisoformat(text)
        local = moment.astimezone(self.regime.zone) if moment.tzinfo else moment
        day = local.date()
        start = book_year_after(self.regime, day, term.book_year) if term.event == BOOK_YEAR_END else day
        return after(start, term.plus) - timedelta(days=1)

    def own(self, shape: Shape) -> str:
        """SQL: the row is about this person. By the foreign keys themselves, so that their indexes serve."""
        if shape.ways:
            ways = [self.by(shape, way) for way in shape.ways]
            return ways[0] if len(ways) == 1 else f"({' OR '.join(ways)})"
        found = f"= {literal(self.person[1])}::{shape.owner_type}"
        here: Relation = shape.relation
        path = shape.derived_path(shape.owner_column or shape.shared_by)
        if shape.above:
            above = self.walk.layout.shapes[shape.above]
            found = f"IN (SELECT {above.column(above.key)} FROM {above.sql} WHERE {self.own(above)})"
        inside: list[tuple[str, ForeignKey, Relation]] = []
        for step in path[:-1]:
            foreign = next(k for k in here.foreign_keys if k.columns == (step,))
            here = self.walk.catalogue.relations[foreign.table]
            inside.append((step, foreign, here))
        condition = f"{ident(path[-1])} {found}"
        for step, foreign, parent in reversed(inside):
            sql = relation(parent.schema, parent.relname)
            condition = f"{ident(step)} IN (SELECT {ident(foreign.target_columns[0])} FROM {sql} WHERE {condition})"
        return condition

    def by(self, shape: Shape, way: Owner, row: str = "", through: str = "") -> str:
        """SQL: the row is this person's in one of several ways. `row`: its alias; `through`: how the link table is named."""
        own, row = f"= {literal(self.person[1])}::{shape.person_type}", row or ident(shape.relation.relname)
        if not way.through:
            return f"{row}.{ident(way.path[0])} {own}"
        return (f"{row}.{ident(shape.key)} IN (SELECT l.{ident(way.of)} FROM {through or link_sql(way)} l"
                f" WHERE l.{ident(way.path[0])} {own} AND {counts(way, 'l')})")  # fmt: skip

    def _fate(self, shape: Shape) -> str:
        """SQL: "fate reason" of a row."""
        whens = [(self._held(shape), "kept held"), (self._statute(shape), "kept statute")]
        if shape.table.erasure == "keep" and not self._terms(shape):
            whens.append(("true", "kept map"))
        whens += [(self._shared(shape), "left"), (self._not_alone(shape), "emptied")]
        whens.append((self._needed(shape, frozenset({shape.name})), "kept needed"))
        last = "emptied" if shape.table.erasure == "anonymise" else "erased"
        if last == "emptied":
            whens = [when for when in whens if when[1] != "kept needed"]
        cases = " ".join(f"WHEN {condition} THEN {literal(what)}" for condition, what in whens if condition != "false")
        return f"CASE {cases} ELSE {literal(last)} END" if cases else f"{literal(last)}::text"

    def stays(self, shape: Shape, above: frozenset[str]) -> str:
        """SQL: the row is still there afterwards."""
        if shape.table.erasure == "anonymise" or (shape.table.erasure == "keep" and not self._terms(shape)):
            return "true"
        ways = [self._held(shape), self._statute(shape), self._needed(shape, above | {shape.name})]
        ways += [self._shared(shape), self._not_alone(shape)]
        return "(" + (" OR ".join(way for way in ways if way != "false") or "false") + ")"

    def _held(self, shape: Shape) -> str:
        """SQL: a dispute holds the row. Asked of each row only when one holds any row of its table."""
        if not shape.key:
            return "false"
        held = f"FROM {SCHEMA}.hold h WHERE h.relation = {literal(shape.name)}"
        return (f"((SELECT EXISTS (SELECT {held})) AND EXISTS (SELECT {held}"
                f" AND h.row_key = {shape.column(shape.key)}::text))")  # fmt: skip

    def _statute(self, shape: Shape) -> str:
        terms = sorted({key for name in shape.personal for key in statutes(self.walk.policy, name)}, key=str)
        return (
            "(" + " OR ".join(f"NOT coalesce({self._ended(shape, key)}, false)" for key in terms) + ")"
            if terms
            else "false"
        )

    def _ended(self, shape: Shape, term: TermKey) -> str:
        renderer = Renderer(
            self.walk.layout, shape, Token(0, fast=True), {}, self.regime.timezone, [], datetime.now(UTC)
        )
        return renderer.has_ended(term)

    def _terms(self, shape: Shape) -> list[Term]:
        """The statutes that demand rows of this table."""
        policy = self.walk.policy
        demanded = {name: statutes(policy, name) for name in shape.personal}
        return [t for t in policy.terms if t.category in demanded and (t.counted, t.plus) in demanded[t.category]]

    def _events(self, shape: Shape) -> list[tuple[Term, str]]:
        """Each statute's term with SQL of the date from which it counts."""
        found = [(term, shape.events.get(term.event)) for term in self._terms(shape)]
        return [(term, shape.column(place[0])) for term, place in found if place]

    def _needed(self, shape: Shape, above: frozenset[str]) -> str:
        """SQL: a row that stays points at this one."""
        ways: list[str] = []
        for stop in self.walk.stops:
            if stop.name in above:
                continue
            ways += [self._points(stop.shape, key, shape, above) for key in self._holding(stop.shape, shape.name)]
        for linked, way in self._linked(shape):
            kept = " OR ".join(why for why in (self._held(linked), self._statute(linked)) if why != "false")
            if kept and linked.name not in above:
                ways.append(f"EXISTS (SELECT FROM {linked.sql} WHERE {linked.column(linked.key)}"
                            f" = {shape.column(way.of)} AND ({kept}))")  # fmt: skip
        found = [way for way in ways if way != "false"]
        return "(" + " OR ".join(found) + ")" if found else "false"

    def _points(self, child: Shape, key: ForeignKey, parent: Shape, above: frozenset[str]) -> str:
        held_on = key.columns in {way.path for way in child.holders}  # who leaves takes their key out of the row
        stays = self._names_still(child, above) if held_on else self.stays(child, above)
        same = " AND ".join(
            f"{child.column(c)} = {parent.column(t)}" for c, t in zip(key.columns, key.target_columns, strict=True)
        )
        return "false" if stays == "(false)" else f"EXISTS (SELECT FROM {child.sql} WHERE {same} AND {stays})"

    def _holding(self, child: Shape, parent: str) -> list[ForeignKey]:
        """The keys of a table that hold rows of another back. Links of the person go with the shared row itself."""
        ours = self.walk.stop(parent)
        if ours and any(way.through == child.name for way in ours.shape.links):
            return []
        return [key for key in child.relation.foreign_keys if key.table == parent and key.on_delete in HOLDS_BACK]

    def _linked(self, shape: Shape) -> list[tuple[Shape, Owner]]:
        """The tables of shared rows to which this one links people, each with the way."""
        stops = (stop.shape for stop in self.walk.stops)
        return [(one, way) for one in stops for way in one.links if way.through == shape.name]

    def _names_still(self, shape: Shape, above: frozenset[str]) -> str:
        """SQL: the row of several owners stays and goes on naming this person, for it may not be changed."""
        if shape.table.erasure == "keep" and not self._terms(shape):
            return "true"
        others = [self._shared(shape), self._not_alone(shape)]
        needed, leaves = self._needed(shape, above | {shape.name}), " OR ".join(way for way in others if way != "false")
        ways = [self._held(shape), self._statute(shape)]
        if needed != "false" and shape.table.erasure != "anonymise":
            ways.append(f"({needed} AND NOT ({leaves or 'false'}))")
        return "(" + (" OR ".join(way for way in ways if way != "false") or "false") + ")"

    def _shared(self, shape: Shape) -> str:
        """SQL: somebody else is still there."""
        if not shape.shared:
            return "false"
        return (f"EXISTS (SELECT FROM {shape.owners_table} o WHERE o.row_key = {shape.column(shape.shared_by)} AND o.present"
                f" AND o.person <> {literal(self.person[1])}::{shape.person_type})")  # fmt: skip

    def _not_alone(self, shape: Shape) -> str:
        """SQL: nobody else is there any more, but the links of who has left are, which are not this person's to erase."""
        return " OR ".join(
            f"EXISTS (SELECT FROM {link_sql(way)} l WHERE l.{ident(way.of)} = {shape.column(shape.key)}"
            f" AND l.{ident(way.path[0])} <> {literal(self.person[1])}::{shape.person_type})"
            for way in shape.links
        ) or "false"  # fmt: skip

    def goes(self, shape: Shape) -> str:
        """SQL: the row goes."""
        return f"{self.own(shape)} AND NOT {self.stays(shape, frozenset())}"


def _refuse_strangers(connection: Connection, keeping: Keeping) -> None:
    """Rows of tables beside the way, or of somebody else, that point at rows that would go, and would go along or stop it."""
    ours = {stop.name: stop.shape for stop in keeping.walk.stops}
    found: list[str] = []
    for stop in keeping.walk.stops:
        if stop.shape.table.erasure == "anonymise":
            continue
        for name, key in keeping.walk.pointing_at(stop.name):
            child = keeping.walk.catalogue.relations[name]
            others = _of_others(keeping, ours[name], key) if name in ours else "true"
            if others == "false" or child.kind not in ("r", "p") or key.on_delete not in HOLDS_BACK:
                continue
            same = " AND ".join(
                f"c.{ident(c)} = {stop.shape.column(t)}" for c, t in zip(key.columns, key.target_columns, strict=True)
            )
            text = (f"SELECT EXISTS (SELECT FROM {stop.shape.sql} WHERE {keeping.goes(stop.shape)}"
                    f" AND EXISTS (SELECT FROM {relation(child.schema, child.relname)} c WHERE {same} AND {others}))")  # fmt: skip
            if run_query(connection, text)[0][0]:
                found.append(f"`{name}.{', '.join(key.columns)}` (at `{stop.name}`)")
    if found:
        raise DatabaseRefusal(
            f"Nothing was erased: rows of others, or that the data map says nothing of, point at what would go: {', '.join(found)} (promise G05).",
            todo="Map those tables with their owner and `erasure:`, or let their foreign key be ON DELETE SET NULL; then again.",
        )


def _of_others(keeping: Keeping, child: Shape, key: ForeignKey) -> str:
    """SQL: a row `c` that points at a person's is not theirs; "false" when it always is, or is shared."""
    path = child.derived_path(child.owner_column)
    if not child.owner_column or path[0] in key.columns or keeping.walk.kind != child.kind:
        return "false"
    own = f"c.{ident(child.owner_column)} = {literal(keeping.person[1])}::{child.owner_type}"
    return f"({own}) IS NOT TRUE"
