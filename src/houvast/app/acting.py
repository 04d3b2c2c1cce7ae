"""Acting on a person's own request: as the login that the map gives purpose `rights`, with a use open for that person.

The request is the one that is open; without one, whoever calls says how they checked who asks, and it is registered.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal, TypeAlias

from houvast.app.target import Target
from houvast.backups import store as backups
from houvast.compiler import registry
from houvast.database import Connection, queries
from houvast.database.catalogue import read_catalogue
from houvast.database.connect import sql
from houvast.errors import DatabaseRefusal, UsageError
from houvast.policy.world import PersonKey
from houvast.rights import Walk, walk
from houvast.systems.store import Waiting

Right: TypeAlias = Literal["access", "portability", "rectification", "erasure"]
REPEATED = "an earlier erasure"
"""Not asked again: whoever was erased, and was brought back by a backup, is erased again."""
METHODS = {"session": 1, "code": 2, "two codes": 3, "wallet": 3, "letter": 4, "in person": 4}
"""How somebody was found to be who they say -> how sure that is, from 0 to 4."""
_SQL = queries("houvast.app", "acting.sql")


@dataclass(frozen=True)
class Acting:
    """What is needed to act. `admin`: the one who applies; `session`: the login with a use open for the person."""

    person: PersonKey
    walk: Walk
    request: int
    admin: Connection
    session: Connection


@contextmanager
def acting(
    target: Target, person: PersonKey, right: Right, verified_by: str = "", language: str = "nl"
) -> Generator[Acting]:
    """Act on the open request of a person. One that was registered for this is in review when the block ends well,
    until somebody sends the answer, and withdrawn when it does not.

    Raises:
        DatabaseRefusal: nothing was applied, nobody is known by this number, something is not classified, or nobody
            checked who asks.
        UsageError: a way of checking that does not exist.
    """
    if verified_by and verified_by not in (*METHODS, REPEATED):
        raise UsageError(f"Nobody checks people by `{verified_by}`.", todo=f"Choose one of: {', '.join(METHODS)}.")
    with target.session() as admin:
        found = way(target, admin, person)
        request, ours = _request(admin, person, right, verified_by, language)
        state = "withdrawn"
        try:
            with _session(target, admin, found.login) as session:
                use = _open(session, found.purpose, right, request, person)
                yield Acting(person, found, request, admin, session)
                session.execute("SELECT houvast.close_use(%s)", (use,))
            state = "review"
        except Waiting:
            state = ""  # it stays open, and is gone on with later
            raise
        finally:
            if ours and state:
                admin.execute(_SQL["move"], {"id": request, "state": state})


@contextmanager
def _session(target: Target, admin: Connection, login: str) -> Generator[Connection]:
    """A connection as a login; while a restored database is closed to every login, the administrator's in its place."""
    is_open = backups.closed(admin) is None
    with target.session(login if is_open else "") as session:
        if not is_open:
            session.execute(sql.SQL("SET SESSION AUTHORIZATION {}").format(sql.Identifier(login)))
        yield session


def way(target: Target, admin: Connection, person: PersonKey) -> Walk:
    """The way through the data map for somebody who is known. Raises DatabaseRefusal."""
    if not registry.installed(admin):
        raise DatabaseRefusal("No policy was applied to this database.", todo="Apply it: houvast apply")
    project = target.project
    found = walk(project.versions, project.datamap, read_catalogue(admin), person[0], datetime.now(UTC))
    row = admin.execute(_SQL["known"], person).fetchone()
    if not (row and row[0]):
        raise DatabaseRefusal(
            "Nobody is known by this number.", todo="Give the key that the data map names, as KIND:KEY."
        )
    return found


def _request(admin: Connection, person: PersonKey, right: Right, verified_by: str, language: str) -> tuple[int, bool]:
    """The number of the request, and whether it was registered here."""
    asked = {"kind": person[0], "key": person[1], "right": right}
    row = admin.execute(_SQL["opened"], asked).fetchone()
    if row:
        return int(row[0]), False
    if not verified_by:
        ways = ", ".join(METHODS)
        raise DatabaseRefusal(
            f"No request of this person for {right} is open and checked, and nobody said how it is known who asks"
            " (promise C35).",
            todo=f"Check who asks, and say how with --verified-by: {ways}.",
        )
    with admin.transaction():
        row = admin.execute(_SQL["register"], {**asked, "who": ":".join(person), "language": language}).fetchone()
        number = int(row[0]) if row else 0
        admin.execute(_SQL["verify"], {"id": number, "level": METHODS.get(verified_by, 0)})
    return number, True


def _open(session: Connection, purpose: str, right: Right, request: int, person: PersonKey) -> int:
    row = session.execute("SELECT houvast.open_use(%s, %s, person => %s)",
                          (purpose, f"{right}, request {request}", ":".join(person))).fetchone()  # fmt: skip
    return int(row[0]) if row else 0
