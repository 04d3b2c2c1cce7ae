"""What somebody asks of the log with a form: kind, promise, days, and from which number on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from houvast.evidence.kinds import KINDS
from houvast.web.evidence.rows import Search

DAYS = ("from", "to")
_EARLIEST, _LATEST = date(1970, 1, 1), date(9999, 1, 1)


@dataclass(frozen=True)
class Days:
    """A range of days, both included, by the clock of the policy's country; None is open.

    `wrong`: field -> what is wrong with it, a name of the wording.
    """

    texts: Mapping[str, str]
    since: datetime | None
    until: datetime | None
    wrong: Mapping[str, str] = field(default_factory=dict[str, str])

    @property
    def asked(self) -> bool:
        """Whether any day was given."""
        return any(self.texts.values())


def days(given: Mapping[str, str], timezone: str) -> Days:
    """The days of a form."""
    texts = {name: given.get(name, "").strip() for name in DAYS}
    found = {name: _day(text) for name, text in texts.items() if text}
    wrong = {name: "day_wrong" for name, one in found.items() if one is None}
    first, last = found.get("from"), found.get("to")
    if first and last and first > last:
        wrong["to"] = "day_before"
    if wrong or not found:
        return Days(texts, None, None, wrong)
    zone = ZoneInfo(timezone)
    since = _midnight(first or _EARLIEST, zone)
    return Days(texts, since, _midnight(last + timedelta(days=1) if last else _LATEST, zone))


@dataclass(frozen=True)
class Asked:
    """A search as it was asked. `strange`: it names a kind, promise or number that no form of ours does."""

    kind: str
    promise: str
    days: Days
    before: int | None
    strange: bool

    @property
    def search(self) -> Search:
        """For the database."""
        return Search(self.kind, self.promise, self.days.since, self.days.until, self.before)

    @property
    def any(self) -> bool:
        """Whether anything narrows the search."""
        return bool(self.kind or self.promise or self.days.asked or self.before is not None)

    def older_than(self, index: int) -> str:
        """The query of the page after this one."""
        narrowed = {"kind": self.kind, "promise": self.promise, **self.days.texts, "before": str(index)}
        return urlencode({name: value for name, value in narrowed.items() if value})


def asked(given: Mapping[str, str], promises: Mapping[str, object], timezone: str) -> Asked:
    """The search of a form."""
    kind, promise, before = (given.get(name, "").strip() for name in ("kind", "promise", "before"))
    number = int(before) if before.isascii() and before.isdigit() and len(before) <= 18 else None
    strange = (
        bool(kind and kind not in KINDS)
        or bool(promise and promise not in promises)
        or bool(before and number is None)
    )  # fmt: skip
    return Asked(kind, promise, days(given, timezone), number, strange)


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if _EARLIEST <= found < _LATEST else None


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone).astimezone(UTC)
