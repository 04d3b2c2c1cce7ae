"""`houvast restored`: after a backup was restored, and before anybody uses it."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from houvast.app import find_target, restoring
from houvast.cli import printing
from houvast.cli.options import example, json_option, target_options
from houvast.cli.progress import phase
from houvast.errors import UsageError


@click.command()
@click.option("--yes", is_flag=True, help="Do not ask.")
@target_options
@json_option
@example("houvast restored --yes")
def restored(yes: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """Erase again whoever was erased since a backup was made that is restored now.

    They are known by a list of keyed digests beside the log, outside of the database. Do this before anybody uses the
    database. It ends what let people in when the backup was made, for it may have been taken back since: staff, tokens,
    sessions, grants, emergencies. What was corrected since the backup has to be corrected again by hand.
    """
    target = find_target(project, database)
    people = restoring.back(target)
    if people and not yes:
        if not sys.stdin.isatty():
            said = printing.count(len(people), "person", "people")
            raise UsageError(f"{said} would be erased again, and nobody said that it may be done.", todo="Add --yes.")
        click.confirm(f"Erase {printing.count(len(people), 'person', 'people')} again?", abort=True)
    with phase("Erasing again") as tell:
        done = restoring.erase_again(target, tell)
    if as_json:
        return printing.as_json({"erased_again": done.people, "waiting": done.waiting, "opened": done.opened})
    click.echo(f"{printing.count(done.people, 'person', 'people')} erased again.")
    if done.waiting:
        click.echo(f"{done.waiting} wait for another system: the worker goes on by itself.")
    if done.opened:
        click.echo(
            "The database is open again to the logins that could enter it before. Whatever let somebody in beside them"
            " has ended, for it may have been taken back since: staff with their codes, passkeys and sessions, tokens,"
            " grants, emergencies. Name whoever is of the staff now: houvast staff add NAME --role ROLE"
        )
    return None
