"""What works beside the demo: a worker, and a mail server of its own from which nothing leaves the machine."""

from __future__ import annotations

import os
import socket
import sys
from contextlib import suppress
from importlib.util import find_spec

from houvast.app.background import is_running, start_background, stop_background
from houvast.app.places import home, sample_project
from houvast.app.settings import SMTP_VARIABLE

WORKER, MAILBOX = "worker", "mailbox"
LOCAL = "127.0.0.1"
_COMMAND = "from houvast.cli import main; main()"


def can_attend() -> bool:
    """Whether what they need is installed: the extra `demo`."""
    return all(find_spec(name) for name in ("procrastinate", "aiosmtpd"))


def start_attendants(url: str) -> str:
    """Start the demo's mail server and worker, unless they run; the URL of the mail server, also for the pages' mail.

    `url`: of the demo's database, for its administrator. Raises ServerError when one of them ends at once.
    """
    server = _mailbox(url)
    command = [sys.executable, "-c", _COMMAND, "worker", "--database", "demo", "--project", sample_project()]
    start_background(WORKER, command, {**os.environ, SMTP_VARIABLE: server})
    return server


def stop_attendants() -> bool:
    """Stop them; whether one ran."""
    return any([stop_background(WORKER), stop_background(MAILBOX)])


def _mailbox(url: str) -> str:
    place = home() / "run" / "mailbox.url"
    if is_running(MAILBOX):
        with suppress(FileNotFoundError):
            return place.read_text().strip()
        stop_background(MAILBOX)
    port = _free_port()
    start_background(MAILBOX, [sys.executable, "-m", "houvast.worker.mailbox", url, str(port)])
    place.write_text(f"smtp://{LOCAL}:{port}\n")
    return place.read_text().strip()


def _free_port() -> int:
    with socket.socket() as one:
        one.bind((LOCAL, 0))
        return int(one.getsockname()[1])
