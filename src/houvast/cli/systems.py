"""`houvast systems`: what else holds data of people, who got them from us, and how far each is."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from houvast.app import connections, find_target, steps
from houvast.cli import printing
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.systems import store
from houvast.systems.store import Step


def step_line(one: Step) -> str:
    """How far one system is, in a line."""
    counts = (
        f", {one.changed} changed or gone, {one.kept} kept" if one.state == "done" and one.sort != "recipient" else ""
    )
    why = f" ({one.error}; tried {one.tries} times, next {one.next_at:%H:%M:%S})" if one.stands == "again" else ""
    return f"step {one.number}, {one.system}, {one.what}: {_WORDS[one.stands]}{counts}{why}"


_WORDS = {"planned": "planned", "waiting": "waits for its turn", "again": "is tried again", "running": "is being done",
          "asked": "was asked, and answers later", "done": "done"}  # fmt: skip


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
@example("houvast systems\nhouvast systems check")
def systems(context: click.Context) -> None:
    """What else holds data of people, and who got them from us (systems.yaml)."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@systems.command(name="list")
@target_options
@json_option
@example("houvast systems list")
def list_(project: Path | None = None, database: str | None = None, as_json: bool = False) -> None:
    """Every system and recipient, with how many requests wait for it."""
    _show(connections.connections(find_target(project, database)), as_json=as_json)


@systems.command()
@target_options
@json_option
@example("houvast systems check")
def check(project: Path | None, database: str | None, as_json: bool) -> None:
    """Try to reach each, and let the database know them. Exit code 1 when one cannot be used as systems.yaml says."""
    found = connections.connections(find_target(project, database), reach=True)
    _show(found, as_json=as_json)
    if any(one.wrong for one in found):
        raise click.exceptions.Exit(1)


def _show(found: tuple[connections.Connection, ...], *, as_json: bool) -> None:
    if as_json:
        return printing.as_json([one.to_json() for one in found])
    if not found:
        return click.echo(
            "Nothing else holds data of people: there is no systems.yaml beside the policy, or it is empty."
        )
    table = Table("name", "what", "data", "wait", "reached", box=None, pad_edge=False)
    for one in found:
        reached = "" if one.wrong is None else one.wrong or "yes"
        table.add_row(one.name, one.sort, ", ".join(one.data), str(one.waiting), reached)
    return printing.show(table)


@systems.command()
@target_options
@json_option
@example("houvast systems waiting")
def waiting(project: Path | None, database: str | None, as_json: bool) -> None:
    """Every step that is not done yet, of all requests. Nobody is named."""
    with find_target(project, database).connect() as connection:
        found = store.unfinished(connection)
    if as_json:
        return printing.as_json([{"request": one.request, **one.to_json()} for one in found])
    for one in found:
        click.echo(f"request {one.request}: {step_line(one)}")
    return None if found else click.echo("Nothing waits.")


@systems.command()
@target_options
@example("houvast systems retry")
def retry(project: Path | None, database: str | None) -> None:
    """Try at once what waits. The worker does the same by itself, later each time."""
    target = find_target(project, database)
    with target.connect() as connection:
        store.again(connection)
    done = steps.work(target)
    click.echo(f"{printing.count(done.done, 'step')} done, {done.later} tried again later.")


@systems.command()
@click.argument("person", metavar="KIND:KEY")
@click.argument("recipient")
@click.argument("categories", nargs=-1)
@target_options
@example("houvast systems disclosed customer:17 postduif contact")
def disclosed(
    person: str, recipient: str, categories: tuple[str, ...], project: Path | None, database: str | None
) -> None:
    """Write down that a recipient got data of a person, who is told so, and of whom it is told when they change."""
    connections.disclosed(find_target(project, database), person, recipient, categories)
    click.echo(f"Written down: {recipient} got data of {person}.")


@systems.command()
@click.argument("step", type=int)
@target_options
@example("houvast systems told 12")
def told(step: int, project: Path | None, database: str | None) -> None:
    """Write down that you told a recipient who is told by hand. `houvast request show` has the number of the step."""
    connections.told(find_target(project, database), step)
    click.echo(f"Step {step} is done.")
