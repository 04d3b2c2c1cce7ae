"""The pieces of bundles in a folder or object store, encrypted: what goes in is sealed, what comes out is checked."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from mmap import mmap
from uuid import UUID, uuid4

from houvast.diagnostics.keyring import Keyring
from houvast.diagnostics.model import Content, Part
from houvast.diagnostics.sealing import PIECE, Damaged, seal, sealed_size, unseal
from houvast.errors import HouvastError
from houvast.evidence.problems import EvidenceError
from houvast.evidence.store import PieceStore


class StoreTrouble(HouvastError):
    """The store of the exchange fails: the disk is full, or it does not answer."""

    code = "bundle-store"


@dataclass(frozen=True)
class Vault:
    """A store and the keys to it."""

    store: PieceStore
    keys: Keyring

    def put(self, bundle: UUID, begins: int, data: bytes | memoryview, *, is_last: bool) -> Part:
        """Store a piece, of PIECE bytes at most, under a name of its own. Raises StoreTrouble, KeyTrouble."""
        place = f"{begins:012x}-{uuid4().hex[:8]}"
        piece = seal(self.keys.key(bundle), bundle, begins, data, _room(), is_last=is_last)
        try:
            self.store.add(f"{bundle}/{place}", piece)
        except EvidenceError as error:
            raise _failed("stored", error) from error
        return Part(begins, len(data), place)

    def put_all(self, bundle: UUID, chunks: Iterable[bytes]) -> Iterator[Part]:
        """Store a stream of which nobody knows the length, piece by piece, each when the next one has begun."""
        held, begins = bytearray(), 0
        for chunk in chunks:
            held += chunk
            while len(held) > PIECE:
                part = self.put(bundle, begins, bytes(held[:PIECE]), is_last=False)
                del held[:PIECE]
                begins += part.size
                yield part
        if held:
            yield self.put(bundle, begins, bytes(held), is_last=True)

    def read(self, content: Content, begins: int = 0) -> Iterator[bytes]:
        """What a bundle says, from the piece on in which the byte `begins` is; no piece before it is decrypted.

        Raises Damaged when a piece is missing, cut or moved, StoreTrouble, KeyTrouble.
        """
        key, at = self.keys.key(content.code), 0
        for part in content.parts:
            if part.begins != at:
                break
            at += part.size
            if at <= begins:
                continue
            try:
                piece = self.store.get(f"{content.code}/{part.place}")
            except EvidenceError as error:
                raise _failed("read", error) from error
            yield from unseal(key, content.code, part.begins, part.size, piece, is_last=at == content.size)
        if at != content.size:
            raise Damaged("A piece of a bundle is missing.", todo="Ask the customer to send it anew.")

    def drop(self, bundle: UUID, part: Part) -> None:
        """Take a piece away that is of no bundle."""
        self.store.drop(f"{bundle}/{part.place}")

    def destroy(self, bundle: UUID) -> None:
        """Destroy a bundle, first its key; done again, it does nothing. Raises StoreTrouble, KeyTrouble."""
        self.keys.destroy(bundle)
        try:
            self.store.drop(str(bundle))
        except EvidenceError as error:
            raise _failed("destroyed", error) from error


_own = threading.local()


def _room() -> mmap:
    """Memory in which this thread seals one piece after the other; it begins a page, as disks want it."""
    held: mmap | None = getattr(_own, "room", None)
    if held is None:
        held = _own.room = mmap(-1, sealed_size(PIECE))
    return held


def _failed(what: str, error: EvidenceError) -> StoreTrouble:
    cause = error.__cause__
    said = getattr(cause, "strerror", None) or type(cause or error).__name__
    return StoreTrouble(
        f"A piece of a bundle could not be {what}: {said}.",
        todo="Make room, or give access to the store; an upload goes on where it stopped.",
    )
