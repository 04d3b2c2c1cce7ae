"""The pages."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import click

from houvast.app import find_target
from houvast.cli.options import example, target_options
from houvast.cli.pages import PORT, prepared, remember, room
from houvast.errors import UsageError

if TYPE_CHECKING:
    from houvast.web import Site

LOCAL = "127.0.0.1"


@click.command()
@target_options
@click.option("--host", default=LOCAL, show_default=True, help="The address to listen at.")
@click.option("--port", type=click.IntRange(0, 65535), default=PORT, show_default=True, help="0 takes a free one.")
@click.option("--origin", metavar="URL", help="How browsers come, when by another name: https://privacy.example.")
@example("houvast serve --port 0")
def serve(project: Path | None, database: str | None, host: str, port: int, origin: str | None) -> None:
    """The policy with its proof for everybody, the desk for staff.

    Pages, served until Ctrl-C. They connect to the database as login houvast_web, which reaches the desk alone.
    """
    web, target = room(), find_target(project, database)
    try:
        where = web.bind(host, port)
    except OSError as error:
        message = f"Port {port} cannot be used: {error.strerror}."
        raise UsageError(message, todo="Choose another, or --port 0.") from None
    site = prepared(target, origin or f"http://localhost:{where.getsockname()[1]}")
    _can_ask(site)
    remember(site)
    click.echo(f"The pages are at {site.origin}/ (end with Ctrl-C).")
    web.listen(site, where)


def _can_ask(site: Site) -> None:
    """Raises UsageError when an issuer of the settings could not be asked: what is missing stops the start."""
    if site.issuers and not find_spec("authlib"):
        missing = "`oidc` in the settings needs a part that is not installed."
        raise UsageError(missing, todo="pip install 'houvast[oidc]'")
    for issuer in site.issuers:
        issuer.secret()
