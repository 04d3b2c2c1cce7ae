# ruff: noqa: S608 - names pass through ident, values through literal
"""Columns and tables that nobody classified: readable for no purpose."""

from __future__ import annotations

from collections.abc import Iterator

from houvast.compiler.words import ident, relation
from houvast.proof.field import Field
from houvast.proof.probe import REFUSED, Kind, Probe


def unlisted(field: Field) -> Iterator[Probe]:
    """Every column and table that the map does not list, for every purpose, and Houvast's own columns."""
    schemas = {s.relation.schema for s in field.layout.shapes.values()}
    for purpose in field.openable():
        login = field.logins(purpose.name)[0]
        found = next((field.canary(spot) for spot in field.spots), None)
        opened = field.opened(purpose, found[0] if found else None)
        for table, column in _unlisted(field, schemas):
            text = f"SELECT {ident(column) if column else '*'} FROM {table} LIMIT 1"
            what = f"column {column} of {table}" if column else f"table {table}"
            words = f"{login} reads the unlisted {what} for {purpose.name}"
            yield Probe(words, "unlisted", login, (text,), REFUSED, frozenset(), kind=Kind.ORDER, opened=opened)


def _unlisted(field: Field, schemas: set[str]) -> Iterator[tuple[str, str]]:
    for live in field.catalogue.relations.values():
        mapped = field.map.tables.get(live.name)
        name = relation(live.schema, live.relname)
        if live.kind not in ("r", "p", "f") or live.schema not in schemas:
            continue
        if mapped is None:
            yield name, ""
        elif mapped.personal:
            yield name, "hv_guard"
            yield from ((name, column) for column in live.columns if column not in mapped.columns)
