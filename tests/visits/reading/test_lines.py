"""One line of a log: what it says, and that none says anything of another."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

import json
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from houvast.visits.reading import cutting, scanning
from houvast.visits.reading.formats import FORMATS, Format, detect, parse, with_fields
from houvast.visits.reading.line import LONGEST, Line, Unread
from houvast.visits.reading.scanning import FIELDS, Columns, scan
from houvast.visits.reading.times import NO_TIME, seconds
from houvast.visits.reading.values import column
from tests.sampling import mostly_long
from tests.visits.reading.making import line

COMBINED = FORMATS["combined"]
GOOD = line().encode().rstrip(b"\n")
PIECES = st.sampled_from(
    [b'"', b'\\"', b"\\", b"\\x16\\x03", b"\\x22", b" ", b"[", b"]", b'" "', b" - - ", b"-", b"GET / HTTP/1.1", b"200 5", b"\x00",
     b"\x1b[2J", b"\xff\xfe", b"\r", b"{", b"\t", b"192.0.2.7", b"::ffff:192.0.2.8", b"26/Nov/2026:09:30:00 +0000",
     b"31/Feb/2026:09:30:00 +0000", b"*", b"\x02", b"www.lakana.example", b"https://a.example/", b"Mozilla/5.0", b"999", b"", GOOD]
)  # fmt: skip
NOISE = st.lists(PIECES, max_size=12).map(b"".join)
QUOTED = st.lists(st.sampled_from([b"a", b"/", b"\\x41", b'\\"', b"\\\\", b" ", b"\xc3\xa9", b"\x1b", b"[", b"]", b"-"]), max_size=8).map(b"".join)  # fmt: skip

TIMES = [
    b"26/Nov/2026:09:30:00 +0000", b"26/Nov/2026:09:30:07 +0000", b"26/Nov/2026:23:59:60 -0130", b"27/Nov/2026:00:00:00 +0000",
    b"31/Feb/2026:09:30:00 +0000", b"26/Nov/2026 09:30:00 +00000", b"26/Nov/2026:24:00:00 +0000", b"26/Nov/2026:09:60:00 +0000",
    b"26/Nov/2026:09:30:61 +0000", b"26/Nov/2026:9 :30:00 +0000", b"26/Nov/2026:09:3\xb0:00 +0000", b"26/Nov/2026:09;30:00 +0000",
]  # fmt: skip
ENDS = [
    b" 200 5", b" 304 -", b" 200 5a", b" 20 5", b"  200 5", b" 200 123456789012345678901234", b" 200 1234567890", b" 200 12345678901",
    b" 200 -7", b" 200 7-", b" 200 ", b" 200", b" 2/0 5", b" 2:0 5", b" \xb200 5", b" 200 1234567890 ", b" 999 12345678", b"\t200 5",
]  # fmt: skip


@st.composite
def written(draw: st.DrawFn, format_: Format) -> bytes:
    """A line that is nearly always of the format, with anything in its fields."""
    front = draw(st.sampled_from([b"192.0.2.7 - - ", b"2001:db8::1 - jan [x] ", b"- - - ", b"192.0.2.7 ", b""]))
    host = draw(st.sampled_from([b"www.lakana.example:443 ", b"a "])) if format_.host_first else b""
    time = draw(st.sampled_from(TIMES) | st.text("0123456789/:+- NovDec", min_size=26, max_size=26).map(str.encode))
    end = draw(st.sampled_from(ENDS))
    quoted = [b'"' + draw(QUOTED) + b'"' for _ in range(format_.quotes // 2 - 1)]
    return host + front + b"[" + time + b'] "' + draw(QUOTED) + b'"' + b" ".join((end, *quoted))


@pytest.mark.parametrize("piece", mostly_long([scanning.PIECE, 100], 100))
@pytest.mark.parametrize("name", ["combined", "combined_gpc", "vhost_combined", "common"])
@settings(max_examples=60, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink))
@given(data=st.data())
def test_many_lines_say_what_each_says_alone(name: str, piece: int, data: st.DataObject) -> None:
    format_ = FORMATS[name]
    found = [one for one in data.draw(st.lists(NOISE | written(format_), max_size=8)) if b"\n" not in one]
    padding = [GOOD] * data.draw(st.integers(0, 2))
    block = b"".join(one + b"\n" for one in (*found, *padding))
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(scanning, "PIECE", piece)
        patched.setattr(cutting, "_WINDOW", piece // 4)
        columns = scan(block, format_)
    alone = [parse(one, format_) for one in (*found, *padding)]
    said = [one for one in alone if isinstance(one, Line)]
    rows = zip(*(_values(columns, name) for name in FIELDS), strict=True)
    assert sorted(rows) == sorted(tuple(getattr(one, name) for name in FIELDS) for one in said)
    assert sum(columns.unread.values()) == len(alone) - len(said)
    assert columns.lines == len(alone)
    at = sorted(int(one) for piece in columns.at for one in piece)
    assert at == sorted(_at(one.time) for one in said)
    assert sorted(int(one) for piece in columns.status for one in piece) == sorted(one.status for one in said)


def _values(columns: Columns, name: str) -> list[bytes]:
    """A hyphen is how a log writes nothing: where many lines are read, that is told of different values."""
    if not columns.text[name]:
        return []
    found = column(columns.text[name])
    return [found.values[one] for one in found.which.tolist()]


def _at(time: bytes | int) -> int:
    """As Python's own reader of times has it."""
    if isinstance(time, int):
        return time
    text = time.decode("latin-1").replace(":60 ", ":59 ")
    try:
        return int(datetime.strptime(text, "%d/%b/%Y:%H:%M:%S %z").timestamp())
    except ValueError:
        return NO_TIME


@settings(deadline=None)
@given(st.datetimes(datetime(1971, 1, 1), datetime(2199, 12, 30)), st.integers(-14 * 60, 14 * 60))  # noqa: DTZ001
def test_a_time_is_the_second_that_it_says(naive: datetime, ahead: int) -> None:
    at = naive.replace(microsecond=0, tzinfo=UTC)
    sign, minutes = "-" if ahead < 0 else "+", abs(ahead)
    text = f"{at:%d/%b/%Y:%H:%M:%S} {sign}{minutes // 60:02}{minutes % 60:02}"
    found = seconds(np.frombuffer(text.encode(), np.uint8).reshape(1, 26))
    assert int(found[0]) == int(at.timestamp()) - ahead * 60


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", Unread.SHAPE),
        (b"\x16\x03\x01\x02", Unread.SHAPE),
        (GOOD + b'"', Unread.SHAPE),
        (GOOD.replace(b'"GET', b"GET"), Unread.SHAPE),
        (GOOD + b" " + GOOD, Unread.SHAPE),
        (b"x" * (LONGEST + 1), Unread.TOO_LONG),
    ],
)
def test_what_is_no_line_says_why(text: bytes, why: Unread) -> None:
    assert parse(text, COMBINED) is why


def test_a_quote_that_does_not_end_reaches_no_other_line() -> None:
    evil = b'192.0.2.66 - - [26/Nov/2026:09:30:00 +0000] "GET / HTTP/1.1" 200 5 "-" "Mozilla\n'
    found = scan(GOOD + b"\n" + evil + GOOD + b"\n", COMBINED)
    assert found.unread == {Unread.SHAPE: 1}
    assert [one for piece in found.text["front"] for one in piece.to_pylist()] == [b"192.0.2.2 - - "] * 2


def test_escapes_are_the_bytes_that_were_sent() -> None:
    text = GOOD.replace(b"Mozilla", rb"\x22\"\\\x1b\xC3\xA9")
    found = parse(text, COMBINED)
    assert isinstance(found, Line)
    assert found.agent.startswith(b'""\\\x1b\xc3\xa9/5.0')


def test_a_user_agent_of_a_megabyte_is_one_field_of_one_line() -> None:
    found = scan(line(agent="a" * 1_000_000).encode() + GOOD + b"\n", COMBINED)
    assert sorted(len(one) for piece in found.text["agent"] for one in piece.to_pylist())[-1] == 1_000_000
    assert found.lines == 2
    assert not found.unread


CADDY = {"ts": 1764150000.25, "request": {"remote_ip": "192.0.2.7", "method": "GET", "host": "shop.lakana.example", "uri": "/p/1?a=b",
         "proto": "HTTP/2.0", "headers": {"User-Agent": ["Mozilla/5.0"], "Sec-Gpc": ["1"], "Accept-Language": ["nl"]}}, "status": 200}  # fmt: skip


def test_a_line_of_caddy_says_what_its_json_says() -> None:
    found = parse(json.dumps(CADDY).encode(), FORMATS["caddy"])
    assert isinstance(found, Line)
    assert (found.host, found.time, found.gpc, found.language) == (b"shop.lakana.example", 1764150000, b"1", b"nl")
    assert found.request == b"GET /p/1?a=b HTTP/2.0"


@pytest.mark.parametrize(
    "text",
    [
        b"[" * 100_000,
        b"{}",
        b"null",
        b'{"status": 200}',
        b'{"ts": 1e999, "status": 200}',
        b'{"request": [], "status": "200"}',
    ],
)
def test_other_json_says_nothing(text: bytes) -> None:
    assert isinstance(parse(text, FORMATS["caddy"]), Unread)


def test_a_line_of_cloudfront_has_the_fields_that_its_head_names() -> None:
    head = b"#Version: 1.0\n#Fields: date time c-ip cs-method x-host-header cs-uri-stem sc-status cs(User-Agent)\n"
    text = b"2026-11-26\t09:30:00\t2001:db8::7\tGET\tdocs.lakana.example\t/start\t200\tMozilla/5.0%20(X11)"
    format_ = detect(head + text + b"\n")
    assert format_ is not None
    assert format_.name == "cloudfront"
    found = parse(text, format_)
    assert isinstance(found, Line)
    assert (found.agent, found.host, found.status) == (b"Mozilla/5.0 (X11)", b"docs.lakana.example", 200)
    assert parse(text + b"\tmore", format_) is Unread.SHAPE
    assert parse(head.split(b"\n")[0], format_) is Unread.BLANK
    assert len(with_fields(FORMATS["cloudfront"], b"").fields) == 33


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("combined", GOOD),
        ("combined_forwarded", GOOD + b' "192.0.2.9, 10.0.0.1"'),
        ("combined_gpc", GOOD + b' "nl,en;q=0.8" "1"'),
        ("vhost_combined", b"www.lakana.example:443 " + GOOD),
        ("common", GOOD.split(b' "-"')[0]),
        ("caddy", json.dumps(CADDY).encode()),
    ],
)
def test_a_format_is_told_by_the_first_lines(name: str, text: bytes) -> None:
    found = detect(b"\n".join([b"", b"noise", text, text, text, text]))
    assert found is not None
    assert found.name == name


def test_what_no_format_reads_is_of_none() -> None:
    assert detect(b"one\ntwo\nthree\n" + GOOD + b"\n") is None
    assert detect(b"") is None
