"""`houvast access`: who can do what, as the database itself has it, and signing that somebody looked at it."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from houvast.app import find_target
from houvast.app.people import there
from houvast.cli import printing
from houvast.cli.case_options import by_option, code_option, words_of
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.controls import access as reviews


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
@example("houvast access\nhouvast access list --csv > access.csv")
def access(context: click.Context) -> None:
    """Who can do what with which data, from the catalogue of the database; somebody of the staff reviews it."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@access.command("list")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, for a table.")
@target_options
@json_option
@example("houvast access list --json > access.json")
def list_(
    as_csv: bool = False, project: Path | None = None, database: str | None = None, as_json: bool = False
) -> None:
    """Every line of it, and what all of them hash to. Exit code 1 when it is not what was last signed."""
    with there(find_target(project, database)) as connection:
        found, signed = reviews.access(connection), reviews.last(connection)
    if as_json:
        printing.as_json(found.to_json())
    elif as_csv:
        click.echo(found.to_csv(), nl=False)
    else:
        table = Table(*reviews.COLUMNS, box=None, pad_edge=False)
        for one in found.lines:
            table.add_row(one.kind, one.who, one.what, one.how)
        printing.show(table)
        click.echo(f"{printing.count(len(found.lines), 'line')}, SHA-256 {found.sha256}.")
        click.echo(_said(signed))
    if signed and not signed.same:
        raise click.exceptions.Exit(1)


@access.command()
@click.argument("seen", metavar="SHA256")
@by_option
@code_option
@target_options
@example("houvast access sign 3f0a... --by vera --code 123456")
def sign(seen: str, by: str, code: str, project: Path | None, database: str | None) -> None:
    """Sign that you looked at it, by what it hashes to: an officer or auditor, with the code of their app.

    When anything is different by then, nothing is signed. What changes afterwards shows red until it is reviewed again.
    """
    with there(find_target(project, database)) as connection:
        reviews.sign(connection, seen, by=by, code=words_of(code))
    click.echo("Signed.")


def _said(signed: reviews.Review | None) -> str:
    if signed is None:
        return "Nobody reviewed it yet."
    stands = "It is still so." if signed.same else "It is NOT what was signed any more."
    return f"Last signed on {signed.at:%Y-%m-%d %H:%M} by {signed.who}. {stands}"
