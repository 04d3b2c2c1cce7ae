"""Lines of CloudFront's access log: fields between tabs, which a line at the head names."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote_to_bytes

from houvast.visits.reading.line import ABSENT, Line, Unread

_FIELDS = b"#Fields:"
_USUAL = (
    "date time x-edge-location sc-bytes c-ip cs-method cs(Host) cs-uri-stem sc-status cs(Referer) cs(User-Agent) "
    "cs-uri-query cs(Cookie) x-edge-result-type x-edge-request-id x-host-header cs-protocol cs-bytes time-taken "
    "x-forwarded-for ssl-protocol ssl-cipher x-edge-response-result-type cs-protocol-version fle-status "
    "fle-encrypted-fields c-port time-to-first-byte x-edge-detailed-result-type sc-content-type sc-content-len "
    "sc-range-start sc-range-end"
)
"""Those of standard logs, where the head of a log names none."""
_NEEDED = ("date", "time", "c-ip", "cs-method", "cs-uri-stem", "sc-status")


def fields(head: bytes) -> tuple[str, ...]:
    """The names of the fields, by the first lines of a log."""
    for line in head.split(b"\n"):
        if line.startswith(_FIELDS):
            return tuple(line.removeprefix(_FIELDS).decode("ascii", "replace").split())
    return tuple(_USUAL.split())


def parse(line: bytes, names: tuple[str, ...]) -> Line | Unread:
    """What one line says, or why it says nothing."""
    if not line.strip() or line.startswith(b"#"):
        return Unread.BLANK
    values = line.split(b"\t")
    if len(values) != len(names):
        return Unread.SHAPE
    said = {name: value for name, value in zip(names, values, strict=True) if value != ABSENT}
    if any(b" " in said.get(name, b" ") for name in _NEEDED) or not (
        said["sc-status"].isdigit() and len(said["sc-status"]) == 3
    ):
        return Unread.SHAPE
    seconds = _seconds(said["date"], said["time"])
    if seconds is None:
        return Unread.TIME
    path = said["cs-uri-stem"]
    return Line(
        front=b"%s - -" % said["c-ip"],
        host=said.get("x-host-header", said.get("cs(Host)", b"")),
        forwarded=_decoded(said, "x-forwarded-for"),
        time=seconds,
        request=b"%s %s HTTP/1.1" % (said["cs-method"], path),
        status=int(said["sc-status"]),
        referrer=_decoded(said, "cs(Referer)"),
        agent=_decoded(said, "cs(User-Agent)"),
        language=_decoded(said, "cs(Accept-Language)"),
        gpc=_decoded(said, "cs(Sec-GPC)"),
    )


def _decoded(said: dict[str, bytes], name: str) -> bytes:
    return unquote_to_bytes(said.get(name, b""))


def _seconds(day: bytes, time: bytes) -> int | None:
    if len(day) != 10 or len(time) != 8:
        return None
    try:
        found = datetime.strptime(f"{day.decode()} {time.decode()}", "%Y-%m-%d %H:%M:%S")  # noqa: DTZ007 (UTC below)
    except ValueError:
        return None
    return int(found.replace(tzinfo=UTC).timestamp())
