"""The database and `houvast.cases` say the same of clocks, states and reasons."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import product

from houvast.cases.model import State
from houvast.cases.reasons import REASONS
from houvast.cases.rules import Terms, may_move
from houvast.database import connect
from houvast.evidence import kinds
from tests.compiler import small
from tests.compiler.asking import rows, value
from tests.compiler.conftest import Standing

FIRST = datetime(2019, 1, 1, 22, 30, tzinfo=UTC)


def test_a_request_is_due_on_the_same_day_in_both(standing: Standing) -> None:
    terms = Terms.of(small.policy(), datetime.now(UTC))
    moments = [FIRST + timedelta(hours=n * 37, minutes=n % 90) for n in range(0, 7000, 3)]  # until 2048, at all hours
    with connect(standing.url) as admin:
        for extended, waited in product((False, True), (0, 11)):
            found = rows(
                admin,
                "SELECT houvast.due_on(m, %s, %s) FROM unnest(%s::timestamptz[]) WITH ORDINALITY u (m, n) ORDER BY n",
                extended, waited, moments,
            )  # fmt: skip
            said = [terms.due(moment, extended=extended, waited=waited) for moment in moments]
            assert [row[0] for row in found] == said


def test_the_same_states_follow_each_other_in_both(standing: Standing) -> None:
    with connect(standing.url) as admin:
        for was, becomes in product(State, State):
            asked = value(admin, "SELECT houvast.may_move(%s, %s)", was.value, becomes.value)
            assert asked is may_move(was, becomes), (was, becomes)


def test_the_same_reasons_count_in_both(standing: Standing) -> None:
    with connect(standing.url) as admin:
        for code, state in product(("", "a whim", *REASONS), State):
            asked = value(admin, "SELECT houvast.is_reason(%s, %s)", state.value, code)
            wanted = (
                code in REASONS and REASONS[code].to is state if state.value in ("refused", "delayed") else not code
            )
            assert asked is wanted, (code, state)
    assert set(kinds.REASONS) == {"", *REASONS}
    assert set(kinds.CASE_STATES) == set(State)


def test_the_letters_of_both_are_the_same(standing: Standing) -> None:
    with connect(standing.url) as admin:
        listed = value(admin, "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'letter_kind_check'")
    assert all(f"'{kind}'" in listed for kind in kinds.LETTERS)
    assert listed.count("::text") == len(kinds.LETTERS)
