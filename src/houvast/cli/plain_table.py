"""How it is told how plain a text is: the figures against their goals, then the hard sentences with their places."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from houvast.cli import printing
from houvast.policy.plain import GOALS, Hard, Plainness


def plain_lines(language: str, text: Plainness, phrases: Sequence[Hard]) -> Iterator[str]:
    """The lines, top to bottom."""
    sentences, words = printing.count(text.sentences, "sentence"), printing.count(text.words, "word")
    yield f"The text in {language}: {sentences}, {words}."
    for name, figure in text.figures.items():
        most = f"   at most {GOALS[name]:.0f}{'; more' if name in text.missed else ''}" if name in GOALS else ""
        yield f"  {name:<38}{figure:>6.1f}{most}"
    name = "Flesch-Douma" if language == "nl" else "Flesch"
    yield f"  {f'{name} (only a trend)':<38}{text.flesch:>6.1f}"
    yield from _hard("sentence", text.hard)
    yield from _hard("loose phrase", phrases)


def _hard(kind: str, found: Sequence[Hard]) -> Iterator[str]:
    if not found:
        yield f"No {kind} is hard."
        return
    yield f"{printing.count(len(found), f'hard {kind}')}:"
    for one in found:
        yield printing.seen_from_here(f"{one.place}: {'; '.join(one.reasons)}\n  “{one.text}”")
