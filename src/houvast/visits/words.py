"""Why lines of logs are no visits, in words."""

from __future__ import annotations

from typing import Final

SILENT: Final = (
    "this log does not say who objects (Sec-GPC), so that nobody's objection could be honoured. "
    "Log the header: docs/visits.md"
)
_WHY: Final = {
    "shape": "not of this format",
    "time": "without a time",
    "too_long": "longer than any request",
    "blank": "empty, or a comment",
    "method": "no GET of HTTP",
    "status": "not answered with a page (200, 304)",
    "host": "of a host that is none of ours",
    "gpc": "asked by Global Privacy Control not to be counted",
    "objected": "asked not to be counted",
    "ahead": "of a time to come: a clock is wrong",
    "old": "older than visits are kept",
}


def why(reason: str) -> str:
    """A reason in words."""
    return _WHY.get(reason, reason)
