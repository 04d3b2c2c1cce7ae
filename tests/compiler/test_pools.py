"""A connection pool takes a recorded use for one transaction, of its own login, while it lasts."""

from __future__ import annotations

import pytest

from houvast.database import Connection
from tests.compiler.asking import Refused, open_use, rows, value
from tests.compiler.company import CONTACTS, Company, role_prefix, seen
from tests.compiler.small import OFFICE, SUPPORT
from tests.compiler.whole import DESK


def _entered(session: Connection, number: int, text: str = CONTACTS) -> list[int]:
    with session.transaction():
        rows(session, "SELECT houvast.enter_use(%s)", number)
        return seen(session, text)


def test_a_pooled_use_holds_for_one_transaction_only(either_company: Company) -> None:
    number = open_use(either_company.session(SUPPORT), "answer")
    pooled = either_company.session(SUPPORT)
    assert _entered(pooled, number) == [1]
    assert value(pooled, "SELECT current_user::text") == SUPPORT
    assert seen(pooled) == []
    rows(pooled, f"SET ROLE {role_prefix(either_company)}_answer")
    assert seen(pooled, "SELECT id FROM answer.contact") == []


def test_a_pooled_use_that_is_rolled_back_leaves_nothing(either_company: Company) -> None:
    number = open_use(either_company.session(SUPPORT), "answer")
    pooled = either_company.session(SUPPORT, autocommit=False)
    rows(pooled, "SELECT houvast.enter_use(%s)", number)
    assert seen(pooled) == [1]
    pooled.rollback()
    assert value(pooled, "SELECT current_user::text") == SUPPORT
    assert seen(pooled) == []


def test_a_pooled_use_does_not_outlive_a_savepoint(either_company: Company) -> None:
    number = open_use(either_company.session(SUPPORT), "answer")
    pooled = either_company.session(SUPPORT)
    rows(pooled, "BEGIN; SAVEPOINT here")
    rows(pooled, "SELECT houvast.enter_use(%s)", number)
    assert seen(pooled) == [1]
    rows(pooled, "ROLLBACK TO here")
    assert value(pooled, "SELECT current_user::text") == SUPPORT
    rows(pooled, f"SET LOCAL ROLE {role_prefix(either_company)}_answer")
    assert seen(pooled, "SELECT id FROM answer.contact") == []


def test_nobody_enters_a_use_of_another_login(either_company: Company) -> None:
    number = open_use(either_company.session(SUPPORT), "answer")
    with pytest.raises(Refused, match="no such use open") as refusal:
        _entered(either_company.session(OFFICE), number)
    assert "(promise C02)" in str(refusal.value)
    assert refusal.value.diag.message_hint


def test_nobody_enters_a_use_that_has_ended(either_company: Company) -> None:
    session = either_company.session(SUPPORT)
    number = open_use(session, "answer")
    rows(session, "SELECT houvast.close_use(%s)", number)
    with pytest.raises(Refused, match="no such use open"):
        _entered(either_company.session(SUPPORT), number)


def test_nobody_enters_a_use_that_is_past_its_time(either_company: Company) -> None:
    number = open_use(either_company.session(SUPPORT), "answer")
    either_company.do("UPDATE houvast.use SET until = now() - interval '1 second'")
    with pytest.raises(Refused, match="no such use open"):
        _entered(either_company.session(SUPPORT), number)


def test_nobody_enters_a_use_that_has_not_been_committed(either_company: Company) -> None:
    session = either_company.session(SUPPORT, autocommit=False)
    number = open_use(session, "answer")
    with pytest.raises(Refused, match="no such use open"):
        _entered(either_company.session(SUPPORT), number)
    rows(session, "RESET ROLE")
    with pytest.raises(Refused, match="no such use open"):
        rows(session, "SELECT houvast.enter_use(%s)", number)


def test_who_is_no_longer_a_member_enters_no_use(either_company: Company) -> None:
    number = open_use(either_company.session(SUPPORT), "answer")
    role = f"{role_prefix(either_company)}_answer"
    either_company.do(f"REVOKE {role} FROM {SUPPORT}")
    try:
        with pytest.raises(Refused):
            _entered(either_company.session(SUPPORT), number)
    finally:
        either_company.do(f"GRANT {role} TO {SUPPORT} WITH INHERIT FALSE, SET TRUE")


def test_a_pooled_use_for_one_person_stays_with_that_person(either_company: Company) -> None:
    number = open_use(either_company.session(DESK), "account", person=2)
    assert _entered(either_company.session(DESK), number) == [2]
