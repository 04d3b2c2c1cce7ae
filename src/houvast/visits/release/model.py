"""What is asked of a report, what it costs, and what was published. Pure."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any, cast

from houvast.errors import UsageError
from houvast.evidence.canonical import canonical
from houvast.visits.model import Rules

FORMAT = "houvast-report/1"
LONGEST = timedelta(days=366)
MILLION, TRILLION = 10**6, 10**12
LARGEST_SHARE = 100


class Key(StrEnum):
    """By what a report can count. Days and hours are those of UTC, weeks begin on Monday, `hour` is 0 to 23."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    HOUR = "hour"
    SITE = "site"
    PAGE = "page"
    BROWSER = "browser"
    LANGUAGE = "language"
    REFERRER = "referrer"


TIMES = (Key.DAY, Key.WEEK, Key.MONTH)
"""Of these a question names at most one."""


@dataclass(frozen=True)
class Question:
    """How many visitor-days there were in each group of `keys`, from `since` to `until`, both included (UTC).

    `share`: how much of what may be released in a period this may cost, in percent (1 to 100).
    `site`: only of this site, as it is declared; "" for all.

    Raises UsageError for a question that cannot be asked.
    """

    keys: tuple[Key, ...]
    since: date
    until: date
    share: int = 15
    site: str = ""

    def __post_init__(self) -> None:
        """Refuse what cannot be asked."""
        if not self.keys or len(set(self.keys)) < len(self.keys):
            raise UsageError("A report counts by one or more keys, each once.", todo=f"Keys: {', '.join(Key)}.")
        if sum(key in TIMES for key in self.keys) > 1:
            raise UsageError("A report counts by day, by week or by month.", todo="Name one of them.")
        if not self.since <= self.until <= self.since + LONGEST:
            raise UsageError("A report is about one day at least, and a year at most.", todo="Give two days in order.")
        if not 1 <= self.share <= LARGEST_SHARE:
            raise UsageError("A report costs from 1 to 100 percent of the budget.", todo="Give a whole number.")

    @property
    def ordered(self) -> tuple[Key, ...]:
        """Its keys in the order of `Key`: the same question however they were named."""
        return tuple(key for key in Key if key in self.keys)

    @property
    def time(self) -> Key | None:
        """The key that is a time, if there is one."""
        return next((key for key in self.ordered if key in TIMES), None)

    @property
    def times(self) -> int:
        """How many days, weeks or months there are; 1 when it names none."""
        days = (self.until - self.since).days
        if self.time is Key.MONTH:
            return (self.until.year - self.since.year) * 12 + self.until.month - self.since.month + 1
        if self.time is Key.WEEK:
            return (days + self.since.weekday()) // 7 + 1
        return days + 1 if self.time else 1

    def to_json(self) -> dict[str, object]:
        """As a report holds it."""
        return {"keys": [str(key) for key in self.ordered], "since": self.since.isoformat(),
                "until": self.until.isoformat(), "share": self.share, "site": self.site}  # fmt: skip

    @property
    def sha256(self) -> str:
        """By which the ledger knows that the same is asked again."""
        return hashlib.sha256(canonical(self.to_json())).hexdigest()

    @classmethod
    def from_json(cls, found: Mapping[str, Any]) -> Question:
        """Back from a report."""
        keys = tuple(Key(one) for one in found["keys"])
        since, until = (date.fromisoformat(found[one]) for one in ("since", "until"))
        return cls(keys, since, until, int(found["share"]), str(found["site"]))


@dataclass(frozen=True)
class Cost:
    """What is spent: rho in millionths (zero-concentrated differential privacy), delta in trillionths (10^-12)."""

    rho_millionths: int
    delta_trillionths: int

    @classmethod
    def of(cls, rules: Rules, share: int) -> Cost:
        """A share, in percent, of what may be released in a period; rounded down."""
        return cls(round(rules.rho * MILLION) * share // 100, round(rules.delta * TRILLION) * share // 100)

    @property
    def rho(self) -> float:
        """As a number."""
        return self.rho_millionths / MILLION

    @property
    def delta(self) -> float:
        """As a number."""
        return self.delta_trillionths / TRILLION

    @property
    def epsilon(self) -> float:
        """The epsilon that goes with it: rho + 2 sqrt(rho ln(1/delta)) (Bun and Steinke 2016, prop. 1.3).

        It holds at 2 `delta`: once for this, once for the thresholds.
        """
        return self.rho + 2 * math.sqrt(self.rho * math.log(1 / self.delta))


@dataclass(frozen=True)
class Budget:
    """What may be released within the last `period` days in all (`cap`), what is spent, what is left; rho in millionths."""

    cap: int
    spent: int
    left: int
    period: int

    @property
    def percent_left(self) -> int:
        """Of the cap, rounded down."""
        return self.left * 100 // self.cap


@dataclass(frozen=True)
class Draft:
    """What a report would cost and how sure its numbers would be; no visit was looked at.

    `budget`: for this question: what is left for each of its days, too. `most`: in how many groups one visitor counts
    in a day at most. `within`: 95 of 100 numbers are at most this far off. `least`: no smaller number is shown.
    `published`: the number of the report that answers this question already; it costs nothing to read again.
    """

    question: Question
    cost: Cost
    budget: Budget
    most: int
    within: int
    least: int
    published: int | None = None

    @property
    def fits(self) -> bool:
        """Whether the budget allows it."""
        return self.published is not None or self.cost.rho_millionths <= self.budget.left


@dataclass(frozen=True)
class Row:
    """A group, how many visitor-days about, and how far off that may be: 95 of 100 are within it."""

    values: tuple[str, ...]
    count: int
    within: int


@dataclass(frozen=True)
class Guarantee:
    """What nobody can find out from a report, in numbers.

    Whether one visitor was there on one day changes what is told at most as `cost` says (approximate zCDP; neighbours:
    add or remove all visits of one visitor on one site on one day). `most`: groups in which such a visitor counts.
    `group`: no number is about fewer. `least`: the smallest number that can be shown. `method`: "counts", "series" or
    "selected" (`mechanism`).
    """

    cost: Cost
    most: int
    group: int
    least: int
    method: str
    cap: Cost
    period: int


@dataclass(frozen=True)
class Report:
    """A report as it was published; `to_bytes` is what is sealed and signed.

    `number`: in the ledger. `totals`: of each day, week or month (or of the whole period), every visitor counted once.
    `whole`: whether the rows of a day are parts of its total, so that what is missing is known. `labels`: of the sites,
    by language.
    """

    number: int
    organisation: str
    policy: str
    published: datetime
    question: Question
    rows: tuple[Row, ...]
    totals: tuple[Row, ...]
    whole: bool
    guarantee: Guarantee
    labels: Mapping[str, Mapping[str, str]]

    def to_bytes(self) -> bytes:
        """Canonical JSON (RFC 8785): the same report gives the same bytes. Raises NotCanonical."""
        said = self.guarantee
        return canonical({
            "format": FORMAT, "number": self.number, "organisation": self.organisation, "policy": self.policy,
            "published": self.published.isoformat(timespec="seconds"), "question": self.question.to_json(),
            "rows": [[list(one.values), one.count, one.within] for one in self.rows],
            "totals": [[list(one.values), one.count, one.within] for one in self.totals],
            "whole": self.whole, "labels": {site: dict(names) for site, names in self.labels.items()},
            "guarantee": {
                "unit": "visitor-day", "neighbours": "add or remove one", "robots": "left out", "method": said.method,
                "most": said.most, "group": said.group, "least": said.least,
                "rho_millionths": said.cost.rho_millionths, "delta_trillionths": said.cost.delta_trillionths,
                "cap_rho_millionths": said.cap.rho_millionths, "cap_delta_trillionths": said.cap.delta_trillionths,
                "period_days": said.period,
            },
        })  # fmt: skip

    @classmethod
    def from_bytes(cls, content: bytes) -> Report:
        """Back from `to_bytes`. Raises UsageError for what is no report."""
        try:
            found = cast("dict[str, Any]", json.loads(content))
            said = found["guarantee"]
            if found["format"] != FORMAT:
                raise ValueError(found["format"])
            guarantee = Guarantee(
                Cost(said["rho_millionths"], said["delta_trillionths"]), said["most"], said["group"], said["least"],
                said["method"], Cost(said["cap_rho_millionths"], said["cap_delta_trillionths"]), said["period_days"],
            )  # fmt: skip
            return cls(
                found["number"], found["organisation"], found["policy"], datetime.fromisoformat(found["published"]),
                Question.from_json(found["question"]), _rows(found["rows"]), _rows(found["totals"]), found["whole"],
                guarantee, found["labels"],
            )  # fmt: skip
        except (ValueError, KeyError, TypeError):
            raise UsageError("This is no report of visits.", todo="Give the JSON that was published.") from None

    @property
    def sha256(self) -> str:
        """Of its bytes, by which the log names it."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    def title(self, language: str) -> str:
        """What it is about, in a language ("nl" or "en")."""
        from houvast.visits.release.words import title

        return title(self, language)


def _rows(found: list[Any]) -> tuple[Row, ...]:
    return tuple(Row(tuple(values), count, within) for values, count, within in found)
