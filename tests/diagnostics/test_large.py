"""Files beyond four gigabytes, up to fifty: places, sizes and pieces that no 32 bits hold."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest

from houvast.app.custody import Custody
from houvast.diagnostics import store
from houvast.diagnostics.model import MOST, Content, Part, Refused
from houvast.diagnostics.sealing import PIECE, Damaged
from tests.diagnostics.help_desk import HelpDesk

TAIL = b"the end of fifty gigabytes\n"


@pytest.mark.parametrize("at", [2**31 - 7, 2**32 - 7, 2**32, 2**35 + 11, MOST - len(TAIL)])
def test_the_last_piece_is_taken_and_read_wherever_it_begins(help_desk: HelpDesk, at: int) -> None:
    _, follow = help_desk.stated()
    code = help_desk.exchange.begin(help_desk.db, follow, at + len(TAIL), "a.log")
    help_desk.past("UPDATE houvast.bundle SET received = %s WHERE code = %s", at, code)
    help_desk.past("INSERT INTO houvast.bundle_part (bundle, begins, size, place) VALUES (%s, 0, 1, %s)",
                   help_desk.number_of(code), "000000000000-0a0b0c0d")  # fmt: skip
    assert help_desk.exchange.receive(help_desk.db, follow, code, at - 2**31, TAIL) is None
    then = help_desk.exchange.receive(help_desk.db, follow, code, at, TAIL)
    assert then
    assert (then.received, help_desk.state_of(code)) == (at + len(TAIL), "quarantined")
    *_, last = store.content(help_desk.db, store.Job(help_desk.number_of(code), code, "", "log", then.size, 0)).parts
    assert (last.begins, last.size, last.place[:12]) == (at, len(TAIL), f"{at:012x}")
    whole = Content(code, "log", at + len(TAIL), (Part(0, at, "0" * 12 + "-0a0b0c0d"), last))
    assert b"".join(help_desk.exchange.read(whole, at)) == TAIL
    moved = Content(code, "log", at + len(TAIL), (Part(0, at + 1, "x"), Part(at + 1, len(TAIL), last.place)))
    with pytest.raises(Damaged):
        b"".join(help_desk.exchange.read(moved, at + 1))


def test_fifty_gigabytes_are_the_most(help_desk: HelpDesk) -> None:
    _, follow = help_desk.stated()
    for size in (MOST + 1, 2**63 - 1):
        with pytest.raises(Refused, match="50 GB"):
            help_desk.exchange.begin(help_desk.db, follow, size, "a.log")
    assert help_desk.exchange.begin(help_desk.db, follow, MOST, "a.log")
    with pytest.raises(Refused, match="50 GB"):
        help_desk.exchange.begin(help_desk.db, follow, 1, "b.log")


@pytest.mark.long
def test_a_gigabyte_and_a_half_comes_in_is_looked_into_whole_and_goes_out_as_it_came(
    help_desk: HelpDesk, tmp_path: Path
) -> None:
    line, count = b"10:00 wrote 4096 rows of table orders in 12 ms\n" * 1024, 384
    size, sent, read = PIECE * count, hashlib.sha256(), hashlib.sha256()
    piece = (line * (PIECE // len(line) + 1))[: PIECE - 1] + b"\n"
    _, follow = help_desk.stated()
    code = help_desk.exchange.begin(help_desk.db, follow, size, "a.log")
    for number in range(count):
        sent.update(piece)
        assert help_desk.exchange.receive(help_desk.db, follow, code, number * PIECE, piece)
    done = Custody(help_desk.exchange).screen(help_desk.db)
    assert (done.trouble, done.screened) == (None, 1)
    seen = store.follow(help_desk.db, follow)
    assert seen
    screening = seen.bundles[0].screening
    assert screening
    assert (screening.outcome, screening.bytes, screening.members[0]["bytes"]) == ("clean", size, size)
    assert help_desk.value("SELECT sha256 FROM houvast.bundle WHERE code = %s", code) == sent.hexdigest()
    for data in _back(help_desk, follow, code):
        read.update(data)
    assert read.digest() == sent.digest()
    stored = sum(one.stat().st_size for one in (tmp_path / "store").rglob("*") if one.is_file())
    assert 0 < stored - size < size // 1000


def _back(help_desk: HelpDesk, follow: str, code: UUID) -> Iterator[bytes]:
    store.decide(help_desk.db, follow, code, "submit")
    store.judge(help_desk.db, number := help_desk.value("SELECT id FROM houvast.bundle WHERE code = %s", code),
                accepts=True, by="anna")  # fmt: skip
    exchange = help_desk.value("SELECT exchange FROM houvast.bundle WHERE id = %s", number)
    store.choose(help_desk.db, follow, "return")
    store.close(help_desk.db, exchange, "anna")
    content = store.content_back(help_desk.db, follow, code)
    assert content
    return help_desk.exchange.read(content)
