"""Tar archives as they come (POSIX.1-2024 pax, and what GNU adds), and writing them."""

from __future__ import annotations

import re
import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from houvast.screening.bundle.limits import MIB, Unreadable
from houvast.screening.bundle.tap import Tap

_RECORD = 512
_LONG_NAME, _LONG_LINK, _PAX, _PAX_ALL, _PAX_OF_SUN = b"L", b"K", b"x", b"g", b"X"
_EXTENDED = {_LONG_NAME, _LONG_LINK, _PAX, _PAX_ALL, _PAX_OF_SUN}
_KNOWN = {"size", "mtime", "atime", "ctime", "uid", "gid"}
_NUMBER = re.compile(rb"-?\d{1,20}(?:\.\d{1,20})?")
_MOST = 1000
"""What may be said of all files at once."""
_DEVICES = {tarfile.CHRTYPE: "a device", tarfile.BLKTYPE: "a device", tarfile.FIFOTYPE: "a pipe"}
_LINKS = {tarfile.SYMTYPE, tarfile.LNKTYPE}
Label = Callable[[bytes], object]
"""Is told something that an archive says beside its files."""


@dataclass(slots=True)
class Entry:
    """An entry of a tar archive. `closed`: why it cannot be looked into, else empty."""

    info: tarfile.TarInfo
    name: bytes
    link: bytes
    closed: str

    @property
    def is_folder(self) -> bool:
        """Whether it holds nothing."""
        return self.info.type == tarfile.DIRTYPE

    @property
    def is_link(self) -> bool:
        """Whether it names another file instead of being one."""
        return self.info.type in _LINKS


def entries(tap: Tap, label: Label) -> Iterator[tuple[Entry, Tap]]:
    """Each entry with its content. `label` is told what else is said of them: owners, attributes, and whatever stands
    where nothing is to stand. Raises Unreadable when the rest cannot be read."""
    always: dict[str, bytes] = {}
    told: dict[str, bytes] = {}
    while (head := tap.exactly(_RECORD)).strip(b"\0"):
        info = _parsed(head)
        for one in _beside(info, head):
            label(one)
        if info.type in _EXTENDED:
            data = _extension(tap, info, label)
            if info.type in {_LONG_NAME, _LONG_LINK}:
                told["path" if info.type == _LONG_NAME else "linkpath"] = data.rstrip(b"\0")
            else:
                _tell(_records(data), always if info.type == _PAX_ALL else told, label)
                if len(always) > _MOST:
                    raise Unreadable("it is damaged: what is said of a file is longer than any name")
            continue
        said, told = always | told if always else told, {}
        while info.type == tarfile.GNUTYPE_SPARSE and head[482:483] == b"\1":
            head = tap.exactly(_RECORD)
            head = b"\0" * 482 + head[504:505]
        entry = _entry(info, said)
        has_content = info.type in tarfile.REGULAR_TYPES or entry.closed
        size = info.size if has_content else 0
        content = tap.part(size)
        yield entry, content
        content.drain()
        _filling(tap, size, label)
    while rest := tap.read():
        if rest.strip(b"\0"):
            raise Unreadable("something else stands behind its end")


def _parsed(head: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        raise Unreadable("it is damaged") from None


def _beside(info: tarfile.TarInfo, head: bytes) -> Iterator[bytes]:
    """What a header has beside name, sizes and times: owners, the link of what is none, and its end."""
    for label, one in ((b"user", info.uname), (b"group", info.gname)):
        if one:
            yield label + b"=" + one.encode("utf-8", "surrogateescape")
    rest = head[500:512] if head[257:263] == b"ustar\0" else head[345:512]
    for one in (rest, b"" if info.type in _LINKS else head[157:257]):
        if text := one.strip(b"\0"):
            yield text


def _filling(tap: Tap, size: int, label: Label) -> None:
    if filling := tap.exactly(-size % _RECORD).strip(b"\0"):
        label(filling)


def _tell(records: Iterable[tuple[str, bytes]], said: dict[str, bytes], label: Label) -> None:
    """Take what is said. What says something else than the name of a file, or says it again, is a label."""
    for key, value in records:
        if key in {"path", "linkpath"} and key not in said:
            pass
        elif key not in _KNOWN or not _NUMBER.fullmatch(value):
            label(key.encode() + b"=" + value)
        said[key] = value


def _extension(tap: Tap, info: tarfile.TarInfo, label: Label) -> bytes:
    if not 0 <= info.size <= MIB:
        raise Unreadable("it is damaged: what is said of a file is longer than any name")
    data = tap.exactly(info.size)
    _filling(tap, info.size, label)
    return data


def _records(data: bytes) -> Iterator[tuple[str, bytes]]:
    at = 0
    while at < len(data):
        length, _, rest = data[at : at + 20].partition(b" ")
        if not length.isdigit() or not rest or not 0 < int(length) <= len(data) - at:
            raise Unreadable("it is damaged")
        key, _, value = data[at + len(length) + 1 : at + int(length) - 1].partition(b"=")
        yield key.decode("utf-8", "replace"), value
        at += int(length)


def _entry(info: tarfile.TarInfo, said: dict[str, bytes]) -> Entry:
    closed = f"it is {_DEVICES[info.type]}" if info.type in _DEVICES else ""
    known = {*tarfile.SUPPORTED_TYPES}
    if "size" in said and said["size"].isdigit():
        info.size = int(said["size"])
    if info.size < 0:
        raise Unreadable("it is damaged")
    if info.type not in known:
        closed = "it is an entry of a kind that is not known"
    if info.type == tarfile.GNUTYPE_SPARSE or any(key.startswith("GNU.sparse") for key in said):
        closed = closed or "it is a file with holes"
    name = said.get("path", info.name.encode("utf-8", "surrogateescape"))
    link = said.get("linkpath", info.linkname.encode("utf-8", "surrogateescape"))
    return Entry(info, name, link, closed)


class Writer:
    """Writes a tar archive, from its beginning to its end."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._size = 0

    def add(
        self, name: bytes, source: Entry | None, size: int, content: Iterable[bytes] = (), link: bytes = b""
    ) -> None:
        """One entry; of its source it keeps kind, mode and time, never owner or attributes."""
        info = tarfile.TarInfo(name.decode("utf-8", "surrogateescape"))
        info.mode = 0o644
        if source is not None:
            info.mode, info.mtime, info.type = source.info.mode & 0o777, source.info.mtime, source.info.type
        info.size, info.linkname = size, link.decode("utf-8", "surrogateescape")
        if info.type not in {tarfile.DIRTYPE, *_LINKS}:
            info.type = tarfile.REGTYPE
        self._put(info.tobuf(tarfile.PAX_FORMAT, "utf-8", "surrogateescape"))
        for data in content:
            self._put(data)
        self._put(b"\0" * (-size % _RECORD))

    def close(self) -> None:
        """The end of it."""
        self._put(b"\0" * (2 * _RECORD))
        self._put(b"\0" * (-self._size % tarfile.RECORDSIZE))

    def _put(self, data: bytes) -> None:
        self._size += len(data)
        self._write(data)
