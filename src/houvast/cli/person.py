"""Questions about one person's data."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.app import find_target
from houvast.app.uses import uses_of
from houvast.cli import person_data, person_state, printing
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.cli.person_uses import LANGUAGES, lines


@click.group(cls=Group)
@example("houvast person uses 17")
def person() -> None:
    """What happened with one person's data."""


@person.command()
@click.argument("person_id", metavar="[KIND:]ID")
@click.option("--from", "since", metavar="DATE", help="From that date, or instant, on.")
@click.option("--to", "until", metavar="DATE", help="Until that date, or instant.")
@click.option("--lang", type=click.Choice(LANGUAGES), default="en", show_default=True, help="In which language.")
@target_options
@json_option
@example("houvast person uses 17 --from 2026-11-01\nhouvast person uses business_contact:3 --lang nl")
def uses(
    person_id: str,
    since: str | None,
    until: str | None,
    lang: str,
    project: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Who used this person's data, and for what.

    Uses for this person alone, exactly. Other uses as open while the data were visible to them: nobody records who
    looked at which row. And calls about this person that were refused. Roles, no names. Looking is itself recorded.
    """
    target = find_target(project, database)
    instants = [target.project.instant(text) if text else None for text in (since, until)]
    found = uses_of(target, person_id, *instants)
    if as_json:
        printing.as_json(found.to_json())
        return
    for line in lines(found, target.project.versions[-1], lang):
        click.echo(line)


for part in (*person_state.COMMANDS, person_data.access, person_data.erase, person_data.trace, person_data.correct):
    person.add_command(part)
