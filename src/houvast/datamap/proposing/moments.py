"""When terms begin and circumstances hold: the columns that say when something was opened, paid or closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from houvast.datamap.check_names import OWN_CIRCUMSTANCES, OWN_EVENTS
from houvast.datamap.model import Subject
from houvast.datamap.proposing.model import Described, Guess, LiveTable
from houvast.datamap.proposing.names import holds, listed, parts, vocabulary
from houvast.datamap.proposing.people import Way
from houvast.writing import Value

_ISSUED = "book_year.end"
_COLLECTED = "collected"


def find_events(
    table: LiveTable,
    categories: set[str],
    policy: Described,
    tables: Mapping[str, LiveTable],
    subjects: Mapping[str, Subject],
) -> dict[str, Guess]:
    """The events from which the terms of these categories count, each with the column that holds its date."""
    found: dict[str, Guess] = {}
    subject = next((one for one in subjects.values() if one.table == table.name), None)
    wholes = {name: one for name, one in tables.items() if name not in {subject.table for subject in subjects.values()}}
    for term in policy.terms:
        own = term.event in OWN_EVENTS or (term.event == _COLLECTED and subject is not None and subject.since)
        if term.category in categories and term.event not in found and not own:
            found[term.event] = _event(term.event, table, wholes)
    return found


def _event(event: str, table: LiveTable, tables: Mapping[str, LiveTable]) -> Guess:
    about, _, _ = event.partition(".")
    lists = {_COLLECTED: ("begins",), _ISSUED: ("issued", "begins")}.get(event, ("ends",))
    for of in lists:
        for path, here in _up(table, tables):
            column = _first(here, of, "created", "aangemaakt") if of != "ends" or _is_about(here, about) else ""
            if column:
                return Guess(".".join((*path, column)), f"when {event} was")
    return Guess("", f"no column says when {event} was", sure=False)


def _up(table: LiveTable, tables: Mapping[str, LiveTable]) -> Iterator[tuple[tuple[str, ...], LiveTable]]:
    """The table itself, then those that it points at as a part of them, with the way there."""
    yield (), table
    for key in table.foreign_keys:
        if len(key.columns) == 1 and key.table in tables and key.table != table.name:
            yield key.columns, tables[key.table]


def _is_about(table: LiveTable, theme: str) -> bool:
    words = next((one.words for one in vocabulary().themes if one.name == theme), (theme,))
    return bool(holds(parts(table.relname), words))


def _first(table: LiveTable, of: str, *prefer: str) -> str:
    names = [
        column.name
        for column in table.columns.values()
        if column.type.startswith(("timestamp", "date")) and listed(column.name, of)
    ]
    return next((name for name in names if any(word in name for word in prefer)), next(iter(names), ""))


def find_circumstances(
    policy: Described,
    known: Mapping[str, object],
    ways: Mapping[str, tuple[Way, ...]],
    tables: Mapping[str, LiveTable],
    here: set[str],
) -> dict[str, Guess]:
    """What each circumstance of a use of data that lie here means: which rows of which table."""
    wanted = dict.fromkeys(
        name for use in policy.uses if set(use.categories) & here for way in use.while_ for name in way
    )
    return {
        name: _circumstance(name, ways, tables)
        for name in wanted
        if name not in known and name not in OWN_CIRCUMSTANCES
    }


def _circumstance(name: str, ways: Mapping[str, tuple[Way, ...]], tables: Mapping[str, LiveTable]) -> Guess:
    theme, _, how = name.partition(".")
    about = [one for one in tables.values() if one.name in ways and len(one.key) == 1 and _is_about(one, theme)]
    nearest = sorted(about, key=lambda one: (len(ways[one.name][0].path), len(parts(one.relname)), one.name))
    direct = [one for one in nearest if len(ways[one.name][0].path) == 1]
    for table in direct:
        way = ways[table.name][0]
        value: dict[str, Value] = {"table": table.name, "person": {way.kind: ".".join(way.path)}}
        starts, ends = _first(table, "begins", "start", "begin"), _first(table, "ends", "end", "eind")
        if how == "live" and starts and ends:
            return Guess({**value, "starts": starts, "ends": ends}, f"from {starts} until {ends}")
        open_ = _open(table, paid=theme == "invoice")
        if open_:
            return Guess({**value, "where": {open_: "null"}}, f"as long as {open_} is empty")
    far = f"{nearest[0].name} has no column of its own that names the person" if nearest else "no table is named so"
    hint = f"{direct[0].name} has no date that says so" if direct else far
    return Guess("", f"{hint}; write: {{table: ..., person: {{...: ...}}, where: {{...: null}}}}", sure=False)


def _open(table: LiveTable, *, paid: bool) -> str:
    """The nullable moment at which it ended: until then it is open."""
    for of in ("paid", "ends") if paid else ("ends",):
        names = [c.name for c in table.columns.values() if c.type.startswith(("timestamp", "date")) and not c.not_null]
        found = [name for name in names if listed(name, of)]
        if len(found) == 1 or (found and not paid and any("clos" in name or "gesloten" in name for name in found)):
            return next((name for name in found if "clos" in name or "gesloten" in name), found[0])
    return ""
