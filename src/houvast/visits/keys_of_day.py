"""Keys of days: what makes one visitor one number within a day, and a stranger the day after.

Each day (UTC) has a random key of 256 bits in a file that only its owner may read. It is made when a visit of that day
first needs it, serves until `GRACE` after the day's end, and is destroyed then, within 24 hours. Without it nobody can
tell whether a number is of an address, nor whether two days saw the same visitor.

What destroying means: the file is written over, emptied and unlinked. On a disk that copies when it writes (ZFS, Btrfs,
flash), or in a backup or snapshot taken meanwhile, the old bytes can last longer: keep this folder out of both, or on a
file system in memory.
"""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import blake2b
from pathlib import Path

from houvast.errors import HouvastError
from houvast.visits.committing import sync

LENGTH = 32
GRACE = timedelta(hours=22)
"""How long after its end the key of a day still serves lines that come late; the rest of 24 hours is to destroy it in."""
AHEAD = timedelta(hours=1)
"""How far clocks may run ahead of ours: no key is made of a day that is further away."""
_KEY, _GONE = ".key", ".gone"


def visitor(key: bytes, site: str, address: str, agent: bytes) -> int:
    """The number of a visitor of one site on one day: keyed BLAKE2b (RFC 7693) of 64 bits.

    `address`: as `inet_ntop` writes it; `agent`: the whole header User-Agent, b"" when there was none.
    """
    told = b"\0".join((site.encode(), address.encode(), agent))
    return int.from_bytes(blake2b(told, digest_size=8, key=key).digest(), "little")


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Keys:
    """The keys in a folder. `now`: the clock, aware."""

    folder: Path
    now: Callable[[], datetime] = _now

    def of(self, day: date) -> bytes | None:
        """The key of a day, made when it is first asked for; None before its time, or after it.

        Raises HouvastError for a file that others may read, or that is no key.
        """
        if not self.is_open(day):
            return None
        return secret(self.folder / f"{day.isoformat()}{_KEY}")

    def is_open(self, day: date) -> bool:
        """Whether visits of a day are given numbers now."""
        now = self.now()
        return _begin(day) - AHEAD <= now < end(day) + GRACE

    def there(self) -> tuple[date, ...]:
        """Of which days there are keys, oldest first."""
        return self._days(_KEY)

    def overdue(self) -> tuple[date, ...]:
        """Of which days there are keys that should have been destroyed by now: 24 hours after the day's end."""
        return tuple(day for day in self.there() if self.now() >= end(day) + timedelta(days=1))

    def destroy(self) -> tuple[date, ...]:
        """Destroy the keys whose time is over; every day of which that must still be told (`told`), oldest first."""
        for day in self.there():
            if self.now() >= end(day) + GRACE:
                _destroy(self.folder / f"{day.isoformat()}{_KEY}")
        for stray in self.folder.glob(f".????-??-??{_KEY}.*"):  # of a process that was killed while it made one
            if self.now() >= end(date.fromisoformat(stray.name[1:11])) + GRACE:
                _overwrite(stray)
                stray.unlink()
        return self.untold()

    def untold(self) -> tuple[date, ...]:
        """The days whose keys were destroyed, which is not written down yet, oldest first."""
        return self._days(_GONE)

    def told(self, day: date) -> None:
        """It was written down that the key of a day is destroyed: it need not be told again."""
        (self.folder / f"{day.isoformat()}{_GONE}").unlink(missing_ok=True)

    def _days(self, ending: str) -> tuple[date, ...]:
        return tuple(sorted(date.fromisoformat(file.stem) for file in self.folder.glob(f"????-??-??{ending}")))


def end(day: date) -> datetime:
    """When a day ends (UTC)."""
    return _begin(day) + timedelta(days=1)


def secret(file: Path) -> bytes:
    """The random key in a file of its owner's alone, made when there is none. Raises as `Keys.of` does."""
    try:
        return _read(file)
    except FileNotFoundError:
        _make(file)
        return _read(file)


def fresh() -> bytes:
    """A new random key."""
    return secrets.token_bytes(LENGTH)


def _begin(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _read(file: Path) -> bytes:
    opened = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        mode, found = os.fstat(opened).st_mode, os.read(opened, LENGTH + 1)
    finally:
        os.close(opened)
    if mode & 0o077:
        raise HouvastError(f"Others may read the key {file.name} of visits.", todo="Take that away: chmod 600, and 700 for its folder.")  # fmt: skip
    if len(found) != LENGTH:
        raise HouvastError(f"{file.name} holds no key of visits.", todo="Take the file away: another one is made.")
    return found


def _make(file: Path) -> None:
    """Whoever is first makes it: a link appears whole, or not at all."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    beside = file.with_name(f".{file.name}.{secrets.token_hex(8)}")
    opened = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        os.write(opened, fresh())
        os.fsync(opened)
        os.link(beside, file)
        sync(file.parent)
    except FileExistsError:
        _overwrite(beside)  # another process was quicker: its key counts
    finally:
        os.close(opened)
        beside.unlink()


def _destroy(file: Path) -> None:
    """Written over, emptied, and renamed to what says that it is gone: so a crash tells it once too often, never not."""
    _overwrite(file)
    os.truncate(file, 0)
    file.rename(file.with_suffix(_GONE))
    sync(file.parent)


def _overwrite(file: Path) -> None:
    opened = os.open(file, os.O_WRONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        os.write(opened, secrets.token_bytes(LENGTH))
        os.fsync(opened)
    finally:
        os.close(opened)
