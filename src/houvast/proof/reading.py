# ruff: noqa: S608 - names pass through ident, values through literal
"""Reads of many cells after an apply: those of one table in one statement, and alone only where that is refused."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import groupby

from houvast.proof.door import Door
from houvast.proof.judge import LANES, Answer, Caller, judged, made
from houvast.proof.probe import Opened, Probe
from houvast.proof.report import Attempt


def read_all(door: Door, probes: Iterable[Probe], tell: Callable[[str, int, int], None]) -> list[Attempt]:
    """Make every attempt: login by login, `LANES` of them beside each other, then use by use and table by table."""
    ordered = sorted(probes, key=_place)
    logins = {login: list(ours) for login, ours in groupby(ordered, key=lambda probe: probe.login)}
    most_first = sorted(logins, key=lambda login: -len(logins[login]))
    found: list[Attempt] = []
    pool = ThreadPoolExecutor(LANES)
    try:
        running = {login: pool.submit(_as_login, door, login, logins[login]) for login in most_first}
        for login in logins:
            tell(f"attempts as {login}", len(found), len(ordered))
            found += running[login].result()
    finally:
        pool.shutdown(cancel_futures=True)  # whoever interrupts waits for no login that has not begun
    return found


def _as_login(door: Door, login: str, probes: list[Probe]) -> list[Attempt]:
    with closing(Caller(door, login)) as caller:
        rights = Rights(caller)
        return [one for _, table in groupby(probes, key=_place) for one in _table(rights, list(table))]


def _place(probe: Probe) -> tuple[str, Opened, tuple[str, ...]]:
    return probe.login, probe.opened or Opened(""), probe.cell[1:2] if probe.cell else probe.steps


@dataclass(frozen=True)
class Rights:
    """Which columns a login has no right to, whatever the row. Each that was refused with others is tried once for a purpose."""

    caller: Caller
    known: dict[tuple[str, str, str], Answer] = field(default_factory=dict[tuple[str, str, str], Answer])

    def refusal(self, probe: Probe) -> Answer | None:
        """How it is refused to read the column of no row at all, where that was tried."""
        found = (self.known.get(place) for place in _columns(probe))
        return next((answer for answer in found if answer and answer.sqlstate), None)

    def find(self, probes: Iterable[Probe]) -> None:
        """Try each column alone; none where all of the table is refused, or the use is, which says nothing of columns."""
        for probe in probes if self.caller.refused is None else ():
            for purpose, table, column in _columns(probe):
                if not self.refusal(probe) and (purpose, table, column) not in self.known:
                    asked = replace(probe, steps=(f"SELECT {column} FROM {table} LIMIT 0",))
                    self.known[purpose, table, column] = self.caller.ask(asked)


def _columns(probe: Probe) -> Iterator[tuple[str, str, str]]:
    """By which a refusal is known: no column of the table, which needs a right to any, and its own."""
    column, table, _ = probe.cell or ("", "", "")
    purpose = probe.opened.purpose if probe.opened else ""
    yield from ((purpose, table, one) for one in ("", column))


def _table(rights: Rights, probes: Sequence[Probe]) -> Iterator[Attempt]:
    """The attempts on cells of one table: those that are not refused in one statement, or each alone."""
    if len(probes) == 1 or not all(probe.cell for probe in probes):
        yield from map(rights.caller.attempt, probes)
        return
    together = _together(rights, probes)
    if together is None:
        rights.find(probes)
        together = _together(rights, probes)
    for probe in probes:
        answer = rights.refusal(probe) or (together and together.of(probe))
        yield made(probe, judged(probe, answer)) if answer else rights.caller.attempt(probe)


@dataclass(frozen=True)
class Together:
    """What was read in one statement: by the number of its row's condition, the cells in the order of the columns."""

    columns: Sequence[str]
    rows: Sequence[str]
    answer: Answer

    @classmethod
    def cells(cls, probes: Sequence[Probe]) -> Together:
        """Of these, not yet asked for."""
        places = [probe.cell for probe in probes if probe.cell]
        return cls(list({column: 0 for column, *_ in places}), list({where: 0 for *_, where in places}), Answer())

    def sql(self, table: str) -> str:
        """The statement."""
        number = " ".join(f"WHEN {row} THEN {n}" for n, row in enumerate(self.rows))
        return f"SELECT CASE {number} END, {', '.join(self.columns)} FROM {table} WHERE {' OR '.join(self.rows)}"

    def of(self, probe: Probe) -> Answer | None:
        """What one attempt would have been answered; None where it was not among them."""
        column, _, where = probe.cell or ("", "", "")
        if column not in self.columns or where not in self.rows:
            return None
        row, at = self.rows.index(where), self.columns.index(column) + 1
        found = [(one[at],) for one in self.answer.rows if one[0] == row]
        return Answer(found, len(found))


def _together(rights: Rights, probes: Sequence[Probe]) -> Together | None:
    """Those that are not known to be refused; None where one of them is."""
    left = [probe for probe in probes if not rights.refusal(probe)]
    asked = Together.cells(left)
    if not left or not left[0].cell:
        return asked
    answer = rights.caller.ask(replace(left[0], steps=(asked.sql(left[0].cell[1]),)))
    return None if answer.sqlstate else replace(asked, answer=answer)
