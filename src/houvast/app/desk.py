"""The desk: what runs found, what somebody must look at, and what the pages and the worker need.

It is schema `houvast_desk` in the database that keeps the policy. It holds no personal data: results name
tables, columns, promises and counts. The pages connect as login `houvast_web`, which reads results and
alarms, owns nothing, and reaches no other schema. `prepare` is for an administrator; all else is not.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal, LiteralString, cast

from houvast.backups import store as backups
from houvast.database import Connection, DatabaseError, connect, queries
from houvast.database.connect import sql
from houvast.errors import DatabaseRefusal

SCHEMA = "houvast_desk"
WEB_LOGIN = "houvast_web"
Kind = Literal["prove", "drift", "scan", "apply"]
Result = Literal["good", "finding", "failed"]
_SQL = queries("houvast.app", "desk.sql")


@dataclass(frozen=True)
class Run:
    """What one run found. `outcome`: "good", "finding" (exit code 1 of the command) or "failed" (it did not end).

    `result` of a prove is the JSON of `houvast prove --json`; of a failed run {"error": ...}.
    """

    id: int
    kind: str
    started: datetime
    ended: datetime
    outcome: str
    result: Mapping[str, Any]


@dataclass(frozen=True)
class Proven:
    """The newest proof of one promise: outcome (as in `prove --json`), how many attempts, and how many as expected.

    `sorts`: how many attempts of each sort.
    """

    promise: str
    ended: datetime
    outcome: str
    tried: int
    passed: int
    sorts: Mapping[str, int]


@dataclass(frozen=True)
class Alarm:
    """Something that somebody must look at. `promise`: which one it concerns; `settled`: not found since."""

    id: int
    kind: str
    raised: datetime
    text: str
    promise: str | None
    settled: datetime | None


@dataclass(frozen=True)
class Mail:
    """A message that the demo's own mail server took in."""

    id: int
    arrived: datetime
    sender: str
    recipients: tuple[str, ...]
    subject: str
    body: str


def exists(connection: Connection) -> bool:
    """Whether the desk was made here."""
    row = connection.execute(_SQL["exists"]).fetchone()
    return bool(row and row[0])


def prepare(url: str) -> None:
    """Make the desk, as an administrator; what is there stays. Also grants what tables came since.

    Raises:
        DatabaseRefusal: `url` is of a login that may not, or `houvast_web` may more than it should.
    """
    with connect(url) as connection:
        try:
            with connection.transaction():
                _prepare(connection)
        except DatabaseError as error:
            if error.sqlstate != "42501":  # insufficient_privilege
                raise
            raise DatabaseRefusal(
                "This login may not make the schema houvast_desk.",
                todo="run the command once as an administrator of the database.",
            ) from None


def _prepare(connection: Connection) -> None:
    connection.execute(_SQL["lock"])
    role = connection.execute(_SQL["web_role"]).fetchone()
    if role is None:
        connection.execute(_SQL["make_web_role"])
        connection.execute(_SQL["comment_web_role"])
    elif role[0]:
        raise DatabaseRefusal(
            f"The role `{WEB_LOGIN}` may do more than the pages need, or is a member of another role.",
            todo=f"take that away from it (\\du {WEB_LOGIN} shows it): the pages are open to everybody.",
        )
    connection.execute(_SQL["make"])
    connection.execute(_SQL["grant"])
    if connection.execute(_SQL["may_connect"]).fetchone() == (False,) and backups.closed(connection) is None:
        connection.execute(_on_database(connection, "GRANT CONNECT ON DATABASE {} TO {}"))
    for (table,) in connection.execute(_SQL["queue_tables"]).fetchall():
        name = sql.Identifier(SCHEMA, table)
        connection.execute(sql.SQL("REVOKE ALL ON {} FROM {}").format(name, sql.Identifier(WEB_LOGIN)))


def remove(url: str) -> None:
    """Take the desk away, with every result and alarm, and the pages' login if no other database has a desk."""
    with connect(url) as connection, connection.transaction():
        connection.execute(_SQL["lock"])
        connection.execute(_SQL["remove"])
        if connection.execute(_SQL["web_role"]).fetchone() is None:
            return
        connection.execute(_on_database(connection, "REVOKE CONNECT ON DATABASE {} FROM {}"))
        used = connection.execute(_SQL["web_role_used"]).fetchone()
        if not (used and used[0]):
            connection.execute(_SQL["remove_web_role"])


def _on_database(connection: Connection, text: LiteralString) -> sql.Composed:
    return sql.SQL(text).format(sql.Identifier(connection.info.dbname), sql.Identifier(WEB_LOGIN))


def record(
    connection: Connection,
    kind: Kind,
    started: datetime,
    outcome: Result,
    result: Mapping[str, object],
    *,
    partial: bool = False,
) -> int:
    """Store what a run that ends now found; its number. `partial`: it looked at some promises only."""
    proofs = cast("list[dict[str, Any]]", result.get("promises", [])) if kind == "prove" else []
    rest = {name: value for name, value in result.items() if not (proofs and name == "promises")}
    values = {"kind": kind, "started": started, "outcome": outcome, "partial": partial, "result": json.dumps(rest)}
    with connection.transaction(), connection.cursor() as cursor:
        row = cursor.execute(_SQL["record"], values).fetchone()
        number = int(row[0]) if row else 0
        cursor.executemany(_SQL["record_proof"], [_row(number, place, one) for place, one in enumerate(proofs)])
        cursor.execute(_SQL["thin"])
    return number


def _row(run: int, place: int, proof: Mapping[str, Any]) -> dict[str, object]:
    """A promise's proof as the table `proof` keeps it: apart, for a page asks for one among thousands of attempts."""
    attempts: list[dict[str, Any]] = proof["attempts"]
    sorts = Counter(str(one.get("sort", "")) for one in attempts)
    return {"run": run, "place": place, "promise": proof["id"], "outcome": proof["outcome"], "tried": len(attempts),
            "passed": sum(one["passed"] for one in attempts), "sorts": json.dumps(sorts),
            "proof": json.dumps(proof)}  # fmt: skip


def last(connection: Connection, kind: Kind) -> Run | None:
    """The newest run of a kind that looked at everything; None before the first."""
    row = connection.execute(_SQL["last"], (kind,)).fetchone()
    return _whole(connection, Run(*row)) if row else None


def last_ended(connection: Connection, kind: Kind) -> Run | None:
    """The newest run of a kind that looked at everything and came to an end; a prove without its promises."""
    row = connection.execute(_SQL["last_ended"], (kind,)).fetchone()
    return Run(*row) if row else None


def _whole(connection: Connection, run: Run) -> Run:
    if run.kind != "prove" or run.outcome == "failed":
        return run
    found = [row[0] for row in connection.execute(_SQL["of_run"], (run.id,)).fetchall()]
    return replace(run, result={"promises": found, **run.result})


def recent(connection: Connection, limit: int = 20) -> tuple[Run, ...]:
    """The newest runs, newest first; a prove without its promises (`last` and `proofs` have them)."""
    return tuple(Run(*row) for row in connection.execute(_SQL["recent"], (limit,)).fetchall())


def proofs(connection: Connection) -> Mapping[str, Proven]:
    """The newest proof of each promise, by promise: a later run of one promise counts for that one. Quick."""
    rows = connection.execute(_SQL["proofs"]).fetchall()
    return {row[0]: Proven(*row) for row in rows}


def proof(connection: Connection, promise: str) -> tuple[datetime, Mapping[str, Any]] | None:
    """When a promise was last proven, and its proof as in `prove --json`, attempts included."""
    row = connection.execute(_SQL["proof"], (promise,)).fetchone()
    return (row[0], row[1]) if row else None


def raise_alarm(
    connection: Connection, kind: str, key: str, text: Mapping[str, str], promise: str | None = None
) -> int | None:
    """Raise an alarm with a text per language ({"nl": ..., "en": ...}); None when it is open already.

    `key` tells it from others of its kind and stays the same from run to run; the text is then that of now. No
    personal data in either.
    """
    row = connection.execute(_SQL["raise_alarm"], (kind, key, json.dumps(text), promise)).fetchone()
    return int(row[0]) if row and row[0] else None


def open_keys(connection: Connection, kind: str) -> frozenset[str]:
    """What tells the open alarms of a kind from each other."""
    return frozenset(row[0] for row in connection.execute(_SQL["open_keys"], (kind,)).fetchall())


def settle(connection: Connection, kind: str, still: Collection[str]) -> int:
    """Settle every open alarm of a kind whose key is not in `still`; how many."""
    return connection.execute(_SQL["settle"], (kind, list(still))).rowcount


def alarms(connection: Connection, lang: str = "en") -> tuple[Alarm, ...]:
    """The open alarms, oldest first, in a language ("nl" or "en")."""
    rows = connection.execute(_SQL["alarms"]).fetchall()
    return tuple(Alarm(row[0], row[1], row[2], row[3].get(lang) or row[3]["en"], row[4], row[5]) for row in rows)


def mails(connection: Connection, limit: int = 50) -> tuple[Mail, ...]:
    """The newest mail that the demo's own mail server took in, newest first."""
    rows = connection.execute(_SQL["mails"], (limit,)).fetchall()
    return tuple(Mail(row[0], row[1], row[2], tuple(row[3]), row[4], row[5]) for row in rows)
