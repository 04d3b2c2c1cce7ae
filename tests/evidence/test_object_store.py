"""A log in an S3-compatible store: rclone serves one, a program of its own that speaks the real protocol."""

from __future__ import annotations

import re
import select
import subprocess
import sys
from collections.abc import Generator
from itertools import count
from pathlib import Path

import pytest

from houvast.database import Connection, connect
from houvast.evidence.export import write
from houvast.evidence.problems import EvidenceError, MissingTile
from houvast.evidence.sequence import SequencerBusy, integrate, mend
from houvast.evidence.store import open_store
from houvast.evidence.verify import Invalid, verify_file
from tests.evidence.logbook import Logbook

RCLONE = Path(sys.executable).with_name("rclone")
BUCKET = "evidence"
USER, SECRET = "houvast", "a-secret-of-these-tests"
_numbers = count(1)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Generator[str]:
    """A bucket of a server on this machine, which every client finds by the settings of the environment."""
    folder = tmp_path_factory.mktemp("buckets")
    (folder / BUCKET).mkdir()
    argv = [RCLONE, "serve", "s3", folder, "--addr", "127.0.0.1:0", "--auth-key", f"{USER},{SECRET}",
            "--config", "/dev/null"]  # fmt: skip
    program = subprocess.Popen(argv, stderr=subprocess.PIPE, text=True)
    assert program.stderr
    ready, _, _ = select.select([program.stderr], [], [], 30)
    said = program.stderr.readline() if ready else ""
    with pytest.MonkeyPatch.context() as patch:
        try:
            (endpoint,) = re.findall(r"http://127\.0\.0\.1:\d+", said)
            settings = {"AWS_ACCESS_KEY_ID": USER, "AWS_SECRET_ACCESS_KEY": SECRET, "AWS_REGION": "us-east-1",
                        "AWS_ENDPOINT_URL": endpoint, "AWS_ALLOW_HTTP": "true"}  # fmt: skip
            for name, value in settings.items():
                patch.setenv(name, value)
            yield BUCKET
        finally:
            program.terminate()
            program.communicate(timeout=60)


@pytest.fixture
def log(url: str, admin: Connection, tmp_path: Path, served: str) -> Logbook:
    """A log of nothing yet, whose store is in the bucket."""
    return Logbook(url, admin, tmp_path / "nowhere", bucket=f"s3://{served}/log{next(_numbers)}")


def test_a_log_grows_in_a_bucket_and_its_export_verifies(log: Logbook, tmp_path: Path) -> None:
    told: list[str] = []
    for more in (200, 100, 300):
        log.tell(more)
        told += log.nonces()
        log.integrate()
        log.check(told)
    assert not log.folder.exists()
    note = log.store.get("checkpoint").decode()
    write(log.store, note, log.signer.verifier, tmp_path / "out.zip")
    found = verify_file(tmp_path / "out.zip", log.signer.verifier.to_text())
    assert (found.size, found.start, found.stop) == (600, 0, 600)
    with pytest.raises(MissingTile):
        log.store.get("tile/0/000.p/200")  # what was partial is taken away


def test_killed_instead_of_any_write_it_goes_on(log: Logbook) -> None:
    log.tell(300)
    told = log.nonces()
    put = 1
    while log.killed(put=put) == -9:
        put += 1
    assert put > 5
    log.check(told)


def test_what_is_lost_or_changed_in_the_bucket_is_said_and_mended(log: Logbook) -> None:
    log.tell(300)
    told = log.nonces()
    log.integrate()
    kept = log.store.get("tile/entries/000")
    log.store.drop("tile/entries/000")
    with pytest.raises(MissingTile, match="`tile/entries/000` is not in the evidence store evidence/log"):
        log.store.get("tile/entries/000")
    assert mend(log.admin, log.store, log.signer) == 1
    assert log.store.get("tile/entries/000") == kept
    log.store.put("tile/entries/000", kept.replace(b"use_closed", b"use_opened", 1))
    with pytest.raises(EvidenceError, match="its hashes are others"):
        log.check(told)
    assert mend(log.admin, log.store, log.signer) == 1
    log.check(told)


def test_an_export_of_a_bucket_that_lost_a_tile_is_refused(log: Logbook, tmp_path: Path) -> None:
    log.tell(300)
    log.integrate()
    note = log.store.get("checkpoint").decode()
    log.store.drop("tile/0/000")
    with pytest.raises((EvidenceError, Invalid), match="tile/0/000"):
        write(log.store, note, log.signer.verifier, tmp_path / "out.zip")
    assert list(tmp_path.glob("*.zip")) == []


def test_two_sequencers_at_once_are_one_too_many_and_nothing_is_doubled(log: Logbook) -> None:
    log.tell(300)
    told = log.nonces()

    def another(step: str) -> None:
        if step == "tiles":
            with connect(log.url) as second, pytest.raises(SequencerBusy):
                integrate(second, log.store, log.signer)

    assert log.integrate(pause=another).size == 300
    log.check(told)


def test_a_bucket_that_is_not_there_and_a_wrong_secret_are_said_in_one_line(
    served: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(EvidenceError, match="could not be written in the evidence store nobodys/log") as missing:
        open_store("s3://nobodys/log").put("checkpoint", b"x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    with pytest.raises(EvidenceError, match=f"could not be written in the evidence store {served}/log") as refused:
        open_store(f"s3://{served}/log").put("checkpoint", b"x")
    for error in (missing, refused):
        assert len(error.value.message.splitlines()) == 1
        assert SECRET not in str(error.value)
