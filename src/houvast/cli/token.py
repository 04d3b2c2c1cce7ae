"""`houvast token`: what programs show at the API."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from houvast.app import find_target, records, tokens
from houvast.cli import printing
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options


@click.group(cls=Group)
@example("houvast token add shop --login shop --scope decisions --scope requests")
def token() -> None:
    """Tokens of programs for the API: add, list, revoke."""


@token.command()
@click.argument("name")
@click.option("--login", metavar="LOGIN", default="", help="The application that it is of, as the data map names it.")
@click.option("--of", "staff", metavar="NAME", help="Who of the staff it is of; it may what their role may.")
@click.option("--scope", "scopes", metavar="SCOPE", multiple=True, required=True,
              help="What it may do; give it more than once for more.")  # fmt: skip
@click.option(
    "--days", type=int, default=tokens.DAYS, show_default=True, help="After how many days it ends; at most 400."
)
@target_options
@example("houvast token add newsletter --login newsletter --scope mail --days 30")
def add(
    name: str, login: str, staff: str | None, scopes: tuple[str, ...], days: int, project: Path | None,
    database: str | None,
) -> None:  # fmt: skip
    """Give a program a token. It is shown once: the database keeps a digest.

    Of an application: mail, requests, people, decisions, forms, explain. Of staff: cases:read, cases:open,
    cases:write, holds:write, proof:read, evidence:read, explain, as far as their role goes.
    """
    made = tokens.add(find_target(project, database), name, scopes, login=login, staff=staff or "", days=days)
    click.echo(f"Token {name}, for {printing.count(days, 'day')}. It is not shown again:\n  {made}")


@token.command("list")
@target_options
@json_option
@example("houvast token list")
def list_(project: Path | None, database: str | None, as_json: bool) -> None:
    """Every token: whose, what it may, until when, when it was last used."""
    found = tokens.known(find_target(project, database))
    if as_json:
        return printing.as_json([records.as_json(one) for one in found])
    if not found:
        return click.echo("No program has a token. Give one: houvast token add NAME --login LOGIN --scope SCOPE")
    table = Table("name", "of", "may", "until", "last used", "stands", box=None, pad_edge=False)
    for one in found:
        stands = "revoked" if one.revoked_at else "counts" if one.counts else "over"
        used = f"{one.used_at:%Y-%m-%d %H:%M}" if one.used_at else "never"
        table.add_row(
            one.name,
            one.login or f"{one.staff}, {one.role}",
            ", ".join(one.scopes),
            f"{one.until:%Y-%m-%d}",
            used,
            stands,
        )
    return printing.show(table)


@token.command()
@click.argument("name")
@target_options
@example("houvast token revoke newsletter")
def revoke(name: str, project: Path | None, database: str | None) -> None:
    """Take a token back. It counts no longer from this moment."""
    tokens.revoke(find_target(project, database), name)
    click.echo(f"Token {name} counts no longer.")
