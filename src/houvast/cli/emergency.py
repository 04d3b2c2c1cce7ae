"""`houvast emergency`: a login gets a purpose for some minutes; who, why and until when is seen by another officer."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from houvast.app import emergencies, find_target, records
from houvast.cli import printing
from houvast.cli.case_options import by_option, code_option, words_of
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options


@click.group(cls=Group)
@example("houvast emergency open billing support --minutes 30 --reason 'the billing desk burnt down' --by noor")
def emergency() -> None:
    """The emergency entrance (break-glass): open it, end it, look at it afterwards."""


@emergency.command("open")
@click.argument("purpose")
@click.argument("login")
@click.option("--reason", metavar="TEXT", required=True, help="What happened, without names; - reads it.")
@click.option("--minutes", type=int, default=30, show_default=True, help="How long; 240 at most.")
@by_option
@code_option
@target_options
@example("houvast emergency open billing support --reason 'the billing desk burnt down' --by noor --code 123456")
def open_(
    purpose: str, login: str, reason: str, minutes: int, by: str, code: str, project: Path | None, database: str | None
) -> None:
    """Give a login a purpose that it does not have, or lift the limit of one that it has: an officer does, with a code.

    Everything else holds as always: every use needs a reason and is recorded, and rows are those that the purpose may
    see. It is an alarm until another officer has looked at it.
    """
    made = emergencies.enter(find_target(project, database), purpose, login, by=by, code=words_of(code),
                             reason=words_of(reason), minutes=minutes)  # fmt: skip
    more = " without its limit" if made.lifts else ""
    click.echo(f"Emergency {made.number}: {login} has {purpose}{more} until {made.until:%Y-%m-%d %H:%M} UTC.")


@emergency.command()
@click.argument("number", type=int)
@target_options
@example("houvast emergency end 3")
def end(number: int, project: Path | None, database: str | None) -> None:
    """Take the purpose away before its time is over. The worker does so by itself when it is."""
    emergencies.leave(find_target(project, database), number)
    click.echo(f"Emergency {number} has ended.")


@emergency.command()
@click.argument("number", type=int)
@by_option
@code_option
@target_options
@example("houvast emergency review 3 --by vera --code 123456")
def review(number: int, by: str, code: str, project: Path | None, database: str | None) -> None:
    """Say that you looked at it: what was done stands in the register of uses and in the log. Another officer does."""
    emergencies.review(find_target(project, database), number, by=by, code=words_of(code))
    click.echo(f"Emergency {number} was looked at.")


@emergency.command("list")
@target_options
@json_option
@example("houvast emergency list")
def list_(project: Path | None, database: str | None, as_json: bool) -> None:
    """Every emergency, those at which nobody looked first. Exit code 1 when there is one of them."""
    found = emergencies.known(find_target(project, database))
    if as_json:
        printing.as_json([records.as_json(one) for one in found])
    elif not found:
        click.echo("There was no emergency.")
    else:
        table = Table("number", "login", "purpose", "reason", "opened", "until", "looked at", box=None, pad_edge=False)
        for one in found:
            seen = f"{one.reviewed_at:%Y-%m-%d %H:%M}, {one.reviewer}" if one.reviewed_at else "no"
            ended = one.ended_at or one.until
            opened = f"{one.opened_at:%Y-%m-%d %H:%M}, {one.who}"
            table.add_row(str(one.number), one.login, one.purpose, one.reason, opened, f"{ended:%H:%M}", seen)
        printing.show(table)
    if any(one.reviewed_at is None for one in found):
        raise click.exceptions.Exit(1)
