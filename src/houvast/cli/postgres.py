"""A PostgreSQL of one's own, for who has none."""

from __future__ import annotations

import os
import shlex

import click

from houvast.app.places import own_data
from houvast.cli import printing
from houvast.cli.options import example
from houvast.database.server import Server

_SUPERUSER = "postgres"


@click.command()
@click.option("--stop", is_flag=True, help="Stop it; its data stay.")
@example('houvast postgres --stop\neval "$(houvast postgres)"')
def postgres(stop: bool) -> None:
    """Start a PostgreSQL of your own, if you have none.

    Prints what a shell needs to reach it: then psql, createdb and houvast find it by themselves. It lies in your own
    folder (HOUVAST_HOME, or houvast among your data), listens on a socket that you alone can enter, and stays on.
    """
    if stop:
        server = Server(own_data())
        ran = server.running
        server.stop()
        click.echo("The server was stopped." if ran else "The server was not running.")
        return
    server = Server.start(own_data())
    for name, value in {**server.environment, "PGUSER": _SUPERUSER}.items():
        click.echo(f"export {name}={shlex.quote(value)}")
    if os.isatty(1):
        click.echo(f'# Let your shell read this: eval "$({printing.invocation()} postgres)"')
