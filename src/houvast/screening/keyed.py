"""Values that stand behind a key: `key=value`, `"key": "value"`, `key: value`, `<key>value</key>`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from houvast.screening.engine import Judge, Span

SIGN = rb"""["'\\]{0,4}[ \t]{0,3}[=:>]"""
"""What follows the key: the end of a quoted one, and a sign."""
_OPENS = rb"""[=>]?[ \t]{0,3}(?:b?["'\\]{1,4})?"""
EDGE = rb"(?:\b|_)"
"""Where a word begins or ends in a trigger: `_` is none of it, so that what stands beside one is found."""
Check = Callable[[bytes], object]


def key(*names: bytes, before: bytes = rb"(?:^|[^a-z0-9])") -> bytes:
    """A trigger for these keys: it ends behind the sign."""
    return before + rb"(?:" + b"|".join(names) + rb")" + SIGN


def value(pattern: bytes, check: Check | None = None, flags: int = 0) -> Judge:
    """The value behind a sign, which the first group holds."""
    match = re.compile(_OPENS + pattern, flags).match

    def judge(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
        found = match(data, end)
        return (found.span(1),) if found and (check is None or check(found[1])) else ()

    return judge


def here(pattern: bytes, check: Check | None = None, flags: int = 0) -> Judge:
    """What matches where the trigger began."""
    expression = re.compile(pattern, flags)
    match, group = expression.match, 1 if expression.groups else 0

    def judge(data: bytes, begin: int, _end: int) -> tuple[Span, ...]:
        found = match(data, begin)
        return (found.span(group),) if found and (check is None or check(found[group])) else ()

    return judge


def apart(judge: Judge) -> Judge:
    """Told where it begins and ends without the `_` beside it that an `EDGE` matched."""

    def judged(data: bytes, begin: int, end: int) -> Iterable[Span]:
        return judge(data, begin + (data[begin] == 95), end - (data[end - 1] == 95))

    return judged


def near(pattern: bytes, back: int, check: Check | None = None, flags: int = 0, *, ahead: int = 64) -> Judge:
    """What reaches over the end of the trigger, and begins at most so many bytes before it. `ahead`: bytes behind it."""
    expression = re.compile(pattern, flags)
    search, group = expression.search, 1 if expression.groups else 0

    def judge(data: bytes, _begin: int, end: int) -> tuple[Span, ...]:
        end -= data[end - 1] == 95  # matched by an `EDGE`
        found = search(data, max(0, end - back), end + ahead)
        while found and found.end() < end:
            found = search(data, found.start() + 1, end + ahead)
        if found and found.start() < end and (check is None or check(found[group])):
            return (found.span(group),)
        return ()

    return judge


def whole(_data: bytes, begin: int, end: int) -> tuple[Span, ...]:
    """All that the trigger matched."""
    return ((begin, end),)
