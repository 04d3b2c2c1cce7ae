"""A witness, as a command that somebody else than the log's owner runs; and who cosigned, for the other commands."""

from __future__ import annotations

import signal
from contextlib import suppress
from pathlib import Path

import click

from houvast.app.evidence import Log
from houvast.cli import printing
from houvast.cli.options import example
from houvast.errors import UsageError
from houvast.evidence import Verifier
from houvast.evidence.note import ED25519
from houvast.evidence.verify import Invalid, key_text
from houvast.evidence.witness_memory import alone, signer_of
from houvast.evidence.witness_server import WitnessServer

FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.option("--key", type=FILE, required=True, metavar="FILE", help="The witness's signing key; made when it begins.")
@click.option("--log", "logs", multiple=True, required=True, metavar="VKEY",
              help="The public key of a log to watch, or a file with it; may be given more than once.")  # fmt: skip
@click.option("--state", type=FILE, required=True, metavar="FILE", help="Where it keeps what it cosigned last.")
@click.option("--listen", required=True, metavar="HOST:PORT", help="Where it listens; port 0 lets the system choose.")
@click.option("--name", default="", metavar="NAME", help="What the witness is called, when its key is made.")
@example(
    "houvast evidence witness --name council.example --key witness.key --state witness.json"
    " --log key.txt --listen 127.0.0.1:8471"
)
def witness(key: Path, logs: tuple[str, ...], state: Path, listen: str, name: str) -> None:
    """Cosign the checkpoints of logs that did nothing but grow (C2SP tlog-witness).

    For who watches: an auditor, a works council. It keeps the last checkpoint of each log, and refuses one that was
    rolled back or has forked. Runs until it is stopped. Needs no database and no project.
    """
    watched = [_log_key(one) for one in logs]
    place = _address(listen)
    with alone(state):
        signer, memory = signer_of(key, state, name)
        with WitnessServer(place, signer, watched, memory, say=lambda line: click.echo(line, err=True)) as server:
            click.echo(f"Witness key: {signer.verifier.to_text()}")
            click.echo(f"Listening at {server.url}")
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            with suppress(KeyboardInterrupt):
                server.serve_forever()


def witnesses(log: Log) -> dict[str, str | None]:
    """Each witness of a log by name, with when it cosigned the last checkpoint, for JSON."""
    return {one.key.name: at.isoformat() if at else None for one, at in log.cosigned().items()}


def say_witnesses(log: Log) -> None:
    """How many witnesses cosigned the last checkpoint, and who did not."""
    found = log.cosigned()
    if not found:
        click.echo("No witness is named in settings.yaml (docs/witness.md).")
        return
    lacking = [one.key.name for one, at in found.items() if at is None]
    not_by = f"; not by {', '.join(lacking)}" if lacking else ""
    needed = f" {log.quorum} must, before it is published." if log.quorum else ""
    click.echo(f"Cosigned by {len(found) - len(lacking)} of {printing.count(len(found), 'witness', 'witnesses')}"
               f"{not_by}.{needed}")  # fmt: skip


def _log_key(text: str) -> Verifier:
    try:
        found = Verifier.from_text(key_text(text))
    except OSError as error:
        raise UsageError(f"{error.filename}: {error.strerror}.") from None
    except Invalid as error:
        raise UsageError(f"{error.why}.", todo="Give the file `key` of the log's store.") from None
    if found.kind != ED25519:
        raise UsageError(f"{found.name} is a witness, not a log.", todo="Give the file `key` of the log's store.")
    return found


def _address(text: str) -> tuple[str, int]:
    host, _, port = text.rpartition(":")
    if not host or not port.isascii() or not port.isdigit() or int(port) > 65535:
        raise UsageError(f"`{text}` is no address to listen at.", todo="Write HOST:PORT, such as 127.0.0.1:8471.")
    return host.strip("[]"), int(port)
