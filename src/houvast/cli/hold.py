"""`houvast hold`: rows that a dispute keeps, each hold with an owner and a day to look at it again."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from houvast.app import cases, find_target
from houvast.cases import store
from houvast.cli import printing
from houvast.cli.case_options import by_option
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options


@click.group(cls=Group)
@example("houvast hold place D-12 invoice 4711 4712 --review 2027-06-01")
def hold() -> None:
    """Holds: rows that are kept for a dispute, and seen for it alone."""


@hold.command()
@click.argument("case")
@click.argument("table")
@click.argument("keys", nargs=-1, required=True)
@click.option("--review", metavar="DATE", required=True, help="When somebody looks whether it is still needed.")
@by_option
@target_options
@example("houvast hold place D-12 invoice 4711 4712 --review 2027-06-01")
def place(
    case: str, table: str, keys: tuple[str, ...], review: str, by: str, project: Path | None, database: str | None
) -> None:
    """Hold rows of a table for a case. Nothing erases them, and only disputes see them beside their purposes."""
    target = find_target(project, database)
    number = cases.place_hold(target, case, table, list(keys), by, target.project.instant(review))
    click.echo(f"Case {case} holds {printing.count(number, 'row')} of {table}; look again on {review}.")


@hold.command(name="list")
@target_options
@json_option
@example("houvast hold list")
def list_(project: Path | None, database: str | None, as_json: bool) -> None:
    """Every hold."""
    with find_target(project, database).connect() as connection:
        found = store.holds(connection)
    names = ("case", "table", "rows", "owner", "review", "since")
    if as_json:
        return printing.as_json([dict(zip(names, map(str, one), strict=True)) for one in found])
    if not found:
        return click.echo("Nothing is held.")
    table = Table(*names, box=None, pad_edge=False)
    for case, relation, rows, owner, review, since in found:
        table.add_row(case, relation, str(rows), owner, str(review or ""), f"{since:%Y-%m-%d}")
    return printing.show(table)


@hold.command()
@click.argument("case")
@target_options
@example("houvast hold lift D-12")
def lift(case: str, project: Path | None, database: str | None) -> None:
    """Lift the holds of a case: what its term had ended for can be erased from then on."""
    with find_target(project, database).connect() as connection:
        number = store.lift_hold(connection, case)
    if not number:
        raise store.Refused(f"No hold names case {case}.", todo="houvast hold list shows them.")
    click.echo(f"Case {case} holds nothing any more ({printing.count(number, 'row')}).")
