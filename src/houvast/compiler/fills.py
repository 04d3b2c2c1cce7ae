"""Filling what was there before: the guards of the rows that a table already has.

First the bulk, page by page, in sets and without firing the application's triggers; while a batch runs,
nobody's answers change (a lock on Houvast's own table of persons, some 100 ms). A row that the application
moves meanwhile is missed by the bulk, so the fill then *settles*: it looks at the whole table once and
touches every row whose guard is not what its trigger would compute.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from houvast.compiler.guard import clause_name
from houvast.compiler.persons import guard_of_row
from houvast.compiler.piece import Fill, Phase, Piece
from houvast.compiler.shape import Derived, Shape
from houvast.compiler.words import SCHEMA, ident, literal, relation
from houvast.database.catalogue import Catalogue

UNRESTRICTED = clause_name(frozenset({frozenset({"unrestricted"})}))


def lost_guard(bits: Mapping[str, int]) -> int:
    """Guard of a row whose owner is gone: only retention's answer is yes."""
    return 1 << bits[UNRESTRICTED] if UNRESTRICTED in bits else 0


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


def fill_piece(shape: Shape, bits: Mapping[str, int], catalogue: Catalogue) -> Piece:
    """The fill of one table's guards."""
    row, lost, table = guard_of_row(shape), lost_guard(bits), shape.sql
    pages = "{alias}.ctid >= {{low}} AND {alias}.ctid < {{high}}"
    layout = f"{row} {lost} {sorted(bits.items())}"
    if shape.link:
        touch = f"UPDATE {table} t SET hv_guard = ~t.hv_guard WHERE {pages.format(alias='t')}"
        return Piece(f"fill guard {shape.name}", "fill", Phase.ROWS_FILL, f"{touch}\n-- {layout}", "", "C01",
                     fill=Fill(shape.name, touch))  # fmt: skip
    chains = {d.column: chain(shape, d, catalogue, "s", f"d{n}") for n, d in enumerate(shape.derived)}
    joins = "".join(f"\n    LEFT JOIN {t} {a} ON {c}" for found in chains.values() for t, a, c in found.links)
    owned = chains.get(shape.owner_column)
    owner = owned.value if owned else f"s.{ident(shape.owner_column)}"
    person = f"p.kind = {literal(shape.kind)} AND p.key = {owner}::text"
    values = "".join(f", {c.value} AS {ident(name)}" for name, c in chains.items())
    sets = "".join(f", {ident(name)} = f.{ident(name)}" for name in chains)
    guard = f"coalesce({row}, {lost})"
    differs = " OR ".join([f"s.hv_guard IS DISTINCT FROM {guard}",
                           *(f"s.{ident(n)} IS DISTINCT FROM {c.value}" for n, c in chains.items())])  # fmt: skip
    statement = f"""UPDATE {table} t SET hv_guard = f.guard{sets}
FROM (SELECT s.ctid AS place, {guard} AS guard{values} FROM {table} s{joins}
    LEFT JOIN {SCHEMA}.person p ON {person}
    WHERE {pages.format(alias="s")} AND ({differs})) f
WHERE t.ctid = f.place AND {pages.format(alias="t")}"""
    settle = _settle(shape, chains, person, differs, row, lost)
    return Piece(
        f"fill guard {shape.name}", "fill", Phase.ROWS_FILL, f"{statement}\n-- {layout}", "", "C01",
        fill=Fill(shape.name, statement, lock=f"LOCK TABLE {SCHEMA}.person IN SHARE MODE", quiet=True, settle=settle,
                  batch_pages=150),
    )  # fmt: skip


def _settle(
    shape: Shape, chains: Mapping[str, Chain], person: str, differs: str, row: str, lost: int
) -> tuple[str, ...]:
    """Touch what the bulk missed. No self-join: a row that is moved meanwhile is looked at again."""
    touch = f"UPDATE {shape.sql} s SET hv_guard = ~s.hv_guard"
    sources = [f"{t} {a}" for found in chains.values() for t, a, _ in found.links]
    conditions = [c for found in chains.values() for _, _, c in found.links]
    inner = differs.replace(f"coalesce({row}, {lost})", row)
    owned = (f"{touch} FROM {', '.join([*sources, f'{SCHEMA}.person p'])}\n"
             f"WHERE {' AND '.join([*conditions, person])} AND ({inner})")  # fmt: skip
    if chains:
        broken = " OR ".join(f"s.{ident(d.path[0])} IS NULL" for d in shape.derived)
        empty = " OR ".join([f"s.hv_guard IS DISTINCT FROM {lost}"] if shape.owner_column in chains else ["true"])
        return (owned, f"{touch} WHERE ({broken}) AND ({empty})")
    nobody = f"NOT EXISTS (SELECT FROM {SCHEMA}.person p WHERE {person})"
    return (owned, f"{touch} WHERE s.hv_guard IS DISTINCT FROM {lost} AND {nobody}")
