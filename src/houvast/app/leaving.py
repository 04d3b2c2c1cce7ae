"""Looks whether a text that is about to be pasted or published has diagnostic data of a customer in it (C47).

Each bundle that is here is read by a child with limits, as when it is screened; what comes out is of which problem.
"""

from __future__ import annotations

from itertools import chain

from houvast.app.confining import Confined
from houvast.app.exchange import Exchange
from houvast.app.target import Target
from houvast.database import Connection, queries
from houvast.diagnostics import store
from houvast.diagnostics.store import Job
from houvast.errors import HouvastError
from houvast.screening import Kind

_SQL = queries("houvast.diagnostics", "leaving.sql")
_ALONE = tuple(word for kind in Kind if kind is not Kind.KEYWORD for word in ("--keep", str(kind)))
"""The child looks for nothing but the text."""


class NotLookedInto(HouvastError):
    """A bundle could not be looked into, so that nobody can say that nothing of it leaves."""

    code = "not-looked-into"


def leaving(target: Target, text: str) -> tuple[int, ...]:
    """The problems whose diagnostic data stand in a text. Raises NotLookedInto, StoreTrouble, KeyTrouble."""
    with target.connect() as connection:
        if not store.there(connection):
            return ()
        return problems_in(connection, Exchange.of_project(target.project), text)


def problems_in(
    connection: Connection, exchange: Exchange, text: str, confined: Confined | None = None
) -> tuple[int, ...]:
    """The same, of an exchange. Raises as `leaving` does."""
    from houvast.screening.leaving import traces

    known, found = traces(text), set[int]()
    asked = "".join(f"{one}\n" for one in (*known, "")).encode()
    for problem, number, code, state, form, size in connection.execute(_SQL["here"]).fetchall() if known else []:
        if problem in found:
            continue
        content = chain([asked], exchange.read(store.content(connection, Job(number, code, state, form, size, 0))))
        said, _ = (confined or Confined()).screen(content, len(asked) + size, form, "--keywords", "-", *_ALONE)
        if said.outcome == "not_screened":
            raise NotLookedInto(f"A bundle of request {problem} could not be looked into.",
                                todo="Do not send this, or close that request first.")  # fmt: skip
        found |= {problem} if said.kinds.get(str(Kind.KEYWORD)) else set()
    return tuple(sorted(found))
