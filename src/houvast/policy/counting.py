"""What a policy says of counting visits, as one value: its section `visits`. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from houvast.policy.model import Duty, Form, Period, Policy
from houvast.policy.periods import parse_period

SECTION: Final = "visits"
NEEDED: Final = ("counted", "time", "address", "group")
"""The lines without which nobody can tell what is counted, and how."""
LINES: Final = (*NEEDED, "budget", "security")
_PART: Final = re.compile(r"(?:0?\.\d{1,12}|\d{1,3}(?:\.\d{1,6})?|[1-9](?:\.\d{1,3})?e-\d{1,2})", re.ASCII)


@dataclass(frozen=True)
class Budget:
    """How much may be released of visits in all, within `period`: rho and delta of zero-concentrated differential
    privacy (Bun and Steinke 2016)."""

    rho: float
    delta: float
    period: Period


@dataclass(frozen=True)
class Apart:
    """The store of whole addresses: of which category, for which purpose alone, and for how long."""

    category: str
    purpose: str
    term: Period


@dataclass(frozen=True)
class Counting:
    """How visits are counted. `precision`: "hour" or "minute". `mode`: "keyed" or "truncated". `group`: about how many
    visitors of a day a number is at least. `keep`: for how long visits are kept; None when the policy does not say.
    `budget`: None, and nothing is released. `apart`: None, and no whole address is kept."""

    category: str
    precision: str
    mode: str
    group: int
    keep: Period | None
    budget: Budget | None = None
    apart: Apart | None = None


def lines(policy: Policy) -> Mapping[str, Duty]:
    """The lines of the section, by name."""
    return {one.name: one for one in policy.duties if one.section == SECTION}


def counting(policy: Policy) -> Counting | None:
    """How a policy has visits counted, in which `check` finds nothing wrong; None when it does not say."""
    found = lines(policy)
    if not all(name in found for name in NEEDED):
        return None
    counted, time, address, group = (found[name] for name in NEEDED)
    category = _text(counted, "data")
    term = next((one for one in policy.terms if one.category == category and not one.purposes), None)
    return Counting(
        category,
        _text(time, "precision") or "hour",
        _text(address, "mode") or "keyed",
        int(_text(group, "smallest") or 0),
        term.plus if term else None,
        _budget(found.get("budget")),
        _apart(found.get("security")),
    )


def counted_for(policy: Policy) -> tuple[str, ...]:
    """The purposes that get totals of what is counted of a visit, and nothing but totals."""
    said = counting(policy)
    uses = [one for one in policy.uses if said and said.category in one.categories and one.form is Form.AGGREGATE]
    return tuple(dict.fromkeys(name for one in uses for name in one.purposes))


def part(text: str) -> float | None:
    """A number that is more than 0, as 0.1 or 1e-6; None when it is no such number."""
    value = float(text) if _PART.fullmatch(text) else 0.0
    return value or None


def _budget(line: Duty | None) -> Budget | None:
    if line is None:
        return None
    rho, delta = part(_text(line, "rho")), part(_text(line, "delta"))
    period = parse_period(_text(line, "period"))
    return Budget(rho, delta, period) if rho and delta and period else None


def _apart(line: Duty | None) -> Apart | None:
    term = parse_period(_text(line, "within")) if line else None
    return Apart(_text(line, "data"), _text(line, "for"), term) if line and term else None


def _text(line: Duty, parameter: str) -> str:
    return next(iter(line.texts(parameter)), "")
