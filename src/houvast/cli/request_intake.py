"""`houvast request intake`: mail that came in to the address for privacy, until somebody says what it is."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path

import click
from rich.table import Table

from houvast.app import find_target, intake, records
from houvast.app.handing_out import person_of
from houvast.app.settings import load_settings
from houvast.cases import Right, inbox
from houvast.cases.incoming import READ
from houvast.cli import printing
from houvast.cli.case_options import by_option
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.cli.request_letters import request
from houvast.errors import UsageError


@request.group(name="intake", cls=Group)
@example("houvast request intake list\nhouvast request intake accept 4 --right erasure customer:17")
def intake_() -> None:
    """Mail to the address for privacy: what it seems to ask, until somebody says what it is."""


@intake_.command()
@click.argument("file", metavar="FILE")
@target_options
@json_option
@example("houvast request intake add mail.eml")
def add(file: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """Take a mail in from a file (RFC 5322); - reads standard input. The same one twice is once."""
    target = find_target(project, database)
    try:
        with sys.stdin.buffer if file == "-" else Path(file).open("rb") as opened:
            raw = opened.read(READ)
            size = len(raw) + sum(len(more) for more in iter(lambda: opened.read(1 << 20), b""))
    except OSError:
        raise UsageError(f"{file} cannot be read.", todo="Give a file with a mail in it, or -.") from None
    if not raw.strip():
        raise UsageError("There is no mail in it.", todo="Give a file with a mail in it, or -.")
    settings = load_settings(target.project.folder)
    with target.connect() as connection:
        number = intake.take(connection, raw, size=size, own=intake.ours(settings, target.project.versions[-1]))
    if as_json:
        return printing.as_json({"number": number})
    click.echo(f"Mail {number} is taken in." if number else "This mail was taken in before.")
    return None


@intake_.command(name="list")
@click.option("--all", "everything", is_flag=True, help="Those of which it was said what they are, too.")
@target_options
@json_option
@example("houvast request intake list")
def list_(everything: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """The mail that waits, the one that is due first at the top. It does not show who wrote it or what."""
    with find_target(project, database).connect() as connection:
        found = inbox.mails(connection, everything=everything)
    if as_json:
        return printing.as_json([records.as_json(one) for one in found])
    if not found:
        return click.echo("No mail waits.")
    table = Table("number", "seems to ask", "language", "state", "answer by", box=None, pad_edge=False)
    for one in found:
        asks = ", ".join(right.value for right in one.rights) or ("nothing" if one.sort == "mail" else one.sort)
        table.add_row(str(one.number), asks, one.language, one.state, one.due_on.isoformat())
    return printing.show(table)


@intake_.command()
@click.argument("number", type=int)
@click.option("--reason", metavar="TEXT", help="Why you look at who wrote it and what; that is recorded.")
@target_options
@json_option
@example("houvast request intake show 4\nhouvast request intake show 4 --reason 'reading the post'")
def show(number: int, reason: str | None, project: Path | None, database: str | None, as_json: bool) -> None:
    """One mail, and by which words it seems to ask what. With --reason also what it says: a recorded use.

    Whose the address is that it says it is from, is no proof of who wrote it.
    """
    with find_target(project, database).connect() as connection:
        mail = inbox.mail(connection, number)
        words = inbox.opened(connection, number, reason) if reason else None
    if as_json:
        return printing.as_json({**records.as_json(mail), **(asdict(words) if words else {})})
    click.echo(f"Mail {mail.number}: {mail.sort}, {mail.language}, {mail.state} {mail.why}".rstrip())
    click.echo(f"  received {mail.received_at:%Y-%m-%d}; answer by {mail.due_on}")
    for right in mail.rights:
        click.echo(f"  seems to ask {right.value}, by the words: {', '.join(mail.reasons.get(right.value, ()))}")
    if mail.notes:
        click.echo(f"  not read: {', '.join(mail.notes)}")
    if mail.passed:
        click.echo(f"  your mail server says of the sender's domain: {mail.passed}")
    if mail.requests:
        click.echo(f"  requests: {', '.join(str(one) for one in mail.requests)}")
    if words:
        click.echo(f"  says it is from: {words.sender or 'nobody'}")
        click.echo(f"  who has that address: {', '.join(words.persons) or 'nobody here'}")
        click.echo(f"  {words.subject}\n\n{words.body}")
    return None


@intake_.command()
@click.argument("number", type=int)
@click.argument("person_id", metavar="[KIND:KEY]", required=False)
@click.option("--right", "rights", multiple=True, type=click.Choice([right.value for right in Right]),
              help="What they ask for, once or more. By default what the mail seems to ask.")  # fmt: skip
@by_option
@target_options
@json_option
@example("houvast request intake accept 4 customer:17 --right access --right erasure")
def accept(
    number: int, person_id: str | None, rights: tuple[str, ...], by: str, project: Path | None, database: str | None,
    as_json: bool,
) -> None:  # fmt: skip
    """Make requests of a mail, with the clock running since it came in. Nothing is verified by that.

    A complaint or a question needs no person.
    """
    target = find_target(project, database)
    person = ":".join(person_of(target, person_id)) if person_id else None
    with target.connect() as connection:
        proposed = inbox.mail(connection, number).rights
    asked = tuple(Right(one) for one in rights) or proposed
    made = intake.accept(target, number, asked, person, by)
    if as_json:
        found = [{"number": one.number, "code": str(one.code), "due": one.due_on.isoformat()} for one in made]
        return printing.as_json({"requests": found})
    for one in made:
        click.echo(f"Request {one.number}: answer by {one.due_on}. Code to follow it by: {one.code}")
    return None


@intake_.command()
@click.argument("number", type=int)
@click.option("--why", type=click.Choice(inbox.WHY), required=True, help="Why it is no request.")
@target_options
@example("houvast request intake dismiss 5 --why not_request")
def dismiss(number: int, why: str, project: Path | None, database: str | None) -> None:
    """Say that a mail is no request. For thirty days it can still be accepted; then what it says is gone."""
    with find_target(project, database).connect() as connection:
        inbox.dismiss(connection, number, why)
    click.echo(f"Mail {number} is no request ({why}).")
