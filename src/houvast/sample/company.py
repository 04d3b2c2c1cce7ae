"""Makes and fills the database of the sample company, in one transaction: all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import LiteralString, TypeAlias

from houvast.database.connect import Connection, connect, sql
from houvast.database.queries import queries
from houvast.errors import DatabaseRefusal, UsageError

Progress: TypeAlias = Callable[[str, int, int], None]
"""Told what is being done, how many steps are done, and of how many."""

_CHUNK = 20_000  # people; a multiple of 20, so that households and companies stay whole
_ONCE = ("product", "plan", "mailing_list", "staff", "business_contact", "engagement")
_PER_PERSON = (
    *("forget_persons", "person", "account", "contact", "household", "household_member", "company"),
    *("company_member", "subscription", "licence", "orders", "order_line", "invoice", "invoice_line"),
    *("ticket", "ticket_message", "mailing_member", "profile_value", "post", "sign_in"),
)
_NUMBERED = (
    *("product", "plan", "mailing_list", "staff", "business_contact", "engagement", "account", "contact"),
    *("household", "company", "subscription", "licence", "orders", "invoice", "ticket", "ticket_message"),
    *("profile_value", "post", "sign_in"),
)
_RELATIONS = ("foreign_keys", "indexes", "functions", "views")


def create(
    conninfo: str,
    *,
    people: int = 10_000,
    seed: int = 1,
    now: datetime | None = None,
    progress: Progress | None = None,
) -> None:
    """Make the sample company in the empty database at `conninfo`, as a superuser.

    `now` is the day on which its history ends, by default today; nothing in it is later, but for what
    has been agreed until a date to come.
    """
    if people < 1 or seed < 0:
        raise UsageError("The sample company needs at least one person, and a seed that is not negative.")
    day = (now or datetime.now(UTC)).astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    tell = progress or _say_nothing
    chunks = [(first, min(first + _CHUNK - 1, people)) for first in range(1, people + 1, _CHUNK)]
    total = len(chunks) + len(_RELATIONS) + 2
    with connect(conninfo) as database:
        _refuse_unfit(database)
        with database.transaction():
            tell("tables and logins", 0, total)
            _prepare(database, seed, day)
            _fill_once(database, people)
            for done, (first, last) in enumerate(chunks, start=1):
                tell(f"people {first} to {last}", done, total)
                _fill(database, people, first, last)
            for done, step in enumerate(_RELATIONS, start=len(chunks) + 1):
                tell(step.replace("_", " "), done, total)
                _run(database, "relations.sql", step)
            _finish(database)
        tell("statistics", total - 1, total)
        database.execute("VACUUM (ANALYZE)")
        tell("done", total, total)


def _say_nothing(what: str, done: int, total: int) -> None:
    """Progress that nobody asked for."""


def _refuse_unfit(database: Connection) -> None:
    row = database.execute(
        "SELECT current_setting('is_superuser') = 'on', current_database(),"
        " (SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace)"
    ).fetchone()
    superuser, name, relations = row or (False, "", 0)
    if not superuser:
        raise DatabaseRefusal(
            "The sample company has logins and an owner of its own, which only a superuser may make.",
            todo="Connect as a superuser, for instance postgres.",
        )
    if relations:
        raise DatabaseRefusal(
            f"The database {name} is not empty, and the sample company would mix with what is there.",
            todo="Give an empty database: createdb lakana",
        )


def _prepare(database: Connection, seed: int, day: datetime) -> None:
    database.execute("SET LOCAL client_min_messages = warning")
    database.execute("SET LOCAL timezone = 'UTC'")
    database.execute("SET LOCAL jit = off")
    database.execute("SET LOCAL work_mem = '64MB'")
    database.execute("SET LOCAL maintenance_work_mem = '256MB'")
    database.execute("SET LOCAL search_path = public")
    _run(database, "logins.sql", "roles")
    database.execute("SET LOCAL ROLE lakana_owner")
    _run(database, "schema.sql", "tables")
    dice = queries("houvast.sample", "dice.sql")
    database.execute(sql.SQL(dice["dice"]).format(seed=sql.Literal(seed), now=sql.Literal(day.isoformat())))
    _run(database, "dice.sql", "names")


def _fill_once(database: Connection, people: int) -> None:
    for table in _ONCE:
        _load(database, table, people=people)


def _fill(database: Connection, people: int, first: int, last: int) -> None:
    for table in _PER_PERSON:
        _load(database, table, people=people, first=first, last=last)


def _finish(database: Connection) -> None:
    for table in _NUMBERED:
        last = database.execute(sql.SQL("SELECT max(id) FROM {}").format(sql.Identifier(table))).fetchone()
        if last and last[0]:
            _load(database, "sequences", table=table, last=last[0])
    _run(database, "logins.sql", "grants")
    database.execute("RESET ROLE")


def _load(database: Connection, query: str, **values: str | int) -> None:
    database.execute(queries("houvast.sample", "load.sql")[query], values, prepare=False)


def _run(database: Connection, file: LiteralString, query: LiteralString) -> None:
    database.execute(queries("houvast.sample", file)[query])
