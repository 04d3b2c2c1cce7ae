"""A log gets another key: a checkpoint that both keys sign hands it over, so that who knows the old one learns the new.

The old key and every receipt and export that it signed stay as true as they were.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from houvast.database import Connection
from houvast.evidence import rows
from houvast.evidence.comparing import CHECKPOINT, KEY, published
from houvast.evidence.key_file import read_key, swap_key, write_key
from houvast.evidence.note import Signer
from houvast.evidence.problems import EvidenceError, MissingTile
from houvast.evidence.sequence import Cosign, alone
from houvast.evidence.store import Store

HANDED_OVER = "handover/{size}"
"""Where the checkpoint that both keys signed lies in a store, for good; `size`: of the log at that moment."""


def next_key(path: Path, name: str) -> Signer:
    """The key that comes after the one in a file, beside it, made when there is none. Raises EvidenceError."""
    write_key(_next(path), Signer.generate(name))
    return read_key(_next(path))


def hand_over(
    connection: Connection,
    store: Store,
    path: Path,
    *,
    cosign: Cosign | None = None,
    pause: Callable[[str], None] = lambda _step: None,
) -> int:
    """Let the next key sign from now on, all that was published before being signed by both; the size of the log.

    `path`: the file of the key in use. When it was broken off, it is simply done again. Nothing may wait to be
    published. Raises EvidenceError, SequencerBusy.
    """
    old, new = read_key(path), read_key(_next(path))
    with alone(connection):
        there = published(store, old.verifier)
        if not there.note or there.size != rows.size(connection):
            raise EvidenceError("Not all of this log is published yet.", todo="houvast evidence integrate")
        text = there.note.partition("\n\n")[0] + "\n"
        line = new.line(text)
        note = there.note if line in there.note else there.note + line
        note = cosign(note) if cosign else note
        rows.checkpoint(connection, there.size, there.root, note)
        store.put(HANDED_OVER.format(size=there.size), note.encode())
        store.put(CHECKPOINT, note.encode())
        pause("signed by both")
        store.put(KEY, f"{new.verifier.to_text()}\n".encode())
        pause("public key")
        swap_key(path, _next(path), path.with_name(f"{path.name}.{old.verifier.id.hex()}"))
    return there.size


def is_handed_over(store: Store, path: Path) -> bool:
    """Whether a hand-over was broken off after the next key was published: it must be finished."""
    try:
        return _next(path).exists() and store.get(KEY).decode().strip() == read_key(_next(path)).verifier.to_text()
    except MissingTile:
        return False


def _next(path: Path) -> Path:
    return path.with_name(f"{path.name}.next")
