"""After unapply the database is as it was: schema, owners, grants and comments."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from houvast import sample
from houvast.compiler.apply import unapply
from houvast.database import connect
from houvast.database.server import Server
from houvast.datamap import load_datamap
from houvast.datamap.model import DataMap
from houvast.errors import DatabaseRefusal
from houvast.policy import load_versions
from houvast.policy.model import Policy
from tests.compiler import small, whole
from tests.compiler.asking import dump, keep, make_small, name_of, registry, rows, snapshot
from tests.sampling import mostly_long

LEFT = ("role", "houvast_keeper", "")
"""Left on the server by a database that another test dropped; whoever takes back last takes this role too."""
POLICIES = Path(__file__).parents[2] / "policies" / "lakana"


def _take_back(url: str) -> int:
    with connect(url) as admin:
        return unapply(admin, losing_events=True)


def _state(server: Server, url: str) -> tuple[list[tuple[str, str, str | None]], str]:
    with connect(url) as admin:
        return snapshot(admin), dump(server, url)


def _assert_equal_after(
    server: Server, url: str, versions: list[Policy], datamap: DataMap, profile: str = "fast"
) -> None:
    before, text = _state(server, url)
    keep(url, versions, datamap, profile=profile)
    assert _state(server, url)[0] != before
    assert _take_back(url) > 100
    after, again = _state(server, url)
    assert set(after) - set(before) == set()
    assert set(before) - set(after) <= {LEFT}
    assert again == text


@pytest.mark.parametrize("profile", mostly_long(["fast", "portable"], "fast"))
def test_the_small_company_is_as_it_was(server: Server, fresh_database: Callable[[], str], profile: str) -> None:
    url = fresh_database()
    _assert_equal_after(server, url, [small.policy()], small.datamap(make_small(url)), profile)


def test_the_whole_company_is_as_it_was(server: Server, fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    whole.make(url)
    _assert_equal_after(server, url, [whole.policy()], whole.datamap(name_of(url)))


def test_the_sample_company_is_as_it_was(server: Server, fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    _rename(url, "lakana")
    lakana = server.url("lakana")
    try:
        sample.create(lakana, people=500, now=datetime(2026, 11, 25, tzinfo=UTC))
        _assert_equal_after(server, lakana, list(load_versions(POLICIES)), load_datamap(POLICIES / "datamap.yaml"))
    finally:
        _rename(lakana, name_of(url))


def _rename(url: str, name: str) -> None:
    with connect(url.replace(name_of(url), "postgres")) as admin:
        rows(admin, f"ALTER DATABASE {name_of(url)} RENAME TO {name}")


def test_what_was_strange_before_is_strange_again(server: Server, fresh_database: Callable[[], str]) -> None:
    """Row security of the application's own, a login that inherits, grants in an order of their own."""
    url = fresh_database()
    name = make_small(url)
    with connect(url) as admin:
        rows(
            admin,
            "ALTER TABLE contact ENABLE ROW LEVEL SECURITY; CREATE POLICY own ON contact AS RESTRICTIVE TO small_news USING (id = 1)",
        )
        rows(admin, "ALTER TABLE ticket ENABLE ROW LEVEL SECURITY; ALTER TABLE ticket FORCE ROW LEVEL SECURITY")
        rows(admin, "ALTER VIEW contact_list SET (security_barrier = true)")
        rows(
            admin,
            f"REVOKE TEMPORARY ON DATABASE {name} FROM PUBLIC; GRANT TEMPORARY ON DATABASE {name} TO small_counter",
        )
        rows(
            admin,
            "REVOKE ALL ON FUNCTION everybody() FROM PUBLIC; GRANT EXECUTE ON FUNCTION everybody() TO small_news",
        )
    _assert_equal_after(server, url, [small.policy()], small.datamap(name))


def test_apply_works_again_after_unapply_and_gives_the_same(server: Server, fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    datamap = small.datamap(make_small(url))

    def kept() -> tuple[object, ...]:
        keep(url, [small.policy()], datamap)
        with connect(url) as admin:
            return snapshot(admin), registry(admin)

    first = kept()
    _take_back(url)
    assert kept() == first
    assert _take_back(url) > 100


@pytest.mark.long
def test_after_many_policies_everything_goes_all_the_same(server: Server, fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    whole.make(url)
    datamap = whole.datamap(name_of(url))
    less, more = small.policy(), whole.policy()
    before, text = _state(server, url)
    for policy in (more, small.with_term(more, "contact", less.terms[0].plus), more):
        keep(url, [policy], datamap, weaken=True)
    _take_back(url)
    assert _state(server, url) == (before, text)


def test_another_database_of_the_server_goes_on(server: Server, fresh_database: Callable[[], str]) -> None:
    """The keeper serves both; what it was given here goes with this database."""
    one, other = fresh_database(), fresh_database()
    for url, prefix in ((one, "hv"), (other, "ho")):
        make_small(url)
        text = dump(server, url)
        keep(url, [small.policy()], small.datamap(name_of(url), prefix))
    with connect(other) as admin:
        kept = snapshot(admin)
    _take_back(one)
    assert dump(server, one).replace(name_of(one), name_of(other)) == text
    with connect(other) as admin:
        left = snapshot(admin)
        assert [line for line in kept if line not in left and "hv_" not in f"{line}"] == []
        assert keep(other, [small.policy()], small.datamap(name_of(other), "ho")).steps == ()


def test_where_nothing_was_applied_there_is_nothing_to_take_back(fresh_database: Callable[[], str]) -> None:
    with pytest.raises(DatabaseRefusal, match="No policy was applied"):
        _take_back(fresh_database())
