"""`houvast request post|mandate`: whose a request is, by a code in a letter or by a mandate."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import click

from houvast.app import Target, by_post, find_target
from houvast.app.places import pages_origin
from houvast.cases import Right, store
from houvast.cases.words import HOLDERS
from houvast.cli.case_options import by_option
from houvast.cli.options import example, target_options
from houvast.cli.request_intake import request
from houvast.errors import UsageError

_RIGHTS = [right.value for right in Right if right not in (Right.COMPLAINT, Right.QUESTION)]


@request.command()
@click.argument("number", type=int)
@click.option("--out", metavar="FILE", type=click.Path(path_type=Path), required=True, help="The PDF to print.")
@by_option
@target_options
@example("houvast request post 3 --out letter.pdf")
def post(number: int, out: Path, by: str, project: Path | None, database: str | None) -> None:
    """Make a letter with a code, for the postal address on file. The clock stands still until the code is filled in.

    The code and the address stand in the file alone, which its user alone can read: print it, post it, delete it.
    """
    target = find_target(project, database)
    try:
        file = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UsageError(
            f"{out} cannot be written: {error.strerror}.", todo="Name a file that is not there yet."
        ) from None
    try:
        made = by_post.print_letter(target, number, pages_origin(), by, datetime.now(UTC))
    except BaseException:
        os.close(file)
        out.unlink()
        raise
    with os.fdopen(file, "wb") as opened:
        opened.write(made.pdf)
    click.echo(f"The letter is in {out}; its code works until {made.until}. Print it, post it, and delete the file.")


def _end_of(target: Target, until: str) -> datetime:
    """A date is the last day that counts, until its last second; an instant is that instant."""
    found = target.project.instant(until)
    return found + timedelta(days=1, seconds=-1) if len(until.strip()) == len("2027-06-30") else found


@request.command()
@click.argument("number", type=int)
@click.option("--holder", metavar="NAME", help="Who asks for the person.")
@click.option("--as", "sort", type=click.Choice(list(HOLDERS)), help="What they are to the person.")
@click.option("--address", metavar="MAIL", help="Where letters about the request go to them, once it counts.")
@click.option(
    "--right", "rights", multiple=True, type=click.Choice(_RIGHTS), help="What they may ask; may be repeated."
)
@click.option("--until", metavar="DATE", help="Until when; two years at most.")
@click.option("--same", type=int, metavar="MANDATE", help="By a mandate that the person has confirmed already.")
@click.option("--end", is_flag=True, help="The person took it back: what was asked by it and is not answered ends.")
@target_options
@example("houvast request mandate 3 --holder 'P. Laver' --as lawyer --address laver@law.example"
         " --right access --until 2027-06-30")  # fmt: skip
def mandate(
    number: int, holder: str | None, sort: str | None, address: str | None, rights: tuple[str, ...], until: str | None,
    same: int | None, end: bool, project: Path | None, database: str | None,
) -> None:  # fmt: skip
    """Write down that somebody asks this for somebody else, and ask the person about it.

    It counts once the person says yes: by the link in the mail to their address on file, signed in, or by the code of a
    letter (houvast request post). Ask for no copy of a document, of nobody.
    """
    target = find_target(project, database)
    with target.connect() as connection, connection.transaction():
        if end:
            ended = store.end_mandate(connection, number)
            return click.echo("The mandate has ended." if ended else "The mandate had ended already.")
        if same is not None:
            store.join_mandate(connection, number, same)
            return click.echo(f"Request {number} is by mandate {same}, which is in force.")
        if not (holder and sort and address and until):
            raise UsageError(
                "A mandate has a holder, what they are, an address, rights and an end.",
                todo="Give --holder, --as, --address, --right and --until; or --same, or --end.",
            )
        made = store.record_mandate(connection, number, sort, holder, address, rights, _end_of(target, until))
    return click.echo(f"Mandate {made}: the person is asked. Request {number} waits until they say yes.")
