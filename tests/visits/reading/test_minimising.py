"""Of many lines the same visits are made as the minimiser makes of each request, and nothing else is left of them."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false, reportUnknownVariableType=false
# pyright: reportUnknownArgumentType=false, reportUnknownParameterType=false, reportAttributeAccessIssue=false
from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from houvast.visits import edge
from houvast.visits.addresses import canonical
from houvast.visits.keys_of_day import AHEAD, visitor
from houvast.visits.model import COLUMNS, Address, Declared, Precision, Rules
from houvast.visits.reading.formats import FORMATS, Format
from houvast.visits.reading.minimising import Minimiser, Rows
from houvast.visits.reading.quads import are_quads, is_six
from houvast.visits.reading.scanning import scan
from houvast.visits.reading.visitors import quick
from tests.visits.reading.making import DECLARED, FIREFOX, NOW, FixedKeys, line

FORMAT = Format("edge", host_first=True, after=("language", "gpc", "forwarded"))
HOSTS = ("www.lakana.example", "WWW.Lakana.Example:443", "shop.lakana.example", "other.example", "shop.lakana.example.")
TARGETS = ("/", "/news/2026/a", "/p/7", "/p/7/8", "/?email=jan@example.org", "/news/../p/%41", "/" + "a" * 3000)
REMOTES = (
    "192.0.2.7",
    "::ffff:192.0.2.7",
    "2001:DB8::7",
    "2001:db8:0:0::7",
    "10.0.0.9",
    "unknown",
    "192.0.2.07",
    "192.0.2.9:1234",
)
FORWARDED = ("", "192.0.2.99", "198.51.100.4, 10.1.1.1", "evil, 10.1.1.1", "2001:db8::9")
AGENTS = ("", FIREFOX, "curl/8", "Googlebot/2.1 (+http://www.google.com/bot.html)", "a" * 2000, "\xe9\x1b[2J\x00")
LANGUAGES = ("", "nl,en;q=0.8", "EN-us", "*", "xx-klingon")
REFERRERS = (
    "",
    "https://www.google.com/search?q=secret",
    "https://shop.lakana.example/p/1",
    "android-app://x/",
    "http://192.0.2.1/",
)


def requests(random: Random, number: int) -> list[edge.Request]:
    """Any combination of ordinary and of hostile values."""
    begin = datetime(2026, 11, 23, tzinfo=UTC)
    return [
        edge.Request(
            begin + timedelta(seconds=random.randrange(3 * 86_400)), random.choice(HOSTS), random.choice(TARGETS),
            random.choice(REMOTES), random.choice(("GET", "GET", "GET", "POST")), random.choice((200, 200, 304, 404)),
            random.choice(FORWARDED), random.choice(AGENTS), random.choice(LANGUAGES), random.choice(REFERRERS),
            random.choice(("", "", "1", "0", " 1")),
        )
        for _ in range(number)
    ]  # fmt: skip


class Objected:
    """One number of those that `FixedKeys` give, of each day."""

    def has(self, day: date, number: int, /) -> bool:
        return number == visitor(b"k" * 32, "www", "192.0.2.7", FIREFOX.encode()) and day != date(2026, 11, 24)


def written(one: edge.Request) -> bytes:
    """The request as a server logs it."""
    quoted = (_escaped(text) or b"-" for text in (one.referrer, one.agent, one.language, one.gpc, one.forwarded))
    request = f"{one.method} {one.target} HTTP/1.1".encode()
    front = f'{one.host} {one.remote} - - [{one.at:%d/%b/%Y:%H:%M:%S} +0000] "'.encode()
    return front + request + b'" %d 17' % one.status + b"".join(b' "%s"' % text for text in quoted) + b"\n"


def _escaped(text: str) -> bytes:
    return "".join(
        one if one.isascii() and one.isprintable() and one not in '"\\' else f"\\x{ord(one):02X}" for one in text
    ).encode()


def rows_of(
    block: bytes, declared: Declared, keys: Any, *, format_: Format = FORMAT, objected: Any = None, **more: Any
) -> Rows:
    return Minimiser(declared, keys, objected, format_.host_first, **more).rows(scan(block, format_), NOW)


def told(rows: Rows) -> list[tuple[Any, ...]]:
    return sorted((tuple(one.values()) for table in rows.visits.values() for one in table.to_pylist()), key=repr)


@pytest.mark.parametrize("precision", Precision)
@pytest.mark.parametrize("mode", Address)
@pytest.mark.parametrize("number", [1, 40, 1500])
def test_many_lines_become_the_visits_that_each_request_is(precision: Precision, mode: Address, number: int) -> None:
    declared = Declared(DECLARED.sites, Rules(precision, mode), DECLARED.proxies, DECLARED.site_by_default)
    keys, objected = FixedKeys({date(2026, 11, 25)}), Objected() if number > 1 else None
    asked = requests(Random(number), number)
    rows = rows_of(b"".join(map(written, asked)), declared, keys, objected=objected)
    meaning = edge.Minimiser(declared, keys, objected)
    found = [meaning.visit(one) for one in asked]
    visits = [one for one in found if not isinstance(one, edge.Left)]
    left = Counter(one.reason.value for one in found if isinstance(one, edge.Left))
    wanted = Counter(
        (one.at.replace(tzinfo=None), *(getattr(one, name) for name in list(COLUMNS)[1:])) for one in visits
    )
    assert Counter(told(rows)) == wanted
    assert rows.skipped == left
    assert rows.stored == len(visits)
    assert all(day == at.date() for day, table in rows.visits.items() for at in table.column("at").to_pylist())


@settings(deadline=None)
@given(
    st.one_of(
        st.ip_addresses().map(str),
        st.text(max_size=20),
        st.sampled_from(["01.2.3.4", "1.2.3", "1.2.3.4 ", "1.2.3.4\x00", "0x7f.1", "１.2.3.4"]),
    )
)
def test_an_address_is_read_as_the_minimiser_reads_it(text: str) -> None:
    raw = text.encode("latin-1", "replace")
    assert quick(raw) == canonical(raw.decode("latin-1"))


ADDRESSES = st.one_of(
    st.ip_addresses().map(str),
    st.lists(st.sampled_from(["0", "1", "9", "10", "99", "199", "255", "256", "299", "00", "01", "1000", "", "a", "1 "]), min_size=3, max_size=5).map(".".join),
    st.lists(st.sampled_from(["0", "1", "db8", "2001", "ffff", "0a", "A", "", "12345", "1.2.3.4"]), min_size=2, max_size=10).map(":".join),
    st.text("0123456789.: ", max_size=18),
)  # fmt: skip


@settings(deadline=None)
@given(st.lists(st.tuples(ADDRESSES, st.sampled_from([" - - ", " - - ", " - x ", "- - ", ""])), max_size=8))
def test_what_looks_like_an_address_is_one_as_it_is_kept(texts: list[tuple[str, str]]) -> None:
    fronts = [(address + ending).encode() for address, ending in texts]
    for front, quad in zip(fronts, are_quads(fronts, b" - - ").tolist(), strict=True):
        address = front.decode().removesuffix(" - - ")
        usual = front.endswith(b" - - ") and canonical(address) == address != ""
        assert quad == (usual and ":" not in address)
        assert not is_six(b" - - ")(front) or usual


def test_nothing_of_an_address_an_agent_or_a_query_is_in_a_row() -> None:
    block = line(
        path="/?q=hidden",
        agent="Secretbrowser/1 hidden",
        address="198.51.100.77",
        referrer="https://a.hidden.example/hidden",
    ).encode()
    (row,) = told(rows_of(block, DECLARED, FixedKeys(), format_=FORMATS["combined"]))
    assert row[1:7] == ("www", "home", "other", None, "none", "none") or row[6] == "hidden.example"
    assert "198.51" not in repr(row)
    assert "Secret" not in repr(row)


def test_rows_do_not_lie_in_the_order_in_which_visits_came() -> None:
    block = "".join(line(number, agent=f"{FIREFOX} {number}") for number in range(200)).encode()
    first = rows_of(block, DECLARED, FixedKeys(), format_=FORMATS["combined"])
    lines = block.splitlines(keepends=True)
    again = rows_of(b"".join(reversed(lines)), DECLARED, FixedKeys(), format_=FORMATS["combined"])
    assert first.visits == again.visits


@pytest.mark.parametrize(
    ("at", "why"),
    [
        (NOW + AHEAD + timedelta(minutes=1), "ahead"),
        (NOW - Rules().keep - timedelta(minutes=1), "old"),
        (datetime(1970, 1, 2, tzinfo=UTC), "old"),
    ],
)
def test_a_clock_that_is_wrong_makes_no_visit(at: datetime, why: str) -> None:
    block = line(at=f"{at:%d/%b/%Y:%H:%M:%S} +0000").encode()
    rows = rows_of(block, DECLARED, FixedKeys(), format_=FORMATS["combined"])
    assert rows.skipped == {why: 1}
    assert not rows.visits
