"""What a witness keeps on disk: its key, and the last checkpoint that it cosigned of each log."""

from __future__ import annotations

import fcntl
import json
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import cast

from houvast.errors import UsageError
from houvast.evidence.key_file import read_key, write_key
from houvast.evidence.note import COSIGNATURE, Signer
from houvast.evidence.problems import EvidenceError
from houvast.evidence.store import FolderStore
from houvast.evidence.verify import Invalid
from houvast.evidence.witness import checkpoint_in

_DAMAGED = "Put its copy back. A witness that forgot what it cosigned would vouch for a log that was rolled back."


class Memory:
    """The last note that was cosigned, of each log: one file, replaced whole, lasting when `keep` returns."""

    def __init__(self, file: Path) -> None:
        """Raises EvidenceError when the file cannot be read, or is damaged."""
        self._file = file
        try:
            self.notes: Mapping[str, str] = _notes(file.read_text("utf-8")) if file.exists() else {}
        except (OSError, ValueError, Invalid) as error:
            raise EvidenceError(f"The state {file} cannot be read or is damaged.", todo=_DAMAGED) from error

    def keep(self, origin: str, note: str) -> None:
        """Remember a note in the place of the one before. Raises EvidenceError: then nothing was changed."""
        notes = {**self.notes, origin: note}
        data = json.dumps(notes, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        FolderStore(self._file.parent).put(self._file.name, data.encode())
        self.notes = notes

    def begin(self) -> None:
        """Make the file. Raises EvidenceError."""
        if not self._file.exists():
            FolderStore(self._file.parent).put(self._file.name, b"{}\n")


def _notes(text: str) -> Mapping[str, str]:
    found = cast("Mapping[str, object]", json.loads(text))
    if not isinstance(found, dict) or any(checkpoint_in(str(note)).origin != name for name, note in found.items()):
        raise ValueError("not a note for each log")
    return {name: str(note) for name, note in found.items()}


@contextmanager
def alone(state: Path) -> Generator[None]:
    """Be the only witness that works with this state, within the block. Raises EvidenceError when another one does."""
    try:
        state.parent.mkdir(parents=True, exist_ok=True)
        with state.with_name(f"{state.name}.lock").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise EvidenceError(
                    f"Another witness works with {state}.", todo="Stop it, or give this one a state of its own."
                ) from None
            yield
    except OSError as error:
        raise EvidenceError(f"{state} cannot be used: {error.strerror}.", todo="Choose another place.") from error


def signer_of(key: Path, state: Path, name: str = "") -> tuple[Signer, Memory]:
    """The key and memory of a witness, both made when it begins; `name` is what it is called then.

    A key without its memory, or the other way round, is refused: one of them was lost.

    Raises:
        UsageError: there is no key and no name to make one with, or the key is damaged.
        EvidenceError: something was lost, others can read the key, it is a log's.
    """
    memory = Memory(state)
    if not key.exists():
        if memory.notes:
            raise EvidenceError(f"The key {key} is not there, and {state} was begun with it.", todo="Put it back.")
        if not name:
            raise UsageError(f"There is no key {key} yet.", todo="To make one, say what the witness is called: --name")
        memory.begin()
        write_key(key, Signer.generate(name, COSIGNATURE))
    elif not state.exists():
        raise EvidenceError(f"The key {key} is there, and what it cosigned ({state}) is not.", todo=_DAMAGED)
    signer = read_key(key)
    if signer.kind != COSIGNATURE:
        raise EvidenceError(f"{key} is the key of a log, not of a witness.", todo="Give a witness a key of its own.")
    return signer, memory
