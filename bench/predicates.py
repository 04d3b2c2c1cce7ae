"""predicates.json: conditions that lose their index under row security, and what a leakproof mark gives back.

Row security lets a condition look at a row before the policy does only when every function in it is known to
tell nothing of what it saw (LEAKPROOF). Without the mark PostgreSQL cannot use an index for it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from bench import report
from bench.backend import Backend, Values
from bench.cases import SERIAL
from bench.company import KEPT, PLAIN, Company
from bench.duel import Case, duel
from houvast.database import Connection, run, run_query

TABLE = "bench_predicate"
ROWS = 200_000
INDEXES = (
    *("(words text_pattern_ops)", "(lower(email))", "(email)", "(amount)", "(status, id)", "(at)", "(net)"),
    "((facts ->> 'number'))",
    *("USING gin (facts jsonb_path_ops)", "USING gin (text)", "USING gin (tags)"),
)


@dataclass(frozen=True)
class Predicate:
    """A condition with one parameter, and the functions that would have to be marked."""

    name: str
    condition: str
    value: Callable[[random.Random], str]
    marks: tuple[str, ...] = ()
    verdict: str = "safe"


DEEP = "never: it calls itself as the hidden value tells, and fails where the stack ends"


def _number(dice: random.Random) -> str:
    return str(dice.randrange(1, ROWS))


def _email(dice: random.Random) -> str:
    return f"Person{_number(dice)}@mail.example"


PREDICATES = (
    Predicate("equal", "email = $1", _email),
    Predicate("starts_with", "words ^@ $1", lambda dice: f"person {_number(dice)} "),
    Predicate(
        "like",
        "words LIKE 'person 12345 %' AND $1 <> ''",
        _number,
        ("textlike(text, text)",),
        "never: a pattern that ends in a backslash fails or not by the hidden value",
    ),
    Predicate("lower_equal", "lower(email) = lower($1)", _email, ("lower(text)",)),
    Predicate(
        "json_contains",
        "facts @> $1::jsonb",
        lambda dice: f'{{"number": {_number(dice)}}}',
        ("jsonb_contains(jsonb, jsonb)",),
        DEEP,
    ),
    Predicate("json_field", "facts ->> 'number' = $1", _number, ("jsonb_object_field_text(jsonb, text)",)),
    Predicate(
        "full_text",
        "text @@ plainto_tsquery('simple', $1)",
        lambda dice: f"word{_number(dice)}",
        ("ts_match_vq(tsvector, tsquery)",),
        DEEP,
    ),
    Predicate("numeric_equal", "amount = $1::numeric", _number, ("numeric_eq(numeric, numeric)",)),
    Predicate(
        "enum_equal",
        "status = 'paid'::public.order_status AND id = $1::bigint",
        lambda dice: str(3 * dice.randrange(1, ROWS // 3) + 1),
        ("enum_eq(anyenum, anyenum)",),
    ),
    Predicate(
        "array_contains",
        "tags @> ARRAY[$1]",
        lambda dice: f"tag{_number(dice)}",
        ("arraycontains(anyarray, anyarray)",),
        "never: it calls what compares the elements, which need not be leakproof",
    ),
    Predicate(
        "day",
        "at >= $1::date AND at < $1::date + 1",
        lambda dice: f"20{dice.randrange(10, 99)}-01-01",
        tuple(f"timestamptz_{how}_date(timestamptz, date)" for how in ("ge", "lt")),
    ),
    Predicate(
        "network",
        "net <<= $1::inet",
        lambda dice: f"10.0.{dice.randrange(256)}.{dice.randrange(256)}",
        ("network_subeq(inet, inet)",),
    ),
)


def measure(company: Company, rounds: int, say: Callable[[str], None], *, write: bool = True) -> None:
    """Measure on a table made for it in both databases, without and with marks; write predicates.json."""
    marks = sorted({mark for p in PREDICATES for mark in p.marks})
    cases: dict[str, dict[str, Any]] = {}
    with company.admin(PLAIN) as plain, company.admin(KEPT) as kept:
        _remove(plain, kept)
        try:
            _make(plain)
            _make(kept)
            run(plain, f"GRANT SELECT ON {TABLE} TO shop")
            _guard(kept)
            for p in PREDICATES:
                cases[f"{p.name}_unmarked"] = _compare(company, p, 3 if p.marks else 200, rounds, say)
            _mark(kept, marks, "LEAKPROOF")
            for p in PREDICATES:
                if p.marks:
                    cases[f"{p.name}_marked"] = _compare(company, p, 200, rounds, say)
        finally:
            _mark(kept, marks, "NOT LEAKPROOF")
            _remove(plain, kept)
        if write:
            ratios = {name: float(case["ratio"]) for name, case in cases.items()}
            report.write("predicates", kept, ratios, {"rows": ROWS, "cases": cases})


def _compare(
    company: Company, predicate: Predicate, executions: int, rounds: int, say: Callable[[str], None]
) -> dict[str, Any]:
    def values(dice: random.Random) -> Values:
        return (predicate.value(dice),)

    plain = Backend(company.url(PLAIN, "shop"), settings=SERIAL)
    kept = Backend(company.url(KEPT, "shop"), purpose="order", settings=SERIAL)
    try:
        case = Case(predicate.name, f"SELECT count(*) FROM {TABLE} WHERE {predicate.condition}", values, executions)
        figures = duel(plain, kept, case, rounds).figures
        plan = kept.plan(case.sql, values(random.Random(1)))
    finally:
        plain.close()
        kept.close()
    say(report.line(predicate.name, figures["ratio"], None, figures))
    about = {"condition": predicate.condition, "functions": predicate.marks, "verdict": predicate.verdict}
    return {**about, **figures, "plan": plan}


def _make(database: Connection) -> None:
    """Rows in which every value is found by its number, with an index for every condition."""
    run(
        database,
        f"""CREATE TABLE {TABLE} AS SELECT n::bigint AS id, 'person ' || n || ' somebody' AS words,
        'Person' || n || '@mail.example' AS email, jsonb_build_object('number', n, 'kind', n % 7) AS facts,
        to_tsvector('simple', 'word' || n || ' common') AS text, n::numeric AS amount,
        '2000-01-01Z'::timestamptz + n * interval '6 hours' AS at, inet '10.0.0.0' + n AS net,
        (ARRAY['new', 'paid', 'shipped'])[1 + n % 3]::order_status AS status, ARRAY['tag' || n, 'all'] AS tags
        FROM generate_series(1, {ROWS}) n""",
    )
    for index in ("(id)", *INDEXES):
        run(database, f"CREATE INDEX ON {TABLE} {index}")


def _guard(kept: Connection) -> None:
    """The same row policy, and the same kind of view, as the purpose `order` has on `orders`."""
    policy = _policy(kept)
    guard = "(SELECT hv_guard FROM orders GROUP BY 1 ORDER BY count(*) DESC LIMIT 1)"
    run(kept, f"ALTER TABLE {TABLE} ADD COLUMN hv_guard bigint")
    run(kept, f"UPDATE {TABLE} SET hv_guard = {guard}")
    run(kept, f"ALTER TABLE {TABLE} ENABLE ROW LEVEL SECURITY")
    run(kept, f"CREATE POLICY hv_order_read ON {TABLE} FOR SELECT TO hv_v_order USING ({policy})")
    run(kept, f"GRANT SELECT ON {TABLE} TO hv_v_order")
    columns = "id, words, email, facts, text, amount, status, tags, at, net"
    run(kept, f'CREATE VIEW "order".{TABLE} AS SELECT {columns} FROM {TABLE}')
    run(kept, f'ALTER VIEW "order".{TABLE} OWNER TO hv_v_order')
    run(kept, f'GRANT SELECT ON "order".{TABLE} TO hv_order')
    run(kept, f"VACUUM (FULL, ANALYZE) {TABLE}")


def _policy(kept: Connection) -> str:
    found = run_query(kept, "SELECT qual FROM pg_policies WHERE tablename = 'orders' AND policyname = 'hv_order_read'")
    return str(found[0][0])


def _mark(kept: Connection, functions: Iterable[str], mark: str) -> None:
    for function in functions:
        run(kept, f"ALTER FUNCTION pg_catalog.{function} {mark}")


def _remove(plain: Connection, kept: Connection) -> None:
    run(kept, f'DROP VIEW IF EXISTS "order".{TABLE}')
    for database in (plain, kept):
        run(database, f"DROP TABLE IF EXISTS {TABLE}")
