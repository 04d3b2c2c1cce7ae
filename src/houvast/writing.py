"""Writes strict YAML: values as `houvast.reading` reads them back, quoted only where they must be."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias, cast

Value: TypeAlias = "str | Sequence[Value] | Mapping[str, Value]"

_PLAIN = re.compile(r"[\w*/.(+](?:[\w ./()@+*'-]*[\w.)/@+*'-])?")


def text(value: str) -> str:
    """One scalar: bare where nobody can misread it, else in double quotes."""
    return value if _PLAIN.fullmatch(value) and not value.startswith("*") else json.dumps(value, ensure_ascii=False)


def flow(value: Value) -> str:
    """A value on one line: a scalar, `[a, b]` or `{a: b}`."""
    if isinstance(value, str):
        return text(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(flow, value)) + "]"
    return "{" + ", ".join(f"{text(key)}: {flow(one)}" for key, one in as_mapping(value).items()) + "}"


def as_mapping(value: Value) -> Mapping[str, Value]:
    """A value as a mapping; an empty one when it is a text or a list."""
    return cast("Mapping[str, Value]", value) if isinstance(value, Mapping) else {}


def entry(key: str, value: Value, indent: int = 0) -> str:
    """A line `key: value` of a mapping."""
    return f"{' ' * indent}{text(key)}: {flow(value)}"
