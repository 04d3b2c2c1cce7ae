"""The reading half of the log, which needs nothing of Houvast: hashes, tiles, keys, notes, checkpoints.

Sources: RFC 6962 and 9162 (tree), C2SP signed-note, tlog-checkpoint, tlog-cosignature and tlog-tiles, RFC 8032.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple

ED25519, COSIGNATURE = 1, 4  # kinds of key: a log's, a witness's
WIDTH = 256  # hashes in a full tile, entries in a full bundle
_NOTE = re.compile(r"((?:[^\x00-\x1f]*\n)+)\n((?:— [^\s+]+ \S+\n)+)")
_CHECKPOINT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,17})\n(\S{44})\n")


class Invalid(Exception):
    """This does not hold: `why`, and `where` in the file."""

    def __init__(self, why: str, where: str = "") -> None:
        super().__init__(f"{where}: {why}" if where else why)
        self.why, self.where = why, where


def leaf_hash(data: bytes) -> bytes:
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return sha256(b"\x01" + left + right).digest()


def root(hashes: Sequence[bytes]) -> bytes:
    """The root over these leaf hashes, or over the hashes of complete subtrees of one size."""
    level = list(hashes) or [sha256(b"").digest()]
    while len(level) > 1:
        odd = level[len(level) & ~1 :]
        level = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)] + odd
    return level[0]


def root_of(size: int, read: Callable[[int, int], bytes], start: int = 0) -> bytes:
    """The root over the leaves start <= index < size; `read(l, i)` is the hash of leaves i*2^l to (i+1)*2^l.

    start: where a subtree starts: a multiple of some power of two that is at least size - start.
    """
    pieces: list[bytes] = []
    while start < size:
        level = (size - start).bit_length() - 1
        pieces.append(read(level, start >> level))
        start += 1 << level
    whole = pieces.pop() if pieces else root([])
    for left in reversed(pieces):
        whole = node_hash(left, whole)
    return whole


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether the leaf with this hash stands at this index (RFC 9162, section 2.1.3.2)."""
    node, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = node_hash(sibling, found)
            while node and not node & 1:
                node, last = node >> 1, last >> 1
        else:
            found = node_hash(found, sibling)
        node, last = node >> 1, last >> 1
    return 0 <= index < size and last == 0 and found == expected


def _path(folder: str, number: int, width: int) -> str:
    groups = [f"{number % 1000:03d}"]
    while number := number // 1000:
        groups.insert(0, f"x{number % 1000:03d}")
    return f"tile/{folder}/{'/'.join(groups)}" + (f".p/{width}" if width < WIDTH else "")


def tile_path(level: int, number: int, width: int = WIDTH) -> str:
    """Where a tile of hashes lies: tile/<L>/<N>[.p/<W>]."""
    return _path(str(level), number, width)


def entries_path(number: int, width: int = WIDTH) -> str:
    """Where a bundle of entries lies: tile/entries/<N>[.p/<W>]."""
    return _path("entries", number, width)


def width_of(size: int, level: int, number: int) -> int:
    """How many hashes a tile has in a log of this size (at most 0: it has none, and there is no such tile)."""
    return min(WIDTH, (size >> 8 * level) - WIDTH * number)


def split(data: bytes) -> list[bytes]:
    """The entries of a bundle: each after its length in two bytes, big-endian."""
    entries, place = list[bytes](), 0
    while place < len(data):
        stop = place + 2 + int.from_bytes(data[place : place + 2], "big")
        if stop > len(data) or place + 2 > len(data):
            raise Invalid("an entry is cut off")
        entries.append(data[place + 2 : stop])
        place = stop
    return entries


class Hashes:
    """The hashes of a log of `size` entries with this root. Each tile is checked, up to the root, when it is read."""

    def __init__(self, read: Callable[[str], bytes], size: int, expected: bytes) -> None:
        self._read, self._size = read, size
        self._last: dict[int, tuple[int, list[bytes]]] = {}
        self._edge = {level: self._tile(level, size >> 8 * (level + 1)) for level in edge(size)}
        if root_of(size, self.subtree) != expected:
            raise Invalid("the hashes at the right edge do not give the root that was signed", "checkpoint")

    def tile(self, level: int, number: int) -> list[bytes]:
        if width_of(self._size, level, number) < WIDTH:
            return self._edge[level]
        before, hashes = self._last.get(level, (-1, []))
        if before != number:
            hashes = self._tile(level, number)
            if root(hashes) != self.tile(level + 1, number // WIDTH)[number % WIDTH]:
                raise Invalid("its hashes are not those that the log signed", tile_path(level, number))
            self._last[level] = number, hashes
        return hashes

    def subtree(self, level: int, index: int) -> bytes:
        """The hash of the leaves index*2^level up to (index+1)*2^level."""
        first = index << level % 8
        return root(self.tile(level // 8, first // WIDTH)[first % WIDTH :][: 1 << level % 8])

    def _tile(self, level: int, number: int) -> list[bytes]:
        width = width_of(self._size, level, number)
        data = self._read(path := tile_path(level, number, width))
        if len(data) != 32 * width:
            raise Invalid(f"{len(data)} bytes, where {32 * width} are expected", path)
        return [data[i : i + 32] for i in range(0, len(data), 32)]


def edge(size: int) -> list[int]:
    """The levels at which a log of this size ends in a partial tile."""
    return [level for level in range(8) if (size >> 8 * level) % WIDTH]


def unbase64(text: str) -> bytes:
    """The bytes of standard base64; other writings of the same bytes are refused. Raises ValueError."""
    data = base64.b64decode(text, validate=True)
    if base64.b64encode(data).decode() != text:
        raise ValueError("not the one way to write these bytes")
    return data


@dataclass(frozen=True)
class Verifier:
    """A public key with its name: of a log (ED25519), or of a witness (COSIGNATURE)."""

    name: str
    public: bytes
    kind: int = ED25519

    @classmethod
    def from_text(cls, text: str) -> Verifier:
        """From `name+hash+base64`. Raises Invalid."""
        name, _, rest = text.removesuffix("\n").partition("+")
        try:
            key = unbase64(rest[9:])
        except ValueError:
            key = b""
        found = cls(name, key[1:], key[0] if key else 0)
        if (
            len(key) != 33
            or found.kind not in (ED25519, COSIGNATURE)
            or not name
            or found.to_text() != text.removesuffix("\n")
        ):
            raise Invalid(f"`{text[:200].strip()}` is no verifier key (name+hash+base64), or a damaged one", "key")
        return found

    @property
    def id(self) -> bytes:
        return sha256(self.name.encode() + b"\n" + bytes([self.kind]) + self.public).digest()[:4]

    def to_text(self) -> str:
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(bytes([self.kind]) + self.public).decode()}"

    def accepts(self, text: str, signature: bytes) -> datetime | None:
        """When the text was cosigned (None: a log does not say). Raises ValueError when the signature is false."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        stamp, signature = signature[:-64], signature[-64:]
        if len(stamp) != (8 if self.kind == COSIGNATURE else 0):
            raise ValueError("too short or too long")
        signed = f"cosignature/v1\ntime {int.from_bytes(stamp, 'big')}\n{text}" if stamp else text
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, signed.encode())
            return datetime.fromtimestamp(int.from_bytes(stamp, "big"), UTC) if stamp else None
        except (InvalidSignature, OverflowError, OSError):
            raise ValueError("false") from None


class Opened(NamedTuple):
    """The text of a note, whose keys signed it (with the time of a cosignature), and how many others did."""

    text: str
    signed_by: dict[Verifier, datetime | None]
    unknown: int


def open_note(note: str, verifiers: Sequence[Verifier]) -> Opened:
    """Read a signed note. Raises Invalid: it is none, a known key's signature is false, or no known key signed."""
    shape = _NOTE.fullmatch(note)
    if not shape:
        raise Invalid("this is no signed note")
    text, signed_by, unknown = shape[1], dict[Verifier, datetime | None](), 0
    for line in shape[2].split("\n")[:-1]:
        _, name, encoded = line.split(" ")
        try:
            data = unbase64(encoded)
            known = [one for one in verifiers if (one.name, one.id) == (name, data[:4])]
            signed_by |= {one: one.accepts(text, data[4:]) for one in known}
            unknown += not known
        except ValueError:
            raise Invalid(f"the signature of {name} is false or damaged") from None
    if not signed_by:
        raise Invalid("signed by none of the keys given")
    return Opened(text, signed_by, unknown)


@dataclass(frozen=True)
class Checkpoint:
    """What a log signs: so many entries, under this root."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """From the text of a note. Raises Invalid."""
        shape = _CHECKPOINT.fullmatch(text)
        try:
            return cls(shape[1], int(shape[2]), unbase64(shape[3])) if shape else cls("", 0, unbase64("-"))
        except ValueError:
            raise Invalid("this is no checkpoint (origin, size, root)") from None
