"""`houvast visits`: counts visits without visitors, from access logs."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import click

from houvast.app import find_project, find_target, visits
from houvast.cli import printing
from houvast.cli.grouping import Group, Parts
from houvast.cli.options import database_option, example, json_option, project_option
from houvast.cli.progress import phase
from houvast.errors import HouvastError, UsageError
from houvast.visits.words import SILENT, why

PARTS = Parts(
    {
        "ingest": "houvast.cli.visits:ingest",
        "status": "houvast.cli.visits:status",
        "sweep": "houvast.cli.visits:sweep",
        "trends": "houvast.cli.visits_trends:trends",
        "serve": "houvast.cli.visits_serve:serve",
        "release": "houvast.cli.visits_release:release",
    }
)


@click.group("visits", cls=Group, commands=PARTS)
@example("houvast visits ingest /var/log/nginx/access.log\nhouvast visits status")
def visits_() -> None:
    """Count visits without visitors: from access logs into a store that knows nobody (visits.yaml)."""


@click.command()
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option(
    "--format", "format_", metavar="NAME", default="", help="Their format; by default their first lines tell."
)
@click.option("--site", metavar="NAME", default="", help="The site of lines that name no host.")
@click.option("--follow", is_flag=True, help="Go on with one log as it grows, through rotation, until interrupted.")
@project_option
@database_option
@json_option
@example(
    "houvast visits ingest /var/log/nginx/access.log*\n"
    "houvast visits ingest --format combined --site shop shop.log.gz\n"
    "houvast visits ingest --follow /var/log/nginx/access.log\n"
    "zcat old.gz | houvast visits ingest -"
)
def ingest(
    paths: tuple[str, ...],
    format_: str,
    site: str,
    follow: bool,
    project: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Count the visits that access logs tell of, each line once.

    Logs of nginx, Apache, Caddy (JSON) and CloudFront, also compressed (gzip, Zstandard); - reads standard input. What
    was read before is known by what is in it, whatever it is called now. Give logs of past days together: the key of a
    day that is over is not kept, so that a second command could not number its visitors the same.
    """
    if follow and (len(paths) != 1 or paths[0] == "-"):
        raise UsageError("`--follow` follows one log.", todo="Give the name of one file; start one command a log.")
    found = visits.counting(find_project(project))
    whole = visits.whole_of(find_target(project, database)) if database else None
    wait = _until_stopped() if follow else None
    with phase("Reading logs") as progress:
        totals = visits.ingest(found, paths, format_=format_, site=site, follow=wait, progress=progress, whole=whole)
    if as_json:
        printing.as_json(totals.to_json())
        return
    robots = f", {totals.robots:,} by robots" if totals.robots else ""
    click.echo(f"{printing.count(totals.lines, 'line')}: {printing.count(totals.stored, 'visit')} counted{robots}.")
    for reason, number in totals.skipped.most_common():
        click.echo(f"  {number:,} not: {why(reason)}")
    if totals.numberless:
        click.echo(f"  {totals.numberless:,} without a number of their visitor: the key of their day is destroyed.")
    for name in totals.silent:
        click.echo(f"{name}: {SILENT}", err=True)


@click.command()
@project_option
@json_option
@example("houvast visits status")
def status(project: Path | None, as_json: bool) -> None:
    """How the store of visits stands. Exit code 1 when a key lies there that should be destroyed."""
    found = visits.counting(find_project(project))
    stands = visits.status(found)
    if as_json:
        printing.as_json(stands.to_json())
    else:
        span = f"from {stands.first} to {stands.last}" if stands.days else "nothing was counted yet"
        size = f"{printing.count(stands.files, 'file')}, {stands.bytes / 1e6:,.1f} MB"
        click.echo(f"{printing.count(stands.days, 'day')} of visits, {span}: {size}.")
        click.echo(f"{printing.count(stands.commits, 'commit')}; {printing.count(stands.logs, 'log')} read.")
        click.echo(f"Keys of days: {', '.join(stands.keys) or 'none'}.")
        if stands.untold:
            click.echo(
                f"Destroyed, and not in the evidence yet: {', '.join(stands.untold)}. The worker writes it down."
            )
    if stands.overdue:
        raise HouvastError(
            f"Promise C20: 24 hours after the end of {', '.join(stands.overdue)}, the key of that day is still there.",
            todo="Destroy it now: houvast visits sweep; and let the worker run.",
        )


@click.command()
@project_option
@database_option
@json_option
@example("houvast visits sweep")
def sweep(project: Path | None, database: str | None, as_json: bool) -> None:
    """Destroy keys of days that are over, and take away visits past their term.

    The worker does so every hour. With --database it is written down in the evidence at once, else by the worker.
    """
    found = visits.counting(find_project(project))
    if database:
        with find_target(project, database).connect() as connection:
            swept = visits.sweep(found, connection)
    else:
        swept = visits.sweep(found)
    if as_json:
        said = {"keys": list(map(str, swept.keys)), "files": swept.files, "left": swept.left, "commits": swept.commits}
        printing.as_json(said)
        return
    click.echo(f"{printing.count(swept.files, 'file')} of visits past their term taken away.")
    click.echo(f"Keys destroyed: {', '.join(map(str, swept.keys)) or 'none'}.")


def _until_stopped() -> Callable[[float], bool]:
    """Waits; says no once SIGTERM or SIGINT asked to stop, so that what was read is committed first."""
    stopping = threading.Event()

    def stop(_number: int, _frame: object) -> None:
        stopping.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    return lambda seconds: not stopping.wait(seconds)
