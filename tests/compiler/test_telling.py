"""Whatever changes a use or where a person stands writes an event, in the same transaction, by whoever's statement."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from houvast.database import Connection, connect
from tests.compiler import small
from tests.compiler.asking import keep, make_small, open_use, rows, value
from tests.compiler.company import Company
from tests.compiler.small import OFFICE, OWNER, SUPPORT
from tests.compiler.whole import DESK

NO_STATE = {
    "secret": "from what entries are sealed, not where somebody stands",
    "checking": "told as person_checked: a right code at once, tries in vain when the check is swept away",
    "mandate": "told when it is confirmed and when it ends, as a state of the person",
    "passkey": "told when one is added and when it is taken away",
    "ceremony": "what a passkey is to sign, for five minutes",
    "oidc_link": "told when an account is linked and when it is taken away",
    "oidc_visit": "sign-ins that were begun, for ten minutes",
    "opt_out_code": "what stands in a link; following it is told",
    "message": "told as message_sent",
    "step": "told as system_done when it is done; before that nothing was done",
    "mark": "made within a correction, which is told",
    "disclosure": "told as recipient_told when it was told",
    "prepared": "told as copy_handed_out when it is taken; nobody else sees it",
    "bounce": "that mail came back; what follows is that the address is contested",
}
"""Tables with a person's kind and key that hold nothing of their state, and why."""


def told(connection: Connection, kind: str) -> list[tuple[Any, ...]]:
    """What was told of a kind since the last look."""
    found = rows(
        connection,
        "SELECT body, sealed, subject_kind, subject_key FROM houvast.event WHERE kind = %s ORDER BY id",
        kind,
    )
    rows(connection, "DELETE FROM houvast.event")
    return found


def changes(company: Company) -> list[tuple[str, str, str, str | None]]:
    """(what, change, about, whose) of the states that were told."""
    found = told(company.admin, "person_state_changed")
    return [(body["what"], body["change"], sealed["about"], key) for body, sealed, _, key in found]


@pytest.fixture
def quiet(company: Company) -> Company:
    """The company, after what its making told."""
    rows(company.admin, "DELETE FROM houvast.event")
    return company


def test_a_use_is_told_when_it_opens_and_when_it_ends(quiet: Company) -> None:
    session = quiet.session(SUPPORT)
    number = open_use(session, "answer")
    [(body, sealed, kind, _)] = told(quiet.admin, "use_opened")
    assert body == {"purpose": "answer", "login": SUPPORT, "one": ""}
    assert (sealed["use"], sealed["reason"], sealed["client"], sealed["case"], kind) == (
        number,
        "a test",
        "local",
        "",
        None,
    )
    assert sealed["from"] < sealed["until"]
    rows(session, "SELECT houvast.close_use(%s)", number)
    [(body, sealed, _, _)] = told(quiet.admin, "use_closed")
    assert body == {"purpose": "answer", "login": SUPPORT}
    assert sealed["use"] == number
    assert quiet.do("SELECT ended_at::text = (%s::timestamptz)::text FROM houvast.use", sealed["to"]) == [(True,)]


def test_a_use_for_one_person_is_told_with_that_person(quiet: Company) -> None:
    quiet.using(DESK, "account", person=2)
    [(body, _, kind, key)] = told(quiet.admin, "use_opened")
    assert (body["one"], kind, key) == ("person", "customer", "2")


def test_a_use_that_is_rolled_back_tells_nothing(quiet: Company) -> None:
    session = quiet.session(SUPPORT)
    rows(session, "BEGIN")
    open_use(session, "answer")
    rows(session, "ROLLBACK")
    assert told(quiet.admin, "use_opened") == []


def test_a_use_that_somebody_writes_by_hand_is_told_all_the_same(quiet: Company) -> None:
    quiet.do("SET session_replication_role = replica")
    quiet.do(
        "INSERT INTO houvast.use (login, purpose, reason, until) SELECT 'x', number, 'forged', now() FROM houvast.purpose LIMIT 1"
    )
    assert len(told(quiet.admin, "use_opened")) == 1


def test_no_event_says_anything_about_a_person_in_the_open(quiet: Company) -> None:
    quiet.using(DESK, "account", person=2)
    quiet.stand(2, "objected", "marketing")
    bodies = quiet.do("SELECT body::text FROM houvast.event")
    assert len(bodies) >= 2
    assert not [
        body for (body,) in bodies if "customer" in body or '2"' in body or "marketing" in body or "a test" in body
    ]


def test_each_thing_that_a_person_says_is_told_and_its_end(quiet: Company) -> None:
    quiet.stand(1, "objected", "marketing")
    assert changes(quiet) == [("objected", "set", "marketing", "1")]
    quiet.do("UPDATE houvast.stand SET about = 'answer' WHERE stand = 'objected'")
    assert changes(quiet) == [("objected", "ended", "marketing", "1"), ("objected", "set", "answer", "1")]
    quiet.do("UPDATE houvast.stand SET since = now() WHERE stand = 'objected'")
    assert changes(quiet) == []
    quiet.do("DELETE FROM houvast.stand WHERE stand = 'objected'")
    assert changes(quiet) == [("objected", "ended", "answer", "1")]


def test_what_the_application_writes_is_told(quiet: Company) -> None:
    owner = quiet.session(OWNER)
    open_use(owner, "migration")
    rows(owner, "INSERT INTO mailing VALUES (9, 1, NULL)")
    assert changes(quiet) == [("consented", "set", "marketing", "1")]
    rows(owner, "UPDATE account SET closed_at = now() WHERE id = 2")
    assert changes(quiet) == [("closed", "set", "", "2")]
    rows(owner, "INSERT INTO account VALUES (77, 'zoe')")
    assert changes(quiet) == [("known", "set", "", "77")]
    rows(owner, "DELETE FROM account WHERE id = 77")
    assert changes(quiet) == [("known", "ended", "", "77")]


def test_requests_and_holds_are_told_with_whom_they_are_about(quiet: Company) -> None:
    quiet.do("INSERT INTO houvast.request (kind, key) VALUES ('customer', '4')")
    quiet.do("UPDATE houvast.request SET state = 'withdrawn'")
    quiet.do("DELETE FROM houvast.request")
    assert changes(quiet) == [("request", "set", "", "4"), ("request", "ended", "", "4")]
    quiet.do(
        "INSERT INTO houvast.hold (case_key, relation, row_key) VALUES ('7', 'purchase', '4'), ('7', 'household', '1')"
    )
    found = changes(quiet)
    assert sorted(str(whose) for *_, whose in found) == ["1", "2", "4"]
    assert {one[:3] for one in found} == {("hold", "set", "7")}
    quiet.do("DELETE FROM houvast.hold WHERE relation = 'purchase'")
    assert changes(quiet) == [("hold", "ended", "7", "4")]


def test_many_at_once_are_told_one_by_one_in_one_statement(quiet: Company) -> None:
    quiet.do(
        "INSERT INTO houvast.stand (kind, key, stand, about) SELECT 'customer', n::text, 'objected', 'answer' FROM generate_series(1, 4) n"
    )
    assert [one[3] for one in changes(quiet)] == ["1", "2", "3", "4"]


def test_an_objection_is_one_statement_and_told_in_its_transaction(quiet: Company) -> None:
    with quiet.admin.transaction(force_rollback=True):
        quiet.stand(1, "objected", "marketing")
        assert value(quiet.admin, "SELECT count(*) FROM houvast.event") == 1
    assert value(quiet.admin, "SELECT count(*) FROM houvast.event") == 0


def test_what_was_there_before_is_not_told_person_by_person(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    datamap = small.datamap(make_small(url))
    keep(url, [small.policy()], datamap)
    with connect(url) as admin:
        assert value(admin, "SELECT count(*) FROM houvast.stand") > 0
        assert value(admin, "SELECT count(*) FROM houvast.person") > 0
        assert told(admin, "person_state_changed") == []


def test_nobody_but_a_superuser_can_keep_a_change_untold(quiet: Company) -> None:
    """What apply sets while it fills can be set by anybody, and then changes nothing."""
    owner = quiet.session(OWNER)
    open_use(owner, "migration")
    rows(owner, "SET houvast.filling = 'yes'")
    rows(owner, "INSERT INTO mailing VALUES (9, 1, NULL)")
    assert changes(quiet) == [("consented", "set", "marketing", "1")]
    office = quiet.session(OFFICE, "-c%20houvast.filling%3Dyes")
    open_use(office, "answer")
    assert len(told(quiet.admin, "use_opened")) == 1


def untold(connection: Connection) -> dict[str, set[str]]:
    """Table with a person's kind and key -> by which of insert, update and delete nothing is told."""
    tables = {name for (name,) in rows(connection, """
        SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'houvast'::regnamespace AND c.relkind IN ('r', 'p')
        AND 2 = (SELECT count(*) FROM pg_attribute a WHERE a.attrelid = c.oid AND a.attname IN ('kind', 'key'))""")}  # fmt: skip
    tells = rows(connection, """
        SELECT c.relname, t.tgtype FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
        WHERE c.relnamespace = 'houvast'::regnamespace AND t.tgenabled IN ('O', 'A') AND p.prosrc ~ 'houvast\\.tell\\('""")  # fmt: skip
    bits = {"insert": 4, "delete": 8, "update": 16}
    found = {name: {event for event, bit in bits.items()
                    if not any(table == name and kind & bit for table, kind in tells)} for name in tables}  # fmt: skip
    return {name: events for name, events in found.items() if events and name not in NO_STATE}


def test_every_table_of_a_persons_state_tells_what_changes_in_it(company: Company) -> None:
    assert untold(company.admin) == {}
    company.do("CREATE TABLE houvast.mood (kind text, key text, mood text)")
    company.do("DROP TRIGGER hv_tell_stand_update ON houvast.stand")
    assert untold(company.admin) == {"mood": {"insert", "update", "delete"}, "stand": {"update"}}
