"""The pages."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from types import ModuleType

import click

from houvast.app import desk, find_target
from houvast.app.places import home
from houvast.cli.options import example, target_options
from houvast.errors import UsageError

LOCAL = "127.0.0.1"


@click.command()
@target_options
@click.option("--host", default=LOCAL, show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=8000, show_default=True, help="0 takes a free one.")
@click.option("--origin", metavar="URL", help="How browsers come, when by another name: https://privacy.example.")
@example("houvast serve --port 0")
def serve(project: Path | None, database: str | None, host: str, port: int, origin: str | None) -> None:
    """The policy with its proof for everybody, the desk for staff.

    Pages, served until Ctrl-C.

    Connects to the database as login houvast_web, which reaches the desk alone.
    """
    web = _web()
    target = find_target(project, database)
    desk.prepare(target.url)
    try:
        where = web.bind(host, port)
    except OSError as error:
        raise UsageError(
            f"Port {port} cannot be used: {error.strerror}.", todo="Choose another, or --port 0."
        ) from None
    address = origin or f"http://localhost:{where.getsockname()[1]}"
    site = web.Site(target.project.folder, target.url_of(desk.WEB_LOGIN), address.rstrip("/"), home() / "web")
    click.echo(f"The pages are at {address}/ (end with Ctrl-C).")
    web.listen(site, where)


def _web() -> ModuleType:
    try:
        return import_module("houvast.web")
    except ModuleNotFoundError:
        raise UsageError("This needs the pages, which are not installed.", todo="pip install 'houvast[web]'") from None
