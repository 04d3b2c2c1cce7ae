"""PostgreSQL and `decide` asked the same, cell by cell, and where they differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime
from random import Random
from typing import Any, cast

from houvast.database import Connection
from houvast.policy.decide import Permit, Refuse, decide
from houvast.policy.matter import Matter
from houvast.policy.model import Action, Policy, PurposeKind
from houvast.policy.world import Ask, OpenUse, PersonKey
from tests.agreement.live import Live, Seen
from tests.agreement.scenes import HOLD_CASES, Item, Scene
from tests.agreement.shapes import TABLES, UNCLASSIFIED
from tests.agreement.writes import REFUSED, Attempt, attempts, run


@dataclass(frozen=True)
class Difference:
    """One cell about which PostgreSQL and `decide` disagree."""

    action: str
    granted: bool  # PostgreSQL grants what `decide` refuses; else the other way round
    scene: Scene
    item: Item
    ask: Ask
    answer: Permit | Refuse
    versions: Sequence[Policy]
    note: str = ""

    def __str__(self) -> str:
        row, ask = self.ask.row, self.ask
        kind = "FALSE GRANT" if self.granted else "FALSE DENIAL"
        named = f", person {ask.use.person} case {ask.use.case!r}" if ask.use else ""
        lines = [
            f"{kind}: {self.action} {row.table}.{ask.column} ({'+'.join(sorted(ask.categories))})"
            f" of row {row.key} for {ask.purpose}{named}, at {ask.instant.isoformat()}",
            f"  decide: {self.answer} {self.note}",
            f"  row: {dict(self.item.values)} left: {[left for _, left in self.item.owners]}"
            f" written by {row.written_by!r} ever owned {row.ever_owned} early {self.scene.early}",
            f"    events {[(e, str(w)) for e, w in row.events.items()]} given for {dict(row.given_for)}"
            f" cases {dict(row.cases)} holds {set(row.holds)}",
        ]
        lines += [f"  owner ({'present' if there else 'left'}): {_short(person)}" for person, there in row.owners]
        past = [v for v in self.versions if v.effective <= ask.instant]
        for category in sorted(ask.categories):
            for c in reversed(Matter(past, ask, category).history):
                lines.append(f"  v{c.policy.version} from {c.policy.effective}: {category} for {_short(c.purpose)}")
                lines.append(f"    {_short(c.use)}; {c.term and _short(c.term)}; {c.never}")
        lines.append(f"  versions: {[(v.version, str(v.effective)) for v in self.versions]}")
        return "\n".join(lines)


def _short(value: Any) -> str:
    """A value with what is not as by default."""
    told: list[str] = []
    for each in fields(value):
        has = getattr(value, each.name)
        if has and each.name not in ("id", "categories", "place", "places"):
            plain = sorted(map(str, cast("tuple[Any]", has))) if isinstance(has, (tuple, frozenset)) else has
            told.append(f"{each.name}={plain}")
    return f"{type(value).__name__}({', '.join(told)})"


@dataclass
class Comparison:
    """Everything that was compared for one policy."""

    live: Live
    versions: Sequence[Policy]
    tables: tuple[str, ...]
    scenes: Sequence[Scene]
    direct: frozenset[str]
    random: Random
    every: bool = False  # every write and every use
    apply_seconds: float = 0
    differences: list[Difference] = field(default_factory=list[Difference])
    cells: int = 0
    writes: int = 0
    permitted: int = 0
    permitted_writes: int = 0
    counted: int = 0

    def told(self) -> str:
        """The differences in words, the first few of them."""
        return f"{len(self.differences)} differences\n" + "\n\n".join(map(str, self.differences[:3]))

    def purposes(self) -> list[str]:
        """Every purpose of every version, and who may not be known at all."""
        return sorted({p for v in self.versions for p in v.purposes})

    def ones(self, purpose: str) -> set[str]:
        """How many persons or cases this purpose is for at a time, in any version."""
        return {v.purposes[purpose].one for v in self.versions if purpose in v.purposes}

    def kind(self, purpose: str) -> PurposeKind:
        """What kind of purpose it is."""
        return next(v.purposes[purpose].kind for v in self.versions if purpose in v.purposes)

    def uses(self, purpose: str) -> Iterator[tuple[OpenUse, Sequence[Scene]]]:
        """The uses to open: one for all scenes, or some for one scene."""
        ones = self.ones(purpose)
        if ones == {""}:
            yield OpenUse(purpose), self.scenes
            return
        for number, scene in enumerate(self.scenes):
            people: list[PersonKey | None] = [p.key for p in scene.people] if "person" in ones else [None]
            cases: list[str] = [""]
            if "case" in ones:
                cases = list(HOLD_CASES) if self.kind(purpose) is PurposeKind.DISPUTE else scene.cases() or ["0"]
            for who in people if self.every else [people[number % len(people)]]:
                for case in cases if self.every else [cases[number % len(cases)]]:
                    yield OpenUse(purpose, who, case), [scene]

    def run(self) -> None:
        """Compare everything."""
        for purpose in self.purposes():
            login = self.live.login(self.kind(purpose))
            for use, scenes in self.uses(purpose):
                opened = self.live.open(login, use)
                if opened is None:
                    self._nothing(use, scenes)
                    continue
                names = {t: c for t, c in self.live.columns(login, self.tables, "SELECT").items() if "id" in c}
                seen = self.live.read(login, names)
                for scene in scenes:
                    self._scene(use, scene, seen)
                self._totals(login, use, scenes)
                self._writes(login, use, scenes)
                self.live.close(login, opened)

    def _nothing(self, use: OpenUse, scenes: Sequence[Scene]) -> None:
        now = self._now()
        for scene in scenes:
            self._scene(use, scene, {}, now)

    def _now(self) -> datetime:
        row = self.live.admin.execute("SELECT now()").fetchone()
        assert row is not None
        return row[0]

    def _scene(self, use: OpenUse, scene: Scene, seen: dict[str, Seen], now: datetime | None = None) -> None:
        fallback = now or next((s.instant for s in seen.values()), None) or self._now()
        instants = {table: seen[table].instant if table in seen else fallback for table in self.tables}
        rows = [
            (item, row, instant)
            for instant in set(instants.values())
            for item, row in scene.rows(instant)
            if instants[item.table] == instant
        ]
        for item, row, instant in rows:
            here = seen.get(item.table)
            key = self.live.key(self.live.login(self.kind(use.purpose)), use, item.table, item.id) if here else 0
            found = here.rows.get(key) if here else None
            for column, categories in cells(item.table):
                ask = Ask(use.purpose, Action.READ, column, categories, row, instant, use)
                answer = decide(self.versions, ask)
                granted = found is not None and found.get(column) is not None
                self.cells += 1
                self.permitted += granted
                shows = isinstance(answer, Permit) and answer.shows
                if granted != shows:
                    self._differs(Difference("read", granted, scene, item, ask, answer, self.versions))
                elif (
                    isinstance(answer, Permit)
                    and shows
                    and found
                    and found[column] != (said := self.live.form(ask, item.values[column], answer.look))
                ):
                    note = f"\n  PostgreSQL: {found[column]!r}, the form: {said!r}"
                    self._differs(Difference("read", True, scene, item, ask, answer, self.versions, note))

    def _totals(self, login: Connection, use: OpenUse, scenes: Sequence[Scene]) -> None:
        """The rows that are counted are those of which the purpose gets totals."""
        for table in self.tables:
            counted = self.live.counted(login, use.purpose, table)
            if counted is None:
                continue
            column, instant = TABLES[table].totals[0].by[0], counted.instant
            for scene in scenes:
                for item, row in scene.rows(instant):
                    if item.table != table:
                        continue
                    categories = frozenset(TABLES[table].columns[column].categories)
                    ask = Ask(use.purpose, Action.READ, column, categories, row, instant, use)
                    answer = decide(self.versions, ask)
                    self.counted += item.id in counted.rows
                    if (item.id in counted.rows) != (isinstance(answer, Permit) and not answer.shows):
                        told = item.id in counted.rows
                        self._differs(Difference("count", told, scene, item, ask, answer, self.versions))

    def _writes(self, login: Connection, use: OpenUse, scenes: Sequence[Scene]) -> None:
        """Try to write some of the rows."""
        often = self.every or len(scenes) > 1 or self.random.random() < 0.4
        some = self.random.sample(scenes, min(len(scenes), 4)) if often else ()
        if not some:
            return
        may = {p: self.live.columns(login, self.tables, p) for p in ("SELECT", "UPDATE")}
        now = self._now()
        for table in self.tables:
            columns = {p: names.get(table, []) for p, names in may.items()}

            def key(number: int, table: str = table) -> int | str:
                return self.live.key(login, use, table, number)

            tries = [(s, a) for s in some for a in attempts(s, use, now, table, columns, key)]
            instant, told = run(login, [a for _, a in tries])
            for (scene, attempt), result in zip(tries, told, strict=True):
                self._written(scene, attempt, instant, result)

    def _written(self, scene: Scene, attempt: Attempt, instant: datetime, result: str) -> None:
        answer = attempt.answer(self.versions, instant)
        assert result in ("0", "1") or result.startswith(REFUSED), f"{attempt.name} of {attempt.item}: {result}"
        granted = result == "1"
        self.writes += 1
        self.permitted_writes += granted
        if granted != isinstance(answer, Permit):
            note = f"\n  PostgreSQL: {result}\n  {attempt.statement.as_string(None)}"
            self._differs(
                Difference(attempt.name, granted, scene, attempt.item, attempt.ask, answer, self.versions, note)
            )

    def _differs(self, found: Difference) -> None:
        """Keep it, unless PostgreSQL is stricter where it is known to be."""
        if found.granted or not self._known_stricter(found.ask):
            self.differences.append(found)

    def _known_stricter(self, ask: Ask) -> bool:
        """Erasing under several versions waits for the terms of all of them, whatever the base of the row."""
        in_force = [v for v in self.versions if v.effective <= ask.instant]
        return self.kind(ask.purpose) is PurposeKind.RETENTION and len(in_force) > 1


def cells(table: str) -> list[tuple[str, frozenset[str]]]:
    """The personal columns of a table, and the one that nobody classified."""
    found = [(c.name, frozenset(c.categories)) for c in TABLES[table].columns.values() if c.categories]
    return [*found, (UNCLASSIFIED[table], frozenset[str]())] if table in UNCLASSIFIED else found
