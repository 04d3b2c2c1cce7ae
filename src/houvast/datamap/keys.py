"""Which keys a data map has, section by section: for whoever reads it, and for editors that complete it."""

from __future__ import annotations

from typing import Final

from houvast.datamap.model import ANYBODY, EVERYBODY, NOT_PERSONAL, ORGANISATION, OTHERS, PERSON, SORTS, TOTALS
from houvast.keys import (
    INSIDE,
    PAIRS,
    TEXT,
    TEXTS,
    YES_NO,
    Key,
    Schema,
    Table,
    flag,
    key_schema,
    listed,
    named,
    object_schema,
    some,
    text,
    words,
)
from houvast.screening import Kind

VIEWS: Final = ("invoker", "closed")
FUNCTIONS: Final = ("invoker", "closed", "keep")
MATERIALISED: Final = (NOT_PERSONAL, "closed")
REACHES: Final = ("email",)
MOMENTS: Final = ("hour", "day", "month", "year")

MAP: Final[Table] = {
    "map": Key(TEXT, "The name of the map.", required=True),
    "database": Key(TEXT, "The name of the database.", required=True),
    "policy": Key(TEXT, "The name of the policy that it is for.", required=True),
    "migration_login": Key(TEXT, "The login that owns the tables and changes their shape."),
    "subjects": Key(INSIDE, "Kinds of people: the table in which each row is a person."),
    "tables": Key(INSIDE, "Every table, with what its columns hold; or `not personal`."),
    "circumstances": Key(INSIDE, "What each circumstance means here."),
    "stands": Key(INSIDE, "Where people said yes or no."),
    "logins": Key(INSIDE, "Each login with the purposes that it may open."),
    "views": Key(INSIDE, "The application's views."),
    "functions": Key(INSIDE, "The application's functions."),
    "materialised": Key(INSIDE, "The application's materialised views."),
    "closed": Key(TEXTS, "Tables that are known and readable for no purpose."),
    "role_prefix": Key(TEXT, "With what the roles begin that Houvast makes; hv when left out."),
}
SUBJECT: Final[Table] = {
    "table": Key(TEXT, "The table in which each row is a person.", required=True),
    "key": Key(TEXT, "The column that tells them apart.", required=True),
    "since": Key(TEXT, "The column with the moment of first collection."),
    "closed": Key(TEXT, "The column with the moment at which the account was closed."),
    "identifiers": Key(
        INSIDE, "By what a person is found: email, phone, login, number or external, each a TABLE.COLUMN."
    ),
    "reach": Key(TEXT, "To which of them letters go.", REACHES),
    "called": Key(TEXT, "Where their full name lies, a TABLE.COLUMN: it is taken out of other people's copies."),
    "post": Key(TEXTS, "Their postal address, line by line: columns of one table, each a TABLE.COLUMN."),
}
_WHERE: Final[Table] = {
    "table": Key(TEXT, "The table.", required=True),
    "person": Key(PAIRS, "The kind of people and the column that leads to them.", required=True),
    "where": Key(INSIDE, "Which rows: a value, a list of values, null or not null for each column."),
    "starts": Key(TEXT, "The column from which on it holds."),
    "ends": Key(TEXT, "The column until which it holds."),
}
CIRCUMSTANCE: Final[Table] = {
    **_WHERE,
    "opened_by": Key(
        TEXT,
        "Whose cases open a person's data to a login: those of `others`, when left out; with `anybody` its own too.",
        (OTHERS, ANYBODY),
    ),
}
STAND: Final[Table] = {
    "stand": Key(TEXT, "What they said: consented, own_customer or objected.", required=True),
    "purpose": Key(TEXT, "To which purpose.", required=True),
    **_WHERE,
}
TABLE: Final[Table] = {
    "personal": Key(TEXT, "`no` when it holds no personal data.", YES_NO),
    "columns": Key(INSIDE, "What each column holds: a category, a list of them, or `not personal`."),
    "owner": Key(INSIDE, "Whose each row is: a kind of people and the column that leads to them."),
    "accessed_by": Key(INSIDE, "Who may have the row in their copy too, though it is not theirs: as `owner`."),
    "closed": Key(TEXTS, "Columns that are known and readable for no purpose."),
    "ownerless": flag("No row can have an owner."),
    "direct": flag("The application names its columns, and needs no view."),
    "generated_key": flag("The application leaves the key to the database and never gives one."),
    "given_for": Key(TEXT, "The column that says what a value was given for."),
    "given_values": Key(PAIRS, "What that column holds, and the purpose that it means."),
    "case": Key(PAIRS, "Circumstance and the column that leads to its case."),
    "events": Key(PAIRS, "Event and the column that holds its date."),
    "writers": Key(TEXTS, "Purposes that may write a table without personal data."),
    "erasure": Key(TEXT, "What becomes of a row on erasure.", ("delete", "anonymise", "keep")),
    "blank": Key(TEXTS, "The columns to empty when it is anonymised."),
    "canary": Key(PAIRS, "Values that made-up rows need."),
    "totals": Key(INSIDE, "How many people there are in groups of these rows, for purposes that see no row."),
}
TOTAL: Final[Table] = {
    "for": Key(TEXTS, "The purposes that get it.", required=True),
    "by": Key(TEXTS, "The columns that make the groups.", required=True),
    "to": Key(TEXT, "What a moment among them is cut to; month when left out.", MOMENTS),
}
SUMMARY: Final[Table] = {
    "for": Key(TEXTS, "The purposes that may read it.", required=True),
    "form": Key(
        TEXT, "What it holds of the personal data beneath it: totals of people, and no row.", (TOTALS,), required=True
    ),
}
COLUMN: Final[Table] = {
    "category": Key(TEXTS, "What it holds."),
    "categories": Key(TEXTS, "What it holds, each of which must be permitted."),
    "given_for": Key(TEXT, "The column that says what this value was given for."),
    "contestable": flag("A person may contest this value."),
    "derived_from": Key(TEXTS, "The columns that it is made of."),
    "holds": Key(TEXT, "Which field of its category it holds."),
    "free_text": flag("Whether people type here what they like."),
    "may_hold": Key(TEXTS, "Kinds of personal data that are known to be typed here.", tuple(map(str, Kind))),
    "whose": Key(
        TEXT,
        f"Whose it is: {PERSON}, {EVERYBODY}, {ORGANISATION}, or the column of this row that names whose."
        " When left out: of everybody in a row that several share, else of the person.",
    ),
}
OWNER: Final[Table] = {
    "through": Key(TEXT, "A link table."),
    "of": Key(TEXT, "Its column that leads here."),
    "left": Key(TEXT, "Its column that says since when a person has left."),
    "where": Key(INSIDE, "Which of its rows count: a value, a list of values, null or not null for each column."),
    "hides": Key(TEXTS, "Columns that are not in the copy of whom the row reaches this way alone."),
    "empties": Key(TEXTS, "Columns that are emptied when who owns the row this way leaves it to the others."),
    "stand_in": Key(TEXT, "What then stands in the column that named them; nothing when left out."),
}


def schema() -> Schema:
    """The JSON Schema of `datamap.yaml`, for editors."""
    value = {"type": ["string", "number", "boolean", "null"]}
    where = named({"anyOf": [value, {"type": "array", "items": value, "minItems": 1}]})
    circumstance = object_schema(CIRCUMSTANCE, {"where": where})
    owner: Schema = {
        "type": "object",
        "properties": {name: key_schema(key) for name, key in OWNER.items()} | {"where": where},
        "additionalProperties": text(),
    }
    column: Schema = {"anyOf": [some(text()), object_schema(COLUMN)]}
    owners: Schema = {"anyOf": [owner, {"type": "array", "items": owner}]}
    inside_table = {
        "columns": named(column), "owner": owners, "accessed_by": owners, "totals": named(object_schema(TOTAL)),
    }  # fmt: skip
    table = object_schema(TABLE, inside_table)
    identifiers: Schema = {
        "type": "object",
        "properties": {sort: {"type": "string", "pattern": r"\."} for sort in SORTS},
        "additionalProperties": False,
    }
    inside: dict[str, Schema] = {
        "subjects": named(object_schema(SUBJECT, {"identifiers": identifiers})),
        "tables": named({"anyOf": [words((NOT_PERSONAL,)), table]}),
        "circumstances": named(circumstance),
        "stands": listed(object_schema(STAND, {"where": where})),
        "logins": named(some(text())),
        "views": named(words(VIEWS)),
        "functions": named(words(FUNCTIONS)),
        "materialised": named({"anyOf": [words(MATERIALISED), object_schema(SUMMARY)]}),
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Houvast data map",
        **object_schema(MAP, inside),
    }
