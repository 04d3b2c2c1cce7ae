"""Which keys `visits.yaml` has: for whoever reads it, and for editors that complete it."""

from __future__ import annotations

from typing import Final

from houvast.keys import INSIDE, TEXT, TEXTS, WORDING, YES_NO, Key, Schema, Table, named, object_schema, some, text

SHAPES: Final = ("combined", "common", "caddy", "cloudfront")
"""What a declared format of logs is like."""
AFTER: Final = ("language", "gpc", "forwarded", "host", "other")
"""What may stand in quotes at the end of a line; `other` is passed over."""
ROOT: Final[Table] = {
    "sites": Key(INSIDE, "The sites of which visits are counted.", required=True),
    "site": Key(TEXT, "The site of a line of a log that names no host."),
    "proxies": Key(TEXTS, "Networks whose X-Forwarded-For is believed, such as 10.0.0.0/8."),
    "store": Key(TEXT, "The folder of what is counted; by default one beside Houvast's other data."),
    "logs": Key(INSIDE, "Formats of access logs that are like a known one, and more."),
    "questions": Key(INSIDE, "Questions about trends that are asked time and again."),
}
SITE: Final[Table] = {
    "label": Key(WORDING, "What people call it.", required=True),
    "hosts": Key(TEXTS, "Its names as browsers ask for them, in lower case and without a port.", required=True),
    "pages": Key(INSIDE, "Names of pages, each with its paths: `*` is one part of a path, `**` the rest."),
}
LOG: Final[Table] = {
    "format": Key(TEXT, "Which format it is like.", SHAPES, required=True),
    "host_first": Key(TEXT, "Whether each line begins with the host that was asked for.", YES_NO),
    "after": Key(TEXTS, "What stands in quotes at the end of a line, in its order.", AFTER),
}
MEASURES: Final = ("visitor-days", "visits")
QUESTION: Final[Table] = {
    "label": Key(WORDING, "What people call it.", required=True),
    "by": Key(TEXTS, "By what to group: page, referrer, language, browser, hour; day or week.", required=True),
    "where": Key(INSIDE, "Only visits with these values: a column and its value."),
    "measure": Key(TEXT, "What is counted.", MEASURES),
}


def schema() -> Schema:
    """The JSON Schema of `visits.yaml`, for editors."""
    site = object_schema(SITE, {"pages": named(some(text()))})
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Houvast visits",
        **object_schema(
            ROOT,
            {
                "sites": named(site),
                "logs": named(object_schema(LOG)),
                "questions": named(object_schema(QUESTION, {"where": named(text())})),
            },
        ),
    }
