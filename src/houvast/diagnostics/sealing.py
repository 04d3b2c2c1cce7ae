"""Bytes into pieces that only the key of their bundle opens, and back. Pure but for chance.

A piece is a salt of 32 bytes and frames: AES-256-GCM over at most 256 KiB each, under a key of its own, derived from
the bundle's key and the salt (HKDF-SHA-256, RFC 5869), so that no nonce is used twice when a client sends a piece
again. The nonce of a frame is its number, and whether it is the last one (STREAM, Hoang and others, 2015). Bundle,
first byte and whether it is the bundle's last piece are bound to every frame: what is cut, moved or of another bundle
does not open.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from mmap import mmap
from typing import TYPE_CHECKING
from uuid import UUID

from houvast.errors import HouvastError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

SALT, FRAME, TAG = 32, 256 * 1024, 16
PIECE = 4 * 2**20
"""So many bytes a piece holds at most."""
LEAST = 64 * 2**10
"""So many bytes a piece that a customer sends holds at least, but for the last: each is a file and a row."""
_INFO = b"houvast bundle piece 1"


class Damaged(HouvastError):
    """A piece is not what was stored: cut, changed, moved, or of another key."""

    code = "bundle-damaged"


def sealed_size(size: int) -> int:
    """How many bytes a piece of so many bytes takes in the store."""
    return SALT + size + TAG * -(-size // FRAME)


def seal(
    key: bytes, bundle: UUID, begins: int, data: bytes | memoryview, into: bytearray | mmap, *, is_last: bool
) -> memoryview:
    """A piece, written to the beginning of `into`, which is that long at least.

    `key`: 32 bytes; `begins`: its first byte's place in the bundle; `is_last`: the bundle ends with it.
    """
    salt = os.urandom(SALT)
    box, bound = _box(key, salt), _bound(bundle, begins, is_last=is_last)
    view, made = memoryview(data), memoryview(into)[: sealed_size(len(data))]
    made[:SALT] = salt
    at = SALT
    for number, start in enumerate(range(0, len(view), FRAME)):
        nonce = _nonce(number, is_last=start + FRAME >= len(view))
        end = at + min(FRAME, len(view) - start) + TAG
        box.encrypt_into(nonce, view[start : start + FRAME], bound, made[at:end])
        at = end
    return made


def unseal(key: bytes, bundle: UUID, begins: int, size: int, piece: bytes, *, is_last: bool) -> Iterator[bytes]:
    """The bytes of a piece of `size` bytes, frame by frame. Raises Damaged, before a byte of a wrong frame is given."""
    from cryptography.exceptions import InvalidTag

    box, bound = _box(key, piece[:SALT]), _bound(bundle, begins, is_last=is_last)
    view, given = memoryview(piece), 0
    for number, start in enumerate(range(SALT, max(len(piece), SALT + 1), FRAME + TAG)):
        try:
            frame = box.decrypt(
                _nonce(number, is_last=start + FRAME + TAG >= len(piece)), view[start : start + FRAME + TAG], bound
            )
        except (InvalidTag, ValueError):
            break
        given += len(frame)
        yield frame
    if given != size:
        raise Damaged("A piece of a bundle is damaged, or not its own.", todo="Ask the customer to send it anew.")


def _box(key: bytes, salt: bytes) -> AESGCM:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(SHA256(), 32, salt, _INFO).derive(key))


def _bound(bundle: UUID, begins: int, *, is_last: bool) -> bytes:
    return bundle.bytes + begins.to_bytes(8, "big") + bytes([is_last])


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])
