"""A table of stand-ins, sealed to one public key: who makes it cannot open it again.

X25519 with a key of its own for each table (RFC 7748), HKDF-SHA-256 (RFC 5869) and ChaCha20-Poly1305 (RFC 8439) over
pieces of 64 KiB, the last of which says that it is the last: a table that was cut off does not open. Needs `cryptography`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING

from houvast.errors import HouvastError, UsageError
from houvast.screening.kinds import Kind

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

_HEAD = b"houvast stand-ins 1\n"
_PIECE, _TAG, _KEY = 64 << 10, 16, 32


class SealedTable:
    """Writes which stand-in is what. Raises UsageError when the key is none, or the extra is not installed."""

    def __init__(self, public_key: bytes, write: Callable[[bytes], object]) -> None:
        recipient, own = _public(public_key), _new_key()
        mine = own.public_key().public_bytes_raw()
        self._cipher = _cipher(own.exchange(recipient), mine + recipient.public_bytes_raw())
        self._write = write
        self._held = bytearray()
        self._turn = 0
        write(_HEAD + mine)

    def add(self, kind: Kind, value: bytes, stand_in: bytes) -> None:
        """One line of the table."""
        line = {
            "kind": str(kind),
            "value": value.decode("utf-8", "backslashreplace"),
            "stand_in": stand_in.decode("ascii"),
        }
        self._held += json.dumps(line, ensure_ascii=False).encode() + b"\n"
        while len(self._held) > _PIECE:
            self._seal(bytes(self._held[:_PIECE]), last=False)
            del self._held[:_PIECE]

    def close(self) -> None:
        """The end of it."""
        self._seal(bytes(self._held), last=True)

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._write(self._cipher.encrypt(_nonce(self._turn, last=last), piece, None))
        self._turn += 1


def opened(file: IO[bytes], private_key: bytes) -> Iterator[bytes]:
    """What is in a table, piece by piece. Raises UsageError when the key is none, HouvastError when it does not fit."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(private_key, None)
    except (ValueError, TypeError):
        key = None
    if not isinstance(key, X25519PrivateKey):
        raise UsageError("This is no private key of X25519 in PEM.", todo=_MAKE)
    if file.read(len(_HEAD)) != _HEAD:
        raise HouvastError("This is no table of stand-ins.")
    theirs = file.read(_KEY)
    try:
        shared = key.exchange(X25519PublicKey.from_public_bytes(theirs))
        cipher = _cipher(shared, theirs + key.public_key().public_bytes_raw())
        turn, piece = 0, file.read(_PIECE + _TAG)
        while piece:
            following = file.read(_PIECE + _TAG)
            yield cipher.decrypt(_nonce(turn, last=not following), piece, None)
            turn, piece = turn + 1, following
        if not turn:
            raise ValueError
    except (InvalidTag, ValueError):
        raise HouvastError("This table is of another key, or it is damaged or cut off.") from None


_MAKE = "openssl genpkey -algorithm X25519 -out private.pem && openssl pkey -in private.pem -pubout -out public.pem"


def _public(key: bytes) -> X25519PublicKey:
    try:
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError as error:
        raise UsageError("This needs cryptography.", todo="pip install 'houvast[diagnostics]'") from error
    try:
        found = load_pem_public_key(key)
    except ValueError:
        found = None
    if not isinstance(found, X25519PublicKey):
        raise UsageError("This is no public key of X25519 in PEM.", todo=_MAKE)
    return found


def _new_key() -> X25519PrivateKey:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    return X25519PrivateKey.generate()


def _cipher(shared: bytes, both: bytes) -> ChaCha20Poly1305:
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return ChaCha20Poly1305(HKDF(SHA256(), _KEY, both, _HEAD).derive(shared))


def _nonce(turn: int, *, last: bool) -> bytes:
    return turn.to_bytes(11, "big") + bytes([last])
