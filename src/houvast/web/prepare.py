"""Makes the pages' own tables at the desk, as an administrator; the pages themselves cannot."""

from __future__ import annotations

from houvast.app import desk
from houvast.database import connect, queries, run
from houvast.web.settings import configure, database
from houvast.web.site import Site

_OWNER = "owner"
_SQL = queries("houvast.web", "entry.sql")


def prepare(site: Site, administrator: str) -> bool:
    """Make what is missing of the pages' tables; whether anything was.

    `administrator`: the URL of a login that may. Raises DatabaseRefusal when it may not.
    """
    with connect(administrator) as connection:
        ready = desk.exists(connection)
    if not ready:
        desk.prepare(administrator)
    configure(site)
    from django.core.management import call_command
    from django.db import connections
    from django.db.migrations.executor import MigrationExecutor

    named = {**connections.settings, _OWNER: database(administrator)}
    connections.settings = connections.configure_settings(named)
    try:
        executor = MigrationExecutor(connections[_OWNER])
        with connect(administrator) as connection:
            made = connection.execute(_SQL["made"]).fetchone() == (True,)
            if made and not executor.migration_plan(executor.loader.graph.leaf_nodes()):
                return False
            call_command("migrate", database=_OWNER, verbosity=0, interactive=False)
            run(connection, _SQL["make"])
    finally:
        connections[_OWNER].close()
        del connections[_OWNER]
        connections.settings.pop(_OWNER)
    desk.prepare(administrator)
    return True
