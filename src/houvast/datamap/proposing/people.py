"""Who the rows are about: which tables hold people, and how the rows of the others lead to them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from houvast.datamap.model import Subject
from houvast.datamap.proposing.model import Described, Guess, LiveTable
from houvast.datamap.proposing.names import holds, listed, parts, vocabulary
from houvast.writing import Value

_ENOUGH = 4  # a table with a fitting name alone; a name that fits many kinds needs rows that point at it


@dataclass(frozen=True)
class Way:
    """How a row reaches a person: foreign keys to follow, the last one a column."""

    kind: str
    path: tuple[str, ...]
    value: Mapping[str, str]
    why: str


def find_subjects(
    tables: Mapping[str, LiveTable], policy: Described, known: Mapping[str, Subject]
) -> dict[str, tuple[Subject, Guess]]:
    """For each kind of people that the map does not know yet: the table whose rows are these people."""
    taken = {subject.table for subject in known.values()}
    found: dict[str, tuple[Subject, Guess]] = {}
    for kind in policy.people:
        if kind in known:
            continue
        scored = sorted(((_score(table, kind, policy, tables), table.name) for table in tables.values()), reverse=True)
        good = [(score, name) for score, name in scored if score >= _ENOUGH and name not in taken]
        if good and (len(good) == 1 or good[0][0] > good[1][0]):
            taken.add(good[0][1])
            found[kind] = _subject(kind, tables[good[0][1]])
    return found


def _score(table: LiveTable, kind: str, policy: Described, tables: Mapping[str, LiveTable]) -> int:
    """How well a table fits a kind of people: by its name first, then by what points at it."""
    if len(table.key) != 1:
        return 0
    words = parts(table.relname)
    own = {kind.replace("_", " "), *policy.people[kind].label.values()}
    alike = vocabulary().people.get(kind, ())
    fits = 0
    if " ".join(words) in {" ".join(parts(name)) for name in own}:
        fits = 6
    elif " ".join(words) in {" ".join(parts(name)) for name in alike}:
        fits = 4
    elif len(words) > 1 and words[-1] in {name for name in own if " " not in name}:
        fits = 3
    elif listed(table.relname, "persons") and len(words) == 1 and len(policy.people) == 1:
        fits = 2 if not holds(words, vocabulary().people["employee"]) else 0
    pointing = sum(any(key.table == table.name for key in one.foreign_keys) for one in tables.values())
    return fits + min(pointing, 3) if fits else 0


def _subject(kind: str, table: LiveTable) -> tuple[Subject, Guess]:
    since, closed = _moment(table, "begins", not_null=True), _moment(table, "left") or _moment(table, "ends")
    value: dict[str, Value] = {"table": table.name, "key": table.key[0]}
    value |= {key: column for key, column in (("since", since), ("closed", closed)) if column}
    why = "named so" if closed else "named so; no column says when somebody left, so terms count from the beginning"
    return Subject(kind, table.name, table.key[0], since, closed), Guess(value, why)


def _moment(table: LiveTable, of: str, *, not_null: bool = False) -> str:
    moments = [c for c in table.columns.values() if c.type.startswith(("timestamp", "date")) and listed(c.name, of)]
    moments = [c for c in moments if c.not_null == not_null] or ([] if not not_null else moments)
    return moments[0].name if moments else ""


def find_ways(tables: Mapping[str, LiveTable], subjects: Mapping[str, Subject]) -> dict[str, tuple[Way, ...]]:
    """Each table with its ways to people: the shortest over foreign keys; several when the row has several people."""
    found: dict[str, tuple[Way, ...]] = {}
    for subject in subjects.values():
        themselves = Way(subject.kind, (subject.key,), {subject.kind: subject.key}, "the people themselves")
        found[subject.table] = (themselves,)
    for table in tables.values():
        if table.name not in found:
            ways = tuple(_ways(table, tables, subjects))
            if ways:
                found[table.name] = ways
    return found


def _ways(table: LiveTable, tables: Mapping[str, LiveTable], subjects: Mapping[str, Subject]) -> Iterator[Way]:
    """The shortest ways over foreign keys that do not only say who did something, else any."""
    by_table = {subject.table: subject for subject in subjects.values()}
    for actors in (False, True):
        found = list(_walk(table, tables, by_table, actors=actors))
        if found:
            shortest = min(len(path) for path, _ in found)
            for path, kind in found:
                if len(path) == shortest:
                    yield Way(kind, path, {kind: ".".join(path)}, f"{'.'.join(path)} leads to a {kind}")
            return


def _walk(
    table: LiveTable, tables: Mapping[str, LiveTable], by_table: Mapping[str, Subject], *, actors: bool
) -> Iterator[tuple[tuple[str, ...], str]]:
    queue, seen = deque[tuple[LiveTable, tuple[str, ...]]]([(table, ())]), {table.name}
    while queue:
        here, path = queue.popleft()
        for key in here.foreign_keys:
            column = key.columns[0]
            if len(key.columns) > 1 or (not actors and listed(column, "actors")):
                continue
            subject = by_table.get(key.table)
            if subject:
                yield (*path, column, *(() if key.target_columns == (subject.key,) else (subject.key,))), subject.kind
            elif key.table not in seen and key.table in tables:
                seen.add(key.table)
                queue.append((tables[key.table], (*path, column)))


def find_shared(
    tables: Mapping[str, LiveTable], subjects: Mapping[str, Subject], ways: Mapping[str, tuple[Way, ...]]
) -> dict[str, Way]:
    """Tables whose rows several people share through a link table: a household, a team."""
    by_table = {subject.table: subject for subject in subjects.values()}
    found: dict[str, Way] = {}
    for link in tables.values():
        people = [key for key in link.foreign_keys if key.table in by_table and len(key.columns) == 1]
        others = [key for key in link.foreign_keys if key.table not in ways and len(key.columns) == 1]
        if len(people) != 1 or not others or people[0].target_columns != (by_table[people[0].table].key,):
            continue
        kind, person = by_table[people[0].table].kind, people[0].columns[0]
        for other in others:
            shared = tables.get(other.table)
            if shared and len(shared.key) == 1 and {person, other.columns[0]} <= set(link.key):
                value = {kind: person, "through": link.name, "of": other.columns[0]}
                left = _moment(link, "left")
                value |= {"left": left} if left else {}
                found[shared.name] = Way(kind, (person,), value, f"shared by each {kind} in {link.name}")
    return found
