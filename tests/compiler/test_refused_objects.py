"""Logins, objects and names of the application with which the policy could be got round are named, each."""

from __future__ import annotations

import sys
from dataclasses import replace

import pytest

from houvast.database import connect
from houvast.database.server import Server
from houvast.datamap.model import Login
from houvast.errors import DatabaseRefusal, FileErrors
from houvast.policy.model import Purpose, PurposeKind
from tests.compiler import small
from tests.compiler.asking import Refused, keep, name_of, open_use, rows, value
from tests.compiler.refusing import POLICY, mapped, one_finding, refused


def test_an_application_login_that_owns_its_tables_is_named(small_url: str) -> None:
    logins = {**small.datamap("x").logins, small.OWNER: Login(small.OWNER, ("answer",))}
    error = refused(small_url, mapped(small_url, logins=logins, migration_login=small.SUPPORT))
    assert isinstance(error, FileErrors)
    assert {f.code for f in error.findings} == {"owns-tables", "owner"}
    assert "owns tables of the map, so it can switch every rule off" in error.message


@pytest.mark.parametrize(("attribute", "said"), [("SUPERUSER", "is a superuser"), ("BYPASSRLS", "is BYPASSRLS")])
def test_a_login_that_no_policy_holds_is_named(small_url: str, attribute: str, said: str) -> None:
    with connect(small_url) as admin:
        rows(admin, f"CREATE ROLE small_strong LOGIN {attribute}")
    logins = {**small.datamap("x").logins, "small_strong": Login("small_strong", ("answer",))}
    assert said in one_finding(refused(small_url, mapped(small_url, logins=logins)))


def test_a_login_that_is_a_member_of_the_owner_is_named(small_url: str) -> None:
    with connect(small_url) as admin:
        rows(admin, f"GRANT {small.OWNER} TO {small.SUPPORT}")
        try:
            assert "owns-tables" in one_finding(refused(small_url, mapped(small_url)))
        finally:
            rows(admin, f"REVOKE {small.OWNER} FROM {small.SUPPORT}")


def test_a_login_that_the_server_does_not_know_is_named(small_url: str) -> None:
    logins = {**small.datamap("x").logins, "small_ghost": Login("small_ghost", ("answer",))}
    assert "no-login: The server has no role `small_ghost`" in one_finding(
        refused(small_url, mapped(small_url, logins=logins))
    )


def test_a_materialised_view_of_people_is_for_the_purposes_that_the_map_names(server: Server, small_url: str) -> None:
    free = mapped(small_url, materialised={"customers": "not personal"}, totals_for={})
    assert "materialised-open: The materialised view `customers` reads `account`" in one_finding(
        refused(small_url, free)
    )
    keep(small_url, [POLICY], mapped(small_url))
    for login, purpose, may in (
        (small.OFFICE, "billing", True),
        (small.NEWS, "marketing", False),
        (small.COUNTER, "", False),
    ):
        with connect(server.url(name_of(small_url), login)) as session:
            open_use(session, purpose) if purpose else None
            if may:
                assert value(session, "SELECT count(*) FROM customers")
                continue
            with pytest.raises(Refused):
                rows(session, "SELECT FROM public.customers")


def test_a_materialised_view_of_what_a_purpose_has_no_use_for_is_refused(small_url: str) -> None:
    with connect(small_url) as admin:
        rows(admin, "CREATE MATERIALIZED VIEW asked AS SELECT count(*) FROM ticket")
    datamap = mapped(small_url)
    more = replace(
        datamap,
        materialised={**datamap.materialised, "asked": "aggregate"},
        totals_for={**datamap.totals_for, "asked": ("billing",)},
    )
    assert "materialised-unused: The materialised view `asked` is for `billing`" in one_finding(
        refused(small_url, more)
    )


OBJECTS = {
    "a view": ("CREATE VIEW names AS SELECT name FROM contact", "The view `names` reads personal data"),
    "a view over a view": ("CREATE VIEW names AS SELECT name FROM contact_list", "The view `names` reads personal data"),
    "a materialised view": ("CREATE MATERIALIZED VIEW names AS SELECT name FROM contact", "The materialised view `names` reads"),
    "a definer function": (
        "CREATE FUNCTION names() RETURNS bigint LANGUAGE sql SECURITY DEFINER AS 'SELECT count(*) FROM contact'",
        "The function `names()` runs with the rights of `small_owner`",
    ),
    "a view in another schema": (
        "CREATE SCHEMA more; CREATE VIEW more.names AS SELECT name FROM public.contact", "The view `more.names` reads personal data",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", OBJECTS)
def test_what_reads_personal_data_and_is_not_in_the_map_is_named(small_url: str, kind: str) -> None:
    statement, said = OBJECTS[kind]
    with connect(small_url) as admin:
        rows(
            admin,
            f"GRANT CREATE ON DATABASE {name_of(small_url)} TO small_owner; SET ROLE small_owner; {statement}",
        )
    found = one_finding(refused(small_url, mapped(small_url)))
    assert found.startswith("unmentioned")
    assert said in found


def test_a_row_policy_of_the_application_that_lets_rows_through_is_named(small_url: str) -> None:
    with connect(small_url) as admin:
        rows(
            admin,
            "ALTER TABLE contact ENABLE ROW LEVEL SECURITY; CREATE POLICY all_of_it ON contact USING (true)",
        )
    assert "own-policy: Table `contact` has a row policy `all_of_it`" in one_finding(
        refused(small_url, mapped(small_url))
    )


@pytest.mark.parametrize("name", ["hv_answer", "hv_v_answer"])
def test_a_role_name_that_is_taken_is_named(small_url: str, name: str) -> None:
    with connect(small_url) as admin:
        rows(admin, f"CREATE ROLE {name}")
    assert f"role-taken: The server already has a role `{name}`" in one_finding(refused(small_url, mapped(small_url)))


@pytest.mark.parametrize("name", ["answer", "houvast"])
def test_a_schema_name_that_is_taken_is_named_also_when_it_is_empty(small_url: str, name: str) -> None:
    with connect(small_url) as admin:
        rows(admin, f"CREATE SCHEMA {name}")
    assert f"schema-taken: The database already has a schema `{name}`" in one_finding(
        refused(small_url, mapped(small_url))
    )


def test_a_role_or_schema_that_is_taken_is_named_for_a_purpose_that_comes_later_too(small_url: str) -> None:
    keep(small_url, [POLICY], mapped(small_url))
    with connect(small_url) as admin:
        rows(admin, "CREATE SCHEMA thanks; CREATE ROLE hv_thanks")
    later = replace(POLICY, purposes={**POLICY.purposes, "thanks": Purpose("thanks", promise="C07")})
    error = refused(small_url, mapped(small_url), later)
    assert isinstance(error, FileErrors)
    assert [f.code for f in error.findings] == ["schema-taken", "role-taken"]


def test_a_table_that_somebody_holds_for_long_is_named_and_nothing_waits(
    small_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys.modules["houvast.compiler.filling"], "TRIES", 3)
    with connect(small_url, autocommit=False) as busy:
        rows(busy, "SELECT count(*) FROM contact")
        with pytest.raises(DatabaseRefusal, match="stayed locked by somebody else") as found:
            keep(small_url, [POLICY], mapped(small_url))
        assert "apply again" in found.value.todo
        busy.rollback()
    keep(small_url, [POLICY], mapped(small_url))


def test_a_migration_purpose_needs_no_role_of_its_own(small_url: str) -> None:
    """The owner of the tables stays itself."""
    purposes = {
        **POLICY.purposes,
        "migration": Purpose("migration", kind=PurposeKind.MIGRATION, promise="A01"),
    }
    keep(small_url, [replace(POLICY, purposes=purposes)], mapped(small_url))
    with connect(small_url) as admin:
        assert rows(admin, "SELECT 1 FROM pg_roles WHERE rolname = 'hv_migration'") == []
