"""`houvast exchange`: diagnostic data that customers send, by link, for one problem."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click

from houvast.app import find_target
from houvast.app.exchange import Exchange, link_of
from houvast.app.leaving import leaving as problems_in
from houvast.app.target import Target
from houvast.cli import printing
from houvast.cli.case_options import by_option, language_option, text_of
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.diagnostics import store
from houvast.errors import UsageError
from houvast.evidence.store import appearing

TOOLS = ("eea", "adequacy", "clauses", "rules")


@click.group(cls=Group)
@example("houvast exchange ask 2231 --wants 'the log of the export' --why 'it stops'\nhouvast exchange list")
def exchange() -> None:
    """Diagnostic data of customers: ask, judge, open, grant, close; the register of subcontractors."""


@exchange.command()
@click.argument("ticket")
@click.option("--wants", required=True, help="What is asked.")
@click.option("--why", required=True, help="Why it is needed.")
@click.option("--until", metavar="DATE", help="Until when; by default 14 days from now, at most 90.")
@click.option("--for", "purpose", help="For which purpose of the policy; by default the first.")
@click.option("--company", is_flag=True, help="The customer is no consumer.")
@language_option
@by_option
@target_options
@json_option
@example("houvast exchange ask 2231 --wants 'the log of the export' --why 'it stops at 40 percent' --by anna")
def ask(
    ticket: str, wants: str, why: str, until: str | None, purpose: str | None, company: bool, lang: str, by: str,
    project: Path | None, database: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Ask a customer for what a problem needs: prints a link that works once, within three days."""
    target = find_target(project, database)
    at = target.project.instant(until) if until else datetime.now(UTC) + timedelta(days=14)
    with target.connect() as connection:
        number, token = store.ask(connection, ticket, wants, why, at, by=by, language=lang, consumer=not company,
                                  purpose=purpose or _exchange(target).purposes[0])  # fmt: skip
    if as_json:
        return printing.as_json({"number": number, "link": link_of(token)})
    click.echo(f"Request {number}. Give this link to the customer. It works once, for three days:\n  {link_of(token)}")
    return None


@exchange.command()
@click.argument("number", type=int)
@by_option
@target_options
@example("houvast exchange link 1 --by anna")
def link(number: int, by: str, project: Path | None, database: str | None) -> None:
    """Another link, for a customer who lost theirs; the old ones count no longer."""
    with find_target(project, database).connect() as connection:
        click.echo(link_of(store.link(connection, number, by)))


@exchange.command("list")
@by_option
@target_options
@json_option
@example("houvast exchange list --by anna")
def list_(by: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """The problems that somebody may help with, and what was sent for them."""
    with find_target(project, database).connect() as connection:
        found = store.problems(connection, by)
    if as_json:
        return printing.as_json([{"number": one.number, "ticket": one.ticket, "closed": _day(one.closed),
                                  "ended": _day(one.ended), "granted": one.granted,
                                  "bundles": list(one.bundles)} for one in found])  # fmt: skip
    for one in found:
        stands = "gone" if one.ended else "closed" if one.closed else "open" if one.begun else "not begun"
        click.echo(f"{one.number}: {one.ticket} ({stands}{', yours to open' if one.granted else ''})")
        for bundle in one.bundles:
            click.echo(f"   bundle {bundle['id']}: {bundle['state']}, {bundle['outcome'] or 'not looked into yet'}")
    if not found:
        click.echo("Nothing was asked yet. Ask: houvast exchange ask TICKET --wants ... --why ...")
    return None


@exchange.command()
@click.argument("bundle", type=int)
@by_option
@target_options
@example("houvast exchange accept 1 --by anna")
def accept(bundle: int, by: str, project: Path | None, database: str | None) -> None:
    """Accept what the customer handed in: it may be opened by whom it was granted."""
    with find_target(project, database).connect() as connection:
        store.judge(connection, bundle, accepts=True, by=by)
    click.echo(f"Bundle {bundle} is accepted.")


@exchange.command()
@click.argument("file", metavar="FILE")
@target_options
@json_option
@example("houvast exchange leaving report.txt\ngit diff --cached | houvast exchange leaving -")
def leaving(file: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """Look whether a text has diagnostic data of a customer in it, before it is published or sent on.

    Diagnostic data go to nobody but approved subcontractors. FILE is a text; - reads standard input. Exit code 1 when
    something of a bundle that is here stands in it: lines are known by their parts that hold a digit.
    """
    found = problems_in(find_target(project, database), text_of(file))
    if as_json:
        printing.as_json({"problems": list(found)})
    elif found:
        click.echo(f"Diagnostic data stand in it, of request {', '.join(map(str, found))}: keep it here (promise C47).")
    else:
        click.echo("Nothing of the diagnostic data that are here stands in it.")
    if found:
        raise click.exceptions.Exit(1)


@exchange.command()
@click.argument("bundle", type=int)
@click.option("--why", required=True, help="The customer reads this.")
@by_option
@target_options
@example("houvast exchange refuse 1 --why 'it is of another product' --by anna")
def refuse(bundle: int, why: str, by: str, project: Path | None, database: str | None) -> None:
    """Refuse what the customer handed in: it is destroyed."""
    with find_target(project, database).connect() as connection:
        store.judge(connection, bundle, accepts=False, by=by, why=why)
    click.echo(f"Bundle {bundle} is refused, and will be destroyed.")


@exchange.command("open")
@click.argument("bundle", type=int)
@click.argument("out", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--reason", required=True, help="Recorded; the customer reads it.")
@by_option
@target_options
@example("houvast exchange open 1 export.log --reason 'to find the cause' --by anna")
def open_(bundle: int, out: Path, reason: str, by: str, project: Path | None, database: str | None) -> None:
    """Open an accepted bundle that was granted to you, into a file. The customer sees that you did."""
    if out.exists():
        raise UsageError(f"{out} is there already.", todo="Give another name.")
    target = find_target(project, database)
    with target.connect() as connection:
        content = store.opened(connection, bundle, reason, by)
    with appearing(out) as file:
        for data in _exchange(target).read(content):
            file.write(data)
    click.echo(f"{out} ({content.size} bytes). Delete it when the problem is closed.")


@exchange.command()
@click.argument("number", type=int)
@click.argument("who")
@click.option("--take-back", is_flag=True, help="They may no longer.")
@by_option
@target_options
@example("houvast exchange grant 1 anna --by vera")
def grant(number: int, who: str, take_back: bool, by: str, project: Path | None, database: str | None) -> None:
    """Let one person open what was sent for one problem. An officer does."""
    with find_target(project, database).connect() as connection:
        store.grant(connection, number, who, by, gives=not take_back)
    click.echo(f"{who} may {'no longer ' if take_back else ''}open what was sent for request {number}.")


@exchange.command()
@click.argument("number", type=int)
@by_option
@target_options
@example("houvast exchange close 1 --by anna")
def close(number: int, by: str, project: Path | None, database: str | None) -> None:
    """Close a problem: nobody opens it any more, and what was sent goes."""
    with find_target(project, database).connect() as connection:
        due = store.close(connection, number, by)
    click.echo(f"Closed. What was sent goes by {due:%Y-%m-%d} at the latest.")


@exchange.command()
@click.argument("bundle", type=int)
@click.option("--facts", required=True, help="What was found, where and when; nobody's name.")
@by_option
@target_options
@example("houvast exchange incident 1 --facts 'an address in line 3' --by vera")
def incident(bundle: int, facts: str, by: str, project: Path | None, database: str | None) -> None:
    """Write down that a company sent personal data after all: facts alone, never of a consumer."""
    with find_target(project, database).connect() as connection:
        store.incident(connection, bundle, facts, by)
    click.echo("Recorded. Nothing is charged by this.")


@exchange.command()
@click.argument("name")
@click.option("--country", required=True, help="Where they work, such as DE.")
@click.option("--subcontractor", type=int, help="Its number in the register, when they are of one.")
@target_options
@example("houvast exchange place sam --country DE --subcontractor 1")
def place(name: str, country: str, subcontractor: int | None, project: Path | None, database: str | None) -> None:
    """Write down where one of the staff works, and for which subcontractor. An administrator does."""
    with find_target(project, database).connect() as connection:
        if not store.place_staff(connection, name, country.upper(), subcontractor):
            raise UsageError(f"There is nobody called `{name}`.", todo="Write them down first: houvast staff add NAME")
    click.echo(f"{name} works in {country.upper()}{f', for subcontractor {subcontractor}' if subcontractor else ''}.")


@exchange.group(cls=Group)
@example("houvast exchange subcontractor list")
def subcontractor() -> None:
    """The register of subcontractors: record, approve, end, list."""


@subcontractor.command("record")
@click.argument("name")
@click.option("--country", required=True, help="Where it works, such as DE.")
@click.option("--tool", type=click.Choice(TOOLS), default="eea", show_default=True, help="What covers the transfer.")
@click.option("--from", "since", required=True, metavar="DATE", help="From when the tool holds.")
@click.option("--until", required=True, metavar="DATE", help="Until when it holds.")
@click.option("--announced", metavar="DATE", help="When customers are told: today.")
@by_option
@target_options
@example("houvast exchange subcontractor record 'Helpers BV' --country DE --from 2026-01-01 --until 2028-01-01")
def record(
    name: str, country: str, tool: str, since: str, until: str, announced: str | None, by: str,
    project: Path | None, database: str | None,
) -> None:  # fmt: skip
    """Record a subcontractor; another officer approves it."""
    target = find_target(project, database)
    days = [target.project.instant(text).date() if text else None for text in (since, until, announced)]
    if days[0] is None or days[1] is None:
        raise UsageError("Say from when and until when the tool holds.", todo="Give --from and --until.")
    with target.connect() as connection:
        number = store.record(connection, name, country.upper(), tool, days[0], days[1], days[2], by)
    click.echo(f"Subcontractor {number}. Another officer approves it: houvast exchange subcontractor approve {number}")


@subcontractor.command()
@click.argument("number", type=int)
@click.option("--code", required=True, help="Of your authenticator app.")
@by_option
@target_options
@example("houvast exchange subcontractor approve 1 --code 123456 --by otto")
def approve(number: int, code: str, by: str, project: Path | None, database: str | None) -> None:
    """Approve what another officer recorded and announced."""
    with find_target(project, database).connect() as connection:
        store.approve(connection, number, by, code)
    click.echo(f"Subcontractor {number} is approved.")


@subcontractor.command()
@click.argument("number", type=int)
@by_option
@target_options
@example("houvast exchange subcontractor end 1 --by vera")
def end(number: int, by: str, project: Path | None, database: str | None) -> None:
    """End a subcontractor: nobody of it opens anything any more."""
    with find_target(project, database).connect() as connection:
        store.end(connection, number, by)
    click.echo(f"Subcontractor {number} helps no longer.")


@subcontractor.command("list")
@target_options
@json_option
@example("houvast exchange subcontractor list")
def register(project: Path | None, database: str | None, as_json: bool) -> None:
    """The register."""
    with find_target(project, database).connect() as connection:
        found = store.subcontractors(connection)
    if as_json:
        return printing.as_json([{"number": one.number, "name": one.name, "country": one.country, "tool": one.tool,
                                  "until": _day(one.tool_until), "announced": _day(one.announced_on),
                                  "approved": one.approved, "ended": one.ended} for one in found])  # fmt: skip
    for one in found:
        stands = "ended" if one.ended else f"helps from {one.counts_from}" if one.approved else "not approved"
        click.echo(f"{one.number}: {one.name}, {one.country}, {one.tool} until {one.tool_until} ({stands})")
    if not found:
        click.echo("There is no subcontractor.")
    return None


def _day(when: date | None) -> str | None:
    return when.isoformat() if when else None


def _exchange(target: Target) -> Exchange:
    return Exchange.of_project(target.project)
