# ruff: noqa: S608 - names pass through ident, values through literal
"""Statements that give hidden rows away where row security is done badly: reads, and writes that read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from houvast.compiler.words import ident, idents, literal
from houvast.proof.attempts.aim import Target, aims
from houvast.proof.canary import CanaryRow, where_key
from houvast.proof.field import Field
from houvast.proof.probe import NOT_CHANGED, Kind, Probe
from houvast.proof.values import fitting, is_text

NOTHING_READ = frozenset({"42501", "0A000", "55000", "42809", "428C9", "42P10", "23502", "23503", "23505", "23514"})
"""Refused by a right, a view, a key or a check, before anything hidden is read."""


def leaks(field: Field) -> Iterator[Probe]:
    """Every such statement, for every purpose."""
    for target in aims(field):
        for words, text in _reads(target).items():
            yield target.probe(words, (text,), target.hidden, target.opened)
        yield from _sessions(target)
        yield from _writes(target)


def _reads(t: Target) -> dict[str, str]:
    where, cell, table = t.hidden.where, t.cell, t.spot.sql
    tells = f"({cell}::text)::int = 1"  # an error that tells its argument
    live = t.spot.shape.relation
    stats = f"schemaname = {literal(live.schema)} AND tablename = {literal(live.relname)}"
    inner = f"(v.{cell}::text)::int = 1 AND {where_key(t.hidden.key, 'v')}"
    return {
        "a function that tells its argument, in WHERE": f"{t.select(t.hidden)} AND {tells}",
        "the same in the ON of an outer join":
            f"SELECT v.{cell} FROM (VALUES (1)) x(a) LEFT JOIN {table} v ON {inner}",
        "the same in a CASE": f"SELECT CASE WHEN {tells} THEN {cell} END FROM {table} WHERE {where}",
        "COPY TO": f"COPY ({t.select(t.hidden)}) TO STDOUT",
        "a row lock": f"{t.select(t.hidden)} FOR UPDATE",
        "a grouping by key":
            f"SELECT max({cell}) FROM {table} WHERE {where} GROUP BY {idents(t.hidden.key)}",
        "the planner's statistics":
            f"SELECT most_common_vals::text, histogram_bounds::text FROM pg_stats WHERE {stats}",
        "a query inside a function":
            f"SELECT query_to_xml({literal(t.select(t.hidden, t.base))}, true, true, '')",
    }  # fmt: skip


def _sessions(t: Target) -> Iterator[Probe]:
    off = ("SET row_security = off", t.select(t.hidden))
    cursor = ("BEGIN", f"DECLARE c CURSOR FOR {t.select(t.hidden)}", "FETCH ALL FROM c")
    for words, steps in {"row security off for the session": off, "a cursor": cursor}.items():
        yield replace(t.probe(words, steps, t.hidden, t.opened), fresh=True)


def _writes(t: Target) -> Iterator[Probe]:
    where, table, key = t.hidden.where, t.spot.sql, idents(t.hidden.key)
    first = ident(next(iter(t.hidden.key)))
    written = forged(t, t.hidden)
    insert = f"INSERT INTO {table} AS v ({idents(written)}) VALUES ({', '.join(written.values())})"
    update = f"{insert} ON CONFLICT ({key}) DO UPDATE SET {first} = excluded.{first}"
    texts = {
        "INSERT with ON CONFLICT DO UPDATE on a hidden row": f"{update} RETURNING v.{t.cell}",
        "the same with the hidden value in its WHERE":
            f"{update} WHERE (v.{t.cell}::text)::int = 1 RETURNING v.{t.cell}",
        "UPDATE with RETURNING": f"UPDATE {table} SET {t.cell} = {t.cell} WHERE {where} RETURNING {t.cell}",
        "DELETE with RETURNING": f"DELETE FROM {table} WHERE {where} RETURNING {t.cell}",
    }  # fmt: skip
    for words, text in texts.items():
        probe = t.probe(words, (text,), t.hidden, t.opened)
        yield replace(probe, rollback=True, tolerated=NOTHING_READ)
    merge = f"MERGE INTO {table} v USING (SELECT 1) s ON {where_key(t.hidden.key, 'v')} WHEN MATCHED THEN"
    for words, act in (("updates", f"UPDATE SET {t.cell} = v.{t.cell}"), ("deletes", "DELETE")):
        probe = t.probe(f"MERGE that {words}", (f"{merge} {act}",), t.hidden, t.opened)
        yield replace(probe, rollback=True, tolerated=NOTHING_READ, kind=Kind.WRITE, expected=NOT_CHANGED)


def forged(t: Target, row: CanaryRow) -> dict[str, str]:
    """Column -> SQL of a row with the key of a canary's and values of the attacker."""
    found: dict[str, str] = {}
    for name, column in t.spot.shape.relation.columns.items():
        value = row.values.get(name)
        if column.generated or value is None or not (column.not_null or name in row.key):
            continue
        own = is_text(column.type) and name not in row.key and name not in t.spot.shape.table.canary
        found[name] = literal(fitting("forged", column.type) if own else str(value))
    return found
