"""A timestamp authority says since when the log had its entries, and its token holds for that log alone."""

from __future__ import annotations

import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from houvast.evidence import Checkpoint
from houvast.evidence.problems import EvidenceError
from houvast.evidence.tiles import Tiles
from houvast.evidence.timestamping import LIST, check_token, stamp, stamps, token_path
from houvast.evidence.timestamps_in import check_timestamps
from houvast.evidence.tree import root_of
from houvast.evidence.verify import Invalid, verify_file
from tests.evidence import authority, making

SIZES = (3, 300, 600)


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return authority.make(tmp_path_factory.mktemp("tsa") / "ours")


@pytest.fixture
def log(roots: Path) -> making.Log:
    """A log that was stamped at each of its sizes."""
    made = making.log(*SIZES)
    with authority.stamping(roots.parent) as url:
        for size in SIZES:
            stamp(made.store, url, _checkpoint(made, size))
    return made


def _checkpoint(log: making.Log, size: int) -> Checkpoint:
    return Checkpoint(making.LOG.name, size, root_of(size, Tiles(log.store, size).read))


def test_tokens_go_into_an_export_and_hold_with_the_authoritys_certificate(
    log: making.Log, roots: Path, tmp_path: Path
) -> None:
    whole = log.export(tmp_path / "log.zip")
    found = verify_file(whole, making.KEY)
    assert found.timestamps == SIZES
    times = check_timestamps(whole, found, roots.read_bytes())
    assert list(times) == list(SIZES)
    assert all(abs(at - datetime.now(UTC)) < timedelta(minutes=5) for at in times.values())
    assert list(stamps(log.store).values()) == list(times.values())


def test_a_part_of_the_log_holds_the_tokens_that_can_be_checked_with_it(
    log: making.Log, roots: Path, tmp_path: Path
) -> None:
    for start, stop, sizes in [(0, 256, (3, 600)), (256, 512, (300, 600)), (512, 600, (600,))]:
        part = log.export(tmp_path / f"{start}.zip", start=start, stop=stop)
        found = verify_file(part, making.KEY)
        assert found.timestamps == sizes
        assert tuple(check_timestamps(part, found, roots.read_bytes())) == sizes


def test_openssl_itself_accepts_a_token(log: making.Log, roots: Path, tmp_path: Path) -> None:
    (tmp_path / "token").write_bytes(log.store.get(token_path(300)))
    (tmp_path / "text").write_text(_checkpoint(log, 300).text())
    said = subprocess.run(["openssl", "ts", "-verify", "-in", tmp_path / "token", "-data", tmp_path / "text",
                           "-CAfile", roots], capture_output=True, text=True, check=False)  # fmt: skip
    assert (said.returncode, "Verification: OK" in said.stdout + said.stderr) == (0, True)


def test_a_token_of_another_checkpoint_or_authority_or_a_changed_one_is_refused(
    log: making.Log, roots: Path, tmp_path: Path
) -> None:
    token, ours = log.store.get(token_path(300)), roots.read_bytes()
    strangers = authority.make(tmp_path / "strangers").read_bytes()
    changed = token[:-1] + bytes([token[-1] ^ 1])
    wrong = [(token, 3, ours), (token, 300, strangers), (b"", 300, ours), (token[:-9], 300, ours),
             (changed, 300, ours), (token, 300, b"x")]  # fmt: skip
    for data, size, certificates in wrong:
        with pytest.raises(Invalid):
            check_token(data, _checkpoint(log, size), certificates)
    assert check_token(token, _checkpoint(log, 300), ours)


def test_tokens_that_were_swapped_or_are_for_more_than_the_log_has_are_refused(
    log: making.Log, roots: Path, tmp_path: Path
) -> None:
    whole = log.export(tmp_path / "log.zip")
    files = making.unzipped(whole)
    swapped = files | {token_path(3): files[token_path(300)], token_path(300): files[token_path(3)]}
    (tmp_path / "swapped.zip").write_bytes(making.zipped(swapped))
    found = verify_file(tmp_path / "swapped.zip", making.KEY)
    with pytest.raises(Invalid, match="no timestamp of this checkpoint"):
        check_timestamps(tmp_path / "swapped.zip", found, roots.read_bytes())
    for name in (
        "timestamps/601.tsr",
        "timestamps/03.tsr",
        "timestamps/0.tsr",
        "timestamps/list",
        "timestamps/3.tsr.x",
    ):
        (tmp_path / "more.zip").write_bytes(making.zipped(files | {f"timestamps/{name}": files[token_path(3)]}))
        with pytest.raises(Invalid, match="does not belong"):
            verify_file(tmp_path / "more.zip", making.KEY)


def test_a_file_without_a_timestamp_is_said_to_have_none(roots: Path, tmp_path: Path) -> None:
    whole = making.log(3).export(tmp_path / "log.zip")
    with pytest.raises(Invalid, match="no timestamp in this file"):
        check_timestamps(whole, verify_file(whole, making.KEY), roots.read_bytes())


def test_an_authority_that_does_not_answer_or_says_something_else_leaves_nothing(roots: Path) -> None:
    made = making.log(3)
    with authority.stamping(roots.parent) as url:
        (roots.parent / "config").rename(roots.parent / "away")
        try:
            with pytest.raises(EvidenceError, match="did not stamp the log"):
                stamp(made.store, url, _checkpoint(made, 3))
        finally:
            (roots.parent / "away").rename(roots.parent / "config")
    with pytest.raises(EvidenceError, match="Connection refused"):
        stamp(made.store, url, _checkpoint(made, 3))
    assert stamps(made.store) == {}


def test_a_damaged_list_is_said(log: making.Log) -> None:
    log.store.put(LIST, b"3 yesterday\n")
    with pytest.raises(EvidenceError, match="damaged"):
        stamps(log.store)
