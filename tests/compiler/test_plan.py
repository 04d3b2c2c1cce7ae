"""The plan: values in order, closing before opening, each statement with its promise, and readable as SQL."""

from __future__ import annotations

import dataclasses
import os
import re
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from houvast.compiler.apply import Prepared, prepare
from houvast.compiler.piece import Phase
from houvast.compiler.plan import Plan, Registered, Step, Verb, closing_first, difference
from houvast.database import connect, queries
from houvast.policy.model import Period
from tests.compiler import small, whole
from tests.compiler.asking import make_small, name_of, snapshot
from tests.compiler.conftest import Standing

GOLDEN = Path(__file__).parent / "golden" / "small.sql"
REGENERATE = "HOUVAST_GOLDEN"
"""Set it to write the golden file anew, then review the difference."""


def _prepare(url: str, *, everything: bool = False) -> Prepared:
    name, made = name_of(url), whole if everything else small
    with connect(url) as admin:
        return prepare(admin, [made.policy()], made.datamap(name), now=datetime(2026, 11, 25, tzinfo=UTC))


def _text(number: int, step: Step) -> str:
    marks = "".join(f", {mark}" for mark in (["weakens"] if step.weakens else []))
    keeper = ", as houvast_keeper" if step.piece and step.piece.as_keeper else ""
    return f"-- {number}. {step.verb} {step.name} (promise {step.promise}{keeper}{marks})\n{step.sql.strip()};\n"


def as_sql(plan: Plan) -> str:
    """The whole plan as a person reviews it."""
    return "\n".join(_text(number, step) for number, step in enumerate(plan.steps, 1))


def test_the_plan_for_the_small_company_is_the_reviewed_one(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    name = make_small(url)
    found = as_sql(_prepare(url).plan).replace(name, "small_company")
    if REGENERATE in os.environ:
        GOLDEN.write_text(found)
    assert found == GOLDEN.read_text(), f"run the test with {REGENERATE}=1 and review what changed"


def test_no_function_of_the_keeper_waits_for_a_later_step_to_be_closed(fresh_database: Callable[[], str]) -> None:
    """Each step commits by itself: what a step makes is closed in it, whatever becomes of the steps that follow."""
    url = fresh_database()
    make_small(url)
    steps = {step.name: step.sql for step in _prepare(url).plan.steps}
    public = set(re.findall(r"houvast\.(\w+)\(", steps["houvast public functions"])) | {"use_is_open"}
    portable = queries("houvast.compiler", "install.sql")["token_portable"]
    left = [
        name
        for text in (*steps.values(), portable)
        for name, head in re.findall(r"CREATE OR REPLACE FUNCTION houvast\.(\w+)\((.*?)(?:\$|\bBEGIN ATOMIC)", text, re.S)
        if "SECURITY DEFINER" in head and "RETURNS trigger" not in head and name not in public
        and not re.search(rf"REVOKE ALL ON FUNCTION[^;]*houvast\.{name}\b", text)
    ]  # fmt: skip
    assert left == []


def test_planning_changes_nothing(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    make_small(url)
    with connect(url) as admin:
        before = snapshot(admin)
        assert _prepare(url).plan == _prepare(url).plan
        assert snapshot(admin) == before


def test_what_closes_comes_before_what_opens(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    whole.make(url)
    plan = _prepare(url, everything=True).plan
    assert closing_first(plan.steps)
    phases = [s.piece.phase for s in plan.steps if s.piece]
    assert len(phases) == len(plan.steps)
    assert max(n for n, p in enumerate(phases) if p is Phase.CLOSE) < min(
        n for n, p in enumerate(phases) if p is Phase.OPEN
    )
    opening = [s for s in plan.steps if s.piece and s.piece.opens]
    assert opening
    assert all(s.piece and s.piece.phase is Phase.OPEN for s in opening)


def test_rows_are_filled_before_any_policy_opens_them(standing: Standing, fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    make_small(url)
    names = [s.name for s in _prepare(url).plan.steps]
    for table in ("account", "contact", "ticket", "purchase"):
        first = min(
            n
            for n, name in enumerate(names)
            if name.startswith("policy hv_") and name.endswith(f" on {table}") and "keeper" not in name
        )
        assert names.index(f"row security {table}") < names.index(f"fill guard {table}") < first


def test_a_changed_plan_takes_away_before_it_makes(standing: Standing) -> None:
    policy = small.with_term(small.policy(), "question", Period(years=3))
    with connect(standing.url) as admin:
        steps = prepare(admin, [policy], standing.datamap, now=datetime.now(UTC)).plan.steps
    verbs = [s.verb for s in steps]
    assert verbs == sorted(verbs, key=lambda verb: verb is not Verb.TAKE_AWAY)
    assert {s.name for s in steps if s.verb is Verb.TAKE_AWAY} <= {s.name for s in steps if s.verb is Verb.REPLACE}


def test_every_step_knows_its_promise(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    whole.make(url)
    steps = _prepare(url, everything=True).plan.steps
    ours = {"C02", "C03", "C57", "C32", "C34", "C35", "C36", "C37", "C54", "G05", "G06", "G07", "G09", "G10", "G14", "G18",
            "C39", "C40", "C41", "C42", "C43", "C44", "C45", "C46", "C48", "G16", "C24"}  # fmt: skip
    assert {s.promise for s in steps} <= {*whole.policy().promises, *ours}
    assert len({s.promise for s in steps}) >= 10


def test_steps_are_values(standing: Standing) -> None:
    policy = small.with_term(small.policy(), "question", Period(years=3))
    with connect(standing.url) as admin:
        one, other = (
            prepare(admin, [policy], standing.datamap, now=datetime(2026, 11, 25, tzinfo=UTC)).plan for _ in range(2)
        )
    assert one == other
    assert hash(one) == hash(other)
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(one.steps[0], "sql", "")  # noqa: B010 - typed assignment would not compile


def test_a_first_plan_weakens_nothing(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    make_small(url)
    plan = _prepare(url).plan
    assert plan.first
    assert plan.weakening == ()


def test_objects_carry_the_promise_that_they_keep(standing: Standing) -> None:
    """Policies, views, roles, schemas, triggers, functions and tables that Houvast made."""
    with connect(standing.url) as admin:
        silent = admin.execute(_SILENT).fetchall()
    assert silent == []


_SILENT = """
WITH made AS (
    SELECT 'pg_policy'::regclass AS class, oid, polname::text AS name FROM pg_policy WHERE polname ^@ 'hv_'
    UNION ALL SELECT 'pg_trigger', oid, tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname ~ '(^|_)hv_' AND tgname !~ '^hv_decide'
    UNION ALL SELECT 'pg_class', c.oid, c.relname FROM pg_class c WHERE relkind IN ('r', 'v')
        AND relnamespace::regnamespace::text IN ('houvast', 'answer', 'billing', 'marketing')
    UNION ALL SELECT 'pg_proc', oid, proname FROM pg_proc
        WHERE pronamespace::regnamespace::text IN ('answer', 'billing', 'marketing')
    UNION ALL SELECT 'pg_namespace', oid, nspname FROM pg_namespace WHERE nspname IN ('houvast', 'answer', 'billing', 'marketing')
)
SELECT class, name FROM made m WHERE NOT EXISTS (
    SELECT FROM pg_description d WHERE d.classoid = m.class AND d.objoid = m.oid AND d.objsubid = 0 AND d.description ~ '[CGA][0-9]{2}|keeps policy')
UNION ALL SELECT 'pg_authid', rolname FROM pg_roles r WHERE rolname ^@ 'stands_'
    AND coalesce(shobj_description(r.oid, 'pg_authid'), '') !~ 'promise [CGA][0-9]{2}'
"""


def test_a_schema_or_role_that_is_made_otherwise_now_is_never_taken_away(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    make_small(url)
    pieces = _prepare(url).compiled.pieces
    registered = {
        p.name: Registered(p.name, p.kind, n, "made otherwise", p.undo, p.promise, p.opens, p.needs)
        for n, p in enumerate(pieces)
    }
    taken = {s.name for s in difference(pieces, registered).steps if s.verb is Verb.TAKE_AWAY}
    standing = {p.name for p in pieces if p.kind in ("schema", "role", "parameter")}
    assert standing
    assert not taken & standing
