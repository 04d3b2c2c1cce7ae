"""What a run that ended tells the log, in the transaction in which its result is stored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from houvast.app import desk
from houvast.database import Connection
from houvast.evidence import rows

Telling = tuple[str, Mapping[str, object], str]
"""(kind of entry, body, promise)."""


def testify(connection: Connection, kind: desk.Kind, result: Mapping[str, Any], before: desk.Run | None) -> None:
    """Tell the log what a run found. `before`: the run of that kind that ended before it."""
    if rows.there(connection):
        for name, body, promise in tellings(kind, result, before):
            rows.tell(connection, name, body, promise=promise)


def tellings(kind: desk.Kind, result: Mapping[str, Any], before: desk.Run | None) -> Iterator[Telling]:
    """What is to be told: each promise that was tried, and drift when it is another than before. Apply tells itself."""
    if kind == "prove":
        for proof in result["promises"]:
            tried = proof["attempts"]
            passed = sum(bool(one["passed"]) for one in tried)
            yield f"promise_{proof['outcome']}", {"attempts": len(tried), "passed": passed}, proof["id"]
    elif kind == "drift":
        found: list[object] = result["drift"]
        known: list[object] = before.result["drift"] if before else []
        if found and found != known:
            yield "drift_found", {"differences": len(found)}, ""
        elif known and not found:
            yield "drift_mended", {}, ""
