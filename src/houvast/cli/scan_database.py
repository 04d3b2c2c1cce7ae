"""The command that looks for personal data that nobody declared."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.app import find_target
from houvast.app.scanning import scan as run_scan
from houvast.cli import printing
from houvast.cli.progress import phase
from houvast.discovery import Found, Scan

FOUND, UNREAD = 1, 3


def scan_database(project: Path | None, database: str | None, rows: int | None, *, as_json: bool) -> None:
    """Look through the database, say what was found, and end with the code that says so."""
    target = find_target(project, database)
    with phase("Looking for what nobody declared") as tell:
        report = run_scan(target, rows=rows or 0, progress=tell)
    if as_json:
        printing.as_json(report.to_json())
    else:
        _tell(report)
    if report.keys or report.unread:
        raise click.exceptions.Exit(FOUND if report.keys else UNREAD)


def _tell(report: Scan) -> None:
    for one in report.undeclared:
        what = f"column {one.table}.{one.column} ({one.type})" if one.column else f"table {one.table}"
        click.echo(f"undeclared: {what} is not in the data map, so it is readable for no purpose (promise C03)")
    for found in report.found:
        click.echo(f"found: {_words(found)} (promise C03)")
    for unread in report.unread:
        click.echo(f"not read: table {unread.table}: {unread.why}")
    rows = sum(read.rows for read in report.read)
    sampled = sum(read.sampled for read in report.read)
    more = f", {printing.count(sampled, 'table')} by sample" if sampled else ""
    findings = len(report.undeclared) + len(report.found)
    click.echo(
        f"{printing.count(findings, 'finding')}; {printing.count(len(report.read), 'table')} read, "
        f"{printing.count(rows, 'row')}{more}."
    )
    if findings:
        click.echo(
            "What to do: classify it in datamap.yaml, or take the data out there; say `closed:` of what nobody uses."
        )


def _words(found: Found) -> str:
    place = f"{found.table}.{found.column}"
    if found.by == "name":
        return f"{place} is called like {found.kind}, and the map calls it not personal"
    return f"{found.kind} in {printing.count(found.count, 'value')} of {place}"
