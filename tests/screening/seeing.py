"""What the screener says of a file, and what a redaction leaves of it."""

from __future__ import annotations

import io

from houvast.screening import Kind
from houvast.screening.bundle import Pseudonyms, redact
from tests.screening.bundles import SCREENER, looked

KEY = bytes(range(32))


def kinds(data: bytes) -> set[Kind]:
    return {kind for member in looked(data) for kind in member.counts}


def closed(data: bytes) -> str:
    return " | ".join(one.not_screened for one in looked(data) if one.not_screened)


def redacted(data: bytes) -> bytes:
    out = io.BytesIO()
    assert redact(io.BytesIO(data), out, "bundle", SCREENER, Pseudonyms(KEY)).fit
    assert [(one.counts, one.not_screened) for one in looked(out.getvalue()) if one.total or one.not_screened] == []
    return out.getvalue()
