"""A disk that is really full: what came in half is nowhere, and all goes on when there is room."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Generator
from dataclasses import replace
from pathlib import Path
from uuid import uuid4

import pytest

from houvast.app.custody import Custody
from houvast.app.exchange import Exchange
from houvast.diagnostics import Keyring, Vault, store
from houvast.diagnostics.keyring import KeyTrouble
from houvast.diagnostics.sealing import PIECE
from houvast.diagnostics.vault import StoreTrouble
from houvast.evidence import open_store
from tests.diagnostics.help_desk import HelpDesk, whole_round

SIZE = 14 << 20
"""Bytes that the disk has: room for two pieces with their overhead, and not for four."""
_BLOCK = b"user=jan@voorbeeldbedrijf.nl export starts\n" + b"the next part of the export is done\n" * 100
LINES = (_BLOCK * (PIECE // len(_BLOCK) + 1))[:PIECE]


@pytest.fixture
def small(tmp_path: Path) -> Generator[Path]:
    """A disk of its own, in memory."""
    disk = tmp_path / "disk"
    disk.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(disk)]
    if os.geteuid() or not shutil.which("mount") or subprocess.run(words, capture_output=True, check=False).returncode:
        pytest.skip("NOT TESTED: only an administrator can make a small disk, so that none was really full")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


@pytest.fixture
def on_it(small: Path, tmp_path: Path, help_desk: HelpDesk) -> HelpDesk:
    """The help desk with its store on that disk, and the keys elsewhere."""
    vault = Vault(open_store(small / "store"), Keyring(tmp_path / "keys"))
    return replace(help_desk, exchange=Exchange(help_desk.exchange.policy, vault))


def filled(disk: Path, leaves: int) -> Callable[[], None]:
    """Fill it up to so many bytes; what is returned makes room again."""
    taken = disk / "of others"
    about = os.statvfs(disk)
    with taken.open("wb") as file:
        file.write(bytes(max(0, about.f_bavail * about.f_frsize - leaves)))
    return taken.unlink


def pieces(disk: Path) -> list[Path]:
    return sorted(one for one in (disk / "store").rglob("*") if one.is_file())


def test_an_upload_stops_leaves_nothing_behind_and_goes_on_when_there_is_room(on_it: HelpDesk, small: Path) -> None:
    _, follow = on_it.stated()
    code = on_it.exchange.begin(on_it.db, follow, 2 * PIECE, "a.log")
    assert on_it.exchange.receive(on_it.db, follow, code, 0, bytes(PIECE))
    before = pieces(small)
    assert len(before) == 1
    make_room = filled(small, PIECE // 2)
    with pytest.raises(StoreTrouble, match="No space left on device"):
        on_it.exchange.receive(on_it.db, follow, code, PIECE, bytes(PIECE))
    assert pieces(small) == before
    now = store.stands(on_it.db, follow, code)
    assert now
    assert (now.received, now.state) == (PIECE, "receiving")
    make_room()
    assert on_it.exchange.receive(on_it.db, follow, code, PIECE, bytes(PIECE))
    assert on_it.state_of(code) == "quarantined"


def test_a_redaction_stops_leaves_nothing_behind_and_goes_on_when_there_is_room(on_it: HelpDesk, small: Path) -> None:
    _, follow = on_it.stated()
    code = on_it.exchange.begin(on_it.db, follow, len(LINES) + 10, "a.log")
    assert on_it.exchange.receive(on_it.db, follow, code, 0, LINES)
    assert on_it.exchange.receive(on_it.db, follow, code, len(LINES), b"and an end")
    make_room = filled(small, PIECE // 2)
    worker, sent = Custody(on_it.exchange), pieces(small)
    assert whole_round(worker, on_it.db).screened == 1  # a full disk keeps nobody from looking into it
    store.decide(on_it.db, follow, code, "redact")
    done = whole_round(worker, on_it.db)
    assert isinstance(done.trouble, StoreTrouble)
    assert "No space left on device" in str(done.trouble)
    assert pieces(small) == sent
    assert on_it.value("SELECT count(*) FROM houvast.bundle WHERE made_of IS NOT NULL AND key_gone_at IS NULL") == 0
    make_room()
    if on_it.state_of(code) == "screened":  # after three tries it is given back to its customer
        store.decide(on_it.db, follow, code, "redact")
    on_it.past("UPDATE houvast.bundle SET next_at = clock_timestamp()")
    done = whole_round(worker, on_it.db)
    assert (done.trouble, done.redacted, done.screened) == (None, 1, 1)
    assert not set(pieces(small)) & set(sent)
    (made,) = {one.parent.name for one in pieces(small)}
    asked = "SELECT state, made_of IS NOT NULL FROM houvast.bundle WHERE code::text = %s"
    assert on_it.db.execute(asked, (made,)).fetchone() == ("screened", True)


def test_no_upload_begins_where_no_key_can_be_kept(small: Path, help_desk: HelpDesk) -> None:
    keys = Keyring(small / "keys")
    exchange = Exchange(help_desk.exchange.policy, Vault(help_desk.exchange.vault.store, keys))
    _, follow = help_desk.stated()
    keys.make(first := uuid4())
    keys.destroy(first)
    make_room = filled(small, 0)
    with pytest.raises(KeyTrouble, match="No space left on device"):
        exchange.begin(help_desk.db, follow, 10, "a.log")
    assert help_desk.value("SELECT count(*) FROM houvast.bundle") == 0
    assert [one.name for one in (small / "keys").iterdir()] == ["master"]
    make_room()
    assert exchange.begin(help_desk.db, follow, 10, "a.log")
