"""Who opens what was sent: whom it was granted, with a reason, in the customer's sight; and subcontractors."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from houvast.database.connect import DatabaseError
from houvast.diagnostics import store
from houvast.diagnostics.model import Refused
from tests.compiler.staffing import code_of, enrolled
from tests.diagnostics.help_desk import HelpDesk


def test_nobody_opens_it_before_it_is_accepted_nor_after_the_problem_is_closed(help_desk: HelpDesk) -> None:
    number, follow = help_desk.stated()
    store.grant(help_desk.db, number, "bob", "olaf")
    code = help_desk.sent(follow, b"line 1\n")
    bundle = help_desk.number_of(code)
    help_desk.screened(bundle, 7)
    for step in ("", "submit"):
        if step:
            store.decide(help_desk.db, follow, code, step)
        with pytest.raises(Refused, match="C46"):
            store.opened(help_desk.db, bundle, "to find the cause", "bob")
    store.judge(help_desk.db, bundle, accepts=True, by="anna")
    store.opened(help_desk.db, bundle, "to find the cause", "bob")
    store.close(help_desk.db, number, "anna")
    with pytest.raises(Refused, match="C46"):
        store.opened(help_desk.db, bundle, "to find the cause", "bob")


def test_only_whom_it_was_granted_for_this_problem_opens_it(help_desk: HelpDesk) -> None:
    number, _, _, bundle = help_desk.accepted()
    other, *_ = help_desk.accepted()
    store.grant(help_desk.db, other, "bob", "olaf")
    with pytest.raises(Refused, match="C47"):
        store.opened(help_desk.db, bundle, "to find the cause", "bob")
    store.grant(help_desk.db, number, "bob", "olaf")
    with pytest.raises(Refused, match="C46"):
        store.opened(help_desk.db, bundle, "asked by jan@example.org", "bob")
    store.opened(help_desk.db, bundle, "to find the cause", "bob")
    store.grant(help_desk.db, number, "bob", "olaf", gives=False)
    with pytest.raises(Refused, match="C47"):
        store.opened(help_desk.db, bundle, "to find the cause", "bob")


def test_an_opening_counts_once_it_is_committed_and_reads_once(help_desk: HelpDesk) -> None:
    number, _, _, bundle = help_desk.accepted()
    store.grant(help_desk.db, number, "bob", "olaf")
    with pytest.raises(Refused, match="C46"), help_desk.db.transaction():
        store.opened(help_desk.db, bundle, "to find the cause", "bob")
    use = help_desk.value("SELECT houvast.exchange_open(%s, 'to find the cause', 'bob')", bundle)
    assert help_desk.value("SELECT size FROM houvast.exchange_read(%s, 'bob')", use) == 7
    for who in ("bob", "anna"):
        with pytest.raises(DatabaseError):
            help_desk.value("SELECT size FROM houvast.exchange_read(%s, %s)", use, who)


@pytest.mark.parametrize("closes", [True, False])
def test_an_opening_that_was_recorded_reads_nothing_once_it_is_over(help_desk: HelpDesk, *, closes: bool) -> None:
    number, _, _, bundle = help_desk.accepted()
    store.grant(help_desk.db, number, "bob", "olaf")
    use = help_desk.value("SELECT houvast.exchange_open(%s, 'to find the cause', 'bob')", bundle)
    if closes:
        store.close(help_desk.db, number, "anna")
    else:
        store.grant(help_desk.db, number, "bob", "olaf", gives=False)
    with pytest.raises(DatabaseError, match="C46" if closes else "C47"):
        help_desk.value("SELECT size FROM houvast.exchange_read(%s, 'bob')", use)


@pytest.mark.parametrize(
    ("how", "promise"),
    [
        ({"ago": 3}, "C42"),
        ({"approves": False}, "C42"),
        ({"country": "US", "tool": "eea"}, "C42"),
        ({"country": "CN", "tool": "adequacy"}, "C42"),
    ],
)
def test_a_subcontractor_that_may_not_help_gets_no_grant(
    help_desk: HelpDesk, how: dict[str, Any], promise: str
) -> None:
    number, *_ = help_desk.accepted()

    def granted() -> None:
        help_desk.subcontractor(**how)
        store.grant(help_desk.db, number, "sam", "olaf")

    with pytest.raises(Refused, match=promise):
        granted()


def test_a_subcontractor_helps_with_what_was_granted_and_confirms_in_the_end(help_desk: HelpDesk) -> None:
    number, follow, _, bundle = help_desk.accepted()
    other, *_ = help_desk.accepted()
    firm = help_desk.subcontractor(country="IN", tool="clauses")
    assert store.problems(help_desk.db, "sam") == ()
    store.grant(help_desk.db, number, "sam", "olaf")
    assert [one.number for one in store.problems(help_desk.db, "sam")] == [number]
    store.opened(help_desk.db, bundle, "to find the cause", "sam")
    seen = store.follow(help_desk.db, follow)
    assert seen
    assert [(one.subcontractor, one.country) for one in seen.openings] == [("Helpers BV", "IN")]
    store.choose(help_desk.db, follow, "destroy")
    store.close(help_desk.db, number, "anna")
    store.sweep(help_desk.db)
    store.destroyed(help_desk.db, bundle)
    assert (store.certifiable(help_desk.db), store.unconfirmed(help_desk.db)) == ([], 1)
    with pytest.raises(DatabaseError, match="C48"):
        help_desk.db.execute("UPDATE houvast.exchange SET certificate = 'x', ended_at = now() WHERE id = %s", (number,))
    store.confirm(help_desk.db, number, "sam")
    assert store.certifiable(help_desk.db) == [number]
    store.end(help_desk.db, firm, "olaf")
    with pytest.raises(Refused, match="C42"):
        store.grant(help_desk.db, other, "sam", "olaf")


def test_an_announcement_counts_from_the_day_on_which_it_is_written_down(help_desk: HelpDesk) -> None:
    today: date = help_desk.value("SELECT (now() AT TIME ZONE 'Europe/Amsterdam')::date")
    until, early = today + timedelta(days=300), today - timedelta(days=31)
    with pytest.raises(Refused, match="C42"):
        store.record(help_desk.db, "Helpers BV", "DE", "eea", early, until, early, "olaf")
    number = store.record(help_desk.db, "Helpers BV", "DE", "eea", early, until, None, "olaf")
    dated = "UPDATE houvast.subcontractor SET announced_on = %s WHERE id = %s"
    with pytest.raises(DatabaseError, match="C42"):
        help_desk.db.execute(dated, (early, number))
    help_desk.db.execute(dated, (today, number))
    enrolled(help_desk.db, "oda", "officer")
    store.approve(help_desk.db, number, "oda", code_of(help_desk.db, "oda"))
    (found,) = store.subcontractors(help_desk.db)
    assert found.counts_from == today + timedelta(days=30)


def test_whoever_recorded_a_subcontractor_does_not_approve_it(help_desk: HelpDesk) -> None:
    number = help_desk.subcontractor(approves=False)
    enrolled(help_desk.db, "olaf", "officer")
    with pytest.raises(Refused, match="C42"):
        store.approve(help_desk.db, number, "olaf", code_of(help_desk.db, "olaf"))
    with pytest.raises(DatabaseError, match="C42"):
        help_desk.db.execute("UPDATE houvast.subcontractor SET approved_by = 'oda', approved_at = now()")


def test_an_incident_is_of_a_company_and_holds_facts_alone(help_desk: HelpDesk) -> None:
    for consumer, facts, promise in (
        (True, "an address in line 3", "C45"),
        (False, "of jan@example.org", "C45"),
        (False, "an address in line 3", ""),
    ):
        _, follow = help_desk.stated(consumer=consumer)
        code = help_desk.sent(follow, b"line 1\n")
        bundle = help_desk.number_of(code)
        help_desk.screened(bundle, 7, "findings", 1)
        if promise:
            with pytest.raises(Refused, match=promise):
                store.incident(help_desk.db, bundle, facts, "olaf")
        else:
            store.incident(help_desk.db, bundle, facts, "olaf")
    said = help_desk.exchange.statement("en").warnings_sha256
    assert help_desk.value("SELECT warnings_sha256 FROM houvast.exchange_incident") == said


def test_facts_are_taken_by_whoever_opened_it_and_name_nothing_else(help_desk: HelpDesk) -> None:
    number, _, _, bundle = help_desk.accepted()
    store.grant(help_desk.db, number, "bob", "olaf")
    with pytest.raises(Refused, match="C41"):
        store.learn(help_desk.db, bundle, "Export", "4.2", "TimeoutError", 1, "bob")
    store.opened(help_desk.db, bundle, "to find the cause", "bob")
    with pytest.raises(Refused, match="C41"):
        store.learn(help_desk.db, bundle, "Export", "4.2", "no mailbox jan@example.org", 1, "bob")
    store.learn(help_desk.db, bundle, "Export", "4.2", "TimeoutError", 1, "bob")
    open_words = "SELECT body FROM houvast.event WHERE kind = 'error_fact_taken'"
    assert help_desk.value(open_words) == {"times": 1}  # a name that no detector knows is not published
    columns = {
        row[0]
        for row in help_desk.db.execute(
            "SELECT column_name FROM information_schema.columns WHERE table_name = 'error_fact'"
        ).fetchall()
    }
    assert columns == {"id", "product", "version", "error", "times", "month"}
