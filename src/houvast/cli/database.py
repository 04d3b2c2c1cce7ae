"""Commands that compare, change or question a database."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import click

from houvast.app import Target, find_target, keep
from houvast.app.proving import probe
from houvast.cli import printing
from houvast.cli.options import as_of_option, example, json_option, profile_option, target_options
from houvast.cli.progress import phase
from houvast.compiler.compile import Compiled
from houvast.compiler.plan import Plan, Step

FEW = 40
"""So many steps are listed one by one; more are counted, unless asked for."""


@click.command()
@target_options
@profile_option
@click.option("--all", "everything", is_flag=True, help="List every step, also when there are many.")
@json_option
@example("houvast plan")
def plan(project: Path | None, database: str | None, profile: str, everything: bool, as_json: bool) -> None:
    """What `apply` would do, each step with its promise. Changes nothing.

    Steps after which somebody may see or do more than before are marked; they need `apply --weaken`.
    """
    found = keep.plan(find_target(project, database), profile=profile)
    if as_json:
        printing.as_json(_plan_as_json(found))
        return
    steps = found.plan.steps
    click.echo(f"Profile: {found.profile}. {printing.count(len(steps), 'step')}.")
    if everything or len(steps) <= FEW:
        listed = list(steps)
    else:
        _totals(steps)
        listed = list(found.plan.weakening)
    for step in listed:
        click.echo(_line(step))
    if found.plan.weakening:
        click.echo(f"{printing.count(len(found.plan.weakening), 'step')} weaken protection: apply --weaken")


@click.command()
@target_options
@profile_option
@click.option("--weaken", is_flag=True, help="Also take the steps that weaken protection.")
@click.option(
    "--leakproof", is_flag=True, help="Also mark functions of PostgreSQL's that were vetted, for their indexes."
)
@example("houvast apply --database postgresql://postgres@/lakana --project policies/lakana")
def apply(project: Path | None, database: str | None, profile: str, weaken: bool, leakproof: bool) -> None:
    """Make the database keep the policy.

    What was not finished is finished; applying twice changes nothing. In the end each purpose reads made-up people:
    exit code 1 when one sees what it may not. Needs a superuser.
    """
    target, made = find_target(project, database), list[Compiled]()
    with phase("Applying the policy") as tell:
        done = keep.apply(target, profile=profile, weaken=weaken, leakproof=leakproof, progress=tell, made=made.append)
    click.echo(_applied(done))
    if done.steps and not _probed(target, made[-1]):
        raise click.exceptions.Exit(1)


@click.command()
@target_options
@click.option("--with-desk", is_flag=True, help="Also delete stored results, alarms and accounts of the pages.")
@click.option("--lose-evidence", is_flag=True, help="Also when what waits in the log cannot be published.")
@example("houvast unapply --with-desk")
def unapply(project: Path | None, database: str | None, with_desk: bool, lose_evidence: bool) -> None:
    """Take everything back.

    The database is as it was before the first `apply`: its schema, owners and grants. The desk of the
    pages and the worker (schema houvast_desk) stays, unless you say otherwise. What waits in the log is published
    first; its store stays, and what opens its sealed fields goes.
    """
    target = find_target(project, database)
    with phase("Taking the policy back") as tell:
        taken = keep.unapply(target, progress=tell, with_desk=with_desk, losing_events=lose_evidence)
    click.echo(f"{printing.count(taken, 'piece')} taken away. This database keeps no policy now.")
    if keep.has_desk(target):
        click.echo("Schema houvast_desk stays, with stored results and alarms. To remove it too: unapply --with-desk")


@click.command()
@target_options
@json_option
@example("houvast drift")
def drift(project: Path | None, database: str | None, as_json: bool) -> None:
    """What PostgreSQL grants now and did not after `apply`.

    Exit code 1 when there is a difference.
    """
    found = keep.drift(find_target(project, database))
    if as_json:
        printing.as_json({"drift": [one.to_json() for one in found]})
    else:
        for difference in found:
            click.echo(f"{difference}\n  What to do: {difference.todo}")
        click.echo(f"{printing.count(len(found), 'difference')}." if found else "No drift.")
    if found:
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("purpose")
@click.argument("place", metavar="TABLE[.COLUMN]")
@click.option("--person", metavar="ID", help="The person of whom the rows are, by the key in the data map.")
@as_of_option
@target_options
@json_option
@example("houvast explain answer contact.email --person 17")
def explain(
    purpose: str,
    place: str,
    person: str | None,
    as_of: str | None,
    project: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Why a purpose sees something, or does not.

    For a table or a column, and for the rows of one person, with the promise behind it.
    """
    target = find_target(project, database)
    instant = target.project.instant(as_of) if as_of else None
    found = keep.explain(target, purpose, place, person=person, as_of=instant)
    if as_json:
        printing.as_json(found.as_json())
    else:
        click.echo(str(found))


def _line(step: Step) -> str:
    mark = "  weakens" if step.weakens else ""
    return f"  {step.verb:<9}  {step.promise:<4} {step.name}{mark}"


def _totals(steps: tuple[Step, ...]) -> None:
    kinds = Counter((step.verb, step.piece.kind if step.piece else step.name.split(" ")[0]) for step in steps)
    for (verb, kind), number in sorted(kinds.items()):
        click.echo(f"  {verb:<9} {number:>5} x {kind}")
    click.echo("  (houvast plan --all lists every step)")


def _applied(done: Plan) -> str:
    if not done.steps:
        return "The database keeps this policy already; nothing was changed."
    return f"{printing.count(len(done.steps), 'step')} done. The database keeps this policy."


def _probed(target: Target, compiled: Compiled) -> bool:
    """Let every purpose read made-up people and say what came of it; whether none sees what it may not."""
    with phase("Trying every purpose with made-up people") as tell:
        tried = probe(target, compiled=compiled, progress=tell)
    wrong = [one for one in tried if not one.passed]
    leaks = [one for one in wrong if not one.control]
    for one in wrong[:FEW]:
        click.echo(f"  {one.name}: {one.seen}, expected: {one.expected}")
    if leaks:
        click.echo(f"{printing.count(len(leaks), 'read')} saw what the policy does not allow. What now: houvast prove")
    elif wrong:
        click.echo(f"{printing.count(len(wrong), 'read')} of {len(tried)} did not see what the policy allows."
                   " Why: houvast explain PURPOSE TABLE.COLUMN")  # fmt: skip
    else:
        click.echo(
            f"{printing.count(len(tried), 'read')} of made-up people: each purpose sees what it may, and no more."
        )
    return not leaks


def _plan_as_json(found: keep.Difference) -> dict[str, object]:
    return {
        "profile": found.profile,
        "first": found.plan.first,
        "steps": [
            {
                "verb": str(step.verb),
                "name": step.name,
                "kind": step.piece.kind if step.piece else "",
                "promise": step.promise,
                "weakens": step.weakens,
                "sql": step.sql,
            }
            for step in found.plan.steps
        ],
    }
