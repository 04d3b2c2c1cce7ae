# ruff: noqa: S608 - names pass through ident, values through literal
"""What a migration adds is for nobody until somebody has classified it: a column, a table, a field of a form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from houvast.compiler.words import relation
from houvast.proof.attempts.aim import Target, aims
from houvast.proof.field import Field
from houvast.proof.probe import SEEN, Probe

COLUMN = "geboortedatum"
TABLE = "hv_added"
FAMILY = "added"


def additions(field: Field) -> Iterator[Probe]:
    """For every purpose: reading and writing what was added is refused, and what was there still works."""
    for target in aims(field):
        yield from _probes(target)


def _probes(t: Target) -> Iterator[Probe]:
    schema = t.spot.shape.relation.schema
    column = f"ALTER TABLE {t.base} ADD COLUMN {COLUMN} date"
    table = f"CREATE TABLE {relation(schema, TABLE)} (id bigint, {COLUMN} date)"
    tried = {
        f"the added column {COLUMN}": (column, f"SELECT {COLUMN} FROM {t.base} WHERE {t.seen.where}"),
        f"the row of the table with the added column {COLUMN}":
            (column, f"SELECT v.{COLUMN} FROM {t.base} v LIMIT 1"),
        f"changing the added column {COLUMN}":
            (column, f"UPDATE {t.base} SET {COLUMN} = '1980-03-12' WHERE {t.seen.where}"),
        f"a form with the added field {COLUMN}": (column, f"INSERT INTO {t.base} ({COLUMN}) VALUES ('1980-03-12')"),
        "an added table": (table, f"SELECT * FROM {relation(schema, TABLE)}"),
        "a row for an added table": (table, f"INSERT INTO {relation(schema, TABLE)} (id) VALUES (1)"),
    }  # fmt: skip
    yield replace(
        _migrated(
            t, column, t.probe(f"control: {t.cell} beside the added column", (t.select(t.seen),), t.seen, t.opened)
        ),
        expected=SEEN,
        control=True,
    )
    for words, (migration, text) in tried.items():
        yield _migrated(t, migration, t.order(words, text, t.opened))


def _migrated(t: Target, migration: str, probe: Probe) -> Probe:
    role = t.field.compiled.seats[t.opened.purpose].reader
    return replace(probe, migration=migration, role=role, family=FAMILY, promises=frozenset(), rollback=True)
