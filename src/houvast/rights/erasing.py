"""Carries out a plan: one statement a table, as the login with purpose `rights`, in the transaction that is open.

Row security decides which rows go; what it lets go must be as many as the plan said, or nothing goes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from houvast.compiler.cascade import NOTHING_ALONG
from houvast.compiler.words import array, ident, literal
from houvast.database import Connection, DatabaseError, run, run_query
from houvast.database.connect import changed
from houvast.datamap.model import Owner
from houvast.errors import DatabaseRefusal
from houvast.rights.emptying import emptied, personal
from houvast.rights.keeping import HOLDS_BACK, Keeping
from houvast.rights.plan import Fate, Part, Plan
from houvast.rights.walk import Stop, Walk

Step = Callable[[str], None]
"""Told of each table before it is worked on."""
MANY = 10_000
"""More keys than these are not written out, but looked up."""
NOT_COUNTED = "40001"
"""With what the database refuses rows that go along (SQLSTATE)."""
_MEANWHILE = "Somebody worked on these rows meanwhile: try again. If it stays so, houvast drift tells why."
_CLOSED = "coalesce({}, now())"
"""SQL: when an account was closed, which is now unless it was before."""


@dataclass(frozen=True)
class Statement:
    """One statement for one table, and how many rows it must change of which table. `told`: it answers with the counts;
    else PostgreSQL says how many rows it changed, which costs nothing: RETURNING would read each row that is gone."""

    table: str
    sql: str
    expected: tuple[tuple[str, int], ...]
    told: bool = False


def open_tables(session: Connection, walk: Walk) -> None:
    """Let PostgreSQL read what it knows of every table, before the transaction: a new session has that to do once, and nobody
    should wait for it behind a lock."""
    run(session, "; ".join(f"SELECT FROM {stop.sql} LIMIT 0" for stop in walk.stops))


def carry_out(session: Connection, walk: Walk, plan: Plan, step: Step | None = None) -> None:
    """Do what the plan says.

    Raises:
        DatabaseRefusal: other rows would go than the plan said; the caller's transaction must be taken back.
    """
    if _all_counted(walk):
        run(session, f"SET LOCAL {NOTHING_ALONG} = 'yes'")
    for statement in statements(walk, plan):
        if step:
            step(statement.table)
        try:
            found = run_query(session, statement.sql)[0] if statement.told else (changed(session, statement.sql),)
        except DatabaseError as error:
            raise _refused(statement, error) from error
        for (table, expected), count in zip(statement.expected, found, strict=True):
            if count != expected:
                raise DatabaseRefusal(
                    f"Nothing was erased: of `{table}` {count} rows would change, and the plan says {expected}.",
                    todo=_MEANWHILE,
                )


def _refused(statement: Statement, error: DatabaseError) -> DatabaseRefusal | DatabaseError:
    """What PostgreSQL refuses, by the name of what refuses it: its own words may quote a row."""
    if error.sqlstate == NOT_COUNTED:
        return DatabaseRefusal(
            f"Nothing was erased: rows would go along with those of `{statement.table}` that the plan does not count.",
            todo=_MEANWHILE,
        )
    if not (error.sqlstate or "").startswith("23"):
        return error
    named = error.diag.constraint_name or error.diag.column_name or "a constraint"
    return DatabaseRefusal(
        f"Nothing was erased: `{named}` of `{error.diag.table_name or statement.table}` does not allow it (promise G05).",
        todo=f"Say in the data map what may stand there (`canary:` of `{statement.table}`), or what becomes of rows that point at it.",
    )


def statements(walk: Walk, plan: Plan) -> Iterator[Statement]:
    """In the order of the plan, rows that point at others first; who shares a row leaves in the statement that erases it."""
    links = {way.through for stop in walk.stops for way in stop.shape.links}
    for stop in reversed(walk.stops):
        if stop.name in links:
            continue
        if stop.shape.ways:
            yield from _shared(walk, stop, plan)
        elif stop.shape.table.erasure == "anonymise":
            yield from _emptying(stop, plan)
        else:
            yield from _erasing(walk, stop, plan)
        if _closes(stop) and not (plan.of(stop.name, Fate.ERASED) or plan.of(stop.name, Fate.EMPTIED)):
            yield from _closing(stop, plan)


def _erasing(walk: Walk, stop: Stop, plan: Plan) -> Iterator[Statement]:
    part = plan.of(stop.name, Fate.ERASED)
    if part is None:
        return
    conditions = [*_by_parent(walk, stop, plan), *_not_pointed_at(walk, stop, plan)]
    where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
    yield Statement(stop.name, f"DELETE FROM {stop.sql} t{where}", ((stop.name, part.count),))


def _by_parent(walk: Walk, stop: Stop, plan: Plan) -> list[str]:
    """The rows through the foreign key that leads to the person, so that its index serves: row security says the same."""
    parent = walk.above(stop)
    if parent is None:
        return []
    first = ident(stop.shape.derived_path(stop.shape.owner_column)[0])
    keys = [key for part in plan.parts if part.table == parent.name for key in part.keys]
    if len(keys) <= MANY:
        return [f"t.{first} = ANY ({array(keys)}::{parent.shape.relation.columns[parent.shape.key].type}[])"]
    return [f"t.{first} IN (SELECT p.{ident(parent.shape.key)} FROM {parent.sql} p)"]


def _not_pointed_at(walk: Walk, stop: Stop, plan: Plan) -> list[str]:
    """Nothing that stays points at the row. What comes in between and would go along stops it all: see `carry_out`."""
    stays = {part.table for part in plan.parts if part.fate is not Fate.ERASED}
    found: list[str] = []
    for child in walk.stops:
        if child.name == stop.name or (child.name not in stays and _all_counted(walk)):
            continue
        for key in child.shape.relation.foreign_keys:
            if key.table == stop.name and key.on_delete in HOLDS_BACK:
                same = " AND ".join(
                    f"c.{ident(c)} = t.{ident(t)}" for c, t in zip(key.columns, key.target_columns, strict=True)
                )
                found.append(f"NOT EXISTS (SELECT FROM {child.sql} c WHERE {same})")
    return found


def _all_counted(walk: Walk) -> bool:
    """Whether each row that goes is in the count of a statement of its own. Links that are kept may go along with what they
    link to."""
    throughs = (walk.stop(way.through) for stop in walk.stops for way in stop.shape.links)
    return all(through and through.shape.table.erasure == "delete" for through in throughs)


def _emptying(stop: Stop, plan: Plan) -> Iterator[Statement]:
    part = plan.of(stop.name, Fate.EMPTIED)
    if part is not None:
        yield _empty(stop, part, stop.shape.table.blank)


def _empty(stop: Stop, part: Part, columns: tuple[str, ...]) -> Statement:
    values = dict(emptied(stop.shape, columns)) | {n: v for n, v in _stand_ins(stop).items() if n in columns}
    if _closes(stop):
        values[stop.shape.closed_column] = _CLOSED.format(ident(stop.shape.closed_column))
    sets = ", ".join(f"{ident(name)} = {value}" for name, value in values.items())
    text = f"UPDATE {stop.sql} t SET {sets} WHERE {_keyed(stop, part)}"
    return Statement(stop.name, text, ((stop.name, part.count),))


def _keyed(stop: Stop, part: Part | None, column: str = "") -> str:
    """SQL: the row is one of these; by another `column` than its key, it points at one."""
    if part is None or not part.keys:
        return "false"
    kind = stop.shape.relation.columns[stop.shape.key].type
    return f"t.{ident(column or stop.shape.key)} = ANY ({array(part.keys)}::{kind}[])"


def _shared(walk: Walk, stop: Stop, plan: Plan) -> Iterator[Statement]:
    about = {stop.name, *(way.through for way in stop.shape.links)}
    if not any(part.table in about for part in plan.parts):
        return
    throughs: list[tuple[Owner, Stop]] = []
    for way in stop.shape.links:
        through = walk.stop(way.through)
        if through is None:
            raise DatabaseRefusal(
                f"Nothing was erased: nobody may leave `{stop.name}`, for its link table `{way.through}` is not personal data (promise G05).",
                todo="Map the link table with its owner and `erasure: delete`.",
            )
        throughs.append((way, through))
    rest = plan.of(stop.name, Fate.EMPTIED)
    if rest is not None:
        holders = [way.path[0] for way in stop.shape.holders]
        yield _empty(stop, rest, tuple(dict.fromkeys([*personal(stop.shape), *holders])))
    yield from _handing_over(walk, stop, plan)
    yield from _leaving(stop, throughs, plan)


def _handing_over(walk: Walk, stop: Stop, plan: Plan) -> Iterator[Statement]:
    """What is left of the person in rows that become the others': nothing names them, and what was theirs alone is empty."""
    part, shape = plan.of(stop.name, Fate.LEFT), stop.shape
    if part is None or not (shape.holders or any(way.empties for way in shape.ways)):
        return
    keeping = Keeping(walk, plan.person)
    by: dict[str, list[str]] = {}
    for way in shape.ways:
        through = walk.stop(way.through)
        own = keeping.by(shape, way, "t", through.sql if through else "")
        for name in (*way.empties, *(() if way.through else way.path)):
            by.setdefault(name, []).append(own)
    values = dict(emptied(shape, by)) | _stand_ins(stop)
    sets = ", ".join(
        f"{ident(name)} = CASE WHEN {' OR '.join(own)} THEN {values[name]} ELSE t.{ident(name)} END"
        for name, own in by.items()
    )
    yield Statement(stop.name, f"UPDATE {stop.sql} t SET {sets} WHERE {_keyed(stop, part)}", ((stop.name, part.count),))


def _stand_ins(stop: Stop) -> dict[str, str]:
    """Column -> SQL of what stands in it once who it named has left."""
    return {way.path[0]: literal(way.stand_in) if way.stand_in else "NULL" for way in stop.shape.holders}


def _leaving(stop: Stop, throughs: Sequence[tuple[Owner, Stop]], plan: Plan) -> Iterator[Statement]:
    """The links of the person, and with the same statement the rows that are nobody else's: both see them as they were."""
    rows = plan.of(stop.name, Fate.ERASED)
    kept = [part for part in plan.parts if part.table == stop.name and part.fate is Fate.KEPT]
    counts: list[tuple[str, int]] = []
    steps, asked = list[str](), list[str]()
    for number, (way, through) in enumerate(throughs):
        if through.shape.table.erasure == "delete":
            stays = "".join(f" AND NOT ({_keyed(stop, part, way.of)})" for part in kept)
            leave = f"DELETE FROM {through.sql} t WHERE true{stays}"
            gone = plan.of(through.name, Fate.ERASED)
            counts.append((through.name, gone.count if gone else 0))
            asked.append(f"(SELECT count(*) FROM gone{number})")
        elif way.left:
            leave = f"UPDATE {through.sql} t SET {ident(way.left)} = now() WHERE t.{ident(way.left)} IS NULL"
        else:
            continue
        steps.append(f"gone{number} AS ({leave} RETURNING 1)")
    steps.append(f"erased AS (DELETE FROM {stop.sql} t WHERE {_keyed(stop, rows)} RETURNING 1)")
    asked.append("(SELECT count(*) FROM erased)")
    counts.append((stop.name, rows.count if rows else 0))
    yield Statement(stop.name, f"WITH {', '.join(steps)}\nSELECT {', '.join(asked)}", tuple(counts), told=True)


def _closes(stop: Stop) -> bool:
    """Whether its row is the person's account, which is closed whatever becomes of the row."""
    return bool(stop.shape.subject_key and stop.shape.closed_column)


def _closing(stop: Stop, plan: Plan) -> Iterator[Statement]:
    """The account is closed, also where its row stays as it is."""
    if any(part.table == stop.name for part in plan.parts):
        column = ident(stop.shape.closed_column)
        yield Statement(stop.name, f"UPDATE {stop.sql} t SET {column} = {_CLOSED.format(column)}", ((stop.name, 1),))
