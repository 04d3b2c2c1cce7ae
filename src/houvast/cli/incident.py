"""`houvast incident`: while a security incident is open, whole addresses of visitors can be seen for it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.table import Table

from houvast.app import find_target, incidents, records
from houvast.cli import printing
from houvast.cli.case_options import by_option, code_option, words_of
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options


@click.group(cls=Group)
@example("houvast incident open --what 'somebody tries many passwords' --by noor --code 123456")
def incident() -> None:
    """Security incidents, in which alone whole addresses of visitors are seen."""


@incident.command("open")
@click.option("--what", metavar="TEXT", required=True, help="What is looked into, without names; - reads it.")
@click.option("--days", type=int, default=7, show_default=True, help="For how long at most; 30 at most.")
@by_option
@code_option
@target_options
@example("houvast incident open --what 'somebody tries many passwords' --days 3 --by noor --code 123456")
def open_(what: str, days: int, by: str, code: str, project: Path | None, database: str | None) -> None:
    """Open one: an officer does, with a code. Whoever then has the purpose names it in each use."""
    made = incidents.begin(find_target(project, database), words_of(what), by=by, code=words_of(code), days=days)
    click.echo(f"Incident {made.number} is open until {made.until:%Y-%m-%d %H:%M} UTC. Name it in a use:")
    click.echo(f"  SELECT houvast.open_use('security', 'what you look for', \"case\" => {made.number});")


@incident.command()
@click.argument("number", type=int)
@by_option
@target_options
@example("houvast incident end 3 --by noor")
def end(number: int, by: str, project: Path | None, database: str | None) -> None:
    """End one: nobody sees an address in it any more."""
    incidents.end(find_target(project, database), number, by=by)
    click.echo(f"Incident {number} has ended.")


@incident.command("list")
@target_options
@json_option
@example("houvast incident list")
def list_(project: Path | None, database: str | None, as_json: bool) -> None:
    """Every incident, those that are open first, with how often somebody looked at addresses in it."""
    found = incidents.known(find_target(project, database))
    if as_json:
        printing.as_json([records.as_json(one) for one in found])
    elif not found:
        click.echo("There was no incident.")
    else:
        table = Table("number", "what", "opened", "until", "uses", box=None, pad_edge=False)
        for one in found:
            over = one.ended_at or (one.until if one.until <= datetime.now(UTC) else None)
            until = f"{over:%Y-%m-%d %H:%M}, ended" if over else f"{one.until:%Y-%m-%d %H:%M}, open"
            table.add_row(str(one.number), one.what, f"{one.opened_at:%Y-%m-%d %H:%M}, {one.who}", until, str(one.uses))
        printing.show(table)
