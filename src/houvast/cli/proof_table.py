"""How a report of `houvast prove` looks: a line per promise, and what went wrong below it."""

from __future__ import annotations

from collections import Counter

from rich import box
from rich.console import Group
from rich.table import Table
from rich.text import Text

from houvast.cli import printing
from houvast.proof import Attempt, Outcome, Proof, Report

SHOWN = 3
"""So many failed attempts of a promise are shown; all are in the JSON."""
_LOOK = {
    Outcome.HELD: ("held", "green"),
    Outcome.BROKEN: ("BROKEN", "bold red"),
    Outcome.NOT_YET_KEPT: ("not yet kept", "yellow"),
}


def proof_table(report: Report) -> Group:
    """Promise, mechanism, attempts, outcome, what to do; and a line of totals."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for title, ratio in (("Promise", 3), ("Kept by", 5)):
        table.add_column(title, ratio=ratio)
    table.add_column("Attempts", justify="right")
    table.add_column("Outcome", no_wrap=True)
    table.add_column("What to do", ratio=5)
    for proof in report.promises:
        word, style = _LOOK[proof.outcome]
        table.add_row(_promise(proof), Text(proof.mechanism), _tried(proof), Text(word, style), _todo(proof))
    return Group(table, Text(_totals(report)), *_residuals(report))


def _residuals(report: Report) -> list[Text]:
    """What no proof can close, named with what makes it small and the attacks that show it."""
    if not report.residuals:
        return []
    lines = [
        Text.assemble((one.name, "bold"), f": {one.what}. Smaller: {one.smaller}. Attacks: {', '.join(one.attacks)}.")
        for one in report.residuals
    ]
    return [Text("\nWhat PostgreSQL cannot close (docs/residuals.md):"), *lines]


def _promise(proof: Proof) -> Text:
    return Text.assemble((proof.id, "bold"), " ", proof.label.get("en", ""))


def _tried(proof: Proof) -> Text:
    made = len(proof.attempts)
    return Text(f"{made:,}" if proof.passed == made else f"{proof.passed:,} of {made:,}")


def _todo(proof: Proof) -> Text:
    if proof.outcome is Outcome.BROKEN:
        failed = proof.failed
        more = f"\n... {len(failed) - SHOWN:,} more: houvast prove {proof.id} --json" if len(failed) > SHOWN else ""
        return Text("\n".join(map(_failure, failed[:SHOWN])) + more)
    return Text(f"Still to come: {proof.missing}" if proof.missing else "")


def _failure(attempt: Attempt) -> str:
    return f"{attempt.login}: {attempt.name}: expected {attempt.expected}, seen {attempt.seen}"


def _totals(report: Report) -> str:
    found = Counter(proof.outcome for proof in report.promises)
    tried = {id(attempt) for proof in report.promises for attempt in proof.attempts}
    return (
        f"{found[Outcome.HELD]} held, {found[Outcome.BROKEN]} broken, "
        f"{found[Outcome.NOT_YET_KEPT]} not yet kept; {printing.count(len(tried), 'attempt')}."
    )
