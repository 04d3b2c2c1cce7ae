"""Go's own transparency-log library (golang.org/x/mod/sumdb), which we did not write, accepts and refuses as we do."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from houvast.evidence.store import FolderStore
from houvast.evidence.tiles import Tiles, grow
from houvast.evidence.tree import EMPTY, consistency, inclusion, root_of
from houvast.evidence.witness import answer, request
from tests.evidence import making

SOURCE = Path(__file__).parent / "go"
SIZES = (1, 2, 7, 255, 256, 257, 600)
ACCEPTED = "accepted"
Ask = Callable[[dict[str, Any]], dict[str, list[str]]]


def _library() -> Path | None:
    """Where Go keeps its copy of the library; Debian's has it among the sources of the go command."""
    go = shutil.which("go")
    if not go:
        return None
    home = subprocess.run([go, "env", "GOROOT"], capture_output=True, text=True, check=True).stdout.strip()
    found = Path(home, "src", "cmd", "vendor", "golang.org", "x", "mod", "sumdb")
    return found if found.is_dir() else None


@pytest.fixture(scope="module")
def go(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """Asks the Go program; it is built from Go's library as it lies on this machine."""
    library = _library()
    if not library:
        missing = "Go is not here, so nobody but us checked the proofs: apt-get install golang-go"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    folder = tmp_path_factory.mktemp("go")
    shutil.copytree(SOURCE, folder, dirs_exist_ok=True)
    for name in ("note", "tlog"):
        (folder / name).mkdir()
        for file in (library / name).glob("*.go"):
            text = file.read_text().replace('"golang.org/x/crypto/ed25519"', '"crypto/ed25519"')
            (folder / name / file.name).write_text(text)
    settings = os.environ | {"GOFLAGS": "-mod=mod", "GOPROXY": "off", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    subprocess.run(["go", "build", "-o", "check", "."], cwd=folder, env=settings, check=True)

    def ask(questions: dict[str, Any]) -> dict[str, list[str]]:
        text = json.dumps({"Key": making.KEY} | questions)
        done = subprocess.run([folder / "check"], input=text, capture_output=True, text=True, check=True)
        return json.loads(done.stdout)

    return ask


@pytest.fixture(scope="module")
def log() -> making.Log:
    return making.log(*SIZES)


@dataclass(frozen=True)
class Proof:
    """An inclusion proof (entry at index) or a consistency proof (old), as Go reads it."""

    size: int
    root: bytes
    path: tuple[bytes, ...]
    index: int = 0
    entry: bytes = b""
    old: int = 0
    old_root: bytes = b""

    def data(self) -> dict[str, Any]:
        said = {"Size": self.size, "Root": _text(self.root), "Proof": [_text(one) for one in self.path],
                "Index": self.index, "Entry": _text(self.entry), "Old": self.old}  # fmt: skip
        return said | ({"OldRoot": _text(self.old_root)} if self.old_root else {})


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _flipped(data: bytes, bit: int = 3) -> bytes:
    return bytes([data[0] ^ 1 << bit]) + data[1:]


def _damaged(proof: Proof) -> list[Proof]:
    """The same proof with one thing changed."""
    changed = [replace(proof, root=_flipped(proof.root)), replace(proof, path=(*proof.path, proof.root))]
    if proof.old_root:
        changed.append(replace(proof, old_root=_flipped(proof.old_root)))
    else:
        changed.append(replace(proof, entry=proof.entry + b" "))
        changed += [replace(proof, index=(proof.index + 1) % proof.size)] if proof.size > 1 else []
    for place, one in enumerate(proof.path):
        changed.append(replace(proof, path=(*proof.path[:place], _flipped(one), *proof.path[place + 1 :])))
        changed.append(replace(proof, path=(*proof.path[:place], *proof.path[place + 1 :])))
    return changed


def test_go_accepts_every_inclusion_proof_and_refuses_it_changed(go: Ask, log: making.Log) -> None:
    good: list[Proof] = []
    for size in SIZES:
        tiles = Tiles(log.store, size)
        top = root_of(size, tiles.read)
        for index in {0, size // 2, size - 1, min(254, size - 1), min(256, size - 1)}:
            good.append(Proof(size, top, tuple(inclusion(index, size, tiles.read)), index, log.entries[index]))
    bad = [one for proof in good for one in _damaged(proof)]
    said = go({"Records": [one.data() for one in (*good, *bad)]})["Records"]
    assert said[: len(good)] == [ACCEPTED] * len(good)
    assert ACCEPTED not in said[len(good) :]
    assert len(bad) > 100


def test_go_accepts_every_consistency_proof_and_refuses_it_changed(go: Ask, log: making.Log) -> None:
    good: list[Proof] = []
    for new in SIZES:
        read = Tiles(log.store, new).read
        good += [
            Proof(new, root_of(new, read), tuple(consistency(old, new, read)), old=old, old_root=root_of(old, read))
            for old in SIZES
            if old < new
        ]
    bad = [one for proof in good for one in _damaged(proof)]
    said = go({"Trees": [one.data() for one in (*good, *bad)]})["Trees"]
    assert said[: len(good)] == [ACCEPTED] * len(good)
    assert ACCEPTED not in said[len(good) :]
    assert len(bad) > 100


def test_go_accepts_our_checkpoints_and_refuses_them_changed(go: Ask, log: making.Log) -> None:
    good = [log.note(size) for size in SIZES] + [log.note(cosigned=True)]
    bad = [note.replace(f"\n{size}\n", f"\n{size + 1}\n", 1) for size, note in zip(SIZES, good, strict=False)]
    bad += [good[0].replace("houvast/example\n", "houvast/exampel\n", 1), good[0][:-1], good[0] + "x\n"]
    said = go({"Notes": good + bad})["Notes"]
    assert said[: len(good)] == [ACCEPTED] * len(good)
    assert ACCEPTED not in said[len(good) :]


def test_go_accepts_what_a_witness_cosigned_and_refuses_it_changed(go: Ask, log: making.Log) -> None:
    good, kept = list[str](), dict[str, str]()
    for old, size in zip((0, *SIZES), SIZES, strict=False):
        proof = consistency(old, size, Tiles(log.store, size).read)
        asked = answer(
            request(old, proof, log.note(size)), [making.LOG.verifier], kept, making.WITNESS, making.SECONDS + size
        )
        kept[asked.origin] = asked.keep
        good.append(log.note(size) + asked.body)
    last = good[-1]
    bad = [log.note(), last.replace("\n600\n", "\n601\n", 1), log.note(257) + last[len(log.note(600)) :]]
    said = go({"Witness": making.WITNESS_KEY, "Cosigned": good + bad, "Notes": good})
    assert said["Notes"] == [ACCEPTED] * len(good)
    assert said["Cosigned"][: len(good)] == [ACCEPTED] * len(good)
    assert ACCEPTED not in said["Cosigned"][len(good) :]


def test_go_reads_every_entry_from_our_tiles_and_sees_what_was_changed(
    go: Ask, log: making.Log, tmp_path: Path
) -> None:
    size, top = grow(FolderStore(tmp_path / "good"), 0, log.entries, old_root=EMPTY)
    assert top == log.root
    (tmp_path / "good" / "checkpoint").write_text(log.note())
    folders = ["good"]
    for path in ("tile/0/000", "tile/0/002.p/88", "tile/1/000.p/2", "tile/entries/001", "tile/entries/002.p/88"):
        folder = path.replace("/", "-")
        shutil.copytree(tmp_path / "good", tmp_path / folder)
        data = (tmp_path / folder / path).read_bytes()
        (tmp_path / folder / path).write_bytes(data[:40] + _flipped(data[40:]))
        folders.append(folder)
    said = go({"Logs": [str(tmp_path / folder) for folder in folders]})["Logs"]
    assert size == SIZES[-1]
    assert said[0] == ACCEPTED
    assert ACCEPTED not in said[1:]
