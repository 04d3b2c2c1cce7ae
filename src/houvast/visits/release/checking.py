"""Whether a report is the one of which the log tells. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, cast

KIND = "report_released"


def released(report: bytes, entry: Mapping[str, object] | None) -> str:
    """Why a report is not the one of an entry of the log that was verified; "" when it is."""
    if entry is None or entry.get("kind") != KIND:
        return "the receipt is of no report"
    if cast("Mapping[str, Any]", entry["body"]).get("report_sha256") != hashlib.sha256(report).hexdigest():
        return "this is not the report that was published"
    return ""
