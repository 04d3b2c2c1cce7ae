"""enforcement.json: what reading and writing under the policy costs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from bench import report
from bench.backend import Backend
from bench.cases import Group, groups
from bench.company import KEPT, PLAIN, Company
from bench.duel import duel
from houvast.database import run_query

Cases: TypeAlias = dict[str, dict[str, Any]]
SEEN = "SELECT count(*) FROM orders"


def measure(company: Company, rounds: int, say: Callable[[str], None], *, write: bool = True) -> None:
    """Run all cases and write enforcement.json."""
    with company.admin(PLAIN) as admin:
        found = groups(admin)
    cases: Cases = {}
    for group in found:
        cases |= _run(company, group, rounds, say)
    if write:
        ratios = {name: float(case["ratio"]) for name, case in cases.items()}
        figures = {"people": company.people, **_orders(company), "cases": cases}
        with company.admin(KEPT) as admin:
            report.write("enforcement", admin, ratios, figures)


def _run(company: Company, group: Group, rounds: int, say: Callable[[str], None]) -> dict[str, dict[str, Any]]:
    plain = Backend(company.url(PLAIN, group.login), settings=group.settings)
    houvast = Backend(company.url(KEPT, group.login), purpose=group.purpose, settings=group.settings)
    cases: Cases = {}
    for case in group.cases:
        figures = duel(plain, houvast, case, rounds).figures
        about = {"sql": case.sql, "login": group.login, "purpose": group.purpose, "bar": case.bar}
        cases[case.name] = {**about, **figures}
        say(report.line(case.name, figures["ratio"], case.bar, figures))
    plain.close()
    houvast.close()
    return cases


def _orders(company: Company) -> dict[str, int]:
    """How many orders there are, and how many of them the scan under the policy sees."""
    with company.admin(PLAIN) as admin:
        there = int(run_query(admin, SEEN)[0][0])
    backend = Backend(company.url(KEPT, "shop"), purpose="order")
    seen = int(run_query(backend.connection, SEEN)[0][0])
    backend.close()
    return {"orders": there, "orders_seen": seen}
