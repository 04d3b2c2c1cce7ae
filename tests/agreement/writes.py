"""Inserts, updates and deletes, each tried in a savepoint as the login that has the use open, then undone."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from psycopg import sql

from houvast.database import Connection
from houvast.policy.decide import Permit, Refuse
from houvast.policy.model import Action, Policy
from houvast.policy.rows import writable
from houvast.policy.world import Ask, OpenUse, Person, Row
from tests.agreement.scenes import Item, Scene, as_row, contested
from tests.agreement.shapes import CUSTOMER, PARTNER, TABLES

REFUSED: Final = ("42501", "0A000", "55000")  # no right; a view whose column, or all of them, the purpose may not write
NEW_IDS: Final = 50_000_000


@dataclass(frozen=True)
class Attempt:
    """One statement, and what `decide` says about it (asked at the instant at which it ran)."""

    name: str
    statement: sql.Composable
    item: Item
    old: tuple[Ask, ...]
    new: tuple[Ask, ...]
    changed: tuple[str, ...] = ()

    def answer(self, versions: Sequence[Policy], instant: datetime) -> Permit | Refuse:
        """Whether it may succeed."""
        old, new = ([replace(a, instant=instant) for a in asks] for asks in (self.old, self.new))
        return writable(versions, old, new, self.changed)

    @property
    def ask(self) -> Ask:
        """One of the asks, to tell about."""
        asks = self.old or self.new
        return next((a for a in asks if a.column in self.changed), asks[0])


def run(login: Connection, attempts: Sequence[Attempt]) -> tuple[datetime, list[str]]:
    """Try each: the number of rows, or the code and words of the error."""
    tries = [
        sql.SQL(
            "BEGIN {}; GET DIAGNOSTICS n = ROW_COUNT;"
            " RAISE EXCEPTION USING ERRCODE = 'HV000', MESSAGE = n::text;"
            " EXCEPTION WHEN SQLSTATE 'HV000' THEN told := told || SQLERRM;"
            " WHEN OTHERS THEN told := told || (SQLSTATE || ' ' || SQLERRM); END;"
        ).format(a.statement)
        for a in attempts
    ]
    block = sql.SQL(
        "DECLARE n int; told text[] := '{{}}'; BEGIN {}"
        " PERFORM set_config('agreement.told', to_jsonb(told)::text, false);"
        " PERFORM set_config('agreement.at', statement_timestamp()::text, false); END"
    ).format(sql.SQL("\n").join(tries))
    login.execute(sql.SQL("DO {}").format(sql.Literal(block.as_string(login))))
    row = login.execute(
        "SELECT current_setting('agreement.at')::timestamptz, current_setting('agreement.told')::jsonb"
    ).fetchone()
    assert row is not None
    return row[0], row[1]


def attempts(
    scene: Scene,
    use: OpenUse,
    now: datetime,
    table: str,
    columns: Mapping[str, Sequence[str]],
    key: Callable[[int], int | str] = int,
) -> Iterator[Attempt]:
    """Everything to try with the rows of one table; `columns` = those that may be named, by privilege; `key`: the key of a
    row as the purpose sees it."""
    people = {p.key: p for p in scene.people}
    rows = list(scene.rows(now))
    for item, row in rows:
        if item.table != table:
            continue
        update = _asks(use, Action.UPDATE, table, row, now)
        for column in _personal(table):
            yield Attempt(
                f"update {column}",
                _update(item, key(item.id), [column], sql.Literal("changed")),
                item,
                update,
                update,
                (column,),
            )
        back = [c for c in columns.get("UPDATE", ()) if c in columns.get("SELECT", ())] or ["id"]
        yield Attempt("write back", _update(item, key(item.id), back, None), item, update, update)
        if table not in (CUSTOMER, PARTNER, "account"):
            below = [
                _without_case(r, item)
                for i, r in rows
                if i.table == "message" and table == "ticket" and i.values["ticket_id"] == item.id
            ]
            asks = [a for r in (row, *below) for a in _asks(use, Action.DELETE, r.table, r, now)]
            delete = sql.SQL("DELETE FROM {} WHERE id = {}").format(sql.Identifier(table), sql.Literal(key(item.id)))
            yield Attempt("delete", delete, item, tuple(asks), ())
        yield from _inserts(scene, item, use, now, people)


def _inserts(scene: Scene, item: Item, use: OpenUse, now: datetime, people: Mapping[Any, Person]) -> Iterator[Attempt]:
    new, owners = replace(item, id=item.id + NEW_IDS, holds=(), lost=False, written_by=use.purpose), people
    if item.table in ("account", "partner"):
        kind = CUSTOMER if item.table == "account" else PARTNER
        values = item.values
        person = Person(
            (kind, str(new.id)),
            values["created_at" if kind == CUSTOMER else "since"],
            has_account=kind == CUSTOMER,
            closed_at=values.get("closed_at"),
        )
        new, owners = replace(new, owners=((person.key, None),)), {**people, person.key: person}
    elif item.table == "household":
        new = replace(new, owners=())
    now_open = {
        p.key: replace(
            p,
            circumstances=scene.circumstances(p.key, now),
            self_opened=scene.self_opened(p.key),
            contested=contested(p),
        )
        for p in owners.values()
    }
    row = as_row(new, now_open, {i.id: i for i in (*scene.items, new) if i.table == "ticket"})
    row = replace(row, creates=scene.creates(new, now))
    asks = _asks(use, Action.INSERT, item.table, row, now)
    personal = _personal(item.table)
    for filled in (personal, personal[:1]):
        names = [n for n in new.values if n not in personal or n in filled]
        names = [n for n in names if n in TABLES[item.table].columns]
        insert = sql.SQL("INSERT INTO {} (id, {}) VALUES ({}, {})").format(
            sql.Identifier(item.table),
            sql.SQL(", ").join(map(sql.Identifier, names)),
            sql.Literal(new.id),
            sql.SQL(", ").join(sql.Literal(new.values[n]) for n in names),
        )
        yield Attempt(f"insert with {'+'.join(filled)}", insert, new, (), asks, tuple(filled))


def _without_case(row: Row, ticket: Item) -> Row:
    """A row as it is when its ticket is gone: it goes along after that, and no case of that ticket is open then."""
    left = tuple((_has_no_more(person, ticket), present) for person, present in row.owners)
    return replace(row, owners=left)


def _has_no_more(person: Person, ticket: Item) -> Person:
    tickets = person.circumstances.get("ticket.open", frozenset()) - {str(ticket.id)}
    return replace(person, circumstances={**person.circumstances, "ticket.open": tickets})


def _personal(table: str) -> list[str]:
    return [c.name for c in TABLES[table].columns.values() if c.categories]


def _asks(use: OpenUse, action: Action, table: str, row: Row, now: datetime) -> tuple[Ask, ...]:
    columns = TABLES[table].columns.values()
    return tuple(
        Ask(use.purpose, action, c.name, frozenset(c.categories), row, now, use) for c in columns if c.categories
    )


def _update(item: Item, key: int | str, columns: Sequence[str], value: sql.Composable | None) -> sql.Composable:
    sets = (sql.SQL("{} = {}").format(sql.Identifier(c), value or sql.Identifier(c)) for c in columns)
    return sql.SQL("UPDATE {} SET {} WHERE id = {}").format(
        sql.Identifier(item.table), sql.SQL(", ").join(sets), sql.Literal(key)
    )
