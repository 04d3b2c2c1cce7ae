"""The command that proposes a data map."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.app import Demo, mapping
from houvast.app.places import is_project, sample_project
from houvast.cli import printing
from houvast.cli.asking import at_a_terminal
from houvast.cli.confirming import confirm
from houvast.cli.options import database_option, example, project_option
from houvast.datamap.proposing import Proposal
from houvast.errors import UsageError


@click.command("map")
@project_option
@database_option
@click.option("--output", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
              help="The map to write or extend; by default the project's datamap.yaml.")  # fmt: skip
@click.option("--yes", is_flag=True, help="Take what is sure, without asking; the rest stays closed.")
@example("houvast map --database postgresql:///zonnedauw\nhouvast map --database postgresql:///zonnedauw --yes")
def map_(project: Path | None, database: str | None, output: Path | None, yes: bool) -> None:
    """Propose where personal data lie in a database.

    From names, types, keys and comments: never a row. On a terminal you confirm table by table; elsewhere it prints
    the map and writes nothing without --yes. What the map says already stays as it is.
    """
    folder = project or (Path.cwd() if is_project(Path.cwd()) else sample_project())
    if folder.resolve() == sample_project().resolve() and not output:
        raise UsageError("This would change the sample company's own map.", todo="Add --output FILE, or --project DIR.")
    made = mapping.draft(folder, _url(folder, database), output)
    if not yes and not at_a_terminal():
        click.echo(made.text(made.proposal), nl=False)
        click.echo("Nothing was written. --yes takes what is sure; comments stay closed.", err=True)
        return
    chosen = made.proposal if yes else confirm(made)
    mapping.keep(made, chosen)
    _told(made, chosen)
    if not output:
        _left(folder)


def _url(folder: Path, database: str | None) -> str:
    if database and database != "demo":
        return database
    if not database and folder.resolve() != sample_project().resolve():
        raise UsageError("Which database?", todo="Add --database URL.")
    return Demo.existing().url()


def _told(made: mapping.Draft, chosen: Proposal) -> None:
    tables = chosen.tables.values()
    sure = [table for table in tables if not table.closed]
    personal = sum(len(table.personal) for table in tables)
    unsure = [f"{t.name}.{name}" for t in tables if not t.closed for name, one in t.columns.items() if not one.sure]
    closed = [table.name for table in tables if table.closed]
    click.echo(
        f"{printing.seen_from_here(str(made.path))}: {printing.count(len(sure), 'table')} added or extended, "
        f"{printing.count(personal, 'column')} with personal data."
    )
    for word, names in (("Tables", closed), ("Columns", unsure)):
        if names:
            click.echo(f"{word} that stay closed until you say what they hold: {', '.join(names)}")


def _left(folder: Path) -> None:
    left = mapping.left_to_do(folder)
    if left:
        click.echo("\nStill to do:")
        printing.findings(left)
    else:
        click.echo("houvast check finds nothing wrong.")
