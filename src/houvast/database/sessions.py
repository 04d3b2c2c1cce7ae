"""Connections that are used again by one piece of work: a new one reads anew what PostgreSQL knows of every table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from itertools import chain

from houvast.database.connect import Connection, connect

_CLEAN = """SET SESSION AUTHORIZATION DEFAULT; RESET ALL; CLOSE ALL; UNLISTEN *; DISCARD TEMP; DISCARD SEQUENCES;
SELECT pg_advisory_unlock_all()"""
"""What DISCARD ALL does, but for the plans: the use that was open, the role, locks and settings are gone."""


class Sessions:
    """Keeps connections for as long as the block runs; each is used by one at a time."""

    def __init__(self) -> None:
        self._idle: defaultdict[str, list[Connection]] = defaultdict(list)

    @contextmanager
    def of(self, url: str) -> Generator[Connection]:
        """A connection that carries nothing of its earlier use; closed when what uses it ends with an error."""
        idle = self._idle[url]
        connection = idle.pop() if idle else connect(url)
        try:
            yield connection
            connection.rollback()
            connection.execute(_CLEAN)
        except BaseException:
            connection.close()
            raise
        idle.append(connection)

    def __enter__(self) -> Sessions:
        return self

    def __exit__(self, *_: object) -> None:
        for connection in chain.from_iterable(self._idle.values()):
            connection.close()
