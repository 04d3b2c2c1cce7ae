"""`houvast scan PATH --only N`: the lines of one file in which something was found, without what was found."""

from __future__ import annotations

import json
from pathlib import Path

import click

from houvast.cli.scan_report import excerpt_text
from houvast.cli.scan_source import open_source
from houvast.errors import HouvastError, UsageError
from houvast.screening.bundle import Excerpt, lines_of
from houvast.screening.kinds import Kind
from houvast.screening.screener import Screener

MOST = 10
"""So many lines are shown."""


def print_lines(path: Path, number: int, name: str, *, as_json: bool) -> None:
    """Print them. `number`: of the file in the report about the same PATH, from 1. Raises HouvastError."""
    try:
        with open_source(path, name or None) as source:
            found = lines_of(source.file, source.name, Screener(), number - 1, MOST)
    except FileNotFoundError as error:
        raise UsageError(f"There is no {error.filename}.") from None
    except OSError as error:
        raise HouvastError(f"{error.strerror}: {error.filename or path}") from None
    if as_json:
        click.echo(json.dumps({"lines": [_for_programs(one) for one in found]}, ensure_ascii=False))
        return
    for one in found:
        click.echo(excerpt_text(one))
    if not found:
        click.echo("No line of that file can be shown.")


def _for_programs(one: Excerpt) -> dict[str, object]:
    parts = [{"kind": str(part)} if isinstance(part, Kind) else part for part in one.parts]
    return {"line": one.line, "parts": parts}
