"""The JSON Schema of `policy.yaml`, for editors: made from the tables that hold whoever reads the file."""

from __future__ import annotations

from houvast.keys import LANGUAGE_PATTERN, Schema, Table, listed, named, object_schema, some, text, words
from houvast.policy.keys import (
    CATEGORY,
    CONTROLLER,
    DUTIES,
    DUTY,
    HEAD,
    NEVER,
    PERSON,
    PROMISE,
    PURPOSE,
    TERM,
    USE,
    VOLUME,
)


def schema() -> Schema:
    """Draft 2020-12. What a rule means among other rules is `houvast check`'s, not an editor's."""
    wording = named(text(), LANGUAGE_PATTERN)
    needs = words(CATEGORY["necessity"].options)
    inside: dict[str, Schema] = {
        "controller": object_schema(CONTROLLER),
        "promises": named(object_schema(PROMISE, {"says": named(some(text()), LANGUAGE_PATTERN)})),
        "people": named(_people()),
        "data": named(object_schema(CATEGORY, {"necessity": {"anyOf": [needs, named(needs)]}})),
        "purposes": named(object_schema(PURPOSE, {"volume": object_schema(VOLUME)})),
        "uses": listed(object_schema(USE)),
        "nevers": listed(object_schema(NEVER)),
        "keep": listed(object_schema(TERM)),
        "circumstances": named(wording),
        "events": named(wording),
        "fields": named(wording),
        **{section: named(_duty(table)) for section, table in DUTIES.items()},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Houvast policy",
        **object_schema(HEAD, inside),
    }


def _people() -> Schema:
    return {**object_schema(PERSON), "additionalProperties": False, "patternProperties": {LANGUAGE_PATTERN: text()}}


def _duty(table: Table) -> Schema:
    return object_schema({**DUTY, **table}, own=True)
