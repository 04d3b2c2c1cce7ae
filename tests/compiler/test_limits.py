"""Limits of use: the database counts while a use is written down, and lets no one more pass, whoever asks at once."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Barrier

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from houvast.compiler.compare import limits_within
from houvast.compiler.drift import drift
from houvast.compiler.limits import NONE
from houvast.errors import DatabaseRefusal
from houvast.policy.model import Policy, Volume, Window
from tests.compiler import whole
from tests.compiler.asking import Refused, column, keep, open_use, rows
from tests.compiler.company import Company
from tests.compiler.whole import DESK

MOST = 12
"""How many people the whole company's policy lets its desk open in a day."""
CALLERS = 50
HOURS = {"hour": 1, "day": 24, "week": 168}


def opened(company: Company) -> int:
    """How many people the desk has opened."""
    return int(company.do("SELECT count(DISTINCT person) FROM houvast.use WHERE login = %s", DESK)[0][0])


def known(company: Company) -> list[tuple[str, str, str]]:
    """What drift says of Houvast's own tables; other tests make roles on the same server."""
    found = [one for one in drift(company.admin) if one.kind == "known"]
    return sorted({(one.identity, one.promise, one.piece) for one in found})


def limited(volume: Volume | None) -> Policy:
    """The whole policy with another limit."""
    found = whole.policy()
    account = replace(found.purposes["account"], volume=volume)
    return replace(found, purposes={**found.purposes, "account": account})


@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_fifty_who_open_at_once_do_not_open_more_people_than_the_policy_says(company: Company, isolation: str) -> None:
    ready = Barrier(CALLERS)
    sessions = [company.session(DESK) for _ in range(CALLERS)]
    for session in sessions:
        rows(session, f"SET default_transaction_isolation = '{isolation}'")

    def call(number: int) -> bool:
        ready.wait()
        try:
            open_use(sessions[number], "account", person=number)
        except (Refused, psycopg.errors.SerializationFailure):
            return False
        return True

    with ThreadPoolExecutor(CALLERS) as pool:
        passed = sum(pool.map(call, range(CALLERS)))
    assert passed == opened(company)
    assert passed == MOST if isolation == "read committed" else 1 <= passed <= MOST


def test_one_more_is_refused_by_name_with_the_promise_and_what_to_do(either_company: Company) -> None:
    session = either_company.session(DESK)
    for number in range(MOST):
        open_use(session, "account", person=number)
    with pytest.raises(
        Refused, match=r"opened purpose \"account\" for 12 people within one day.*promise C08"
    ) as refused:
        open_use(session, "account", person=MOST)
    assert f"houvast emergency open account {DESK}" in (refused.value.diag.message_hint or "")
    open_use(session, "account", person=3)  # whom it has opened already
    assert opened(either_company) == MOST
    open_use(either_company.session(DESK), "enforce")  # which has no limit


def test_what_was_rolled_back_counts_for_nothing_and_what_was_written_by_hand_counts(company: Company) -> None:
    company.do("UPDATE houvast.volume SET most = 2")
    session = company.session(DESK)
    for number in range(5):
        rows(session, "BEGIN")
        open_use(session, "account", person=number)
        rows(session, "ROLLBACK")
    insert = ("INSERT INTO houvast.use (login, purpose, reason, kind, person, until)"
              " SELECT %s, %s, 'by hand', 'customer', n::text, now() FROM generate_series(1, 3) n")  # fmt: skip
    with pytest.raises(Refused, match="for 2 people"):
        company.do(insert, DESK, company.number("account"))
    assert opened(company) == 0
    company.do(insert.replace("3)", "2)"), DESK, company.number("account"))
    with pytest.raises(Refused, match="for 2 people"):
        open_use(session, "account", person=9)


def test_uses_are_counted_where_no_person_is_named(company: Company) -> None:
    company.do(
        "INSERT INTO houvast.volume (purpose, version, counts, most, per, warns) VALUES (%s, 1, 'uses', 2, 'hour', 2)",
        company.number("enforce"),
    )
    session = company.session(DESK)
    for _ in range(2):
        open_use(session, "enforce")
    with pytest.raises(Refused, match="2 times within one hour"):
        open_use(session, "enforce")
    open_use(session, "account", person=1)


def test_that_it_comes_near_is_told_once_in_the_same_transaction(company: Company) -> None:
    session = company.session(DESK)
    for number in range(MOST):
        open_use(session, "account", person=number)
    told = company.do("SELECT promise, body FROM houvast.event WHERE kind = 'use_limit_near'")
    body = {"purpose": "account", "login": DESK, "counts": "people", "count": 6, "most": MOST, "per": "day"}
    assert told == [("C08", body)]


@dataclass
class Oracle:
    """What a limit means, without SQL."""

    most: int
    hours: int
    counted: list[tuple[int, int]]  # (person, hours ago)

    def opens(self, person: int) -> bool:
        lately = {who for who, ago in self.counted if ago < self.hours}
        if person not in lately and len(lately) >= self.most:
            return False
        self.counted.append((person, 0))
        return True

    def later(self, hours: int) -> None:
        self.counted = [(who, ago + hours) for who, ago in self.counted]


Steps = Sequence[tuple[int, int]]
"""(hours that pass, who is opened then)"""


def test_whatever_is_opened_when_what_is_refused_is_what_the_limit_means(company: Company) -> None:
    session = company.session(DESK)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.integers(1, 4),
        st.sampled_from(sorted(HOURS)),
        st.lists(st.tuples(st.sampled_from((0, 0, 1, 12, 25, 170)), st.integers(0, 5)), max_size=14),
    )
    def agree(most: int, per: str, steps: Steps) -> None:
        company.do("UPDATE houvast.use SET opened_at = opened_at - interval '9 days'")
        company.do("UPDATE houvast.volume SET most = %s, per = %s, warns = %s", most, per, most)
        oracle = Oracle(most, HOURS[per], [])
        for hours, person in steps:
            company.do("UPDATE houvast.use SET opened_at = opened_at - make_interval(hours => %s)", hours)
            oracle.later(hours)
            try:
                rows(session, "SELECT houvast.record_use('account', 'a test', %s, NULL)", str(person))
                passed = True
            except Refused:
                passed = False
            assert passed == oracle.opens(person), (most, per, steps)

    agree()


WITHIN = {
    "people 200 day 80": {"people 200 day 80": True, "people 201 day 80": False, "people 100 day 80": True,
                          "people 200 day 90": False, "people 200 day 50": True, NONE: False, "uses 200 day 80": True,
                          "people 9 hour 80": False, "people 8 hour 80": True, "people 200 week 80": True},
    "uses 10 week 80": {"people 10 week 80": False, "uses 1 day 80": True, "uses 2 day 80": False},
    NONE: {"people 200 day 80": True, NONE: True},
    f"people 9 day 80\n{NONE}": {"people 300 week 10": True},
}  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "wanted"), [(old, new, w) for old, found in WITHIN.items() for new, w in found.items()]
)
def test_a_limit_is_within_another_when_it_never_lets_more_pass(old: str, new: str, wanted: bool) -> None:
    assert limits_within(new, old) is wanted


def test_a_higher_limit_weakens_and_a_lower_one_does_not(company: Company) -> None:
    url, datamap = company.server.url(company.name), whole.datamap(company.name, "wf")
    keep(url, [limited(Volume("people", 5, Window.DAY, 50))], datamap)
    assert column(company.admin, "SELECT most FROM houvast.volume") == [5]
    for weaker in (Volume("people", 6, Window.DAY, 50), Volume("people", 5, Window.HOUR, 50), None):
        with pytest.raises(DatabaseRefusal, match="weakens protection"):
            keep(url, [limited(weaker)], datamap)
    keep(url, [limited(None)], datamap, weaken=True)
    assert column(company.admin, "SELECT most FROM houvast.volume") == []
    assert known(company) == []
    keep(url, [limited(Volume("people", 5))], datamap)


def test_a_limit_that_was_changed_by_hand_is_drift_and_apply_puts_it_right(company: Company) -> None:
    company.do("UPDATE houvast.volume SET most = 100000")
    assert known(company) == [("volume account", "C08", "volume account")]
    keep(company.server.url(company.name), [whole.policy()], whole.datamap(company.name, "wf"))
    assert column(company.admin, "SELECT most FROM houvast.volume") == [MOST]
    assert known(company) == []


def test_a_database_of_a_release_before_limits_is_read(company: Company) -> None:
    company.do("DROP TABLE houvast.volume CASCADE")
    assert ("gone", "known", "volume account") in {(one.change, one.kind, one.identity) for one in drift(company.admin)}
