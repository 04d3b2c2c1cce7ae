"""The sequencer: takes what happened into the log, and publishes it. One at a time; a kill anywhere loses nothing.

A round compares the database with the store, takes events out of the outbox in one transaction, writes the tiles, and
signs a checkpoint. What a killed round left is finished by the next: tiles follow from the entries, and the signature
(Ed25519) from the checkpoint, so that writing both again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from houvast.database import Connection
from houvast.evidence import rows, taking
from houvast.evidence.checkpoint import Checkpoint, opened, signed
from houvast.evidence.comparing import CHECKPOINT, KEY, Published, adopt, compare, published, still_in_use
from houvast.evidence.note import Signer
from houvast.evidence.problems import EvidenceError, MissingTile
from houvast.evidence.store import Store
from houvast.evidence.tiles import grow
from houvast.evidence.tree import EMPTY

LIMIT = 10_000
"""Events that one transaction takes at most."""
Cosign = Callable[[str], str]
"""Has witnesses cosign a note: the note, with the cosignatures that could be had. Called in no transaction."""


class SequencerBusy(EvidenceError):
    """Another sequencer is at work on this log."""

    code = "sequencer"


@dataclass(frozen=True)
class Integrated:
    """What a round did. `size`: entries under the checkpoint; `set_back`: by how many minutes the clock was."""

    size: int
    taken: int
    adopted: int = 0
    set_back: int = 0


def _go_on(_step: str) -> None:
    """Where a test may end the program."""


def integrate(
    connection: Connection,
    store: Store,
    signer: Signer,
    *,
    limit: int = LIMIT,
    cosign: Cosign | None = None,
    pause: Callable[[str], None] = _go_on,
) -> Integrated:
    """One round: at most `limit` events, and everything that is not published yet. Again while `taken` equals `limit`.

    Raises:
        SequencerBusy: another one is at work.
        StoreBehind: the store has lost what was published; `mend` writes it again.
        StoreForked: store and database hold different histories.
        KeyChanged: the store was signed with another key, or is of another log.
        EvidenceError: it cannot be read or written, or is damaged.
    """
    if not connection.autocommit:
        raise ValueError("A round commits its steps itself, and asks witnesses between them.")
    with alone(connection):
        there = published(store, signer.verifier)
        still_in_use(store, signer.verifier)
        with connection.transaction():
            compare(connection, store, there)
            adopted = adopt(connection, store, there) if there.size > rows.size(connection) else 0
            pause("adopted")
        with connection.transaction():
            taken, set_back = taking.take(connection, limit)
            pause("taken")
        pause("committed")
        size = _publish(connection, store, signer, there, cosign, pause)
    return Integrated(size, taken, adopted, set_back)


def mend(connection: Connection, store: Store, signer: Signer, *, cosign: Cosign | None = None) -> int:
    """Write all that was published into the store once more, from the database; how many files were missing or damaged.

    Witnesses that have not cosigned the last checkpoint are asked.

    Raises EvidenceError when the store is ahead, or the entries in the database are not those that were signed.
    """
    with alone(connection):
        last = rows.last_checkpoints(connection)[:1]
        there = published(store, signer.verifier)
        size, root = (last[0].size, last[0].root) if last else (0, EMPTY)
        if there.size > size:
            raise EvidenceError("The store is ahead of the database.", todo="houvast evidence integrate adopts it.")
        if grow(_Nowhere(), 0, rows.leaves(connection, 0, size), old_root=EMPTY) != (size, root):
            raise EvidenceError(
                "The entries in the database are not those that were signed; the store was not touched.",
                todo="Restore the database from a backup.",
            )
        anew = _Anew(store)
        grow(anew, 0, rows.leaves(connection, 0, size), old_root=EMPTY)
        if last:
            opened(last[0].note, signer.verifier)
            anew.put(KEY, _key(signer))
            anew.put(CHECKPOINT, (cosign(last[0].note) if cosign else last[0].note).encode())
    return anew.written


@contextmanager
def alone(connection: Connection) -> Generator[None]:
    """Be the only sequencer of a log, and the keeper of its tables. Raises EvidenceError, SequencerBusy."""
    if not rows.there(connection):
        raise EvidenceError("This database has no log.", todo="Apply the policy: houvast apply")
    if not rows.try_lock(connection):
        raise SequencerBusy("Another sequencer is at work on this log.", todo="It does the same; wait for it.")
    try:
        with rows.keeping(connection):
            yield
    finally:
        if rows.answers(connection):
            rows.unlock(connection)


def _publish(
    connection: Connection,
    store: Store,
    signer: Signer,
    there: Published,
    cosign: Cosign | None,
    pause: Callable[[str], None],
) -> int:
    """Publish all that is not; first, alone, what a broken-off round signed, so that there is never more than one."""
    entries = rows.size(connection)
    if entries == there.size and there.note and cosign and (note := cosign(there.note)) != there.note:
        _put_note(connection, store, replace(there, note=note))
    for size in sorted({*(one.size for one in rows.last_checkpoints(connection)[:1]), entries}):
        if size > there.size:
            there = _publish_one(connection, store, signer, there, size, cosign, pause)
    return there.size


def _publish_one(
    connection: Connection,
    store: Store,
    signer: Signer,
    there: Published,
    size: int,
    cosign: Cosign | None,
    pause: Callable[[str], None],
) -> Published:
    if there.size == 0:
        store.put(KEY, _key(signer))
    _, root = grow(store, there.size, rows.leaves(connection, there.size, size), old_root=there.root)
    pause("tiles")
    new = Published(size, root, signed(Checkpoint(signer.name, size, root), signer))
    rows.checkpoint(connection, size, root, new.note)
    pause("signed")
    if cosign:
        new = replace(new, note=cosign(new.note))
        pause("cosigned")
    _put_note(connection, store, new)
    pause("published")
    return new


def _put_note(connection: Connection, store: Store, new: Published) -> None:
    """With the witnesses' signatures; the database keeps it too, from which the store can be mended."""
    rows.checkpoint(connection, new.size, new.root, new.note)
    store.put(CHECKPOINT, new.note.encode())


def _key(signer: Signer) -> bytes:
    return f"{signer.verifier.to_text()}\n".encode()


class _Nowhere:
    """A store that keeps nothing: what is written is only counted into the root."""

    def get(self, path: str) -> bytes:
        raise MissingTile(path)

    def put(self, path: str, data: bytes) -> None:
        """Keep nothing."""

    def drop(self, path: str) -> None:
        """There is nothing."""


class _Anew:
    """A store in which every file is written that is not there as it must be."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.written = 0

    def get(self, path: str) -> bytes:
        raise MissingTile(path)

    def put(self, path: str, data: bytes) -> None:
        try:
            same = self._store.get(path) == data
        except MissingTile:
            same = False
        if not same:
            self._store.put(path, data)
            self.written += 1

    def drop(self, path: str) -> None:
        self._store.drop(path)
