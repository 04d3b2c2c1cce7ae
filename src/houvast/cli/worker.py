"""The worker."""

from __future__ import annotations

import logging
import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import click

from houvast.app import find_target
from houvast.app.confining import lacking
from houvast.app.mailing import check_server
from houvast.app.settings import NEVER, SMTP_VARIABLE, Settings, load_settings
from houvast.cli import printing
from houvast.cli.options import example, target_options
from houvast.cli.pages import page_attempts
from houvast.errors import UsageError

FAILED = 1
_UNCONFINED = (
    "Warning: whatever takes over the child that screens what customers send could still do this here: {left}.\n"
    "This kernel has no Landlock or seccomp. Run the worker on Linux 5.13 or newer, with landlock among its modules."
)


@click.command()
@target_options
@click.option("--once", is_flag=True, help="Do what is due, and end.")
@example("houvast worker --once")
def worker(project: Path | None, database: str | None, once: bool) -> None:
    """Prove, look for drift and scan, each at its time.

    New alarms are mailed. The times and the addresses stand in settings.yaml. Works until Ctrl-C or SIGTERM; what was
    not finished is done by the next worker. Exit code 1 when a job of --once failed.
    """
    room = _room()
    target = find_target(project, database)
    settings = load_settings(target.project.folder)
    if settings.mail and settings.mail.server:
        check_server(settings.mail.server)
    there = room.Worker(target, settings, page_attempts(target))
    logging.basicConfig(stream=sys.stderr, format="%(asctime)s %(message)s", level=logging.WARNING)
    logging.getLogger("houvast.worker").setLevel(logging.INFO)
    if left := lacking():
        click.secho(_UNCONFINED.format(left=", ".join(left)), err=True, fg="red")
    if not once:
        click.echo(_begin(settings), err=True)
        there.forever()
        return
    waiting, failed = there.once()
    if waiting:
        click.echo(f"{printing.count(waiting, 'job')} will be tried again by the next worker.", err=True)
    if failed or waiting:
        raise click.exceptions.Exit(FAILED)


def _begin(settings: Settings) -> str:
    times = ", ".join(f"{kind} {time}" for kind, time in settings.times.items() if time != NEVER)
    where = "alarms show on the officer's page alone"
    if settings.mail and settings.mail.server:
        where = f"alarms are mailed to {printing.count(len(settings.mail.to), 'address', 'addresses')}"
    elif settings.mail:
        where += f" (no mail server: set {SMTP_VARIABLE})"
    return f"The worker is at work: {times or 'nothing is scheduled'} (UTC); {where}. End it with Ctrl-C."


def _room() -> ModuleType:
    try:
        return import_module("houvast.worker")
    except ModuleNotFoundError:
        raise UsageError("This needs the worker, which is not installed.", todo="pip install 'houvast[web]'") from None
