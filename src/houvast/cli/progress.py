"""Long work is seen to go on: a bar on a terminal, a line per phase elsewhere; always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars

Progress = Callable[[str, int, int], None]
"""(what is being done, how many done, how many in all)"""

SILENCE = 15.0
"""Seconds without a word after which a line is printed where there is no bar."""


@contextmanager
def phase(title: str) -> Generator[Progress]:
    """A piece of long work; what it yields is told how far the work is."""
    begun = time.monotonic()
    with _bar(title) if sys.stderr.isatty() else _lines(title) as tell:
        yield tell
    click.echo(f"{title}: done in {time.monotonic() - begun:.1f} s", err=True)


@contextmanager
def _bar(title: str) -> Generator[Progress]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("[dim]{task.fields[what]}"),
    )
    with Bars(*columns, console=Console(stderr=True), transient=True) as bars:
        whole = bars.add_task(title, total=None, what="")
        part = bars.add_task("", total=None, what="", visible=False)
        totals: list[int] = []

        def tell(what: str, done: int, total: int) -> None:
            """A total other than the first is that of one step of the whole, a large table."""
            totals.append(total) if not totals else None
            is_part = total != totals[0]
            unfinished = is_part and done < total
            bars.update(part, description=f"  {what}", completed=done, total=total, visible=unfinished)
            if not is_part:
                bars.update(whole, completed=done, total=total, what=what)

        yield tell


@contextmanager
def _lines(title: str) -> Generator[Progress]:
    click.echo(f"{title} ...", err=True)
    said = [time.monotonic()]

    def tell(what: str, done: int, total: int) -> None:
        if time.monotonic() - said[0] > SILENCE:
            said[0] = time.monotonic()
            click.echo(f"  {what} ({done} of {total})", err=True)

    yield tell
