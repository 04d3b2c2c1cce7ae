"""Until when releases of PostgreSQL and Python are looked after, and how far a server is behind. Pure; asks no host.

Sources: https://www.postgresql.org/support/versioning/ and https://www.postgresql.org/developer/roadmap/ (small
releases come on the second Thursday of February, May, August and November); https://devguide.python.org/versions/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

POSTGRESQL: Mapping[int, tuple[date, date]] = {
    15: (date(2022, 10, 13), date(2027, 11, 11)),
    16: (date(2023, 9, 14), date(2028, 11, 9)),
    17: (date(2024, 9, 26), date(2029, 11, 8)),
    18: (date(2025, 9, 25), date(2030, 11, 14)),
}
"""Major version -> its first day and its last."""
PYTHON: Mapping[tuple[int, int], date] = {
    (3, 11): date(2027, 10, 31),
    (3, 12): date(2028, 10, 31),
    (3, 13): date(2029, 10, 31),
    (3, 14): date(2030, 10, 31),
}
"""Version -> its last day."""
PATIENCE = timedelta(days=30)
"""So long after a small release a server may still run the one before."""
_MONTHS = (2, 5, 8, 11)


def is_over(ends: date | None, newest: bool, on: date) -> bool:
    """Whether nobody looks after a release any more; of one newer than any known here, somebody does."""
    return on > ends if ends else not newest


def least_minor(major: int, on: date) -> int:
    """The lowest small release of a major version that counts on a day. Unscheduled ones only make numbers higher."""
    if major not in POSTGRESQL:
        return 0
    first = POSTGRESQL[major][0]
    return sum(1 for day in _scheduled(first.year, on.year) if first < day <= on - PATIENCE)


def _scheduled(since: int, until: int) -> Iterator[date]:
    for year in range(since, until + 1):
        for month in _MONTHS:
            first = date(year, month, 1)
            yield first + timedelta(days=(3 - first.weekday()) % 7 + 7)
