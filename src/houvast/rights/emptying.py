"""What stands in a column once it is emptied: nothing, or, where the table asks for something, a value that means nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable

from houvast.compiler.shape import Shape
from houvast.compiler.words import ident, literal
from houvast.database.catalogue import Column

WORD = "erased"
_SIZED = re.compile(r"(?:character varying|character|bit|bit varying)\((\d+)\)")
_FIXED = {
    "boolean": "false", "uuid": "gen_random_uuid()", "json": "'{}'", "jsonb": "'{}'", "date": "DATE 'epoch'", "bytea": "''",
    "timestamp with time zone": "TIMESTAMPTZ 'epoch'", "timestamp without time zone": "TIMESTAMP 'epoch'",
    "time without time zone": "TIME '00:00'", "interval": "INTERVAL '0'", "inet": "INET '0.0.0.0'",
}  # fmt: skip
_NUMBERS = re.compile(r"(?:smallint|integer|bigint|numeric|real|double precision|money).*")
_TEXTS = re.compile(r"(?:text|character|citext|name|xml).*")


def emptied(shape: Shape, columns: Iterable[str]) -> list[tuple[str, str]]:
    """(column, SQL of what stands there afterwards). A column that the database computes follows by itself."""
    return [(name, _empty(shape, shape.relation.columns[name])) for name in columns if _is_ours(shape, name)]


def personal(shape: Shape) -> list[str]:
    """The columns of a table with personal data, but for its key."""
    return [c.name for c in shape.table.columns.values() if c.categories and c.name not in shape.relation.key]


def _is_ours(shape: Shape, name: str) -> bool:
    live = shape.relation.columns.get(name)
    return live is not None and not live.generated


def _empty(shape: Shape, live: Column) -> str:
    if not live.not_null:
        return "NULL"
    unique = any(live.name in one for one in shape.relation.uniques)
    if live.name in shape.table.canary and not unique:
        return literal(shape.table.canary[live.name])  # known to pass what the table checks
    if _TEXTS.fullmatch(live.type):
        return _text(shape, live, unique=unique)
    if live.type in _FIXED:
        return _FIXED[live.type]
    if _NUMBERS.fullmatch(live.type):
        return "0"
    return f"(SELECT e FROM unnest(enum_range(NULL::{live.type})) e LIMIT 1)"


def _text(shape: Shape, live: Column, *, unique: bool) -> str:
    """A word, with a digest of the row's key where it may not occur twice, as long as the column takes."""
    sized = _SIZED.fullmatch(live.type)
    length = int(sized[1]) if sized else 64
    if not unique:
        return literal(WORD[:length])
    key = " || ".join(f"{ident(name)}::text" for name in shape.relation.key) or "random()::text"
    digest = f"md5({literal(shape.name)} || {key})"
    return f"left({digest}, {length})" if length < 16 else f"left({literal(WORD + '-')} || {digest}, {length})"
