"""`houvast visits serve`: the beacon."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import click

from houvast.app import beacons, find_project, visits
from houvast.cli.options import database_option, example, project_option
from houvast.errors import UsageError

PORT = 8095


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(1, 65535), default=PORT, show_default=True)
@click.option("--socket", type=click.Path(path_type=Path), metavar="PATH", help="A socket instead, for a proxy beside.")
@click.option("--workers", type=click.IntRange(1, 64), default=1, show_default=True, help="Processes, one a core.")
@click.option(
    "--seconds",
    type=click.FloatRange(0.1, 600),
    default=30,
    show_default=True,
    help="After how long a batch is written.",
)
@click.option(
    "--most",
    type=click.IntRange(1),
    default=3000,
    show_default=True,
    help="Requests a minute of one network (/24, /48).",
)
@project_option
@database_option
@example(
    "houvast visits serve\n"
    "houvast visits serve --socket /run/houvast/visits.sock --workers 4"
)  # fmt: skip
def serve(
    host: str, port: int, socket: Path | None, workers: int, seconds: float, most: int, project: Path | None,
    database: str | None,
) -> None:  # fmt: skip
    """Count the visits that pages tell of by a small script or a picture: no cookie, nothing read from a device.

    Served until SIGTERM or Ctrl-C; then what waits is written. Pages of the hosts in visits.yaml are counted, and
    nobody else's. With --database, whole addresses go to the store of security apart, where the policy has one.
    """
    try:
        from houvast.visits.serving import serve as run
    except ModuleNotFoundError:
        missing = "This needs what counts visits, which is not installed."
        raise UsageError(missing, todo="pip install 'houvast[visits]'") from None
    found = visits.counting(find_project(project))
    hosts = ", ".join(host for site in found.declared.sites for host in site.hosts)
    where = str(socket) if socket else f"http://{host}:{port}/count.js"
    click.echo(f"Counting visits to {hosts}; the script is at {where} (end with Ctrl-C).")
    run(partial(beacons.beacon, project, database, seconds, most), host, port, workers=workers, socket=socket)
