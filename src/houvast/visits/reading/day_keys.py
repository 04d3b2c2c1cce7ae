"""The keys of days while logs are read: also of days that are over, for as long as reading lasts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b
from pathlib import Path

from houvast.visits import store
from houvast.visits.keys_of_day import GRACE, LENGTH, Keys, end, fresh


@dataclass(frozen=True)
class DayKeys:
    """A day that is over has a key too when nothing of it was counted before (`counted`).

    It is made of a random one that lies in memory alone and is gone when reading ends: so old logs can be counted, and
    nobody can tell a visitor of them again.
    """

    keys: Keys
    counted: frozenset[date]
    passing: bytes = field(default_factory=fresh, repr=False)

    @classmethod
    def of_store(cls, keys: Keys, folder: Path) -> DayKeys:
        """With the days of which visits count now."""
        return cls(keys, frozenset(_days(store.files(folder))))

    def of(self, day: date) -> bytes | None:
        """The key of a day, None when numbers of it were given away before and their key is gone."""
        if self.keys.now() < end(day) + GRACE:
            return self.keys.of(day)
        if day in self.counted:
            return None
        return blake2b(day.isoformat().encode(), digest_size=LENGTH, key=self.passing).digest()


def _days(files: Iterable[Path]) -> Iterable[date]:
    return (date.fromisoformat(file.parent.name.removeprefix("day=")) for file in files)
