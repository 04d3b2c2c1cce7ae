"""A crash between any two statements leaves the old state or a more closed one, which the next apply completes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import count, product
from typing import Any, TypeAlias

import psycopg
import pytest

from houvast.compiler.apply import AT_ONCE, apply, prepare, unapply
from houvast.compiler.drift import drift
from houvast.database import Connection, DatabaseError, connect
from houvast.database.server import Server
from houvast.datamap.model import DataMap, Login
from houvast.policy.model import Basis, Period, Policy, Purpose, Use
from tests.compiler import small
from tests.compiler.asking import keep, make_small, name_of, open_use, registry, rows, snapshot
from tests.sampling import mostly_long

POLICY = small.policy()
Sight: TypeAlias = frozenset[tuple[str, str, str]]
"""(login and purpose, table, cell) of everything that somebody sees."""
SELECTS = {
    "account": "SELECT id, login FROM account", "contact": "SELECT id, name, email FROM contact",
    "contact alone": "SELECT id, name FROM contact", "base contact": "SELECT id, name, email FROM public.contact",
    "ticket": "SELECT id, subject FROM ticket", "purchase": "SELECT id, street, amount FROM purchase",
    "purchase alone": "SELECT id, street FROM purchase", "view": "SELECT name, email FROM public.contact_list",
    "remark": "SELECT id, remark FROM contact", "definer": "SELECT g FROM generate_series(1, everybody()) g",
}  # fmt: skip
PURPOSES = ("", "answer", "billing", "marketing", "thanks")


EVERY = pytest.mark.parametrize("every", [15, pytest.param(1, marks=pytest.mark.long)])


class Crash(Exception):
    """The one who applies is gone."""


@dataclass
class Stop:
    """Counts what `apply` tells, and ends it at one of them."""

    at: int = -1
    kill: Callable[[], object] | None = None
    told: int = 0

    def __call__(self, what: str, done: int, total: int) -> None:
        if self.told == self.at:
            if self.kill is None:
                raise Crash(what)
            self.kill()
        self.told += 1


class Watch:
    """What each login sees, without a use and with each use that it can open."""

    def __init__(self, server: Server, url: str) -> None:
        self.sessions = {name: connect(server.url(name_of(url), name)) for name in small.LOGINS}

    def __enter__(self) -> Watch:
        return self

    def __exit__(self, *_: object) -> None:
        for session in self.sessions.values():
            session.close()

    def look(self, purposes: Sequence[str] = PURPOSES) -> Sight:
        """Look, now; each use is opened now."""
        return frozenset(s for name, purpose in product(small.LOGINS, purposes) for s in self._cells(name, purpose))

    def _cells(self, login: str, purpose: str) -> set[tuple[str, str, str]]:
        session, seen = self.sessions[login], set[tuple[str, str, str]]()
        rows(session, "RESET SESSION AUTHORIZATION; RESET ROLE")
        rows(session, "RESET search_path")
        if purpose and not _opened(session, purpose):
            return seen
        for table, select in SELECTS.items():
            with suppress(DatabaseError):
                for row in rows(session, select):
                    seen |= {
                        (f"{login} {purpose}", table, f"{row[0]} {n} {v}") for n, v in enumerate(row) if v is not None
                    }
        if purpose:
            with suppress(DatabaseError):
                rows(session, "SELECT houvast.close_use(nullif(current_setting('test.use'), '')::bigint)")
        return seen


def _looking(watch: Watch, views: list[Sight], every: int) -> Callable[[str, int, int], None]:
    """With each use after every so many statements, because opening them all takes long; without one more often."""
    told = count()

    def look(what: str, done: int, total: int) -> None:
        number = next(told)
        if number % _often(every) == 0:
            views.append(watch.look(PURPOSES if number % every == 0 else [""]))

    return look


def _often(every: int) -> int:
    """How often to look without a use."""
    return -(-every // 5)


def _opened(session: Connection, purpose: str) -> bool:
    with suppress(DatabaseError):
        rows(session, "SELECT set_config('test.use', %s, false)", str(open_use(session, purpose)))
        return True
    return False


def finished(url: str) -> tuple[str, ...]:
    """Everything by which two finished states are compared."""
    with connect(url) as admin:
        fills = ("account", "contact", "ticket", "purchase")
        guards = [rows(admin, f"SELECT id, hv_guard FROM {t} ORDER BY 1") for t in fills]
        people = rows(admin, "SELECT kind, key, closed_at, guard FROM houvast.person ORDER BY 1, 2")
        cases = rows(
            admin,
            "SELECT c::text FROM houvast.c_order_open c UNION ALL SELECT c::text FROM houvast.c_ticket_open c ORDER BY 1",
        )
        found = snapshot(admin), registry(admin), guards, people, cases, drift(admin)
    return tuple(str(part).replace(name_of(url), "it") for part in found)


def _plain(url: str, versions: list[Policy], datamap: DataMap, stop: Stop) -> None:
    with connect(url) as admin:
        apply(admin, versions, datamap, now=datetime.now(UTC), weaken=True, progress=stop)


def crash(url: str, policy: Policy, datamap: DataMap, at: int, *, kill: bool = False) -> None:
    """Apply, and end it when `apply` has told so many things; `kill`: its back end dies."""
    with closing(connect(url)) as admin:
        stop = Stop(at)
        if kill:
            stop.kill = lambda: rows_of_superuser(url, "SELECT pg_terminate_backend(%s, 10000)", admin.info.backend_pid)
        with pytest.raises((Crash, psycopg.OperationalError)):
            apply(admin, [policy], datamap, now=datetime.now(UTC), weaken=True, progress=stop)


def rows_of_superuser(url: str, text: str, *values: object) -> list[tuple[Any, ...]]:
    """Ask over a connection of its own."""
    with connect(url) as other:
        return rows(other, text, *values)


@pytest.mark.parametrize("every", [80, pytest.param(1, marks=pytest.mark.long)])
def test_after_each_statement_of_a_first_apply_the_rest_is_what_is_planned(
    fresh_database: Callable[[], str], every: int
) -> None:
    url = fresh_database()
    datamap = small.datamap(make_small(url))
    with connect(url) as other:
        planned, asked = _left(other, datamap), list[str]()

        def ask(what: str, done: int, total: int) -> None:
            asked.append(what)
            if len(asked) % every == 0 and len(asked) > 5 and not what.startswith("fill "):
                left = _left(other, datamap)  # pieces of one table are told, and then made in one transaction
                assert left == planned[len(planned) - len(left) :], what
                assert len(planned) - done <= len(left) < len(planned) - done + AT_ONCE, what

        keep(url, [POLICY], datamap, progress=ask)
        assert len(asked) > 150


def _left(other: Connection, datamap: DataMap) -> list[tuple[str, str]]:
    return [(s.name, s.sql) for s in prepare(other, [POLICY], datamap, now=datetime.now(UTC)).plan.steps]


@EVERY
def test_after_each_statement_of_a_first_apply_nobody_sees_more(
    server: Server, fresh_database: Callable[[], str], every: int
) -> None:
    url = fresh_database()
    datamap = small.datamap(make_small(url))
    with Watch(server, url) as watch:
        before, views = watch.look([""]), list[Sight]()
        keep(url, [POLICY], datamap, progress=_looking(watch, views, every))
        after = watch.look()
    assert len(views) * _often(every) > 150
    for seen in views:
        assert {s for s in seen if s[0].endswith(" ")} <= before
        assert {s for s in seen if not s[0].endswith(" ")} <= after
    assert {s for s in after if s[0].endswith(" ")} == frozenset()
    assert len(after) > 20


CUTS = (0, 1, 4, 9, 47, 75, 110, 153)


@pytest.mark.parametrize(
    "cuts", [CUTS[2::4], *(pytest.param(CUTS[n::4], marks=pytest.mark.long) for n in (0, 1, 3))], ids=str
)
def test_a_first_apply_that_was_cut_off_is_completed_by_the_next(
    fresh_database: Callable[[], str], cuts: tuple[int, ...]
) -> None:
    assert _cut_and_complete(fresh_database(), cuts) > max(cuts)  # every place was cut


@pytest.mark.long
def test_a_first_apply_that_was_cut_off_anywhere_is_completed_by_the_next(
    fresh_database: Callable[[], str],
) -> None:
    assert _cut_and_complete(fresh_database(), range(1000)) > 150


def _cut_and_complete(url: str, cuts: Iterable[int]) -> int:
    """Cut a first apply off; the next one gives what a straight one gives. How many places there are to cut."""
    datamap, stop = small.datamap(make_small(url)), Stop()
    _plain(url, [POLICY], datamap, stop)
    straight = finished(url)
    for at in cuts:
        if at >= stop.told:
            break
        with connect(url) as admin:
            unapply(admin, losing_events=True)
        crash(url, POLICY, datamap, at, kill=at % 3 == 1)
        keep(url, [POLICY], datamap)
        assert finished(url) == straight, at
        assert keep(url, [POLICY], datamap).steps == ()
    return stop.told


def _changes() -> Mapping[str, tuple[Policy, dict[str, tuple[str, ...]]]]:
    narrow = small.with_term(POLICY, "question", Period(months=2))
    narrow = small.with_use(narrow, replace(small.use_of(POLICY, "U3"), basis=(Basis.CONSENT,)))
    wide = small.with_use(POLICY, Use("U5", ("contract",), ("answer",), (Basis.CONTRACT,), promise="C10"))
    wide = small.with_use(wide, replace(small.use_of(POLICY, "U4"), basis=(Basis.CONTRACT,)))
    new = small.with_use(POLICY, Use("U9", ("contact",), ("thanks",), (Basis.CONTRACT,), promise="C07"))
    new = replace(new, purposes={**POLICY.purposes, "thanks": Purpose("thanks", promise="C07")})
    less = replace(
        POLICY, purposes={n: p for n, p in POLICY.purposes.items() if n != "marketing"},
        uses=tuple(u for u in POLICY.uses if u.id != "U4"),
    )  # fmt: skip
    return {
        "narrower": (narrow, {}), "wider": (wide, {}), "a purpose more": (new, {small.COUNTER: ("thanks",)}),
        "a purpose less": (less, {small.NEWS: ()}),
    }  # fmt: skip


CHANGES = _changes()


def _after(datamap: DataMap, logins: dict[str, tuple[str, ...]]) -> DataMap:
    changed = {n: Login(n, p) for n, p in logins.items()}
    stands = () if small.NEWS in logins else datamap.stands
    return replace(datamap, logins={**datamap.logins, **changed}, stands=stands)


@EVERY
@pytest.mark.parametrize("change", mostly_long(CHANGES, "narrower"))
def test_after_each_statement_of_another_apply_nobody_sees_what_neither_policy_shows(
    server: Server, fresh_database: Callable[[], str], change: str, every: int
) -> None:
    url = fresh_database()
    datamap, (policy, logins) = small.datamap(make_small(url)), CHANGES[change]
    keep(url, [POLICY], datamap)
    with Watch(server, url) as watch:
        before, views = watch.look(), list[Sight]()
        keep(
            url,
            [policy],
            _after(datamap, logins),
            weaken=True,
            progress=_looking(watch, views, every),
        )
        after = watch.look()
    opened = False
    for seen in views:
        opened = opened or not seen <= before
        assert seen <= (after | before if not opened else after)


@pytest.mark.parametrize(
    ("change", "parts"),
    [("narrower", 2), *(pytest.param(change, 4, marks=pytest.mark.long) for change in CHANGES)],
)
def test_another_apply_that_was_cut_off_is_completed_by_the_next(
    fresh_database: Callable[[], str], change: str, parts: int
) -> None:
    url = fresh_database()
    base, (policy, logins) = small.datamap(make_small(url)), CHANGES[change]
    datamap = _after(base, logins)
    keep(url, [POLICY], base)
    keep(url, [policy], datamap, weaken=True)  # numbers and bits that were once given out stay
    keep(url, [POLICY], base, weaken=True)
    stop = Stop()
    _plain(url, [policy], datamap, stop)
    straight = finished(url)
    for at in range(0, stop.told, 1 + stop.told // parts):
        keep(url, [POLICY], base, weaken=True)
        crash(url, policy, datamap, at, kill=at % 2 == 1)
        keep(url, [policy], datamap, weaken=True)
        assert finished(url) == straight, at
        assert keep(url, [policy], datamap).steps == ()


@pytest.mark.parametrize("every", [22, pytest.param(11, marks=pytest.mark.long)])
def test_a_cut_off_narrowing_is_completed_without_weaken(fresh_database: Callable[[], str], every: int) -> None:
    """What was closed in order to be made narrower still knows what it was."""
    url = fresh_database()
    datamap, (policy, _) = small.datamap(make_small(url)), CHANGES["narrower"]
    keep(url, [POLICY], datamap)
    told = 0
    for at in range(2, 1000, every):
        stop = Stop(at)
        with suppress(Crash), connect(url) as admin:
            apply(admin, [policy], datamap, now=datetime.now(UTC), progress=stop)
        if stop.told < at:
            break
        told = at
        keep(url, [policy], datamap)
        keep(url, [POLICY], datamap, weaken=True)
    assert told > 20


@pytest.mark.parametrize("cuts", [(20, 130), pytest.param((1, 60), marks=pytest.mark.long)], ids=str)
def test_an_unapply_that_was_cut_off_is_completed_by_the_next_or_by_an_apply(
    fresh_database: Callable[[], str], cuts: tuple[int, ...]
) -> None:
    url = fresh_database()
    datamap = small.datamap(make_small(url))
    with connect(url) as admin:
        before = snapshot(admin)
    keep(url, [POLICY], datamap)
    straight = finished(url)
    for at in cuts:
        with pytest.raises(Crash), connect(url) as admin:
            unapply(admin, progress=Stop(at), losing_events=True)
        if at == 20:
            keep(url, [POLICY], datamap, weaken=True)
            assert finished(url) == straight
        with connect(url) as admin:
            unapply(admin, losing_events=True)
            assert snapshot(admin) == before
        keep(url, [POLICY], datamap)
