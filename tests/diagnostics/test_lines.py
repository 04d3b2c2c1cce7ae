"""A customer looks at the lines in which something was found: recorded first, masked, and nothing of it is kept."""

from __future__ import annotations

import io
import sys
import tarfile
from pathlib import Path
from uuid import UUID

import pytest

from houvast.app.confining import LINES, Confined, NotShown
from houvast.app.custody import Custody
from houvast.database import DatabaseError
from houvast.diagnostics import store
from houvast.diagnostics.model import Refused
from houvast.diagnostics.sealing import LEAST
from tests.diagnostics.help_desk import HelpDesk, whole_round

VALUE = b"jan@voorbeeldbedrijf.nl"
LINE = b"user=%s export starts\n" % VALUE


def bundle() -> bytes:
    """A packed archive; the third file of it has something in each of its lines."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in (("a.log", b"nothing\n"), ("b.log", b"nothing\n"), ("c.log", b"one\n" + LINE * 20)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def looked_into(help_desk: HelpDesk, data: bytes, name: str) -> tuple[int, str, UUID]:
    """(number, follow, code) of a bundle that the real child looked into."""
    number, follow = help_desk.stated()
    code = help_desk.sent(follow, data, name)
    assert whole_round(Custody(help_desk.exchange), help_desk.db).screened == 1
    return number, follow, code


def test_lines_are_shown_masked_out_of_a_packed_archive(help_desk: HelpDesk) -> None:
    number, follow, code = looked_into(help_desk, bundle(), "bundle.tar.gz")
    seen = store.follow(help_desk.db, follow)
    assert seen
    screening = seen.bundles[0].screening
    assert screening
    (file,) = (one["file"] for one in screening.members if one["kinds"])
    content = store.look(help_desk.db, follow, code, file)
    shown = Confined().lines(help_desk.exchange.read(content), content.format, file)
    assert [one.number for one in shown] == list(range(2, 2 + LINES))
    assert shown[0].parts == (("user=", ""), ("", "email"), (" export starts", ""))
    again = store.follow(help_desk.db, follow)
    assert again
    assert again.bundles[0].looks == 1
    assert help_desk.told("bundle_looked", file=file) == 1
    rows = help_desk.value("SELECT string_agg(l::text, '') || (SELECT string_agg(e::text, '') FROM houvast.event e)"
                           " FROM houvast.bundle_look l")  # fmt: skip
    assert VALUE.decode() not in rows
    store.close(help_desk.db, number, "anna")
    with pytest.raises(Refused, match="C44"):
        store.look(help_desk.db, follow, code, file)


def test_of_a_single_text_no_piece_before_the_lines_is_decrypted(help_desk: HelpDesk, tmp_path: Path) -> None:
    pieces = [b"nothing of anybody\n" * 4000, b"nothing of anybody\n" * 4000, LINE]
    number, follow = help_desk.stated()
    whole, at = b"".join(pieces), 0
    assert min(map(len, pieces[:2])) > LEAST
    code = help_desk.exchange.begin(help_desk.db, follow, len(whole), "long.log")
    for piece in pieces:
        assert help_desk.exchange.receive(help_desk.db, follow, code, at, piece)
        at += len(piece)
    whole_round(Custody(help_desk.exchange), help_desk.db)
    content = store.look(help_desk.db, follow, code, 1)
    (first,) = (one for one in (tmp_path / "store").rglob(f"{content.parts[0].place}*") if one.is_file())
    first.write_bytes(b"damaged")
    read = help_desk.exchange.read(content, len(pieces[0]) + 5)
    shown = Confined().lines(read, content.format, 1, counts=False)
    assert [(one.number, one.parts[1]) for one in shown] == [(None, ("", "email"))]
    assert number


def test_nobody_looks_with_another_code_nor_at_what_is_not_there(help_desk: HelpDesk) -> None:
    _, follow, code = looked_into(help_desk, LINE, "a.log")
    _, other = help_desk.stated()
    for who, file in ((other, 1), (follow, 2), ("0" * 64, 1)):
        with pytest.raises(Refused):
            store.look(help_desk.db, who, code, file)
    assert help_desk.value("SELECT count(*) FROM houvast.bundle_look") == 0


def test_a_look_counts_once_it_is_committed_and_reads_once(help_desk: HelpDesk) -> None:
    _, follow, code = looked_into(help_desk, LINE, "a.log")
    with pytest.raises(Refused, match="C44"), help_desk.db.transaction():
        store.look(help_desk.db, follow, code, 1)
    look = help_desk.value("SELECT houvast.exchange_look(%s, %s, 1)", follow, code)
    assert help_desk.value("SELECT size FROM houvast.exchange_looked(%s, %s)", follow, look) == len(LINE)
    with pytest.raises(DatabaseError, match="C44"):
        help_desk.value("SELECT size FROM houvast.exchange_looked(%s, %s)", follow, look)


def test_sixty_looks_an_hour_are_the_most(help_desk: HelpDesk) -> None:
    _, follow, code = looked_into(help_desk, LINE, "a.log")
    for _ in range(60):
        help_desk.value("SELECT houvast.exchange_look(%s, %s, 1)", follow, code)
    with pytest.raises(Refused, match="sixty"):
        store.look(help_desk.db, follow, code, 1)
    help_desk.past("UPDATE houvast.bundle_look SET at = at - interval '61 minutes'")
    store.look(help_desk.db, follow, code, 1)


CHILDREN = {
    "says nothing": "pass",
    "says what is no answer": "print('{')",
    "says other things": "print('[]')",
    "names a kind that is none": """print('{"lines": [{"line": 1, "parts": [{"kind": "value"}]}]}')""",
    "fails": """print('{"lines": []}'); raise SystemExit(1)""",
}


@pytest.mark.parametrize("way", CHILDREN)
def test_a_child_that_does_not_answer_as_agreed_shows_nothing(way: str) -> None:
    with pytest.raises(NotShown):
        Confined((sys.executable, "-c", CHILDREN[way])).lines([LINE], "log", 1)


def test_what_a_child_says_is_cut() -> None:
    much = """print('{"lines": [' + ', '.join(['{"line": 1, "parts": ["' + 'x' * 5000 + '"]}'] * 99) + ']}')"""
    shown = Confined((sys.executable, "-c", much)).lines([LINE], "log", 1)
    assert len(shown) == LINES
    assert {len(text) for one in shown for text, _ in one.parts} == {1000}
