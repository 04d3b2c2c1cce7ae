"""`houvast request`: requests of people about their data, with their clocks."""

from __future__ import annotations

from pathlib import Path

import click
from rich.table import Table

from houvast.app import cases, find_target, handing_over, records
from houvast.app.acting import METHODS
from houvast.app.handing_out import person_of
from houvast.cases import Case, Right, State, store
from houvast.cases.reasons import REASONS
from houvast.cli import printing
from houvast.cli.case_options import by_option, code_option, language_option, text_of, text_option, words_of
from houvast.cli.clock import left
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.cli.systems import step_line
from houvast.errors import UsageError
from houvast.systems import store as step_store


@click.group(cls=Group)
@example("houvast request add customer:17 --right access --channel mail\nhouvast request list")
def request() -> None:
    """Requests of people about their data, with their clocks."""


@request.command()
@click.argument("person_id", metavar="[KIND:KEY]", required=False)
@click.option("--right", type=click.Choice([right.value for right in Right]), required=True, help="What they ask for.")
@click.option("--channel", type=click.Choice(["desk", "mail", "letter", "telephone"]), default="desk",
              show_default=True, help="How it came in.")  # fmt: skip
@click.option("--received", metavar="DATE", help="The date, or instant, at which it came in; by default now.")
@language_option
@text_option
@by_option
@target_options
@json_option
@example("houvast request add customer:17 --right access --channel mail --received 2026-11-20")
def add(
    person_id: str | None, right: str, channel: str, received: str | None, lang: str, text: str | None, by: str,
    project: Path | None, database: str | None, as_json: bool,
) -> None:  # fmt: skip
    """Register a request, and say at once that it came in.

    Its clock runs from the day of receipt. A complaint or a question needs no person.
    """
    target = find_target(project, database)
    person = ":".join(person_of(target, person_id)) if person_id else None
    at = target.project.instant(received) if received else None
    taken = cases.take(target, Right(right), person, channel=channel, language=lang, received=at,
                       text=text_of(text), by=by)  # fmt: skip
    if as_json:
        return printing.as_json({"number": taken.number, "code": str(taken.code), "due": taken.due_on.isoformat()})
    click.echo(f"Request {taken.number}: answer by {taken.due_on}. Code to follow it by: {taken.code}")
    return None


@request.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Those that have ended too.")
@target_options
@json_option
@example("houvast request list --all")
def list_(everything: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """The open requests, the one that is due first at the top. Nobody is named."""
    with find_target(project, database).connect() as connection:
        found = store.cases(connection, everything=everything)
    if as_json:
        return printing.as_json([records.as_json(one) for one in found])
    if not found:
        return click.echo("No request is open.")
    table = Table("number", "asks", "state", "answer by", "left", box=None, pad_edge=False)
    for one in found:
        table.add_row(str(one.number), _asks(one), one.state.value, one.due_on.isoformat(), left(one))
    return printing.show(table)


def _asks(case: Case) -> str:
    return case.right.value + (f" about {case.promise}" if case.promise else "")


@request.command()
@click.argument("number", type=int)
@click.option("--reason", metavar="TEXT", help="Why you look at whom it is of and what was written; that is recorded.")
@target_options
@json_option
@example("houvast request show 3\nhouvast request show 3 --reason 'writing the answer'")
def show(number: int, reason: str | None, project: Path | None, database: str | None, as_json: bool) -> None:
    """One request. With --reason also whom it is of, what was written, and the letters: a recorded use."""
    with find_target(project, database).connect() as connection:
        case = store.case(connection, number)
        opened = store.opened(connection, number, reason) if reason else None
        steps = step_store.steps(connection, number)
    if as_json:
        told = {"systems": [one.to_json() for one in steps]}
        return printing.as_json({**records.as_json(case), **told, **(_opened(opened) if opened else {})})
    click.echo(f"Request {case.number}: {_asks(case)}, {case.state.value} ({case.state.dpv})")
    click.echo(f"  received {case.received_at:%Y-%m-%d} by {case.channel}; answer by {case.due_on}  {left(case)}")
    click.echo(f"  checked whose it is: {'yes, level ' + str(case.level) if case.verified else 'no'}")
    for one in steps:
        click.echo(f"  {step_line(one)}")
    if case.evidence:
        click.echo(f"  last proof of {case.promise}: {case.evidence['outcome']}, {case.evidence['passed']} of"
                   f" {case.evidence['tried']} attempts as promised")  # fmt: skip
    if opened:
        click.echo(f"  of: {opened.person or 'somebody who did not say who they are'}")
        click.echo(f"  wrote: {opened.words}" if opened.words else "  wrote: nothing")
        for one in opened.letters:
            stands = "sent" if one.sent_at else "approved" if one.approved_by else "draft"
            click.echo(f"  letter {one.number}: {one.kind}, {stands}, by {one.drafted_by}")
    return None


def _opened(found: store.Opened) -> dict[str, object]:
    letters = [
        {"number": one.number, "kind": one.kind, "subject": one.subject, "body": one.body, "sent": bool(one.sent_at)}
        for one in found.letters
    ]
    return {"person": found.person, "text": found.words, "letters": letters}


@request.command()
@click.argument("number", type=int)
@click.argument("method", type=click.Choice(list(METHODS)))
@target_options
@example("houvast request verify 3 'in person'")
def verify(number: int, method: str, project: Path | None, database: str | None) -> None:
    """Write down that you checked whose a request is, and by what. Never by a copy of a document."""
    with find_target(project, database).connect() as connection:
        store.verify(connection, number, method, METHODS[method])
    click.echo(f"Request {number} is of whom it says, by {method}: level {METHODS[method]}.")


@request.command()
@click.argument("number", type=int)
@click.argument("state", type=click.Choice(["searching", "review", "withdrawn"]))
@by_option
@code_option
@target_options
@example("houvast request move 3 searching\nhouvast request move 3 withdrawn --by vera --code 123456")
def move(number: int, state: str, by: str, code: str, project: Path | None, database: str | None) -> None:
    """Take a request to its next state. Those that need a letter follow from sending it.

    That the person no longer asks is confirmed by a code, unless it came in at the desk.
    """
    confirmed = {"by": by, "code": words_of(code)} if code else {}
    with find_target(project, database).connect() as connection:
        due = store.move(connection, number, State(state), **confirmed)
    click.echo(f"Request {number} is now {state}; answer by {due}.")


@request.command()
@click.argument("number", type=int)
@by_option
@target_options
@example("houvast request pause 3")
def pause(number: int, by: str, project: Path | None, database: str | None) -> None:
    """Ask the person to show that it is them: the clock stands still until they do. Never asks for a document."""
    cases.send_at_once(find_target(project, database), number, "identity", by)
    click.echo(f"Request {number} waits for the person; its clock stands still.")


@request.command()
@click.argument("number", type=int)
@target_options
@example("houvast request resume 3")
def resume(number: int, project: Path | None, database: str | None) -> None:
    """Go on with a request once it is known whose it is: its last day moves by the days that it waited."""
    with find_target(project, database).connect() as connection:
        due = store.move(connection, number, State.SEARCHING)
    click.echo(f"Request {number} goes on; answer by {due}.")


@request.command(name="hand-over")
@click.argument("number", type=int)
@click.option("--to", "address", metavar="URL", help="Write down where the person wants their data sent.")
@click.option("--approve", is_flag=True, help="Approve the address that another of the staff wrote down.")
@click.option("--send", is_flag=True, help="Send what may be taken along there, as a zip file (HTTP PUT).")
@by_option
@target_options
@example("houvast request hand-over 3 --to https://other.example/import --by anna\n"
         "houvast request hand-over 3 --approve --by vera\nhouvast request hand-over 3 --send")  # fmt: skip
def hand_over(
    number: int, address: str | None, approve: bool, send: bool, by: str, project: Path | None, database: str | None
) -> None:
    """Send a person's data to another company, as they ask (GDPR art. 20(2))."""
    target = find_target(project, database)
    if sum((bool(address), approve, send)) != 1:
        raise UsageError("Do one thing at a time.", todo="Give --to URL, --approve or --send.")
    if address:
        listed = handing_over.ask(target, number, address, by)
        click.echo(
            "Approved: it is one of the `receivers`." if listed else "Written down; another of the staff approves it."
        )
    elif approve:
        handing_over.approve(target, number, by)
        click.echo("Approved.")
    else:
        click.echo(f"Sent. SHA-256 of the file: {handing_over.send(target, number)}")


@request.command()
@json_option
@example("houvast request reasons")
def reasons(as_json: bool) -> None:
    """The reasons of the law to refuse a request, or to take longer."""
    if as_json:
        found = [{"code": o.code, "to": o.to.value, "law": o.law, "dpv": o.dpv, **o.words} for o in REASONS.values()]
        return printing.as_json(found)
    table = Table("reason", "for", "law", "in words", box=None, pad_edge=False)
    for one in REASONS.values():
        table.add_row(one.code, one.to.value, one.law, one.words["en"])
    return printing.show(table)
