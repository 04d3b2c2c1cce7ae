#!/usr/bin/env python3
"""Checks what a Houvast log gave you - a receipt, an export, a checkpoint - offline, trusting one public key.

    python verify.py FILE [--key KEY] [--since OLD] [--witness KEY]...

Needs Python 3.11 and the package `cryptography`; nothing of Houvast, no network. `docs/life/evidence-entry.md`
tells the formats, with their sources: RFC 6962 and 9162 (tree), C2SP signed-note, tlog-checkpoint,
tlog-cosignature, tlog-tiles and tlog-proof, RFC 8785 (canonical JSON), RFC 8032 (Ed25519).
"""

from __future__ import annotations

import argparse
import base64
import hmac
import json
import re
import sys
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple, cast

ED25519, COSIGNATURE = 1, 4  # kinds of key: a log's, a witness's
WIDTH = 256  # hashes in a full tile, entries in a full bundle
_TOKEN = re.compile(r"timestamps/([1-9][0-9]{0,14})\.tsr")  # may be in an export, too
_MOST = 1 << 20  # bytes of a note, a receipt, a README
_FILES = ("README.txt", "checkpoint", "key", "range.json", "verify.py")  # in an export, beside its tiles
_NOTE = re.compile(r"((?:[^\x00-\x1f]*\n)+)\n((?:— [^\x00- +]+ [A-Za-z0-9+/=]+\n)+)")
_CHECKPOINT = re.compile(r"([^\n]+)\n(0|[1-9][0-9]{0,14})\n([A-Za-z0-9+/=]{44})\n")
_PROOF = re.compile(
    r"c2sp\.org/tlog-proof@v1\nindex (0|[1-9][0-9]{0,14})\n((?:[A-Za-z0-9+/=]{44}\n){0,63})\n(.*)", re.DOTALL
)
_RECEIPT = {"houvast": str, "entry": str, "opened": dict, "proof": str, "key": str}
_RANGE = {"from": int, "to": int, "size": int}
_ENTRY = {"v": int, "kind": str, "time": str, "nonce": str, "promise": str, "body": dict, "sealed": dict}
_HEAD = re.compile(r"[a-z_]{1,64} \d{4}-\d\d-\d\dT\d\d:\d\d:00Z [0-9a-f]{32} [A-Za-z0-9._-]{0,64}", re.ASCII)
_SEALED = re.compile(r"(?:[A-Za-z0-9_-]{43} )*")


def plain(text: str) -> str:
    """Text for a terminal: what a file holds may not move the cursor or turn the direction of writing."""
    return "".join(one if one.isprintable() or one == "\n" else f"\\u{ord(one):04x}" for one in text)


class Invalid(Exception):
    """This does not hold: `why`, and `where` in the file."""

    def __init__(self, why: str, where: str = "") -> None:
        self.why, self.where = plain(why), plain(where)
        super().__init__(f"{self.where}: {self.why}" if where else self.why)


class Missing(Invalid):
    """A file of an export is not in it."""


@dataclass(frozen=True)
class Verified:
    """What holds."""

    kind: str  # receipt, export or checkpoint
    origin: str  # the log's name
    size: int  # entries in the log at this checkpoint
    root: str  # base64
    key: str  # the verifier key that was used
    checked_key: bool  # False: only the key inside the file was there to check with
    witnesses: Mapping[str, datetime]  # those that were asked for, and when each cosigned
    unknown: int  # signatures by keys that nobody gave us, so not checked
    start: int = 0  # the entries checked: start <= index < stop
    stop: int = 0
    kinds: Mapping[str, int] = field(default_factory=dict[str, int])  # how many of each kind are among them
    entry: Mapping[str, object] | None = None  # a receipt's
    opened: Mapping[str, object] = field(default_factory=dict[str, object])  # its sealed fields that were opened
    timestamps: Sequence[int] = ()  # the sizes for which an export holds an RFC 3161 token; those are not checked here
    since: int | None = None  # the size of the older checkpoint that this one goes with


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


def canonical(value: object) -> bytes:
    """The one way to write a value that was read by `read_json` (RFC 8785)."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    if len(found := dict(pairs)) < len(pairs) or not "".join(found).isascii():
        raise ValueError("a name twice, or not in ASCII")
    return found


def _number(text: str) -> int:
    if not re.fullmatch(r"-?[0-9]{1,16}", text) or abs(int(text)) >= 1 << 53:
        raise ValueError("a number that is no integer, or too large a one")
    return int(text)


_DECODER = json.JSONDecoder(object_pairs_hook=_object, parse_int=_number, parse_float=_number, parse_constant=_number)


def read_json(data: bytes, where: str, shape: Mapping[str, type]) -> dict[str, object]:
    """An object with exactly these members, in the one way of writing it. Raises Invalid."""
    try:
        found = cast("object", _DECODER.decode(data.decode()))
        if canonical(found) != data:
            raise ValueError("not its canonical form")
    except (ValueError, RecursionError) as error:
        raise Invalid(f"this is no JSON in its one way of writing (RFC 8785): {error}", where) from None
    members = cast("dict[str, object]", found) if isinstance(found, dict) else {}
    if {name: type(value) for name, value in members.items()} != shape:
        raise Invalid(f"exactly these members are expected: {', '.join(shape)}", where)
    return members


def read_entry(data: bytes, where: str) -> dict[str, object]:
    """An entry of version 1. Raises Invalid."""
    entry = read_json(data, where, _ENTRY)
    head = " ".join(cast("str", entry[name]) for name in ("kind", "time", "nonce", "promise"))
    sealed = "".join(f"{value} " for value in cast("dict[str, object]", entry["sealed"]).values())
    if len(data) >= 1 << 16 or entry["v"] != 1 or not (_HEAD.fullmatch(head) and _SEALED.fullmatch(sealed)):
        raise Invalid("this is no entry of version 1", where)
    return entry


class Source(NamedTuple):
    """A file as it was opened: its checkpoint, the key inside, and what else it holds."""

    kind: str
    note: str
    key: str | None
    archive: zipfile.ZipFile | None = None
    receipt: Mapping[str, object] | None = None


def source_of(path: Path, stack: ExitStack) -> Source:
    """Open a file; an export stays open until the stack is closed. Raises Invalid, OSError."""
    with path.open("rb") as file:
        data = file.read(_MOST + 1)
    if data.startswith(b"PK"):
        archive = stack.enter_context(zipfile.ZipFile(path))
        if min((info.header_offset for info in archive.infolist()), default=0):
            raise Invalid("holds something before its first file")
        return Source("export", member(archive, "checkpoint").decode(), member(archive, "key").decode(), archive)
    if len(data) > _MOST:
        raise Invalid("too large for a receipt or a checkpoint, and no export")
    if not data.startswith(b"{"):
        return Source("checkpoint", data.decode(), None)
    receipt = read_json(data.removesuffix(b"\n"), "receipt", _RECEIPT)
    proof = _PROOF.fullmatch(cast("str", receipt["proof"]))
    if receipt["houvast"] != "receipt/1" or not proof:
        raise Invalid("this is no receipt of version 1 with a proof (c2sp.org/tlog-proof@v1)", "receipt")
    return Source(
        "receipt", proof[3], cast("str", receipt["key"]), receipt=receipt | {"index": proof[1], "path": proof[2]}
    )


def head_of(source: Source, key: str | None, witnesses: Sequence[str]) -> Verified:
    """The checkpoint, signed by the log's key and by these witnesses."""
    if not (text := key or source.key):
        raise Invalid("no key to check with: a bare checkpoint holds none, so give it (--key)", "key")
    if source.key is not None and source.key.removesuffix("\n") != text.removesuffix("\n"):
        raise Invalid("the key inside is not the one that you gave, so another log made this", "key")
    log, asked = Verifier.from_text(text), [Verifier.from_text(one) for one in witnesses]
    text, signed_by, unknown = open_note(source.note, [log, *asked])
    checkpoint = Checkpoint.parse(text)
    for one in (log, *asked):
        if one not in signed_by or (one.kind == COSIGNATURE) == (one is log):
            raise Invalid(f"{one.name} has not signed this checkpoint", "checkpoint")
    if checkpoint.origin != log.name:
        raise Invalid(f"this is a checkpoint of {checkpoint.origin}, signed with a key of {log.name}", "checkpoint")
    times = {one.name: cast("datetime", signed_by[one]) for one in asked}
    top = base64.b64encode(checkpoint.root).decode()
    return Verified(source.kind, checkpoint.origin, checkpoint.size, top, log.to_text(), bool(key), times, unknown)


def check_receipt(receipt: Mapping[str, object], head: Verified) -> Verified:
    """That the entry is in the log of this checkpoint, and what it opens is what was sealed. Raises Invalid."""
    data, index = cast("str", receipt["entry"]).encode(), int(cast("str", receipt["index"]))
    entry = read_entry(data, "entry")
    path = [unbase64(line) for line in cast("str", receipt["path"]).split()]
    if not verify_inclusion(leaf_hash(data), index, head.size, path, unbase64(head.root)):
        raise Invalid("this entry is not in the log that was signed", "proof")
    sealed, opened = cast("Mapping[str, str]", entry["sealed"]), dict[str, object]()
    for name, opening in cast("Mapping[str, Mapping[str, object]]", receipt["opened"]).items():
        if not isinstance(opening, dict) or set(opening) != {"salt", "value"} or not isinstance(opening["salt"], str):
            raise Invalid("an opened field has a salt and a value", f"opened {name}")
        written, opened[name] = opening["salt"], opening["value"]
        salt = unbase64(written.translate(str.maketrans("-_", "+/")) + "=")
        if not _SEALED.fullmatch(f"{written} ") or commitment(salt, opening["value"]) != sealed.get(name):
            raise Invalid("this value and salt are not what the entry sealed", f"opened {name}")
    return replace(head, start=index, stop=index + 1, kinds={str(entry["kind"]): 1}, entry=entry, opened=opened)


def commitment(salt: bytes, value: object) -> str:
    """What an entry holds in the place of a sealed value."""
    return base64.urlsafe_b64encode(hmac.digest(salt, canonical(value), "sha256")).decode().rstrip("=")


def files(size: int, start: int, stop: int) -> set[str]:
    """The tiles and bundles in an export of start <= index < stop, whole bundles, of a log of this size."""
    found = {tile_path(level, size >> 8 * (level + 1), (size >> 8 * level) % WIDTH) for level in edge(size)}
    for number in range(start // WIDTH, -(-stop // WIDTH)):
        found.add(entries_path(number, width_of(size, 0, number)))
        level = 0
        while width_of(size, level, number) == WIDTH:
            found.add(tile_path(level, number))
            level, number = level + 1, number // WIDTH
    return found


def check_export(archive: zipfile.ZipFile, head: Verified) -> Verified:
    """That all it should hold is there, and is what the log of this checkpoint signed. Raises Invalid."""
    written = member(archive, "range.json").removesuffix(b"\n")
    span = cast("Mapping[str, int]", read_json(written, "range.json", _RANGE))
    start, stop, names = span["from"], span["to"], archive.namelist()
    whole = start % WIDTH == 0 and (stop % WIDTH == 0 or stop == head.size)
    if span["size"] != head.size or not 0 <= start <= stop <= head.size or not whole:
        raise Invalid(f"from {start} to {stop} of {span['size']} is no range of a log of {head.size}", "range.json")
    stamped = sorted(
        int(found[1]) for name in names if (found := _TOKEN.fullmatch(name)) and int(found[1]) <= head.size
    )
    tokens = {f"timestamps/{size}.tsr" for size in stamped}
    for name in sorted({*_FILES, *tokens, *files(head.size, start, stop)} ^ set(names)):
        raise Invalid("does not belong in this export" if name in names else "is missing", name)
    if len(names) > len(set(names)) or not all(member(archive, name) for name in ("README.txt", "verify.py")):
        raise Invalid("a file stands in it twice, or is empty")
    hashes, kinds = Hashes(partial(member, archive), head.size, unbase64(head.root)), Counter[str]()
    for number in range(start // WIDTH, -(-stop // WIDTH)):
        path = entries_path(number, len(hashes.tile(0, number)))
        entries = split(member(archive, path))
        if [leaf_hash(entry) for entry in entries] != hashes.tile(0, number):
            raise Invalid("its entries are not those that the log signed", path)
        for index, data in enumerate(entries, number * WIDTH):
            kinds[str(read_entry(data, f"entry {index}")["kind"])] += 1
    return replace(head, start=start, stop=stop, kinds=dict(sorted(kinds.items())), timestamps=tuple(stamped))


def member(archive: zipfile.ZipFile, name: str) -> bytes:
    """A file of an export. Raises Invalid, Missing."""
    if name not in archive.NameToInfo:
        raise Missing("is missing", name)
    info, most = archive.getinfo(name), WIDTH * 65_537 if name.startswith("tile/entries/") else _MOST
    if info.file_size > most or info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Invalid("is too large, or packed in another way", name)
    try:
        return archive.read(name)
    except OSError as error:  # also when the list in the zip file points to a place that there cannot be
        raise Invalid(f"cannot be read ({error.strerror})", name) from error


def check_growth(new: Verified, old: Verified, archive: zipfile.ZipFile | None) -> None:
    """That the larger of two logs begins with the smaller; `archive` is the larger one's export."""
    if new.size == old.size:
        same = new.root == old.root
    elif not archive:
        raise Invalid(f"whether it continues the log of {old.size} entries cannot be told without an export", "since")
    else:
        small, large = sorted((new, old), key=lambda one: one.size)
        hashes = Hashes(partial(member, archive), large.size, unbase64(large.root))
        try:
            same = root_of(small.size, hashes.subtree) == unbase64(small.root)
        except Missing:
            raise Invalid(
                f"whether it continues the log of {small.size} entries cannot be told from a part of the log: "
                f"ask for an export that begins at entry {small.size} or before", "since") from None  # fmt: skip
    if not same:
        raise Invalid(f"the log has forked: its first {min(new.size, old.size)} entries were others before", "since")


def verify_file(
    path: Path, key: str | None = None, since: Path | None = None, witnesses: Sequence[str] = ()
) -> Verified:
    """Check a receipt, an export or a bare checkpoint.

    key: the log's verifier key, as text; without it the key inside is used, and `checked_key` is False.
    since: an older file of the same log: it must be continued. Not told apart when no export has the hashes.
    witnesses: verifier keys of witnesses, each of which must have cosigned.

    Raises Invalid when something does not hold, OSError when a file cannot be read.
    """
    try:
        with ExitStack() as stack:
            new = source_of(path, stack)
            found = head_of(new, key, witnesses)
            if new.archive:
                found = check_export(new.archive, found)
            elif new.receipt:
                found = check_receipt(new.receipt, found)
            if since:
                before = source_of(since, stack)
                old = head_of(before, found.key, ())
                if old.size > found.size and new.kind != "receipt":
                    raise Invalid(f"the log was rolled back: it had {old.size} entries, and now {found.size}", "since")
                check_growth(found, old, (before if old.size > found.size else new).archive)
                found = replace(found, since=old.size)
            return found
    except (ValueError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise Invalid(f"the file is damaged ({type(error).__name__})") from error


def report(found: Verified) -> str:
    """What holds, in lines for people."""
    lines = [f"VALID {found.kind} of the log {found.origin}: {found.size} entries, root {found.root}."]
    if found.kind == "export":
        lines.append(f"Entries {found.start} up to {found.stop}, all checked: {found.stop - found.start}.")
        lines += [f"  {count:>9} {kind}" for kind, count in found.kinds.items()]
    if found.entry is not None:
        lines.append(f"Entry {found.start}: {canonical(found.entry).decode()}")
        lines += [f"  opened {name}: {canonical(value).decode()}" for name, value in found.opened.items()]
    lines += [f"Cosigned by {name} at {time:%Y-%m-%d %H:%M:%S} UTC." for name, time in found.witnesses.items()]
    if found.unknown:
        lines.append(f"{found.unknown} more signatures, by keys that you did not give, were not checked.")
    if found.timestamps:
        lines.append(f"{len(found.timestamps)} timestamps (RFC 3161) are in it; this program did not check them.")
    if found.since is not None:
        lines.append(f"It goes with the log of {found.since} entries that you had.")
    if not found.checked_key:
        lines.append(f"NOT CHECKED AGAINST A KEY OF YOURS. The key inside was used: {found.key}")
    return plain("\n".join(lines))


def key_text(given: str) -> str:
    """A verifier key that was given as text, or as a file with it. Raises OSError."""
    return given if given.count("+") > 1 else Path(given).read_text()


def main() -> int:
    parser = argparse.ArgumentParser(description="Check a receipt, an export or a checkpoint of a Houvast log.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", help="the log's key, or a file with it; else the one inside is used, and said so")
    parser.add_argument("--since", type=Path, help="an older receipt, export or checkpoint, which must be continued")
    parser.add_argument("--witness", action="append", default=[], help="the key of a witness who must have cosigned")
    given = parser.parse_args()
    try:
        key = key_text(given.key) if given.key else None
        print(report(verify_file(given.file, key, given.since, [key_text(one) for one in given.witness])))
    except Invalid as found:
        print(f"INVALID {found}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{error.filename}: {error.strerror}", file=sys.stderr)
        return 2
    except ImportError:
        print("This needs Python's package cryptography: pip install cryptography", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
