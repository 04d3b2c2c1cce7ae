"""How answers look: tables and text for people, JSON for programs."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console, RenderableType

from houvast.errors import Finding

PIPE_WIDTH = 140


def as_json(value: object) -> None:
    """Print a value as JSON."""
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def show(renderable: RenderableType) -> None:
    """Print something that rich can lay out; a pipe is as wide as a wide terminal."""
    Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, soft_wrap=False, highlight=False).print(renderable)


def finding_as_json(finding: Finding) -> dict[str, object]:
    """A finding for programs."""
    return {
        "code": finding.code,
        "file": finding.place.file,
        "line": finding.place.line,
        "column": finding.place.column,
        "message": finding.message,
        "todo": finding.todo,
        "promise": finding.promise,
    }


def seen_from_here(text: str) -> str:
    """Lines that begin with a place in a file below the current folder, without that folder."""
    here = f"{Path.cwd()}{os.sep}"
    return "\n".join(line.removeprefix(here) for line in text.split("\n"))


def findings(found: Iterable[Finding]) -> None:
    """Print findings, one below the other."""
    for finding in found:
        click.echo(seen_from_here(str(finding)))


def count(number: int, one: str, more: str = "") -> str:
    """A number with its noun: "1 version", "12 versions"."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def invocation() -> str:
    """How this command was called, so that a hint can be typed as it stands."""
    called = Path(sys.argv[0])
    found = shutil.which("houvast")
    if called.name != "houvast" or (found and Path(found).samefile(called)):
        return "houvast"
    return str(called.relative_to(Path.cwd()) if called.is_relative_to(Path.cwd()) else called)
