"""What cannot be kept is refused before anything is done: one clear error each, and the database as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from houvast.compiler.apply import apply, unapply
from houvast.compiler.guard import SHARED_BITS, GuardFull
from houvast.compiler.preflight import preflight
from houvast.database import connect, read_catalogue
from houvast.database.server import Server
from houvast.datamap.model import Circumstance, Column, DataMap, Owner, Table, Where
from houvast.errors import DatabaseRefusal, FileErrors, HouvastError
from houvast.policy.model import Basis, Policy, Purpose, Use
from tests.compiler import small
from tests.compiler.asking import keep, name_of, rows, snapshot
from tests.compiler.refusing import POLICY, mapped, one_finding, refused
from tests.datamap import small as written_map
from tests.policy import small as written_policy


def test_two_applies_at_once_are_one_too_many(small_url: str) -> None:
    with connect(small_url) as first:
        told: list[HouvastError] = []

        def meanwhile(what: str, done: int, total: int) -> None:
            if done == 40 and not told:
                with pytest.raises(DatabaseRefusal, match="Somebody else is applying") as found:
                    keep(small_url, [POLICY], mapped(small_url))
                told.append(found.value)
                with (
                    connect(small_url) as third,
                    pytest.raises(DatabaseRefusal, match="Somebody else is applying"),
                ):
                    unapply(third, losing_events=True)

        apply(first, [POLICY], mapped(small_url), now=datetime.now(UTC), progress=meanwhile)
        assert told[0].todo == "wait until they are done."
    assert keep(small_url, [POLICY], mapped(small_url)).steps == ()


@pytest.mark.parametrize("login", [small.OWNER, small.SUPPORT])
def test_a_login_without_the_rights_may_not_apply(server: Server, small_url: str, login: str) -> None:
    with connect(small_url) as admin, connect(server.url(name_of(small_url), login)) as session:
        before = snapshot(admin)
        with pytest.raises(DatabaseRefusal, match="This login may not apply a policy") as found:
            apply(session, [POLICY], mapped(small_url), now=datetime.now(UTC))
        assert "superuser" in found.value.todo
        assert snapshot(admin) == before


def test_an_older_server_is_refused(small_url: str) -> None:
    with connect(small_url) as admin:
        catalogue = replace(read_catalogue(admin), version=140012)
    with pytest.raises(DatabaseRefusal, match="This is PostgreSQL 14; Houvast needs 15 or newer") as found:
        preflight(catalogue, [POLICY], mapped(small_url))
    assert "upgrade" in found.value.todo


def test_a_map_of_another_database_is_refused(small_url: str) -> None:
    said = one_finding(refused(small_url, mapped(small_url, database="elsewhere")))
    assert said.startswith("other-database: This map is for the database `elsewhere`")


def _tables(small_url: str, **changed: Table | None) -> DataMap:
    tables = {n: t for n, t in {**small.MAPPED, **changed}.items() if t is not None}
    return mapped(small_url, tables=tables)


def test_a_table_that_is_not_there_is_named_with_what_was_meant(small_url: str) -> None:
    wrong = replace(small.MAPPED["contact"], name="contacts")
    said = one_finding(refused(small_url, _tables(small_url, contact=None, contacts=wrong)))
    assert "no-table" in said
    assert "did you mean `contact`?" in said


def test_a_column_that_is_not_there_is_named_with_what_was_meant(small_url: str) -> None:
    contact = small.MAPPED["contact"]
    wrong = replace(contact, columns={**contact.columns, "e_mail": Column("e_mail", ("contact",))})
    said = one_finding(refused(small_url, _tables(small_url, contact=wrong)))
    assert "no-column: Table `contact` has no column `e_mail`" in said
    assert "did you mean `email`?" in said


def test_every_mistake_is_named_at_once(small_url: str) -> None:
    contact = replace(
        small.MAPPED["contact"],
        columns={"nam": Column("nam", ("contact",))},
        owners=(Owner("customer", ("acount_id",)),),
    )
    error = refused(small_url, _tables(small_url, contact=contact))
    assert isinstance(error, FileErrors)
    assert [f.code for f in error.findings] == ["no-column", "no-column"]


def test_a_path_that_follows_no_foreign_key_is_refused(small_url: str) -> None:
    wrong = replace(small.MAPPED["contact"], owners=(Owner("customer", ("name", "account_id")),))
    assert "no-foreign-key" in one_finding(refused(small_url, _tables(small_url, contact=wrong)))


def test_a_circumstance_on_a_table_with_a_key_of_two_columns_is_refused(small_url: str) -> None:
    with connect(small_url) as admin:
        rows(
            admin,
            "CREATE TABLE visit (a int, b int, account_id int REFERENCES account, PRIMARY KEY (a, b)); ALTER TABLE visit OWNER TO small_owner",
        )
    base = mapped(small_url)
    wrong = Circumstance("visit.open", "visit", "customer", ("account_id",), Where())
    found = replace(base, circumstances={**base.circumstances, "visit.open": wrong})
    assert "primary key of one column" in one_finding(refused(small_url, found))


@pytest.mark.parametrize(
    "path", ["ticket_id.ticket_message_id.account_id", "ticket_id.account_id.ticket_id.account_id"]
)
def test_a_cyclic_path_of_ownership_is_refused_by_check(tmp_path: Path, path: str) -> None:
    written_map.write(tmp_path, "owner: {customer: ticket_id.account_id}", f"owner: {{customer: {path}}}")
    found = [f for f in written_map.findings(tmp_path) if f.code == "owner-cyclic"]
    assert len(found) == 1
    assert found[0].todo


@pytest.mark.parametrize("name", ["public", 'an"swer', "an'swer", "houvast", "Answer", "pg_answer"])
def test_a_purpose_with_a_name_that_would_be_something_else_is_refused_by_check(tmp_path: Path, name: str) -> None:
    quoted = name.replace("'", "''")
    written_policy.write(tmp_path, old="  answer: {label", new=f"  '{quoted}': {{label")
    assert "purpose-name" in [f.code for f in written_policy.findings(tmp_path)]


def test_names_with_quotes_in_the_database_are_quoted(small_url: str) -> None:
    """Whoever skips `check` gets no injection either."""
    purposes = {**POLICY.purposes, "a\"b'c": Purpose("a\"b'c", promise="C07")}
    policy = small.with_use(
        replace(POLICY, purposes=purposes),
        Use("U9", ("contact",), ("a\"b'c",), (Basis.CONTRACT,), promise="C07"),
    )
    keep(small_url, [policy], mapped(small_url))
    with connect(small_url) as admin:
        assert rows(admin, "SELECT 1 FROM pg_namespace WHERE nspname = %s", "a\"b'c") == [(1,)]
        unapply(admin, losing_events=True)


def _many(count: int) -> Policy:
    names = [f"reason_{n}" for n in range(count)]
    purposes = {**POLICY.purposes, **{n: Purpose(n, promise="C07") for n in names}}
    uses = tuple(Use(f"M{n}", ("contact",), (n,), (Basis.CONSENT,), promise="C07") for n in names)
    return replace(POLICY, purposes=purposes, uses=(*POLICY.uses, *uses))


def test_more_answers_than_a_guard_holds_are_refused(small_url: str) -> None:
    error = refused(small_url, mapped(small_url), _many(SHARED_BITS))
    assert isinstance(error, GuardFull)
    assert f"more than {SHARED_BITS}" in error.message


def test_more_cohorts_than_a_guard_holds_are_refused(small_url: str) -> None:
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
    error = refused(small_url, mapped(small_url), *versions)
    assert isinstance(error, GuardFull)
    assert "versions" in error.message


def with_use_kept(policy: Policy, use: Use) -> Policy:
    """The policy with a use more."""
    return replace(policy, uses=(*policy.uses, use))


def test_more_contestable_columns_than_a_guard_holds_are_refused(small_url: str) -> None:
    names = [f"c{n}" for n in range(16)]
    with connect(small_url) as admin:
        rows(admin, "ALTER TABLE contact " + ", ".join(f"ADD COLUMN {n} text" for n in names))
    contact = small.MAPPED["contact"]
    many = {n: Column(n, ("contact",), contestable=True) for n in names}
    error = refused(small_url, _tables(small_url, contact=replace(contact, columns={**contact.columns, **many})))
    assert "15" in str(error)
