"""`houvast agent`: who asks for people by the Data Rights Protocol."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from houvast.app import agents, find_target, records
from houvast.cli import printing
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options

_ADD = "houvast agent add SLIP --name 'Permission Slip' --key $KEY --business LAKANA --address drp@agent.example"


@click.group(cls=Group)
@example(_ADD)
def agent() -> None:
    """Agents that ask for people (Data Rights Protocol 1.0): add, list, revoke."""


@agent.command()
@click.argument("agent_id", metavar="AGENT")
@click.option("--name", required=True, help="What people are told that it is called.")
@click.option("--key", required=True, metavar="BASE64", help="Its Ed25519 verify key, as its directory has it.")
@click.option("--business", required=True, metavar="ID", help="How its directory calls us.")
@click.option("--address", required=True, metavar="MAIL", help="Where letters about what it asked go, once confirmed.")
@target_options
@example(_ADD)
def add(
    agent_id: str, name: str, key: str, business: str, address: str, project: Path | None, database: str | None
) -> None:
    """Let an agent ask for people. What it asks waits until the person confirms it."""
    agents.add(find_target(project, database), agent_id, name=name, address=address, business=business, key=key)
    click.echo(f"Agent {agent_id} may ask for people, as {business}, by messages that its key signed.")


@agent.command("list")
@target_options
@json_option
@example("houvast agent list")
def list_(project: Path | None, database: str | None, as_json: bool) -> None:
    """Every agent: how it is called, its key, how it calls us, whether it still may ask."""
    found = agents.known(find_target(project, database))
    if as_json:
        return printing.as_json([records.as_json(one) for one in found])
    if not found:
        return click.echo("No agent may ask for people. Let one: houvast agent add AGENT --name NAME --key BASE64 ...")
    table = Table("agent", "name", "address", "calls us", "key", "stands", box=None, pad_edge=False)
    for one in found:
        stands = "revoked" if one.revoked_at else "may ask"
        table.add_row(one.id, one.name, one.address, one.business, one.key, stands)
    return printing.show(table)


@agent.command()
@click.argument("agent_id", metavar="AGENT")
@target_options
@example("houvast agent revoke SLIP")
def revoke(agent_id: str, project: Path | None, database: str | None) -> None:
    """An agent asks no longer from this moment; what nobody confirmed ends. A mandate that was confirmed stands."""
    agents.revoke(find_target(project, database), agent_id)
    click.echo(f"Agent {agent_id} asks no longer.")
