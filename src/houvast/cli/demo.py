"""The demo, and a way into its database as one of the sample company's logins."""

from __future__ import annotations

import os

import click

from houvast.app import Demo, Target, demo_visits, find_project, keep
from houvast.app.attendants import can_attend, start_attendants, start_witness, stop_attendants
from houvast.app.background import stop_background
from houvast.app.demo import SUPERUSER
from houvast.app.evidence import Log
from houvast.app.places import sample_project
from houvast.app.proving import prove, still_proven
from houvast.cli import pages, printing
from houvast.cli.options import example
from houvast.cli.progress import phase
from houvast.database.server import Server
from houvast.errors import UsageError
from houvast.reading import did_you_mean

PAGES = """
The pages: {address}/                 the policy, each sentence with its proof; /en/ in English
Come in as the officer, once, within a day:
  {link}"""

NEXT = """
Try next:
  {houvast} psql support               be the support desk, and say why you look:
    SELECT houvast.open_use('answer', 'ticket of today');
    SELECT id, full_name, email FROM contact LIMIT 5;
  {houvast} explain answer contact.email --person 1
  {houvast} prove C10                  one promise; --json has every attempt
  {houvast} notice --lang en           what people read, made from the same rules
  {houvast} plan                       after a change to the policy: what would follow
  {houvast} demo --stop

Any client can connect: {url}"""


@click.command()
@click.option("--people", type=click.IntRange(1, 10_000_000), metavar="N", help="How many; 10,000 by default.")
@click.option("--anew", is_flag=True, help="Throw the demo's database away and make it again.")
@click.option("--stop", is_flag=True, help="Stop the demo's pages and database; its data stay.")
@example("houvast demo --people 100000 --anew")
def demo(people: int | None, anew: bool, stop: bool) -> None:
    """The sample company, its policy kept and proven.

    Starts an embedded PostgreSQL in your own folder (HOUVAST_HOME, or houvast among your data).
    """
    if stop or anew:
        stop_attendants()
        stop_background(pages.NAME)
    if stop:
        click.echo("The demo's database was stopped." if Demo.stop() else "The demo's database was not running.")
        return
    if anew:
        Demo.throw_away()
        demo_visits.throw_away()
    _make(people)


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("login")
@click.argument("psql_options", nargs=-1, type=click.UNPROCESSED, metavar="[PSQL OPTION]...")
@example("houvast psql support\nhouvast psql support -c \"SELECT houvast.open_use('answer', 'ticket 12')\"")
def psql(login: str, psql_options: tuple[str, ...]) -> None:
    """Open psql on the demo's database as one of the company's logins."""
    datamap = find_project(sample_project()).datamap
    known = [*datamap.logins, datamap.migration_login, SUPERUSER]
    if login not in known:
        raise UsageError(f"The sample company has no login `{login}`.", todo=did_you_mean(login, known))
    there = Demo.existing()
    program = Server.binary("psql")
    os.execve(program, [str(program), there.url(login), *psql_options], os.environ | there.server.environment)  # noqa: S606 - psql takes over


def _make(people: int | None) -> None:
    project = find_project(sample_project())
    with phase("Starting the database"):
        there = Demo.start()
    with phase("Making the sample company") as tell:
        there.fill(people, progress=tell)
    target = Target(project, there.url())
    with phase("Applying the policy") as tell:
        changed = keep.apply(target, progress=tell).steps
    with phase("Counting visits to its websites") as tell:
        demo_visits.count(target, tell)
    broken = not (not changed and _stands(target)) and _prove(target)
    _attend(target)
    _serve(target)
    click.echo(NEXT.format(houvast=printing.invocation(), url=target.url))
    if broken:
        raise click.exceptions.Exit(1)


def _attend(target: Target) -> None:
    """A worker that proves and scans by itself, a witness of its log, and a mail server for what it writes."""
    if can_attend():
        with target.connect() as connection:
            start_witness(Log.of(target).begin(connection))
        start_attendants(target.url, target.project.versions[-1].controller.get("contact", ""))
        click.echo("A worker proves, looks for drift and scans by itself (docs/worker.md); its mail stays in the demo.")
        click.echo("A witness cosigns the log (docs/witness.md): houvast evidence status")


def _serve(target: Target) -> None:
    """Start the pages, and say how to come in."""
    if not pages.installed():
        click.echo("\nThe pages are not installed: pip install 'houvast[web]'")
        return
    with phase("Starting the pages"):
        address = pages.start(target)
        link = pages.entrance(target)
    click.echo(PAGES.format(address=address, link=link))


def _stands(target: Target) -> bool:
    """Say what the last proof found, where nothing has changed since; whether it did."""
    with phase("Looking at the last proof"):
        found = still_proven(target)
    if found is None:
        return False
    when, outcomes = found
    click.echo(f"{outcomes['held']} held, 0 broken, {outcomes['not_yet_kept']} not yet kept, by the proof of"
               f" {when.astimezone():%H:%M}; nothing changed since. To try again: houvast prove")  # fmt: skip
    return True


def _prove(target: Target) -> bool:
    """Show what `prove` finds; whether a promise is broken."""
    from houvast.cli.proof_table import proof_table

    with phase("Trying to break the promises") as tell:
        report = prove(target, progress=tell, extra=pages.page_attempts(target))
    printing.show(proof_table(report))
    return bool(report.broken)
