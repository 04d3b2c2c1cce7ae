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

    `borrowed`: the administrator takes on a login's authorization instead, which needs no password of it. `mark`: what the
    database was told of this proof, so that the uses that it opens count for nobody's limit.
    """

    administrator: str
    login: Callable[[str], str]
    borrowed: bool = False
    mark: str = ""

    def administer(self) -> Connection:
        """A connection with every right, to make canaries and take them away."""
        return connect(self.administrator, application_name=_NAME)

    def connect_as(self, login: str, options: str = "") -> Connection:
        """A connection as an application would make it; `options` as PGOPTIONS."""
        url = self.administrator if self.borrowed else self.login(login)
        if self.mark:
            options = f"{options} -c houvast.trying={self.mark}".strip()
        if options:
            url += ("&" if "?" in url else "?") + "options=" + quote(options, safe="")
        connection = connect(url, application_name=_NAME)
        if self.borrowed:
            connection.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
        connection.prepare_threshold = None  # DISCARD ALL takes prepared statements away
        return connection
