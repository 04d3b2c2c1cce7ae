"""`houvast flagged`: free text in which something stands that must not lie open, until an officer decides on it."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from houvast.app import find_target, records
from houvast.cases import flagged as store
from houvast.cli import printing
from houvast.cli.case_options import by_option, code_option, words_of
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options

numbers_argument = click.argument("numbers", metavar="NUMBER...", type=int, nargs=-1, required=True)


@click.group(cls=Group)
@example("houvast flagged list\nhouvast flagged look 3 --reason 'a ticket is flagged' --by noor")
def flagged() -> None:
    """Free text that is hidden: health and the like, children, BSN, passwords. An officer decides on it."""


@flagged.command("list")
@click.option("--all", "everything", is_flag=True, help="Those of which it was decided, too.")
@target_options
@json_option
@example("houvast flagged list")
def list_(everything: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """Where something was found, and what; never the text. Exit code 1 when one waits."""
    with find_target(project, database).connect() as connection:
        found = store.flags(connection, everything=everything) if store.there(connection) else ()
    waiting = [one for one in found if one.state == "open"]
    if as_json:
        printing.as_json([records.as_json(one) for one in found])
    elif not found:
        click.echo("No text is flagged.")
    else:
        table = Table("number", "where", "what", "since", "state", box=None, pad_edge=False)
        for one in found:
            where, since = f"{one.table}.{one.column}", f"{one.found_at:%Y-%m-%d %H:%M}"
            table.add_row(str(one.number), where, ", ".join(one.kinds), since, f"{one.state} {one.ground}".strip())
        printing.show(table)
    if waiting:
        raise click.exceptions.Exit(1)


@flagged.command()
@click.argument("number", type=int)
@click.option("--reason", metavar="TEXT", required=True, help="Why you look, without names; it is recorded.")
@by_option
@target_options
@example("houvast flagged look 3 --reason 'a ticket is flagged' --by noor")
def look(number: int, reason: str, by: str, project: Path | None, database: str | None) -> None:
    """Read one text. That is a recorded use of an officer, which the person sees."""
    with find_target(project, database).connect() as connection:
        click.echo(store.opened(connection, number, reason, by))


@flagged.command()
@numbers_argument
@click.option(
    "--ground",
    type=click.Choice(store.GROUNDS),
    required=True,
    help="On what ground it stays (GDPR articles 9(2), 10).",
)
@by_option
@code_option
@target_options
@example("houvast flagged keep 3 --ground mistaken --by noor --code 123456")
def keep(numbers: tuple[int, ...], ground: str, by: str, code: str, project: Path | None, database: str | None) -> None:
    """Let texts be read again, as they are. You looked at each in the last hour."""
    _decide(numbers, "kept", ground, by, code, project, database)


@flagged.command()
@numbers_argument
@by_option
@code_option
@target_options
@example("houvast flagged redact 3 4 --by noor --code 123456")
def redact(numbers: tuple[int, ...], by: str, code: str, project: Path | None, database: str | None) -> None:
    """Take the words out, and let the rest be read again. They are gone for good."""
    _decide(numbers, "redacted", "", by, code, project, database)


@flagged.command()
@numbers_argument
@by_option
@code_option
@target_options
@example("houvast flagged remove 3 4 --by noor --code 123456")
def remove(numbers: tuple[int, ...], by: str, code: str, project: Path | None, database: str | None) -> None:
    """Empty texts. They are gone for good."""
    _decide(numbers, "removed", "", by, code, project, database)


def _decide(
    numbers: tuple[int, ...], decision: str, ground: str, by: str, code: str, project: Path | None, database: str | None
) -> None:
    with find_target(project, database).connect() as connection, connection.transaction():
        store.decide(connection, numbers, decision, ground=ground, by=by, code=words_of(code))
    click.echo(f"{decision.capitalize()}: {', '.join(map(str, numbers))}.")
