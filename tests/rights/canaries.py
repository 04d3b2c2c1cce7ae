"""Values that are one person's alone, in every column in which a text, a JSON value or bytes can lie."""

from __future__ import annotations

import json
from collections.abc import Iterator

from houvast.app.target import Target
from houvast.compiler.resolving import resolve
from houvast.compiler.shape import Shape
from houvast.compiler.words import ident
from houvast.database.catalogue import read_catalogue
from houvast.database.connect import DatabaseError
from houvast.datamap.model import Column
from houvast.policy.world import PersonKey
from tests.rights.office import Office

TEXTS = ("text", "character varying", "character", "json", "jsonb", "bytea")


def columns(target: Target, office: Office, kind: str) -> Iterator[tuple[Shape, Column, str]]:
    """Every column with data about such people in which a text, a JSON value or bytes can lie."""
    catalogue = read_catalogue(office.admin)
    for shape in resolve(target.project.datamap, catalogue).shapes.values():
        for column in shape.table.columns.values():
            live = catalogue.relations[shape.name].columns[column.name]
            sort = live.type.partition("(")[0]
            if shape.kind == kind and column.categories and sort in TEXTS and not live.generated:
                yield shape, column, sort


def plant(office: Office, person: PersonKey, shape: Shape, column: Column, sort: str) -> str:
    """What was written into the rows of this person; "" when they have none, or the column takes no free text."""
    said = f"canary of {person[0]} {person[1]} in {shape.id} {column.name}"
    own = f"t.{ident(shape.owner_column)}::text = %s"
    for way in (said, f"{said.replace(' ', '.')}@canary.example"):
        value: object = json.dumps({"deep": [{"er": way}]}) if sort.startswith("json") else way
        value = way.encode() if sort == "bytea" else value
        try:
            with office.admin.transaction():
                text = f"UPDATE {shape.sql} t SET {ident(column.name)} = %s WHERE {own}"
                done = office.admin.execute(text.encode(), (value, person[1])).rowcount
        except DatabaseError:
            continue
        return ("" if not done else f"\\\\x{way.encode().hex()}" if sort == "bytea" else way)  # fmt: skip
    return ""
