# ruff: noqa: S608 - names pass through ident, values through literal
"""Reads of many cells after an apply: those of one row in one statement, and alone only where that is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import groupby

from houvast.proof.door import Door
from houvast.proof.judge import Answer, Caller, judged, made
from houvast.proof.probe import Opened, Probe
from houvast.proof.report import Attempt


def read_all(door: Door, probes: Sequence[Probe], tell: Callable[[str, int, int], None]) -> list[Attempt]:
    """Make every attempt, login by login, use by use and row by row."""
    found: list[Attempt] = []
    for login, ours in groupby(sorted(probes, key=_place), key=lambda probe: probe.login):
        tell(f"attempts as {login}", len(found), len(probes))
        with closing(Caller(door, login)) as caller:
            for _, row in groupby(ours, key=_place):
                found += _row(caller, list(row))
    return found


def _place(probe: Probe) -> tuple[str, Opened, tuple[str, ...]]:
    return probe.login, probe.opened or Opened(""), probe.cell[1:] if probe.cell else probe.steps


def _row(caller: Caller, probes: Sequence[Probe]) -> Iterator[Attempt]:
    """The attempts on cells of one row. A refused cell hides the others only until each was asked for alone."""
    cells = [probe.cell for probe in probes if probe.cell]
    if len(cells) < max(len(probes), 2):
        yield from map(caller.attempt, probes)
        return
    _, table, where = cells[0]
    asked = f"SELECT {', '.join(column for column, _, _ in cells)} FROM {table} WHERE {where}"
    together = caller.ask(replace(probes[0], steps=(asked,)))
    if not together.sqlstate:
        for number, probe in enumerate(probes):
            alone = Answer([(row[number],) for row in together.rows], together.count)
            yield made(probe, judged(probe, alone))
        return
    nothing = caller.ask(replace(probes[0], steps=(f"SELECT FROM {table} LIMIT 0",)))  # needs a right to any column
    for probe in probes:
        yield made(probe, judged(probe, nothing)) if nothing.sqlstate else caller.attempt(probe)
