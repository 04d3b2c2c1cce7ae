"""Tables of keys: which keys a section of a file has. What reads files and what helps editors share them.

A reader is held to its table (`houvast.reading.Section.expect`), a JSON Schema is made from it: so the two
cannot drift apart. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

Schema: TypeAlias = dict[str, Any]
"""A JSON Schema (draft 2020-12)."""

TEXT, TEXTS, PERIOD, NUMBER, WORDING, PAIRS, INSIDE = "text", "texts", "period", "number", "wording", "pairs", "inside"
PERIOD_PATTERN: Final = r"^P(?=\d)(\d{1,3}Y)?(\d{1,4}M)?(\d{1,4}W)?(\d{1,5}D)?$"
LANGUAGE_PATTERN: Final = "^[a-z]{2}$"
OWN: Final = "x_"
"""What a file may call things that Houvast does not know begins so."""

_SCALAR: Final = ["string", "number", "boolean"]  # an editor reads `version: 1` as a number, Houvast as text


@dataclass(frozen=True)
class Key:
    """One key: what stands there (`kind`), in words, and which words when there are only a few."""

    kind: str
    says: str
    options: tuple[str, ...] = ()
    required: bool = False


Table: TypeAlias = Mapping[str, Key]

YES_NO: Final = ("yes", "no")


def flag(says: str) -> Key:
    """A key that is yes or no."""
    return Key(TEXT, says, YES_NO)


def object_schema(table: Table, inside: Mapping[str, Schema] | None = None, *, own: bool = False) -> Schema:
    """The JSON Schema of a section with these keys. `inside`: the schemas of what lies within; `own`: x_ keys too."""
    below = inside or {}
    found: Schema = {
        "type": "object",
        "properties": {name: _described(below.get(name) or key_schema(key), key) for name, key in table.items()},
        "required": [name for name, key in table.items() if key.required],
        "additionalProperties": False,
    }
    return {**found, "patternProperties": {f"^{OWN}": {}}} if own else found


def key_schema(key: Key) -> Schema:
    """The JSON Schema of what stands at a key."""
    if key.kind == WORDING:
        return {"type": "object", "propertyNames": {"pattern": LANGUAGE_PATTERN}, "additionalProperties": text()}
    if key.kind == PAIRS:
        return {"type": "object", "additionalProperties": text()}
    if key.kind == PERIOD:
        return {"type": "string", "pattern": PERIOD_PATTERN}
    if key.kind == NUMBER:
        return {"type": ["string", "integer"], "pattern": r"^\d+$"}
    one: Schema = {"enum": list(key.options)} if key.options else text()
    return some(one) if key.kind == TEXTS else one


def text() -> Schema:
    """A text; what an editor takes for a number or a truth value is one too."""
    return {"type": list(_SCALAR)}


def some(one: Schema) -> Schema:
    """One of these, or a list of them."""
    return {"anyOf": [one, {"type": "array", "items": one}]}


def named(one: Schema, pattern: str = "") -> Schema:
    """Names, each with one of these."""
    found: Schema = {"type": "object", "additionalProperties": one}
    return {**found, "propertyNames": {"pattern": pattern}} if pattern else found


def listed(one: Schema) -> Schema:
    """A list of these."""
    return {"type": ["array", "null"], "items": one}


def words(options: Sequence[str]) -> Schema:
    """One of a few words."""
    return {"enum": list(options)}


def _described(schema: Schema, key: Key) -> Schema:
    return {"description": key.says, **schema}
