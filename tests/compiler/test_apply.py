"""Applying twice changes nothing; changing one line changes what follows from it, and no more."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from houvast.compiler.apply import prepare
from houvast.compiler.plan import Plan
from houvast.database import connect
from houvast.datamap.model import DataMap, Login
from houvast.errors import DatabaseRefusal
from houvast.policy.model import Basis, Never, Period, Policy, Purpose, Use
from tests.compiler import small
from tests.compiler.asking import keep, make_small, registry, rows, snapshot
from tests.compiler.conftest import Standing
from tests.compiler.small import DELETE, INSERT, READ, UPDATE, use_of, with_term, with_use
from tests.sampling import mostly_long

POLICY = small.policy()
TABLES = ("account", "contact", "ticket", "purchase", "message")
TOLD = frozenset(
    {"houvast known", "function uses_of", "function may_reach", *(f"function sees_{name}" for name in TABLES)}
)
"""What the database says of the policy, to a person of its uses, to whom it markets, and to a program of what a purpose sees:
follows from every change in them."""
BITS = r"function (guard_of|spread_person|keep_\w+)|fill answers|fill guard \w+|trigger zzz_hv_keep on \w+"
ORDERS = r"(table|function) c_order_open\w*|trigger hv_c_order_open\w* on purchase"


def _use(name: str, **changed: object) -> Policy:
    return with_use(POLICY, replace(use_of(POLICY, name), **changed))


NARROWER: dict[str, tuple[Policy, str]] = {
    "a shorter term": (with_term(POLICY, "question", Period(months=2)), r".* hv_answer_\w+ on ticket"),
    "a shorter term of a view's cell": (with_term(POLICY, "contact", Period(days=10)), r".*billing.*"),
    "a use removed": (replace(POLICY, uses=tuple(u for u in POLICY.uses if u.id != "U4")), r".*marketing.*"),
    "an action removed": (_use("U2", actions=(READ,)), r".*answer.* (on )?ticket|.*answer\.ticket|grant ticket to \w+_v_answer"),
    "a circumstance added": (_use("U4", while_=(("order.open",),)), rf".*marketing.*|{ORDERS}"),
    "a circumstance more": (_use("U1", while_=(("ticket.open", "order.open"),)), rf".*answer.*|{ORDERS}"),
    "an ending with the account": (_use("U3", survives_closing=False), r".*billing.*"),
    "a consent asked": (_use("U3", basis=(Basis.CONSENT,)), rf".*billing.*|{BITS}"),
    "a never that forbids a use": (replace(POLICY, nevers=(*POLICY.nevers, Never("N2", ("contact",), ("answer", "billing"), "C18"))), r".*marketing.*"),
}  # fmt: skip
WIDER: dict[str, tuple[Policy, str]] = {
    "a longer term": (with_term(POLICY, "question", Period(years=3)), r".* hv_answer_\w+ on ticket"),
    "a longer term of a view's cell": (with_term(POLICY, "contact", Period(days=60)), r".*billing.*"),
    "a use added": (with_use(POLICY, Use("U5", ("contract",), ("answer",), (Basis.CONTRACT,), promise="C10")), r".*answer.*purchase|grant purchase to \w+_v_answer"),
    "an action added": (_use("U2", actions=(READ, INSERT, UPDATE, DELETE)), r".*answer.*"),
    "a circumstance removed": (_use("U1", while_=()), r".*answer.*"),
    "another circumstance that suffices": (_use("U1", while_=(("ticket.open",), ("order.open",))), rf".*answer.*|{ORDERS}"),
    "a use that survives closing": (_use("U1", survives_closing=True), r".*answer.*"),
    "a consent no longer asked": (_use("U4", basis=(Basis.CONTRACT,)), rf".*marketing.*|{BITS}"),
}  # fmt: skip


def _plan(standing: Standing, policy: Policy, datamap: DataMap | None = None) -> Plan:
    with connect(standing.url) as admin:
        return prepare(admin, [policy], datamap or standing.datamap, now=datetime.now(UTC)).plan


def test_applying_twice_changes_nothing(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    datamap = small.datamap(make_small(url))
    assert len(keep(url, [POLICY], datamap).steps) > 100
    with connect(url) as admin:
        before = (
            snapshot(admin),
            registry(admin),
            rows(admin, "SELECT * FROM houvast.snapshot ORDER BY 1, 2, 3"),
        )
        assert keep(url, [POLICY], datamap).steps == ()
        assert (
            snapshot(admin),
            registry(admin),
            rows(admin, "SELECT * FROM houvast.snapshot ORDER BY 1, 2, 3"),
        ) == before


@pytest.mark.parametrize("change", NARROWER)
def test_what_narrows_changes_what_follows_from_it_and_is_not_marked(standing: Standing, change: str) -> None:
    policy, follows = NARROWER[change]
    plan = _plan(standing, policy)
    names = {s.name for s in plan.steps} - TOLD
    assert names
    assert [n for n in names if not re.fullmatch(follows, n)] == []
    assert plan.weakening == ()


@pytest.mark.parametrize("change", WIDER)
def test_what_widens_changes_what_follows_from_it_and_is_marked(standing: Standing, change: str) -> None:
    policy, follows = WIDER[change]
    plan = _plan(standing, policy)
    assert [s.name for s in plan.steps if s.name not in TOLD and not re.fullmatch(follows, s.name)] == []
    assert any(s.name.startswith("policy ") for s in plan.weakening)
    assert all(s.promise for s in plan.weakening)


def test_a_removed_never_is_marked_when_a_use_was_waiting_behind_it(
    fresh_database: Callable[[], str],
) -> None:
    url = fresh_database()
    datamap = small.datamap(make_small(url))
    waiting = with_use(POLICY, Use("U5", ("question",), ("billing",), (Basis.CONTRACT,), promise="C09"))
    keep(url, [waiting], datamap)
    freed = replace(waiting, nevers=())
    with pytest.raises(DatabaseRefusal, match="weakens protection") as refusal:
        keep(url, [freed], datamap)
    assert "policy hv_billing_read on ticket" in refusal.value.message


def test_a_login_more_is_marked_and_a_login_less_is_not(standing: Standing) -> None:
    logins = standing.datamap.logins
    more = replace(standing.datamap, logins={**logins, small.COUNTER: Login(small.COUNTER, ("billing",))})
    less = replace(standing.datamap, logins={**logins, small.OFFICE: Login(small.OFFICE, ("billing",))})
    assert [s.name for s in _plan(standing, POLICY, more).weakening] == [f"member {small.COUNTER} of stands_billing"]
    plan = _plan(standing, POLICY, less)
    assert [s.name for s in plan.steps] == [f"member {small.OFFICE} of stands_answer"]
    assert plan.weakening == ()


def test_another_wording_of_a_promise_changes_no_table(standing: Standing) -> None:
    """The text and label of a promise are not part of what the database keeps."""
    promises = {n: replace(p, label={"en": "Another label"}) for n, p in POLICY.promises.items()}
    assert [s.name for s in _plan(standing, replace(POLICY, promises=promises)).steps] == ["houvast known"]


@pytest.mark.parametrize(
    "change",
    mostly_long(
        ["a longer term of a view's cell", "a circumstance removed", "a consent no longer asked"],
        "a circumstance removed",
    ),
)
def test_what_weakens_needs_weaken_and_can_be_taken_back(fresh_database: Callable[[], str], change: str) -> None:
    url = fresh_database()
    datamap, (policy, _) = small.datamap(make_small(url)), WIDER[change]
    keep(url, [POLICY], datamap)
    with connect(url) as admin:
        before, made = snapshot(admin), registry(admin)
        with pytest.raises(DatabaseRefusal, match="weakens protection") as refusal:
            keep(url, [policy], datamap)
        assert "--weaken" in refusal.value.todo
        assert (snapshot(admin), registry(admin)) == (before, made)
        keep(url, [policy], datamap, weaken=True)
        assert snapshot(admin) != before
        assert keep(url, [policy], datamap).steps == ()
        keep(url, [POLICY], datamap)
        assert _but_bits(snapshot(admin)) == _but_bits(before)


def _but_bits(lines: list[tuple[str, str, str | None]]) -> list[tuple[str, str, str | None]]:
    """A bit that was once given out stays, and the functions that compute and keep bits name it."""
    return [line for line in lines if not re.search(r"guard_of|houvast\.(keep_|spread_person)", line[1])]


@pytest.mark.parametrize(
    "change",
    mostly_long(
        ["a circumstance added", "a use removed", "a consent asked", "an action removed"],
        "a consent asked",
        "a use removed",
    ),
)
def test_what_narrows_is_applied_without_asking_and_can_be_taken_back(
    fresh_database: Callable[[], str], change: str
) -> None:
    url = fresh_database()
    datamap, (policy, _) = small.datamap(make_small(url)), NARROWER[change]
    keep(url, [POLICY], datamap)
    with connect(url) as admin:
        before = snapshot(admin)
        keep(url, [policy], datamap)
        assert keep(url, [policy], datamap).steps == ()
        keep(url, [POLICY], datamap, weaken=True)
        assert _but_bits(snapshot(admin)) == _but_bits(before)


def test_a_purpose_comes_and_goes(fresh_database: Callable[[], str]) -> None:
    url = fresh_database()
    datamap = small.datamap(make_small(url))
    keep(url, [POLICY], datamap)
    wider = replace(POLICY, purposes={**POLICY.purposes, "thanks": Purpose("thanks", promise="C07")})
    wider = with_use(wider, Use("U9", ("contact",), ("thanks",), (Basis.CONTRACT,), promise="C07"))
    opened = replace(datamap, logins={**datamap.logins, small.COUNTER: Login(small.COUNTER, ("thanks",))})
    with connect(url) as admin:
        before = snapshot(admin)
        plan = keep(url, [wider], opened, weaken=True)
        others = {s.name for s in plan.steps if "thanks" not in s.name} - TOLD
        assert [n for n in others if not re.fullmatch(BITS, n)] == []
        assert keep(url, [wider], opened).steps == ()
        keep(url, [POLICY], datamap)
        assert _but_bits(snapshot(admin)) == _but_bits(before)


def test_a_promise_with_another_name_moves_no_row_and_no_table(fresh_database: Callable[[], str]) -> None:
    """Comments carry the promise; what stands in the tables stays."""
    url = fresh_database()
    datamap = small.datamap(make_small(url))
    keep(url, [POLICY], datamap)
    categories = {n: replace(c, promise="C38") for n, c in POLICY.categories.items()}
    with connect(url) as admin:
        nodes = rows(
            admin,
            "SELECT relname, relfilenode, relnatts FROM pg_class WHERE relname = ANY (%s) ORDER BY 1, 2, 3",
            [*small.TABLES],
        )
        keep(url, [replace(POLICY, categories=categories)], datamap)
        again = rows(
            admin,
            "SELECT relname, relfilenode, relnatts FROM pg_class WHERE relname = ANY (%s) ORDER BY 1, 2, 3",
            [*small.TABLES],
        )
    assert nodes == again
