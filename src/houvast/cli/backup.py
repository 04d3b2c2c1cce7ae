"""`houvast backup` and `houvast restore`: everything in one encrypted file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from houvast.app import find_target
from houvast.app.settings import load_settings
from houvast.cli import printing
from houvast.cli.grouping import Group
from houvast.cli.options import example, json_option, target_options
from houvast.cli.progress import phase

if TYPE_CHECKING:
    from houvast.app.backing_up import Backup

_key_option = click.option(
    "--key",
    "key_file",
    type=click.Path(path_type=Path),
    required=True,
    metavar="FILE",
    help="The private key, as `houvast backup key` made it.",
)


@click.group(cls=Group)
@example("houvast backup key backup.key\nhouvast backup make --to monday.age --for age1...")
def backup() -> None:
    """Back up the database, its roles, the project and the keys of the log, encrypted for a key that lies elsewhere."""


@backup.command()
@click.argument("file", type=click.Path(path_type=Path))
@example("houvast backup key backup.key")
def key(file: Path) -> None:
    """Make a pair of keys: the private one in a file, the public one on the screen.

    Do this on another machine than the one that makes backups, and keep the file there: whoever has it opens them all.
    """
    from houvast.backups.files import new_key

    made = new_key(file)
    click.echo(f"Keep {file} where no backup is, and a copy of it. Backups are made with its public key:")
    click.echo(f"  {made.recipient.to_text()}")


@backup.command()
@click.option(
    "--to", "where", required=True, metavar="FILE", help="The file, which is not there yet; - is standard output."
)
@click.option(
    "--for", "public", multiple=True, metavar="KEY", help="A public key (age1...); by default those of settings.yaml."
)
@target_options
@json_option
@example("houvast backup make --to monday.age --for age1...")
def make(where: str, public: tuple[str, ...], project: Path | None, database: str | None, as_json: bool) -> None:
    """Write a backup. The file has its name only when all of it is on the disk."""
    from houvast.app import backing_up
    from houvast.backups.age import Recipient

    target = find_target(project, database)
    keys = public or load_settings(target.project.folder).backup_keys
    recipients = [Recipient.from_text(one) for one in keys]
    with phase("Backing up") as tell:
        made = backing_up.make(target, where, recipients, tell)
    if where == "-":
        click.echo(f"SHA-256 {made.sha256}", err=True)
        return
    said = f"{where}: {made.bytes:,} bytes, for {printing.count(len(recipients), 'key')}. SHA-256 {made.sha256}"
    _say(made, said, as_json=as_json)


@backup.command("try")
@click.argument("file")
@_key_option
@target_options
@json_option
@example("houvast backup try monday.age --key backup.key")
def try_(file: str, key_file: Path, project: Path | None, database: str | None, as_json: bool) -> None:
    """Restore a backup of this database into one of its own, to see whether it is whole, and drop that again."""
    from houvast.app import backing_up
    from houvast.backups.files import read_key

    with phase("Trying") as tell:
        tried = backing_up.try_(find_target(project, database), file, read_key(key_file), tell)
    said = f"{file} is whole: {printing.count(tried.tables, 'table')} of {tried.made_at:%Y-%m-%d %H:%M} UTC."
    _say(tried, said, as_json=as_json)


@click.command()
@click.argument("file")
@_key_option
@click.option("--sha256", required=True, metavar="HASH", help="What the file hashes to: entry backup_made of the log.")
@click.option(
    "--database", required=True, metavar="URL", help="The server, as its superuser; the new database by its name."
)
@click.option(
    "--files", type=click.Path(path_type=Path), metavar="DIR", help="Where project and keys go; none is replaced."
)
@json_option
@example(
    "houvast restore monday.age --sha256 5be093d4... --key backup.key"
    " --database postgresql://postgres@/lakana --files restored"
)
def restore(file: str, key_file: Path, sha256: str, database: str, files: Path | None, as_json: bool) -> None:
    """Restore a backup into a new database, which stays closed.

    Only a superuser enters it until `houvast restored` has erased again whoever was erased since. When anything is
    wrong with the backup, no database is left. Roles that the server has stay as they are. The hash comes from
    elsewhere than the file does: whoever writes where backups lie could put one there that they made.
    """
    from houvast.app import backing_up
    from houvast.backups.files import read_key
    from houvast.database.dumping import name_of

    with phase("Restoring") as tell:
        done = backing_up.restore(database, file, sha256, read_key(key_file), files, tell, name_of(database))
    said = (
        f"{done.database}: {printing.count(done.tables, 'table')} of {done.made_at:%Y-%m-%d %H:%M} UTC. It is closed."
        " Open it: houvast restored."
    )
    _say(done, said, as_json=as_json)


def _say(one: Backup, words: str, *, as_json: bool) -> None:
    if as_json:
        printing.as_json(one.to_json())
    else:
        click.echo(words)
