"""For `prove`: what is kept of a visit, who is counted, and what the store of visits holds (C20, C21, C22, C24).

The real minimiser, reader of logs and middleware run on requests that try to leave something behind, in a folder that
goes; and the store of the project itself is looked through. Nobody's address is used: those of RFC 5737 are nobody's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from houvast.app import visits
from houvast.app.target import Target
from houvast.errors import HouvastError
from houvast.visits.model import COLUMNS, Declared, Precision, Visit

if TYPE_CHECKING:
    from houvast.proof import Attempt, Extra
    from houvast.visits.edge import Left, Minimiser, Request

MINIMISED, REST, LINKED, OBJECTED, ALONE = "visit", "visits at rest", "visits linked", "visit objected", "visitor alone"
MARK = "hvmadeupbyaproof"
"""What a request tries to leave behind."""
WHO = "visitor"
NOTHING, SOMETHING = "nothing of it", "something of it"
COUNTED, NOT_COUNTED = "counted", "not counted"
REMOTE = "192.0.2.77"
AGENT = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36"
_LARGE = 1 << 20
_COLUMNS = 9
"""Time, site, page, browser and its version, language, referring site, whether it is a robot, and a number."""


def visit_attempts(target: Target) -> tuple[Extra, ...]:
    """Every such attempt; none where the project counts no visits."""
    from houvast.app.visit_linkage import alone, linked
    from houvast.app.visit_release import REPORT, released
    from houvast.app.visit_rest import at_rest
    from houvast.proof import Extra
    from houvast.proof.words import tried

    def made(make: Callable[[visits.Counting], Iterator[Attempt]]) -> Callable[[], list[Attempt]]:
        return lambda: list(make(visits.counting(target.project))) if visits.counts(target.project) else []

    return (
        Extra(tried(MINIMISED), made(lambda found: minimised(found.declared)), beside=True),
        Extra(tried(REST), made(at_rest), beside=True),
        Extra(tried(LINKED), made(lambda found: linked(found.declared)), beside=True),
        Extra(tried(OBJECTED), made(lambda found: objected(found.declared)), beside=True),
        Extra(tried(ALONE), made(lambda found: alone(found.declared)), beside=True),
        Extra(tried(REPORT), made(lambda found: released(found.declared)), beside=True),
    )


@dataclass(frozen=True)
class OneKey:
    """Keys of days that are nobody's: each day has its own, and they are the same every time."""

    seed: bytes = b"made up by a proof"

    def of(self, day: date) -> bytes:
        """The key of a day."""
        from hashlib import blake2b

        return blake2b(day.isoformat().encode(), digest_size=32, key=self.seed).digest()


def attempt(sort: str, name: str, said: str, expected: str, seen: str, *, control: bool = False) -> Attempt:
    """An attempt of a visitor."""
    from houvast.proof import Attempt

    return Attempt(name, WHO, said, control, expected, seen, sort)


def ordinary(declared: Declared, at: datetime | None = None) -> Request:
    """A request as browsers send it, of the first page of the first site."""
    from houvast.visits.edge import Request

    when, host = at or datetime(2026, 11, 25, 12, 34, 56, tzinfo=UTC), declared.sites[0].hosts[0]
    from_where = "https://www.example.org/a/page?of=somebody"
    return Request(when, host, "/", REMOTE, agent=AGENT, language="nl-NL,nl;q=0.9", referrer=from_where)


def minimiser(declared: Declared) -> Minimiser:
    """The real one, with keys that are nobody's."""
    from houvast.visits.edge import Minimiser

    return Minimiser(declared, OneKey())


def minimised(declared: Declared) -> Iterator[Attempt]:
    """What a request leaves: five facts of closed lists, whatever it says."""
    real, plain = minimiser(declared), ordinary(declared)
    found = real.visit(plain)
    minute = 0 if declared.rules.precision is Precision.HOUR else plain.at.minute
    facts = (found.browser, found.language, found.referrer, found.at.minute) if isinstance(found, Visit) else ()
    seen = "five facts" if facts == ("chrome", "nl", "example.org", minute) else "otherwise"
    yield attempt(MINIMISED, "an ordinary request leaves five facts", "a request", "five facts", seen, control=True)
    names = tuple(field.name for field in fields(Visit))
    seen = NOTHING if names == tuple(COLUMNS) and len(names) == _COLUMNS else SOMETHING
    yield attempt(MINIMISED, "a visit has a field for something else", "the columns of a visit", NOTHING, seen)
    for name, hostile in _hostile(plain):
        yield attempt(MINIMISED, name, "a request", NOTHING, left(real.visit(hostile), declared))
    number = getattr(found, "visitor", None)
    for name, more in (
        ("X-Forwarded-For of somebody who is no proxy of ours counts", {"forwarded": "203.0.113.9, 198.51.100.4"}),
        ("an IPv4 address within IPv6 is another visitor", {"remote": f"::ffff:{REMOTE}"}),
        ("another language is another visitor", {"language": "de"}),
    ):
        other = real.visit(replace(plain, **more))
        same = isinstance(other, Visit) and other.visitor == number
        yield attempt(MINIMISED, name, "a request", NOTHING, NOTHING if same else SOMETHING)


def _hostile(plain: Request) -> Iterator[tuple[str, Request]]:
    mail = f"{MARK}@canary.example"
    for name, more in (
        ("a Referer has a mail address in its query", {"referrer": f"https://www.example.org/?mail={mail}"}),
        ("a Referer has a name and a password", {"referrer": f"https://{MARK}:{MARK}@www.example.org/"}),
        ("a Referer is a site under a site that names somebody", {"referrer": f"https://{MARK}.www.example.org/"}),
        ("a Referer is no address of a page", {"referrer": f"{MARK} https://{MARK}/"}),
        ("a Referer is an address of a machine", {"referrer": "http://192.0.2.77:8080/"}),
        ("a session lies in the path", {"target": f"/{MARK};jsessionid={MARK}"}),
        ("a session lies in the query", {"target": f"/?session={MARK}#{MARK}"}),
        ("a name lies in the path in another writing", {"target": f"/%2e%2e/%68{MARK[1:]}/%00{mail}"}),
        ("a proxy tells a chain of addresses", {"forwarded": f"{MARK}, 198.51.100.9, 203.0.113.5, {mail}"}),
        ("a browser names its owner", {"agent": f"{AGENT} owner/{mail}"}),
        ("a browser is a text of a megabyte", {"agent": MARK * (_LARGE // len(MARK))}),
        ("a browser has a version that is a mark", {"agent": AGENT.replace("Chrome/131", "Chrome/20261125")}),
        ("a browser is a command to the terminal", {"agent": f"\x1b]0;{MARK}\x07\x1b[2J"}),
        ("a language is a name", {"language": f"{MARK}, {mail};q=0.9"}),
        ("a language has a mark behind it", {"language": f"nl-x-{MARK}"}),
        ("a host has somebody before it", {"host": f"{MARK}@{plain.host}:8443"}),
        ("a host is not ours", {"host": f"{MARK}.example"}),
    ):
        yield name, replace(plain, **more)


def left(found: Visit | Left, declared: Declared) -> str:
    """Whether anything of a request is left that is of no closed list."""
    from houvast.app.visit_rest import strange

    if not isinstance(found, Visit):
        return NOTHING
    pages = {page.name for site in declared.sites for page in site.pages}
    said = " ".join(str(getattr(found, name)) for name in COLUMNS if name != "visitor").lower()
    closed = not strange(vars_of(found)) and found.page in {*pages, "other"}
    fine = closed and MARK not in said and REMOTE not in said and (found.version or 0) < 1000
    return NOTHING if fine else SOMETHING


def vars_of(found: Visit) -> dict[str, str]:
    """The texts of a visit by column."""
    return {name: str(getattr(found, name)) for name in ("site", "page", "browser", "language", "referrer")}


def objected(declared: Declared) -> Iterator[Attempt]:
    """Whoever does not want to be counted is not; in requests, in logs, and before an application."""
    from houvast.visits.edge import Left, Minimiser
    from houvast.visits.objecting import Objections

    plain = ordinary(declared)
    with TemporaryDirectory(prefix="houvast-proof-") as folder:
        said = Objections(Path(folder))
        real = Minimiser(declared, OneKey(), said)
        said.add(plain.at.date(), real.numbers(replace(plain, remote="192.0.2.78")))
        for name, request, expected in (
            ("who says nothing is counted", plain, COUNTED),
            ("Sec-GPC: 1 is counted", replace(plain, gpc="1"), NOT_COUNTED),
            ("Sec-GPC with a space is counted", replace(plain, gpc=" 1 "), NOT_COUNTED),
            ("who objected is counted", replace(plain, remote="192.0.2.78"), NOT_COUNTED),
            ("who objected is counted on another page", replace(plain, remote="192.0.2.78", target="/?x"), NOT_COUNTED),
            ("somebody else is counted", replace(plain, remote="192.0.2.79"), COUNTED),
        ):
            seen = NOT_COUNTED if isinstance(real.visit(request), Left) else COUNTED
            yield attempt(OBJECTED, name, "a request", expected, seen, control=expected == COUNTED)
        yield from _in_logs(declared, Path(folder) / "logs")
        yield from _before(declared, Path(folder) / "before")


def _in_logs(declared: Declared, folder: Path) -> Iterator[Attempt]:
    """Lines of a log: of five, two are counted, and nothing of the others stays."""
    import io

    from houvast.app.visit_rest import bytes_of
    from houvast.visits.keys_of_day import Keys
    from houvast.visits.reading.formats import FORMATS
    from houvast.visits.reading.ingest import Reader
    from houvast.visits.reading.streams import Stream

    host, when = declared.sites[0].hosts[0], datetime.now(UTC).strftime("%d/%b/%Y:%H:%M:%S +0000")
    line = f'{host} {REMOTE} - - [{when}] "GET {{}} HTTP/1.1" 200 9 "{{}}" "{{}}" "nl" "{{}}"\n'
    lines: Sequence[tuple[str, str, str, str]] = (
        ("/", "-", AGENT, "-"),
        (f"/?q={MARK}", f"https://www.example.org/?{MARK}", f"{AGENT} {MARK}@canary.example", "0"),
        ("/", "-", f"{AGENT} {MARK}", "1"),
        (f'/{MARK}"', f"{MARK}", f'"{MARK} unfinished', "-"),
        (f"/{MARK}", "-", f"\\x1b]0;{MARK}", "1"),
    )
    text = "".join(line.format(*one) for one in lines).encode()
    reader = Reader(folder, declared, Keys(folder / "keys"), format=FORMATS["vhost_combined_gpc"])
    try:
        reader.read(Stream("made up", io.BytesIO(text), len(text)))
        seen = f"{reader.totals.stored} of {reader.totals.lines}"
    except HouvastError as error:
        seen = f"stopped: {type(error).__name__}"
    yield attempt(
        OBJECTED, "of five lines of a log those are counted who said nothing", "a log", "2 of 5", seen, control=True
    )
    kept = bytes_of(folder)
    fine = all(one.encode() not in kept for one in (MARK, REMOTE, "Mozilla"))
    yield attempt(
        OBJECTED, "something of those lines lies on the disk", "a log", NOTHING, NOTHING if fine else SOMETHING
    )


def _before(declared: Declared, folder: Path) -> Iterator[Attempt]:
    """Before an application: it sets nothing, and reads no cookie and no header that tells a device."""
    from houvast.app.visit_rest import bytes_of
    from houvast.visits.counter import Counter
    from houvast.visits.middleware import CountWsgi

    headers: list[tuple[str, str]] = []

    def application(_environ: dict[str, object], start: Callable[..., object]) -> list[bytes]:
        start("200 OK", [("Content-Type", "text/plain")])
        return [b"a page"]

    def start(_status: str, told: list[tuple[str, str]], _exc: object = None) -> Callable[[bytes], object]:
        headers.extend(told)
        return lambda _: None

    counter = Counter(folder, minimiser(declared))
    counting = CountWsgi(application, counter)  # pyright: ignore[reportArgumentType]
    plain = {
        "REQUEST_METHOD": "GET", "PATH_INFO": "/", "REMOTE_ADDR": REMOTE, "HTTP_HOST": declared.sites[0].hosts[0],
        "HTTP_USER_AGENT": AGENT, **dict.fromkeys(("HTTP_COOKIE", "HTTP_X_DEVICE_ID", "HTTP_AUTHORIZATION"), MARK),
    }  # fmt: skip
    for more in ({}, {"HTTP_SEC_GPC": "1"}):
        list(counting({**plain, **more}, start))
    left_out = counter.left["gpc"]
    counter.flush()
    kept = bytes_of(folder)
    counter.close()
    yield attempt(
        OBJECTED,
        "an application's visitor with Sec-GPC: 1 is counted",
        "middleware",
        "1 left out",
        f"{left_out} left out",
    )
    names = {name.lower() for name, _ in headers}
    yield attempt(OBJECTED, "counting sets something on a device", "middleware", NOTHING,
                  NOTHING if names == {"content-type"} else SOMETHING)  # fmt: skip
    fine = kept and all(one.encode() not in kept for one in (MARK, REMOTE, "Mozilla"))
    yield attempt(
        OBJECTED, "a cookie or a device's mark lies on the disk", "middleware", NOTHING, NOTHING if fine else SOMETHING
    )
