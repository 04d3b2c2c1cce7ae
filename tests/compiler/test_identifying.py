"""Who is known by an address, a number or a name; and where letters to a person go."""

from __future__ import annotations

import psycopg
import pytest

from houvast.database import Connection, connect
from tests.compiler import small, whole
from tests.compiler.asking import rows, value
from tests.compiler.company import Company
from tests.compiler.conftest import Standing


def by(connection: Connection, sort: str, identifier: str | None) -> list[tuple[str, str]]:
    return rows(connection, "SELECT * FROM houvast.persons_by(%s, %s) ORDER BY 1, 2", sort, identifier)


def test_a_person_is_found_however_the_address_is_written(standing: Standing) -> None:
    with connect(standing.url) as admin:
        for written in ("vera@lakana.example", "Vera@LAKANA.example", "  vera@lakana.example "):
            assert by(admin, "email", written) == [("customer", "1")]
        assert by(admin, "login", "vera") == [("customer", "1")]
        assert by(admin, "login", "VERA") == []


@pytest.mark.parametrize("nothing", [None, "", "   ", "nobody@lakana.example", "%", "_", "vera"])
def test_nobody_is_found_by_nothing(standing: Standing, nothing: str | None) -> None:
    with connect(standing.url) as admin:
        assert by(admin, "email", nothing) == []


def test_an_empty_column_is_nobodys_address(company: Company) -> None:
    with company.admin as admin:
        rows(admin, "UPDATE contact SET email = CASE id WHEN 1 THEN NULL ELSE '' END WHERE id IN (1, 2)")
        assert by(admin, "email", "") == by(admin, "email", None) == []
        assert value(admin, "SELECT houvast.reach_of('customer', '1')") is None
        assert value(admin, "SELECT houvast.reach_of('customer', '2')") is None


def test_two_who_share_an_address_are_both_named(company: Company) -> None:
    with company.admin as admin:
        rows(admin, "UPDATE contact SET email = 'VERA@lakana.example' WHERE id = 2")
        assert by(admin, "email", "vera@lakana.example") == [("customer", "1"), ("customer", "2")]


def test_a_sort_that_nobody_has_finds_nobody_and_one_that_is_none_is_refused(standing: Standing) -> None:
    with connect(standing.url) as admin:
        assert by(admin, "phone", "06 12345678") == []
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="C33"):
            by(admin, "shoe size", "44")


def test_letters_go_to_the_address_on_file(standing: Standing) -> None:
    with connect(standing.url) as admin:
        assert value(admin, "SELECT houvast.reach_of('customer', '1')") == "vera@lakana.example"
        for kind, key in (("customer", "99"), ("nobody", "1"), ("customer", "no number"), ("customer", None)):
            assert value(admin, "SELECT houvast.reach_of(%s, %s)", kind, key) is None


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("+31 6 1234 5678", "31612345678"),
        ("0031-612345678", "31612345678"),
        ("06-12345678", "0612345678"),
        ("geen", ""),
    ],
)
def test_telephone_numbers_are_their_digits(standing: Standing, written: str, compared: str) -> None:
    with connect(standing.url) as admin:
        assert value(admin, "SELECT houvast.normal('phone', %s)", written) == compared


@pytest.mark.parametrize("call", ["persons_by('email', 'vera@lakana.example')", "reach_of('customer', '1')"])
def test_no_login_may_ask(company: Company, call: str) -> None:
    for login in (*small.LOGINS, whole.OFFICER):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(company.session(login), f"SELECT * FROM houvast.{call}")
