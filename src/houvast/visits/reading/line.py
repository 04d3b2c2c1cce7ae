"""What a line of an access log says, as bytes, and why one says nothing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

LONGEST = 4 << 20
"""Bytes of a line; no server logs a longer one. What is longer is passed over, and counted."""
ABSENT = b"-"
"""How logs write a header that was not sent."""


class Unread(StrEnum):
    """Why a line could not be read. Nothing else is kept of it."""

    SHAPE = "shape"  # it is not of the format
    TIME = "time"  # its time is none
    TOO_LONG = "too_long"
    BLANK = "blank"  # an empty line, or a comment


@dataclass(frozen=True, slots=True)
class Line:
    """One request. Headers that were not sent, or are not logged, are empty.

    `front`: `ADDRESS IDENT USER`, with the host before it when the format begins with one; what is
    none of both is told where different ones are looked at (`formats.split_front`).
    `time`: as logs of nginx and Apache write it (26 bytes), or seconds since 1970. `request`: `GET /path HTTP/1.1`.
    """

    front: bytes
    host: bytes
    forwarded: bytes
    time: bytes | int
    request: bytes
    status: int
    referrer: bytes
    agent: bytes
    language: bytes
    gpc: bytes
