"""The command that begins a project: from a few questions to a first policy."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import click

from houvast.app.project import today
from houvast.app.starting import Begun, begin
from houvast.cli import printing
from houvast.cli.asking import ask_all, at_a_terminal
from houvast.cli.options import example
from houvast.policy.starter import Answers, Recipient, blocks, read_answers

_EXAMPLE = """\
houvast init zonnedauw
houvast init zonnedauw --answers answers.yaml
houvast init zonnedauw --name "Ruitersport Zonnedauw" --address "Voorbeeldstraat 2, 1234 AB Voorbeeldstad" \\
    --register "KvK 00000000" --contact privacy@zonnedauw.example --officer none --data contact,question"""


def _names(_context: click.Context, _parameter: click.Parameter, value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _terms(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> dict[str, str]:
    found = {name: term for name, _, term in (one.partition("=") for one in value)}
    for name, term in found.items():
        if not term:
            raise click.BadParameter(f"write a kind of data and its term, such as {name or 'question'}='1 year'")
    return found


def _recipients(_context: click.Context, _parameter: click.Parameter, value: tuple[str, ...]) -> tuple[Recipient, ...]:
    parts = [[part.strip() for part in one.split(";")] for one in value]
    if any(len(one) != 4 or not all(one) for one in parts):
        raise click.BadParameter("write `name; country; what for in Dutch; what for in English`")
    return tuple(Recipient(name, country, {"nl": nl, "en": en}) for name, country, nl, en in parts)


@click.command()
@click.argument("folder", required=False, type=click.Path(file_okay=False, path_type=Path), metavar="[DIR]")
@click.option("--answers", "file", metavar="FILE", type=click.Path(path_type=Path), help="A file with the answers.")
@click.option("--name", default="", help="Who is responsible: the legal name.")
@click.option("--address", default="", help="Its address.")
@click.option("--register", default="", help="Its number at the Chamber of Commerce (KvK).")
@click.option("--contact", default="", metavar="EMAIL", help="Where people can write to about their data.")
@click.option("--officer", default="", metavar="EMAIL", help="The data protection officer, or `none`.")
@click.option("--people", default="", metavar="KIND", help=f"What you call people: {', '.join(blocks().people)}.")
@click.option("--minors", is_flag=True, help="Children may be among them.")
@click.option("--data", callback=_names, default="", metavar="KIND,...", help=f"Of: {', '.join(blocks().data)}.")
@click.option(
    "--purposes", callback=_names, default="", metavar="NAME,...", help=f"Of: {', '.join(blocks().purposes)}."
)
@click.option("--keep", callback=_terms, multiple=True, metavar="KIND=TERM", help="How long: question='1 year'.")
@click.option("--recipient", "recipients", callback=_recipients, multiple=True, metavar="'NAME; NL; NL; EN'",
              help="Who else gets data: name, country, what for in Dutch and in English.")  # fmt: skip
@click.option("--policy", default="", metavar="NAME", help="The name of the policy.")
@click.option("--database", default="", metavar="NAME", help="The name of the database that keeps it.")
@click.option("--effective", default="", metavar="DATE", help="From when; from today on by default.")
@example(_EXAMPLE)
def init(folder: Path | None, file: Path | None, **given: object) -> None:
    """Begin a policy of your own, from a few questions.

    Writes policy.yaml, text.nl.md, text.en.md and datamap.yaml, which pass `houvast check`, and JSON Schemas for your
    editor; never over files that are there. Asks what was not given, on a terminal; elsewhere all answers come from
    options or --answers.
    """
    read = read_answers(file) if file else Answers()
    answers = replace(read, **{key: value for key, value in given.items() if value})
    if at_a_terminal() and not file:
        answers = ask_all(answers)
    where = folder or Path.cwd()
    _told(begin(where, answers, today()), where)


def _told(begun: Begun, folder: Path) -> None:
    policy, call = begun.project.versions[-1], printing.invocation()
    project = "" if folder.resolve() == Path.cwd() else f" --project {shlex.quote(str(folder))}"
    click.echo(f"{policy.name}: {printing.count(len(policy.promises), 'promise')}, nothing wrong. In {folder}:")
    for name in begun.files:
        click.echo(f"  {name:<20} {_FILES[name]}")
    click.echo("\nThe law asks this of you, and the text says so. See to it before you publish:")
    for promise, task in begun.tasks:
        click.echo(f"  {promise}  {task}")
    database = begun.project.datamap.database
    click.echo(_NEXT.format(houvast=call, project=project, url=f"postgresql:///{database}").rstrip())


_FILES: Mapping[str, str] = {
    "policy.yaml": "the rules, each bound to its sentence",
    "text.nl.md": "what people read, in Dutch",
    "text.en.md": "the same in English",
    "datamap.yaml": "where the data lie: still empty",
    "policy.schema.json": "so that your editor completes and checks policy.yaml",
    "datamap.schema.json": "the same for datamap.yaml",
    "systems.schema.json": "the same for systems.yaml, for what else holds data",
    "controls.schema.json": "the same for controls.yaml, for what protects them",
    "visits.schema.json": "the same for visits.yaml, for what is counted of visits",
}
_NEXT = """
Next:
  Read the text aloud, and change what is not so; each sentence stands in policy.yaml too.
  {houvast} check{project}
  {houvast} map{project} --database {url}     propose where the data lie; you confirm
  {houvast} plan{project} --database {url}    what would happen to the database
  {houvast} apply{project} --database {url}   make the database keep it
No database server yet? pip install 'houvast[server]', and: eval "$({houvast} postgres)"
"""
