"""Nobody gives themselves the token of a use."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import psycopg
import pytest

from houvast.database.server import Server
from tests.compiler.asking import Refused, open_use, rows
from tests.compiler.company import Company, seen
from tests.compiler.conftest import copy_of
from tests.compiler.small import OFFICE, SUPPORT
from tests.compiler.whole import DESK


def _token(company: Company, purpose: str, number: int = 1, who: str = "") -> str:
    return f"hv_{company.number(purpose)}_{number}_{who.encode().hex()}_"


FORGERIES = (
    "SET {s} = '{t}'",
    "SET LOCAL {s} = '{t}'",
    "SELECT set_config('{s}', '{t}', false)",
    "ALTER ROLE CURRENT_USER SET {s} = '{t}'",
)


@pytest.mark.parametrize("way", FORGERIES)
def test_nobody_sets_the_token(company: Company, way: str) -> None:
    token = _token(company, "billing")
    for session in (company.session(OFFICE), company.using(OFFICE, "answer")):
        with pytest.raises(Refused, match="permission denied"):
            rows(session, way.format(s="backtrace_functions", t=token))


def test_nobody_brings_a_token_along_when_connecting(company: Company) -> None:
    setting = quote(f"-c backtrace_functions={_token(company, 'billing')}")
    with pytest.raises(psycopg.OperationalError, match="permission denied"):
        company.session(OFFICE, setting)


def test_a_function_of_ones_own_does_not_set_the_token(company: Company) -> None:
    company.do(f"CREATE SCHEMA own AUTHORIZATION {OFFICE}")
    token = _token(company, "billing")
    with pytest.raises(Refused, match="permission denied"):
        rows(
            company.session(OFFICE),
            f"CREATE FUNCTION own.f() RETURNS int LANGUAGE sql SET backtrace_functions = '{token}' AS 'SELECT 1'",
        )


@pytest.mark.parametrize("profile_forgery", ["another login's", "ended", "made up", "another purpose's", "nonsense"])
def test_in_the_portable_profile_a_forged_token_opens_nothing(
    server: Server, templates: Callable[[str], str], profile_forgery: str
) -> None:
    with copy_of(server, templates("portable"), "portable") as company:
        owner = company.session(SUPPORT if profile_forgery == "another login's" else OFFICE)
        number = open_use(owner, "answer")
        if profile_forgery == "ended":
            rows(owner, "SELECT houvast.close_use(%s)", number)
        purpose = "billing" if profile_forgery == "another purpose's" else "answer"
        token = _token(company, purpose, 999 if profile_forgery == "made up" else number)
        session = company.session(OFFICE)
        rows(session, f"SET houvast.use = '{'hv_x_y' if profile_forgery == 'nonsense' else token}'")
        rows(session, f"SET ROLE wp_{purpose}")
        assert seen(session, f"SELECT id FROM {purpose}.contact") == []


def test_in_the_portable_profile_a_token_for_somebody_else_opens_nothing(
    server: Server, templates: Callable[[str], str]
) -> None:
    with copy_of(server, templates("portable"), "portable") as company:
        session = company.session(DESK)
        number = open_use(session, "account", person=1)
        assert seen(session) == [1]
        rows(session, f"SET houvast.use = '{_token(company, 'account', number, 'customer:2')}'")
        assert seen(session) == []
        rows(session, f"SET houvast.use = '{_token(company, 'account', number, 'customer:1')}'")
        assert seen(session) == [1]
