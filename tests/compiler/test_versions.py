"""Each person is held to what they accepted: old uses and new ones together, promises of both; no row is touched."""

from __future__ import annotations

import time
from collections.abc import Callable, Generator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from houvast.compiler.apply import prepare
from houvast.database import Connection, connect
from houvast.database.server import Server
from houvast.datamap.model import DataMap, Login
from houvast.policy.model import Basis, Period, Policy, Purpose, Use
from tests.compiler import small
from tests.compiler.asking import Refused, column, keep, make_small, name_of, open_use, rows

SECOND, THIRD = datetime(2024, 1, 1, tzinfo=UTC), datetime(2025, 1, 1, tzinfo=UTC)
FIRST = small.policy()
THANKS = Purpose("thanks", promise="C07")


def second(effective: datetime = SECOND) -> Policy:
    """Thanks people, no longer advertises, and keeps what was bought for one year instead of seven."""
    base = replace(FIRST, version=2, effective=effective, purposes={**FIRST.purposes, "thanks": THANKS})
    base = replace(base, uses=tuple(u for u in base.uses if u.id != "U4"))
    return small.with_term(_with(base, "U20", ("contact",)), "contract", Period(years=1))


def third() -> Policy:
    """Thanks people for what they bought too, and keeps that for seven years again."""
    base = replace(_with(second(), "U21", ("contract",)), version=3, effective=THIRD)
    return small.with_term(base, "contract", Period(years=7))


def _with(policy: Policy, name: str, categories: tuple[str, ...]) -> Policy:
    return small.with_use(policy, Use(name, categories, ("thanks",), (Basis.CONTRACT,), promise="C07"))


def _map(name: str) -> DataMap:
    base = small.datamap(name)
    return replace(base, logins={**base.logins, small.COUNTER: Login(small.COUNTER, ("thanks",))})


@dataclass
class Versions:
    """The small company under some versions, and what its logins see."""

    server: Server
    url: str
    stack: ExitStack
    admin: Connection

    def keep(self, *versions: Policy) -> None:
        """Publish these versions."""
        keep(self.url, versions, _map(name_of(self.url)), weaken=True)

    def using(self, login: str, purpose: str) -> Connection:
        """A session with a use open."""
        session = self.stack.enter_context(connect(self.server.url(name_of(self.url), login)))
        open_use(session, purpose)
        return session

    def accept(self, key: int, version: int) -> None:
        """A person accepts a version."""
        rows(
            self.admin,
            "INSERT INTO houvast.stand (kind, key, stand, about) VALUES ('customer', %s, 'accepted', %s)",
            str(key),
            str(version),
        )

    def withdraw(self, key: int) -> None:
        """A person withdraws every acceptance."""
        rows(self.admin, "DELETE FROM houvast.stand WHERE stand = 'accepted' AND key = %s", str(key))

    def new_account(self, key: int, since: datetime) -> None:
        """A person whose first data were collected at an instant, with a contact and a purchase."""
        rows(self.admin, "INSERT INTO account VALUES (%s, 'new', %s, NULL)", key, since)
        rows(
            self.admin,
            "INSERT INTO contact (id, account_id, name, created_at) VALUES (%s, %s, 'New', %s)",
            key,
            key,
            since,
        )
        rows(
            self.admin,
            "INSERT INTO purchase VALUES (%s, %s, 'Laan', 5, 'new', now() - interval '2 days')",
            key,
            key,
        )


@pytest.fixture
def versions(server: Server, fresh_database: Callable[[], str]) -> Generator[Versions]:
    """The small company before any version."""
    url = fresh_database()
    make_small(url)
    with ExitStack() as stack:
        yield Versions(server, url, stack, stack.enter_context(connect(url)))


def seen(session: Connection, text: str = "SELECT id FROM contact ORDER BY id") -> list[Any]:
    """What a session sees."""
    return column(session, text)


BOUGHT = "SELECT id FROM purchase WHERE amount IS NOT NULL ORDER BY id"


def test_silence_keeps_the_old_uses_and_gives_no_new_ones(versions: Versions) -> None:
    versions.keep(FIRST, second(), third())
    thanks = versions.using(small.COUNTER, "thanks")
    assert (seen(thanks), seen(thanks, BOUGHT)) == ([], [])
    assert seen(versions.using(small.SUPPORT, "answer")) == [1]


def test_a_new_customer_is_held_to_the_version_of_their_first_day(versions: Versions) -> None:
    versions.keep(FIRST, second(), third())
    versions.new_account(5, SECOND + timedelta(days=1))
    versions.new_account(6, THIRD + timedelta(days=1))
    thanks = versions.using(small.COUNTER, "thanks")
    assert (seen(thanks), seen(thanks, BOUGHT)) == ([5, 6], [6])


def test_who_accepts_is_held_to_what_they_accepted_until_they_withdraw(versions: Versions) -> None:
    versions.keep(FIRST, second(), third())
    thanks = versions.using(small.COUNTER, "thanks")
    versions.accept(2, 2)
    assert (seen(thanks), seen(thanks, BOUGHT)) == ([2], [])
    versions.accept(2, 3)
    assert (seen(thanks), seen(thanks, BOUGHT)) == ([2], [2])
    versions.withdraw(2)
    assert (seen(thanks), seen(thanks, BOUGHT)) == ([], [])


def test_a_use_that_a_version_drops_is_gone_for_everybody(versions: Versions) -> None:
    versions.keep(FIRST)
    news = versions.using(small.NEWS, "marketing")
    assert seen(news) == [3]
    versions.keep(FIRST, second(), third())
    assert seen(versions.using(small.OFFICE, "billing")) == [2, 4]
    with pytest.raises(Refused):
        seen(news)


def test_the_shortest_term_since_the_accepted_version_counts(versions: Versions) -> None:
    rows(versions.admin, "UPDATE purchase SET created_at = now() - interval '2 years' WHERE id = 2")
    versions.keep(FIRST)
    assert seen(versions.using(small.OFFICE, "billing"), BOUGHT) == [2, 4]
    versions.keep(FIRST, second(), third())
    billing = versions.using(small.OFFICE, "billing")
    assert seen(billing, BOUGHT) == [4]
    versions.accept(2, 2)
    assert seen(billing, BOUGHT) == [4]
    versions.accept(2, 3)
    assert seen(billing, BOUGHT) == [2, 4]
    versions.withdraw(2)
    assert seen(billing, BOUGHT) == [4]


def test_an_announced_version_takes_effect_by_the_clock_for_who_accepted_it(versions: Versions) -> None:
    """No job, no apply: the same open sessions see it."""
    effective = datetime.now(UTC) + timedelta(seconds=6)
    versions.keep(FIRST, second(effective))
    versions.accept(1, 2)
    thanks, news = versions.using(small.COUNTER, "thanks"), versions.using(small.NEWS, "marketing")
    before = (seen(thanks), seen(news))
    assert datetime.now(UTC) < effective, "this machine is too slow for this test"
    assert before == ([], [3])
    guards = rows(versions.admin, "SELECT id, hv_guard FROM contact ORDER BY id")
    time.sleep((effective - datetime.now(UTC)).total_seconds() + 0.2)
    assert (seen(thanks), seen(news)) == ([1], [])
    versions.withdraw(1)
    assert seen(thanks) == []
    versions.accept(2, 2)
    assert seen(thanks) == [2]
    versions.accept(1, 2)
    assert [g for g in rows(versions.admin, "SELECT id, hv_guard FROM contact ORDER BY id") if g[0] > 2] == guards[2:]


TOUCHED = ("account", "contact", "ticket", "purchase", "houvast.person", "houvast.stand")


def _places(admin: Connection) -> dict[str, list[tuple[Any, ...]]]:
    return {
        t: rows(admin, f"SELECT ctid::text, xmin::text, cmin::text, t::text FROM {t} t ORDER BY 1") for t in TOUCHED
    }


def _asks_nothing_new(effective: datetime) -> Policy:
    """A use more for a purpose that there was, a use less, a shorter term."""
    base = replace(FIRST, version=2, effective=effective, uses=tuple(u for u in FIRST.uses if u.id != "U4"))
    base = small.with_use(base, Use("U5", ("contract",), ("answer",), (Basis.CONTRACT,), promise="C10"))
    return small.with_term(base, "contract", Period(years=1))


@pytest.mark.parametrize("announced", [True, False])
def test_publishing_a_version_touches_no_row(versions: Versions, announced: bool) -> None:
    versions.keep(FIRST)
    before = _places(versions.admin)
    versions.keep(FIRST, _asks_nothing_new(datetime.now(UTC) + timedelta(days=30) if announced else SECOND))
    assert _places(versions.admin) == before


def test_a_version_with_a_new_purpose_asks_a_new_question_of_guards_alone(versions: Versions) -> None:
    """The answer about a purpose that nobody knew is written once; what the application wrote stays."""
    versions.keep(FIRST)
    before = [
        rows(versions.admin, f"SELECT (to_jsonb(t) - 'hv_guard')::text FROM {t} t ORDER BY 1") for t in TOUCHED[:4]
    ]
    bits = set(column(versions.admin, "SELECT name FROM houvast.bit"))
    versions.keep(FIRST, second(), third())
    assert [
        rows(versions.admin, f"SELECT (to_jsonb(t) - 'hv_guard')::text FROM {t} t ORDER BY 1") for t in TOUCHED[:4]
    ] == before
    new = set(column(versions.admin, "SELECT name FROM houvast.bit")) - bits
    assert new == {"since:2", "since:3", "allowed:thanks|unrestricted"}


def test_when_an_announced_version_has_taken_effect_the_next_apply_weakens_nothing(
    versions: Versions,
) -> None:
    effective = datetime.now(UTC) + timedelta(days=30)
    both = (FIRST, second(effective))
    versions.keep(*both)
    with connect(versions.url) as admin:
        later = prepare(admin, both, _map(name_of(versions.url)), now=effective + timedelta(seconds=1)).plan
    assert later.steps
    assert later.weakening == ()


def test_who_accepts_an_announced_version_is_held_to_the_old_one_today(versions: Versions) -> None:
    versions.keep(FIRST, second(datetime.now(UTC) + timedelta(days=1)))
    billing = versions.using(small.OFFICE, "billing")
    rows(versions.admin, "UPDATE purchase SET created_at = now() - interval '2 years' WHERE id = 2")
    versions.accept(2, 2)
    assert seen(billing, BOUGHT) == [2, 4]
    assert seen(versions.using(small.COUNTER, "thanks")) == []
