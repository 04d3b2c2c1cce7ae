"""For `prove`: the gate by which reports of visits go out, on made-up visits (C24).

Where noise is drawn at random, a trial would be passed by luck one time in a million, or failed by it.
"""

from __future__ import annotations

# pyright: reportUnknownMemberType=false
import importlib
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from houvast.app.visit_attempts import attempt
from houvast.visits.model import Declared, Visit

if TYPE_CHECKING:
    from houvast.proof import Attempt
    from houvast.visits.release.mechanism import Told
    from houvast.visits.release.model import Cost, Question

REPORT: Final = "report"
_DAY: Final = date(2026, 11, 25)
_MANY, _HUGE = 400, 10**9
_TRIALS, _SURELY = 400, 0.65
"""Of two counts that differ by one visitor a guess is right half of the time; with the noise of 15 percent of a budget
of 0.1, 53 of 100 times. Of 400 guesses 65 of 100 are right by luck one time in a million."""


def released(declared: Declared) -> Iterator[Attempt]:
    """What comes out of the gate of three pages: one of many visitors, one of few, one of a single one."""
    from houvast.visits.release.model import Cost, Key, Question

    group, cost = declared.rules.group, Cost.of(declared.rules, 15)
    if cost.rho_millionths < 1 or cost.delta_trillionths < 1 or not has_noise():
        return  # nothing goes out: by the policy, or because what draws noise is not installed
    question = Question((Key.PAGE,), _DAY, _DAY)
    with TemporaryDirectory(prefix="houvast-proof-") as folder:
        files = _store(Path(folder) / "visits", {"many": _MANY, "few": group - 1, "rare": 1})
        other = _store(Path(folder) / "without", {"many": _MANY - 1, "few": group - 1, "rare": 1})
        yield from _shown(files, question, cost, declared)
        yield from _alike(files, other, question, cost, declared)
    yield from _guessed(cost)


def has_noise() -> bool:
    """Whether what draws noise can be used here."""
    try:
        importlib.import_module("opendp.measurements")
    except ImportError:
        return False
    return True


def _shown(files: Sequence[Path], question: Question, cost: Cost, declared: Declared) -> Iterator[Attempt]:
    """Whatever noise is drawn, a small group does not come out; and nothing that is not asked by closed keys."""
    draws = (("none", 0), ("as high as can be", _HUGE), ("as low as can be", -_HUGE))
    for name, by in draws:
        told = _answer(files, question, cost, declared, by)
        pages = {row.values[0] for row in told.rows}
        yield attempt(REPORT, f"a group below the smallest is published, with noise {name}", "a report", "not there",
                      "there" if pages & {"few", "rare"} else "not there")  # fmt: skip
        few = min((row.count for row in (*told.rows, *told.totals)), default=declared.rules.group)
        yield attempt(REPORT, f"a number below the smallest group is published, with noise {name}", "a report", "none",
                      "some" if few < declared.rules.group else "none")  # fmt: skip
    there = {row.values[0] for row in _answer(files, question, cost, declared, 0).rows}
    yield attempt(REPORT, "a group of many is published", "a report", "many", ", ".join(sorted(there)), control=True)


def _alike(
    one: Sequence[Path], other: Sequence[Path], question: Question, cost: Cost, declared: Declared
) -> Iterator[Attempt]:
    """Without noise two reports show whether one visitor was there: hence the noise, of the size that is claimed."""
    from houvast.visits.release.noise import claimed_rho, sigma

    found = [_answer(files, question, cost, declared, 0).rows for files in (one, other)]
    counts = [{row.values: row.count for row in rows} for rows in found]
    seen = "they differ" if counts[0] != counts[1] else "they are the same"
    yield attempt(
        REPORT, "without noise two reports tell of one visitor", "two reports", "they differ", seen, control=True
    )
    spent = claimed_rho(sigma(cost.rho), 1.0)
    yield attempt(
        REPORT, "the noise costs more than is paid", "OpenDP's own measure", "no", "yes" if spent > cost.rho else "no"
    )


def _guessed(cost: Cost) -> Iterator[Attempt]:
    """Somebody who knows all visitors but one guesses from a number whether that one was there."""
    from houvast.visits.release.noise import gaussian, sigma

    scale = sigma(cost.rho)
    half = _TRIALS // 2
    drawn = gaussian([_MANY] * half + [_MANY - 1] * half, scale)
    right = sum(one > _MANY - 0.5 for one in drawn[:half]) + sum(one < _MANY - 0.5 for one in drawn[half:])
    seen = "a guess" if right < _SURELY * _TRIALS else "more than a guess"
    yield attempt(
        REPORT, "from a number it is told whether one visitor was there", f"{_TRIALS} reports", "a guess", seen
    )
    distinct = len(set(gaussian([_MANY] * 50, scale)))
    yield attempt(REPORT, "the noise of two reports is the same", "50 reports", "no", "no" if distinct > 1 else "yes")


def _answer(files: Sequence[Path], question: Question, cost: Cost, declared: Declared, by: int) -> Told:
    """The real gate, with noise that is always the same."""
    from houvast.visits.release.mechanism import answer

    return answer(files, question, cost, declared.rules, lambda values, _: [one + by for one in values])


def _store(folder: Path, sizes: dict[str, int]) -> list[Path]:
    """Visits of one day: so many visitors for each page."""
    from houvast.visits import batches, store

    at = datetime(_DAY.year, _DAY.month, _DAY.day, 9, tzinfo=UTC)
    pages = [page for page, size in sizes.items() for _ in range(size)]
    batches.store(folder, "made-up", [
        Visit(at, "www", page, "chrome", 131, "nl", "none", False, number) for number, page in enumerate(pages, 1)
    ])  # fmt: skip
    return store.files(folder)
