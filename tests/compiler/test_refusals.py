"""What cannot be kept is refused before anything is done: one clear error each, and the database as it was."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from houvast.compiler.apply import apply, unapply
from houvast.compiler.guard import SHARED_BITS, GuardFull
from houvast.compiler.preflight import preflight
from houvast.database import connect, read_catalogue
from houvast.database.server import Server
from houvast.datamap.model import Circumstance, Column, DataMap, Login, Owner, Table, Where
from houvast.errors import DatabaseRefusal, FileErrors, HouvastError
from houvast.policy.model import Basis, Policy, Purpose, PurposeKind, Use
from tests.compiler import small
from tests.compiler.asking import keep, make_small, name_of, rows, snapshot
from tests.datamap import small as written_map
from tests.policy import small as written_policy

POLICY = small.policy()


@pytest.fixture
def url(fresh_database: Callable[[], str]) -> str:
    """An own database with the small company."""
    made = fresh_database()
    make_small(made)
    return made


def _mapped(url: str, **changed: object) -> DataMap:
    return replace(small.datamap(name_of(url)), **changed)


def refused(url: str, datamap: DataMap, *versions: Policy) -> HouvastError:
    """The refusal of an apply, which leaves the database as it was and says what to do."""
    with connect(url) as admin:
        before = snapshot(admin)
        with pytest.raises(HouvastError) as found:
            keep(url, versions or [POLICY], datamap, weaken=True)
        assert snapshot(admin) == before
    error = found.value
    assert all(f.todo for f in error.findings) if isinstance(error, FileErrors) else error.todo
    return error


def one_finding(error: HouvastError) -> str:
    """The code of the one thing that was found, and what it says."""
    assert isinstance(error, FileErrors)
    assert len(error.findings) == 1, error
    return f"{error.findings[0].code}: {error.findings[0].message} {error.findings[0].todo}"


def test_two_applies_at_once_are_one_too_many(url: str) -> None:
    with connect(url) as first:
        told: list[HouvastError] = []

        def meanwhile(what: str, done: int, total: int) -> None:
            if done == 40 and not told:
                with pytest.raises(DatabaseRefusal, match="Somebody else is applying") as found:
                    keep(url, [POLICY], _mapped(url))
                told.append(found.value)
                with connect(url) as third, pytest.raises(DatabaseRefusal, match="Somebody else is applying"):
                    unapply(third)

        apply(first, [POLICY], _mapped(url), now=datetime.now(UTC), progress=meanwhile)
        assert told[0].todo == "wait until they are done."
    assert keep(url, [POLICY], _mapped(url)).steps == ()


@pytest.mark.parametrize("login", [small.OWNER, small.SUPPORT])
def test_a_login_without_the_rights_may_not_apply(server: Server, url: str, login: str) -> None:
    with connect(url) as admin, connect(server.url(name_of(url), login)) as session:
        before = snapshot(admin)
        with pytest.raises(DatabaseRefusal, match="This login may not apply a policy") as found:
            apply(session, [POLICY], _mapped(url), now=datetime.now(UTC))
        assert "superuser" in found.value.todo
        assert snapshot(admin) == before


def test_an_older_server_is_refused(url: str) -> None:
    with connect(url) as admin:
        catalogue = replace(read_catalogue(admin), version=140012)
    with pytest.raises(DatabaseRefusal, match="This is PostgreSQL 14; Houvast needs 15 or newer") as found:
        preflight(catalogue, [POLICY], _mapped(url))
    assert "upgrade" in found.value.todo


def test_a_map_of_another_database_is_refused(url: str) -> None:
    said = one_finding(refused(url, _mapped(url, database="elsewhere")))
    assert said.startswith("other-database: This map is for the database `elsewhere`")


def _tables(url: str, **changed: Table | None) -> DataMap:
    tables = {n: t for n, t in {**small.MAPPED, **changed}.items() if t is not None}
    return _mapped(url, tables=tables)


def test_a_table_that_is_not_there_is_named_with_what_was_meant(url: str) -> None:
    wrong = replace(small.MAPPED["contact"], name="contacts")
    said = one_finding(refused(url, _tables(url, contact=None, contacts=wrong)))
    assert "no-table" in said
    assert "did you mean `contact`?" in said


def test_a_column_that_is_not_there_is_named_with_what_was_meant(url: str) -> None:
    contact = small.MAPPED["contact"]
    wrong = replace(contact, columns={**contact.columns, "e_mail": Column("e_mail", ("contact",))})
    said = one_finding(refused(url, _tables(url, contact=wrong)))
    assert "no-column: Table `contact` has no column `e_mail`" in said
    assert "did you mean `email`?" in said


def test_every_mistake_is_named_at_once(url: str) -> None:
    contact = replace(small.MAPPED["contact"], columns={"nam": Column("nam", ("contact",))}, owners=(Owner("customer", ("acount_id",)),))
    error = refused(url, _tables(url, contact=contact))
    assert isinstance(error, FileErrors)
    assert [f.code for f in error.findings] == ["no-column", "no-column"]


def test_a_path_that_follows_no_foreign_key_is_refused(url: str) -> None:
    wrong = replace(small.MAPPED["contact"], owners=(Owner("customer", ("name", "account_id")),))
    assert "no-foreign-key" in one_finding(refused(url, _tables(url, contact=wrong)))


def test_a_circumstance_on_a_table_with_a_key_of_two_columns_is_refused(url: str) -> None:
    with connect(url) as admin:
        rows(admin, "CREATE TABLE visit (a int, b int, account_id int REFERENCES account, PRIMARY KEY (a, b)); ALTER TABLE visit OWNER TO small_owner")
    base = _mapped(url)
    wrong = Circumstance("visit.open", "visit", "customer", ("account_id",), Where())
    found = replace(base, circumstances={**base.circumstances, "visit.open": wrong})
    assert "primary key of one column" in one_finding(refused(url, found))


@pytest.mark.parametrize("path", ["ticket_id.ticket_message_id.account_id", "ticket_id.account_id.ticket_id.account_id"])
def test_a_cyclic_path_of_ownership_is_refused_by_check(tmp_path: Path, path: str) -> None:
    written_map.write(tmp_path, "owner: {customer: ticket_id.account_id}", f"owner: {{customer: {path}}}")
    found = [f for f in written_map.findings(tmp_path) if f.code == "owner-cyclic"]
    assert len(found) == 1
    assert found[0].todo


@pytest.mark.parametrize("name", ["public", "an\"swer", "an'swer", "houvast", "Answer", "pg_answer"])
def test_a_purpose_with_a_name_that_would_be_something_else_is_refused_by_check(tmp_path: Path, name: str) -> None:
    quoted = name.replace("'", "''")
    written_policy.write(tmp_path, old="  answer: {label", new=f"  '{quoted}': {{label")
    assert "purpose-name" in [f.code for f in written_policy.findings(tmp_path)]


def test_names_with_quotes_in_the_database_are_quoted(url: str) -> None:
    """Whoever skips `check` gets no injection either."""
    purposes = {**POLICY.purposes, 'a"b\'c': Purpose('a"b\'c', promise="C07")}
    policy = small.with_use(replace(POLICY, purposes=purposes), Use("U9", ("contact",), ('a"b\'c',), (Basis.CONTRACT,), promise="C07"))
    keep(url, [policy], _mapped(url))
    with connect(url) as admin:
        assert rows(admin, "SELECT 1 FROM pg_namespace WHERE nspname = %s", 'a"b\'c') == [(1,)]
        unapply(admin)


def _many(count: int) -> Policy:
    names = [f"reason_{n}" for n in range(count)]
    purposes = {**POLICY.purposes, **{n: Purpose(n, promise="C07") for n in names}}
    uses = tuple(Use(f"M{n}", ("contact",), (n,), (Basis.CONSENT,), promise="C07") for n in names)
    return replace(POLICY, purposes=purposes, uses=(*POLICY.uses, *uses))


def test_more_answers_than_a_guard_holds_are_refused(url: str) -> None:
    error = refused(url, _mapped(url), _many(SHARED_BITS))
    assert isinstance(error, GuardFull)
    assert f"more than {SHARED_BITS}" in error.message


def test_more_cohorts_than_a_guard_holds_are_refused(url: str) -> None:
    """Each version that people may still be held to asks for answers of its own."""
    first = small.policy().effective
    versions: list[Policy] = []
    for number in range(1, SHARED_BITS + 3):
        purposes = {**POLICY.purposes, f"p{number}": Purpose(f"p{number}", promise="C07")}
        use = Use(f"N{number}", ("contact",), (f"p{number}",), (Basis.CONTRACT,), promise="C07")
        before = versions[-1] if versions else POLICY
        versions.append(replace(
            with_use_kept(before, use), version=number, effective=first + timedelta(days=number),
            purposes={**before.purposes, **purposes},
        ))  # fmt: skip
    error = refused(url, _mapped(url), *versions)
    assert isinstance(error, GuardFull)
    assert "versions" in error.message


def with_use_kept(policy: Policy, use: Use) -> Policy:
    """The policy with a use more."""
    return replace(policy, uses=(*policy.uses, use))


def test_more_contestable_columns_than_a_guard_holds_are_refused(url: str) -> None:
    names = [f"c{n}" for n in range(16)]
    with connect(url) as admin:
        rows(admin, "ALTER TABLE contact " + ", ".join(f"ADD COLUMN {n} text" for n in names))
    contact = small.MAPPED["contact"]
    many = {n: Column(n, ("contact",), contestable=True) for n in names}
    error = refused(url, _tables(url, contact=replace(contact, columns={**contact.columns, **many})))
    assert "15" in str(error)


def test_an_application_login_that_owns_its_tables_is_named(url: str) -> None:
    logins = {**small.datamap("x").logins, small.OWNER: Login(small.OWNER, ("answer",))}
    error = refused(url, _mapped(url, logins=logins, migration_login=small.SUPPORT))
    assert isinstance(error, FileErrors)
    assert {f.code for f in error.findings} == {"owns-tables", "owner"}
    assert "owns tables of the map, so it can switch every rule off" in error.message


@pytest.mark.parametrize(("attribute", "said"), [("SUPERUSER", "is a superuser"), ("BYPASSRLS", "is BYPASSRLS")])
def test_a_login_that_no_policy_holds_is_named(url: str, attribute: str, said: str) -> None:
    with connect(url) as admin:
        rows(admin, f"CREATE ROLE small_strong LOGIN {attribute}")
    logins = {**small.datamap("x").logins, "small_strong": Login("small_strong", ("answer",))}
    assert said in one_finding(refused(url, _mapped(url, logins=logins)))


def test_a_login_that_is_a_member_of_the_owner_is_named(url: str) -> None:
    with connect(url) as admin:
        rows(admin, f"GRANT {small.OWNER} TO {small.SUPPORT}")
        try:
            assert "owns-tables" in one_finding(refused(url, _mapped(url)))
        finally:
            rows(admin, f"REVOKE {small.OWNER} FROM {small.SUPPORT}")


def test_a_login_that_the_server_does_not_know_is_named(url: str) -> None:
    logins = {**small.datamap("x").logins, "small_ghost": Login("small_ghost", ("answer",))}
    assert "no-login: The server has no role `small_ghost`" in one_finding(refused(url, _mapped(url, logins=logins)))


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
def test_what_reads_personal_data_and_is_not_in_the_map_is_named(url: str, kind: str) -> None:
    statement, said = OBJECTS[kind]
    with connect(url) as admin:
        rows(admin, f"GRANT CREATE ON DATABASE {name_of(url)} TO small_owner; SET ROLE small_owner; {statement}")
    found = one_finding(refused(url, _mapped(url)))
    assert found.startswith("unmentioned")
    assert said in found


def test_a_row_policy_of_the_application_that_lets_rows_through_is_named(url: str) -> None:
    with connect(url) as admin:
        rows(admin, "ALTER TABLE contact ENABLE ROW LEVEL SECURITY; CREATE POLICY all_of_it ON contact USING (true)")
    assert "own-policy: Table `contact` has a row policy `all_of_it`" in one_finding(refused(url, _mapped(url)))


@pytest.mark.parametrize("name", ["hv_answer", "hv_v_answer"])
def test_a_role_name_that_is_taken_is_named(url: str, name: str) -> None:
    with connect(url) as admin:
        rows(admin, f"CREATE ROLE {name}")
    assert f"role-taken: The server already has a role `{name}`" in one_finding(refused(url, _mapped(url)))


@pytest.mark.parametrize("name", ["answer", "houvast"])
def test_a_schema_name_that_is_taken_is_named_also_when_it_is_empty(url: str, name: str) -> None:
    with connect(url) as admin:
        rows(admin, f"CREATE SCHEMA {name}")
    assert f"schema-taken: The database already has a schema `{name}`" in one_finding(refused(url, _mapped(url)))


def test_a_role_or_schema_that_is_taken_is_named_for_a_purpose_that_comes_later_too(url: str) -> None:
    keep(url, [POLICY], _mapped(url))
    with connect(url) as admin:
        rows(admin, "CREATE SCHEMA thanks; CREATE ROLE hv_thanks")
    later = replace(POLICY, purposes={**POLICY.purposes, "thanks": Purpose("thanks", promise="C07")})
    error = refused(url, _mapped(url), later)
    assert isinstance(error, FileErrors)
    assert [f.code for f in error.findings] == ["schema-taken", "role-taken"]


def test_a_table_that_somebody_holds_for_long_is_named_and_nothing_waits(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("houvast.compiler.apply.TRIES", 3)
    with connect(url, autocommit=False) as busy:
        rows(busy, "SELECT count(*) FROM contact")
        with pytest.raises(DatabaseRefusal, match="stayed locked by somebody else") as found:
            keep(url, [POLICY], _mapped(url))
        assert "apply again" in found.value.todo
        busy.rollback()
    keep(url, [POLICY], _mapped(url))


def test_a_migration_purpose_needs_no_role_of_its_own(url: str) -> None:
    """The owner of the tables stays itself."""
    purposes = {**POLICY.purposes, "migration": Purpose("migration", kind=PurposeKind.MIGRATION, promise="A01")}
    keep(url, [replace(POLICY, purposes=purposes)], _mapped(url))
    with connect(url) as admin:
        assert rows(admin, "SELECT 1 FROM pg_roles WHERE rolname = 'hv_migration'") == []
