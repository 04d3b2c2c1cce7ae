"""The staff who may sign in to the pages."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.app import find_target, staffing
from houvast.cli import printing
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.cli.pages import prepared, room

ROLES = ("officer", "support", "finance", "auditor", "subcontractor")


@click.group(cls=Group)
@example("houvast staff add noor --role officer")
def staff() -> None:
    """Who may sign in to the pages, and approve: invite, give codes, list, dismiss."""


@staff.command()
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may see.")
@click.option("--origin", metavar="URL", help="How browsers come; by default as the pages were last served.")
@target_options
@example("houvast staff add noor --role officer")
def add(name: str, role: str, origin: str | None, project: Path | None, database: str | None) -> None:
    """Invite somebody: prints a link that works once, within a day.

    For somebody who is known already it is a new way in, and the role is changed.
    """
    target = find_target(project, database)
    site = prepared(target, origin)
    with target.connect() as connection:
        staffing.enrol(connection, name, role)
    link = room("houvast.web.invitations").invite(site, name, role)
    click.echo(f"Give this link to {name}. It works once, for 24 hours:\n  {link}")


@staff.command()
@click.argument("name")
@target_options
@json_option
@example("houvast staff code noor")
def code(name: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """Give somebody codes by which they approve letters; those of before count no more.

    Prints a secret, once, for their authenticator app. Give it to them in person: whoever has it approves in their
    name. The database checks the codes itself, so that pages that somebody else has taken over approve nothing.
    """
    secret, address = staffing.give_code(find_target(project, database), name)
    if as_json:
        return printing.as_json({"secret": secret, "address": address})
    click.echo(f"Put this into the authenticator app of {name}, and keep it nowhere else:\n  {secret}\n  {address}")
    return None


@staff.command("list")
@target_options
@json_option
@example("houvast staff list")
def list_(project: Path | None, database: str | None, as_json: bool) -> None:
    """Everybody who may sign in, with their roles."""
    prepared(find_target(project, database))
    found = room("houvast.web.invitations").members()
    if as_json:
        printing.as_json([{"name": one.name, "roles": list(one.roles), "ready": one.ready} for one in found])
        return
    for one in found:
        click.echo(f"{one.name}: {', '.join(one.roles) or 'no role'}{'' if one.ready else ' (has not signed in yet)'}")
    if not found:
        click.echo("Nobody yet. Invite somebody: houvast staff add NAME --role officer")


@staff.command()
@click.argument("name")
@target_options
@example("houvast staff dismiss noor")
def dismiss(name: str, project: Path | None, database: str | None) -> None:
    """Take somebody's access away. Their sessions end at once."""
    target = find_target(project, database)
    prepared(target)
    room("houvast.web.invitations").dismiss(name)
    with target.connect() as connection:
        staffing.dismiss(connection, name)
    click.echo(f"{name} can no longer sign in.")
