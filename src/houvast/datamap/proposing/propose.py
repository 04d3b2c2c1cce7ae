"""Proposes what a data map lacks, from names, types, keys and comments alone. What is unsure stays closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from houvast.datamap.model import NOT_PERSONAL, DataMap, Subject, Table
from houvast.datamap.proposing.columns import Judge, identifying, stranger
from houvast.datamap.proposing.identifiers import with_identifiers
from houvast.datamap.proposing.model import Described, Guess, LiveTable, Proposal, TableGuess
from houvast.datamap.proposing.moments import find_circumstances, find_events
from houvast.datamap.proposing.people import Way, find_shared, find_subjects, find_ways
from houvast.writing import as_mapping


@dataclass(frozen=True)
class Seen:
    """What is seen of a database without reading a row: tables, the owner of most, logins, and what reads tables."""

    database: str
    tables: Mapping[str, LiveTable]
    owner: str = ""
    logins: Sequence[str] = ()
    views: Sequence[str] = ()
    functions: Sequence[str] = ()
    materialised: Sequence[str] = ()
    roles: Sequence[str] = ()  # whose names begin as those of another database's purposes do


def propose(seen: Seen, policy: Described, known: DataMap | None = None) -> Proposal:
    """What a map of this database needs for this policy and `known` does not have."""
    had = known or DataMap("", "", "")
    new = find_subjects(seen.tables, policy, had.subjects)
    subjects = {**had.subjects, **{kind: subject for kind, (subject, _) in new.items()}}
    ways = find_ways(seen.tables, subjects)
    shared = find_shared(seen.tables, subjects, ways)
    maker = _Maker(seen.tables, policy, subjects, ways, shared)
    tables = {name: guess for name in sorted(seen.tables) if (guess := maker.table(name, had.tables.get(name)))}
    here = {name for one in had.tables.values() for column in one.columns.values() for name in column.categories}
    here |= {str(one.columns[name].value) for one in tables.values() for name in one.personal}
    open_ = f"may open nothing yet; of: {', '.join(policy.purposes)}"
    return Proposal(
        head=_head(seen, had),
        subjects={
            kind: replace(guess, value=with_identifiers(subject, as_mapping(guess.value), seen.tables, tables, ways))
            for kind, (subject, guess) in new.items()
        },
        circumstances=find_circumstances(policy, had.circumstances, ways, seen.tables, here),
        tables=tables,
        logins={name: Guess([], open_) for name in seen.logins if name not in had.logins},
        views=_closed(seen.views, had.views),
        functions=_closed(seen.functions, had.functions),
        materialised=_closed(seen.materialised, had.materialised),
    )


def _head(seen: Seen, had: DataMap) -> dict[str, Guess]:
    found: dict[str, Guess] = {}
    if seen.owner and not had.migration_login:
        found["migration_login"] = Guess(seen.owner, "owns the tables")
    if seen.roles and "role_prefix" not in had.places:
        name = "".join(c if c.isalnum() and c.isascii() else "_" for c in seen.database.lower())[:13]
        found["role_prefix"] = Guess(f"hv_{name}", "another database of this server has roles that begin with hv_")
    return found


def _closed(names: Sequence[str], known: Mapping[str, str]) -> dict[str, Guess]:
    return {
        name: Guess("closed", "reads personal data; closed until you decide") for name in names if name not in known
    }


@dataclass(frozen=True)
class _Maker:
    """Makes the proposal of each table."""

    tables: Mapping[str, LiveTable]
    policy: Described
    subjects: Mapping[str, Subject]
    ways: Mapping[str, tuple[Way, ...]]
    shared: Mapping[str, Way]

    def table(self, name: str, known: Table | None) -> TableGuess | None:
        """The proposal for one table; None when the map says all there is to say."""
        live = self.tables[name]
        if known and not known.personal:
            return None
        ways = self.ways.get(name) or self._shared(live)
        if ways:
            return self._of_people(live, ways, known)
        if known:
            return self._more(live, known)
        why = stranger(live, self.tables) or self._near_strangers(live)
        if why:
            return TableGuess(name, whole=Guess("", why, sure=False))
        return TableGuess(name, whole=Guess(NOT_PERSONAL, "leads to nobody, and no column tells of anybody"))

    def _shared(self, live: LiveTable) -> tuple[Way, ...]:
        """The way through a link table, when the row tells something of the people who share it."""
        way = self.shared.get(live.name)
        return (way,) if way and identifying(live) else ()

    def _near_strangers(self, live: LiveTable) -> str:
        near = [key.table for key in live.foreign_keys if key.table in self.tables and key.table not in self.ways]
        return next(
            (f"points at {name}, which may hold people" for name in near if stranger(self.tables[name], {})), ""
        )

    def _of_people(self, live: LiveTable, ways: tuple[Way, ...], known: Table | None) -> TableGuess | None:
        kinds = tuple(dict.fromkeys(way.kind for way in ways))
        judge = self._judge(live, kinds)
        columns = {c.name: judge.judge(c) for c in live.columns.values() if not (known and c.name in known.columns)}
        if not known and not any(one.sure and one.value != NOT_PERSONAL for one in columns.values()):
            columns = {name: replace(one, sure=False) for name, one in columns.items()}
        keys = {} if known and known.owners else {"owner": _owner(ways)}
        lies = {str(one.value) for one in columns.values() if one.sure and one.value != NOT_PERSONAL}
        lies |= {name for column in known.columns.values() for name in column.categories} if known else set()
        events = find_events(live, lies, self.policy, self.tables, self.subjects)
        events = {event: one for event, one in events.items() if not (known and event in known.events)}
        sure = {event: one.value for event, one in events.items() if one.sure}
        if sure and not (known and known.events):
            keys["events"] = Guess(sure, "from when terms count")
        for event, one in events.items():
            if not one.sure or (known and known.events):
                keys[f"events.{event}"] = Guess(one.value, one.why, sure=False)
        if not known and any(term.statute and term.category in lies for term in self.policy.terms):
            keys["erasure"] = Guess("keep", "the law has it kept")
        if known and not columns and not any(one.sure for one in keys.values()):
            return None
        return TableGuess(live.name, columns, keys)

    def _judge(self, live: LiveTable, kinds: tuple[str, ...]) -> Judge:
        people = frozenset(subject.table for subject in self.subjects.values())
        owned = frozenset([*self.ways, *(name for name in self.shared if self._shared(self.tables[name]))])
        categories = tuple(self.policy.categories.values())
        links = [name for name, way in self.shared.items() if way.value.get("through") == live.name and name in owned]
        above = links or self._above(live)
        linked = ""
        if above:
            other = Judge(self.tables[above[0]], kinds, categories, people, owned)
            linked = other.theme or other.usual
        return Judge(live, kinds, categories, people, owned, linked)

    def _above(self, live: LiveTable) -> list[str]:
        """The table of which this one's rows are parts, when the way to people goes over it."""
        first = [way.path[0] for way in self.ways.get(live.name, ()) if len(way.path) > 1]
        return [key.table for key in live.foreign_keys if key.columns == (*first[:1],)]

    def _more(self, live: LiveTable, known: Table) -> TableGuess | None:
        """New columns of a table whose rows lead to nobody: nobody knows what they hold."""
        new = [column for column in live.columns if column not in known.columns]
        guesses = {name: Guess("", "new, in a table that leads to nobody", sure=False) for name in new}
        return TableGuess(live.name, guesses) if new else None


def _owner(ways: tuple[Way, ...]) -> Guess:
    why = "; ".join(way.why for way in ways)
    kinds = [way.kind for way in ways]
    if len(ways) == 1:
        return Guess(ways[0].value, why)
    if len(set(kinds)) == len(kinds) and all("through" not in way.value for way in ways):
        return Guess({kind: path for way in ways for kind, path in way.value.items()}, f"several people: {why}")
    return Guess([way.value for way in ways], f"several people: {why}")
