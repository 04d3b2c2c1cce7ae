"""Which keys `systems.yaml` has, section by section: for whoever reads it, and for editors that complete it."""

from __future__ import annotations

from typing import Final

from houvast.datamap.model import SORTS as IDENTIFIERS
from houvast.keys import (
    INSIDE,
    PAIRS,
    TEXT,
    TEXTS,
    WORDING,
    Key,
    Schema,
    Table,
    flag,
    named,
    object_schema,
    text,
)
from houvast.systems.model import FORMS, KEY, RIGHTS, SORTS

ROOT: Final[Table] = {
    "systems": Key(INSIDE, "What else holds data of people: databases, files, services."),
    "recipients": Key(INSIDE, "Who got data from us and is told when they change."),
    "receivers": Key(
        TEXTS, "Where people may have their data sent, beside what an officer approves: https://HOST/PATH."
    ),
}
SYSTEM: Final[Table] = {
    "sort": Key(TEXT, "What it is.", SORTS, required=True),
    "label": Key(WORDING, "What people call it.", required=True),
    "url": Key(TEXT, "Where it is; {home} is the folder in which Houvast keeps what it makes."),
    "url_from": Key(TEXT, "The variable of the environment that holds the URL, when it has a password in it."),
    "people": Key(TEXTS, "Of which kinds of people; of all when left out."),
    "tables": Key(INSIDE, "Of a database: its tables with personal data."),
    "closed": Key(TEXTS, "Of a database: the tables without."),
    "form": Key(TEXT, "Of files: mbox, mail (a message a file), text, or any.", FORMS),
    "holds": Key(TEXTS, "Of files and services: which data."),
    "erasure": Key(TEXT, "Of files: delete, redact (the values in them), or keep.", ("delete", "redact", "keep")),
    "because": Key(TEXT, "The law that keeps them."),
    "secret_from": Key(TEXT, "Of a service: the variable with the secret that signs (whsec_...)."),
    "does": Key(TEXTS, "Of a service: what it can be asked.", RIGHTS),
}
TABLE: Final[Table] = {
    "person": Key(
        PAIRS, "How its rows are found: an identifier, or `key` (our number), and the column.", required=True
    ),
    "columns": Key(PAIRS, "Which data each column holds, or `not personal`.", required=True),
    "erasure": Key(TEXT, "What becomes of a row on erasure.", ("delete", "anonymise", "keep")),
    "blank": Key(TEXTS, "The columns to empty when it is anonymised."),
    "because": Key(TEXT, "The law that keeps its rows."),
}
RECIPIENT: Final[Table] = {
    "role": Key(TEXT, "Which recipient of the policy it is.", required=True),
    "label": Key(WORDING, "Its name, as people are told.", required=True),
    "data": Key(TEXTS, "Which data it gets.", required=True),
    "people": Key(TEXTS, "Of which kinds of people; of all when left out."),
    "always": flag("It gets data of everybody; otherwise only what `houvast systems disclosed` recorded."),
    "url": Key(TEXT, "Where it is told by a signed message."),
    "url_from": Key(TEXT, "The variable that holds that URL."),
    "secret_from": Key(TEXT, "The variable with the secret that signs (whsec_...)."),
    "mail": Key(TEXT, "The address at which it is told by mail, when not by a message."),
    "language": Key(TEXT, "In which language it is written to.", ("nl", "en")),
}


def schema() -> Schema:
    """The JSON Schema of `systems.yaml`, for editors."""
    ways: Schema = {
        "type": "object",
        "properties": {name: text() for name in (KEY, *IDENTIFIERS)},
        "additionalProperties": False,
    }
    table = object_schema(TABLE, {"person": ways})
    inside: dict[str, Schema] = {
        "systems": named(object_schema(SYSTEM, {"tables": named(table)})),
        "recipients": named(object_schema(RECIPIENT)),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Houvast systems",
        **object_schema(ROOT, inside),
    }
