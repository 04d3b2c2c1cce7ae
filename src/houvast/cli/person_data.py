"""Commands for what people may ask about their own data: a copy, a correction, erasure, a search."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from houvast.app import find_target
from houvast.app.acting import METHODS
from houvast.app.copying import copy_to
from houvast.app.correcting import correct_value
from houvast.app.erasing import Erased, files_of, planned, write
from houvast.app.erasing import erase as erase_person
from houvast.app.tracing import trace_person
from houvast.cli import printing
from houvast.cli.options import example, json_option, target_options
from houvast.cli.progress import phase
from houvast.cli.systems import step_line
from houvast.errors import HouvastError, UsageError
from houvast.rights.plan import Part, Plan
from houvast.rights.words import LANGUAGES
from houvast.systems import store

Command = TypeVar("Command", bound=Callable[..., Any])

language_option = click.option(
    "--lang", type=click.Choice(LANGUAGES), default="nl", show_default=True, help="In which language."
)
verified_option = click.option(
    "--verified-by",
    type=click.Choice(list(METHODS)),
    help="How you checked who asks, when no request of this person is open yet: one is registered.",
)


@click.command()
@click.argument("person", metavar="KIND:KEY")
@click.option("--out", type=click.Path(path_type=Path), required=True, metavar="DIR|FILE.zip",
              help="Where to put it: a folder or a zip file that is not there yet.")  # fmt: skip
@click.option("--portable", is_flag=True, help="Only what may be taken along to another company (GDPR art. 20).")
@verified_option
@language_option
@target_options
@json_option
@example(
    "houvast person access customer:17 --out copy.zip --verified-by code\n"
    "houvast person access customer:17 --out copy --portable --lang en"
)
def access(
    person: str,
    out: Path,
    portable: bool,
    verified_by: str | None,
    lang: str,
    project: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """A copy of everything that is held about a person: a page to read, and tables and JSON for programs.

    Other people are taken out. Needs a request of that person that is open, or how you checked who asks. What nobody
    has classified blocks the answer. The copy appears whole, or not at all.
    """
    target = find_target(project, database)
    found = copy_to(target, person, out, language=lang, portable=portable, verified_by=verified_by or "")
    if as_json:
        printing.as_json(found.to_json())
        return
    full = [table for table in found.tables if table.rows]
    click.echo(f"{out}: {printing.count(found.rows, 'row')} of {printing.count(len(full), 'table')}.")
    for table in full:
        click.echo(f"  {table.rows:>9,}  {table.table}")
    for one in found.redactions:
        click.echo(f"Taken out: {one.table}.{one.column}, {printing.count(one.count, 'time')} ({one.rule}).")


@click.command()
@click.argument("person", metavar="KIND:KEY")
@click.option(
    "--plan", "only_plan", is_flag=True, help="Only say what would be done; needs no request, changes nothing."
)
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--out", type=click.Path(path_type=Path), metavar="NAME", default=Path("certificate"), show_default=True,
              help="Where to put the certificate: NAME.json and NAME.txt.")  # fmt: skip
@verified_option
@language_option
@target_options
@json_option
@example(
    "houvast person erase customer:17 --plan\n"
    "houvast person erase customer:17 --verified-by code --yes --out /tmp/certificate-17"
)
def erase(
    person: str,
    only_plan: bool,
    yes: bool,
    out: Path,
    verified_by: str | None,
    lang: str,
    project: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Erase what is held about a person, as far as no law and no dispute keeps it.

    In one transaction: all of it or nothing. Afterwards the whole database is searched for what identified the
    person, and a certificate says what was erased, what is kept and why, and what physically remains. Exit code 1
    when the search finds something that should be gone, or another system still has to do its part.
    """
    target = find_target(project, database)
    made = planned(target, person)
    if only_plan:
        printing.as_json(made.to_json()) if as_json else _show_plan(made)
        return
    files_of(out)
    if not yes:
        _confirm(made)
    with phase("Erasing") as tell:
        done = erase_person(target, person, verified_by=verified_by or "", step=lambda what: tell(what, 0, 1))
    _hand_out(done, out, lang, as_json=as_json)
    if not as_json:
        _show_plan(done.certificate.plan)
        for one in done.certificate.elsewhere:
            click.echo(
                f"  {one.name}: {'done' if one.is_done else one.stands}, {one.changed} changed or gone, {one.kept} kept"
            )
        click.echo(f"Certificate: {out}.txt and {out}.json")
    for place in done.certificate.absence.left:
        click.echo(f"Still there: {place.at}, {printing.count(place.rows, 'row')}", err=True)
    for place, why in done.certificate.absence.unread:
        click.echo(f"Not searched: {place}: {why}", err=True)
    for one in done.certificate.waits:
        click.echo(f"Request {done.certificate.request} waits for {one.name}: the worker goes on by itself.", err=True)
    if done.certificate.absence.open or done.certificate.waits:
        raise click.exceptions.Exit(1)


def _hand_out(done: Erased, out: Path, lang: str, *, as_json: bool) -> None:
    """Write the certificate. It is made once: where it cannot be written, it is printed."""
    told = {**done.certificate.to_json(), "certificate_sha256": done.sha256}
    try:
        write(done, out, lang)
    except OSError as error:
        printing.as_json(told)
        raise HouvastError(
            f"The data are erased, but the certificate could not be written to {out}: {error.strerror}.",
            todo="It was printed instead, on standard output: keep it.",
        ) from None
    if as_json:
        printing.as_json(told)


def _confirm(made: Plan) -> None:
    if not sys.stdin.isatty():
        raise UsageError("Nobody said that it may be done.", todo="Look at --plan first; then add --yes.")
    _show_plan(made)
    click.confirm("Erase this? It cannot be undone.", abort=True)


def _show_plan(made: Plan) -> None:
    for part in made.parts:
        click.echo(f"  {part.count:>9,}  {part.table}: {_said(part)}")


def _said(part: Part) -> str:
    if part.reason is None:
        return part.fate.value
    grounds = f" ({', '.join(part.grounds)})" if part.grounds else ""
    until = f", until {part.until.isoformat()}" if part.until else ""
    return f"{part.fate.value}: {part.reason.value}{grounds}{until}"


@click.command()
@click.argument("person", metavar="KIND:KEY")
@click.option("--value", "from_input", is_flag=False, flag_value="-", metavar="-",
              help="Search for values from standard input, one a line, instead of those on file.")  # fmt: skip
@verified_option
@target_options
@json_option
@example("houvast person trace customer:17\nhouvast person trace customer:17 --value - < values.txt")
def trace(
    person: str,
    from_input: str | None,
    verified_by: str | None,
    project: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Where somebody is: every table and large object, mapped or not, and every other system are searched.

    Those on file are read with a request of the person that is open, or say how you checked who asks. Tells tables,
    columns and counts, never values.
    Exit code 1 when something stands where the map says nothing, or something could not be searched.
    """
    target = find_target(project, database)
    if from_input not in (None, "-"):
        raise UsageError(
            "A value is never given on the command line, where others can see it.", todo="Write --value - and type it."
        )
    values = [line for line in sys.stdin.read().splitlines() if line.strip()] if from_input else []
    with phase("Searching") as tell:
        found = trace_person(target, person, values, verified_by=verified_by or "", progress=tell)
    if as_json:
        elsewhere = {"systems": list(found.systems), "away": list(found.away)}
        places = [one.to_json() for one in found.places]
        files = {"large_objects": found.large_objects, "unread": dict(found.unread), "not_opened": dict(found.closed)}
        printing.as_json({"tables": found.tables, "values": found.values, "places": places, **files, **elsewhere})
    else:
        for place in found.places:
            where = "" if place.mapped else "  NOT IN THE MAP"
            click.echo(f"  {place.rows:>9,}  {place.at}{where}")
        searched = f"{printing.count(found.tables, 'table')} and {printing.count(found.large_objects, 'large object')}"
        click.echo(f"{printing.count(found.values, 'value')} looked for in {searched}.")
        for name in found.systems:
            click.echo(f"Searched too: {name}")
    for name in found.away:
        click.echo(f"NOT SEARCHED, for it does not answer: {name}", err=True)
    for place, why in found.unread:
        click.echo(f"NOT SEARCHED: {place}: {why}", err=True)
    for kind, number in found.closed:
        click.echo(f"Not opened, for no text is looked for in such files: {number:,} ({kind})", err=True)
    if found.away or found.unread or any(not place.mapped for place in found.places):
        raise click.exceptions.Exit(1)


@click.command()
@click.argument("person", metavar="KIND:KEY")
@click.argument("place", metavar="TABLE.COLUMN")
@click.option("--row", metavar="KEY", default="", help="Which row, by its key, when the person has several.")
@click.option("--everywhere", is_flag=True, help="Also in the person's other columns that hold the same old value.")
@verified_option
@target_options
@json_option
@example("houvast person correct customer:17 contact.email --everywhere --verified-by 'two codes' < value.txt")
def correct(
    person: str,
    place: str,
    row: str,
    everywhere: bool,
    verified_by: str | None,
    project: Path | None,
    database: str | None,
    as_json: bool,
) -> None:
    """Correct a value about a person. The new one is asked for, or comes from standard input.

    Says where else in the person's rows the old value stands. Documents that a law wants kept stay as they were.
    """
    target = find_target(project, database)
    typed = click.prompt("New value", hide_input=False) if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    value = str(typed)
    if not value.strip():
        raise UsageError(
            "There is no new value.", todo="Type it, or give it on standard input; erasing is another command."
        )
    found = correct_value(target, person, place, value, row=row, everywhere=everywhere, verified_by=verified_by or "")
    with target.connect() as connection:
        elsewhere = [one for one in store.steps(connection, found.request) if one.what == "rectification"]
    if as_json:
        told: dict[str, object] = {"request": found.request, "elsewhere": [one.to_json() for one in elsewhere]}
        printing.as_json({**found.to_json(), **told})
        return
    for spots, said in (
        (found.changed, "corrected"),
        (found.left, "STILL THE OLD VALUE"),
        (found.kept, "kept, by law, and marked"),
    ):
        for spot in spots:
            click.echo(f"  {spot.rows:>9,}  {spot.table}.{spot.column}: {said}")
    for name in found.derived:
        click.echo(f"Made of it by the application, which must do that again: {name}")
    for one in elsewhere:
        click.echo(f"  {step_line(one)}")
