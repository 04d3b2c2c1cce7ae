"""A proposal as lines of a data map: what is sure as entries with `# why`, what is unsure as comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from houvast.datamap.proposing.model import Guess, Proposal, TableGuess
from houvast.writing import flow, text

WIDE = 120


@dataclass(frozen=True)
class Line:
    """One line of a section, without its indentation. `key` is "" for a comment."""

    key: str
    said: str
    why: str = ""
    below: tuple[Line, ...] = ()

    def lines(self, indent: int) -> Iterator[str]:
        """The line and what stands below it, indented."""
        margin, why = " " * indent, "".join(c if c.isprintable() else " " for c in self.why)
        beside = f"{margin}{self.said}  # {why}"
        if why and len(beside) > WIDE:
            yield f"{margin}# {why}"
        yield beside if why and len(beside) <= WIDE else f"{margin}{self.said}"
        for one in self.below:
            yield from one.lines(indent + 2)


def entries(guesses: Mapping[str, Guess]) -> tuple[Line, ...]:
    """Each guess as a line: taken when it is sure, told in a comment when it is not."""
    return tuple(_line(name, guess) for name, guess in guesses.items())


def _line(name: str, guess: Guess) -> Line:
    if guess.sure:
        return Line(name, f"{text(name)}: {flow(guess.value)}", guess.why)
    maybe = f"{flow(guess.value)}?" if guess.value else "?"
    return Line("", f"# {text(name)}: {maybe}", guess.why)


def table_line(table: TableGuess) -> Line:
    """A whole table that the map does not have yet."""
    if table.whole:
        return _line(table.name, table.whole)
    if table.closed:
        told = "; ".join(dict.fromkeys(guess.why for guess in table.columns.values() if guess.why))
        return Line("", f"# {text(table.name)}: ?", _short(f"stays closed: {told}"))
    keys = [_line(name, guess) for name, guess in table.keys.items() if name not in ("events", "erasure")]
    late = [_line(name, table.keys[name]) for name in ("events", "erasure") if name in table.keys]
    columns = Line("columns", "columns:", below=entries(table.columns))
    return Line(table.name, f"{text(table.name)}:", below=(*keys, columns, *late))


def sections(proposal: Proposal) -> dict[str, tuple[Line, ...]]:
    """The lines of each section of the file but `tables`."""
    return {
        "subjects": entries(proposal.subjects),
        "circumstances": entries(proposal.circumstances),
        "logins": entries(proposal.logins),
        "views": entries(proposal.views),
        "functions": entries(proposal.functions),
        "materialised": entries(proposal.materialised),
    }


def _short(said: str) -> str:
    return said if len(said) <= 90 else f"{said[:87].rstrip()}..."
