"""Which keys `controls.yaml` has: for whoever reads it, and for editors that complete it."""

from __future__ import annotations

from typing import Final

from houvast.controls.measures import MEASURES
from houvast.controls.model import ATTESTED, OWNERS, SORTS
from houvast.keys import INSIDE, PERIOD, TEXT, WORDING, Key, Schema, Table, named, object_schema

ROOT: Final[Table] = {"controls": Key(INSIDE, "What protects personal data, each with its test.", required=True)}
CONTROL: Final[Table] = {
    "label": Key(WORDING, "What people call it.", required=True),
    "kind": Key(TEXT, "What sort of measure it is (GDPR art. 32).", SORTS, required=True),
    "owner": Key(TEXT, "The role of the staff that answers for it.", OWNERS, required=True),
    "test": Key(TEXT, "What measures it; `attested` when a person looks.", (*MEASURES, ATTESTED), required=True),
    "period": Key(PERIOD, "Within which time it is tested again.", required=True),
    "promise": Key(TEXT, "Which promise it serves.", required=True),
}


def schema() -> Schema:
    """The JSON Schema of `controls.yaml`, for editors."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Houvast controls",
        **object_schema(ROOT, {"controls": named(object_schema(CONTROL))}),
    }
