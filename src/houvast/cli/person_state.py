"""Commands that find people and change where they stand."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from houvast.app import find_target
from houvast.app import people as app
from houvast.app.target import Target
from houvast.cli import printing
from houvast.cli.options import example, json_option, target_options
from houvast.datamap.model import SORTS
from houvast.errors import UsageError
from houvast.people import Change, Known

Command = TypeVar("Command", bound=Callable[..., Any])
_PERSON = click.argument("person", metavar="KIND:KEY")
_PURPOSE = click.argument("purpose")
_DOUBT = click.option(
    "--own-doubt", "doubt", is_flag=True,
    help="Nobody asked it: you doubt something yourself. It takes away what others see, and never opens anything.",
)  # fmt: skip


def _shared(command: Command) -> Command:
    return _PERSON(target_options(json_option(command)))


def _told(found: Change, *, as_json: bool) -> None:
    """What was done and what followed; of nobody's data anything."""
    if as_json:
        printing.as_json(found.to_json())
        return
    about = f" {found.about}" if found.about else ""
    end = "." if found.changed else ": was so already, nothing changed."
    click.echo(f"{':'.join(found.person)}: {found.did}{about}{end}")
    for word, what in (("No longer seen", found.closed), ("Seen again", found.opened)):
        for purpose, categories in what.items():
            click.echo(f"  {word} by {purpose}: {', '.join(categories)}")
    for line in found.note.splitlines():
        click.echo(f"  {line}.")


@click.command()
@click.argument("person", metavar="[KIND:KEY]", required=False)
@click.option("--email", metavar="ADDRESS|-", help="By an e-mail address; - reads it from standard input.")
@click.option("--phone", metavar="NUMBER|-", help="By a telephone number; its digits count.")
@click.option("--login", metavar="NAME|-", help="By a name to sign in with.")
@click.option("--number", metavar="NUMBER|-", help="By a number that the organisation gave.")
@click.option("--external", metavar="NAME|-", help="By a name that another sign-in service gave.")
@target_options
@json_option
@example("printf '%s' somebody@voorbeeld.example | houvast person find --email -\nhouvast person find customer:17")
def find(person: str | None, project: Path | None, database: str | None, as_json: bool, **by: str | None) -> None:
    """Who is known by an address, a number or a name: KIND:KEY and where they stand, nothing else of them.

    What stands on a command line stays in the shell's history: write - and give it on standard input. Nobody, or
    several who share it: that is said, and the exit code is 1.
    """
    given = {sort: value for sort in SORTS if (value := by.get(sort)) is not None}
    if len(given) + (person is not None) != 1:
        raise UsageError(
            "By what is the person to be found?", todo="Give KIND:KEY, or one of --email, --phone, --login."
        )
    target = find_target(project, database)
    if person is not None:
        found = app.known(target, person)
    else:
        ((sort, value),) = given.items()
        found = app.find(target, sort, _read(value))
    if as_json:
        printing.as_json({"persons": [one.to_json() for one in found]})
    else:
        _show(found)
    if len(found) != 1:
        raise click.exceptions.Exit(1)


def _read(value: str) -> str:
    read = sys.stdin.readline() if value == "-" else value
    if not read.strip() or "\0" in read:
        raise UsageError("There is nothing to look for.", todo="Give the address or number, one line of it.")
    return read.strip()


def _show(found: tuple[Known, ...]) -> None:
    if not found:
        click.echo("Nobody is known by this.", err=True)
    for one in found:
        closed = "  account closed" if one.closed_at else ""
        click.echo(f"{':'.join(one.person)}{closed}  {', '.join(one.stands)}".rstrip())
    if len(found) > 1:
        click.echo(
            f"{len(found)} people are known by this. Nothing is done before it is known which of them is meant.",
            err=True,
        )


@click.command()
@_shared
@example("houvast person state customer:17")
def state(person: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """Where a person stands and stood, and which purposes may see which of their data now."""
    found = app.state(find_target(project, database), person)
    if as_json:
        printing.as_json(found.to_json())
        return
    known = f", known since {found.since:%Y-%m-%d}" if found.since else ""
    click.echo(f"{':'.join(found.person)}{known}{', account closed' if found.closed_at else ''}")
    for one in found.history:
        since = f"{one.since:%Y-%m-%d %H:%M}" if one.since else "from before"
        until = f" to {one.until:%Y-%m-%d %H:%M}" if one.until else ""
        click.echo(f"  {since}{until}  {one.what} {one.about}".rstrip())
    for other in found.same:
        click.echo(f"  the same person as {':'.join(other)}")
    for sort in found.cooling:
        click.echo(f"  {sort} was changed in the last three days: codes and copies do not go there yet")
    click.echo("May be seen now, where the circumstance for it holds:")
    for purpose, categories in found.seen_by.items():
        click.echo(f"  {purpose}: {', '.join(categories)}")


@click.command("object")
@_shared
@click.option(
    "--purpose", metavar="PURPOSE", help="To this purpose alone; without it, to all that an objection can stop."
)
@_DOUBT
@example("houvast person object customer:17\nhouvast person object customer:17 --purpose marketing")
def object_(
    person: str, purpose: str | None, doubt: bool, project: Path | None, database: str | None, as_json: bool
) -> None:
    """A person objects.

    To marketing that holds at once and for ever; what rests on a legitimate interest pauses until it has been weighed;
    an objection to anything else changes nothing here, and is answered.
    """
    _told(app.objects(find_target(project, database), person, purpose or "", doubt=doubt), as_json=as_json)


@click.command()
@_shared
@_PURPOSE
@click.option("--reason", required=True, help="Which interest outweighs the objection, and why; no personal data.")
@example("houvast person weigh customer:17 enforce --reason 'An unpaid bill is before the court'")
def weigh(person: str, purpose: str, reason: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """An objection was weighed and is dismissed, in writing. One to marketing never is."""
    _told(app.weighs(find_target(project, database), person, purpose, reason), as_json=as_json)


@click.command()
@_shared
@_PURPOSE
@_DOUBT
@example("houvast person withdraw customer:17 community")
def withdraw(person: str, purpose: str, doubt: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """A person takes back a yes. It stays so until they say yes anew; of marketing it is an objection."""
    _told(app.withdraws(find_target(project, database), person, purpose, doubt=doubt), as_json=as_json)


@click.command()
@_shared
@_PURPOSE
@click.option("--again", is_flag=True, help="They asked for it themselves, after they objected to it.")
@example("houvast person consent customer:17 community")
def consent(person: str, purpose: str, again: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """A person says yes to a purpose."""
    _told(app.consents(find_target(project, database), person, purpose, again=again), as_json=as_json)


@click.command()
@_shared
@_DOUBT
@example("houvast person restrict customer:17")
def restrict(person: str, doubt: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """A person restricts the use of their data: nothing is done with them but what the law keeps and they allow."""
    _told(app.restricts(find_target(project, database), person, doubt=doubt), as_json=as_json)


@click.command()
@_shared
@example("houvast request lifting 3 --until 2026-12-31 --explain 'It was corrected.'\nhouvast person lift customer:17")
def lift(person: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """A restriction ends, after a letter told the person (GDPR art. 18(3)); refused when none was sent."""
    _told(app.lifts(find_target(project, database), person), as_json=as_json)


@click.command()
@_shared
@_DOUBT
@example("houvast person stop customer:17")
def stop(person: str, doubt: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """A person stops the use of their data for services, at once."""
    _told(app.stops(find_target(project, database), person, doubt=doubt), as_json=as_json)


@click.command()
@_shared
@example("houvast person close customer:17")
def close(person: str, project: Path | None, database: str | None, as_json: bool) -> None:
    """A person's account closes now, in the application's own table."""
    _told(app.closes(find_target(project, database), person), as_json=as_json)


def _contest(name: str, says: str, *, settle: bool) -> click.Command:
    def run(
        person: str, column: str, project: Path | None, database: str | None, as_json: bool, doubt: bool = False
    ) -> None:
        done = app.contests(find_target(project, database), person, column, settle=settle, doubt=doubt)
        _told(done, as_json=as_json)

    run.__doc__ = says
    run = example(f"houvast person {name} customer:17 contact.email")(run)
    run = click.argument("column", metavar="TABLE.COLUMN")(run)
    return click.command(name)(_shared(run if settle else _DOUBT(run)))


contest = _contest(
    "contest", "A person says that a value is wrong: no purpose uses it until that is settled.", settle=False
)
settle = _contest("settle", "What was contested, or came back, is settled: the value is used again.", settle=True)


@click.command()
@_shared
@click.option("--sort", type=click.Choice(SORTS), default="email", show_default=True, help="Which address it was.")
@click.option("--letter", is_flag=True, help="A letter came back: once is enough.")
@example("houvast person bounced customer:17")
def bounced(person: str, sort: str, letter: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """Mail to a person did not arrive. The third time, the address is in doubt and used for nothing."""
    _told(app.bounces(find_target(project, database), person, sort, letter=letter), as_json=as_json)


@click.command()
@_shared
@click.argument("other", metavar="KIND:KEY")
@click.option("--not", "take_back", is_flag=True, help="They are not: take the link back.")
@example("houvast person link customer:12 business_contact:7")
def link(person: str, other: str, take_back: bool, project: Path | None, database: str | None, as_json: bool) -> None:
    """Two people of the map are one: then they object together. Needs a verified request of each that is open."""
    _told(app.links(find_target(project, database), person, other, take_back=take_back), as_json=as_json)


@click.command()
@target_options
@json_option
@example("houvast person doubts")
def doubts(project: Path | None, database: str | None, as_json: bool) -> None:
    """What is contested or in doubt: how many people, in which column, since when. Nobody is named."""
    target: Target = find_target(project, database)
    found = app.doubts(target)
    if as_json:
        printing.as_json([one.to_json() for one in found])
        return
    for one in found:
        many = printing.count(one.people, "person", "people")
        click.echo(f"  {many:>10}  {one.source} {one.place}, the oldest since {one.oldest:%Y-%m-%d}")
    if not found:
        click.echo("Nothing is contested or in doubt.")


COMMANDS = (find, state, object_, weigh, withdraw, consent, restrict, lift, stop, close, contest, settle, bounced, link,
            doubts)  # fmt: skip
