"""Houvast's desk is no drift, and whatever opens it to somebody else is, each time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from houvast.app import desk
from houvast.compiler.drift import drift
from houvast.database import connect, run
from tests.compiler import small
from tests.compiler.asking import keep, make_small

OPENINGS = (
    ("GRANT SELECT ON houvast_desk.run TO clerk", "houvast_desk.run: SELECT to clerk"),
    ("GRANT SELECT (result) ON houvast_desk.run TO clerk", "houvast_desk.run.result: SELECT to clerk"),
    ("GRANT USAGE ON SCHEMA houvast_desk TO clerk", "schema houvast_desk: USAGE to clerk"),
    ("GRANT USAGE ON SCHEMA houvast_desk TO PUBLIC", "schema houvast_desk: USAGE to public"),
    ("GRANT CREATE ON SCHEMA houvast_desk TO houvast_web", "schema houvast_desk: CREATE to houvast_web"),
    ("GRANT houvast_web TO clerk", "houvast_web: of it: clerk"),
    ("GRANT boss TO houvast_web", "boss: of it: houvast_web"),
    ("ALTER TABLE houvast_desk.alarm OWNER TO boss", "houvast_desk.alarm: owner boss"),
    ("ALTER ROLE houvast_web BYPASSRLS", "houvast_web: bypassrls"),
    ("CREATE VIEW houvast_desk.people AS SELECT * FROM contact", "houvast_desk.people: view among the tables"),
    (
        "CREATE FUNCTION houvast_desk.f() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'",
        "houvast_desk.f(): definer, owner postgres",
    ),
    ("GRANT SELECT ON contact TO houvast_web", "public.contact: SELECT to houvast_web"),
    ("GRANT SELECT ON houvast.entry TO houvast_web", "houvast.entry: SELECT to houvast_web"),
    ("GRANT UPDATE ON houvast.public_entry TO houvast_web", "houvast.public_entry: UPDATE to houvast_web"),
)

HELD = """SELECT p.proname::text FROM pg_proc p CROSS JOIN LATERAL aclexplode(p.proacl) x WHERE x.grantee = to_regrole('houvast_web')
          UNION SELECT c.relname FROM pg_class c CROSS JOIN LATERAL aclexplode(c.relacl) x
          WHERE x.grantee = to_regrole('houvast_web') AND c.relnamespace = to_regnamespace('houvast') ORDER BY 1"""


@pytest.fixture
def kept(fresh_database: Callable[[], str]) -> str:
    url = fresh_database()
    keep(url, [small.policy()], small.datamap(make_small(url)))
    with connect(url) as admin:
        run(admin, "CREATE ROLE clerk NOLOGIN; CREATE ROLE boss NOLOGIN")
    return url


def test_the_desk_is_no_drift_whether_it_comes_before_or_after_an_apply(kept: str) -> None:
    with connect(kept) as admin:
        before = set(drift(admin))
        desk.prepare(kept)
        run(admin, "CREATE TABLE houvast_desk.made_by_the_pages (id int)")
        desk.prepare(kept)
        assert set(drift(admin)) == before


def test_whatever_opens_the_desk_is_named_also_when_it_was_there_at_the_apply(kept: str) -> None:
    desk.prepare(kept)
    with connect(kept) as admin:
        before = {str(one) for one in drift(admin)}
        for statement, _ in OPENINGS:
            run(admin, statement)
        found = {str(one) for one in drift(admin)} - before
        missed = [words for _, words in OPENINGS if not any(words in line for line in found)]
        assert missed == []
        run(admin, "DROP VIEW houvast_desk.people; DROP FUNCTION houvast_desk.f()")  # which an apply refuses
        keep(kept, [small.policy()], small.datamap(admin.info.dbname))
        again = {str(one) for one in drift(admin)}
        still = [words for _, words in OPENINGS if words.startswith(("houvast_desk.run", "houvast_web", "boss"))]
        assert [words for words in still if not any(words in line for line in again)] == []


def test_the_pages_may_the_same_whether_the_desk_comes_before_or_after_an_apply(
    fresh_database: Callable[[], str],
) -> None:
    url = fresh_database()
    desk.prepare(url)
    keep(url, [small.policy()], small.datamap(make_small(url)))
    with connect(url) as admin:
        before = admin.execute(HELD).fetchall()
        desk.prepare(url)
        assert before == admin.execute(HELD).fetchall()
    assert ("open_case",) in before


def test_a_desk_that_is_removed_leaves_the_pages_nothing_of_the_policy(kept: str) -> None:
    desk.prepare(kept)
    desk.remove(kept)
    with connect(kept) as admin:
        assert admin.execute(HELD).fetchall() == []
