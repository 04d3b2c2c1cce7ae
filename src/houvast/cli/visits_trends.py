"""`houvast visits trends`: numbers of groups, from the store of visits."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import click
from rich.table import Table

from houvast.app import find_target
from houvast.cli import printing
from houvast.cli.options import example, json_option, target_options
from houvast.errors import UsageError

_DAY = click.DateTime(["%Y-%m-%d"])


@click.command()
@click.option("--by", "keys", metavar="COLUMN", multiple=True,
              help="Group by page, referrer, language, browser or hour (two at most); by day or week.")  # fmt: skip
@click.option("--where", metavar="COLUMN=VALUE", multiple=True, help="Only visits with this value.")
@click.option("--since", type=_DAY, metavar="DAY", help="The first day (UTC); by default four whole weeks are counted.")
@click.option("--until", type=_DAY, metavar="DAY", help="The last day; it is over.")
@click.option("--site", metavar="NAME", default="", help="Which site; by default that of visits.yaml, or the first.")
@click.option("--measure", type=click.Choice(["visitor-days", "visits"]), default="visitor-days", show_default=True,
              help="Each visitor once a day, or pages looked at (at most five of a visitor a day).")  # fmt: skip
@click.option("--robots", is_flag=True, help="Count robots instead.")
@click.option("--for", "purpose", metavar="PURPOSE", default="", help="Why you ask; by default the first that may.")
@target_options
@json_option
@example(
    "houvast visits trends --by page\n"
    "houvast visits trends --by week --by language --since 2026-09-28 --until 2026-11-01\n"
    "houvast visits trends --by browser --where page=home --measure visits --json"
)
def trends(
    keys: tuple[str, ...], where: tuple[str, ...], since: datetime | None, until: datetime | None, site: str,
    measure: str, robots: bool, purpose: str, project: Path | None, database: str | None, as_json: bool,
) -> None:  # fmt: skip
    """How many visits there were, in groups that tell of nobody.

    Each number has noise that is always the same for the same question, and no small group is shown, nor can one be
    worked out. Each question is recorded as a use, with its smallest group.
    """
    from houvast.app import trends as asking

    target = find_target(project, database)
    declared = asking.declared(target.project)
    if declared is None:
        raise UsageError("This project counts no visits: there is no visits.yaml beside its policy.",
                         todo="Declare its sites there, as docs/visits.md shows.")  # fmt: skip
    asked = asking.trend(
        declared, site=site, since=since.date() if since else None, until=until.date() if until else None, keys=keys,
        where=[_pair(one) for one in where], measure=measure, robots=robots,
    )  # fmt: skip
    why = purpose or next(iter(asking.purposes(target.project)), "")
    with target.connect() as connection:
        (answer,) = asking.ask(target.project, connection, (asked,), asking.Asking(why, None))
    if as_json:
        printing.as_json(answer.to_json())
        return
    if not answer.groups and answer.total is None:
        click.echo(f"Nothing is shown: there were no visits, or fewer than {answer.least:,} can be told apart.")
        return
    table = Table(*keys, measure, "±", box=None, pad_edge=False)
    for one in answer.groups if keys or where else ():
        table.add_row(*one.values, f"{one.count:,}", f"{one.error:,}")
    if answer.total:
        table.add_row(
            *["" for _ in keys[1:]], *(["all"] if keys else []), f"{answer.total.count:,}", f"{answer.total.error:,}"
        )
    printing.show(table)
    click.echo(f"{asked.since} to {asked.until} at {asked.site}; each number is of {answer.group} visitors or more.")


def _pair(said: str) -> tuple[str, str]:
    name, mark, value = said.partition("=")
    if not mark:
        raise UsageError("`--where` names a column and a value.", todo="Write --where page=home.")
    return name, value
