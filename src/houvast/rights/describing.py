"""What each column of a copy is: its category, where it came from, on what grounds, and its type in JSON. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from houvast.database.catalogue import Column
from houvast.datamap.model import Column as MapColumn
from houvast.policy.model import Basis, Necessity, Policy, PurposeKind, Use
from houvast.rights.walk import Stop, Walk

PORTABLE = frozenset({Basis.CONSENT, Basis.CONTRACT})
"""The grounds on which people may take their data along (GDPR art. 20(1)(a))."""
_WHOLE = re.compile(r"(?:small|big)?int(?:eger)?|smallint|bigint|oid")
_NUMBER = re.compile(r"(?:numeric|real|double precision).*")
_JSON = re.compile(r"jsonb?")


@dataclass(frozen=True)
class Described:
    """One column. `source`: "provided", "observed" or "derived"; "" when it is not personal, such as a number."""

    table: str
    column: str
    categories: tuple[str, ...]
    type: str
    source: str
    bases: tuple[str, ...]


def described(walk: Walk, stop: Stop) -> Iterator[Described]:
    """Every column of a table that stands in a copy."""
    for column, live in stop.columns:
        uses = [use for name in column.categories for use in ordinary_uses(walk.policy, name)]
        bases = tuple(dict.fromkeys(basis.value for use in uses for basis in use.basis))
        yield Described(stop.name, column.name, column.categories, live.type, _source(walk.policy, column, live), bases)


def ordinary_uses(policy: Policy, category: str) -> list[Use]:
    """The uses of a category for purposes of the organisation, not of the law or of the person."""

    def is_ordinary(use: Use) -> bool:
        return any(policy.purposes[name].kind is PurposeKind.ORDINARY for name in use.purposes)

    return [use for use in policy.uses if category in use.categories and is_ordinary(use)]


def _source(policy: Policy, column: MapColumn, live: Column) -> str:
    if not column.categories:
        return ""
    if column.derived_from or live.generated:
        return "derived"
    needs = [policy.categories[name].need(column.holds or column.name) for name in column.categories]
    return "observed" if all(need is Necessity.OBSERVED for need in needs) else "provided"


def is_portable(walk: Walk, one: Described, keys: Iterable[str]) -> bool:
    """Whether somebody may take this column along: given by them or observed of them, on consent or a contract, and
    not made of something else (GDPR art. 20; WP 242). Keys go along, so that rows can be told apart."""
    if one.column in keys:
        return True
    if one.source not in ("provided", "observed"):
        return False
    of_category = ([b for use in ordinary_uses(walk.policy, name) for b in use.basis] for name in one.categories)
    return all(not PORTABLE.isdisjoint(bases) for bases in of_category)


def json_schema(walk: Walk, columns: Iterable[tuple[Stop, tuple[str, ...]]]) -> dict[str, object]:
    """The JSON Schema of `data.json`."""
    tables = {stop.name: _array(stop, names) for stop, names in columns}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Data under {walk.policy.name}",
        "type": "object",
        "properties": {
            "person": {"type": "string"},
            "policy": {"type": "string"},
            "version": {"type": "integer"},
            "made_at": {"type": "string", "format": "date-time"},
            "tables": {"type": "object", "properties": tables, "required": list(tables), "additionalProperties": False},
        },
        "required": ["person", "policy", "version", "made_at", "tables"],
        "additionalProperties": False,
    }


def _array(stop: Stop, names: tuple[str, ...]) -> dict[str, object]:
    known = {column.name: live for column, live in stop.columns}
    row = {
        "type": "object",
        "properties": {name: _type(known[name]) for name in names},
        "required": list(names),
        "additionalProperties": False,
    }
    return {"type": "array", "items": row}


def _type(live: Column) -> dict[str, object]:
    """A role may stand in the place of what is somebody else's, so that a number may also be a text."""
    if _JSON.fullmatch(live.type) or live.type.endswith("[]"):
        return {}
    if live.type == "boolean":
        return {"type": ["boolean", "string", "null"]}
    if _WHOLE.fullmatch(live.type):
        return {"type": ["integer", "string", "null"]}
    if _NUMBER.fullmatch(live.type):
        return {"type": ["number", "string", "null"]}
    return {"type": ["string", "null"]}
