"""The command that checks a file of the log: an export, a receipt or a checkpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from houvast.cli import printing
from houvast.cli.options import example, json_option
from houvast.errors import UsageError
from houvast.evidence.verify import Invalid, Verified, key_text, report, verify_file

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FILE)
@click.option("--key", metavar="KEY", help="The log's public key, or a file with it.")
@click.option(
    "--since", type=FILE, metavar="OLD", help="An older export, receipt or checkpoint, which must be continued."
)
@click.option(
    "--witness", "witnesses", multiple=True, metavar="KEY", help="The key of a witness who must have cosigned."
)
@json_option
@example("houvast evidence verify log.zip --key key.txt --since last-year.zip")
def verify(file: Path, key: str | None, since: Path | None, witnesses: tuple[str, ...], as_json: bool) -> None:
    """Check an export, a receipt or a checkpoint. Needs no database, no project and no network.

    Without --key the key inside the file is used, and the answer says so. Exit code 1 when it does not hold.
    """
    try:
        found = verify_file(file, key_text(key) if key else None, since, [key_text(one) for one in witnesses])
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}.") from None
    except Invalid as error:
        if as_json:
            printing.as_json({"valid": False, "why": error.why, "where": error.where})
        else:
            click.echo(f"INVALID {error}", err=True)
        raise click.exceptions.Exit(1) from None
    if as_json:
        printing.as_json(_verified(found))
    else:
        click.echo(report(found))


def _verified(found: Verified) -> dict[str, Any]:
    return {
        "valid": True, "kind": found.kind, "origin": found.origin, "size": found.size, "root": found.root,
        "key": found.key, "checked_key": found.checked_key,
        "witnesses": {name: at.isoformat() for name, at in found.witnesses.items()},
        "unknown": found.unknown, "from": found.start, "to": found.stop, "kinds": dict(found.kinds),
        "since": found.since, "entry": found.entry, "opened": dict(found.opened),
    }  # fmt: skip
