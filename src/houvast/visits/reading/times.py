"""The time of a line of nginx or Apache, `26/Nov/2026:20:21:26 +0000`, of many lines at once."""

from __future__ import annotations

from datetime import date
from typing import Final

import numpy as np
import numpy.typing as npt

NO_TIME: Final = -(1 << 62)
"""What stands where a line's time is none."""
WRITTEN: Final = 26
"""Bytes of a time."""
_DIGITS: Final = (0, 1, 7, 8, 9, 10, 12, 13, 15, 16, 18, 19, 22, 23, 24, 25)
_SIGNS: Final = {2: "/", 6: "/", 11: ":", 14: ":", 17: ":", 20: " "}
_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_EPOCH: Final = date(1970, 1, 1).toordinal()
_CLOCK: Final = np.uint64(int.from_bytes(b"00:00:00", "little"))
_CLOCK_ROOM: Final = np.uint64(int.from_bytes(b"\x76\x76\x7f\x76\x76\x7f\x76\x76", "little"))
_HIGH: Final = np.uint64(0x8080808080808080)
_BYTE: Final = np.uint64(0xFF)


def seconds(written: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """Seconds since 1970, of times of 26 bytes each; NO_TIME for what is none."""
    columns = np.ascontiguousarray(written.T)
    good = np.ones(len(written), np.bool_)
    for place in _DIGITS:
        good &= columns[place] - np.uint8(48) < 10
    for place, sign in _SIGNS.items():
        good &= columns[place] == ord(sign)
    minus = columns[21] == ord("-")
    good &= minus | (columns[21] == ord("+"))
    day, month, year = _number(columns, 0, 2), _month(columns), _number(columns, 7, 4)
    hour, minute, second = (_number(columns, place, 2) for place in (12, 15, 18))
    ahead, minutes = _number(columns, 22, 2), _number(columns, 24, 2)
    good &= (hour < 24) & (minute < 60) & (second <= 60) & (ahead <= 14) & (minutes < 60)
    days = _days(np.where(good, (year * 13 + month) * 100 + day, 0))
    good &= days != NO_TIME
    zone = np.where(minus, -1, 1) * (ahead * 60 + minutes) * 60
    at = days * 86_400 + hour * 3600 + minute * 60 + np.minimum(second, 59) - zone
    return np.where(good, at, NO_TIME)


def seconds_within(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.int64]:
    """The same of `[26/Nov/2026:20:21:26 +0000] "` and two bytes more, as four rows of eight bytes each.

    Lines lie in the order of their time: the calendar is asked where another day, or zone, begins.
    """
    low, high = np.uint64(0xFF_FFFF_FFFF), np.uint64(0xFF_FFFF << 40)
    rest = words[1] & low | words[2] & high
    other = (
        (words[0, 1:] != words[0, :-1])
        | (rest[1:] != rest[:-1])
        | ((words[3, 1:] ^ words[3, :-1]) & np.uint64(0xFF_FFFF) != 0)
    )
    begins = np.flatnonzero(np.concatenate((np.ones(1, np.bool_), other)))[: words.shape[1]]
    written = np.ascontiguousarray(words[:, begins].T).view(np.uint8)[:, 1 : 1 + WRITTEN].copy()
    written[:, 12:20] = np.frombuffer(b"00:00:00", np.uint8)
    midnight = np.repeat(seconds(written), np.diff(begins, append=words.shape[1]))
    clock = (words[1] >> np.uint64(40) | words[2] << np.uint64(24)) ^ _CLOCK
    good = ((clock + _CLOCK_ROOM | clock) & _HIGH == 0) & (midnight != NO_TIME)
    both = clock * np.uint64(10) + (clock >> np.uint64(8))  # two digits of each pair are one number now
    hour, minute, second = ((both >> np.uint64(shift) & _BYTE).astype(np.int64) for shift in (0, 24, 48))
    good &= (hour < 24) & (minute < 60) & (second <= 60)
    return np.where(good, midnight + hour * 3600 + minute * 60 + np.minimum(second, 59), NO_TIME)


def _number(columns: npt.NDArray[np.uint8], place: int, length: int) -> npt.NDArray[np.int64]:
    found = np.zeros(columns.shape[1], np.int64)
    for digit in columns[place : place + length]:
        found = found * 10 + (digit - np.uint8(48))
    return found


def _month(columns: npt.NDArray[np.uint8]) -> npt.NDArray[np.int64]:
    """From 1 to 12; 0 for what is none."""
    written = (columns[3].astype(np.int64) << 16) | (columns[4].astype(np.int64) << 8) | columns[5]
    found = np.zeros(len(written), np.int64)
    for number, name in enumerate(_MONTHS, 1):
        found[written == int.from_bytes(name.encode(), "big")] = number
    return found


def _days(written: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Days since 1970; a log has few different ones, so that the calendar is asked of each once."""
    different, which = np.unique(written, return_inverse=True)
    return np.array([_day(int(one)) for one in different], np.int64)[which]


def _day(written: int) -> int:
    year, month, day = written // 1300, written // 100 % 13, written % 100
    try:
        return date(year, month, day).toordinal() - _EPOCH
    except ValueError:
        return NO_TIME
