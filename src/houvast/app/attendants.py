"""What works beside the demo: a worker, a witness of its log, and a mail server; nothing leaves the machine."""

from __future__ import annotations

import os
import socket
import sys
import time
from contextlib import suppress
from importlib.util import find_spec

from houvast.app.background import is_running, start_background, stop_background
from houvast.app.places import home, sample_project
from houvast.app.settings import SMTP_VARIABLE
from houvast.app.witnesses import DEMO_WITNESS, witness_folder
from houvast.evidence import Verifier
from houvast.evidence.witness_memory import signer_of

WORKER, MAILBOX, WITNESS = "worker", "mailbox", "witness"
LOCAL = "127.0.0.1"
_STARTING = 10.0
"""Seconds that the witness gets to listen."""
_COMMAND = "from houvast.cli import main; main()"


def can_attend() -> bool:
    """Whether what they need is installed: the extra `demo`."""
    return all(find_spec(name) for name in ("procrastinate", "aiosmtpd"))


def start_attendants(url: str, privacy: str = "") -> str:
    """Start the demo's mail server and worker, unless they run; the URL of the mail server, also for the pages' mail.

    `url`: of the demo's database, for its administrator. `privacy`: to which people write.
    Raises ServerError when one of them ends at once.
    """
    server = _mailbox(url, privacy)
    command = [sys.executable, "-c", _COMMAND, "worker", "--database", "demo", "--project", sample_project()]
    start_background(WORKER, command, {**os.environ, SMTP_VARIABLE: server})
    return server


def start_witness(log: Verifier) -> None:
    """Start the demo's witness of this log, unless it runs; at the port where it was before, when that is free.

    Before the worker, which asks it.

    Raises ServerError when it ends at once, EvidenceError when something of it is gone.
    """
    folder = witness_folder()
    signer_of(folder / "key", folder / "state", DEMO_WITNESS)
    if is_running(WITNESS):
        return None
    address = folder / "address"
    with suppress(FileNotFoundError, ValueError):
        if _is_free(int(address.read_text().rpartition(":")[2])):
            return _run_witness(log, address.read_text().strip())
    address.write_text(f"{LOCAL}:{_free_port()}\n")
    return _run_witness(log, address.read_text().strip())


def _run_witness(log: Verifier, listen: str) -> None:
    folder = witness_folder()
    files = ["--key", folder / "key", "--state", folder / "state"]
    given = [*files, "--log", log.to_text(), "--listen", listen]
    start_background(WITNESS, [sys.executable, "-c", _COMMAND, "evidence", "witness", *given])
    deadline = time.monotonic() + _STARTING
    while time.monotonic() < deadline and not _answers(int(listen.rpartition(":")[2])):
        time.sleep(0.1)  # so that the first checkpoint is cosigned; if it never answers, the worker says so


def _answers(port: int) -> bool:
    with suppress(OSError), socket.create_connection((LOCAL, port), 1):
        return True
    return False


def stop_attendants() -> bool:
    """Stop them; whether one ran."""
    return any([stop_background(WORKER), stop_background(WITNESS), stop_background(MAILBOX)])


def _mailbox(url: str, privacy: str) -> str:
    place = home() / "run" / "mailbox.url"
    if is_running(MAILBOX):
        with suppress(FileNotFoundError):
            return place.read_text().strip()
        stop_background(MAILBOX)
    port = _free_port()
    start_background(MAILBOX, [sys.executable, "-m", "houvast.worker.mailbox", url, str(port), privacy])
    place.write_text(f"smtp://{LOCAL}:{port}\n")
    return place.read_text().strip()


def _is_free(port: int) -> bool:
    with socket.socket() as one, suppress(OSError, OverflowError):
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        one.bind((LOCAL, port))
        return True
    return False


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((LOCAL, 0))
        return int(one.getsockname()[1])
