"""Whatever a request holds, what is stored of it is of closed lists. Tried with made-up and hostile requests."""

# pyright: reportUnknownMemberType=false
from __future__ import annotations

import tempfile
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from publicsuffixlist import PublicSuffixList

from houvast.visits import batches
from houvast.visits.agents import BROWSERS, HIGHEST
from houvast.visits.edge import Minimiser, Request
from houvast.visits.model import NONE, OTHER, OWN, Visit
from tests.visits.requests import CHROME, SITES, FixedKeys, declared

SUFFIXES = PublicSuffixList(accept_unknown=False)
OURS = Minimiser(declared(), FixedKeys())
SECRET = "j4n-j4ns3n"
"""No part of it of five characters or more is in any closed list."""
_LATIN = st.text(st.characters(max_codepoint=255), max_size=60)
_HOSTS = st.sampled_from(sorted(host for site in SITES for host in site.hosts))


@st.composite
def spoiled(draw: st.DrawFn, *around: str) -> str:
    """A text around the secret, as like a true header as drawn."""
    before, after = draw(st.sampled_from([*around, ""]) | _LATIN), draw(st.sampled_from([*around, ""]) | _LATIN)
    return before + draw(st.sampled_from(["", "/", " ", ";", "%20", "@", "\x00", "\n", '"'])) + SECRET + after


_URLS = st.sampled_from([f"https://{SECRET}@search.co.uk/", f"https://search.co.uk:443/{SECRET}", f"http://search.co.uk?{SECRET}",
                         f"https://search.co.uk/#{SECRET}", f"https://{SECRET}.search.co.uk/", f"android-app://{SECRET}", f"data:,{SECRET}",
                         f"https://{SECRET}/", f"https://{SECRET}.internal/", f"https:\\\\{SECRET}\\@search.co.uk"])  # fmt: skip
REQUESTS = st.builds(
    Request,
    at=st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    host=_HOSTS,
    target=spoiled("/producten/", "/hulp/", "/?", "/"),
    remote=st.ip_addresses().map(str) | spoiled("192.0.2.7:"),
    forwarded=spoiled("192.0.2.7, "),
    agent=spoiled(CHROME, "Chrome/", "Firefox/99", "Mozilla/5.0 (", "bot/"),
    language=spoiled("nl,", "en;q=0.5,", "x-"),
    referrer=_URLS | spoiled("about:"),
)


@cache
def tags() -> frozenset[str]:
    lines = files("houvast.visits").joinpath("languages.txt").read_text().splitlines()
    return frozenset(word.rpartition("=")[2] for line in lines if not line.startswith("#") for word in line.split())


def is_of_closed_lists(visit: Visit) -> bool:
    pages = {page.name for site in SITES for page in site.pages} | {OTHER}
    return (
        visit.site in {site.name for site in SITES}
        and visit.page in pages
        and visit.browser in BROWSERS
        and (visit.version is None or 0 <= visit.version <= HIGHEST)
        and visit.language in tags() | {NONE}
        and (visit.referrer in (OWN, NONE) or SUFFIXES.privatesuffix(visit.referrer) == visit.referrer)
        and (visit.at.minute, visit.at.second, visit.at.microsecond) == (0, 0, 0)
    )


@given(REQUESTS)
@settings(max_examples=120)
def test_nothing_of_a_request_is_in_a_visit_but_values_of_closed_lists(request: Request) -> None:
    visit = OURS.visit(request)
    assert isinstance(visit, Visit)
    assert is_of_closed_lists(visit)
    said = repr((visit.site, visit.page, visit.browser, visit.language, visit.referrer))
    assert not [part for part in parts(SECRET) if part in said]


def parts(text: str, length: int = 5) -> list[str]:
    return [text[at : at + length] for at in range(len(text) - length + 1)]


@given(st.lists(REQUESTS, min_size=1, max_size=5))
@settings(max_examples=10)
def test_nothing_of_a_request_is_in_a_file(requests: list[Request]) -> None:
    visits = [visit for visit in map(OURS.visit, requests) if isinstance(visit, Visit)]
    folder = Path("/dev/shm") if Path("/dev/shm").is_dir() else None
    with tempfile.TemporaryDirectory(dir=folder) as place:
        batches.store(Path(place), "edge-1", visits)
        written = b"".join(file.read_bytes() for file in Path(place).rglob("*") if file.is_file())
    sent = {request.remote for request in requests if len(request.remote) >= 5}
    assert not [part for part in parts(SECRET) if part.encode() in written]
    assert not [address for address in sent if address.encode("latin-1", "replace") in written]
