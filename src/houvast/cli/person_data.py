"""Commands for what people may ask about their own data: a copy, a correction, erasure, a search."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from houvast.app import find_target
from houvast.app.acting import METHODS
from houvast.app.copying import copy_to
from houvast.cli import printing
from houvast.cli.options import example, json_option, target_options
from houvast.rights.words import LANGUAGES

Command = TypeVar("Command", bound=Callable[..., Any])

language_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="nl", show_default=True, help="In which language."
)
verified_option = click.option(
    "--verified-by",
    type=click.Choice(list(METHODS)),
    help="How you checked who asks, when no request of this person is open yet: one is registered.",
)


@click.command()
@click.argument("person", metavar="KIND:KEY")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR|FILE.zip",
              help="Where to put it: a folder or a zip file that is not there yet.")  # fmt: skip
@click.option("--portable", is_flag=True, help="Only what may be taken along to another company (GDPR art. 20).")
@verified_option
@language_option
@target_options
@json_option
@example(
    "houvast person access customer:17 --out copy.zip --verified-by code\n"
    "houvast person access customer:17 --out copy --portable --lang en"
)
def access(
    person: str,
    out: Path,
    portable: bool,
    verified_by: str | None,
    lang: str,
    project: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """A copy of everything that is held about a person: a page to read, and tables and JSON for programs.

    Other people are taken out. Needs a request of that person that is open, or how you checked who asks. What nobody
    has classified blocks the answer. The copy appears whole, or not at all.
    """
    target = find_target(project, database)
    found = copy_to(target, person, out, language=lang, portable=portable, verified_by=verified_by or "")
    if as_json:
        printing.as_json(found.to_json())
        return
    full = [table for table in found.tables if table.rows]
    click.echo(f"{out}: {printing.count(found.rows, 'row')} of {printing.count(len(full), 'table')}.")
    for table in full:
        click.echo(f"  {table.rows:>9,}  {table.table}")
    for one in found.redactions:
        click.echo(f"Taken out: {one.table}.{one.column}, {printing.count(one.count, 'time')} ({one.rule}).")
