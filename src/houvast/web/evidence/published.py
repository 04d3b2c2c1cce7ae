"""What the store of the log holds now, read as anyone could read it: checkpoint, key, hashes, proofs."""

from __future__ import annotations

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from houvast.app.evidence import Log
from houvast.evidence import Tiles, Verifier
from houvast.evidence.comparing import CHECKPOINT, KEY
from houvast.evidence.problems import MissingTile, said_by_houvast
from houvast.evidence.receipt import make
from houvast.evidence.timestamping import stamps
from houvast.evidence.tree import inclusion, leaf_hash, verify_inclusion
from houvast.evidence.verify import Checkpoint, open_note
from houvast.web import site as sites
from houvast.web.evidence.shape import Step, frontier, way

FRESH = 3.0
"""Seconds for which a file of the store counts as just read: it may lie on another machine."""
_FILES = {"key": KEY, "checkpoint": CHECKPOINT}
_lock = threading.Lock()
_read: dict[tuple[str, str], tuple[float, bytes | None]] = {}


@dataclass(frozen=True)
class Published:
    """The log under its published checkpoint. `cosigned`: each witness, and when it signed, if it did.

    `unknown`: how many signatures are of keys that nobody gave us.
    """

    log: Log
    verifier: Verifier
    note: str
    checkpoint: Checkpoint
    cosigned: tuple[tuple[str, datetime | None], ...]
    unknown: int

    @property
    def size(self) -> int:
        """How many entries were signed."""
        return self.checkpoint.size

    @property
    def root(self) -> str:
        """The root, in base64 as in the checkpoint."""
        return base64.b64encode(self.checkpoint.root).decode()

    def subtrees(self) -> tuple[Step, ...]:
        """The full subtrees of the log with their hashes, from the left. Raises EvidenceError."""
        read = Tiles(self.log.store, self.size).read
        return tuple(step.hashed(read(step.level, step.start >> step.level)) for step in frontier(self.size))

    def stamped(self) -> tuple[int, datetime] | None:
        """How much of the log a timestamp authority stamped last, and when. Raises EvidenceError."""
        return max(stamps(self.log.store).items(), default=None)

    def path(self, index: int, leaf: bytes) -> tuple[Step, ...] | None:
        """The way from the root to an entry with the hashes beside it; None when the entry does not stand there.

        Raises EvidenceError when the store cannot be read.
        """
        proof = inclusion(index, self.size, Tiles(self.log.store, self.size).read)
        if not verify_inclusion(leaf_hash(leaf), index, self.size, proof, self.checkpoint.root):
            return None
        return tuple(step.hashed(value) for step, value in zip(way(index, self.size), reversed(proof), strict=True))

    def receipt(self, index: int, leaf: bytes) -> str:
        """A receipt that opens nothing. Raises EvidenceError."""
        return make(leaf, index, self.note, self.verifier, Tiles(self.log.store, self.size).read, {})


def published() -> Published | None:
    """What is published now; None before the first checkpoint. Raises EvidenceError, UsageError, FileErrors."""
    log, key, note = _log(), text("key"), text("checkpoint")
    if key is None or note is None:
        return None
    with said_by_houvast(todo="houvast evidence status"):
        verifier = Verifier.from_text(key)
        found = open_note(note, [verifier, *(one.key for one in log.witnesses)])
        checkpoint = Checkpoint.parse(found.text)
    cosigned = tuple((one.key.name, found.signed_by.get(one.key)) for one in log.witnesses)
    return Published(log, verifier, note, checkpoint, cosigned, found.unknown)


def text(name: str) -> str | None:
    """File "key" or "checkpoint" of the store, at most FRESH seconds old. Raises EvidenceError, UsageError."""
    log = _log()
    found = _recent((log.where, name), lambda: _get(log, _FILES[name]))
    return found if found is None else found.decode(errors="replace")


def _log() -> Log:
    return Log.of_project(sites.current().project())


def _get(log: Log, path: str) -> bytes | None:
    try:
        return log.store.get(path)
    except MissingTile:
        return None


def _recent(key: tuple[str, str], read: Callable[[], bytes | None]) -> bytes | None:
    with _lock:
        when, found = _read.get(key, (-FRESH, None))
        if time.monotonic() - when < FRESH and found is not None:
            return found
    found = read()
    with _lock:
        _read[key] = (time.monotonic(), found)
    return found
