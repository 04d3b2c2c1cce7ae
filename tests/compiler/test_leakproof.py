"""Functions that may be marked LEAKPROOF are attacked: no error, notice or result may tell what stands in a hidden row.

A condition with a marked function looks at a row before the policy does. Each is asked about two hidden rows that differ, with
hostile values, and with ever less of the stack left, which makes a function that calls itself fail or not by what it meets.
The same attack finds what leaks, in functions that must never be marked.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator

import psycopg
import pytest

from houvast.compiler.drift import drift
from houvast.compiler.leakproof import VETTED
from houvast.database import Connection, connect
from houvast.database.server import Server
from tests.compiler import whole
from tests.compiler.asking import column, keep, rows, value
from tests.compiler.company import Company
from tests.sampling import mostly_long

DEEP = '{"a": ' * 90 + "1" + "}" * 90
NEVER = ("textlike(text,text)", "jsonb_contains(jsonb,jsonb)", "ts_match_vq(tsvector,tsquery)")
MAKE = """
CREATE TABLE hidden_{n} (id int, words text, amount numeric, at timestamptz, day date, net inet, facts jsonb, text tsvector, mood mood);
INSERT INTO hidden_{n} VALUES {row};
ALTER TABLE hidden_{n} ENABLE ROW LEVEL SECURITY;
CREATE POLICY nobody ON hidden_{n} USING ((((id | 0) | 0) | 0) = -1 AND id * 1 * 1 * 1 * 1 * 1 * 1 * 1 < 0);
GRANT SELECT ON hidden_{n} TO leak_attacker;
GRANT CREATE ON SCHEMA public TO leak_attacker;
"""
HIDDEN = (
    f"(1, 'Secret', 42, '2026-01-01Z', '2026-01-01', '10.1.2.3', '{DEEP}', 'secret', 'glad')",
    "(1, repeat('x', 9000), 'NaN', '-infinity', 'infinity', '::1', '[]', 'other', 'sad')",
)
DIG = """
CREATE FUNCTION dig(n int, condition text, which int, query tsquery, facts jsonb) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE found bigint;
BEGIN
    IF n > 0 THEN RETURN dig(n - 1, condition, which, query, facts); END IF;
    IF condition = 'text @@ $1' AND which = 1 THEN SELECT count(*) INTO found FROM hidden_1 WHERE text @@ query; RETURN found; END IF;
    IF condition = 'text @@ $1' AND which = 2 THEN SELECT count(*) INTO found FROM hidden_2 WHERE text @@ query; RETURN found; END IF;
    EXECUTE format('SELECT count(*) FROM hidden_%s WHERE %s', which, condition) INTO found USING query, facts;
    RETURN found;
END $$;
CREATE FUNCTION long_query(first text) RETURNS tsquery LANGUAGE plpgsql AS $$
DECLARE made tsquery := 'secret';
BEGIN
    FOR n IN 1..1500 LOOP made := tsquery_and('secret', made); END LOOP;
    RETURN tsquery_and(first::tsquery, made);
END $$;
"""
CONDITIONS = {
    "lower(text)": ("lower(words) = 'secret'", r"lower(words) = E'\\'"),
    "upper(text)": ("upper(words) = 'SECRET'", "upper(words || repeat('\u1e9e', 9)) = 'x'"),
    **{
        f"numeric_{how}(numeric,numeric)": (f"amount {sign} 42", f"amount {sign} 'NaN'", f"amount {sign} 1e130000")
        for how, sign in zip(("eq", "ne", "lt", "le", "gt", "ge"), ("=", "<>", "<", "<=", ">", ">="), strict=True)
    },
    "enum_eq(anyenum,anyenum)": ("mood = 'glad'",),
    **{
        f"timestamptz_{how}_date(timestamp with time zone,date)": (
            f"at {sign} date '2026-01-01'",
            f"at {sign} date '5874897-12-31'",
            f"timestamptz '2026-01-01Z' {sign} day",
        )
        for how, sign in zip(("eq", "ne", "lt", "le", "gt", "ge"), ("=", "<>", "<", "<=", ">", ">="), strict=True)
    },
    "network_sub(inet,inet)": ("net << inet '10.0.0.0/8'", "net << inet '::/0'"),
    "network_subeq(inet,inet)": ("net <<= inet '10.1.2.3'", "net <<= inet '::/0'"),
    "jsonb_exists(jsonb,text)": ("facts ? 'a'", "facts ? ''"),
    "jsonb_object_field_text(jsonb,text)": ("facts ->> 'a' = '1'", "facts ->> '' IS NULL"),
}
LEAKS = {
    "textlike(text,text)": "words LIKE E'Secre\\\\'",
    "jsonb_contains(jsonb,jsonb)": "facts @> $2",
    "ts_match_vq(tsvector,tsquery)": "text @@ $1",
}
"""Conditions that fail for the one row and not for the other, in the end by the letter."""


@pytest.fixture(scope="module")
def marked(server: Server) -> Generator[Connection]:
    """Who may read two rows of which the policy shows none, in a database where every function in question is marked."""
    with connect(server.url()) as admin:
        rows(admin, "CREATE DATABASE leaks")
        rows(admin, "DROP ROLE IF EXISTS leak_attacker; CREATE ROLE leak_attacker LOGIN")
    try:
        with connect(server.url("leaks")) as admin:
            rows(admin, "CREATE TYPE mood AS ENUM ('glad', 'sad')")
            for number, row in enumerate(HIDDEN, 1):
                rows(admin, MAKE.replace("{n}", str(number)).replace("{row}", row))
            for function in (*VETTED, *NEVER):
                rows(admin, f"ALTER FUNCTION pg_catalog.{function} LEAKPROOF")
        with connect(server.url("leaks", "leak_attacker")) as attacker:
            rows(attacker, DIG)
            rows(
                attacker, "SET plan_cache_mode = force_generic_plan"
            )  # a plan that was made before the stack was used up
            yield attacker
    finally:
        with connect(server.url()) as admin:
            rows(admin, "DROP DATABASE leaks WITH (FORCE)")
            rows(admin, "DROP ROLE leak_attacker")


def told(attacker: Connection, depth: int, condition: str, which: int, query: str = "NULL") -> str:
    """Everything that an attacker learns of one row. `query`: SQL of $1, made before the stack is used up, as $2 is."""
    try:
        return str(value(attacker, f"SELECT dig(%s, %s, %s, {query}, %s)", depth, condition, which, DEEP))
    except psycopg.Error as error:
        return f"{error.sqlstate} {error.diag.message_primary}"


def bottom(attacker: Connection) -> int:
    """How deep one can dig before the stack ends, whatever is asked there."""
    assert told(attacker, 0, "true", 1) == "0"
    low, high = 0, 4000
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if told(attacker, middle, "true", 1) == "0" else (low, middle)
    return low


def differences(attacker: Connection, condition: str, depths: Iterator[int], query: str = "NULL") -> list[int]:
    return [n for n in depths if told(attacker, n, condition, 1, query) != told(attacker, n, condition, 2, query)]


def test_every_vetted_function_is_attacked() -> None:
    assert set(CONDITIONS) == set(VETTED)
    assert not set(VETTED) & set(NEVER)


def test_a_vetted_function_tells_nothing_of_a_hidden_row_at_any_depth(marked: Connection) -> None:
    end = bottom(marked)
    for function, conditions in CONDITIONS.items():
        twin = function.split("(")[0].removesuffix("_date").endswith(("_ne", "_le", "_gt", "_ge"))
        for number, condition in enumerate(conditions):
            depths = iter((0,) if twin or number else (0, *range(end - 3, end + 2)))
            assert differences(marked, condition, depths) == [], condition


def test_a_marked_function_is_asked_before_the_policy_so_that_the_attack_can_succeed(marked: Connection) -> None:
    plan = "\n".join(column(marked, "EXPLAIN SELECT count(*) FROM hidden_1 WHERE lower(words) = 'secret'"))
    assert plan.index("lower(words)") < plan.index("id | 0")


@pytest.mark.parametrize("function", mostly_long(NEVER, NEVER[0]))
def test_the_same_attack_tells_what_a_function_leaks_that_is_never_marked(marked: Connection, function: str) -> None:
    end = bottom(marked)
    query = "long_query('secret')" if function.startswith("ts_match") else "NULL"
    depths = iter((0, *range(end - 6, end + 1), *range(end - 60, end - 6, 9)))
    assert differences(marked, LEAKS[function], depths, query)


def test_marks_are_made_when_asked_for_stay_and_are_taken_back(company: Company) -> None:
    url, datamap = company.server.url(company.name), whole.datamap(company.name, "wf")

    def marks() -> set[str]:
        found = column(company.admin, "SELECT oid::regprocedure::text FROM pg_proc WHERE proleakproof")
        return set(found) & set(VETTED)

    assert marks() == set()
    keep(url, [whole.policy()], datamap, leakproof=True)
    assert marks() == set(VETTED)
    keep(url, [whole.policy()], datamap)
    assert marks() == set(VETTED)
    company.do("ALTER FUNCTION lower(text) NOT LEAKPROOF")
    named = [(one.change, one.identity, one.piece) for one in drift(company.admin) if one.kind == "leakproof"]
    assert named == [("gone", "lower(text)", "leakproof lower(text)")]
    keep(url, [whole.policy()], datamap)
    assert marks() == set(VETTED)


@pytest.mark.parametrize("function", NEVER)
def test_a_function_that_is_known_to_leak_is_named_each_time(company: Company, function: str) -> None:
    company.do(f"ALTER FUNCTION pg_catalog.{function} LEAKPROOF")
    keep(company.server.url(company.name), [whole.policy()], whole.datamap(company.name, "wf"))
    named = [one for one in drift(company.admin) if one.kind == "leakproof" and one.detail.endswith("known to leak")]
    assert [one.identity for one in named] == [function]
    assert "NOT LEAKPROOF" in named[0].todo
