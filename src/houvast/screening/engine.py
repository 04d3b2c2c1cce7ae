"""Runs rules over a segment: Hyperscan tells where something may be, a rule's judge decides.

What a trigger costs is paid for every byte, what a judge costs only where the trigger fired.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from houvast.errors import UsageError
from houvast.screening.kinds import Kind

if TYPE_CHECKING:
    from types import ModuleType

Span: TypeAlias = tuple[int, int]
Judge: TypeAlias = Callable[[bytes, int, int], Iterable[Span]]
"""Told the segment and where the trigger began (0 unless asked) and ended; tells where the data stand."""
Raw: TypeAlias = tuple[int, int, int, Kind]
"""Begin, end, confidence, kind."""
_EXTRA = "pip install 'houvast[diagnostics]'"


@dataclass(frozen=True)
class Rule:
    """How one kind is written in one way. `trigger`: an expression as Hyperscan reads it (a subset of PCRE);
    `begins`: whether the judge needs to know where it began, for a trigger of bounded length."""

    kind: Kind
    confidence: int
    trigger: bytes
    judge: Judge
    caseless: bool = False
    begins: bool = False


class Engine:
    """Rules that are compiled. Hyperscan's scratch space serves one scan at a time, hence the lock."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        shared: dict[tuple[bytes, bool, bool], list[Rule]] = {}
        for rule in rules:
            shared.setdefault((rule.trigger, rule.caseless, rule.begins), []).append(rule)
        numbers = {id(rule): number for number, rule in enumerate(rules)}
        self._count = len(rules)
        self._of = [
            [(numbers[id(one)], one.judge, one.confidence, one.kind) for one in same] for same in shared.values()
        ]
        self._database = compiled([same[0] for same in shared.values()]) if rules else None
        self._lock = threading.Lock()

    def look(self, data: bytes) -> list[Raw]:
        """What stands in a segment; some of it may overlap."""
        if self._database is None:
            return []
        hits: list[tuple[int, int, int]] = []
        add = hits.append

        def fired(trigger: int, begin: int, end: int, _flags: int, _context: object) -> None:
            add((trigger, begin, end))

        with self._lock:
            self._database.scan(data, match_event_handler=fired)
        return self._judged(data, hits)

    def _judged(self, data: bytes, hits: Sequence[tuple[int, int, int]]) -> list[Raw]:
        found: list[Raw] = []
        of, passed = self._of, [-1] * self._count
        for trigger, begin, end in hits:
            for number, judge, confidence, kind in of[trigger]:
                if end > passed[number]:
                    for first, last in judge(data, begin, end):
                        found.append((first, last, confidence, kind))
                        passed[number] = last
        return found


def compiled(rules: Sequence[Rule]) -> Any:  # noqa: ANN401 (Hyperscan has no types that can be named without it)
    """A database of Hyperscan in which each rule has the number of its place. Raises UsageError without the extra."""
    engine = _hyperscan()
    flags = [
        (engine.HS_FLAG_CASELESS if rule.caseless else 0) | (engine.HS_FLAG_SOM_LEFTMOST if rule.begins else 0)
        for rule in rules
    ]
    database = engine.Database(mode=engine.HS_MODE_BLOCK)
    database.compile(
        expressions=[rule.trigger for rule in rules], ids=list(range(len(rules))), elements=len(rules), flags=flags
    )
    return database


@lru_cache(maxsize=1)
def _hyperscan() -> ModuleType:
    try:
        import hyperscan
    except ImportError as error:
        raise UsageError(
            "Screening needs Hyperscan, which is not installed here, and nothing is screened without it.", todo=_EXTRA
        ) from error
    return hyperscan
