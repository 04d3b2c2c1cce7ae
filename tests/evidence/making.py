"""A small log with made-up entries, its receipts and exports; the same every time."""

from __future__ import annotations

import hmac
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from houvast.evidence import export, receipt
from houvast.evidence.canonical import canonical
from houvast.evidence.checkpoint import Checkpoint, signed
from houvast.evidence.note import COSIGNATURE, Signer
from houvast.evidence.problems import MissingTile
from houvast.evidence.tiles import Tiles, grow
from houvast.evidence.tree import EMPTY
from houvast.evidence.verify import commitment

LOG = Signer("houvast/example", bytes(range(32)))
OTHER = Signer("houvast/example", bytes(range(1, 33)))
WITNESS = Signer("witness.example", bytes(range(32, 64)), COSIGNATURE)
KEY = LOG.verifier.to_text()
WITNESS_KEY = WITNESS.verifier.to_text()
SECONDS = 1_790_000_000
SECRET = bytes(range(100, 132))


class Memory:
    """A store in memory."""

    def __init__(self, files: Mapping[str, bytes] | None = None) -> None:
        self.files: dict[str, bytes] = dict(files or {})

    def get(self, path: str) -> bytes:
        try:
            return self.files[path]
        except KeyError:
            raise MissingTile(f"`{path}` is not there.") from None

    def put(self, path: str, data: bytes) -> None:
        self.files[path] = data

    def drop(self, path: str) -> None:
        self.files = {at: data for at, data in self.files.items() if at != path and not at.startswith(f"{path}/")}


def nonce(index: int) -> str:
    return f"{index:032x}"


def salt(index: int, name: str) -> bytes:
    """The salt of one sealed field of one entry, made from a person's secret."""
    return hmac.digest(SECRET, f"{name}\n{nonce(index)}".encode(), "sha256")


def values(index: int) -> dict[str, object]:
    return {"subject": f"customer:{index % 7}", "reason": f"vraag € {index} 😀"} if index % 3 else {}


def entry(index: int, *, changed: Mapping[str, object] | None = None) -> bytes:
    """Every third entry is about nobody; the others are uses opened for one person."""
    sealed = {name: commitment(salt(index, name), value) for name, value in values(index).items()}
    kind = "use_opened" if sealed else "promise_held"
    body = {"purpose": "answer", "login": "support", "one": "person"} if sealed else {"attempts": 12, "passed": 12}
    time = f"2026-11-25T{index // 60 % 24:02d}:{index % 60:02d}:00Z"
    made = {"v": 1, "kind": kind, "time": time, "nonce": nonce(index), "promise": "C10", "body": body, "sealed": sealed}
    return canonical(made | dict(changed or {}))


@dataclass
class Log:
    """A log in memory, with the checkpoints that it signed."""

    store: Memory = field(default_factory=Memory)
    entries: list[bytes] = field(default_factory=list[bytes])
    root: bytes = EMPTY
    notes: dict[int, str] = field(default_factory=dict[int, str])

    def grow(self, *new: bytes) -> Log:
        size, self.root = grow(self.store, len(self.entries), new, old_root=self.root)
        self.entries += new
        self.notes[size] = signed(Checkpoint(LOG.name, size, self.root), LOG)
        return self

    def note(self, size: int | None = None, *, cosigned: bool = False) -> str:
        note = self.notes[len(self.entries) if size is None else size]
        return note + (WITNESS.line(note.partition("\n\n")[0] + "\n", SECONDS) if cosigned else "")

    def receipt(self, index: int, *, note: str | None = None, opened: bool = True) -> str:
        note = note or self.note()
        size = int(note.split("\n")[1])
        shown = {name: (salt(index, name), value) for name, value in values(index).items()} if opened else {}
        return receipt.make(self.entries[index], index, note, LOG.verifier, Tiles(self.store, size).read, shown)

    def export(self, out: Path, *, start: int = 0, stop: int | None = None, note: str | None = None) -> Path:
        export.write(self.store, note or self.note(), LOG.verifier, out, start=start, stop=stop)
        return out


def log(*sizes: int) -> Log:
    """A log that signed these sizes one after another."""
    made = Log()
    for size in sizes:
        made.grow(*map(entry, range(len(made.entries), size)))
    return made


def unzipped(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(files: Mapping[str, bytes]) -> bytes:
    """Stored, so that the same files give the same bytes with every library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0)), data)
    return out.getvalue()
