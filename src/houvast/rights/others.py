"""Takes other people out of a copy: each becomes a role with a letter, the same one in the whole copy."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from houvast.compiler.shape import Shape
from houvast.compiler.shared import counts
from houvast.compiler.words import ident, literal
from houvast.database import Connection, run_query
from houvast.datamap.model import EVERYBODY, ORGANISATION, PERSON, Owner
from houvast.datamap.model import Column as MapColumn
from houvast.policy.world import PersonKey
from houvast.rights.gone import Gone, Judged, Span
from houvast.rights.identifying import called, on_file
from houvast.rights.model import Row, Rule
from houvast.rights.texts import Texts, strings
from houvast.rights.walk import Stop, Walk

_JUDGED = 'SELECT number, "table", "column", key, part, "begin", "end", takes FROM houvast.judged_here()'
_STANDS = "SELECT houvast.judged_stands(%s, %s)"
HIDES = "hv_hides "
"""Before the name of a column: whether it is hidden in a row."""


@dataclass(frozen=True)
class Asked:
    """What of a table may be of somebody else. `rules`: column -> (rule, kind of people). `whose`: column -> the column
    that names whose value it is. `hides`: column -> SQL by which it is hidden from whom the row reaches only so. `texts`: column -> whether the words in it are this person's own. `judged`: key of a row
    -> what the staff judged of it."""

    rules: Mapping[str, tuple[Rule, str]] = field(default_factory=dict[str, tuple[Rule, str]])
    whose: Mapping[str, str] = field(default_factory=dict[str, str])
    hides: Mapping[str, str] = field(default_factory=dict[str, str])
    texts: Mapping[str, bool] = field(default_factory=dict[str, bool])
    judged: Mapping[str, Sequence[Judged]] = field(default_factory=dict[str, Sequence[Judged]])

    def __bool__(self) -> bool:
        return bool(self.rules or self.whose or self.hides or self.texts or self.judged)

    @property
    def besides(self) -> tuple[str, ...]:
        """Columns that must be read to know whose others are."""
        return tuple(self.whose.values())


class Others:
    """Other people in the copy of one person. `shared`: (table, column) -> rows in which that value is another's."""

    def __init__(
        self, walk: Walk, person: PersonKey, roles: Mapping[str, str], shared: Mapping[tuple[str, str], set[str]]
    ) -> None:
        self._walk = walk
        self._person = person
        self._roles = roles
        self._shared = shared
        self._letters: dict[tuple[str, str], str] = {}
        self._texts: Texts | None = None
        self._shares = False
        self._judged: dict[str, dict[str, list[Judged]]] = {}
        self.counts: Counter[tuple[str, str, Rule]] = Counter()

    def asked(self, session: Connection, stop: Stop) -> Asked:
        """What of this table may be of somebody else; nothing for most tables."""
        if self._texts is None:
            self._texts = Texts.of((*on_file(session, self._walk), *called(session, self._walk)))
            for row in session.execute(_JUDGED).fetchall():
                one = Judged(*row)
                self._judged.setdefault(one.table, {}).setdefault(one.key, []).append(one)
            self._shares = any(_has_rows(session, one) for one in self._walk.every if _is_of_several(one.shape))
        rules, whose, texts = self._references(stop), dict[str, str](), dict[str, bool]()
        for column, live in stop.columns:
            of = column.whose or (EVERYBODY if _is_of_several(stop.shape) else PERSON)
            if of == ORGANISATION:
                rules[column.name] = Rule.ORGANISATION, ""
            elif of not in (PERSON, EVERYBODY):
                whose[column.name] = of
            elif _holds_text(live.type) and self._is_looked_through(column, of):
                texts[column.name] = of == PERSON
        return Asked(rules, whose, self._hidden(stop), texts, self._judged.get(stop.name, {}))

    def _hidden(self, stop: Stop) -> dict[str, str]:
        """Column -> SQL: no way that shows it leads this person to the row."""
        shape = stop.shape
        ways = [*(shape.table.owners if shape.kind == self._person[0] else ()), *(one.way for one in shape.readers)]
        ours = [way for way in ways if way.kind == self._person[0]]
        hidden = dict.fromkeys(name for way in ours for name in way.hides)
        return {
            name: f"NOT coalesce({' OR '.join(self._led(stop, way) for way in ours if name not in way.hides) or 'false'}, false)"
            for name in hidden
        }

    def _led(self, stop: Stop, way: Owner) -> str:
        """SQL: the row reaches this person by a way. A link table is asked as the person's own rows in it."""
        person = literal(self._person[1])
        if not way.through:
            reader = next((one for one in stop.shape.readers if one.way is way), None)
            return f"s.{ident(reader.column if reader else way.path[0])}::text = {person}"
        through = next((one.sql for one in self._walk.every if one.name == way.through), "")
        led = f"SELECT FROM {through} l WHERE l.{ident(way.of)} = s.{ident(stop.shape.key)} AND l.{ident(way.path[0])}::text = {person}"
        stayed = f" AND l.{ident(way.left)} IS NULL" if way.left else ""
        return f"EXISTS ({led} AND {counts(way, 'l')}{stayed})" if through else "false"

    def _is_looked_through(self, column: MapColumn, of: str) -> bool:
        """Own words are looked through for those with whom the person shares a row, when there are any."""
        if of == EVERYBODY:
            return bool(column.categories)
        return column.free_text is True and self._shares

    def _references(self, stop: Stop) -> dict[str, tuple[Rule, str]]:
        """Columns that point at somebody else."""
        found: dict[str, tuple[Rule, str]] = {}
        shape, first = stop.shape, stop.shape.derived_path(stop.shape.owner_column)[0]
        mine = {shape.subject_key, "" if shape.readers else first}  # a row in somebody else's copy names its owner
        for name in (first if shape.readers else "", *(way.path[0] for way in shape.holders)):
            if (
                name in shape.table.columns
                and name != shape.subject_key
                and len(shape.derived_path(shape.owner_column)) == 1
            ):
                found[name] = Rule.REFERENCE, shape.kind
        for key in stop.shape.relation.foreign_keys:
            target = self._walk.layout.shapes.get(key.table)
            if len(key.columns) == 1 and key.columns[0] not in mine and target is not None and _is_somebody(target):
                found[key.columns[0]] = Rule.REFERENCE, target.kind
        for table, column in self._shared:
            if table == stop.name:
                found[column] = Rule.SHARED, stop.shape.kind
        return found

    def in_place_of(
        self, session: Connection, stop: Stop, asked: Asked, rows: Sequence[Row]
    ) -> Iterator[dict[str, Any]]:
        """For each row: column -> what stands in it instead of somebody else's."""
        for row, gone in zip(rows, self.gone(session, stop, asked, rows), strict=True):
            for column, one in gone.items():
                self.counts.update((stop.name, column, rule) for rule in one.rules)
            yield {column: one.out_of(row[column]) for column, one in gone.items()}

    def gone(self, session: Connection, stop: Stop, asked: Asked, rows: Sequence[Row]) -> Iterator[Mapping[str, Gone]]:
        """For each row: column -> what goes of its value, by the rules and as the staff judged of it."""
        texts = self._texts
        found: dict[bool, Mapping[str, PersonKey]] = {}
        for own in set(asked.texts.values()):
            columns = [name for name, is_own in asked.texts.items() if is_own is own]
            said = (text for row in rows for name in columns for text in strings(row.get(name)))
            found[own] = texts.people_in(session, said, sharers=own) if texts else {}
        for row in rows:
            gone = self._whole(stop, row, asked)
            for name, own in asked.texts.items():
                if name not in gone and texts is not None:
                    parts = self._within(row.get(name), found[own], texts, own=own)
                    if parts:
                        gone[name] = Gone(parts=parts)
            for one in asked.judged.get(key_of(stop, row), ()) if asked.judged else ():
                if row.get(one.column) is not None:
                    same = self._stands(session, one, row[one.column])
                    gone[one.column] = one.on(gone.get(one.column, Gone()), self._roles[":judged"], same=same)
            yield gone

    def _stands(self, session: Connection, one: Judged, value: object) -> bool:
        """Whether the text is still the one that was judged."""
        found = session.execute(_STANDS, (one.number, one.said(value))).fetchone()
        return bool(found and found[0])

    def _whole(self, stop: Stop, row: Row, asked: Asked) -> dict[str, Gone]:
        """Values that are somebody else's as they stand."""
        gone: dict[str, Gone] = {}
        for column, (rule, kind) in asked.rules.items():
            value = row.get(column)
            if value is None or (rule is Rule.REFERENCE and (kind, str(value)) == self._person):
                continue
            if rule is Rule.SHARED and str(row.get(stop.shape.key, "")) not in self._shared[stop.name, column]:
                continue
            of_nobody = rule is Rule.ORGANISATION
            gone[column] = Gone((rule, self._roles[":organisation"] if of_nobody else self._role(kind, str(value))))
        for column in asked.hides:
            if row.get(column) is not None and row.get(HIDES + column):
                gone[column] = Gone((Rule.SHARED, self._roles[":judged"]))
        for column, names in asked.whose.items():
            whose = row.get(names)
            if row.get(column) is not None and (stop.shape.kind, str(whose)) != self._person:
                role = self._role(stop.shape.kind, str(whose)) if whose is not None else self._roles[""]
                gone[column] = Gone((Rule.SHARED, role))
        return gone

    def _within(
        self, value: object, known: Mapping[str, PersonKey], texts: Texts, *, own: bool
    ) -> dict[int, tuple[Span, ...]]:
        """What in the texts of a value names or reaches somebody else; the rest stays as it was written."""

        def spans(text: str) -> Iterator[Span]:
            for begin, end, what in sorted(texts.others_in(text, known, addresses=not own)):
                role = self._roles[f":{what}"] if isinstance(what, str) else self._role(*what)
                yield Span(begin, end, Rule.ADDRESS if isinstance(what, str) else Rule.NAMED, role)

        found = ((part, tuple(spans(text))) for part, text in enumerate(strings(value)))
        return {part: those for part, those in found if those}

    def _role(self, kind: str, value: str) -> str:
        if (kind, value) not in self._letters:
            number = sum(known == kind for known, _ in self._letters)
            self._letters[kind, value] = f"{self._roles.get(kind, self._roles[''])} {_letter(number)}"
        return self._letters[kind, value]


def _is_of_several(shape: Shape) -> bool:
    """Whether a row can be about more than one person, or in the copy of another."""
    return shape.shared or bool(shape.readers)


def key_of(stop: Stop, row: Row) -> str:
    """The key of a row as a text; "[]" of a table without one."""
    return json.dumps([row.get(name) for name in stop.key], ensure_ascii=False)


def _has_rows(session: Connection, stop: Stop) -> bool:
    return bool(run_query(session, f"SELECT EXISTS (SELECT FROM {stop.sql} WHERE {stop.theirs})")[0][0])


def _is_somebody(shape: Shape) -> bool:
    """Whether a row of this table is a person: of the map's people, or of those that it closes, such as staff."""
    return bool(shape.subject_key or (not shape.kind and shape.table.closed))


def _holds_text(type_: str) -> bool:
    return type_.startswith(("text", "character", "citext", "json", "varchar")) or type_.endswith("[]")


def _letter(number: int) -> str:
    rest, last = divmod(number, 26)
    return (_letter(rest - 1) if rest else "") + chr(ord("A") + last)
