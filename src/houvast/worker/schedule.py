"""When runs are due."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from croniter import croniter

from houvast.app.settings import DEFAULT_TIMES, NEVER, Settings
from houvast.errors import FileErrors, Finding


def check_times(settings: Settings) -> None:
    """Raise FileErrors for a time that is not five cron fields."""
    findings = [
        Finding(
            "time",
            settings.place_of(kind),
            f"`{time}` is not a time.",
            f"Write five cron fields (UTC), such as `{DEFAULT_TIMES[kind]}`, or `{NEVER}`.",
        )
        for kind, time in settings.times.items()
        if time != NEVER and not (len(time.split()) == 5 and croniter.is_valid(time))
    ]
    if findings:
        raise FileErrors(tuple(findings))


def due(settings: Settings, last: Mapping[str, datetime | None], now: datetime) -> tuple[str, ...]:
    """The kinds of run whose time has come since they last began; one that never ran is due."""
    found: list[str] = []
    for kind, time in settings.times.items():
        began = last[kind]
        if time != NEVER and (began is None or began < croniter(time, now).get_prev(datetime)):
            found.append(kind)
    return tuple(found)
