"""`houvast request extend|refuse|answer|letter`: letters about requests, from draft to sent."""

from __future__ import annotations

from pathlib import Path

import click

from houvast.app import Target, cases, find_target
from houvast.cases import Right, State, store
from houvast.cases.reasons import REASONS
from houvast.cli.case_options import by_option, code_option, explain_option, words_of
from houvast.cli.options import example, target_options
from houvast.cli.request import request

_REASONS = {to: [code for code, one in REASONS.items() if one.to is to] for to in (State.DELAYED, State.REFUSED)}


@request.command()
@click.argument("number", type=int)
@click.option("--reason", type=click.Choice(_REASONS[State.DELAYED]), required=True, help="Why it takes longer.")
@explain_option
@by_option
@target_options
@example("houvast request extend 3 --reason complexity --explain 'We must look in five systems.'")
def extend(number: int, reason: str, explain: str | None, by: str, project: Path | None, database: str | None) -> None:
    """Draft the letter that more time is needed. It counts once it is sent, and only within the first term."""
    _drafted(find_target(project, database), number, "extension", by, explain, reason)


@request.command()
@click.argument("number", type=int)
@click.option("--reason", type=click.Choice(_REASONS[State.REFUSED]), required=True, help="Why it is refused.")
@explain_option
@by_option
@target_options
@example("houvast request refuse 3 --reason legally_required --explain 'Bills are kept for seven years.'")
def refuse(number: int, reason: str, explain: str | None, by: str, project: Path | None, database: str | None) -> None:
    """Draft a refusal, with its reason, the authority and the court. Another of the staff approves it."""
    target = find_target(project, database)
    with target.connect() as connection:
        right = store.case(connection, number).right
    kind = "objection_dismissed" if right is Right.OBJECTION else "refusal"
    _drafted(target, number, kind, by, explain, reason)


@request.command()
@click.argument("number", type=int)
@explain_option
@click.option("--kept", metavar="TEXT", help="Of an erasure: what is kept, and why.")
@click.option("--until", metavar="DATE", help="Of a copy: until when it lies ready.")
@by_option
@target_options
@example("houvast request answer 3 --explain 'You find everything in your account.' --until 2026-12-31")
def answer(
    number: int, explain: str | None, kept: str | None, until: str | None, by: str, project: Path | None,
    database: str | None,
) -> None:  # fmt: skip
    """Draft the answer. Another of the staff approves it; sending it ends the request."""
    target = find_target(project, database)
    with target.connect() as connection:
        kind = cases.answer_of(store.case(connection, number).right)
    _drafted(target, number, kind, by, explain, "", {"kept": kept or "", "until": until or ""})


@request.command()
@click.argument("number", type=int)
@click.option("--until", required=True, metavar="DATE", help="From when on the data are used again.")
@explain_option
@by_option
@target_options
@example("houvast request lifting 3 --until 2026-12-31 --explain 'The address was corrected.'")
def lifting(number: int, until: str, explain: str | None, by: str, project: Path | None, database: str | None) -> None:
    """Draft the letter that a restriction ends, about a request of that person. It ends only after this was sent."""
    _drafted(find_target(project, database), number, "lifting", by, explain, "", {"until": until})


def _drafted(
    target: Target,
    number: int,
    kind: str,
    by: str,
    explain: str | None,
    reason: str,
    more: dict[str, str] | None = None,
) -> None:
    values = {"explanation": words_of(explain), **(more or {})}
    letter = cases.draft(target, number, kind, by=by, reason=reason, more=values)
    how = f"houvast request letter {letter} --approve --by NAME --code CODE"
    click.echo(f"Letter {letter} ({kind}) is drafted. Another of the staff: {how}")


@request.command()
@click.argument("letter", type=int)
@click.option("--approve", is_flag=True, help="Approve what somebody else drafted.")
@click.option("--send", is_flag=True, help="Send it to the address on file.")
@click.option("--print", "printed", is_flag=True, help="It goes by post: print it, and count it as sent.")
@by_option
@code_option
@target_options
@example("houvast request letter 5 --approve --by vera --code 123456\nhouvast request letter 5 --send")
def letter(
    letter: int, approve: bool, send: bool, printed: bool, by: str, code: str, project: Path | None,
    database: str | None,
) -> None:  # fmt: skip
    """Approve or send a letter. Sending moves the request: an answer or a refusal ends it.

    Whoever approves gives the code that their authenticator app shows (houvast staff code).
    """
    if not (approve or send or printed):
        raise click.UsageError("Say what to do: --approve, --send or --print.")
    with find_target(project, database).connect() as connection, connection.transaction():
        if approve:
            store.approve(connection, letter, by, words_of(code))
            click.echo(f"Letter {letter} is approved.")
        if send or printed:
            subject, body = store.send(connection, letter, printed=printed)
            click.echo(f"{subject}\n\n{body}" if printed else f"Letter {letter} is on its way.")
