"""An erasure does what its plan says in one transaction, or nothing; nothing of anybody else is touched."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from houvast.app.erasing import erase, planned
from houvast.database import DatabaseError
from houvast.errors import DatabaseRefusal
from houvast.evidence.kinds import kind
from houvast.rights.plan import Fate, Reason
from tests.rights.office import Office
from tests.sampling import mostly_long

TABLES = ("account", "contact", "household", "household_member", "company", "company_member", "subscription",
          "licence", "orders", "order_line", "invoice", "invoice_line", "ticket", "ticket_message", "mailing_member",
          "profile_value", "post", "sign_in", "business_contact", "engagement")  # fmt: skip


def _state(office: Office, key: int) -> dict[str, Any]:
    """Every row of everybody else, by table; and what is there of this person."""
    of = {"account": "id", "order_line": "hv_owner", "invoice_line": "hv_owner", "ticket_message": "hv_owner"}
    found: dict[str, Any] = {}
    for table in TABLES:
        shared = table in ("household", "company", "business_contact", "engagement")
        other = "true" if shared else f"{of.get(table, 'account_id')} IS DISTINCT FROM {key}"
        keep = "to_jsonb(t) - 'hv_guard' - 'hv_closed'"
        found[table] = office.one(
            f"SELECT coalesce(jsonb_agg({keep} ORDER BY {keep}), '[]') FROM {table} t WHERE {other}"
        )
    return found


def _mine(office: Office, key: int) -> dict[str, int]:
    counted = {"contact": "account_id", "orders": "account_id", "licence": "account_id", "subscription": "account_id",
               "ticket": "account_id", "post": "account_id", "profile_value": "account_id", "sign_in": "account_id",
               "mailing_member": "account_id", "household_member": "account_id", "order_line": "hv_owner",
               "ticket_message": "hv_owner", "invoice": "account_id"}  # fmt: skip
    return {t: office.one(f"SELECT count(*) FROM {t} WHERE {column} = %s", key) for t, column in counted.items()}


def test_what_no_law_keeps_is_gone_and_everybody_else_is_as_before(office: Office) -> None:
    key = office.busiest()
    before = _state(office, key)
    plan = planned(office.target, f"customer:{key}")
    done = erase(office.target, f"customer:{key}", verified_by="code")
    assert done.certificate.plan == plan
    assert _state(office, key) == before
    left = {table: count for table, count in _mine(office, key).items() if count}
    assert set(left) <= {"invoice"}
    assert office.do("SELECT login, country, language, closed_at IS NULL FROM account WHERE id = %s", key) == [
        (None, None, None, False)
    ]
    assert not done.certificate.absence.left


def test_an_invoice_is_kept_by_the_law_until_its_day_and_goes_after_it(office: Office) -> None:
    key = office.one("SELECT account_id FROM invoice ORDER BY id LIMIT 1")
    office.do("UPDATE invoice SET issued_on = '2024-05-06' WHERE account_id = %s", key)
    old = office.one("SELECT min(id) FROM invoice WHERE account_id = %s", key)
    office.do("UPDATE invoice SET issued_on = '2016-12-31' WHERE id = %s", old)
    there = office.one("SELECT count(*) FROM invoice WHERE account_id = %s", key)
    plan = planned(office.target, f"customer:{key}")
    parts = {(part.fate, part.reason, part.count) for part in plan.parts if part.table == "invoice"}
    assert (Fate.ERASED, None, 1) in parts  # the book year 2016 ended seven years ago
    if there > 1:
        kept = next(part for part in plan.parts if part.table == "invoice" and part.fate is Fate.KEPT)
        assert (kept.reason, kept.count, str(kept.until), kept.grounds) == (
            Reason.STATUTE, there - 1, "2031-12-31", ("AWR 52(4)",)
        )  # fmt: skip
    erase(office.target, f"customer:{key}", verified_by="code")
    assert office.one("SELECT count(*) FROM invoice WHERE account_id = %s", key) == there - 1


def test_who_shares_a_household_leaves_it_and_the_last_takes_it_along(office: Office) -> None:
    one, other = office.sharers()
    home = office.one("SELECT household_id FROM household_member WHERE account_id = %s", one)
    office.do("DELETE FROM household_member WHERE household_id = %s AND account_id NOT IN (%s, %s)", home, one, other)
    before = office.do("SELECT name, street FROM household WHERE id = %s", home)
    done = erase(office.target, f"customer:{one}", verified_by="code")
    assert done.certificate.plan.of("household", Fate.LEFT)
    assert office.do("SELECT name, street FROM household WHERE id = %s", home) == before
    assert office.do("SELECT account_id FROM household_member WHERE household_id = %s", home) == [(other,)]
    erase(office.target, f"customer:{other}", verified_by="code")
    assert office.one("SELECT count(*) FROM household WHERE id = %s", home) == 0


def test_the_last_empties_a_household_that_others_have_left(office: Office) -> None:
    one, other = office.sharers()
    home = office.one("SELECT household_id FROM household_member WHERE account_id = %s", one)
    office.do("UPDATE household_member SET left_at = now() WHERE household_id = %s AND account_id <> %s", home, one)
    done = erase(office.target, f"customer:{one}", verified_by="code")
    assert done.certificate.plan.of("household", Fate.EMPTIED)
    assert office.do("SELECT name, street FROM household WHERE id = %s", home) == [("erased", "erased")]
    assert (other,) in office.do("SELECT account_id FROM household_member WHERE household_id = %s", home)


def test_what_a_dispute_holds_is_kept_and_said(office: Office) -> None:
    key = office.one("SELECT account_id FROM ticket ORDER BY id LIMIT 1")
    ticket = office.one("SELECT min(id) FROM ticket WHERE account_id = %s", key)
    office.do("INSERT INTO houvast.hold (case_key, relation, row_key) VALUES ('case-9', 'ticket', %s)", str(ticket))
    office.do("INSERT INTO houvast.hold (case_key, relation, row_key) VALUES ('case-9', 'account', %s)", str(key))
    login = office.one("SELECT login FROM account WHERE id = %s", key)
    done = erase(office.target, f"customer:{key}", verified_by="code")
    kept = {
        (part.table, part.reason, part.grounds) for part in done.certificate.plan.parts if part.reason is Reason.HELD
    }
    assert kept == {("ticket", Reason.HELD, ("case-9",)), ("account", Reason.HELD, ("case-9",))}
    assert office.do("SELECT id FROM ticket WHERE account_id = %s", key) == [(ticket,)]
    assert office.one("SELECT login FROM account WHERE id = %s", key) == login
    assert office.one("SELECT closed_at IS NOT NULL FROM account WHERE id = %s", key)


def test_a_row_that_a_held_row_points_at_is_kept_with_it(office: Office) -> None:
    message, ticket, key = office.do(
        "SELECT m.id, t.id, t.account_id FROM ticket_message m JOIN ticket t ON t.id = m.ticket_id LIMIT 1"
    )[0]
    office.do(
        "INSERT INTO houvast.hold (case_key, relation, row_key) VALUES ('case-9', 'ticket_message', %s)", str(message)
    )
    done = erase(office.target, f"customer:{key}", verified_by="code")
    needed = next(part for part in done.certificate.plan.parts if part.reason is Reason.NEEDED)
    assert (needed.table, needed.count) == ("ticket", 1)
    assert office.do("SELECT id FROM ticket WHERE account_id = %s", key) == [(ticket,)]


STEPS = ("mailing_member", "orders", "contact", "account", "telling", "commit")


@pytest.mark.parametrize("where", mostly_long(STEPS, "orders", "commit"))
def test_a_kill_before_the_end_leaves_everything(office: Office, where: str) -> None:
    key = office.busiest()
    if where == "mailing_member" and not office.one("SELECT count(*) FROM mailing_member WHERE account_id = %s", key):
        office.do("INSERT INTO mailing_member (account_id, list_id) VALUES (%s, 1)", key)
    before = (_state(office, key), _mine(office, key))

    def kill(step: str) -> None:
        if step == where:
            office.do(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE usename = 'officer' AND datname = current_database()"
            )

    with pytest.raises(DatabaseError):
        erase(office.target, f"customer:{key}", verified_by="code", step=kill)
    assert (_state(office, key), _mine(office, key)) == before
    assert office.one("SELECT count(*) FROM houvast.event WHERE kind = 'data_erased'") == 0
    erase(office.target, f"customer:{key}", verified_by="code")  # again is safe
    assert not [table for table, count in _mine(office, key).items() if count and table != "invoice"]


def test_again_changes_nothing(office: Office) -> None:
    key = office.busiest()
    erase(office.target, f"customer:{key}", verified_by="code")
    again = erase(office.target, f"customer:{key}", verified_by="code")
    assert again.certificate.plan.counts()[Fate.ERASED] == 0
    assert not again.certificate.absence.left


def test_two_at_once_is_one(office: Office) -> None:
    key = office.busiest()

    def meanwhile(step: str) -> None:
        if step == "telling":
            with pytest.raises(DatabaseRefusal, match="Somebody else is erasing"):
                erase(office.target, f"customer:{key}", verified_by="code")

    erase(office.target, f"customer:{key}", verified_by="code", step=meanwhile)


def test_what_comes_in_between_stops_it(office: Office) -> None:
    key = office.busiest()
    there = office.one("SELECT count(*) FROM sign_in WHERE account_id = %s", key)

    steps: list[str] = []

    def insert(step: str) -> None:
        steps.append(step)
        if len(steps) == 1:  # before anything of theirs is locked
            office.do("INSERT INTO licence (account_id, product_id, key) VALUES (%s, 1, 'LK-NEW')", key)

    if office.one("SELECT count(*) FROM licence WHERE account_id = %s", key) == 0:
        office.do("INSERT INTO licence (account_id, product_id, key) VALUES (%s, 1, 'LK-OLD')", key)
    with pytest.raises(DatabaseRefusal, match=r"Nothing was erased: of `licence`"):
        erase(office.target, f"customer:{key}", verified_by="code", step=insert)
    assert office.one("SELECT count(*) FROM sign_in WHERE account_id = %s", key) == there


def test_what_comes_in_between_and_would_go_along_stops_it(office: Office) -> None:
    key = office.one("SELECT account_id FROM orders ORDER BY id LIMIT 1")
    for table in (
        "mailing_member",
        "profile_value",
        "post",
    ):  # with which a stand ends, and then nobody writes any more
        office.do(f"DELETE FROM {table} WHERE account_id = {key}")
    there = _mine(office, key)

    def insert(step: str) -> None:
        if step == "orders":  # whose lines are gone already
            office.do("SET lock_timeout = '5s'")
            office.do(
                "INSERT INTO order_line (order_id, line, product_id, quantity, price)"
                " SELECT min(id), 999, 1, 1, 1 FROM orders WHERE account_id = %s",
                key,
            )

    with pytest.raises(DatabaseRefusal, match=r"Nothing was erased: rows would go along with those of `orders`"):
        erase(office.target, f"customer:{key}", verified_by="code", step=insert)
    assert _mine(office, key) == there | {"order_line": there["order_line"] + 1}
    erase(office.target, f"customer:{key}", verified_by="code")
    assert _mine(office, key)["order_line"] == 0


def test_rows_beside_the_map_that_point_here_stop_it_before_anything_is_done(office: Office) -> None:
    key = office.one("SELECT account_id FROM orders ORDER BY id LIMIT 1")
    office.do("ALTER TABLE product ADD COLUMN first_order bigint REFERENCES orders")
    office.do("UPDATE product SET first_order = (SELECT min(id) FROM orders WHERE account_id = %s) WHERE id = 1", key)
    with pytest.raises(DatabaseRefusal, match=r"`product\.first_order` \(at `orders`\).*promise G05"):
        planned(office.target, f"customer:{key}")
    office.do("UPDATE product SET first_order = NULL")
    assert planned(office.target, f"customer:{key}").of("orders", Fate.ERASED)


def test_columns_that_must_hold_something_get_what_means_nothing(office: Office) -> None:
    office.do("ALTER TABLE account ALTER COLUMN login SET NOT NULL, ALTER COLUMN country SET NOT NULL")
    one, other = office.do("SELECT id FROM account WHERE closed_at IS NULL ORDER BY id LIMIT 2")
    for key in (one[0], other[0]):  # login is unique: twice must go
        erase(office.target, f"customer:{key}", verified_by="code")
    found = office.do("SELECT login, country FROM account WHERE id IN (%s, %s)", one[0], other[0])
    assert len({login for login, _ in found}) == 2
    assert all(country == "er" for _, country in found)


def test_a_check_that_refuses_an_emptied_column_is_named_and_nothing_is_done(office: Office) -> None:
    key = office.busiest()
    office.do(
        "ALTER TABLE account ALTER COLUMN country SET NOT NULL, ADD CONSTRAINT real_country CHECK (country ~ '^[A-Z]')"
    )
    before = _mine(office, key)
    with pytest.raises(DatabaseRefusal, match=r"`real_country` of `account`"):
        erase(office.target, f"customer:{key}", verified_by="code")
    assert _mine(office, key) == before


def test_the_log_is_told_and_then_says_no_more_whose_it_was(office: Office) -> None:
    key = office.busiest()
    done = erase(office.target, f"customer:{key}", verified_by="code")
    ((body, sealed, subject),) = office.do(
        "SELECT body, sealed, subject_key FROM houvast.entry WHERE kind = 'data_erased'"
    )
    kind("data_erased").check(body, ())
    assert (sealed, subject) == (None, None)
    assert body["erased"] == done.certificate.plan.counts()["erased"]
    assert office.one("SELECT count(*) FROM houvast.secret WHERE key = %s", str(key)) == 0
    assert office.one("SELECT count(*) FROM houvast.use WHERE person = %s", str(key)) == 0
    assert office.one("SELECT count(*) FROM houvast.entry WHERE subject_key = %s", str(key)) == 0
    assert (done.certificate.entries_closed or 0) > 0
    told = office.one("SELECT body ->> 'certificate_sha256' FROM houvast.event WHERE kind = 'erasure_certified'")
    assert told == done.sha256
    assert json.loads(done.json)["absence"]["left"] == []


def test_a_business_contact_is_gone_as_a_row(office: Office) -> None:
    erase(office.target, "business_contact:3", verified_by="code")
    assert office.one("SELECT count(*) FROM business_contact WHERE id = 3") == 0
    assert office.one("SELECT count(*) FROM engagement WHERE business_contact_id = 3") == 0
    assert office.one("SELECT count(*) FROM houvast.person WHERE kind = 'business_contact' AND key = '3'") == 0


@pytest.fixture
def _slow_reader(office: Office) -> Iterator[None]:
    """Somebody who reads as of a moment from before the erasure, and has not ended."""
    with office.again() as reader:
        reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ")
        reader.execute("SELECT count(*) FROM account")
        yield
        reader.execute("ROLLBACK")


@pytest.mark.usefixtures("_slow_reader")
def test_dead_rows_that_somebody_may_still_see_are_said_to_be_there(office: Office) -> None:
    done = erase(office.target, f"customer:{office.busiest()}", verified_by="code")
    assert done.certificate.vacuumed == ()
    assert "account" in done.certificate.not_vacuumed
    assert "account" in done.certificate.text("nl")


def test_a_request_to_see_is_no_request_to_erase(office: Office) -> None:
    key = office.asks(office.busiest())
    with pytest.raises(DatabaseRefusal, match=r"for erasure is open"):
        erase(office.target, f"customer:{key}")
    assert office.one("SELECT count(*) FROM contact WHERE account_id = %s", key) == 1
