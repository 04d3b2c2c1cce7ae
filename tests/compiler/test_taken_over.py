"""What whoever has taken over the pages, or an agent, could learn or do in transactions of their choice: nothing more."""

from __future__ import annotations

import hashlib
import threading
import time
from collections.abc import Generator
from contextlib import suppress
from itertools import count
from typing import Any

import pytest

from houvast.app import desk
from houvast.database import Connection, DatabaseError, connect
from tests.compiler.asking import Refused, rows, value
from tests.compiler.checks import PEOPLE, VERA, signed_in
from tests.compiler.company import Company
from tests.compiler.staffing import code_of, enrolled
from tests.compiler.test_cases import in_review
from tests.compiler.test_staff import drafted

NOBODY = "nobody@lakana.example"
_numbers = count()


@pytest.fixture
def web(company: Company) -> Generator[Connection]:
    """The login of the pages."""
    url = company.server.url(company.name)
    desk.prepare(url)
    with another(company) as session:
        yield session
    desk.remove(url)


def another(company: Company) -> Connection:
    return connect(company.server.url(company.name, desk.WEB_LOGIN))


def message() -> bytes:
    return hashlib.sha256(str(next(_numbers)).encode()).digest()


@pytest.fixture
def token(company: Company, web: Connection) -> str:
    """That of an agent."""
    company.do("SELECT houvast.register_agent('AG_ONE', 'An agent', 'a@agent.example', 'US_ONE', %s)", b"k" * 32)
    ask = "SELECT houvast.api_agent_token('AG_ONE', 'AG_ONE', 'US_ONE', now(), now() + interval '1 hour', %s)"
    return value(web, ask, message())


def exercised(web: Connection, token: str, address: str) -> Any:
    ask = "SELECT houvast.api_agent_exercise(%s, 'AG_ONE', 'US_ONE', now(), now() + interval '1 hour', %s, 'access', 'r', %s, 'en')"
    return value(web, ask, token, message(), address)


def stands(web: Connection, token: str, number: Any) -> Any:
    try:
        return rows(
            web, "SELECT status, reason, expires_at - received_at FROM houvast.api_agent_status(%s, %s)", token, number
        )
    except DatabaseError as error:
        return error.sqlstate


def test_an_agent_learns_of_no_address_whether_it_is_known(company: Company, web: Connection, token: str) -> None:
    seen: dict[str, list[Any]] = {}
    for address in (VERA, NOBODY):
        one, two = exercised(web, token, address), exercised(web, token, address)
        company.do("SELECT houvast.take_agent_requests()")
        seen[address] = [stands(web, token, one)]
        rows(web, "SELECT houvast.api_agent_revoke(%s, %s)", token, one)
        company.do("SELECT houvast.take_agent_requests()")
        for _ in range(3):
            seen[address].append(stands(web, token, two))
            company.do("UPDATE houvast.agent_request SET received_at = received_at - interval '31 days'")
            company.do("UPDATE houvast.mandate SET asked_at = asked_at - interval '31 days'")
            company.do("SELECT houvast.sweep_mandates(), houvast.sweep_agents()")
    assert seen[VERA] == seen[NOBODY]


def test_an_agent_that_asks_on_and_on_has_nobody_mailed_on_and_on(
    company: Company, web: Connection, token: str
) -> None:
    for _ in range(9):
        number = exercised(web, token, VERA)
        company.do("SELECT houvast.take_agent_requests()")
        rows(web, "SELECT houvast.api_agent_revoke(%s, %s)", token, number)
    assert company.do("SELECT count(*) FROM houvast.outgoing WHERE template = 'mandate'") == [(5,)]


def test_codes_of_staff_are_guessed_ten_times_whatever_is_rolled_back(company: Company, web: Connection) -> None:
    """One who has a code holds it open in two transactions while another guesses: what they give back is their own."""
    number = in_review(company)
    letters = [drafted(web, number, "done", by="staff 9") for _ in range(3)]
    for name in ("staff 1", "staff 2"):
        enrolled(company.admin, name)
    approve, code, wrong = "SELECT houvast.approve_letter(%s, %s, %s)", code_of(company.admin, "staff 1"), 0

    def late(session: Connection) -> None:
        try:
            rows(session, approve, letters[1], "staff 1", code)
        except (DatabaseError, Refused):
            session.execute("ROLLBACK")

    with another(company) as first, another(company) as second, another(company) as third:
        third.execute("SET lock_timeout = '200ms'")
        for _ in range(3):
            rows(first, "BEGIN")
            late_in_first = threading.Thread(target=late, args=(second,))
            with suppress(DatabaseError, Refused):
                rows(first, approve, letters[0], "staff 1", code)
            rows(second, "BEGIN")
            late_in_first.start()
            time.sleep(0.1)
            for guess in range(9):
                try:
                    rows(third, approve, letters[2], "staff 2", f"{guess:06d}")
                except (DatabaseError, Refused) as error:
                    wrong += "wrong" in str(error)
            rows(first, "ROLLBACK")
            late_in_first.join()
            rows(second, "ROLLBACK")
    assert wrong <= 10


def test_a_token_that_came_of_a_session_ends_with_it_also_when_both_happen_at_once(company: Company) -> None:
    secret = signed_in(company)
    session = company.session(PEOPLE, autocommit=False)
    ((made,),) = rows(session, "SELECT token FROM houvast.narrow_session(%s, '{see,copy}', 480)", secret)
    ending = threading.Thread(target=company.do, args=("SELECT houvast.end_session(%s)", secret))
    ending.start()
    time.sleep(0.3)
    session.commit()
    ending.join()
    with pytest.raises(Refused):
        rows(company.session(PEOPLE), "SELECT * FROM houvast.own_requests(%s)", made)


def test_what_an_agent_takes_back_costs_the_same_whether_anybody_is_known(
    company: Company, web: Connection, token: str
) -> None:
    """The size of the log of the database is told to every login: nothing is written for somebody known alone."""
    written: list[int] = []
    for address in (VERA, NOBODY):
        number = exercised(web, token, address)
        company.do("SELECT houvast.take_agent_requests()")
        tables = "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_xact_user_tables"
        company.admin.execute("BEGIN")
        before = value(company.admin, tables)
        rows(company.admin, "SELECT houvast.api_agent_revoke(%s, %s)", token, number)
        written.append(value(company.admin, tables) - before)
        company.admin.execute("ROLLBACK")
    assert written[0] == written[1] > 0


def test_kinds_of_people_may_have_figures_in_their_names(company: Company, web: Connection) -> None:
    take = "SELECT id FROM houvast.take_request(%s, 'access', 'api', 'en')"
    assert value(web, take, "customer2:1") > 0
    for odd in ("customer", ":1", "customer:"):
        with pytest.raises(DatabaseError, match="nobody is known"):
            rows(web, take, odd)
