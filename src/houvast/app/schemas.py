"""JSON Schemas of the files that people write, for their editors: made from the tables that the readers are held to."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping

from houvast.controls.keys import schema as controls_schema
from houvast.datamap.keys import schema as datamap_schema
from houvast.policy.schema import schema as policy_schema
from houvast.systems.keys import schema as systems_schema
from houvast.visits.keys import schema as visits_schema

SCHEMAS: Mapping[str, Callable[[], dict[str, object]]] = {
    "policy": policy_schema,
    "datamap": datamap_schema,
    "systems": systems_schema,
    "controls": controls_schema,
    "visits": visits_schema,
}


def schema_files() -> dict[str, str]:
    """File name -> the text that lies beside a policy; its first line and that of the map name them."""
    return {f"{name}.schema.json": text(name) for name in SCHEMAS}


def text(name: str) -> str:
    """The schema of a file ("policy", "datamap", "systems", "controls" or "visits") as JSON."""
    return json.dumps(SCHEMAS[name](), ensure_ascii=False, indent=2) + "\n"
