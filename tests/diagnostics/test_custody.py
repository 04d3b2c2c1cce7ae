"""The worker's part: screening in a child with limits, redaction, destruction; killed anywhere, it goes on."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from multiprocessing import get_context
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from houvast.app import confining
from houvast.app.confining import EVERYTHING, MARKS, Confined, lacking, screening
from houvast.app.custody import Custody, Round
from houvast.app.exchange import Exchange
from houvast.database import connect
from houvast.diagnostics import Keyring, Vault, store
from houvast.diagnostics.keyring import KeyTrouble
from houvast.diagnostics.model import Content, Refused
from houvast.diagnostics.sealing import LEAST, Damaged
from houvast.errors import HouvastError
from houvast.evidence import open_store
from tests.diagnostics.help_desk import HelpDesk, whole_round

DETECTOR = str(Path(__file__).with_name("detector.py"))
WITH, WITHOUT = b"user=jan@example.org export starts\n" * 3, b"export starts\n" * 5


def program(mode: str = "honest", **limits: int) -> Confined:
    """A child that behaves in some way."""
    return Confined((sys.executable, DETECTOR, mode), **limits)


def custody(help_desk: HelpDesk, mode: str = "honest", **limits: int) -> Custody:
    """The worker with such children."""
    return Custody(help_desk.exchange, program(mode, **limits))


def test_a_bundle_is_screened_redacted_screened_again_accepted_and_destroyed(
    help_desk: HelpDesk, tmp_path: Path
) -> None:
    number, follow = help_desk.stated()
    code = help_desk.sent(follow, WITH)
    worker = custody(help_desk)
    assert whole_round(worker, help_desk.db).screened == 1
    seen = store.follow(help_desk.db, follow)
    assert seen
    first = seen.bundles[0].screening
    assert first
    assert (first.outcome, first.kinds, first.members[0]["marks"][0]) == ("findings", {"email": 3}, [5, 15, "email"])
    store.decide(help_desk.db, follow, code, "redact")
    done = whole_round(worker, help_desk.db)
    assert (done.redacted, done.screened, done.destroyed, done.trouble) == (1, 1, 1, None)
    seen = store.follow(help_desk.db, follow)
    assert seen
    assert [one.state for one in seen.bundles] == ["replaced", "screened"]
    made = seen.bundles[1].code
    store.decide(help_desk.db, follow, made, "submit")
    bundle = help_desk.number_of(made)
    store.judge(help_desk.db, bundle, accepts=True, by="anna")
    store.grant(help_desk.db, number, "bob", "olaf")
    content = store.opened(help_desk.db, bundle, "to find the cause", "bob")
    assert b"".join(help_desk.exchange.read(content)) == WITH.replace(b"jan@example.org", b"[email]")
    store.choose(help_desk.db, follow, "destroy")
    store.close(help_desk.db, number, "anna")
    done = whole_round(worker, help_desk.db)
    assert (done.destroyed, done.certified) == (1, 1)
    assert [one.name for one in (tmp_path / "keys").iterdir()] == ["master"]
    assert not [one for one in (tmp_path / "store").rglob("*") if one.is_file()]
    assert help_desk.value("SELECT count(*) FROM houvast.bundle_part") == 0
    assert help_desk.value("SELECT count(*) FROM houvast.bundle_screening WHERE members <> '[]'") == 0


def _everything(help_desk: HelpDesk, folder: Path) -> dict[Path, bytes]:
    """All files in which it could lie: the store, temporary folders, and those of the database, with its log."""
    help_desk.db.execute("CHECKPOINT")
    data = Path(help_desk.value("SHOW data_directory"))
    base = data / help_desk.value("SELECT pg_relation_filepath('houvast.bundle')")
    places = (folder / "store", folder / "temporary", base.parent, data / "pg_wal", data / "base" / "pgsql_tmp")
    return {one: one.read_bytes() for place in places for one in place.rglob("*") if one.is_file()}


def test_after_destruction_neither_what_is_left_nor_a_copy_of_all_of_it_from_before_gives_it_back(
    help_desk: HelpDesk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "temporary").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    mark = uuid4().hex.encode()
    sent = b"export " + mark + b" starts\n" + WITHOUT * 20_000
    number, follow = help_desk.stated()
    code = help_desk.sent(follow, sent)
    worker = Custody(help_desk.exchange)  # the child that looks is the real one
    assert whole_round(worker, help_desk.db).screened == 1
    store.decide(help_desk.db, follow, code, "submit")
    bundle = help_desk.number_of(code)
    store.judge(help_desk.db, bundle, accepts=True, by="anna")
    store.grant(help_desk.db, number, "bob", "olaf")
    content = store.opened(help_desk.db, bundle, "to find the cause", "bob")
    assert b"".join(help_desk.exchange.read(content)) == sent
    (tmp_path / "store" / str(code) / "000000000000-0a0b0c0d").write_bytes(
        b"half a piece, of a process that was killed"
    )
    before = _everything(help_desk, tmp_path)
    assert any(str(code) in str(one) for one in before)
    assert any(b"it stops at 40 percent" in data for data in before.values())  # what is said of it is found so
    store.choose(help_desk.db, follow, "destroy")
    store.close(help_desk.db, number, "anna")
    assert whole_round(worker, help_desk.db).certified == 1
    after = _everything(help_desk, tmp_path)
    for copy in (before, after):
        assert [one for one, data in copy.items() if mark in data] == []
    for one, data in before.items():
        if (tmp_path / "store") in one.parents:
            assert one not in after
            one.parent.mkdir(parents=True, exist_ok=True)
            one.write_bytes(data)
    with pytest.raises(KeyTrouble, match="destroyed"):
        list(help_desk.exchange.read(content))
    (left,) = (tmp_path / "keys").iterdir()  # of the keys, the master is left, which opens no piece
    master = left.read_bytes()

    def instead(_ring: Keyring, _bundle: UUID) -> bytes:
        return master

    monkeypatch.setattr(Keyring, "key", instead)
    with pytest.raises(Damaged):
        list(help_desk.exchange.read(content))


@pytest.mark.parametrize(
    ("mode", "limits", "why"),
    [
        ("hang", {"shortest": 1}, "broken"),
        ("eat", {"memory": 256}, "broken"),
        ("early", {}, "cut"),
        ("lie", {}, ""),
    ],
)
def test_a_child_that_does_not_answer_in_full_leaves_it_not_screened(
    help_desk: HelpDesk, mode: str, limits: dict[str, int], why: str
) -> None:
    _, follow = help_desk.stated()
    code = help_desk.sent(follow, WITH * 10_000)
    began = time.monotonic()
    assert whole_round(custody(help_desk, mode, **limits), help_desk.db).screened == 1
    assert time.monotonic() - began < 20
    seen = store.follow(help_desk.db, follow)
    assert seen
    found = seen.bundles[0].screening
    assert found
    assert (found.outcome, found.why) == ("not_screened", why)
    with pytest.raises(Refused, match="C44"):
        store.decide(help_desk.db, follow, code, "submit")


def _lets_everything_be_taken() -> bool:
    """Whether this kernel has Landlock and seccomp, asked of it rather than of what is tested."""
    create_ruleset, version = 444, 1
    landlock = ctypes.CDLL(None).syscall(create_ruleset, None, ctypes.c_size_t(0), version) if LINUX else 0
    return landlock > 0 and Path("/proc/sys/kernel/seccomp/actions_avail").exists()


LINUX = sys.platform == "linux"


@pytest.mark.skipif(not _lets_everything_be_taken(), reason="NOT TESTED: this kernel has no Landlock or no seccomp")
def test_a_child_reads_no_key_writes_no_file_opens_no_socket_and_knows_no_secret(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("HOUVAST_DIAGNOSTICS_KEY", "a secret")
    ring = Keyring(tmp_path / "keys")
    ring.make(UUID(int=7))
    key = tmp_path / "keys" / "master"
    asked = str(key).encode()
    found, _ = program("reach").screen([asked], len(asked), "log")
    assert [one["not_screened"] for one in found.members] == ["nothing"]
    assert lacking() == ()
    before = key.read_bytes()
    (free,) = program("free").screen([asked], len(asked), "log")[0].members  # what it could do otherwise
    assert {"key", "folder", "write", "move", "empty", "socket", "run"} <= {*free["not_screened"].split("; ")}
    assert key.with_name("written").read_bytes() == b"" != before


def test_a_child_that_cannot_say_what_it_could_do_counts_as_one_that_can_do_everything(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lacking.cache_clear()
    monkeypatch.setattr(confining, "CHILD", (sys.executable, "-c", "import sys; sys.exit(1)"))
    try:
        assert lacking() == EVERYTHING
    finally:
        lacking.cache_clear()


@pytest.mark.parametrize(
    ("answer", "code"),
    [(b"", 0), (b"{}", 0), (b'{"outcome":"clean"}', 0), (b"[" * 100_000, 0),
     (b'{"outcome":"clean","detectors":"1","kinds":{},"members":[]}', 1),
     (b'{"outcome":"clean","detectors":"1","kinds":{},"members":[]}', -9),
     (b'{"outcome":"clean","detectors":"1","kinds":{"email":1},"members":[]}', 0)],
)  # fmt: skip
def test_an_answer_that_does_not_agree_with_itself_is_none(answer: bytes, code: int) -> None:
    assert screening(answer, code, 10, 10).outcome == "not_screened"


def test_of_a_file_with_many_findings_all_are_counted_and_some_are_shown() -> None:
    lines = b"user=jan@example.org\n" * 1500
    found, _ = Confined().screen([lines], len(lines), "log")
    (member,) = found.members
    assert (found.outcome, found.found, member["kinds"], len(member["marks"])) == (
        "findings",
        1500,
        {"email": 1500},
        MARKS,
    )


def test_what_cannot_be_read_from_the_store_is_given_up_and_told(help_desk: HelpDesk, tmp_path: Path) -> None:
    _, follow = help_desk.stated()
    code = help_desk.sent(follow, WITHOUT)
    (piece,) = (one for one in (tmp_path / "store").rglob("*") if one.is_file())
    piece.write_bytes(piece.read_bytes()[:-1])
    done = whole_round(custody(help_desk), help_desk.db)
    assert isinstance(done.trouble, HouvastError)
    seen = store.follow(help_desk.db, follow)
    assert seen
    assert (seen.bundles[0].state, seen.bundles[0].screening and seen.bundles[0].screening.why) == (
        "screened",
        "damaged",
    )
    with pytest.raises(Refused):
        store.decide(help_desk.db, follow, code, "submit")


def _work(url: str, folder: Path, policy: object, slow: float) -> None:
    """A worker that takes its time over each piece, so that it is killed in the midst."""
    vault = Vault(open_store(folder / "store"), Keyring(folder / "keys"))

    class Slow(Vault):
        def read(self, content: Content, begins: int = 0) -> Iterator[bytes]:
            for data in super().read(content, begins):
                time.sleep(slow)
                yield data

    exchange = Exchange(policy, Slow(vault.store, vault.keys))  # pyright: ignore[reportArgumentType]
    with connect(url) as connection:
        whole_round(Custody(exchange, program()), connection)


@pytest.mark.parametrize("state", ["quarantined", "redacting"])
def test_a_worker_that_is_killed_leaves_it_to_the_next(help_desk: HelpDesk, tmp_path: Path, state: str) -> None:
    _, follow = help_desk.stated()
    code = help_desk.sent(follow, WITH)
    worker = custody(help_desk)
    if state == "redacting":
        whole_round(worker, help_desk.db)
        store.decide(help_desk.db, follow, code, "redact")
    killed = get_context("spawn").Process(
        target=_work, args=(help_desk.office.target.url, tmp_path, help_desk.exchange.policy, 60)
    )
    killed.start()
    tried = "SELECT tries FROM houvast.bundle WHERE code = %s"
    for _ in range(200):
        if help_desk.value(tried, code) and (
            state == "quarantined" or help_desk.value("SELECT count(*) FROM houvast.bundle") == 2
        ):
            break
        time.sleep(0.05)
    assert killed.pid
    os.kill(killed.pid, signal.SIGKILL)
    killed.join()
    assert help_desk.state_of(code) == state
    help_desk.db.execute("UPDATE houvast.bundle SET next_at = now()")
    done = whole_round(worker, help_desk.db)
    assert (done.screened, done.redacted) == (1, state == "redacting")
    ends = {"quarantined": ["screened"], "redacting": ["replaced", "withdrawn", "screened"]}[state]
    assert [row[0] for row in help_desk.db.execute("SELECT state FROM houvast.bundle ORDER BY id").fetchall()] == ends
    keys = {UUID(one.stem) for one in (tmp_path / "keys").glob("*.key")}
    assert keys == {
        row[0] for row in help_desk.db.execute("SELECT code FROM houvast.bundle WHERE ended_at IS NULL").fetchall()
    }


@pytest.mark.parametrize("state", ["quarantined", "redacting"])
def test_what_ends_while_another_is_looked_into_is_destroyed_at_once(
    help_desk: HelpDesk, tmp_path: Path, state: str
) -> None:
    number, follow, code, _ = help_desk.accepted(WITHOUT)
    other = help_desk.stated()[1]
    held = help_desk.sent(other, WITH)
    if state == "redacting":
        whole_round(custody(help_desk), help_desk.db)
        store.decide(help_desk.db, other, held, "redact")
    going, goes_on = threading.Event(), threading.Event()

    class Held(Vault):
        def read(self, content: Content, begins: int = 0) -> Iterator[bytes]:
            going.set()
            assert goes_on.wait(60)
            yield from super().read(content, begins)

    vault = help_desk.exchange.vault
    slow = Exchange(help_desk.exchange.policy, Held(vault.store, vault.keys))
    seen: list[Round] = []

    def look() -> None:
        with connect(help_desk.office.target.url) as connection:
            seen.append(Custody(slow, program()).screen(connection))

    looks = threading.Thread(target=look)
    looks.start()
    try:
        assert going.wait(60)
        store.choose(help_desk.db, follow, "destroy")
        store.close(help_desk.db, number, "anna")
        done = custody(help_desk).end(help_desk.db)
        assert (done.destroyed, done.certified, help_desk.state_of(code)) == (1, 1, "destroyed")
        assert help_desk.state_of(held) == state
        store.decide(help_desk.db, other, held, "withdraw")
        assert custody(help_desk).end(help_desk.db).destroyed == (2 if state == "redacting" else 1)
    finally:
        goes_on.set()
        looks.join(60)
    assert [(one.screened, one.redacted, one.trouble) for one in seen] == [(0, 0, None)]
    assert not list((tmp_path / "keys").glob("*.key"))
    assert not [one for one in (tmp_path / "store").rglob("*") if one.is_file()]


def test_an_upload_that_stopped_goes_after_a_day_with_its_key(help_desk: HelpDesk, tmp_path: Path) -> None:
    _, follow = help_desk.stated()
    code = help_desk.exchange.begin(help_desk.db, follow, 2 * LEAST, "a.log")
    assert help_desk.exchange.receive(help_desk.db, follow, code, 0, bytes(LEAST))
    help_desk.db.execute("UPDATE houvast.bundle SET until = now() - interval '1 second'")
    assert whole_round(custody(help_desk), help_desk.db).destroyed == 1
    assert help_desk.state_of(code) == "expired"
    assert help_desk.exchange.receive(help_desk.db, follow, code, LEAST, bytes(LEAST)) is None
    assert not list((tmp_path / "keys").glob("*.key"))


def test_a_key_that_no_bundle_has_goes_after_an_hour(help_desk: HelpDesk, tmp_path: Path) -> None:
    left = UUID(int=7)
    help_desk.exchange.vault.keys.make(left)
    whole_round(custody(help_desk), help_desk.db)
    assert help_desk.exchange.vault.keys.bundles() == {left}
    hours = time.time() - 7200
    os.utime(tmp_path / "keys" / f"{left}.key", (hours, hours))
    whole_round(custody(help_desk), help_desk.db)
    assert help_desk.exchange.vault.keys.bundles() == frozenset()
