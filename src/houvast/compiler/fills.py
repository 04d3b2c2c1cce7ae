"""Filling what was there before: the guards of the rows that a table already has.

First the bulk, page by page, in sets and without firing the application's triggers; while a batch runs,
nobody's answers change (a lock on Houvast's own table of persons, some 100 ms). The trigger that keeps a guard is
made when the bulk is done: a trigger before a row locks it and writes that to the log, a quarter of the time. A row
that the application moves meanwhile is missed by the bulk, so the table then *settles*: it is looked at once as
a whole, and every row is touched whose guard is not what its trigger computes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from houvast.compiler.columns import CLOSED, UNCONTESTED, contest_bit, hidden
from houvast.compiler.guard import clause_name
from houvast.compiler.persons import guard_of_row
from houvast.compiler.piece import Fill, Phase, Piece
from houvast.compiler.shape import Derived, Shape
from houvast.compiler.words import SCHEMA, ident, literal, relation
from houvast.database.catalogue import Catalogue

FILLING = "hv_fill"
"""The token of a bulk fill, which only a superuser can set: it computes what the trigger would compute."""

UNRESTRICTED = clause_name(frozenset({frozenset({"unrestricted"})}))


def lost_guard(bits: Mapping[str, int]) -> int:
    """Guard of a row whose owner is gone: only retention's answer is yes."""
    return UNCONTESTED | 1 << bits[UNRESTRICTED]


@dataclass(frozen=True)
class Chain:
    """The tables on a path: the value at its end, and each (table, alias, condition) on the way."""

    value: str
    links: tuple[tuple[str, str, str], ...]


def chain(shape: Shape, derived: Derived, catalogue: Catalogue, start: str, alias: str, equals: str = "=") -> Chain:
    """Follow a path of foreign keys from the row `start` (an alias, or NEW)."""
    here, previous = shape.relation, start
    links: list[tuple[str, str, str]] = []
    for number, step in enumerate(derived.path[:-1]):
        key = next(k for k in here.foreign_keys if k.columns == (step,))
        here, name = catalogue.relations[key.table], f"{alias}_{number}"
        condition = f"{name}.{ident(key.target_columns[0])} {equals} {previous}.{ident(step)}"
        links.append((relation(here.schema, here.relname), name, condition))
        previous = name
    return Chain(f"{previous}.{ident(derived.path[-1])}", tuple(links))


def fill_piece(shape: Shape, bits: Mapping[str, int], asked: int, catalogue: Catalogue) -> tuple[Piece, Fill | None]:
    """The fill of one table's guards, and what makes up for what it missed once the trigger is there."""
    row, lost, table = guard_of_row(shape, asked), lost_guard(bits), shape.sql
    pages = "{alias}.ctid >= {{low}} AND {alias}.ctid < {{high}}"
    layout = f"{row} {lost} {sorted(bits.items())}"
    if shape.shared:
        touch = f"UPDATE {table} t SET hv_guard = ~t.hv_guard WHERE {pages.format(alias='t')}"
        return Piece(f"fill guard {shape.name}", "fill", Phase.ROWS_FILL, f"{touch}\n-- {layout}", "", "C01",
                     fill=Fill(shape.name, touch), needs=_shared_check(shape, row, lost)), None  # fmt: skip
    ways = list(dict.fromkeys(d.path[:-1] for d in shape.derived))
    chains = {d.column: chain(shape, d, catalogue, "s", f"d{ways.index(d.path[:-1])}") for d in shape.derived}
    links = dict.fromkeys(link for found in chains.values() for link in found.links)
    joins = "".join(f"\n    LEFT JOIN {t} {a} ON {c}" for t, a, c in links)
    owned = chains.get(shape.owner_column)
    owner = owned.value if owned else f"s.{ident(shape.owner_column)}"
    person = f"p.kind = {literal(shape.kind)} AND p.key = {owner}::text"
    values = "".join(f", {c.value} AS {ident(name)}" for name, c in chains.items())
    sets = "".join(f", {ident(name)} = f.{ident(name)}" for name in chains)
    sets += "".join(
        f", {ident(hidden(c))} = CASE WHEN f.guard & {contest_bit(shape, c)} = 0 THEN true END"
        for c in shape.contestable
    )
    guard = f"coalesce({row}, {lost})"
    closed = [f"s.{CLOSED} IS DISTINCT FROM p.closed_at"] if shape.keeps_closed else []
    if closed:
        values, sets = f"{values}, p.closed_at", f"{sets}, {CLOSED} = f.closed_at"
    differs = " OR ".join([f"s.hv_guard IS DISTINCT FROM {guard}", *closed,
                           *(f"s.{ident(n)} IS DISTINCT FROM {c.value}" for n, c in chains.items())])  # fmt: skip
    statement = f"""UPDATE {table} t SET hv_guard = f.guard{sets}
FROM (SELECT s.ctid AS place, {guard} AS guard{values} FROM {table} s{joins}
    LEFT JOIN {SCHEMA}.person p ON {person}
    WHERE {pages.format(alias="s")} AND ({differs})) f
WHERE t.ctid = f.place AND {pages.format(alias="t")}"""
    missed = _missed(shape, chains, person, differs, row, lost)
    settle = tuple(
        f"UPDATE {table} s SET hv_guard = ~s.hv_guard{f' FROM {t}' if t else ''}\nWHERE {c}" for t, c in missed
    )
    check = " + ".join(f"(SELECT count(*) FROM {table} s{f', {t}' if t else ''} WHERE {c})" for t, c in missed)
    bulk = Fill(shape.name, statement, lock=f"LOCK TABLE {SCHEMA}.person IN SHARE MODE", quiet=True, batch_pages=150)
    return Piece(f"fill guard {shape.name}", "fill", Phase.ROWS_FILL, f"{statement}\n-- {layout}", "", "C01", fill=bulk,
                 needs=f"SELECT {check}"), Fill(shape.name, "", whole=settle)  # fmt: skip


def _missed(
    shape: Shape, chains: Mapping[str, Chain], person: str, differs: str, row: str, lost: int
) -> tuple[tuple[str, str], ...]:
    """(other tables, condition) of rows `s` whose guard is not what their trigger would compute. No self-join:
    an UPDATE with this condition looks again at a row that is moved meanwhile."""
    links = dict.fromkeys(link for found in chains.values() for link in found.links)
    sources = [f"{t} {a}" for t, a, _ in links]
    conditions = [c for _, _, c in links]
    inner = differs.replace(f"coalesce({row}, {lost})", row)
    owned = (", ".join([*sources, f"{SCHEMA}.person p"]), f"{' AND '.join([*conditions, person])} AND ({inner})")
    if chains:
        broken = " OR ".join(f"s.{ident(d.path[0])} IS NULL" for d in shape.derived)
        by_path = shape.owner_column in chains
        return (owned, ("", f"({broken}) AND s.hv_guard IS DISTINCT FROM {lost}")) if by_path else (owned,)
    nobody = f"NOT EXISTS (SELECT FROM {SCHEMA}.person p WHERE {person})"
    return (owned, ("", f"s.hv_guard IS DISTINCT FROM {lost} AND {nobody}"))


def _shared_check(shape: Shape, row: str, lost: int) -> str:
    """How many rows with several owners have another guard, or close at another time, than their owners give."""
    here = "FILTER (WHERE o.present AND p.key IS NOT NULL)"
    closed = f"CASE WHEN bool_and(p.closed_at IS NOT NULL) {here} THEN max(p.closed_at) {here} END"
    differs = f" OR s.{CLOSED} IS DISTINCT FROM f.closed_at" if shape.keeps_closed else ""
    return f"""SELECT count(*) FROM {shape.sql} s LEFT JOIN (
    SELECT o.row_key, {closed} AS closed_at, CASE WHEN bool_or(o.present)
               THEN (bit_and(coalesce({row}, 0)) & ~1::bigint) | bit_or(p.guard & 1) FILTER (WHERE o.present)
               ELSE bit_and(coalesce({row}, 0)) & {lost} END AS guard
    FROM {shape.owners_table} o LEFT JOIN {SCHEMA}.person p ON p.kind = {literal(shape.kind)} AND p.key = o.person::text
    GROUP BY o.row_key) f ON f.row_key = s.{ident(shape.shared_by)}
WHERE s.hv_guard IS DISTINCT FROM coalesce(f.guard, {lost}){differs}"""
