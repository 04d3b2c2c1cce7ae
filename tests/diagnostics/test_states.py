"""The database keeps the exchange: nothing is opened before it was accepted, nor by whom it was not granted."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest

from houvast.database import connect
from houvast.database.connect import DatabaseError
from houvast.diagnostics import store
from houvast.diagnostics.model import MOST, Part, Refused
from houvast.diagnostics.sealing import LEAST, PIECE
from tests.diagnostics.help_desk import HelpDesk


def test_from_request_to_certificate(help_desk: HelpDesk) -> None:
    number, follow, code, bundle = help_desk.accepted()
    store.grant(help_desk.db, number, "bob", "olaf")
    content = store.opened(help_desk.db, bundle, "to find the cause", "bob")
    assert (content.code, content.size, len(content.parts)) == (code, 7, 1)
    seen = store.follow(help_desk.db, follow)
    assert seen
    assert [(one.role, one.reason, one.subcontractor) for one in seen.openings] == [
        ("support", "to find the cause", "")
    ]
    store.learn(help_desk.db, bundle, "Lakana Export", "4.2", "TimeoutError in step 4", 3, "bob")
    assert help_desk.value("SELECT count(*) FROM houvast.error_fact") == 1
    store.choose(help_desk.db, follow, "destroy")
    store.close(help_desk.db, number, "anna")
    store.sweep(help_desk.db)
    assert store.to_destroy(help_desk.db) == [(bundle, code)]
    store.destroyed(help_desk.db, bundle)
    assert store.certifiable(help_desk.db) == [number]
    store.certify(help_desk.db, number)
    ended = store.follow(help_desk.db, follow)
    assert ended
    assert str(code) in ended.certificate
    for kind, body in (("exchange_moved", {"step": "asked"}), ("exchange_stated", {}),
                       ("bundle_moved", {"after": "accepted"}), ("bundle_screened", {"outcome": "clean"}),
                       ("bundle_opened", {"role": "support"}), ("error_fact_taken", {}),
                       ("exchange_certified", {"choice": "destroy"})):  # fmt: skip
        assert help_desk.told(kind, **body) == 1, kind


def test_a_link_works_once_and_only_its_hash_is_kept(help_desk: HelpDesk) -> None:
    until = datetime.now(UTC) + timedelta(days=7)
    number, token = store.ask(help_desk.db, "2231", "the log", "it stops", until, purpose="fix", by="anna")
    assert store.asked(help_desk.db, token)
    assert store.begin(help_desk.db, token)
    assert store.begin(help_desk.db, token) is None
    assert store.asked(help_desk.db, token) is None
    assert not help_desk.value("SELECT count(*) FROM houvast.exchange_link l WHERE l::text LIKE %s", f"%{token}%")
    older = store.link(help_desk.db, number, "anna")
    store.link(help_desk.db, number, "anna")
    assert store.begin(help_desk.db, older) is None


def test_a_new_link_gives_nobody_the_page_while_something_that_was_sent_is_here(help_desk: HelpDesk) -> None:
    number, _ = help_desk.stated()
    follow = store.begin(help_desk.db, store.link(help_desk.db, number, "anna"))
    assert follow  # nothing was sent: a customer who lost the page comes back
    help_desk.exchange.state(help_desk.db, follow, "en")
    before = store.link(help_desk.db, number, "anna")
    code = help_desk.sent(follow, b"line 1\n")
    with pytest.raises(Refused, match="C46"):
        store.begin(help_desk.db, before)
    with pytest.raises(Refused, match="C46"):
        store.begin(help_desk.db, store.link(help_desk.db, number, "anna"))
    assert store.follow(help_desk.db, follow)
    store.decide(help_desk.db, follow, code, "withdraw")
    assert store.begin(help_desk.db, store.link(help_desk.db, number, "anna"))


def test_what_was_accepted_is_taken_back_after_the_end_and_nothing_else(help_desk: HelpDesk) -> None:
    number, follow, code, _ = help_desk.accepted()
    waits = help_desk.sent(follow, b"line 2\n")

    def seen() -> list[bool]:
        return [store.content_back(help_desk.db, follow, one) is not None for one in (code, waits)]

    assert seen() == [False, False]
    store.choose(help_desk.db, follow, "return")
    assert seen() == [False, False]
    store.close(help_desk.db, number, "anna")
    assert seen() == [True, False]


def test_what_is_asked_has_an_end_and_no_personal_data(help_desk: HelpDesk) -> None:
    soon = datetime.now(UTC) + timedelta(days=7)
    for wants, until, purpose, promise in (
        ("the mails of jan@example.org", soon, "fix", "C44"),
        ("the log", soon + timedelta(days=100), "fix", "C39"),
        ("the log", soon, "marketing", "C46"),
    ):
        with pytest.raises(Refused, match=promise):
            store.ask(help_desk.db, "2231", wants, "it stops", until, purpose=purpose, by="anna")


def test_nothing_comes_in_without_the_statement_of_now(help_desk: HelpDesk) -> None:
    _, follow = help_desk.ask()
    with pytest.raises(Refused, match="C43"):
        help_desk.exchange.begin(help_desk.db, follow, 10, "a.log")
    store.state(help_desk.db, follow, "en", "0" * 64, "0" * 64)
    with pytest.raises(Refused, match="C43"):
        help_desk.exchange.begin(help_desk.db, follow, 10, "a.log")
    help_desk.exchange.state(help_desk.db, follow, "nl")
    assert help_desk.exchange.begin(help_desk.db, follow, 10, "a.log")


def test_a_statement_that_is_made_again_is_written_down_once(help_desk: HelpDesk) -> None:
    _, follow = help_desk.ask()
    for language in ("en", "en", "nl", "en", "nl"):
        help_desk.exchange.state(help_desk.db, follow, language)
    assert help_desk.value("SELECT count(*) FROM houvast.exchange_statement") == 2
    assert help_desk.told("exchange_stated") == 2


def test_one_link_fills_neither_the_disk_nor_the_log(help_desk: HelpDesk) -> None:
    number, follow = help_desk.stated()
    whole = store.send(help_desk.db, follow, MOST - 10, "log")
    assert store.send(help_desk.db, follow, 10, "log")
    with pytest.raises(Refused, match="C39"):
        store.send(help_desk.db, follow, 1, "log")
    store.decide(help_desk.db, follow, whole, "withdraw")
    many = ("INSERT INTO houvast.bundle (exchange, statement, format, size)"
            " SELECT b.exchange, b.statement, b.format, 1 FROM houvast.bundle b, generate_series(1, 198)"
            " WHERE b.code = %s")  # fmt: skip
    help_desk.db.execute(many, (whole,))
    help_desk.db.execute("UPDATE houvast.bundle SET state = 'withdrawn' WHERE ended_at IS NULL")
    with pytest.raises(Refused, match="C39"):
        store.send(help_desk.db, follow, 1, "log")
    assert help_desk.value("SELECT count(*) FROM houvast.bundle WHERE exchange = %s", number) == 200


def test_of_two_that_begin_at_once_the_second_is_counted_after_the_first(help_desk: HelpDesk) -> None:
    _, follow = help_desk.stated()
    seen: list[str] = []

    def second() -> None:
        with connect(help_desk.office.target.url) as other:
            try:
                store.send(other, follow, MOST, "log")
            except Refused:
                seen.append("refused")

    racer = threading.Thread(target=second)
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with help_desk.db.transaction():
        store.send(help_desk.db, follow, MOST, "log")
        racer.start()
        until = time.monotonic() + 20
        while not help_desk.value(waits) and time.monotonic() < until:
            time.sleep(0.02)
            help_desk.db.execute("SELECT pg_stat_clear_snapshot()")
    racer.join(20)
    assert seen == ["refused"]


@pytest.mark.parametrize(
    ("size", "place", "taken"),
    [(LEAST - 1, "000000000000-0a0b0c0d", False), (PIECE + 1, "000000000000-0a0b0c0d", False),
     (LEAST, "000000000000-0a0b0c0d", True)],
)  # fmt: skip
def test_a_piece_that_is_not_the_last_has_a_size_of_its_own(
    help_desk: HelpDesk, size: int, place: str, *, taken: bool
) -> None:
    _, follow = help_desk.stated()
    code = help_desk.exchange.begin(help_desk.db, follow, 2 * PIECE, "a.log")
    assert store.add_part(help_desk.db, follow, code, Part(0, size, place)) is taken
    with pytest.raises(DatabaseError):
        store.add_part(help_desk.db, follow, code, Part(size if taken else 0, LEAST, "../other"))


@pytest.mark.parametrize(("outcome", "found"), [("findings", 3), ("not_screened", 0)])
def test_what_holds_something_or_cannot_be_read_is_never_accepted(
    help_desk: HelpDesk, outcome: str, found: int
) -> None:
    _, follow = help_desk.stated()
    code = help_desk.sent(follow, b"line 1\n")
    bundle = help_desk.number_of(code)
    help_desk.screened(bundle, 7, outcome, found)
    with pytest.raises(Refused, match="C44"):
        store.decide(help_desk.db, follow, code, "submit")
    for state in ("submitted", "accepted"):
        with pytest.raises(DatabaseError):
            help_desk.db.execute(
                "UPDATE houvast.bundle SET state = %s, accepted_by = 'x' WHERE id = %s", (state, bundle)
            )
    assert help_desk.state_of(code) == "screened"


def test_a_screening_of_half_of_it_is_none(help_desk: HelpDesk) -> None:
    _, follow = help_desk.stated()
    code = help_desk.sent(follow, b"line 1\n")
    help_desk.screened(help_desk.number_of(code), 6)
    with pytest.raises(Refused, match="C44"):
        store.decide(help_desk.db, follow, code, "submit")


def test_a_problem_that_nobody_closes_ends_by_itself(help_desk: HelpDesk) -> None:
    number, follow, code, bundle = help_desk.accepted()
    store.grant(help_desk.db, number, "bob", "olaf")
    waits = help_desk.sent(follow, b"line 2\n")

    def states() -> list[str]:
        store.sweep(help_desk.db)
        return [help_desk.state_of(one) for one in (code, waits)]

    assert states() == ["accepted", "quarantined"]
    help_desk.later(number, 8)
    assert states() == ["accepted", "withdrawn"]
    store.opened(help_desk.db, bundle, "to find the cause", "bob")
    help_desk.later(number, 14)
    assert states() == ["accepted", "withdrawn"]
    with pytest.raises(Refused, match="C46"):
        store.opened(help_desk.db, bundle, "to find the cause", "bob")
    assert help_desk.value("SELECT count(*) FROM houvast.exchange_grant WHERE ended_at IS NULL") == 0
    assert help_desk.told("exchange_moved", step="closed") == 1
    store.choose(help_desk.db, follow, "destroy")
    assert states() == ["destroyed", "withdrawn"]


def test_the_reason_of_a_refusal_stays_as_the_customer_read_it(help_desk: HelpDesk) -> None:
    _, follow = help_desk.stated()
    code = help_desk.sent(follow, b"line 1\n")
    bundle = help_desk.number_of(code)
    help_desk.screened(bundle, 7)
    store.decide(help_desk.db, follow, code, "submit")
    store.judge(help_desk.db, bundle, accepts=False, why="of another day", by="anna")
    with pytest.raises(Refused, match="C46"):
        store.judge(help_desk.db, bundle, accepts=False, why="too late", by="anna")
    assert help_desk.value("SELECT why FROM houvast.bundle") == "of another day"


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE houvast.bundle SET state = 'accepted', accepted_by = 'x' WHERE state = 'quarantined'",
        "UPDATE houvast.bundle SET key_gone_at = now() WHERE state = 'quarantined'",
        "UPDATE houvast.bundle SET received = 3",
        "DELETE FROM houvast.bundle",
        "DELETE FROM houvast.exchange",
        "UPDATE houvast.exchange_statement SET language = 'nl'",
        "DELETE FROM houvast.exchange_statement",
        "UPDATE houvast.exchange SET until = now() + interval '80 days'",
        "UPDATE houvast.exchange SET certificate = 'x', ended_at = now()",
    ],
)
def test_nobody_writes_past_the_rules(help_desk: HelpDesk, change: str) -> None:
    _, follow = help_desk.stated()
    help_desk.sent(follow, b"line 1\n")
    with pytest.raises(DatabaseError, match="Houvast refuses"):
        help_desk.db.execute(change.encode())


def test_the_pages_read_no_table_of_it(help_desk: HelpDesk) -> None:
    help_desk.accepted()
    help_desk.office.do(
        "DO $$ BEGIN IF to_regrole('houvast_web') IS NULL THEN CREATE ROLE houvast_web LOGIN; END IF; END $$"
    )
    with connect(help_desk.office.target.url_of("houvast_web")) as web:
        for table in (
            "exchange",
            "bundle",
            "bundle_part",
            "bundle_screening",
            "exchange_grant",
            "bundle_opening",
            "subcontractor",
            "error_fact",
        ):
            with pytest.raises(DatabaseError, match="permission denied"):
                web.execute(f"SELECT FROM houvast.{table}".encode())
