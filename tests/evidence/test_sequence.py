"""The sequencer loses nothing and doubles nothing, wherever it is killed, and says clearly what it cannot mend."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from houvast.database import Connection, connect
from houvast.evidence import Signer, rows
from houvast.evidence.comparing import KeyChanged, StoreBehind, StoreForked
from houvast.evidence.problems import EvidenceError, MissingTile
from houvast.evidence.sequence import SequencerBusy, integrate, mend
from tests.compiler.asking import column, value
from tests.compiler.asking import rows as ask
from tests.evidence.logbook import Logbook

STEPS = ("adopted", "taken", "committed", "tiles", "signed", "cosigned", "published")


@pytest.fixture
def log(url: str, admin: Connection, tmp_path: Path) -> Logbook:
    """A log of nothing yet."""
    return Logbook(url, admin, tmp_path / "store")


def test_what_was_told_is_taken_signed_and_published(log: Logbook) -> None:
    log.tell(3, "1")
    log.tell(300)
    told = log.nonces()
    done = log.integrate()
    assert (done.size, done.taken, done.adopted) == (303, 303, 0)
    log.check(told)
    assert log.store.get("key").decode() == f"{log.signer.verifier.to_text()}\n"
    secrets = "SELECT kind || key FROM houvast.secret WHERE kind = 'customer' OR key = '' ORDER BY 1"
    assert column(log.admin, secrets) == ["", "customer1"]
    assert log.integrate().size == 303
    assert value(log.admin, "SELECT count(*) FROM houvast.checkpoint") == 1


def test_a_log_of_nothing_publishes_nothing(log: Logbook) -> None:
    assert log.integrate().size == 0
    assert not log.folder.exists()


def test_a_round_takes_what_it_may_and_the_next_goes_on(log: Logbook) -> None:
    log.tell(25)
    told = log.nonces()
    assert [log.integrate(limit=10).taken for _ in range(4)] == [10, 10, 5, 0]
    log.check(told)


@pytest.mark.parametrize("step", STEPS)
def test_killed_at_a_step_it_goes_on_where_it_was(log: Logbook, step: str) -> None:
    told: list[str] = []
    for count in (200, 100):  # the first time there is no store yet; the second time a tile becomes full
        log.tell(count)
        told += log.nonces()
        assert log.killed(step) == -9
        log.integrate()
        log.check(told)


def test_killed_instead_of_any_write_it_goes_on(log: Logbook) -> None:
    told: list[str] = []
    for count in (200, 100):
        log.tell(count)
        told += log.nonces()
        put = 1
        while log.killed(put=put) == -9:
            put += 1
        assert put > 3
        log.check(told)


class Full:
    """A store on a disk that is full after so many writes."""

    def __init__(self, log: Logbook, room: int) -> None:
        self._store, self.room = log.store, room
        self.get, self.drop = self._store.get, self._store.drop

    def put(self, path: str, data: bytes) -> None:
        self.room -= 1
        if self.room < 0:
            raise EvidenceError(f"`{path}` could not be written: No space left on device.")
        self._store.put(path, data)


def _fits(log: Logbook, room: int) -> bool:
    try:
        integrate(log.admin, Full(log, room), log.signer)
    except EvidenceError as error:
        if "No space left" not in error.message:
            raise
        return False
    return True


def test_a_disk_that_is_full_at_any_write_loses_nothing(log: Logbook) -> None:
    told: list[str] = []
    for count in (200, 100):
        log.tell(count)
        told += log.nonces()
        tries = next(room for room in range(20) if _fits(log, room))
        assert tries > 2
        log.check(told)


@pytest.fixture
def small_disk(tmp_path: Path) -> Generator[Path]:
    """A disk of 256 kB of its own, where one can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", place], check=False, capture_output=True
    )
    if mounted.returncode:
        pytest.skip("no disk can be mounted here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_real_disk_that_is_full_is_said_and_with_room_it_goes_on(log: Logbook, small_disk: Path) -> None:
    log.folder = small_disk / "store"
    log.tell(200)
    told = log.nonces()
    log.integrate()
    filler = small_disk / "filler"
    with pytest.raises(OSError, match="No space left"):
        filler.write_bytes(bytes(1 << 20))
    log.tell(100)
    told += log.nonces()
    with pytest.raises(EvidenceError, match="No space left on device"):
        log.integrate()
    filler.unlink()
    log.integrate()
    log.check(told)


def test_two_sequencers_at_once_do_not_meet(log: Logbook) -> None:
    log.tell(10)
    told = log.nonces()
    with connect(log.url) as other:

        def try_too(step: str) -> None:
            if step == "committed":
                with pytest.raises(SequencerBusy, match="Another sequencer"):
                    integrate(other, log.store, log.signer)

        log.integrate(pause=try_too)
        assert integrate(other, log.store, log.signer).taken == 0
    log.check(told)


def test_events_that_commit_late_are_taken_later(log: Logbook) -> None:
    with connect(log.url) as late:
        with late.transaction():
            rows.tell(late, "drift_mended", {})
            log.tell(2)
            assert log.integrate().taken == 2
        assert log.integrate().taken == 1
    assert column(log.admin, "SELECT kind FROM houvast.entry ORDER BY index") == ["use_closed"] * 2 + ["drift_mended"]


def test_a_clock_that_went_back_is_written_down_and_the_log_goes_on(log: Logbook) -> None:
    log.tell(1)
    ask(log.admin, "UPDATE houvast.event SET at = at + interval '90 minutes 10 seconds'")
    log.integrate()
    log.tell(2)
    ask(
        log.admin, "UPDATE houvast.event SET at = '2026-11-26 10:00:00Z' WHERE id = (SELECT min(id) FROM houvast.event)"
    )
    ask(
        log.admin, "UPDATE houvast.event SET at = '2026-11-26 09:58:30Z' WHERE id = (SELECT max(id) FROM houvast.event)"
    )
    ask(log.admin, "UPDATE houvast.entry SET at = '2026-11-26 11:30:10Z'")
    assert log.integrate().set_back == 91
    assert ask(log.admin, "SELECT kind, body FROM houvast.entry ORDER BY index OFFSET 1") == [
        ("clock_set_back", {"minutes": 91}), ("use_closed", {"login": "support", "purpose": "answer"}),
        ("clock_set_back", {"minutes": 2}), ("use_closed", {"login": "support", "purpose": "answer"}),
    ]  # fmt: skip
    log.tell(1)
    ask(log.admin, "UPDATE houvast.event SET at = '2026-11-26 09:59:00Z'")
    assert log.integrate().set_back == 0


def test_another_key_is_refused_and_with_the_right_one_it_goes_on(log: Logbook) -> None:
    log.tell(5)
    told = log.nonces()
    log.integrate()
    log.tell(5)
    told += log.nonces()
    for wrong in (Signer.generate(log.signer.name), Signer.generate("houvast/other")):
        with pytest.raises(KeyChanged, match=r"evidence\.key"):
            integrate(log.admin, log.store, wrong)
    assert rows.standing(log.admin).waiting == 5
    log.integrate()
    log.check(told)


def _lose_all(log: Logbook) -> None:
    shutil.rmtree(log.folder)


def _lose_checkpoint(log: Logbook) -> None:
    log.store.drop("checkpoint")


def _lose_bundle(log: Logbook) -> None:
    for path in (log.folder / "tile" / "entries").rglob("*.p/*"):
        path.unlink()


def _lose_hashes(log: Logbook) -> None:
    for path in (log.folder / "tile" / "0").rglob("*.p/*"):
        path.unlink()


def _damage(log: Logbook) -> None:
    for path in (log.folder / "tile" / "0").rglob("*.p/*"):
        path.write_bytes(bytes(len(path.read_bytes())))


def _go_back(log: Logbook) -> None:
    """The store is that of some time ago."""
    note = value(log.admin, "SELECT note FROM houvast.checkpoint ORDER BY size LIMIT 1")
    log.store.put("checkpoint", note.encode())


@pytest.mark.parametrize("lose", [_lose_all, _lose_checkpoint, _lose_bundle, _lose_hashes, _damage, _go_back])
def test_a_store_that_lost_something_is_said_and_mended_from_the_database(
    log: Logbook, lose: Callable[[Logbook], None]
) -> None:
    told: list[str] = []
    for count in (300, 10, 10):
        log.tell(count)
        told += log.nonces()
        log.integrate()
    lose(log)
    log.tell(1)
    told += log.nonces()
    with pytest.raises((StoreBehind, MissingTile, EvidenceError)) as error:
        log.integrate()
    assert "houvast evidence mend" in error.value.todo
    assert mend(log.admin, log.store, log.signer) > 0
    assert mend(log.admin, log.store, log.signer) == 0
    log.integrate()
    log.check(told)


def test_entries_that_were_changed_in_the_database_do_not_reach_the_store(log: Logbook) -> None:
    log.tell(20)
    log.integrate()
    ask(log.admin, "UPDATE houvast.entry SET leaf = replace(leaf, 'answer', 'billin') WHERE index = 7")
    before = _files(log.folder)
    with pytest.raises(EvidenceError, match="not those that were signed"):
        mend(log.admin, log.store, log.signer)
    assert _files(log.folder) == before


def _files(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _forget(log: Logbook, size: int) -> None:
    """The database is that of some time ago, when the log had so many entries."""
    ask(log.admin, "DELETE FROM houvast.entry WHERE index >= %s", size)
    ask(log.admin, "DELETE FROM houvast.checkpoint WHERE size > %s", size)


@pytest.mark.parametrize("size", [0, 1, 256, 300])
def test_a_store_that_is_ahead_is_adopted_and_what_waits_is_not_doubled(log: Logbook, size: int) -> None:
    log.tell(size)
    told = log.nonces()
    log.integrate()
    log.tell(150, "7")
    told += log.nonces()
    ask(log.admin, "CREATE TABLE kept AS SELECT * FROM houvast.event ORDER BY id LIMIT 100")
    log.integrate()
    log.tell(150)
    told += log.nonces()
    log.integrate()
    _forget(log, size)
    ask(log.admin, "INSERT INTO houvast.event OVERRIDING SYSTEM VALUE SELECT * FROM kept")
    log.tell(5)
    told += log.nonces()[100:]
    done = log.integrate()
    assert (done.adopted, done.taken) == (300, 5)
    log.check(told)
    assert value(log.admin, "SELECT count(*) FROM houvast.entry WHERE sealed IS NULL") == 300


def test_entries_that_were_not_published_when_the_backup_was_made_are_adopted_too(log: Logbook) -> None:
    log.tell(10)
    told = log.nonces()
    log.integrate()
    log.tell(10)
    told += log.nonces()
    log.killed("committed")
    log.integrate()
    log.tell(10)
    told += log.nonces()
    log.integrate()
    _forget(log, 20)
    ask(log.admin, "DELETE FROM houvast.checkpoint WHERE size = 20")
    assert log.integrate().adopted == 10
    log.check(told)


@pytest.mark.parametrize("ahead", [0, 5])
def test_two_histories_are_said_and_nothing_is_changed(log: Logbook, tmp_path: Path, ahead: int) -> None:
    """Database and store were both restored and went on; then the store as it had been came back."""
    log.tell(10)
    log.integrate()
    old, copy = log.folder, tmp_path / "copy"
    shutil.copytree(old, copy)
    for count in (10, ahead):
        log.tell(count)
        log.integrate()
    _forget(log, 10)
    log.folder = copy
    log.tell(10)
    log.integrate()
    log.folder = old
    log.tell(1)
    before = _files(old)
    with pytest.raises(StoreForked, match="different histories of the first 20 entries"):
        log.integrate()
    assert _files(old) == before
    assert (rows.size(log.admin), rows.standing(log.admin).waiting) == (20, 1)
    log.folder = copy
    assert log.integrate().size == 21


def test_a_store_of_many_tiles_is_adopted(log: Logbook) -> None:
    log.tell(3000)
    told = log.nonces()
    log.integrate()
    _forget(log, 0)
    assert log.integrate().adopted == 3000
    log.check(told)
