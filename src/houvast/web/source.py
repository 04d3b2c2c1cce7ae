"""The policy file as it lies there, line by line, with what is wrong shown in place."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

from houvast.app.places import MAP_FILE, POLICY_FILE
from houvast.app.project import load_project
from houvast.errors import FileErrors, Finding

MOST_LINES = 20_000


@dataclass(frozen=True)
class Line:
    """One line, and what is wrong there."""

    number: int
    text: str
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Source:
    """One file. `elsewhere`: findings that have no line in it."""

    name: str
    lines: tuple[Line, ...]
    elsewhere: tuple[Finding, ...]
    cut: int = 0


def findings(folder: Path) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """(what is wrong, what may surprise) in the files as they stand now."""
    try:
        return (), load_project(folder).remarks
    except FileErrors as error:
        return error.findings, ()


def source(folder: Path, name: str, found: tuple[Finding, ...]) -> Source:
    """A file of the project with its findings in place; bytes that are no UTF-8 show as such."""
    text = (folder / name).read_text("utf-8", errors="replace").split("\n")
    by_line: defaultdict[int, list[Finding]] = defaultdict(list)
    for one in found:
        if Path(one.place.file).name == name:
            by_line[one.place.line].append(one)
    lines = tuple(
        Line(number, line, tuple(by_line.pop(number, ()))) for number, line in enumerate(text[:MOST_LINES], start=1)
    )
    rest = tuple(one for ours in by_line.values() for one in ours)
    return Source(name, lines, rest, max(0, len(text) - MOST_LINES))


FILES = {"policy": POLICY_FILE, "map": MAP_FILE}
