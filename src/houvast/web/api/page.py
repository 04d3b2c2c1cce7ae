"""The description of the API as a page to read: docs/api-reference.md. No script, nothing but text."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

HEAD = """# What can be asked of the API

Made from [openapi.json](openapi.json); how to ask is in [api.md](api.md). Fields with * must be there.
"""


def page(description: Mapping[str, Any]) -> str:
    """The whole page."""
    return "\n".join([HEAD, *_operations(description)])


def _operations(description: Mapping[str, Any]) -> Iterator[str]:
    schemas: Mapping[str, Any] = description["components"]["schemas"]
    tags: dict[str, list[str]] = {}
    for path, operations in description["paths"].items():
        for method, one in operations.items():
            tags.setdefault(one["tags"][0], []).append("\n".join(_operation(path, method, one, schemas)))
    for tag, found in sorted(tags.items()):
        yield f"## For {tag}\n"
        yield from found


def _operation(path: str, method: str, one: Mapping[str, Any], schemas: Mapping[str, Any]) -> Iterator[str]:
    yield f"### {method.upper()} {path}\n"
    yield f"{one['description']}\n"
    if asked := [f"`{found['name']}`" for found in one["parameters"]]:
        yield f"- asks: {', '.join(asked)}"
    sent = one.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
    if sent:
        yield f"- body: {_fields(sent, schemas)}"
    for status, answer in one["responses"].items():
        if status != "default":
            given = answer.get("content", {}).get("application/json", {}).get("schema", {})
            yield f"- answers {status}: {_fields(given, schemas)}" if given else f"- answers {status}"
    shown = sorted({name for way in one.get("security", ()) for name in way})
    yield f"- shows: {', '.join(shown) or 'nothing'}\n"


def _fields(schema: Mapping[str, Any], schemas: Mapping[str, Any]) -> str:
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    whole: Mapping[str, Any] = schemas.get(name, schema)
    required = set(whole.get("required", ()))
    return ", ".join(f"`{field}`{'*' if field in required else ''}" for field in whole.get("properties", {}))
