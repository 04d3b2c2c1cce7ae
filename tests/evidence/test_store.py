"""Files appear whole or not at all, and what goes wrong is said."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from houvast.errors import UsageError
from houvast.evidence.problems import EvidenceError, MissingTile
from houvast.evidence.store import Store, open_store


@pytest.fixture(params=["folder", "url"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    return open_store(tmp_path / "log" if request.param == "folder" else f"memory://{tmp_path.name}/log")


def test_what_is_put_comes_back_and_is_replaced(store: Store) -> None:
    for data in (b"one", b"two"):
        store.put("tile/0/x001/000", data)
        assert store.get("tile/0/x001/000") == data


def test_a_missing_file_is_named_with_what_to_do(store: Store) -> None:
    with pytest.raises(MissingTile, match="`tile/0/000` is not in the evidence store") as missing:
        store.get("tile/0/000")
    assert "mend" in missing.value.todo


def test_a_file_or_a_folder_is_dropped_and_nothing_is_no_error(store: Store) -> None:
    store.put("tile/0/000.p/1", b"x")
    store.put("tile/0/000.p/2", b"x")
    store.drop("tile/0/000.p")
    store.drop("tile/0/000.p")
    for path in ("tile/0/000.p/1", "tile/0/000.p/2"):
        with pytest.raises(MissingTile):
            store.get(path)


def test_a_file_can_be_read_by_who_may_read_the_folder(tmp_path: Path) -> None:
    open_store(tmp_path).put("checkpoint", b"x")
    assert (tmp_path / "checkpoint").stat().st_mode & 0o777 == 0o644


def test_a_write_that_fails_leaves_what_was_there_and_no_rest(tmp_path: Path) -> None:
    """A limit on the size of files stops the write half-way, as a full disk does."""
    open_store(tmp_path).put("checkpoint", b"before")
    child = (
        "import resource, signal, sys\nfrom pathlib import Path\nfrom houvast.evidence.store import open_store\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\nresource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))\n"
        "open_store(Path(sys.argv[1])).put('checkpoint', b'x' * 10000)\n"
    )
    done = subprocess.run([sys.executable, "-c", child, str(tmp_path)], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "`checkpoint` could not be written" in done.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["checkpoint"]
    assert open_store(tmp_path).get("checkpoint") == b"before"


def test_a_path_that_is_in_the_way_is_said(tmp_path: Path) -> None:
    (tmp_path / "tile").write_text("a file where a folder should be")
    with pytest.raises(EvidenceError, match="could not be written"):
        open_store(tmp_path).put("tile/0/000", b"x")


def test_a_kind_of_store_that_nobody_knows_is_refused() -> None:
    with pytest.raises(UsageError, match="nowhere://"):
        open_store("nowhere://bucket/log")
