"""`houvast breach`: breaches of personal data, with their hours."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from houvast.app import Target, cases, find_target
from houvast.cases import Breach, store
from houvast.cases.writing import LANGUAGES
from houvast.cli import printing
from houvast.cli.case_options import by_option, explain_option, words_of
from houvast.cli.clock import hours
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.database import Connection


@click.group(cls=Group)
@example("houvast breach add 'A lost laptop with a list of customers'\nhouvast breach list")
def breach() -> None:
    """Breaches: written down, reported within their hours."""


@breach.command()
@click.argument("title")
@click.option("--aware", metavar="INSTANT", help="Since when it is known; by default now. The hours run from then.")
@by_option
@target_options
@json_option
@example("houvast breach add 'A lost laptop' --aware 2026-11-25T09:30")
def add(title: str, aware: str | None, by: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """Write a breach down. No names of people in it: those are in the letters."""
    target = find_target(project, database)
    with target.connect() as connection:
        number = store.record_breach(connection, title, target.project.instant(aware) if aware else None, by)
        found = store.breach(connection, number)
    if as_json:
        return printing.as_json(_json(found))
    click.echo(f"Breach {number}: report by {found.report_by:%Y-%m-%d %H:%M %Z}  {hours(found)}")
    return None


@breach.command(name="list")
@target_options
@json_option
@example("houvast breach list")
def list_(project: Path | None, database: str | None, as_json: bool) -> None:
    """The register of breaches, the open ones first."""
    with find_target(project, database).connect() as connection:
        found = store.breaches(connection)
    if as_json:
        return printing.as_json([_json(one) for one in found])
    if not found:
        return click.echo("No breach was written down.")
    table = Table("number", "what", "risk", "state", "report by", "left", box=None, pad_edge=False)
    for one in found:
        table.add_row(str(one.number), one.title, one.risk, one.state, f"{one.report_by:%Y-%m-%d %H:%M}", hours(one))
    return printing.show(table)


@breach.command()
@click.argument("number", type=int)
@click.option("--risk", type=click.Choice(["none", "risk", "high"]), required=True, help="How bad it is for people.")
@click.option("--note", required=True, metavar="TEXT", help="What it can mean for them, and why you think so.")
@click.option("--people", type=click.IntRange(0), help="How many people it is about.")
@click.option("--measures", metavar="TEXT", help="What was done.")
@target_options
@example("houvast breach assess 1 --risk high --note 'Others can read addresses.' --people 40 --measures 'Wiped it.'")
def assess(
    number: int, risk: str, note: str, people: int | None, measures: str | None, project: Path | None,
    database: str | None,
) -> None:  # fmt: skip
    """Say how bad it is: without a risk it need not be reported, at high risk the people are told too."""
    with find_target(project, database).connect() as connection:
        store.change_breach(connection, number, risk=risk, note=note, persons=people, measures=measures)
    click.echo(f"Breach {number}: {risk}.")


@breach.command()
@click.argument("number", type=int)
@click.option("--late-because", metavar="TEXT", help="Why it was reported after its hours.")
@explain_option
@by_option
@target_options
@example("houvast breach report 1 --explain 'We will follow this up within a week.'")
def report(
    number: int, late_because: str | None, explain: str | None, by: str, project: Path | None, database: str | None
) -> None:
    """Draft the letter to the authority, in both languages. Sending one, which another approved, reports the breach."""
    target = find_target(project, database)
    with target.connect() as connection, connection.transaction():
        if late_because:
            store.change_breach(connection, number, late=late_because)
        numbers = _drafted(target, connection, number, "breach_authority", words_of(explain), by)
    _next(numbers)


@breach.command()
@click.argument("number", type=int)
@explain_option
@by_option
@target_options
@example("houvast breach tell 1 --explain 'Choose another password.'")
def tell(number: int, explain: str | None, by: str, project: Path | None, database: str | None) -> None:
    """Draft the letter to the people, in both languages. Printing one, which another approved, writes down that they
    were told. --explain: what they can do."""
    target = find_target(project, database)
    with target.connect() as connection, connection.transaction():
        numbers = _drafted(target, connection, number, "breach_person", words_of(explain), by)
    _next(numbers)


@breach.command()
@click.argument("number", type=int)
@target_options
@example("houvast breach close 1")
def close(number: int, project: Path | None, database: str | None) -> None:
    """Close a breach: assessed, reported when it had to be, and the people told at high risk."""
    with find_target(project, database).connect() as connection:
        store.change_breach(connection, number, closes=True)
    click.echo(f"Breach {number} is closed.")


def _drafted(target: Target, connection: Connection, number: int, kind: str, explanation: str, by: str) -> list[int]:
    """Letters about a breach, stored as drafts, in both languages; their numbers."""
    found = store.breach(connection, number)
    letters = [cases.breach_letter(target, found, kind, language, explanation) for language in LANGUAGES]
    return [store.draft(connection, letter, by, breach=number) for letter in letters]


def _next(numbers: list[int]) -> None:
    for number, language in zip(numbers, LANGUAGES, strict=True):
        click.echo(f"Letter {number} ({language}) is drafted.")
    click.echo(f"Another of the staff: houvast request letter {numbers[0]} --approve --print --by NAME --code CODE")


def _json(found: Breach) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in asdict(found).items()}
