"""The command that writes the notice."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from houvast.app import find_project
from houvast.app.notices import FORMATS, how_plain, last_tried, make, written
from houvast.app.project import today
from houvast.cli.options import as_of_option, example, project_option
from houvast.cli.plain_table import plain_lines
from houvast.errors import UsageError
from houvast.policy import Policy


@click.command()
@project_option
@click.option("--lang", default="nl", show_default=True, help="A language that the policy is written in.")
@click.option(
    "--format",
    "fmt",
    type=click.Choice(FORMATS),
    default="md",
    show_default=True,
    help="Markdown, one HTML page without scripts, a tagged PDF (PDF/UA-1), or JSON-LD in DPV for programs.",
)
@click.option("--short", is_flag=True, help="Only the first layer: who, what, why, how long, with whom.")
@click.option("--plain", is_flag=True, help="Instead: how plain the text is, with the sentences that are hard.")
@click.option("--output", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write it there.")
@as_of_option
@click.option("--database", metavar="URL", help="Where the last proof is stored; by default the demo's, if it runs.")
@example("houvast notice --lang en --format html > notice.html\nhouvast notice --format pdf --output privacy.pdf")
def notice(
    project: Path | None,
    database: str | None,
    lang: str,
    fmt: str,
    short: bool,
    plain: bool,
    output: Path | None,
    as_of: str | None,
) -> None:
    """The notice that people read, from the same rules.

    Short first, then the whole text, then the rules in tables. Each sentence names its promise. With
    --plain, exit code 1 when the text is less plain than it should be.
    """
    found = find_project(project)
    instant = found.instant(as_of) if as_of else None
    if plain:
        _tell_how_plain(found.version_at(instant or today()), lang)
        return
    if fmt == "pdf" and output is None and sys.stdout.isatty():
        raise UsageError("A PDF is no text to show here.", todo="Add --output FILE, or send it on with > FILE.")
    if fmt == "jsonld" and short:
        raise UsageError("JSON-LD has no layers.", todo="Leave out --short, or take another format.")
    made = make(found, lang, as_of=instant, tried=last_tried(found, database, instant))
    content = written(found.version_at(instant or today()), made.only_short() if short else made, fmt)
    if output is None:
        click.echo(content, nl=False)
        return
    try:
        output.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{output} cannot be written: {error.strerror}.", todo="Name another file.") from error


def _tell_how_plain(policy: Policy, lang: str) -> None:
    text, phrases = how_plain(policy, lang)
    for line in plain_lines(lang, text, phrases):
        click.echo(line)
    if text.missed:
        raise click.exceptions.Exit(1)
