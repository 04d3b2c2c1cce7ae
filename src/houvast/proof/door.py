"""Real connections to the live database: the administrator's, and those of each login."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import quote

from houvast.database import Connection, connect
from houvast.database.connect import sql

_NAME = "houvast prove"


@dataclass(frozen=True)
class Door:
    """How `prove` reaches a database: `administrator` is a URL, `login` gives the URL of a login.

    Without `login`, the administrator takes on the login's authorization, which needs no password of it.
    """

    administrator: str
    login: Callable[[str], str] | None = None

    def administer(self) -> Connection:
        """A connection with every right, to make canaries and take them away."""
        return connect(self.administrator, application_name=_NAME)

    def connect_as(self, login: str, options: str = "") -> Connection:
        """A connection as an application would make it; `options` as PGOPTIONS."""
        url = self.login(login) if self.login else self.administrator
        if options:
            url += ("&" if "?" in url else "?") + "options=" + quote(options, safe="")
        connection = connect(url, application_name=_NAME)
        if not self.login:
            connection.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
        connection.prepare_threshold = None  # DISCARD ALL takes prepared statements away
        return connection
