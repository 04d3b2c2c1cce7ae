"""Whether a changed condition is narrower than the one before: what `--weaken` is asked for is not guessed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import cast

from houvast.compiler.branches import Branch, Clause, Formula, Given, Needs
from houvast.policy.forms import strictest
from houvast.policy.model import Form, Look, Period

_PERIOD = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?")
_FLAGS = ("alive", "person", "request", "held", "unheld", "alone")


@lru_cache(maxsize=4096)
def to_text(branch: Branch) -> str:
    """One alternative as one line of JSON."""
    needs = branch.needs
    return json.dumps({
        "since": branch.since,
        "clauses": sorted(sorted(c) for c in needs.clauses),
        "circumstances": sorted(needs.circumstances),
        "terms": sorted((event, str(period)) for event, period in needs.terms),
        "ended": sorted((event, str(period)) for event, period in needs.ended),
        "given": sorted(needs.given),
        "flags": [flag for flag in _FLAGS if getattr(needs, flag)],
        **({"written": sorted(needs.writers)} if len(needs.writers) > 1 else {}),
        **({"looks": [_look_to_text(look) for look in sorted(needs.looks)]} if needs.looks else {}),
    }, sort_keys=True)  # fmt: skip


def _look_to_text(look: Look) -> list[str]:
    return [look.form.value, str(look.keep), " ".join(look.to), str(look.group), look.every]


def _look(told: list[str]) -> Look:
    form, keep, to, group, every = told
    return Look(Form(form), int(keep), tuple(to.split()), int(group), every)


def _period(text: str) -> Period:
    found = _PERIOD.fullmatch(text)
    years, months, days = (int(n or 0) for n in found.groups()) if found else (0, 0, 0)
    return Period(years, months, days)


def from_text(line: str) -> tuple[int, Needs]:
    """(since, needs) of a line that `to_text` wrote."""
    raw = cast("dict[str, list[list[str]]]", json.loads(line))
    flags = cast("list[str]", raw["flags"])
    formulas = cast("list[list[list[str]]]", raw["circumstances"])
    given = cast("list[tuple[str, list[str]]]", raw["given"])
    written = cast("list[str]", raw.get("written", []))
    needs = Needs(
        clauses=frozenset[Clause](frozenset(c) for c in raw["clauses"]),
        circumstances=frozenset(tuple(tuple(way) for way in formula) for formula in formulas),
        terms=frozenset((event, _period(period)) for event, period in raw["terms"]),
        ended=frozenset((event, _period(period)) for event, period in raw["ended"]),
        given=frozenset[Given]((column, tuple(names)) for column, names in given),
        looks=frozenset(_look(told) for told in raw.get("looks", ())),
        written=frozenset({tuple(written)} if written else ()),
        **dict.fromkeys(flags, True),
    )
    return cast("int", raw["since"]), needs


def _days(period: Period) -> int:
    return period.years * 366 + period.months * 31 + period.days


def _terms_within(new: Needs, old: Needs) -> bool:
    """Every old term has a new one of the same event that is as short, and every ended one is as long."""
    short = all(any(e == event and _days(p) <= _days(period) for e, p in new.terms) for event, period in old.terms)
    long = all(any(e == event and _days(p) >= _days(period) for e, p in new.ended) for event, period in old.ended)
    return short and long


def _split(line: str) -> tuple[str, str]:
    """What a line is about ("read contact.email ", "" = the row) and the alternative, "" when there is none."""
    about, brace, rest = line.partition("{")
    return about, brace + rest


def narrower(new: str, old: str) -> bool:
    """Whether every alternative of `new` (lines) is covered by one of `old` that is about the same."""
    before: dict[str, list[tuple[int, Needs]]] = {}
    for about, text in map(_split, old.splitlines()):
        before.setdefault(about, []).extend([from_text(text)] if text else [(0, Needs())])
    for about, text in map(_split, new.splitlines()):
        since, needs = from_text(text) if text else (0, Needs())
        if not any(since >= s and _covers(needs, o) for s, o in before.get(about, [])):
            return False
    return True


_HOURS = {"hour": 1, "day": 24, "week": 168}


def limits_within(new: str, old: str) -> bool:
    """Whether whatever limits of use (lines, as `limits` writes them) allow, the earlier ones allowed, and told as early."""
    return all(any(_limit_within(n.split(), o.split()) for o in old.splitlines()) for n in new.splitlines())


def _limit_within(new: Sequence[str], old: Sequence[str]) -> bool:
    if len(old) < len(new):
        return True  # there was no limit
    if len(new) < len(old):
        return False
    if len(new) == 1:
        return True
    (counts, most, per, alarm), (before, allowed, within, told) = new, old
    times = -(-_HOURS[within] // _HOURS[per])  # how often the new window fits into the old one, begun ones too
    return counts in (before, "uses") and int(most) * times <= int(allowed) and int(alarm) <= int(told)


def _covers(new: Needs, old: Needs) -> bool:
    flags = all(getattr(new, flag) or not getattr(old, flag) for flag in _FLAGS)
    clauses = all(any(n <= o for n in new.clauses) for o in old.clauses)
    circumstances = all(any(_within(n, o) for n in new.circumstances) for o in old.circumstances)
    given = all(any(c == column and set(n) <= set(names) for c, n in new.given) for column, names in old.given)
    written = len(new.writers) <= 1 or new.writers <= old.writers  # its own name alone is not written down
    forms = new.look is not None and strictest(new.looks | old.looks) == new.look
    return forms and flags and clauses and circumstances and given and written and _terms_within(new, old)


def _within(new: Formula, old: Formula) -> bool:
    """Whether each way of one formula holds all that some way of the other asks for."""
    return all(any(set(way) >= set(other) for other in old) for way in new)
