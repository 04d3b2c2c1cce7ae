"""The command that says whether policy, law and data map hold together: no database is asked."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.app.examine import Examination, examine
from houvast.app.project import at_instant
from houvast.app.schemas import SCHEMAS, text
from houvast.app.target import find_folder
from houvast.cli import printing
from houvast.cli.check_report import examination_as_json, examination_tables, github_annotations
from houvast.cli.options import as_of_option, example, json_option, project_option
from houvast.policy import Policy
from houvast.policy.duties import State

FOUND = 1


@click.command()
@project_option
@as_of_option
@click.option("--all", "everything", is_flag=True, help="Every promise with its legal floor, every duty and conflict.")
@click.option("--strict", is_flag=True, help="Also exit with 1 when a duty of the law is missing.")
@json_option
@click.option("--github", is_flag=True, help="Print annotations for GitHub Actions.")
@click.option("--schema", type=click.Choice(sorted(SCHEMAS)), help="Print the JSON Schema of a file, for editors.")
@example("houvast check --project policies/lakana --all")
def check(
    project: Path | None,
    as_of: str | None,
    everything: bool,
    strict: bool,
    as_json: bool,
    github: bool,
    schema: str | None,
) -> None:
    """Whether sentences, rules, law and data map fit together.

    Every finding has file, line and column, and says what to write. What the law asks of every policy
    is answered by it, filled by the law itself, or missing. Exit code 1 when there is a finding; a missing
    duty is none unless it is something that every notice must tell people, or --strict is given.
    """
    if schema:
        click.echo(text(schema), nl=False)
        return
    found = examine(find_folder(project), at_instant(as_of) if as_of else None)
    if as_json:
        printing.as_json(examination_as_json(found))
    elif github:
        for line in github_annotations(found):
            click.echo(line)
    else:
        _print(found, everything=everything)
    if found.findings or (strict and found.missing):
        raise click.exceptions.Exit(FOUND)


def _print(found: Examination, *, everything: bool) -> None:
    if found.findings:
        printing.findings(found.findings)
        count = printing.count(len(found.findings), "finding")
        click.echo(f"{count}: this policy cannot be applied or published.")
    else:
        _approve(found)
    if found.law:
        _counts(found)
        if everything:
            printing.show(examination_tables(found))
    if found.remarks:
        click.echo("Good to know:")
        printing.findings(found.remarks)


def _approve(found: Examination) -> None:
    name = found.versions[-1].name
    click.echo(f"{name}: {printing.count(len(found.versions), 'version')}, nothing wrong.")
    for policy in found.versions:
        click.echo(f"  {_summary(policy)}")
    datamap = found.datamap
    if datamap:
        personal = sum(table.personal for table in datamap.tables.values())
        click.echo(
            f"  data map {datamap.name}: {printing.count(len(datamap.tables), 'table')} "
            f"({personal} with personal data), {printing.count(len(datamap.logins), 'login')}"
        )


def _counts(found: Examination) -> None:
    states = {state: [one for one in found.duties if one.state is state] for state in State}
    said = ", ".join(f"{len(ours)} {_STATES[state]}" for state, ours in states.items())
    click.echo(f"  duties of the law: {said}")
    for state in (State.DEFAULT, State.MISSING):
        for one in states[state]:
            label = f"{one.duty.id} {one.duty.label.get('en', '')} ({', '.join(one.duty.law)})"
            todo = one.duty.todo.get("en", "") if state is State.MISSING else ""
            click.echo(f"    {_STATES[state]}: {label}. {todo}".rstrip())
    settled = sum(one.settled for one in found.contradictions)
    click.echo(f"  contradictions: {printing.count(len(found.contradictions), 'pair')}, {settled} settled by a rule")


def _summary(policy: Policy) -> str:
    bound = sum(1 for promise in policy.promises.values() if promise.says or promise.spans)
    return (
        f"version {policy.version}, from {policy.effective.date().isoformat()}, "
        f"in {' and '.join(policy.languages)}: {bound} promises bound to their sentences, "
        f"{len(policy.promises) - bound} from the law, {printing.count(len(policy.uses), 'use')}, "
        f"{printing.count(len(policy.nevers), 'never')}, {printing.count(len(policy.terms), 'term')}"
    )


_STATES = {State.ANSWERED: "answered", State.DEFAULT: "filled by the law", State.MISSING: "missing"}
