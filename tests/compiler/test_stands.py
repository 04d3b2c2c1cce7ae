"""Where people come to stand, and what follows for and from their addresses."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import psycopg
import pytest

from houvast.compiler.drift import drift
from tests.compiler import small
from tests.compiler.asking import Refused, rows, value
from tests.compiler.company import Company
from tests.compiler.staffing import approved
from tests.compiler.whole import OFFICER, SITE


def stands(company: Company, key: int) -> set[tuple[str, str]]:
    return {(r[0], r[1]) for r in company.do("SELECT stand, about FROM houvast.stand WHERE key = %s", str(key))}


def asks(company: Company, key: int) -> None:
    """It was checked that this person asks for something."""
    company.do("INSERT INTO houvast.request (kind, key, verified_at, level) SELECT 'customer', %s, now(), 2"
               " WHERE NOT houvast.asked_by('customer', %s)", str(key), str(key))  # fmt: skip


def set_(company: Company, key: int, stand: str, about: str = "") -> bool:
    asks(company, key)
    return value(company.admin, "SELECT houvast.set_stand('customer', %s, %s, %s)", str(key), stand, about)


def end(company: Company, key: int, stand: str, about: str = "") -> bool:
    asks(company, key)
    return value(company.admin, "SELECT houvast.end_stand('customer', %s, %s, %s)", str(key), stand, about)


def seen(company: Company, login: str, purpose: str, table: str = "contact") -> list[Any]:
    session = company.using(login, purpose)
    return [r[0] for r in rows(session, f"SELECT account_id FROM {table} ORDER BY 1")]


def told(company: Company) -> list[tuple[Any, ...]]:
    return company.do(
        "SELECT body ->> 'what', body ->> 'change', sealed ->> 'about', subject_key FROM houvast.event"
        " WHERE kind = 'person_state_changed' ORDER BY id"
    )


def test_a_stand_is_set_once_told_and_ended_once(company: Company) -> None:
    asks(company, 3)
    company.do("DELETE FROM houvast.event")
    assert (set_(company, 3, "objected", "marketing"), set_(company, 3, "objected", "marketing")) == (True, False)
    assert seen(company, small.NEWS, "marketing") == []
    assert (end(company, 3, "objected", "marketing"), end(company, 3, "objected", "marketing")) == (True, False)
    assert told(company) == [("objected", "set", "marketing", "3"), ("objected", "ended", "marketing", "3")]
    assert seen(company, small.NEWS, "marketing") == [3]


@pytest.mark.parametrize("call", ["set_stand('customer', '99', 'stopped')", "end_stand('customer', NULL, 'stopped')",
                                  "set_stand('nobody', '1', 'stopped')", "bounced('customer', '99')"])  # fmt: skip
def test_nobody_stands_nowhere(company: Company, call: str) -> None:
    with pytest.raises(psycopg.errors.NoDataFound, match="C33"):
        company.do(f"SELECT houvast.{call}")


def test_a_purpose_or_a_stand_that_nobody_knows_changes_nothing(company: Company) -> None:
    before = stands(company, 3)
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="C05"):
        set_(company, 3, "objected", "marketting")
    with pytest.raises(psycopg.errors.CheckViolation):
        set_(company, 3, "happy")
    assert stands(company, 3) == before


def test_withdrawing_takes_every_yes_and_stays_when_the_row_is_filled_or_touched_again(company: Company) -> None:
    assert seen(company, small.NEWS, "marketing") == [3]
    assert set_(company, 3, "withdrawn", "marketing")
    assert stands(company, 3) == {("objected", "marketing"), ("withdrawn", "marketing")}
    assert seen(company, small.NEWS, "marketing") == []
    assert [one for one in drift(company.admin) if one.change == "wrong"] == []


def test_a_withdrawn_yes_does_not_come_back_by_itself_and_a_new_one_does(company: Company) -> None:
    set_(company, 1, "consented", "community")
    assert set_(company, 1, "withdrawn", "community")
    assert stands(company, 1) == {("withdrawn", "community")}
    assert seen(company, SITE, "community", "hobby") == []
    assert not set_(company, 1, "withdrawn", "community")
    assert set_(company, 1, "consented", "community")
    assert stands(company, 1) == {("consented", "community")}


def test_a_yes_in_the_application_stays_withdrawn_until_it_is_given_anew(company: Company) -> None:
    company.do("INSERT INTO houvast.stand (kind, key, stand, about) VALUES ('customer', '3', 'withdrawn', 'marketing')")
    company.do("DELETE FROM houvast.stand WHERE stand = 'consented' AND key = '3'")
    company.do("UPDATE mailing SET id = 11 WHERE account_id = 3")
    assert stands(company, 3) == {("withdrawn", "marketing")}
    company.do("UPDATE mailing SET ended_at = now() WHERE account_id = 3")
    company.do("UPDATE mailing SET ended_at = NULL WHERE account_id = 3")
    assert stands(company, 3) == {("consented", "marketing")}


def test_a_restriction_ends_only_after_the_person_was_told(company: Company) -> None:
    def tell(number: int) -> int:
        body = "We will use your data again from tomorrow on, because you asked us to correct them."
        company.do(
            "SELECT houvast.draft_letter(%s, NULL, 'lifting', 'en', 'Your data', %s, '', 'staff 1')", number, body
        )
        return company.do("SELECT max(id) FROM houvast.letter")[0][0]

    asks(company, 1)
    asks(company, 2)
    ours, theirs = (company.do("SELECT id FROM houvast.request WHERE key = %s", key)[0][0] for key in "12")
    before = tell(ours)
    approved(company.admin, before)
    company.do("SELECT * FROM houvast.send_letter(%s)", before)
    set_(company, 1, "restricted")
    set_(company, 1, "told")  # by hand, as once was enough
    other = tell(theirs)
    approved(company.admin, other)
    company.do("SELECT * FROM houvast.send_letter(%s)", other)
    letter = tell(ours)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="G06"):
        end(company, 1, "restricted")
    approved(company.admin, letter)
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="G06"):
        end(company, 1, "restricted")
    assert ("restricted", "") in stands(company, 1)
    company.do("SELECT * FROM houvast.send_letter(%s)", letter)
    assert end(company, 1, "restricted")
    assert stands(company, 1) == set()
    set_(company, 1, "restricted")
    with pytest.raises(psycopg.errors.ObjectNotInPrerequisiteState, match="G06"):
        end(company, 1, "restricted")


def erase(company: Company, key: int) -> None:
    company.do("DELETE FROM mailing WHERE account_id = %s", key)
    company.do("DELETE FROM contact WHERE account_id = %s", key)
    company.do("DELETE FROM account WHERE id = %s", key)
    assert stands(company, key) == set()


def register(company: Company, key: int, email: str) -> None:
    company.do("INSERT INTO account VALUES (%s, 'again')", key)
    company.do("INSERT INTO contact (account_id, name, email) VALUES (%s, 'Again', %s)", key, email)
    company.do("INSERT INTO mailing VALUES (%s, %s, NULL)", key, key)


def test_who_objected_was_erased_and_comes_back_is_not_marketed_to(company: Company) -> None:
    assert seen(company, small.NEWS, "marketing") == [3]
    set_(company, 3, "objected", "marketing")
    erase(company, 3)
    register(company, 60, " XANDRA@lakana.example")
    register(company, 61, "somebody.else@lakana.example")
    assert seen(company, small.NEWS, "marketing") == [61]
    assert ("objected", "marketing") in stands(company, 60)


def test_an_import_and_a_change_back_honour_the_objection_too(company: Company) -> None:
    set_(company, 3, "withdrawn", "marketing")
    erase(company, 3)
    company.do("INSERT INTO account SELECT g, 'login ' || g FROM generate_series(70, 75) g")
    with company.admin.cursor() as cursor, cursor.copy("COPY contact (account_id, name, email) FROM STDIN") as copy:
        for key in range(70, 75):
            copy.write_row((key, "Import", "xandra@lakana.example" if key == 72 else f"new{key}@lakana.example"))
    company.do("INSERT INTO mailing SELECT g, g FROM generate_series(70, 74) g")
    assert seen(company, small.NEWS, "marketing") == [70, 71, 73, 74]
    company.do("UPDATE contact SET email = 'Xandra@Lakana.example' WHERE account_id = 74")
    assert seen(company, small.NEWS, "marketing") == [70, 71, 73]


def test_taking_an_objection_back_frees_the_addresses(company: Company) -> None:
    set_(company, 3, "objected", "marketing")
    end(company, 3, "objected", "marketing")
    erase(company, 3)
    register(company, 60, "xandra@lakana.example")
    assert seen(company, small.NEWS, "marketing") == [60]


def test_what_is_remembered_is_a_keyed_digest(company: Company) -> None:
    set_(company, 3, "objected", "marketing")
    halves = dict(company.do("SELECT key, secret FROM houvast.secret WHERE kind = 'houvast'"))
    key = bytes(b ^ 0x36 for b in halves["suppression inside"])
    assert key == bytes(b ^ 0x5C for b in halves["suppression outside"])
    wanted = hmac.new(key, b"email:xandra@lakana.example", hashlib.sha256).digest()
    assert [r[0] for r in company.do("SELECT hash FROM houvast.suppressed")] == [wanted]
    assert value(company.admin, "SELECT houvast.address_hash('email', '  ')") is None


def test_three_bounces_or_one_letter_put_an_address_in_doubt_until_it_is_changed(company: Company) -> None:
    lies = value(company.admin, "SELECT houvast.place_of('customer', 'email')")
    with pytest.raises(psycopg.errors.InvalidParameterValue, match="C37"):
        company.do("SELECT houvast.bounced('customer', '1', 'login')")
    times = [value(company.admin, "SELECT houvast.bounced('customer', '1')") for _ in range(3)]
    assert times == [1, 2, 3]
    assert ("contested", lies) in stands(company, 1)
    company.do("UPDATE contact SET email = 'vera.new@lakana.example' WHERE account_id = 1")
    assert ("contested", lies) not in stands(company, 1)
    assert value(company.admin, "SELECT houvast.bounced('customer', '1')") == 1


def test_an_address_that_is_new_cools_down_however_it_came(company: Company) -> None:
    def cooling(key: int) -> bool:
        return value(company.admin, "SELECT houvast.cooling_down('customer', %s, 'email')", str(key))

    assert not any(cooling(key) for key in (1, 2, 3))
    company.do("UPDATE contact SET email = upper(email), name = 'x' WHERE account_id = 1")
    assert not cooling(1)
    company.do("UPDATE contact SET email = 'other@lakana.example' WHERE account_id = 1")
    company.do("DELETE FROM contact WHERE account_id = 2")
    assert [cooling(key) for key in (1, 2, 3)] == [True, True, False]
    assert company.do("SELECT address, template, blank FROM houvast.outgoing ORDER BY queued_at") == [
        ("VERA@LAKANA.EXAMPLE", "contact_changed", False),
        ("wim@lakana.example", "contact_changed", False),
    ]
    company.do("UPDATE houvast.contact_change SET at = at - interval '3 days'")
    assert not cooling(1)
    company.do("INSERT INTO contact (account_id, email) VALUES (2, 'thief@lakana.example')")
    assert cooling(2)
    company.do("UPDATE contact SET email = 'third@lakana.example' WHERE account_id = 1")


@pytest.mark.parametrize("call", ["set_stand('customer', '1', 'stopped')", "end_stand('customer', '1', 'stopped')",
                                  "bounced('customer', '1')", "address_hash('email', 'x')", "addresses_of('customer', '1')"])  # fmt: skip
def test_no_login_may_call_these(company: Company, call: str) -> None:
    for login in (*small.LOGINS, SITE):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            rows(company.session(login), f"SELECT houvast.{call}")


def notices(company: Company) -> list[Any]:
    return [
        r[0]
        for r in company.do(
            "SELECT address FROM houvast.outgoing WHERE template = 'contact_changed' ORDER BY queued_at"
        )
    ]


def cools(company: Company, key: int = 1) -> bool:
    return value(company.admin, "SELECT houvast.cooling_down('customer', %s, 'email')", str(key))


@pytest.mark.parametrize("way", ["beside", "in its place", "in its place, later"])
def test_an_address_cools_down_however_it_came_and_the_old_one_hears_of_it(company: Company, way: str) -> None:
    company.do("UPDATE houvast.person SET collected_at = now() - interval '2 years'")
    assert not cools(company)
    if way != "beside":
        company.do("DELETE FROM contact WHERE account_id = 1")
    if way.endswith("later"):
        company.do("DELETE FROM houvast.contact_change")
    company.do("INSERT INTO contact (account_id, name, email) VALUES (1, 'V', 'thief@lakana.example')")
    assert cools(company)
    assert notices(company) == ["vera@lakana.example"]


def test_whoever_registers_now_has_no_address_that_cools_down(company: Company) -> None:
    register(company, 60, "yet.another@lakana.example")
    assert not cools(company, 60)
    assert notices(company) == []


def test_notices_of_a_changed_address_are_limited_and_swept(company: Company) -> None:
    for number in range(8):
        company.do("UPDATE contact SET email = %s WHERE account_id = 1", f"v{number}@lakana.example")
    assert notices(company) == ["vera@lakana.example", "v0@lakana.example", "v1@lakana.example"]
    company.do("UPDATE houvast.contact_change SET at = at - interval '31 days'")
    company.do("SELECT houvast.sweep_checks()")
    assert company.do("SELECT count(*) FROM houvast.contact_change") == [(0,)]


def test_a_weak_check_after_a_changed_address_opens_nothing(company: Company) -> None:
    request = "INSERT INTO houvast.request (kind, key, verified_at, level) VALUES ('customer', '1', clock_timestamp(), %s) RETURNING id"
    company.do(request, 2)
    company.using(OFFICER, "rights", person="1")
    company.do("UPDATE contact SET email = 'thief@lakana.example' WHERE account_id = 1")
    company.using(OFFICER, "rights", person="1")  # checked before the change
    company.do("DELETE FROM houvast.request")
    company.do(request, 2)
    with pytest.raises(Refused, match="C37"):
        company.using(OFFICER, "rights", person="1")
    company.do(request, 4)
    company.using(OFFICER, "rights", person="1")


def test_nobody_changes_by_hand_where_a_person_stands_before_it_was_checked_who_asks(company: Company) -> None:
    set_stand = "SELECT houvast.set_stand('customer', '1', %s, %s, %s)"
    company.do("INSERT INTO houvast.request (kind, key) VALUES ('customer', '1')")  # of which nobody was checked
    company.do(
        "INSERT INTO houvast.request (kind, key, verified_at) VALUES ('customer', '2', now())"
    )  # somebody else's
    everything = (
        "objected",
        "restricted",
        "stopped",
        "withdrawn",
        "contested",
        "consented",
        "own_customer",
        "allowed",
        "accepted",
    )
    for stand in everything:
        with pytest.raises(Refused, match="C35"):
            company.do(set_stand, stand, "community", "houvast")
    for stand in everything[:5]:
        with company.admin.transaction(force_rollback=True):
            company.do(set_stand, stand, "community", "officer")
    for stand in everything[5:]:
        for source in ("officer", "person", "opt-out link"):
            with pytest.raises(Refused, match="C35"):
                company.do(set_stand, stand, "community", source)
    company.do(set_stand, "stopped", "", "officer")
    assert value(
        company.admin, "SELECT houvast.end_stand('customer', '1', 'stopped')"
    )  # their own doubt ends with them
    company.stand(1, "stopped")
    with pytest.raises(Refused, match="C35"):
        company.do("SELECT houvast.end_stand('customer', '1', 'stopped')")
    with pytest.raises(Refused, match="C35"):
        company.do("SELECT houvast.need_request('customer', '1')")
    asks(company, 1)
    assert value(company.admin, "SELECT houvast.end_stand('customer', '1', 'stopped')")
    company.do("SELECT houvast.need_request('customer', '1')")
