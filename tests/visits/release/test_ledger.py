"""The budget is kept by the database: not overspent by many at once, spent once it is spent, and what is published stays."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from houvast.app import Target, desk, releasing
from houvast.app.evidence import Log
from houvast.database import Connection, DatabaseError, connect, run
from houvast.database.refusing import refused
from houvast.errors import DatabaseRefusal, HouvastError, UsageError
from houvast.evidence.verify import verify_file
from houvast.policy.model import Policy
from houvast.visits.release import mechanism, store
from houvast.visits.release.checking import released
from houvast.visits.release.model import Cost, Key, Question, Report
from tests.compiler.staffing import code_of, enrolled
from tests.visits.release.conftest import FIRST, YESTERDAY


def _asked(*keys: Key, share: int = 15, since: date = FIRST, until: date = YESTERDAY) -> Question:
    return Question(keys or (Key.DAY, Key.BROWSER), since, until, share)


def _paid(connection: Connection, question: Question, share: Cost | None = None) -> store.Paid:
    """Paid for in the ledger, past the code."""
    cost = share or Cost(15_000, 150_000)
    with refused():
        row = connection.execute(
            "INSERT INTO houvast.visit_release (question, question_sha256, since, until, rho, delta, pass, paid_by)"
            " VALUES (%s, '', %s, %s, %s, %s, sha256('pass'), 'officer 1') RETURNING id",
            (store.text_of(question), question.since, question.until, cost.rho_millionths, cost.delta_trillionths),
        ).fetchone()
    return store.Paid(int(row[0]) if row else 0, "pass")


def test_a_report_is_composed_published_read_again_and_proved(
    target: Target, admin: Connection, tmp_path: Path
) -> None:
    question = _asked()
    draft = releasing.compose(target, question)
    assert draft.fits
    assert draft.published is None
    before = releasing.budget(target)
    made = releasing.publish(target, question, by="noor", code=code_of(admin, "noor"))
    assert [row.values[0] for row in made.totals] == [str(FIRST + timedelta(days=one)) for one in range(3)]
    assert made.rows
    assert all(row.count > 0 for row in (*made.rows, *made.totals))
    assert releasing.budget(target).left == before.left - draft.cost.rho_millionths
    again = releasing.publish(target, _asked(Key.BROWSER, Key.DAY), by="noor", code="")  # no code: nothing is spent
    assert again.to_bytes() == made.to_bytes()
    assert releasing.compose(target, question).published == made.number
    assert [one.number for one in releasing.reports(target)] == [made.number]
    with target.connect() as connection:
        Log.of(target).integrate(connection)
    receipt = tmp_path / "receipt.json"
    receipt.write_bytes(releasing.report_bytes(target, made.number, "receipt"))
    entry = verify_file(receipt).entry
    assert released(releasing.report_bytes(target, made.number, "json"), entry) == ""
    assert "not the report" in released(made.to_bytes() + b" ", entry)


def test_each_format_has_the_same_numbers_and_the_same_bytes_each_time(target: Target, admin: Connection) -> None:
    made = releasing.publish(target, _asked(), by="noor", code=code_of(admin, "noor"))
    found = {fmt: releasing.report_bytes(target, made.number, fmt, "en") for fmt in ("json", "csv", "pdf")}
    assert found == {fmt: releasing.report_bytes(target, made.number, fmt, "en") for fmt in ("json", "csv", "pdf")}
    assert Report.from_bytes(found["json"]) == made
    lines = [line.split(",") for line in found["csv"].decode("utf-8-sig").splitlines()[1:]]
    assert [line[-2:] for line in lines] == [[str(row.count), str(row.within)] for row in (*made.totals, *made.rows)]
    assert found["pdf"].startswith(b"%PDF")
    with pytest.raises(UsageError, match="no report 999"):
        releasing.report_bytes(target, 999, "json")


def test_reading_again_looks_at_no_visit(target: Target, admin: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    made = releasing.publish(target, _asked(), by="noor", code=code_of(admin, "noor"))

    def again(*_: object) -> None:
        pytest.fail("visits were looked at again")

    monkeypatch.setattr(mechanism, "answer", again)
    assert releasing.publish(target, _asked(), by="noor", code="").number == made.number


def test_the_pages_publish_in_the_name_of_an_officer_with_a_code_and_of_nobody_else(
    target: Target, admin: Connection
) -> None:
    enrolled(admin, "sanne")
    run(admin, "UPDATE houvast.staff SET role = 'support' WHERE name = 'sanne'")
    with connect(target.url_of(desk.WEB_LOGIN)) as web:
        for by, code in (("noor", "000000"), ("nobody", "123456"), ("sanne", code_of(admin, "sanne"))):
            with pytest.raises(DatabaseRefusal):
                releasing.publish(target, _asked(), by=by, code=code, connection=web)
        assert releasing.budget(target, web).spent == 0
        made = releasing.publish(target, _asked(), by="noor", code=code_of(admin, "noor"), connection=web)
        assert releasing.report_bytes(target, made.number, "json", connection=web) == made.to_bytes()
        for statement in ("SELECT * FROM houvast.visit_release", "INSERT INTO houvast.visit_report DEFAULT VALUES"):
            with pytest.raises(DatabaseError, match="permission denied"):
                run(web, statement)


def test_many_at_once_do_not_spend_more_than_there_is(target: Target, admin: Connection) -> None:
    def spend(number: int) -> bool:
        with connect(target.url) as connection:
            try:
                _paid(connection, _asked(Key.DAY, share=number + 1))
            except DatabaseRefusal:
                return False
            return True

    with ThreadPoolExecutor(12) as pool:
        done = sum(pool.map(spend, range(12)))
    assert done == 6  # of 0.1, each 0.015
    assert releasing.budget(target).left == 10_000


def test_what_a_crash_leaves_stays_spent_and_is_not_published_by_anybody_else(
    target: Target, admin: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(mechanism, "answer", crash)
    with pytest.raises(KeyboardInterrupt):
        releasing.publish(target, _asked(), by="noor", code=code_of(admin, "noor"))
    monkeypatch.undo()
    assert releasing.budget(target).spent == 15_000
    assert releasing.reports(target) == ()
    with pytest.raises(DatabaseRefusal, match="being made now"):
        releasing.publish(target, _asked(), by="noor", code=_new_code(admin))
    (number,) = admin.execute("SELECT id FROM houvast.visit_release").fetchone() or (0,)
    with pytest.raises(DatabaseRefusal, match="not the report that was paid for"):
        store.publish(admin, store.Paid(number, "guessed"), b"{}")
    _age(admin, "11 minutes")
    made = releasing.publish(target, _asked(), by="noor", code=_new_code(admin))
    assert made.number != number
    assert releasing.budget(target).spent == 30_000


def _new_code(admin: Connection) -> str:
    """As if half a minute went by: a code serves once."""
    enrolled(admin, "noor")
    return code_of(admin, "noor")


def _age(admin: Connection, by: str) -> None:
    run(admin, f"ALTER TABLE houvast.visit_release DISABLE TRIGGER ALL; UPDATE houvast.visit_release SET at = at - interval '{by}';"
               " ALTER TABLE houvast.visit_release ENABLE TRIGGER ALL")  # fmt: skip


def test_the_period_goes_by_and_what_was_told_of_a_day_does_not(target: Target, admin: Connection) -> None:
    _paid(admin, _asked(share=99), Cost(90_000, 900_000))
    other = _asked(Key.DAY, since=FIRST - timedelta(days=9), until=FIRST - timedelta(days=1))
    with pytest.raises(DatabaseRefusal, match="budget"):
        _paid(admin, other)
    _age(admin, "31 days")
    assert releasing.budget(target).spent == 0
    with pytest.raises(DatabaseRefusal, match="budget"):
        _paid(admin, _asked(Key.DAY))
    assert not releasing.compose(target, _asked(Key.DAY)).fits
    _paid(admin, other)


def test_delta_is_a_budget_too(admin: Connection) -> None:
    with pytest.raises(DatabaseRefusal, match="budget"):
        _paid(admin, _asked(), Cost(1, 2_000_000))


@pytest.mark.parametrize("table", ["visit_release", "visit_report"])
@pytest.mark.parametrize(
    "statement", ["UPDATE houvast.{} SET at = now()", "DELETE FROM houvast.{}", "TRUNCATE houvast.{} CASCADE"]
)
def test_not_even_an_administrator_changes_what_was_spent_and_published(
    target: Target, admin: Connection, table: str, statement: str
) -> None:
    releasing.publish(target, _asked(), by="noor", code=code_of(admin, "noor"))
    with pytest.raises(DatabaseError, match="C24"):
        run(admin, statement.format(table))


def test_a_report_is_the_one_that_was_paid_for(target: Target, admin: Connection) -> None:
    made = releasing.publish(target, _asked(), by="noor", code=code_of(admin, "noor"))
    paid = _paid(admin, _asked(Key.DAY))
    said = json.loads(made.to_bytes())
    for change in ({}, {"number": paid.number}, {"number": paid.number, "question": _asked(Key.DAY).to_json()}):
        content = json.dumps({**said, **change}).encode()
        if len(change) < 2:
            with pytest.raises(DatabaseRefusal, match="not the report that was paid for"):
                store.publish(admin, paid, content)
        else:
            store.publish(admin, paid, content)
    with pytest.raises(DatabaseRefusal, match="not the report that was paid for"):
        store.publish(admin, paid, content)


def test_days_that_are_not_over_and_strange_sites_are_refused(target: Target, admin: Connection) -> None:
    today = datetime.now(UTC).date()
    with pytest.raises(UsageError, match="over"):
        releasing.compose(target, _asked(until=today))
    with pytest.raises(DatabaseRefusal, match="over"):
        _paid(admin, _asked(until=today))
    with pytest.raises(UsageError, match="no site"):
        releasing.compose(target, Question((Key.DAY,), FIRST, YESTERDAY, site="nosuch"))


def test_paying_within_a_transaction_is_refused_for_a_rollback_would_give_it_back(
    target: Target, admin: Connection
) -> None:
    with pytest.raises(RuntimeError), admin.transaction():
        releasing.publish(target, _asked(), by="noor", code="", connection=admin)


def test_the_log_tells_what_was_spent_and_what_was_published(target: Target, admin: Connection) -> None:
    made = releasing.publish(target, _asked(), by="noor", code=code_of(admin, "noor"))
    found = admin.execute(
        "SELECT kind, body FROM houvast.event WHERE kind ~ '^report_' AND body ->> 'report' = %s ORDER BY id",
        (str(made.number),),
    ).fetchall()
    assert [kind for kind, _ in found] == ["report_paid", "report_released"]
    assert found[0][1]["role"] == "officer"
    assert found[1][1] == {"report": made.number, "report_sha256": made.sha256, "rho_millionths": 15_000,
                           "delta_trillionths": 150_000, "rows": len(made.rows) + len(made.totals)}  # fmt: skip


def test_a_policy_without_a_budget_lets_nothing_out(target: Target, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_budget(_policy: Policy) -> None: ...

    monkeypatch.setattr(releasing, "cap_of", no_budget)
    with pytest.raises(HouvastError, match="lets nothing out"):
        releasing.compose(target, _asked())
