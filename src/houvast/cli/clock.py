"""How a clock looks in a terminal: what is left as a bar, and in words."""

from __future__ import annotations

from houvast.cases import Breach, Case
from houvast.cli import printing

WIDTH = 10


def left(case: Case) -> str:
    """How much is left of a request's time: `██████░░░░ 18 days left`."""
    if case.closed_at:
        return f"{case.state.value} {case.closed_at:%Y-%m-%d}"
    whole = (case.due_on - case.received_at.date()).days
    text = _words(case.days_left, "day")
    return f"{bar(case.days_left, whole)} {text}{', stands still' if case.paused_at else ''}"


def hours(breach: Breach) -> str:
    """How much is left of a breach's hours."""
    if breach.reported_at:
        return f"reported {breach.reported_at:%Y-%m-%d %H:%M}"
    whole = (breach.report_by - breach.aware_at).total_seconds() / 3600
    return f"{bar(breach.hours_left, whole)} {_words(int(breach.hours_left // 1), 'hour')}"


def bar(rest: float, whole: float) -> str:
    """What is left of a whole, drawn."""
    full = max(0, min(WIDTH, round(WIDTH * rest / whole))) if whole > 0 else 0
    return "█" * full + "░" * (WIDTH - full)


def _words(number: int, unit: str) -> str:
    return f"{printing.count(-number, unit)} late" if number < 0 else f"{printing.count(number, unit)} left"
