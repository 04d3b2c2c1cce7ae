"""The command that checks a file of the log: an export, a receipt or a checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from houvast.cli import printing
from houvast.cli.options import example, json_option
from houvast.errors import UsageError
from houvast.evidence.timestamps_in import check_timestamps
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
@click.option(
    "--timestamp-root", type=FILE, metavar="CERT.pem", help="Check the timestamps too: the authority's certificate."
)
@json_option
@example("houvast evidence verify log.zip --key key.txt --since last-year.zip")
def verify(
    file: Path,
    key: str | None,
    since: Path | None,
    witnesses: tuple[str, ...],
    timestamp_root: Path | None,
    as_json: bool,
) -> None:
    """Check an export, a receipt or a checkpoint. Needs no database, no project and no network.

    Without --key the key inside the file is used, and the answer says so. Exit code 1 when it does not hold.
    """
    try:
        found = verify_file(file, key_text(key) if key else None, since, [key_text(one) for one in witnesses])
        times = _times(file, found, timestamp_root)
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}.") from None
    except Invalid as error:
        if as_json:
            printing.as_json({"valid": False, "why": error.why, "where": error.where})
        else:
            click.echo(f"INVALID {error}", err=True)
        raise click.exceptions.Exit(1) from None
    if as_json:
        printing.as_json(_verified(found, times))
        return
    click.echo(report(replace(found, timestamps=() if times else found.timestamps)))
    for size, at in times.items():
        click.echo(f"The first {printing.count(size, 'entry', 'entries')} were there at {at:%Y-%m-%d %H:%M:%S} UTC.")


def _times(file: Path, found: Verified, root: Path | None) -> Mapping[int, datetime]:
    return check_timestamps(file, found, root.read_bytes()) if root else {}


def _verified(found: Verified, times: Mapping[int, datetime]) -> dict[str, Any]:
    return {
        "valid": True, "kind": found.kind, "origin": found.origin, "size": found.size, "root": found.root,
        "key": found.key, "checked_key": found.checked_key,
        "witnesses": {name: at.isoformat() for name, at in found.witnesses.items()},
        "unknown": found.unknown, "from": found.start, "to": found.stop, "kinds": dict(found.kinds),
        "timestamps": {str(size): times[size].isoformat() if times else None for size in found.timestamps},
        "since": found.since, "entry": found.entry, "opened": dict(found.opened),
    }  # fmt: skip
