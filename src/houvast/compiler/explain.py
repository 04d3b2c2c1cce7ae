"""Why a purpose sees a column, or a row, or not: the meaning asked about the live database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from houvast.compiler.columns import flag
from houvast.compiler.resolving import resolve
from houvast.compiler.shape import Layout, Shape
from houvast.compiler.shared import readers_of
from houvast.compiler.words import ident
from houvast.database import Connection, queries, read_catalogue, run_query
from houvast.datamap.model import NOT_PERSONAL, OTHERS, DataMap
from houvast.errors import UsageError
from houvast.policy.decide import decide
from houvast.policy.forms import FULL, strictest
from houvast.policy.matter import Permit
from houvast.policy.model import Action, Form, Look, Policy, PurposeKind
from houvast.policy.words import words
from houvast.policy.world import Ask, OpenUse, Person, Row
from houvast.reading import did_you_mean

_SQL = queries("houvast.compiler", "explain.sql")
ROWS = 20
"""How many rows of one person are explained; the others are counted."""


@dataclass(frozen=True)
class Answer:
    """One column, of one row when `row` is not "": permitted or not, by which rule and promise, and why."""

    column: str
    row: str
    action: Action
    permitted: bool
    rule: int
    promise: str
    why: str

    def __str__(self) -> str:
        where = f" of row {self.row}" if self.row else ""
        if self.permitted:
            return f"{self.column}{where}: {self.why or 'may ' + self.action}" + (
                f" (promise {self.promise})" if self.promise else ""
            )
        return f"{self.column}{where}: may not {self.action} (rule {self.rule}, promise {self.promise or 'C05'}): {self.why}"


@dataclass(frozen=True)
class Explanation:
    """The answers for one purpose and table."""

    purpose: str
    table: str
    instant: datetime
    answers: tuple[Answer, ...]
    note: str = ""
    facts: Mapping[str, str] = field(default_factory=dict[str, str])

    def __str__(self) -> str:
        head = f"{self.purpose} and {self.table}, as of {self.instant.isoformat(timespec='seconds')}"
        return "\n".join([head, *(f"  {a}" for a in self.answers), *([self.note] if self.note else [])])

    def as_json(self) -> dict[str, Any]:
        """The same for programs."""
        return {
            "purpose": self.purpose, "table": self.table, "instant": self.instant.isoformat(), "note": self.note,
            "answers": [{"column": a.column, "row": a.row, "action": a.action.value, "permitted": a.permitted,
                         "rule": a.rule, "promise": a.promise, "why": a.why} for a in self.answers],
        }  # fmt: skip


def explain(
    connection: Connection,
    versions: Sequence[Policy],
    datamap: DataMap,
    *,
    purpose: str,
    table: str,
    column: str | None = None,
    person: str | None = None,
    as_of: datetime | None = None,
) -> Explanation:
    """Say for each column (and, with `person`, for each row of theirs) whether and why `purpose` may read it.

    `person` is a key, or `kind:key`. Values of personal data are never part of the answer.

    Raises:
        UsageError: there is no such purpose, table, column or kind of person.
    """
    layout = resolve(datamap, read_catalogue(connection))
    instant = as_of or _now(connection)
    _known("purpose", purpose, {n for v in versions for n in v.purposes})
    _known("table", table, set(datamap.tables))
    if table in layout.others:
        why = "holds no personal data: every purpose may read it"
        return Explanation(purpose, table, instant, (Answer(column or "*", "", Action.READ, True, 0, "", why),))
    shape = layout.shapes[table]
    if column is not None and column not in shape.relation.columns:
        _known("column", column, set(shape.relation.columns))
    names = [column] if column else list(shape.relation.columns)
    if person is None:
        answers = [_column(versions, shape, purpose, name, instant) for name in names]
        return Explanation(purpose, table, instant, tuple(answers))
    kind, key = _person_key(person, datamap)
    keys, more = _rows_of(connection, shape, kind, key)
    answers = [
        _row_answer(connection, versions, layout, shape, purpose, name, row, instant) for row in keys for name in names
    ]
    note = (
        f"{more} more rows of this person are not shown."
        if more
        else ""
        if keys
        else "No row of this table is about this person."
    )
    notes = [note, *_opened_by(connection, layout, versions[-1], purpose, kind, key)]
    return Explanation(purpose, table, instant, tuple(answers), " ".join(filter(None, notes)))


def _opened_by(
    connection: Connection, layout: Layout, policy: Policy, purpose: str, kind: str, key: str
) -> Iterator[str]:
    """Which logins see no more of a person than the cases that they opened themselves, unless by others."""
    asked = {n for use in policy.uses if purpose in use.purposes for way in use.while_ for n in way}
    for name, table in layout.circumstances.items():
        if name in asked and table.circumstance.kind == kind and table.circumstance.opened_by == OTHERS:
            found = run_query(connection, f"SELECT DISTINCT c.maker FROM {table.sql} c WHERE c.person::text = %s"
                              " AND c.ends > statement_timestamp() AND c.maker IS NOT NULL ORDER BY 1", (key,))  # fmt: skip
            yield from (
                f"To login `{maker}`, which opened it, a case of `{name}` shows itself alone." for (maker,) in found
            )


def _now(connection: Connection) -> datetime:
    row = connection.execute("SELECT statement_timestamp()").fetchone()
    if row is None:
        raise UsageError("The database did not tell the time.")
    return row[0]


def _known(what: str, name: str, known: set[str]) -> None:
    if name not in known:
        raise UsageError(
            f"There is no {what} `{name}`.", todo=did_you_mean(name, sorted(known)) or f"name a {what} of the project."
        )


def _person_key(person: str, datamap: DataMap) -> tuple[str, str]:
    kind, _, key = person.rpartition(":")
    kind = kind or next(iter(datamap.subjects), "")
    _known("kind of person", kind, set(datamap.subjects))
    return kind, key


def _categories(shape: Shape, column: str) -> tuple[str, ...] | None:
    mapped = shape.table.columns.get(column)
    return None if mapped is None else mapped.categories


def _column(versions: Sequence[Policy], shape: Shape, purpose: str, column: str, instant: datetime) -> Answer:
    """What the policy says of a column whatever the row: rules 1, 2 and what a row must meet."""
    categories = _categories(shape, column)
    if categories is None:
        return Answer(
            column, "", Action.READ, False, 1, "C05", "nobody classified this column, so no purpose may read it"
        )
    if not categories:
        return Answer(
            column, "", Action.READ, True, 0, "", f"is {NOT_PERSONAL}: seen with every row that the purpose sees"
        )
    past = [v for v in versions if v.effective <= instant]
    if not past:
        return Answer(
            column,
            "",
            Action.READ,
            False,
            1,
            "C57",
            f"no policy is in force before {versions[0].effective.isoformat()}",
        )
    policy = past[-1]
    promises: list[str] = []
    needs: list[str] = []
    look = FULL
    for category in categories:
        use, never, term = (
            policy.use(category, purpose),
            policy.never(category, purpose),
            policy.term(category, purpose),
        )
        if use is None or Action.READ not in use.actions:
            promise = (policy.categories[category].promise if category in policy.categories else "") or "C05"
            return Answer(column, "", Action.READ, False, 1, promise, f"no use of {category} for {purpose} is declared")
        if never and not use.statute:
            return Answer(column, "", Action.READ, False, 2, never.promise, f"{category} is never used for {purpose}")
        promises.append(use.promise)
        both = strictest((look, use.look))
        if both is None:
            why = f"{use.id} gives {category} in a form that does not go together with the others of this column"
            return Answer(column, "", Action.READ, False, 4, use.promise, why)
        look = both
        if use.while_:
            needs.append("while " + " or ".join(" and ".join(way) for way in use.while_))
        if term and policy.purposes[purpose].kind is PurposeKind.ORDINARY:
            needs.append(f"until {term.event} + {term.plus}")
        volume = policy.purposes[purpose].volume
        if volume:
            needs.append(f"at most {volume.most} {volume.counts} in a {volume.per} for each login")
        needs.append("on " + " or ".join(b.value for b in use.basis))
    told = ", ".join(dict.fromkeys([*_form(look), *needs]))
    return Answer(
        column, "", Action.READ, True, 0, ", ".join(dict.fromkeys(promises)), f"may read, {told}" if told else ""
    )


def _form(look: Look) -> list[str]:
    """The form in which a column comes, when it is not given as it is."""
    return [] if look.form is Form.FULL else [words("en").form(look)]


def _rows_of(connection: Connection, shape: Shape, kind: str, key: str) -> tuple[list[str], int]:
    if not shape.kind or kind != shape.kind or not shape.key:
        return [], 0
    own = f"SELECT t.{ident(shape.key)}::text FROM {shape.sql} t"
    if shape.owner_column:
        text = f"{own} WHERE t.{ident(shape.owner_column)}::text = %s"
    else:
        text = f"{own} JOIN {shape.owners_table} o ON o.row_key = t.{ident(shape.shared_by)} WHERE o.person::text = %s"
    keys = [row[0] for row in run_query(connection, f"{text} ORDER BY 1", (key,))]
    return keys[:ROWS], max(0, len(keys) - ROWS)


def person_of(connection: Connection, layout: Layout, kind: str, key: str) -> Person:
    """One person as the database knows them now."""
    row = connection.execute(_SQL["person"], (kind, key)).fetchone()
    stands: list[Any] = connection.execute(_SQL["stands"], (kind, key)).fetchall()

    def about(stand: str) -> frozenset[str]:
        return frozenset(r[1] for r in stands if r[0] == stand)

    circumstances: dict[str, frozenset[str]] = {}
    for name, table in layout.circumstances.items():
        if table.circumstance.kind == kind:
            found = run_query(connection, f"SELECT c.case_key::text FROM {table.sql} c WHERE c.person::text = %s"
                              " AND c.starts <= statement_timestamp() AND c.ends > statement_timestamp()", (key,))  # fmt: skip
            circumstances[name] = frozenset(r[0] for r in found)
    open_request = connection.execute(_SQL["request"], (kind, key)).fetchone()
    return Person(
        (kind, key), row[0] if row else None, frozenset(int(v) for v in about("accepted")), bool(about("restricted")),
        about("allowed"), about("objected"), about("consented"), about("own_customer"), bool(about("stopped")),
        layout.subjects[kind].has_account, row[1] if row else None, about("contested"), bool(open_request), circumstances,
    )  # fmt: skip


def _row_answer(
    connection: Connection, versions: Sequence[Policy], layout: Layout, shape: Shape, purpose: str, column: str,
    key: str, instant: datetime,
) -> Answer:  # fmt: skip
    categories = _categories(shape, column)
    if not categories:
        return _column(versions, shape, purpose, column, instant)
    row = row_of(connection, layout, shape, key)
    person = row.people[0].key if row.people else None
    case = next((c for c in sorted(row.holds)), next(iter(row.cases.values()), ""))
    ask = Ask(purpose, Action.READ, column, frozenset(categories), row, instant, OpenUse(purpose, person, case))
    answer = decide(versions, ask)
    if isinstance(answer, Permit):
        promise = next((u.promise for v in reversed(versions) if (u := v.use(categories[0], purpose))), "")
        form = "".join(_form(answer.look))
        return Answer(column, key, Action.READ, True, 0, promise, form and f"may read, {form}")
    return Answer(column, key, Action.READ, False, answer.rule, answer.promise, answer.why)


def row_of(connection: Connection, layout: Layout, shape: Shape, key: str) -> Row:
    """One row as the meaning looks at it; no personal value is read."""
    wanted = {f"event:{name}": column for name, (column, _) in shape.events.items()}
    wanted |= {f"case:{name}": column for name, column in shape.cases.items()}
    given = {c.given_for for c in shape.table.columns.values() if c.given_for}
    given |= {""} if shape.table.given_for else set[str]()
    wanted |= {f"given:{name}": name or shape.table.given_for for name in given}
    wanted |= {f"flag:{name}": flag(name) for name in shape.shielded}
    if shape.owner_column:
        wanted["owner"] = shape.owner_column
    columns = ", ".join(f"t.{ident(c)} AS {ident(a)}" for a, c in wanted.items()) or "1"
    found = run_query(connection, f"SELECT {columns} FROM {shape.sql} t WHERE t.{ident(shape.key)}::text = %s", (key,))
    values = dict(zip(wanted, found[0], strict=False)) if found else {}
    owners = [(values["owner"], True)] if values.get("owner") is not None else []
    if shape.shared:
        joined = f"FROM {shape.sql} t JOIN {shape.owners_table} o ON o.row_key = t.{ident(shape.shared_by)}"
        owners = run_query(
            connection, f"SELECT o.person, o.stayed {joined} WHERE t.{ident(shape.key)}::text = %s", (key,)
        )
    people = tuple((person_of(connection, layout, shape.kind, str(k)), bool(present)) for k, present in owners)
    stored = shape.table.given_values
    purposes = {n: stored.get(str(values[f"given:{n}"]), str(values[f"given:{n}"])) for n in given}
    for own in shape.table.columns.values():
        if own.given_for:
            purposes[own.name] = purposes[own.given_for]
    events: dict[str, datetime | date | None] = {n: values[f"event:{n}"] for n in shape.events}
    cases = {n: str(values[f"case:{n}"]) for n in shape.cases} | {c.name: key for c in shape.own_circumstances}
    holds = frozenset(r[0] for r in connection.execute(_SQL["holds"], (shape.name, key)).fetchall())
    reading = readers_of(shape, layout.shapes)
    known = run_query(connection, reading, (key,) * reading.count("%s")) if reading else []
    readers = tuple(person_of(connection, layout, kind, k) for kind, k in known)
    flags = {name for name in shape.shielded if values[f"flag:{name}"]}
    flagged = frozenset(c for c in shape.table.columns if flags & {*shape.shielded_with(c)})
    return Row(
        shape.name,
        key,
        people,
        bool(people),
        "",
        purposes,
        events,
        cases,
        holds,
        frozenset(),
        not shape.kind,
        flagged,
        readers,
    )
