"""For `prove`: joining visits with accounts by time and network, and what can be seen of one visitor (C20, C21, C22).

Somebody who holds the table of accounts knows when each signed in, from which address and with which browser. They look
for each in the store of visits. Without the key of that day they must not do better than chance.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import blake2b
from math import comb
from typing import TYPE_CHECKING, Final

from houvast.app.visit_attempts import AGENT, ALONE, LINKED, OneKey, attempt, minimiser, ordinary
from houvast.errors import UsageError
from houvast.visits.addresses import used
from houvast.visits.keys_of_day import visitor
from houvast.visits.model import Address, Declared, Visit

if TYPE_CHECKING:
    from houvast.proof import Attempt

HOURS, EACH = 6, 40
"""So many visitors in each of so many hours: whoever guesses finds one of forty."""
SURE: Final = 1e-4
"""How unlikely it is that chance alone would do as well as what is refused."""
CHANCE, BETTER = "no better than chance", "better than chance"
_DAY = date(2026, 11, 25)
_SHOWN = "a hundred dashboards"


@dataclass(frozen=True)
class Account:
    """What is known of an account that signed in: when, from where, with what. `number`: the truth, to compare with."""

    at: datetime
    address: str
    agent: str
    number: int

    def under(self, key: bytes, site: str, mode: Address) -> int:
        """The number that it would have under a key."""
        return visitor(key, site, used(self.address, mode), self.agent.encode())


Way = Callable[[Account, Sequence[int]], int]
"""A way to say which of the numbers of an hour is that of an account."""


def linked(declared: Declared) -> Iterator[Attempt]:
    """Five ways to look for accounts among visits, and one by which all are found: with the key."""
    accounts, rows = _made(declared)
    site = declared.sites[0].name
    said = f"{len(accounts)} accounts, {EACH} visitors an hour"
    key, before, mode = OneKey().of(_DAY), OneKey().of(_DAY - timedelta(days=1)), declared.rules.address
    guess = random.Random(2)  # noqa: S311 (a guess, not a secret)

    def by(number: Callable[[Account], int]) -> Way:
        return lambda one, there: _nearest(there, number(one))

    def in_order(number: Callable[[Sequence[int]], Sequence[int]]) -> Way:
        return lambda one, there: number(there)[_rank(one, accounts) % len(there)]

    ways: Mapping[str, Way] = {
        "by the hour, and a guess": lambda _, there: guess.choice(there),
        "by the order in which they signed in": in_order(lambda there: there),
        "by the order of their numbers": in_order(sorted),
        "by a digest that has no key": by(lambda one: digest(f"{site}\0{one.address}\0{one.agent}")),
        "by the key of the day before": by(lambda one: one.under(before, site, mode)),
        "by their network": by(lambda one: digest(one.address.rpartition(".")[0])),
    }
    for name, way in ways.items():
        hits = _hits(accounts, rows, way)
        seen = CHANCE if hits <= _most(len(accounts), 1 / EACH) else BETTER
        yield attempt(LINKED, f"accounts are found among visits {name}", said, CHANCE, seen)
    with_key = _hits(accounts, rows, by(lambda one: one.under(key, site, mode)))
    yield attempt(
        LINKED,
        "with the key of the day every account is found",
        said,
        "all",
        "all" if with_key == len(accounts) else "some",
        control=True,
    )
    yield _columns(rows)


def _columns(rows: Mapping[datetime, Sequence[Visit]]) -> Attempt:
    """The other facts of a visit single out few: here all have the same, so that only time and number could tell."""
    alike = {
        (one.page, one.browser, one.version, one.language, one.referrer) for there in rows.values() for one in there
    }
    return attempt(
        LINKED,
        "those visits differ in something but time and number",
        "their other facts",
        "1 sort",
        f"{len(alike)} sort",
    )


def _made(declared: Declared) -> tuple[list[Account], dict[datetime, list[Visit]]]:
    """Visitors with accounts, each with a visit when they signed in; the visits in the order in which batches lie."""
    real, dice = minimiser(declared), random.Random(1)  # noqa: S311 (the same every time)
    accounts: list[Account] = []
    rows: dict[datetime, list[Visit]] = defaultdict(list)
    for n in range(HOURS * EACH):
        at = datetime(_DAY.year, _DAY.month, _DAY.day, 8 + n // EACH, tzinfo=UTC) + timedelta(
            seconds=dice.randrange(3500)
        )
        address = f"192.0.2.{dice.randrange(1, 255)}" if n % 2 else f"198.51.100.{dice.randrange(1, 255)}"
        agent = f"{AGENT} {n}"
        found = real.visit(replace(ordinary(declared, at), remote=address, agent=agent))
        if isinstance(found, Visit) and found.visitor is not None:
            rows[found.at.replace(minute=0)].append(found)
            accounts.append(Account(at, address, agent, found.visitor))
    for there in rows.values():
        there.sort(key=lambda one: (one.at, one.visitor or 0))
    return accounts, rows


def _hits(accounts: Sequence[Account], rows: Mapping[datetime, Sequence[Visit]], way: Way) -> int:
    found = 0
    for one in accounts:
        there = [row.visitor for row in rows[one.at.replace(minute=0, second=0)] if row.visitor is not None]
        found += way(one, there) == one.number
    return found


def digest(text: str) -> int:
    """A number that stands for a text, without a key: what somebody tries who has none."""
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def _rank(one: Account, accounts: Sequence[Account]) -> int:
    return sum(other.at < one.at for other in accounts if other.at.hour == one.at.hour)


def _nearest(there: Sequence[int], number: int) -> int:
    return min(there, key=lambda other: abs(other - number))


def _most(n: int, p: float) -> int:
    """The fewest hits of n that chance p exceeds less often than SURE (the binomial distribution, exactly)."""
    above, k = 1.0, -1
    while above > SURE:
        k += 1
        above -= comb(n, k) * p**k * (1 - p) ** (n - k)
    return k


def alone(declared: Declared) -> Iterator[Attempt]:
    """Nothing is told of one visitor: no question takes or gives one, and tomorrow nobody is known again."""
    real, plain = minimiser(declared), ordinary(declared)
    numbers = [_number(real.visit(one)) for one in (
        plain, replace(plain, at=plain.at + timedelta(hours=3)), replace(plain, at=plain.at + timedelta(days=1)),
        replace(plain, host=declared.sites[-1].hosts[0]))]  # fmt: skip
    for name, one, same in (
        ("a visitor is the same within a day", numbers[1], True),
        ("a visitor is known again the day after", numbers[2], False),
        *((("a visitor is known again on another site", numbers[3], False),) if len(declared.sites) > 1 else ()),
    ):
        seen = "known again" if one == numbers[0] else "nobody knows"
        yield attempt(ALONE, name, "two requests", "known again" if same else "nobody knows", seen, control=same)
    yield from _questions(declared)
    yield from _few(declared)


def _number(found: object) -> int | None:
    return found.visitor if isinstance(found, Visit) else None


def _questions(declared: Declared) -> Iterator[Attempt]:
    """Questions that would single somebody out, and one that may be asked."""
    from houvast.visits.trends.question import Trend, check

    sites = tuple(one.name for one in declared.sites)
    plain = Trend(sites[0], _DAY - timedelta(days=7), _DAY - timedelta(days=1), ("page",))
    for name, asked, expected in (
        ("trends are asked by page", plain, "answered"),
        ("trends are asked by visitor", replace(plain, keys=("visitor",)), "refused"),
        ("trends are asked of one visitor", replace(plain, where=(("visitor", "1"),)), "refused"),
        ("trends are asked by the moment", replace(plain, keys=("at",)), "refused"),
        ("trends are asked by three columns", replace(plain, keys=("page", "browser", "language")), "refused"),
        ("trends are asked of a day that is not over", replace(plain, until=_DAY), "refused"),
    ):
        try:
            check(asked, _DAY, sites)
            seen = "answered"
        except UsageError:
            seen = "refused"
        yield attempt(ALONE, name, "a question", expected, seen, control=expected == "answered")


def _few(declared: Declared) -> Iterator[Attempt]:
    """Groups of made-up visitors as a hundred dashboards would show them, each with its own key: no small one shows."""
    from houvast.visits.trends.holding import Holding, Table
    from houvast.visits.trends.question import Every, Measure

    group, dashboards = declared.rules.group, range(100)
    table = Table("made up", ("page",), Measure.VISITOR_DAYS, Every.DAY, _DAY, "made up by a proof")
    for size, expected in ((100 * group, 100), (group - 1, 0), (1, 0)):
        found = [Holding(group, bytes([n]) * 32).shown(table, {("a page",): size}) for n in dashboards]
        times = sum(map(bool, found))
        name = f"a group of {size} is shown"
        yield attempt(ALONE, name, _SHOWN, f"{expected} times", f"{times} times", control=bool(expected))
    near = [Holding(group, bytes([n]) * 32).shown(table, {("a page",): group * 2}) for n in dashboards]
    small = sum(count < group for one in near for count in one.values())
    yield attempt(
        ALONE, "a number below the smallest group is shown", "a hundred dashboards", "0 times", f"{small} times"
    )
