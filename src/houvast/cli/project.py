"""Commands on a project alone: no database is asked."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.app import Project, find_project
from houvast.cli import printing
from houvast.cli.options import example, json_option, project_option
from houvast.errors import FileErrors, Finding
from houvast.policy import Policy


@click.command()
@project_option
@json_option
@example("houvast check --project policies/lakana")
def check(project: Path | None, as_json: bool) -> None:
    """Whether sentences, rules and data map fit together.

    Every finding has file, line and column, and says what to do. Exit code 1 when there is one.
    """
    try:
        found = find_project(project)
    except FileErrors as error:
        _refuse(error.findings, as_json=as_json)
        raise click.exceptions.Exit(error.exit_code) from None
    if as_json:
        printing.as_json(
            {
                "findings": [],
                "remarks": [printing.finding_as_json(remark) for remark in found.remarks],
                "policy": found.versions[-1].name,
                "versions": [policy.version for policy in found.versions],
            }
        )
    else:
        _approve(found)


def _refuse(findings: tuple[Finding, ...], *, as_json: bool) -> None:
    if as_json:
        printing.as_json({"findings": [printing.finding_as_json(one) for one in findings], "remarks": []})
        return
    printing.findings(findings)
    click.echo(f"{printing.count(len(findings), 'finding')}: this policy cannot be applied or published.")


def _approve(project: Project) -> None:
    datamap = project.datamap
    name = project.versions[-1].name
    click.echo(f"{name}: {printing.count(len(project.versions), 'version')}, nothing wrong.")
    for policy in project.versions:
        click.echo(f"  {_summary(policy)}")
    personal = sum(table.personal for table in datamap.tables.values())
    click.echo(
        f"  data map {datamap.name}: {printing.count(len(datamap.tables), 'table')} "
        f"({personal} with personal data), {printing.count(len(datamap.logins), 'login')}"
    )
    if project.remarks:
        click.echo("Good to know:")
        printing.findings(project.remarks)


def _summary(policy: Policy) -> str:
    bound = sum(1 for promise in policy.promises.values() if promise.says or promise.spans)
    return (
        f"version {policy.version}, from {policy.effective.date().isoformat()}, "
        f"in {' and '.join(policy.languages)}: {bound} promises bound to their sentences, "
        f"{len(policy.promises) - bound} from the law, {printing.count(len(policy.uses), 'use')}, "
        f"{printing.count(len(policy.nevers), 'never')}, {printing.count(len(policy.terms), 'term')}"
    )
