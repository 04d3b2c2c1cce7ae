"""A small company, its policy and its people, to say examples of the meaning in one line."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from houvast.policy.decide import Permit, Refuse, decide
from houvast.policy.model import (
    Action,
    Basis,
    Category,
    Duty,
    Never,
    Period,
    Policy,
    Purpose,
    PurposeKind,
    Term,
    Use,
)
from houvast.policy.world import Ask, OpenUse, Person, Row
from tests.policy.cedar import allowed, asked_alike

HERE = ZoneInfo("Europe/Amsterdam")
START = datetime(2018, 5, 25, tzinfo=HERE)
SECOND = datetime(2022, 1, 1, tzinfo=HERE)
THIRD = datetime(2024, 1, 1, tzinfo=HERE)
JOINED = datetime(2019, 3, 1, 12, tzinfo=UTC)
NOW = datetime(2026, 3, 10, 11, tzinfo=UTC)
ALL = (Action.READ, Action.INSERT, Action.UPDATE, Action.DELETE)
NEVER_MARKETED = Never("N1", ("business",), ("business", "rights", "retention"), promise="C18")


def use(data: str, purpose: str, basis: str = "contract", when: str = "", **rest: object) -> Use:
    """A use in short: `when` is one circumstance, or several with `or`."""
    ways = tuple((name,) for name in when.split(" or ")) if when else ()
    made = Use(
        f"U-{purpose}-{data}", tuple(data.split()), tuple(purpose.split()), (Basis(basis),), while_=ways,
        promise=f"P-{purpose}",
    )  # fmt: skip
    return replace(made, **rest)


SYSTEM = {
    "rights": Purpose("rights", kind=PurposeKind.RIGHTS, one="person"),
    "retention": Purpose("retention", kind=PurposeKind.RETENTION),
    "dispute": Purpose("dispute", kind=PurposeKind.DISPUTE, one="case"),
    "migration": Purpose("migration", kind=PurposeKind.MIGRATION),
}
PURPOSES = SYSTEM | {
    "answer": Purpose("answer"),
    "billing": Purpose("billing"),
    "tax": Purpose("tax"),
    "service": Purpose("service", service=True),
    "account": Purpose("account", one="person"),
    "support": Purpose("support", one="case"),
    "marketing": Purpose("marketing", marketing=True),
    "newsletter": Purpose("newsletter", marketing=True),
    "community": Purpose("community"),
    "enforce": Purpose("enforce"),
    "security": Purpose("security", compelling=True),
    "business": Purpose("business"),
    "trends": Purpose("trends"),
}
EVERYTHING = "contact invoice volunteered business diagnostic"
USES = (
    use("contact invoice", "answer", when="ticket.open", actions=(Action.READ, Action.UPDATE)),
    use("contact invoice", "billing", when="order.open or invoice.open", survives_closing=True, actions=ALL),
    use("invoice", "tax", "legal duty", statute="AWR 52(4)"),
    use("contact", "service", when="subscription.live"),
    use("contact", "account", actions=ALL),
    use("diagnostic", "support", when="ticket.open"),
    use("contact", "marketing", "consent"),
    use("business contact", "newsletter", "own customer"),
    use("volunteered", "community", "consent", actions=ALL),
    use("volunteered", "marketing", "consent"),
    use("contact", "enforce", "legitimate interest", survives_closing=True),
    use("contact", "security", "legitimate interest"),
    use("business", "business", actions=ALL),
    use("contact invoice business", "dispute", "legitimate interest", actions=ALL),
    use(EVERYTHING, "rights", "legal duty", actions=ALL),
    use(EVERYTHING, "retention", "legal duty", actions=ALL),
    use(EVERYTHING, "migration", "legal duty", actions=ALL),
)
TERMS = (
    Term("contact", "account.closed", Period(days=30), promise="C30"),
    Term("invoice", "book_year.end", Period(years=7), ("tax",), "AWR 52(4)", "C31"),
    Term("invoice", "collected", Period(years=2), promise="C09"),
    Term("volunteered", "account.closed", Period(), promise="C14"),
    Term("business", "collected", Period(years=10), promise="C17"),
    Term("diagnostic", "ticket.closed", Period(days=30), promise="C42"),
)
ONE = Policy(
    "lakana", 1, START, promises={}, purposes=PURPOSES, uses=USES, nevers=(NEVER_MARKETED,), terms=TERMS,
    categories={
        "contact": Category("contact", promise="C06"),
        "invoice": Category("invoice", promise="C09"),
        "volunteered": Category("volunteered", given_for=True, promise="C14"),
        "business": Category("business", promise="C16"),
        "diagnostic": Category("diagnostic", promise="C40"),
    },
    duties=(Duty("change", "effective", promises=("C57",)), Duty("change", "acceptance", promises=("C56",)),
            Duty("rights", "restriction", promises=("G09",)), Duty("rights", "stop", promises=("C32",)),
            Duty("rights", "closing", promises=("C30",)), Duty("law", "hold", promises=("C31",))),
)  # fmt: skip
EVENTS = {"collected": JOINED, "ticket.closed": None, "book_year.end": date(2025, 6, 1)}


def person(name: str = "anna", *open_now: str, **rest: object) -> Person:
    """Somebody who joined under version 1; `open_now` are circumstances with one case each."""
    made = Person(("customer", name), JOINED, circumstances={c: frozenset({f"{name}'s {c}"}) for c in open_now})
    return replace(made, **rest)


def row(*owners: Person, left: tuple[Person, ...] = (), table: str = "contact", **rest: object) -> Row:
    """A row of these owners, some of whom have left."""
    made = Row(table, "1", tuple((p, True) for p in owners) + tuple((p, False) for p in left), events=EVENTS)
    return replace(made, **rest)


def ask(about: Row, purpose: str, data: str = "contact", **rest: object) -> Ask:
    """Ask to read the cell `value` of a row, with a use open."""
    made = Ask(purpose, Action.READ, "value", frozenset(data.split()), about, NOW, OpenUse(purpose))
    return replace(made, **rest)


def rule(
    about: Row, purpose: str, data: str = "contact", *, policies: tuple[Policy, ...] = (ONE,), **rest: object
) -> int:
    """The number of the rule that refuses; 0 when permitted. Cedar, asked the same, answers the same."""
    asked = ask(about, purpose, data, **rest)
    answer = decide(policies, asked)
    if asked_alike(policies):
        assert allowed(policies, [asked]) == [isinstance(answer, Permit)]
    return answer.rule if isinstance(answer, Refuse) else 0


def later(policy: Policy = ONE, effective: datetime = SECOND, **rest: object) -> Policy:
    """The version after this one."""
    return replace(policy, version=policy.version + 1, effective=effective, **rest)


def without(policy: Policy, purpose: str) -> tuple[Use, ...]:
    """The uses of a policy but those for one purpose."""
    return tuple(u for u in policy.uses if purpose not in u.purposes)


ANNA, BRAM = person("anna"), person("bram")
HOLD_7 = OpenUse("dispute", case="7")
HOLD_8 = OpenUse("dispute", case="8")
MAILED = {"consented": frozenset({"marketing"})}
OLD_INVOICE = {"collected": datetime(2019, 5, 1, tzinfo=UTC), "book_year.end": date(2019, 5, 1)}
CLOSED = datetime(2026, 2, 1, tzinfo=UTC)
