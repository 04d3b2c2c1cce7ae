"""`houvast controls`: what protects personal data, who answers for it, and when it was last tested."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from houvast.app import controlling, find_target
from houvast.cli import printing
from houvast.cli.case_options import by_option, code_option, words_of
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.controls import Standing
from houvast.controls.words import found, label, stands


@click.group(cls=Group, invoke_without_command=True)
@click.pass_context
@example("houvast controls\nhouvast controls measure")
def controls(context: click.Context) -> None:
    """What protects personal data, each with its owner, its test and its last result (controls.yaml)."""
    if context.invoked_subcommand is None:
        context.invoke(list_)


@controls.command("list")
@target_options
@json_option
@example("houvast controls list")
def list_(project: Path | None = None, database: str | None = None, as_json: bool = False) -> None:
    """Every control and how it stands, red ones first. Exit code 1 when one is red."""
    _show(controlling.standings(find_target(project, database)), as_json=as_json)


@controls.command()
@click.argument("names", metavar="[NAME]...", nargs=-1)
@target_options
@json_option
@example("houvast controls measure\nhouvast controls measure transport")
def measure(names: tuple[str, ...], project: Path | None, database: str | None, as_json: bool) -> None:
    """Measure these now, or all that a program can. Exit code 1 when one is red."""
    _show(controlling.measure(find_target(project, database), names), as_json=as_json)


@controls.command()
@click.argument("name")
@click.option(
    "--note", metavar="TEXT", required=True, help="What you looked at, and what you saw; - reads it. No names."
)
@click.option("--failed", is_flag=True, help="It is not as it should be.")
@by_option
@code_option
@target_options
@example("houvast controls attest locked_room --note 'Both doors were locked.' --by noor --code 123456")
def attest(name: str, note: str, failed: bool, by: str, code: str, project: Path | None, database: str | None) -> None:
    """Say how a control stands that no program can measure.

    An officer does, or one of the staff in the role that answers for it, with the code that their authenticator app
    shows (houvast staff code). It counts from this moment, and cannot be changed; a later one replaces it.
    """
    target = find_target(project, database)
    controlling.attest(target, name, by=by, code=words_of(code), note=words_of(note), passed=not failed)
    click.echo(f"{name}: attested as {'not in order' if failed else 'in order'}.")


def _show(shown: tuple[Standing, ...], *, as_json: bool) -> None:
    if as_json:
        printing.as_json([one.to_json() for one in shown])
    elif not shown:
        click.echo("No control is in the register. Declare them in controls.yaml beside the policy: docs/controls.md")
    else:
        table = Table("control", "kind", "owner", "test", "tested", "again by", "stands", box=None, pad_edge=False)
        for one in shown:
            tested = f"{one.at:%Y-%m-%d %H:%M}" if one.at else "never"
            ours = one.control
            table.add_row(ours.name, ours.sort, ours.owner, ours.test, tested, f"{one.due:%Y-%m-%d}", stands(one, "en"))
        printing.show(table)
        for one in shown:
            if said := (*found(one, "en"), one.note if one.stands == "failed" else ""):
                click.echo("\n".join(f"{label(one, 'en')}: {text}" for text in said if text), nl=bool(any(said)))
    if any(one.red for one in shown):
        raise click.exceptions.Exit(1)
