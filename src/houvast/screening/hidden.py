"""Looks whether a value stands in bytes that come block by block: as they are, and as mail hides them.

Pure, and in bounded memory: a line is looked at whole up to `LINE`.
"""

from __future__ import annotations

import base64
import binascii
import quopri
import re

from houvast.screening.standing import Standing, Values

LINE = 64 << 10
"""Bytes of a line, with the lines that go on with it, that are taken together."""
_SOFT = re.compile(rb"=(?:[ \t]{0,80}\r?\n|([0-9A-Fa-f]{2}))")
_WORD = re.compile(rb"=\?[^?\s]+\?([bBqQ])\?([^?]*)\?=(?:\s+(?==\?))?")
_RUN = re.compile(rb"(?<![A-Za-z0-9+/])(?:[A-Za-z0-9+/]{4,}+={0,2}+(?:\r?\n|$))++")  # never goes back: one pass
_END = re.compile(rb"[A-Za-z0-9+/]+={0,2}")
_ENDS = re.compile(rb"[\r\n]")
_FEWEST = 4
"""Fewer bytes that a lone word of a line would be, were it Base64, mean nothing."""


class Hidden:
    """One run of bytes in which values may stand plainly, in quoted-printable, in encoded words or in Base64."""

    def __init__(self, values: Values) -> None:
        self._plain, self._quoted, self._words, self._base64 = (Standing(values) for _ in range(4))
        self._held = b""
        self._is_quoted = False
        self._run: bytes | None = None

    @property
    def found(self) -> bool:
        """Whether one was found until now."""
        return self._plain.found or self._quoted.found or self._words.found or self._base64.found

    def feed(self, block: bytes, *, last: bool = False) -> None:
        """The bytes that follow."""
        self._plain.feed(block, last=last)
        data = self._held + block
        cut = len(data) if last else _line_end(data)
        self._held = data[cut:]
        if cut or last:
            self._lines(data[:cut], last=last)

    def _lines(self, data: bytes, *, last: bool) -> None:
        has = b"=" in data
        if has or self._is_quoted:
            self._quoted.feed(_SOFT.sub(_byte, data), last=last)
            self._words.feed(_WORD.sub(_word, data), last=last)
            if not has:
                self._quoted.anew()
                self._words.anew()
        self._is_quoted = has
        self._runs(data)
        if last:
            self._base64.anew()

    def _runs(self, data: bytes) -> None:
        """What would be Base64: lines of nothing else, and the end of the line before them."""
        ended = 0
        if self._run is not None and not _RUN.match(data) and (end := _END.match(data)):  # of a line that was cut
            text = self._run + end.group()
            self._base64.feed(_decoded(text[: len(text) // 4 * 4]))
        for run in _RUN.finditer(data):
            goes_on = self._run is not None and run.start() == 0
            text = (self._run or b"" if goes_on else b"") + _ENDS.sub(b"", run.group())
            whole = len(text) // 4 * 4
            if goes_on or whole > _FEWEST or run.end() == len(data):
                if not goes_on:
                    self._base64.anew()
                self._base64.feed(_decoded(text[:whole]))
            self._run, ended = text[whole:], run.end()
        if ended != len(data):
            self._run = None


def _line_end(data: bytes) -> int:
    """Behind the last line that no other goes on with, as headers do; behind all of it when that line has no end."""
    at = data.rfind(b"\n", 0, len(data) - 1)
    while at >= 0 and data[at + 1] in b" \t":
        at = data.rfind(b"\n", 0, at)
    return len(data) if len(data) - at - 1 > LINE else at + 1


def _byte(found: re.Match[bytes]) -> bytes:
    return bytes.fromhex(found[1].decode()) if found[1] else b""


def _word(found: re.Match[bytes]) -> bytes:
    how, what = found[1].lower(), found[2]
    return _decoded(what) if how == b"b" else quopri.decodestring(what, header=True)


def _decoded(data: bytes) -> bytes:
    try:
        return base64.b64decode(data)
    except (binascii.Error, ValueError):
        return b""
