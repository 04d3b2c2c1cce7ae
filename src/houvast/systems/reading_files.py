"""Looks whether a value stands in the bytes of a file: as they are, and as mail hides them. It shares nothing with what erases."""

from __future__ import annotations

import base64
import binascii
import quopri
import re
from collections.abc import Iterator, Sequence

from houvast.systems.connector import alone

_BLOCK = re.compile(rb"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{4,}+={0,2}+(?:\r?\n|$))++")  # never goes back: one pass
_WORD = re.compile(rb"=\?[^?\s]+\?([bBqQ])\?([^?]*)\?=(?:\s+(?==\?))?")


def found_in(data: bytes, texts: Sequence[str]) -> bool:
    """Whether one of these texts stands anywhere in a file, by itself."""
    patterns = [alone(one) for one in texts]
    return any(pattern.search(view) for view in _views(data) for pattern in patterns)


def _views(data: bytes) -> Iterator[str]:
    """The bytes as text; without the soft ends of quoted lines; encoded words and blocks decoded."""
    yield _text(data)
    if b"=" in data:
        yield _text(quopri.decodestring(data))
        yield _text(_WORD.sub(_word, data))
    for block in _BLOCK.finditer(data):
        yield _text(_decoded(block.group()))


def _word(found: re.Match[bytes]) -> bytes:
    how, what = found.group(1).lower(), found.group(2)
    return _decoded(what) if how == b"b" else quopri.decodestring(what, header=True)


def _decoded(data: bytes) -> bytes:
    try:
        return base64.b64decode(data)
    except (binascii.Error, ValueError):
        return b""


def _text(data: bytes) -> str:
    return data.decode("utf-8", errors="replace").lower()
