"""The command that tries to break every promise."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.app import find_target
from houvast.app.proving import prove as run_proof
from houvast.cli import printing
from houvast.cli.options import example, json_option, target_options
from houvast.cli.pages import page_attempts
from houvast.cli.progress import phase

BROKEN = 1


@click.command()
@click.argument("promises", nargs=-1, metavar="[PROMISE]...")
@target_options
@json_option
@example("houvast prove C10 C13")
def prove(promises: tuple[str, ...], project: Path | None, database: str | None, as_json: bool) -> None:
    """Try to break every promise on this database, or those named.

    Made-up canary people are added for it, and taken away again. Exit code 1 only if a promise breaks.
    """
    target = find_target(project, database)
    with phase("Trying to break the promises") as tell:
        report = run_proof(target, promises, progress=tell, extra=page_attempts(target))
    if as_json:
        printing.as_json(report.to_json())
    else:
        from houvast.cli.proof_table import proof_table

        printing.show(proof_table(report))
    if report.broken:
        raise click.exceptions.Exit(BROKEN)
