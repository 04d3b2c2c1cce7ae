"""To whom a marketing message may go, on what ground, and the way out of it."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

from tests.compiler import small
from tests.compiler.asking import rows, value
from tests.compiler.company import Company
from tests.compiler.test_stands import end, set_


def mailed(company: Company) -> list[tuple[Any, ...]]:
    session = company.using(small.NEWS, "marketing")
    return rows(
        session, "SELECT kind, key, address, ground, since IS NOT NULL, opt_out IS NOT NULL FROM may_mail ORDER BY key"
    )


def may(company: Company, key: int) -> str:
    return value(company.admin, "SELECT houvast.may_send('customer', %s, 'marketing')", str(key))


def test_whom_it_may_write_to_an_application_asks_in_plain_sql(company: Company) -> None:
    assert mailed(company) == [("customer", "3", "xandra@lakana.example", "consent", True, True)]
    set_(company, 1, "own_customer", "marketing")
    assert may(company, 1) == "own customer"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(company.session(small.NEWS), "SELECT * FROM marketing.may_mail")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(company.using(small.OFFICE, "billing"), "SELECT * FROM marketing.may_mail")


def test_of_whom_nobody_asks_nobody_is_weighed(company: Company) -> None:
    asked = "EXPLAIN (COSTS off) SELECT address FROM may_mail WHERE key = '3'"
    plan = "\n".join(row[0] for row in rows(company.using(small.NEWS, "marketing"), asked))
    assert "mail_marketing" not in plan
    assert "= '3'::text" in plan.partition("mail_ground")[0]  # where rows come from, before one is weighed


@pytest.mark.parametrize(
    ("key", "what", "answer"),
    [
        (3, "SELECT houvast.set_stand('customer', '3', 'objected', 'marketing', 'officer')", "refused: objected"),
        (3, "SELECT houvast.set_stand('customer', '3', 'withdrawn', 'marketing', 'officer')", "refused: objected"),
        (3, "SELECT houvast.set_stand('customer', '3', 'restricted', '', 'officer')", "refused: restricted"),
        (3, "UPDATE account SET closed_at = now() WHERE id = 3", "refused: account closed"),
        (3, "UPDATE contact SET email = NULL WHERE account_id = 3", "refused: no address"),
        (3, "SELECT houvast.bounced('customer', '3', 'email', true)", "refused: address in doubt"),
        (1, "SELECT 1", "refused: no ground"),
        (99, "SELECT 1", "refused: no ground"),
    ],
)
def test_why_a_message_may_not_go(company: Company, key: int, what: str, answer: str) -> None:
    company.do(what)
    assert may(company, key) == answer
    assert [row for row in mailed(company) if row[1] == str(key)] == []


def test_an_address_that_objected_gets_nothing_by_another_account_until_that_one_says_yes(company: Company) -> None:
    company.do("UPDATE contact SET email = 'shared@lakana.example' WHERE account_id IN (2, 3)")
    set_(company, 2, "objected", "marketing")
    assert may(company, 3) == "refused: objected"
    company.do("UPDATE mailing SET ended_at = now() WHERE account_id = 3")
    company.do("UPDATE mailing SET ended_at = NULL WHERE account_id = 3")
    assert may(company, 3) == "consent"


@pytest.mark.parametrize("purpose", ["billing", "nothing", None])
def test_what_is_no_marketing_sends_no_messages(company: Company, purpose: str | None) -> None:
    assert str(value(company.admin, "SELECT houvast.may_send('customer', '3', %s)", purpose)).startswith("refused")
    assert (
        value(company.admin, "SELECT houvast.may_send('stranger', '3', 'marketing')")
        == "refused: never to these people"
    )


def test_the_link_in_a_message_ends_it_without_signing_in(company: Company) -> None:
    session = company.using(small.NEWS, "marketing")
    [(code,)] = rows(session, "SELECT opt_out FROM may_mail")
    company.do("SELECT houvast.opt_out(gen_random_uuid())")
    assert may(company, 3) == "consent"
    company.do("SELECT houvast.opt_out(%s)", code)
    company.do("SELECT houvast.opt_out(%s)", code)
    assert may(company, 3) == "refused: objected"
    assert company.do("SELECT source FROM houvast.stand WHERE stand = 'objected' AND key = '3'") == [("opt-out link",)]
    assert rows(session, "SELECT * FROM may_mail") == []


def test_what_was_sent_is_written_down_with_its_ground_and_told(company: Company) -> None:
    company.do("DELETE FROM houvast.event")
    session = company.using(small.NEWS, "marketing")
    sent = "SELECT houvast.sent(kind, key, 'newsletter 2026-11', %s) FROM may_mail"
    controller = company.do("SELECT ''")[0][0]
    assert rows(session, sent, controller) == [("consent",)]
    assert company.do("SELECT kind, key, purpose, message, ground, since IS NOT NULL FROM houvast.message") == [
        ("customer", "3", "marketing", "newsletter 2026-11", "consent", True)
    ]
    assert company.do(
        "SELECT body, sealed ->> 'message', subject_key FROM houvast.event WHERE kind = 'message_sent'"
    ) == [({"ground": "consent", "purpose": "marketing"}, "newsletter 2026-11", "3")]
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="C13"):
        rows(session, sent, "Somebody Else B.V.")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="C13"):
        rows(session, "SELECT houvast.sent('customer', '3', 'to xandra@lakana.example', %s)", controller)
    set_(company, 3, "objected", "marketing")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="C13"):
        rows(session, "SELECT houvast.sent('customer', '3', 'newsletter 2026-11', %s)", controller)
    assert company.do("SELECT count(*) FROM houvast.message") == [(1,)]


def test_only_with_a_use_of_marketing_open_is_anything_sent(company: Company) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(company.session(small.NEWS), "SELECT houvast.sent('customer', '3', 'newsletter', '')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(company.using(small.OFFICE, "billing"), "SELECT houvast.sent('customer', '3', 'newsletter', '')")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        rows(company.using(small.NEWS, "marketing"), "SELECT houvast.opt_out(gen_random_uuid())")


def test_two_are_linked_only_when_both_were_verified_and_object_together(company: Company) -> None:
    link = "SELECT houvast.link_persons('customer', '2', 'customer', '3')"
    for level in (None, 0, 2):
        company.do("DELETE FROM houvast.request")
        company.do("INSERT INTO houvast.request (kind, key, verified_at, level) VALUES ('customer', '2', now(), 2)")
        if level is not None:
            company.do(
                "INSERT INTO houvast.request (kind, key, verified_at, level) VALUES ('customer', '3', now(), %s)", level
            )
        if level != 2:
            with pytest.raises(psycopg.errors.InsufficientPrivilege, match="C35"):
                company.do(link)
    assert (company.do(link), company.do(link)) == ([(True,)], [(False,)])
    set_(company, 2, "objected", "marketing")
    assert may(company, 3) == "refused: objected"
    assert end(company, 3, "objected", "marketing")
    assert company.do("SELECT houvast.unlink_persons('customer', '3', 'customer', '2')") == [(True,)]
    assert company.do("SELECT count(*) FROM houvast.link") == [(0,)]


def test_an_objection_is_weighed_in_writing_and_one_to_marketing_never(company: Company) -> None:
    weigh = "SELECT houvast.weigh('customer', '1', %s, %s)"
    set_(company, 1, "objected", "enforce")
    set_(company, 1, "objected", "marketing")
    with pytest.raises(psycopg.errors.InsufficientPrivilege, match="C13"):
        company.do(weigh, "marketing", "the newsletter is very good")
    for reason in (None, "", "because", "they wrote from vera@lakana.example"):
        with pytest.raises(psycopg.errors.InvalidParameterValue, match="C13"):
            company.do(weigh, "enforce", reason)
    company.do(weigh, "enforce", "the claim runs and goes before")
    assert company.do("SELECT body, sealed FROM houvast.event WHERE kind = 'objection_weighed'") == [
        ({"purpose": "enforce"}, {"reason": "the claim runs and goes before"})
    ]
    with pytest.raises(psycopg.errors.NoDataFound, match="C13"):
        company.do(weigh, "enforce", "the claim runs and goes before")
