# ruff: noqa: S608 - values pass through literal
"""Attempts on what other systems do for a request: to call it done when it is not, and on a second system made for it.

The steps are tried by the administrator, who may write any table, in a transaction that is undone; the way to a database on
one that is made in a temporary folder, about made-up people, with the same code that works on real ones.
"""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from houvast.compiler.words import literal
from houvast.errors import HouvastError
from houvast.proof.handling import REFUSED, SO, Handling
from houvast.proof.probe import ALLOWED
from houvast.proof.report import Attempt
from houvast.systems import Needles, connector
from houvast.systems.connector import Change, Connector
from houvast.systems.model import Secret, System, Table

_NAME = "hv_made_up"
_WHO = "rights"


def steps(handling: Handling) -> Iterator[Attempt]:
    """To call a system's part of an erasure or a copy done that was not done, and to answer before it is (G05, C33)."""
    h = handling
    step = f"(SELECT max(id) FROM houvast.step WHERE system = '{_NAME}')"
    change = f"UPDATE houvast.step SET {{}} WHERE id = {step}"
    begun, looked = change.format("state = 'running'"), change.format("verified_at = now()")
    done = change.format("state = 'done'")
    letter = h.sent("done", "Dat hebben wij gedaan, overal waar uw gegevens stonden, zoals u vroeg.")
    taken = (*_system("database"), *h.review(right="erasure"))
    tried: list[tuple[str, Sequence[str], str]] = [
        ("a system did its part, somebody looked, and the request is answered", (*taken, begun, looked, done, *letter), ALLOWED),
        ("a request is answered while a system still has to do its part", (*taken, *letter), REFUSED),
        ("a request is answered while a system is at it", (*taken, begun, *letter), REFUSED),
        ("a system's part is called done that nobody looked at", (*taken, begun, done), REFUSED),
        ("it is called done while something remains", (*taken, begun, looked, change.format("remains = 1"), done), REFUSED),
        ("a part that has begun is thrown away", (*taken, begun, f"DELETE FROM houvast.step WHERE id = {step}"), REFUSED),
        ("a part becomes another system's", (*taken, change.format("system = 'another'")), REFUSED),
        ("a part that is done is done over", (*taken, begun, looked, done, change.format("changed = 9")), REFUSED),
        ("a part begins as done", (*taken, f"INSERT INTO houvast.step (kind, key, system, what, state, verified_at) VALUES"
                                   f" ({', '.join(h.person)}, '{_NAME}', 'erasure', 'done', now())"), REFUSED),
    ]  # fmt: skip
    for name, made, expected in tried:
        yield h.attempt(name, made, "step", expected)
    copied = (*_system("files"), *h.take("access"))
    planned = f"SELECT count(*) FROM houvast.step WHERE request = {h.request} AND state = 'planned' AND what = 'access'"
    yield h.asked("a copy waits for each other system", copied, f"{planned} AND system = '{_NAME}'", "1", "step")
    known = f"INSERT INTO houvast.step_value (step, role, sort, value) VALUES ({step}, 'identifier', 'email', {literal(h.marker)})"
    yield h.asked("by what a system finds somebody is gone when it is done", (*taken, known, begun, looked, done),
                  f"SELECT count(*) FROM houvast.step_value WHERE value = {literal(h.marker)}", "0", "step")  # fmt: skip
    told = ("SET LOCAL houvast.filling = ''", *taken, begun, looked, done)
    yield h.asked("it is told, and nobody is named in it", told, "SELECT count(*) FROM houvast.event WHERE kind = 'system_done'"
                  f" AND body ->> 'system' = '{_NAME}' AND subject_key IS NULL", "1", "step")  # fmt: skip


def recipients(handling: Handling) -> Iterator[Attempt]:
    """Who got data is told, or it stays to be done; and who got none is not (GDPR art. 19; C34, G05)."""
    h = handling
    who = literal(":".join(h.who))
    given = f"SELECT houvast.disclose({who}, '{_NAME}', '{{contact}}')"
    waits = f"SELECT count(*) FROM houvast.step WHERE system = '{_NAME}' AND what = {{}} AND state <> 'done'"
    restrict = (
        f"INSERT INTO houvast.stand (kind, key, stand, source) VALUES ({', '.join(h.person)}, 'restricted', 'made up')"
    )
    free = "SET LOCAL houvast.filling = ''"
    makes = _system("recipient", always=False)
    yield h.asked("who got data is to be told that they are erased", (free, *makes, given, *h.take("erasure")),
                  waits.format("'erasure'"), "1", "recipient")  # fmt: skip
    yield h.asked(
        "who got none is not told", (free, *makes, *h.take("erasure")), waits.format("'erasure'"), "0", "recipient"
    )
    yield h.asked("who got data is to be told of a restriction", (free, *makes, given, restrict),
                  waits.format("'restriction'"), "1", "recipient")  # fmt: skip
    yield h.asked("that data were given is told", (free, *makes, given), "SELECT count(*) FROM houvast.event"
                  f" WHERE kind = 'data_disclosed' AND body ->> 'recipient' = '{_NAME}'", "1", "recipient")  # fmt: skip
    yield h.attempt("data are given to somebody whom nobody knows", (given,), "recipient")
    yield h.attempt("data are given to a recipient, and written down", (*makes, given), "recipient", ALLOWED)
    yield h.attempt("a request is answered before they are told", (
        *makes, given, *h.review(right="erasure"), *h.sent("done", "Dat hebben wij gedaan, ook bij wie uw gegevens kreeg, zoals u vroeg.")),
        "recipient")  # fmt: skip


def handovers(handling: Handling) -> Iterator[Attempt]:
    """To send somebody's data where nobody approved, elsewhere than was approved, or for another request (G07)."""
    h = handling
    to = f"INSERT INTO houvast.handover (request, address, asked_by) VALUES ({h.request}, 'https://made-up.example/', 'somebody')"
    change = f"UPDATE houvast.handover SET {{}} WHERE request = {h.request}"
    yes, own = (change.format(f"approved_by = '{who}', approved_at = now()") for who in ("somebody else", "somebody"))
    sent = change.format(f"sent_at = now(), copy_sha256 = '{'0' * 64}'")
    taken = h.take("portability")
    tried: list[tuple[str, Sequence[str], str]] = [
        ("data go where another of the staff approved", (*taken, to, yes, sent), ALLOWED),
        ("data go where nobody approved", (*taken, to, sent), REFUSED),
        ("whoever wrote an address down approves it", (*taken, to, own), REFUSED),
        ("data go elsewhere than was approved", (*taken, to, yes, change.format("address = 'https://other.example/'")), REFUSED),
        ("data that were asked for to see are sent elsewhere", (*h.take("access"), to), REFUSED),
        ("data are sent twice", (*taken, to, yes, sent, sent), REFUSED),
    ]  # fmt: skip
    for name, made, expected in tried:
        yield h.attempt(name, made, "handover", expected)
    yield h.asked("that they were sent is told, and not where to", ("SET LOCAL houvast.filling = ''", *taken, to, yes, sent),
                  "SELECT count(*) FROM houvast.event WHERE kind = 'data_handed_over' AND body ? 'copy_sha256' AND NOT body ? 'to'",
                  "1", "handover")  # fmt: skip


def _system(sort: str, *, always: bool = True) -> tuple[str, ...]:
    """A system, the only one that there is while it is tried."""
    does = (
        "{access,rectification,erasure,restriction,lifting}"
        if sort != "recipient"
        else "{rectification,erasure,restriction,lifting}"
    )
    return ("DELETE FROM houvast.system", "INSERT INTO houvast.system (name, sort, does, always, label_nl, label_en) VALUES"
            f" ('{_NAME}', '{sort}', '{does}', {str(always).lower()}, 'x', 'x')")  # fmt: skip


_TABLES = """
CREATE TABLE reader (id INTEGER PRIMARY KEY, number TEXT, email TEXT, name TEXT);
CREATE TABLE sent (id INTEGER PRIMARY KEY, reader_id INTEGER REFERENCES reader, address TEXT);
CREATE TABLE bill (id INTEGER PRIMARY KEY, number TEXT, email TEXT);
INSERT INTO reader VALUES (1, '17', 'one@made-up.example', 'One'), (2, '18', 'an.one@made-up.example', 'Two'),
    (3, NULL, 'ONE@made-up.example', 'One'), (4, '19', 'one@made-up.example', 'Three');
INSERT INTO sent VALUES (1, 1, 'one@made-up.example'), (2, 2, 'an.one@made-up.example'), (3, 3, 'one@made-up.example');
INSERT INTO bill VALUES (1, '17', 'one@made-up.example');
"""
_MINE = {"bill": ("1",), "reader": ("1", "3"), "sent": ("1", "3")}
_LEFT = {"bill": ("1",), "reader": ("2", "4"), "sent": ("2",)}


def reached() -> Iterator[Attempt]:
    """A second system made for it: a copy holds exactly one's own, an erasure takes exactly that, and a search tells (C33, G05)."""
    try:
        import sqlalchemy as _  # noqa: F401
    except ImportError:
        return  # without the extra no such system can be used at all
    with tempfile.TemporaryDirectory(prefix="houvast-prove-") as folder:
        for name, expected, tried in _TRIES:
            file = Path(folder) / f"{len(name)}.db"
            file.unlink(missing_ok=True)
            connection = sqlite3.connect(file)
            connection.executescript(_TABLES)
            connection.close()
            try:
                seen = tried(connector(_made_up(file), Path(folder)), file)
            except HouvastError as error:
                seen = f"refused, {error.code.replace('-', ' ')}"
            yield Attempt(name, _WHO, "systems.yaml", name == _TRIES[0][0], expected, seen, "system")


def _made_up(file: Path) -> System:
    ours = {"id": "", "number": "", "email": "contact"}
    return System(_NAME, "database", {}, Secret(f"sqlite:///{file}"), ("customer",), {
        "reader": Table("reader", {"key": ("number",), "email": ("email",)}, {**ours, "name": "contact"}),
        "sent": Table("sent", {"key": ("reader_id", "number"), "email": ("reader_id", "email")}, {"id": "", "reader_id": "", "address": "contact"}),
        "bill": Table("bill", {"key": ("number",)}, ours, "keep", because="a law"),
    })  # fmt: skip


_NEEDLES = Needles(("customer", "17"), {"email": ("one@made-up.example",)})


def _copied(way: Connector, _file: Path) -> str:
    found = {part.name: tuple(sorted(row[0] or "" for row in part.rows)) for part in way.read(_NEEDLES)}
    return SO if found == _MINE else "other rows than their own"


def _searched_before(way: Connector, _file: Path) -> str:
    left = way.remaining(_NEEDLES)
    return SO if left.count and left.kept else "the search finds nobody"


def _erased(way: Connector, file: Path) -> str:
    counts = way.erase(_NEEDLES)
    found = {name: tuple(str(row[0]) for row in _rows(file, f"SELECT id FROM {name} ORDER BY id")) for name in _LEFT}
    whole = counts is not None and (counts.changed, counts.kept) == (4, 1)
    return SO if found == _LEFT and whole else "other rows than their own"


def _searched_after(way: Connector, file: Path) -> str:
    way.erase(_NEEDLES)
    before = way.remaining(_NEEDLES).count
    _rows(file, "INSERT INTO sent VALUES (9, NULL, 'Write to one@made-up.example')")
    return SO if not before and way.remaining(_NEEDLES).count else "the search does not tell"


def _corrected(way: Connector, file: Path) -> str:
    way.correct(_NEEDLES, Change("contact", "one@made-up.example", "new@made-up.example"))
    found = {
        row[0]
        for row in _rows(
            file, "SELECT email FROM reader WHERE id IN (1, 4) UNION ALL SELECT address FROM sent WHERE id = 1"
        )
    }
    kept = _rows(file, "SELECT email FROM bill")
    others = _rows(file, "SELECT email FROM reader WHERE id = 4")
    is_so = "new@made-up.example" in found and kept == others == [("one@made-up.example",)]
    return SO if is_so else "another value"


def _unclassified(way: Connector, file: Path) -> str:
    _rows(file, "ALTER TABLE reader ADD COLUMN birthday TEXT")
    list(way.read(_NEEDLES))
    return "a copy without it"


_TRIES: tuple[tuple[str, str, Callable[[Connector, Path], str]], ...] = (
    ("a copy from a second system is exactly one's own", SO, _copied),
    ("the search of a second system finds who is there", SO, _searched_before),
    ("an erasure in a second system takes exactly one's own, and leaves what a law keeps", SO, _erased),
    ("the search afterwards finds what was missed", SO, _searched_after),
    ("a correction reaches a second system, and no document that a law keeps", SO, _corrected),
    ("a column of a second system that nobody classified is left out", "refused, system unfit", _unclassified),
)


def _rows(file: Path, text: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        with connection:
            return connection.execute(text).fetchall()
    finally:
        connection.close()


SORTS: dict[str, Callable[[Handling], Iterator[Attempt]]] = {
    "step": steps, "recipient": recipients, "handover": handovers, "system": lambda _handling: reached(),
}  # fmt: skip
"""Sort of attempts -> what makes them."""
