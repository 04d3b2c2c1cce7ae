"""Made-up values that a column of a live database accepts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from houvast.compiler.words import literal
from houvast.database import Connection, queries
from houvast.database.catalogue import Column

_SQL = queries("houvast.proof", "canary.sql")
_LITERAL = re.compile(r"'((?:[^']|'')*)'::")
_LENGTH = re.compile(r"character(?: varying)?\((\d+)\)")
_BY_TYPE = {
    "boolean": "false",
    "uuid": "gen_random_uuid()",
    "json": "'{}'",
    "jsonb": "'{}'",
    "bytea": "'\\x00'",
    "inet": "'192.0.2.1'",
    "cidr": "'192.0.2.0/24'",
    "interval": "'0'",
    "date": "current_date",
    "timestamp with time zone": "now()",
    "timestamp without time zone": "localtimestamp",
}
_NUMBERS = ("smallint", "integer", "bigint", "numeric", "real", "double precision")


def is_text(kind: str) -> bool:
    """Whether a type holds text."""
    return kind == "text" or kind.startswith("character")


def fitting(text: str, kind: str) -> str:
    """As much of a text as a type of text has room for."""
    length = _LENGTH.match(kind)
    return text[: int(length.group(1))] if length else text


def is_time(kind: str) -> bool:
    """Whether a type holds an instant or a day."""
    return kind == "date" or kind.startswith("timestamp")


def is_number(kind: str) -> bool:
    """Whether a type holds numbers."""
    return kind.startswith(_NUMBERS)


@dataclass(frozen=True)
class Accepted:
    """What the catalogue says about values: labels of types, literals that CHECK constraints name."""

    enums: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    checks: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict[tuple[str, str], tuple[str, ...]])

    def values(self, table: str, column: Column) -> tuple[str, ...]:
        """The literals that this column is known to accept, if it has such a list."""
        return self.enums.get(column.type) or self.checks.get((table, column.name), ())

    def made_up(self, table: str, column: Column, marker: str) -> str:
        """SQL of a value for this column; text holds the marker wherever it fits."""
        listed = self.values(table, column)
        if listed:
            return literal(listed[0])
        if is_text(column.type):
            return literal(fitting(marker, column.type))
        if is_number(column.type):
            return "1"
        if column.type.endswith("[]"):
            return "'{}'"
        return _BY_TYPE.get(column.type, "NULL")


def read_accepted(connection: Connection) -> Accepted:
    """Ask the catalogue which values it names."""
    enums = {row[0]: tuple(row[1]) for row in connection.execute(_SQL["enums"]).fetchall()}
    checks: dict[tuple[str, str], tuple[str, ...]] = {}
    for schema, table, column, definition in connection.execute(_SQL["checks"]).fetchall():
        found = tuple(v.replace("''", "'") for v in _LITERAL.findall(definition))
        if found and not any("%" in value for value in found):
            checks[(table if schema == "public" else f"{schema}.{table}", column)] = found
    return Accepted(enums, checks)
