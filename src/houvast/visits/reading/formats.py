"""Formats of access logs, and the meaning of one line of each.

Every line stands alone: no quote, escape or brace of one reaches into the next. `parse` is the meaning; what reads many
lines at once (`houvast.visits.reading.scanning`) is held to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from houvast.visits.addresses import canonical
from houvast.visits.reading import cloudfront, json_lines
from houvast.visits.reading.line import ABSENT, LONGEST, Line, Unread


class Sort(StrEnum):
    """How the fields of a line are told apart."""

    QUOTED = "quoted"  # nginx and Apache: some fields in double quotes
    CADDY = "caddy"  # JSON
    CLOUDFRONT = "cloudfront"  # tabs


@dataclass(frozen=True)
class Format:
    """A format. `host_first`: each line begins with the host that was asked; `agent`: referrer and user agent are there.

    `after`: what follows in quotes, of `houvast.visits.keys.AFTER`. `fields`: of CloudFront, as its `#Fields` line names them.
    """

    name: str
    sort: Sort = Sort.QUOTED
    host_first: bool = False
    agent: bool = True
    after: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()

    @property
    def quotes(self) -> int:
        """How many double quotes stand in a line without escapes."""
        return 2 + 4 * self.agent + 2 * len(self.after)

    @property
    def tells_objection(self) -> bool:
        """Whether it says who objects (Sec-GPC)."""
        return self.sort is Sort.CADDY or "gpc" in self.after


FORMATS: Mapping[str, Format] = {
    one.name: one
    for one in (
        Format("combined"),
        Format("combined_forwarded", after=("forwarded",)),
        Format("combined_gpc", after=("language", "gpc")),
        Format("vhost_combined", host_first=True),
        Format("vhost_combined_gpc", host_first=True, after=("language", "gpc")),
        Format("common", agent=False),
        Format("vhost_common", host_first=True, agent=False),
        Format("caddy", Sort.CADDY),
        Format("cloudfront", Sort.CLOUDFRONT),
    )
}
"""The formats that need no declaration."""
LOOKED_AT = 50
"""Lines at the beginning of a log by which its format is told."""
_QUOTED = rb'"((?:[^"\\]|\\.)*)"'
_ESCAPE = re.compile(rb"\\(x[0-9a-fA-F]{2}|.)", re.DOTALL)
_CONTROL = {b"n": b"\n", b"t": b"\t", b"r": b"\r", b"b": b"\b", b"v": b"\v", b"f": b"\f", b"a": b"\a", b"e": b"\x1b"}
_PATTERNS: dict[tuple[bool, int], re.Pattern[bytes]] = {}


def detect(head: bytes, known: Iterable[Format] = ()) -> Format | None:
    """The format of a log by its first lines: that which reads most of them, and more than half; None when none does.

    `known`: declared formats, which go first.
    """
    lines = [line for line in head.split(b"\n")[:LOOKED_AT] if line.strip() and not line.startswith(b"#")]
    found, most = None, len(lines) // 2
    for one in (*known, *FORMATS.values()):
        format_ = with_fields(one, head)
        read = sum(_believable(parse(line, format_), host_first=one.host_first) for line in lines)
        if read > most:
            found, most = format_, read
    return found


def with_fields(format_: Format, head: bytes) -> Format:
    """The same, with the fields that the head of this log names (CloudFront)."""
    if format_.sort is not Sort.CLOUDFRONT:
        return format_
    return replace(format_, fields=cloudfront.fields(head))


def parse(line: bytes, format_: Format) -> Line | Unread:
    """What one line says, or why it says nothing. `line`: without its end."""
    if len(line) > LONGEST:
        return Unread.TOO_LONG
    line = line.removesuffix(b"\r")
    if format_.sort is Sort.CADDY:
        return json_lines.parse(line)
    if format_.sort is Sort.CLOUDFRONT:
        return cloudfront.parse(line, format_.fields)
    return _quoted(line, format_)


def _believable(found: Line | Unread, *, host_first: bool) -> bool:
    """Whether a line was understood as it was meant: an address stands where one should."""
    if isinstance(found, Unread):
        return False
    return bool(canonical(split_front(found.front, host_first=host_first)[1].decode("latin-1")))


def _quoted(line: bytes, format_: Format) -> Line | Unread:
    found = _pattern(format_).fullmatch(line)
    if not found:
        return Unread.SHAPE
    front, time, request, status, *quoted = found.groups()
    referrer, agent = (quoted[0], quoted[1]) if format_.agent else (b"", b"")
    after = dict(zip(format_.after, quoted[2 if format_.agent else 0 :], strict=True))
    return Line(
        front=front,
        host=unescape(after.get("host", b"")),
        forwarded=unescape(after.get("forwarded", b"")),
        time=time,
        request=unescape(request),
        status=int(status),
        referrer=unescape(referrer),
        agent=unescape(agent),
        language=unescape(after.get("language", b"")),
        gpc=unescape(after.get("gpc", b"")),
    )


def split_front(front: bytes, *, host_first: bool) -> tuple[bytes, bytes]:
    """Host and address of what stands before the time: `[HOST ]ADDRESS IDENT USER`; no address when that is not it."""
    parts = front.split(b" ", 3 if host_first else 2)
    if len(parts) != 3 + host_first or not parts[-1]:
        return b"", b""
    return (parts[0], parts[1]) if host_first else (b"", parts[0])


def unescape(text: bytes) -> bytes:
    """The bytes that nginx and Apache wrote with a backslash; nothing when there was no such header (`-`)."""
    if text == ABSENT:
        return b""
    return _ESCAPE.sub(_unescaped, text) if b"\\" in text else text


def _unescaped(found: re.Match[bytes]) -> bytes:
    said = found.group(1)
    return bytes.fromhex(said[1:].decode()) if len(said) == 3 else _CONTROL.get(said, said)


def _pattern(format_: Format) -> re.Pattern[bytes]:
    key = (format_.agent, format_.quotes)
    if key not in _PATTERNS:
        more: Sequence[bytes] = [_QUOTED] * (format_.quotes // 2 - 1)
        rest = b"" if not more else b" " + b" ".join(more)
        text = rb'((?:[^"\\]|\\.)*)\[([^"\\]{26})\] ' + _QUOTED + rb" (\d{3}) [0-9-][0-9]*" + rest
        _PATTERNS[key] = re.compile(text, re.DOTALL)
    return _PATTERNS[key]
