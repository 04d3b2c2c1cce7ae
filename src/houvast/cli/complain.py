"""`houvast complain`: complaints, with or without a name."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.app import cases, find_target
from houvast.app.handing_out import person_of
from houvast.cases import Right
from houvast.cli import printing
from houvast.cli.case_options import by_option, language_option, text_of, text_option
from houvast.cli.options import example, json_option, target_options


@click.command()
@click.option("--about", "promise", metavar="PROMISE", help="Which promise it is about: C25. See houvast notice.")
@click.option("--sort", type=click.Choice(["expectation", "breach"]), default="breach", show_default=True,
              help="Less than they expected, or a promise that is not kept.")  # fmt: skip
@click.option("--person", "person_id", metavar="KIND:KEY", help="Whose it is; a complaint needs no name.")
@language_option
@text_option
@by_option
@target_options
@json_option
@example("houvast complain --about C25 --lang en --text complaint.txt")
def complain(
    promise: str | None, sort: str, person_id: str | None, lang: str, text: str | None, by: str, project: Path | None,
    database: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Register a complaint, with or without a name. What the last proof said of the promise is attached."""
    target = find_target(project, database)
    person = ":".join(person_of(target, person_id)) if person_id else None
    words = text_of(text)
    if not words:
        raise click.UsageError("What is the complaint? Give --text FILE, or --text - for standard input.")
    taken = cases.take(target, Right.COMPLAINT, person, channel="mail", language=lang, promise=promise or "", sort=sort,
                       text=words, by=by)  # fmt: skip
    if as_json:
        return printing.as_json({"number": taken.number, "code": str(taken.code), "due": taken.due_on.isoformat()})
    click.echo(f"Complaint {taken.number}: answer by {taken.due_on}. Code to follow it by: {taken.code}")
    return None
