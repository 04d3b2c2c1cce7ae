"""Zip archives as they come (PKWARE APPNOTE 6.3.10): each entry by the header before it, then held against the list at
the end. What the list and the headers say differently is how archives show one thing to one reader and another to the
next."""

from __future__ import annotations

import bz2
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b
from typing import cast

from houvast.screening.bundle.limits import MIB, Budget, Unreadable
from houvast.screening.bundle.tap import CUT_OFF, Tap
from houvast.screening.bundle.unpacking import Inflating, Unpacker, inflater, zstd_unpacker

_LOCAL, _CENTRAL, _END = b"PK\x03\x04", b"PK\x01\x02", b"PK\x05\x06"
_END_64, _LOCATOR, _DESCRIPTOR = b"PK\x06\x06", b"PK\x06\x07", b"PK\x07\x08"
_SPANNED = b"PK00"
_PLAIN_EXTRAS, _PLAIN_EXTRA = {0x0001, 0x000A, 0x5455, 0x7875}, 36
"""Fields for large sizes, times (of NTFS, of Unix) and numbers of owners; how many bytes they take at most."""
_ENCRYPTED, _SIZES_BEHIND, _HEADERS_MASKED = 0x1, 0x8, 0x2000
_FULL = 0xFFFFFFFF
_STORED, _DEFLATED, _BZIP2, _ZSTD = 0, 8, 12, 93
_TWICE = "its archive has two files of this name"


@dataclass(slots=True)
class Entry:
    """An entry as its own header says it. `closed`: why it cannot be looked into, else empty."""

    name: bytes
    flags: int
    method: int
    when: int
    crc: int
    packed: int
    size: int
    offset: int
    closed: str = ""

    @property
    def is_folder(self) -> bool:
        """Whether it holds nothing. What is said behind it only may be anything."""
        return self.name.endswith(b"/") and not (self.size or self.packed or self.flags & _SIZES_BEHIND)

    def seal(self) -> bytes:
        """What the list at the end must say of it too."""
        said = (self.flags & _ENCRYPTED, self.method, self.crc, self.packed, self.size)
        return blake2b(self.name + repr(said).encode(), digest_size=12).digest()


class Zip:
    """An archive that is read once, from its beginning. `label` is told comments and extra fields; `problems`: in what
    its list differs from its entries, known once all were read."""

    def __init__(self, tap: Tap, budget: Budget, label: Callable[[bytes], object]) -> None:
        self._tap, self._budget, self._label = tap, budget, label
        self._begin = tap.at
        self._seals: dict[int, bytes] = {}
        self._names: set[bytes] = set()
        self.problems: list[str] = []

    def entries(self) -> Iterator[tuple[Entry, Tap]]:
        """Each entry with what comes out of it. Raises Unreadable when the rest cannot be read."""
        if self._tap.peek(4) == _SPANNED:
            self._tap.exactly(4)
        while (mark := self._tap.peek(4)) == _LOCAL:
            entry = self._local()
            name = blake2b(entry.name, digest_size=12).digest()
            if name in self._names:
                entry.closed = entry.closed or _TWICE
            self._names.add(name)
            yield from self._opened(entry)
            if entry.offset in self._seals:
                raise Unreadable("its entries overlap")
            self._seals[entry.offset] = entry.seal()
        if mark not in {_CENTRAL, _END, _END_64}:
            raise Unreadable(CUT_OFF if len(mark) < 4 else "something else stands between its entries")
        self._list()

    def _local(self) -> Entry:
        offset = self._tap.at - self._begin
        head = self._tap.exactly(30)
        _, flags, method, when, crc, packed, size, names, extras = struct.unpack("<HHHIIIIHH", head[4:])
        name, extra = self._tap.exactly(names), self._tap.exactly(extras)
        self._extra(extra)
        if _FULL in (packed, size):
            size, packed = _larger(extra, size, packed)[:2]
        return Entry(name, flags, method, when, crc, packed, size, offset)

    def _opened(self, entry: Entry) -> Iterator[tuple[Entry, Tap]]:
        behind = bool(entry.flags & _SIZES_BEHIND)
        part = None if behind else self._tap.part(entry.packed)
        if entry.flags & (_ENCRYPTED | _HEADERS_MASKED):
            entry.closed = "it has a password"
        elif entry.method not in {_STORED, *_UNPACKERS}:
            entry.closed = "it is packed in a way that is not opened"
        if entry.closed and entry.closed != _TWICE:
            yield entry, Tap(lambda _: b"")
            self._passed(entry)
            return
        if entry.method == _STORED and part is None:
            raise Unreadable("where an entry ends is said behind it only")
        reading = _Content(part or self._tap, self._budget, entry, self._descriptor if behind else None)
        content = Tap(reading.read)
        yield entry, content
        try:
            content.drain()
        except Unreadable:
            if part is None:
                raise
        if part is not None:
            if part.left or part.peek(1):
                self.problems.append("something else stands behind the end of an entry")
            part.drain()

    def _passed(self, entry: Entry) -> None:
        """Pass over an entry that cannot be opened."""
        if entry.flags & _SIZES_BEHIND and not entry.packed:
            raise Unreadable("where an entry that cannot be opened ends is not said")
        self._tap.part(entry.packed).drain()
        if entry.flags & _SIZES_BEHIND and self._tap.peek(4) == _DESCRIPTOR:
            self._tap.exactly(16)

    def _descriptor(self, crc: int, packed: int, size: int) -> tuple[int, int, int]:
        """The sizes behind an entry: with or without a mark, of four bytes or of eight."""
        head = self._tap.peek(24)
        for mark in (_DESCRIPTOR, b""):
            for form in ("<III", "<IQQ"):
                length = len(mark) + struct.calcsize(form)
                if head.startswith(mark) and len(head) >= length:
                    said = cast("tuple[int, int, int]", struct.unpack(form, head[len(mark) : length]))
                    if said == (crc, packed, size):
                        self._tap.exactly(length)
                        return said
        raise Unreadable("what is said behind an entry is not what it holds")

    def _list(self) -> None:
        begin = self._tap.at - self._begin
        left = dict(self._seals)
        while self._tap.peek(4) == _CENTRAL:
            head = self._tap.exactly(46)
            flags, method, when, crc, packed, size = struct.unpack("<HHIIII", head[8:28])
            names, extras, comments = struct.unpack("<HHH", head[28:34])
            offset = int.from_bytes(head[42:46], "little")
            name, extra, comment = (self._tap.exactly(length) for length in (names, extras, comments))
            if _FULL in (size, packed, offset):
                size, packed, offset = _larger(extra, size, packed, offset)
            self._extra(extra)
            self._label(comment)
            self._budget.in_time()
            listed = Entry(name, flags, method, when, crc, packed, size, offset)
            if left.pop(offset, b"") != listed.seal():
                self._problem("its list says something else than its entries, or names one twice")
        if left:
            self._problem("its list leaves out entries")
        self._ending(begin)

    def _ending(self, begin: int) -> None:
        tap = self._tap
        if tap.peek(4) == _END_64:
            head = tap.exactly(12)
            self._label(tap.part(int.from_bytes(head[4:], "little")).whole(MIB)[44:])
            if tap.peek(4) == _LOCATOR:
                tap.exactly(20)
        if tap.peek(4) != _END:
            raise Unreadable(CUT_OFF if len(tap.peek(4)) < 4 else "something else stands behind its list")
        head = tap.exactly(22)
        count, _, at, comment = struct.unpack("<HIIH", head[10:])
        if at not in {_FULL, begin} or count not in {0xFFFF, len(self._seals)}:
            self._problem("its list says something else than its entries, or names one twice")
        self._label(tap.exactly(comment))
        if tap.peek(1):
            self._problem("something else stands behind its end")

    def _extra(self, extra: bytes) -> None:
        """What extra fields hold, except for the times, owners and sizes that most archives have."""
        at = 0
        while at + 4 <= len(extra):
            kind, length = struct.unpack("<HH", extra[at : at + 4])
            if kind not in _PLAIN_EXTRAS or length > _PLAIN_EXTRA:
                self._label(extra[at + 4 : at + 4 + length])
            at += 4 + length
        self._label(extra[at:])

    def _problem(self, problem: str) -> None:
        if problem not in self.problems:
            self.problems.append(problem)


_UNPACKERS: dict[int, Callable[[], Unpacker]] = {
    _DEFLATED: inflater,
    _BZIP2: cast("Callable[[], Unpacker]", bz2.BZ2Decompressor),
    _ZSTD: zstd_unpacker,
}


class _Content:
    """What comes out of one entry, held against the sum and the sizes that are said of it."""

    def __init__(
        self, tap: Tap, budget: Budget, entry: Entry, behind: Callable[[int, int, int], tuple[int, int, int]] | None
    ) -> None:
        self._entry, self._behind = entry, behind
        self._inflating = None if entry.method == _STORED else Inflating(tap, budget, _UNPACKERS[entry.method]())
        self._tap = tap
        self._crc = self._size = 0
        self._done = False

    def read(self, size: int) -> bytes:
        data = self._inflating.read(size) if self._inflating else self._tap.read(size)
        if data:
            self._crc = zlib.crc32(data, self._crc)
            self._size += len(data)
        elif not self._done:
            self._done = True
            self._check()
        return data

    def _check(self) -> None:
        entry = self._entry
        if self._behind and self._inflating:
            entry.crc, entry.packed, entry.size = self._behind(self._crc, self._inflating.taken, self._size)
        if (self._crc, self._size) != (entry.crc, entry.size):
            raise Unreadable("its sum or its size is wrong")


def _larger(extra: bytes, *sizes: int) -> tuple[int, ...]:
    """Sizes that do not fit in four bytes stand in an extra field, in this order."""
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack("<HH", extra[at : at + 4])
        if kind == 1:
            field = extra[at + 4 : at + 4 + length]
            taken, found = 0, list[int]()
            for size in sizes:
                if size == _FULL:
                    found.append(int.from_bytes(field[taken : taken + 8], "little"))
                    taken += 8
                else:
                    found.append(size)
            return tuple(found)
        at += 4 + length
    return sizes


class Unseekable:
    """A file that is only written, as `zipfile` wants one."""

    def __init__(self, sink: Callable[[bytes], object]) -> None:
        self._sink = sink

    def write(self, data: bytes) -> int:
        self._sink(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Everything is on its way already."""

    def close(self) -> None:
        """Whoever gave the sink closes it."""


def written_info(name: bytes, when: int, size: int) -> zipfile.ZipInfo:
    """What a zip archive says of a file that is written to it. `when`: as MS-DOS writes date and time."""
    date, hour = when >> 16, when & 0xFFFF
    moment = (1980 + (date >> 9), date >> 5 & 15 or 1, date & 31 or 1, hour >> 11, hour >> 5 & 63, (hour & 31) * 2)
    try:
        text = name.decode()
    except UnicodeDecodeError:
        text = name.decode("cp437")
    info = zipfile.ZipInfo(text, moment)
    info.compress_type, info.file_size, info.external_attr = zipfile.ZIP_DEFLATED, size, 0o644 << 16
    return info
