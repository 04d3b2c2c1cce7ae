"""age encryption, format v1 (https://c2sp.org/age), for X25519 recipients: who encrypts holds no key that decrypts.

A file key is wrapped for each recipient; the content goes in chunks of 64 KiB, each sealed with its number and whether
it is the last. So a file that was cut off, put together anew, or changed in one bit is refused where that was.
Any other program for age reads these files: `age -d -i KEY FILE`.
"""

from __future__ import annotations

import base64
import io
import os
from collections.abc import Sequence
from dataclasses import dataclass
from typing import IO

from houvast.backups import bech32
from houvast.backups.problems import BackupDamaged
from houvast.errors import UsageError
from houvast.evidence.problems import missing_extra

try:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
    from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.hmac import HMAC
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
except ImportError as error:
    raise missing_extra(error) from error

CHUNK = 65536
_VERSION, _STANZA, _END = b"age-encryption.org/v1", "X25519", b"---"
_LABEL = b"age-encryption.org/v1/X25519"
_PUBLIC, _SECRET = "age", "age-secret-key-"
_TAG, _NONCE, _KEY, _WRAPPED = 16, 16, 16, 32
_LONGEST_HEADER = 1 << 16


@dataclass(frozen=True)
class Recipient:
    """Whoever can decrypt, by their public key (`age1...`)."""

    public: bytes

    @classmethod
    def from_text(cls, text: str) -> Recipient:
        """Raises UsageError for what is no public key."""
        try:
            prefix, public = bech32.decode(text.strip())
        except ValueError:
            prefix, public = "", b""
        if prefix != _PUBLIC or len(public) != 32:
            raise UsageError("This is no public key of age.", todo="It begins with age1; houvast backup key makes one.")
        return cls(public)

    def to_text(self) -> str:
        """As people pass it on."""
        return bech32.encode(_PUBLIC, self.public)

    def wrap(self, key: bytes) -> bytes:
        """A stanza of the header: the file key for this recipient."""
        once = X25519PrivateKey.generate()
        share = once.public_key().public_bytes_raw()
        with_it = _wrapping(once.exchange(X25519PublicKey.from_public_bytes(self.public)), share, self.public)
        body = ChaCha20Poly1305(with_it).encrypt(bytes(12), key, None)
        return f"-> {_STANZA} {_b64(share)}\n{_b64(body)}\n".encode()


@dataclass(frozen=True)
class Identity:
    """A private key, which decrypts. It is kept where no backup is."""

    secret: bytes

    @classmethod
    def generate(cls) -> Identity:
        """A new one."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_text(cls, text: str) -> Identity:
        """From a key file, in which lines with `#` say nothing. Raises UsageError for what is no private key."""
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        try:
            prefix, secret = bech32.decode(lines[0]) if len(lines) == 1 else ("", b"")
        except ValueError:
            prefix, secret = "", b""
        if prefix != _SECRET or len(secret) != 32:
            raise UsageError("This is no private key of age.", todo="It begins with AGE-SECRET-KEY-1, alone on a line.")
        return cls(secret)

    def to_text(self) -> str:
        """As it stands in a key file."""
        return bech32.encode(_SECRET, self.secret).upper()

    @property
    def recipient(self) -> Recipient:
        """Its public half."""
        return Recipient(X25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw())

    def unwrap(self, share: bytes, body: bytes) -> bytes | None:
        """The file key of a stanza; None when it is for somebody else."""
        try:
            shared = X25519PrivateKey.from_private_bytes(self.secret).exchange(X25519PublicKey.from_public_bytes(share))
            with_it = _wrapping(shared, share, self.recipient.public)
            return ChaCha20Poly1305(with_it).decrypt(bytes(12), body, None)
        except (InvalidTag, ValueError):
            return None


class Writer(io.RawIOBase):
    """Encrypts what is written into it. Only `finish` makes the file whole: closing alone does not."""

    def __init__(self, out: IO[bytes], recipients: Sequence[Recipient]) -> None:
        super().__init__()
        key = os.urandom(_KEY)
        header = _VERSION + b"\n" + b"".join(one.wrap(key) for one in recipients) + _END
        nonce = os.urandom(_NONCE)
        out.write(header + b" " + _b64(_mac(key, header)).encode() + b"\n" + nonce)
        self._out, self._number, self._held = out, 0, bytearray()
        self._seal = ChaCha20Poly1305(_derived(key, nonce, b"payload"))

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: bytes, /) -> int:  # pyright: ignore[reportIncompatibleMethodOverride]
        """Take bytes; full chunks go out, but never the one that may be the last."""
        self._held += data
        while len(self._held) > CHUNK:
            self._put(bytes(self._held[:CHUNK]), last=False)
            del self._held[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Seal the last chunk."""
        self._put(bytes(self._held), last=True)
        self._held.clear()

    def _put(self, chunk: bytes, *, last: bool) -> None:
        self._out.write(self._seal.encrypt(_count(self._number, last=last), chunk, None))
        self._number += 1


class Reader(io.RawIOBase):
    """Decrypts, and gives nothing that it has not checked. Raises BackupDamaged where something is wrong."""

    def __init__(self, source: IO[bytes], identity: Identity) -> None:
        super().__init__()
        key = _file_key(source, identity)
        nonce = _exactly(source, _NONCE)
        self._source, self._number, self._held, self._ended = source, 0, b"", False
        self._seal = ChaCha20Poly1305(_derived(key, nonce, b"payload"))
        self._next = source.read(CHUNK + _TAG)

    def readable(self) -> bool:
        """Yes."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """So many bytes, fewer at the end alone."""
        found = bytearray()
        while size < 0 or len(found) < size:
            if not self._held and not self._more():
                break
            part = self._held if size < 0 else self._held[: size - len(found)]
            self._held = self._held[len(part) :]
            found += part
        return bytes(found)

    def _more(self) -> bool:
        """Open the next chunk; which one is the last, its seal says."""
        if self._ended:
            return False
        sealed, self._next = self._next, self._source.read(CHUNK + _TAG)
        last = not self._next
        try:
            self._held = self._seal.decrypt(_count(self._number, last=last), sealed, None)
        except (InvalidTag, ValueError):
            raise BackupDamaged(
                "This backup was changed or cut off; nothing after that can be read.", todo="Take another copy of it."
            ) from None
        self._number, self._ended = self._number + 1, last
        return bool(self._held)


def _file_key(source: IO[bytes], identity: Identity) -> bytes:
    """The key of the content, after the header was checked."""
    header = bytearray(_line(source))
    if bytes(header) != _VERSION + b"\n":
        raise BackupDamaged("This is no backup of Houvast, nor any file of age.", todo="Give another file.")
    key: bytes | None = None
    line = _line(source)
    while line.startswith(b"-> "):
        header += line
        words, body = line.decode("ascii", "replace").split(), b""
        while True:
            part = _line(source)
            header += part
            body += _unb64(part.strip())
            if len(part.strip()) < 64:
                break
        if words[1:2] == [_STANZA] and len(words) == 3 and len(body) == _WRAPPED and key is None:
            key = identity.unwrap(_unb64(words[2].encode()), body)
        if len(header) > _LONGEST_HEADER:
            raise _no_header()
        line = _line(source)
    if key is None:
        raise BackupDamaged("This backup is for another key.", todo="Give the private key of a recipient of it.")
    said = line.strip().split(b" ")
    if len(said) != 2 or said[0] != _END or _unb64(said[1]) != _mac(key, bytes(header) + _END):
        raise _no_header()
    return key


def _line(source: IO[bytes]) -> bytes:
    found = source.readline(4096)
    if not found.endswith(b"\n"):
        raise _no_header()
    return found


def _no_header() -> BackupDamaged:
    return BackupDamaged("The beginning of this backup was changed or cut off.", todo="Take another copy of it.")


def _exactly(source: IO[bytes], size: int) -> bytes:
    found = source.read(size)
    if len(found) != size:
        raise _no_header()
    return found


def _count(number: int, *, last: bool) -> bytes:
    """The nonce of a chunk: eleven bytes of its number, and whether it is the last."""
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def _wrapping(shared: bytes, share: bytes, public: bytes) -> bytes:
    return HKDF(SHA256(), 32, share + public, _LABEL).derive(shared)


def _derived(key: bytes, salt: bytes, what: bytes) -> bytes:
    return HKDF(SHA256(), 32, salt, what).derive(key)


def _mac(key: bytes, header: bytes) -> bytes:
    made = HMAC(_derived(key, b"", b"header"), SHA256())
    made.update(header)
    return made.finalize()


def _b64(data: bytes) -> str:
    return base64.b64encode(data).decode().rstrip("=")


def _unb64(text: bytes) -> bytes:
    try:
        found = base64.b64decode(text + b"=" * (-len(text) % 4), validate=True)
    except ValueError:
        raise _no_header() from None
    if _b64(found).encode() != text:  # there is one way to write it
        raise _no_header()
    return found
