"""A report as a table that people read."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.table import Table

from houvast.proof.report import Outcome, Proof, Report

WORDS = {Outcome.HELD: "kept", Outcome.BROKEN: "BROKEN", Outcome.NOT_YET_KEPT: "not yet"}
_STYLES = {Outcome.HELD: "green", Outcome.BROKEN: "bold red", Outcome.NOT_YET_KEPT: "yellow"}


def table(report: Report, width: int = 120, *, language: str = "en", colour: bool = False) -> str:
    """Promise, what keeps it, attempts, outcome in words, and what to do next."""
    found = Table(show_lines=False, expand=True, pad_edge=False)
    for name, ratio in (("Promise", 3), ("Kept by", 5)):
        found.add_column(name, ratio=ratio, overflow="fold")
    found.add_column("Attempts", justify="right", no_wrap=True)
    found.add_column("Outcome", no_wrap=True)
    found.add_column("What to do", ratio=5, overflow="fold")
    for proof in report.promises:
        style = _STYLES[proof.outcome] if colour else ""
        found.add_row(
            _name(proof, language),
            proof.mechanism,
            _tried(proof),
            f"[{style}]{WORDS[proof.outcome]}[/]" if style else WORDS[proof.outcome],
            next_step(proof),
        )
    out = StringIO()
    console = Console(file=out, width=width, force_terminal=colour, highlight=False, emoji=False)
    console.print(found)
    console.print(summary(report))
    return out.getvalue()


def summary(report: Report) -> str:
    """One line with the counts."""
    counts = {o: sum(p.outcome is o for p in report.promises) for o in Outcome}
    attempts = sum(len(p.attempts) for p in report.promises)
    return (
        f"{len(report.promises)} promises: {counts[Outcome.HELD]} kept, {counts[Outcome.BROKEN]} broken,"
        f" {counts[Outcome.NOT_YET_KEPT]} not yet kept; {attempts} attempts counted."
    )


def next_step(proof: Proof) -> str:
    """What somebody who reads this does next."""
    if proof.outcome is Outcome.HELD:
        return "Nothing."
    if proof.outcome is Outcome.NOT_YET_KEPT:
        return f"Still to come: {proof.missing[0].lower()}{proof.missing[1:]}"
    first = proof.failed[0]
    more = f" And {len(proof.failed) - 1} more." if len(proof.failed) > 1 else ""
    who = f" as {first.login}" if first.login else ""
    seen = f"Expected: {first.expected}. Seen: {first.seen}."
    return f"Look at it{who}: {first.name}. {seen}{more} Then apply again."


def _name(proof: Proof, language: str) -> str:
    label = proof.label.get(language) or next(iter(proof.label.values()), "")
    return f"{proof.id} {label}".strip()


def _tried(proof: Proof) -> str:
    return f"{proof.passed}/{len(proof.attempts)}" if proof.attempts else "none"
