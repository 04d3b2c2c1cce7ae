"""A second verifier, written from docs/life/evidence-entry.md alone; it stays independent and imports no houvast.

Who changes the formats changes the page, and then this file from the page; it follows the order of the page.
"""

import base64
import hashlib
import hmac
import io
import json
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import NoReturn, TypeAlias, cast

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

Json: TypeAlias = "bool | int | str | list[Json] | dict[str, Json] | None"
MEBIBYTE, LONGEST_ENTRY, LAST_SECOND = 1 << 20, 65_535, 253_402_300_799
LOG, WITNESS = 1, 4
BROKEN = (
    ValueError,
    LookupError,
    RecursionError,
    EOFError,
    OSError,
    NotImplementedError,
    zipfile.BadZipFile,
    zlib.error,
)


class InvalidFile(Exception):
    """The file is not valid; the text says why."""


def need(holds: object, reason: str) -> None:
    if not holds:
        raise InvalidFile(reason)


def hashed(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def from_base64(text: str, length: int | None = None) -> bytes:
    data = base64.b64decode(text, validate=True)
    need(base64.b64encode(data).decode() == text and length in {None, len(data)}, "base64 in another way")
    return data


def to_base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def from_base64url(value: Json) -> bytes:
    data = base64.urlsafe_b64decode(f"{string(value)}=")
    need(len(data) == 32 and to_base64url(data) == value, "not base64url of 32 bytes")
    return data


def to_json(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def from_json(data: bytes) -> Json:
    def whole(digits: str) -> int:
        need(abs(int(digits)) < 1 << 53, "a number too large")
        return int(digits)

    def other(_: str) -> NoReturn:
        raise InvalidFile("a number that is not whole")

    def named(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
        need(all(name.isascii() for name, _ in pairs), "a name that is not ASCII")
        return dict(pairs)

    read = json.loads(data.decode(), parse_int=whole, parse_float=other, parse_constant=other, object_pairs_hook=named)
    need(to_json(cast("Json", read)).encode() == data, "JSON in another way")
    return cast("Json", read)


def members(value: Json, names: str | None = None) -> dict[str, Json]:
    if not isinstance(value, dict) or (names is not None and set(value) != set(names.split())):
        raise InvalidFile(f"not an object with {names}")
    return value


def string(value: Json, pattern: str = r"(?s:.*)") -> str:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        raise InvalidFile(f"not a text like {pattern}")
    return value


def number(value: Json) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise InvalidFile("not a number")
    return value


def entry_from(data: bytes) -> dict[str, Json]:
    need(len(data) <= LONGEST_ENTRY, "an entry too long")
    entry = members(from_json(data), "v kind time nonce promise body sealed")
    need(number(entry["v"]) == 1, "an entry of another version")
    members(entry["body"])
    string(entry["kind"], r"[a-z_]{1,64}")
    string(entry["time"], r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:00Z")
    string(entry["nonce"], r"[0-9a-f]{32}")
    string(entry["promise"], r"[A-Za-z0-9._-]{0,64}")
    need(all(from_base64url(one) for one in members(entry["sealed"]).values()), "not a commitment")
    return entry


def root_over(row: Sequence[bytes]) -> bytes:
    while len(row) > 1:
        pairs = [hashed(b"\x01" + row[at] + row[at + 1]) for at in range(0, len(row) - 1, 2)]
        row = pairs + list(row[len(pairs) * 2 :])
    return row[0] if row else hashed(b"")


def check_inclusion(leaf: bytes, index: int, size: int, root: bytes, proof: Sequence[bytes]) -> None:
    node, last, found = index, size - 1, leaf
    for beside in proof:
        need(last, "a proof too long")
        if node % 2 or node == last:
            found = root_over([beside, found])
            while node and node % 2 == 0:
                node, last = node // 2, last // 2
        else:
            found = root_over([found, beside])
        node, last = node // 2, last // 2
    need(last == 0 and found == root and index < size, "the proof does not lead to the root")


@dataclass(frozen=True)
class Key:
    text: str
    name: str
    id: bytes
    public: bytes

    def check(self, signature: bytes, message: str) -> None:
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message.encode())
        except InvalidSignature:
            raise InvalidFile(f"a false signature of {self.name}") from None


def key_from(text: str, wanted: int) -> Key:
    text = text.removesuffix("\n")
    name, digits, encoded = text.split("+", 2)
    data = from_base64(encoded, 33)
    key_id = hashed(name.encode() + b"\n" + data)[:4]
    need(name and " " not in name and digits == key_id.hex() and data[0] == wanted, "not such a key")
    return Key(text, name, key_id, data[1:])


def note_from(note: str, log: Key, witnesses: Sequence[Key]) -> tuple[str, dict[Key, int], int]:
    """Check a note: its text, when each given key signed (0: the log), and how many lines are unknown."""
    need(not re.search(r"[\x00-\x09\x0b-\x1f]", note) and note.endswith("\n"), "not a note")
    text, signatures = note[: note.rindex("\n\n") + 1], note[note.rindex("\n\n") + 2 :]
    signed: dict[Key, int] = {}
    unknown = 0
    need(signatures, "a note without signatures")
    for line in signatures[:-1].split("\n"):
        dash, name, encoded = line.split(" ")
        need(dash == "\u2014" and name and "+" not in name and encoded, "not a signature line")
        data = from_base64(encoded)
        key = next((key for key in (log, *witnesses) if (key.name, key.id) == (name, data[:4])), None)
        if key is None:
            unknown += 1
        elif key is log:
            key.check(data[4:], text)
            signed[key] = 0
        else:
            seconds = int.from_bytes(data[4:12], "big")
            need(len(data) == 4 + 8 + 64 and seconds <= LAST_SECOND, "not a cosignature")
            key.check(data[12:], f"cosignature/v1\ntime {seconds}\n{text}")
            signed[key] = seconds
    return text, signed, unknown


@dataclass
class Tiles:
    size: int
    read: Callable[[str], bytes]

    def path(self, level: int, index: int, kind: str = "") -> str:
        name, rest, width = f"{index % 1000:03}", index // 1000, self.width(level, index)
        while rest:
            name, rest = f"x{rest % 1000:03}/{name}", rest // 1000
        return f"tile/{kind or level}/{name}" + (f".p/{width}" if width < 256 else "")

    def width(self, level: int, index: int) -> int:
        return min(256, (self.size >> 8 * level) - 256 * index)

    def tile(self, level: int, index: int) -> list[bytes]:
        """Read a tile; a full one only if its root stands in the tile above, checked in the same way."""
        data, width = self.read(self.path(level, index)), self.width(level, index)
        need(len(data) == 32 * width, "a tile of another size")
        row = [data[at : at + 32] for at in range(0, len(data), 32)]
        need(width < 256 or self.tile(level + 1, index // 256)[index % 256] == root_over(row), "a false tile")
        return row

    def root(self, size: int) -> bytes:
        subtrees: list[bytes] = []
        done = 0
        for power in (power for power in reversed(range(50)) if size >> power & 1):
            start = done >> power // 8 * 8
            subtrees.append(root_over(self.tile(power // 8, start // 256)[start % 256 :][: 1 << power % 8]))
            done += 1 << power
        while len(subtrees) > 1:
            subtrees[-2:] = [root_over(subtrees[-2:])]
        return root_over(subtrees)

    def paths(self, bundles: range) -> set[str]:
        """List the partial tiles, and of each bundle itself, its tile, and above each full tile that with its root."""
        tops = ((level, self.size >> 8 * level) for level in range(7))
        paths = {self.path(level, count // 256) for level, count in tops if count % 256}
        for bundle in bundles:
            paths |= {self.path(0, bundle, "entries"), self.path(0, bundle)}
            level, index = 0, bundle
            while self.width(level, index) == 256:
                level, index = level + 1, index // 256
                paths.add(self.path(level, index))
        return paths


@dataclass
class Verdict:
    kind: str
    origin: str
    size: int
    root: str
    key: str
    checked_key: bool
    witnesses: dict[str, str]
    unknown: int
    start: int = 0
    stop: int = 0
    kinds: dict[str, int] = field(default_factory=dict[str, int])
    opened: dict[str, Json] = field(default_factory=dict[str, Json])
    since: int | None = None


class Bare:
    """A bare checkpoint; the other kinds of file hold more, which `check` checks after the checkpoint."""

    kind = "checkpoint"
    inside: str | None = None

    def __init__(self, data: bytes) -> None:
        need(len(data) <= MEBIBYTE, "a file too large")
        self.note = data.decode()

    def checkpoint(self, given: str | None, witnesses: Sequence[str]) -> Verdict:
        inside = None if self.inside is None else key_from(self.inside, LOG)
        log = inside if given is None else key_from(given, LOG)
        if log is None or inside not in {None, log}:
            raise InvalidFile("no key, or another than the one inside")
        asked = [key_from(witness, WITNESS) for witness in witnesses]
        text, signed, unknown = note_from(self.note, log, asked)
        need({log, *asked} <= set(signed), "a signature is missing")
        origin, size, root, end = text.split("\n")
        need((origin, end) == (log.name, "") and from_base64(root, 32), "not a checkpoint of this log")
        times = {key.name: f"{datetime.fromtimestamp(signed[key], UTC):%Y-%m-%dT%H:%M:%SZ}" for key in asked}
        return Verdict(self.kind, origin, decimals(size), root, log.text, given is not None, times, unknown)

    def check(self, found: Verdict) -> None:
        """Check what stands beside the checkpoint, and tell it."""


def decimals(text: str) -> int:
    return int(string(text, r"0|[1-9][0-9]{0,14}"))


class Receipt(Bare):
    kind = "receipt"

    def __init__(self, data: bytes) -> None:
        need(len(data) <= MEBIBYTE, "a file too large")
        file = members(from_json(data.removesuffix(b"\n")), "houvast entry opened proof key")
        need(file["houvast"] == "receipt/1", "a receipt of another version")
        head, _, self.note = string(file["proof"]).partition("\n\n")
        first, index, *hashes = head.split("\n")
        need(first == "c2sp.org/tlog-proof@v1" and index[:6] == "index " and len(hashes) <= 63, "another proof")
        self.index, self.proof = decimals(index[6:]), [from_base64(line, 32) for line in hashes]
        self.entry, self.opened = string(file["entry"]).encode(), members(file["opened"])
        self.inside = string(file["key"])

    def check(self, found: Verdict) -> None:
        entry = entry_from(self.entry)
        check_inclusion(hashed(b"\x00" + self.entry), self.index, found.size, from_base64(found.root), self.proof)
        found.start, found.stop, found.kinds = self.index, self.index + 1, {string(entry["kind"]): 1}
        for name, opening in self.opened.items():
            salt, value = from_base64url(members(opening, "salt value")["salt"]), members(opening)["value"]
            commitment = to_base64url(hmac.digest(salt, to_json(value).encode(), "sha256"))
            need(members(entry["sealed"]).get(name) == commitment, f"{name} was not sealed so")
            found.opened[name] = value


class Export(Bare):
    kind = "export"

    def __init__(self, data: bytes) -> None:
        self.zip = zipfile.ZipFile(io.BytesIO(data))
        self.files = {info.orig_filename: info for info in self.zip.infolist()}
        need(len(self.files) == len(self.zip.infolist()), "a file twice")
        need(min(info.header_offset for info in self.zip.infolist()) == 0, "something before the first file")
        for info in self.files.values():
            need(info.compress_type in {0, 8} and not info.flag_bits & 1, "neither stored nor deflated, or encrypted")
        self.inside, self.note = self.read("key").decode(), self.read("checkpoint").decode()

    def read(self, path: str) -> bytes:
        limit = 256 * (2 + LONGEST_ENTRY) if path.startswith("tile/entries/") else MEBIBYTE
        with self.zip.open(self.files[path]) as file:
            content = file.read(limit + 1)
        need(len(content) <= limit, f"{path} is too large")
        return content

    def check(self, found: Verdict) -> None:
        need(self.read("README.txt") and self.read("verify.py"), "an empty file for people")
        bounds = members(from_json(self.read("range.json").removesuffix(b"\n")), "from size to")
        start, stop, size = (number(bounds[name]) for name in ("from", "to", "size"))
        need(size == found.size and 0 <= start <= stop <= size, "a range of another log")
        need(start % 256 == 0 and (stop % 256 == 0 or stop == size), "a range that cuts a tile")
        bundles, tiles = range(start // 256, (stop + 255) // 256), Tiles(size, self.read)
        need(len(bundles) <= len(self.files), "a bundle is missing")
        paths = tiles.paths(bundles) | {"README.txt", "verify.py", "key", "checkpoint", "range.json"}
        need(paths <= set(self.files), "a file is missing")
        for path in set(self.files) - paths:
            token = re.fullmatch(r"timestamps/([1-9][0-9]{0,14})\.tsr", path)
            need(token and int(token[1]) <= size, f"{path} is too many")
        need(tiles.root(size) == from_base64(found.root), "the tiles do not lead to the root")
        kinds: Counter[str] = Counter()
        for index in bundles:
            bundle = io.BytesIO(self.read(tiles.path(0, index, "entries")))
            for leaf in tiles.tile(0, index):
                entry = bundle.read(int.from_bytes(bundle.read(2), "big"))
                need(hashed(b"\x00" + entry) == leaf, "an entry that is not in the log")
                kinds[string(entry_from(entry)["kind"])] += 1
            need(not bundle.read(), "an entry too many")
        found.start, found.stop, found.kinds = start, stop, dict(kinds)


def opened(data: bytes) -> Bare:
    return Export(data) if data.startswith(b"PK") else Receipt(data) if data.startswith(b"{") else Bare(data)


def check_older(file: Bare, found: Verdict, since: bytes) -> None:
    old = opened(since)
    older = old.checkpoint(found.key, ())
    found.since = older.size
    need(found.size >= older.size or file.kind == "receipt", "the log was rolled back")
    (small, _), (large, holder) = sorted([(found, file), (older, old)], key=lambda pair: pair[0].size)
    if small.size == large.size:
        need(small.root == large.root, "the log has forked")
    elif isinstance(holder, Export):
        tiles = Tiles(large.size, holder.read)
        need(tiles.root(large.size) == from_base64(large.root), "the tiles do not lead to the root")
        need(tiles.root(small.size) == from_base64(small.root), "the log has forked")
    else:
        raise InvalidFile("it cannot be told without an export")


def verdict(data: bytes, key: str | None = None, witnesses: Sequence[str] = (), since: bytes | None = None) -> Verdict:
    """Check a file, with an older one if there is one; raises InvalidFile with a reason."""
    try:
        file = opened(data)
        found = file.checkpoint(key, witnesses)
        file.check(found)
        if since is not None:
            check_older(file, found, since)
    except BROKEN as error:
        raise InvalidFile(str(error)) from error
    return found
