"""Tar archives as they come (POSIX.1-2024 pax, and what GNU adds), and writing them."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from houvast.screening.bundle.limits import MIB, Unreadable
from houvast.screening.bundle.tap import Tap

_RECORD = 512
_LONG_NAME, _LONG_LINK, _PAX, _PAX_ALL, _PAX_OF_SUN = b"L", b"K", b"x", b"g", b"X"
_EXTENDED = {_LONG_NAME, _LONG_LINK, _PAX, _PAX_ALL, _PAX_OF_SUN}
_KNOWN = {"path", "linkpath", "size", "mtime", "atime", "ctime", "uid", "gid"}
_DEVICES = {tarfile.CHRTYPE: "a device", tarfile.BLKTYPE: "a device", tarfile.FIFOTYPE: "a pipe"}
_LINKS = {tarfile.SYMTYPE, tarfile.LNKTYPE}


@dataclass(slots=True)
class Entry:
    """An entry of a tar archive. `closed`: why it cannot be looked into, else empty; `labels`: what else is said of
    it: owner, group, extended attributes."""

    info: tarfile.TarInfo
    name: bytes
    link: bytes
    closed: str
    labels: tuple[bytes, ...]

    @property
    def is_folder(self) -> bool:
        """Whether it holds nothing."""
        return self.info.type == tarfile.DIRTYPE

    @property
    def is_link(self) -> bool:
        """Whether it names another file instead of being one."""
        return self.info.type in _LINKS


def entries(tap: Tap) -> Iterator[tuple[Entry, Tap]]:
    """Each entry with its content. Raises Unreadable when the rest cannot be read."""
    always: dict[str, bytes] = {}
    told: dict[str, bytes] = {}
    while (head := tap.exactly(_RECORD)).strip(b"\0"):
        info = _parsed(head)
        if info.type in _EXTENDED:
            data = _extension(tap, info)
            if info.type in {_LONG_NAME, _LONG_LINK}:
                told["path" if info.type == _LONG_NAME else "linkpath"] = data.rstrip(b"\0")
            else:
                (always if info.type == _PAX_ALL else told).update(_records(data))
            continue
        said, told = always | told, {}
        while info.type == tarfile.GNUTYPE_SPARSE and head[482:483] == b"\1":
            head = tap.exactly(_RECORD)
            head = b"\0" * 482 + head[504:505]
        entry = _entry(info, said)
        has_content = info.type in tarfile.REGULAR_TYPES or entry.closed
        size = info.size if has_content else 0
        content = tap.part(size)
        yield entry, content
        content.drain()
        tap.exactly(-size % _RECORD)
    while rest := tap.read():
        if rest.strip(b"\0"):
            raise Unreadable("something else stands behind its end")


def _parsed(head: bytes) -> tarfile.TarInfo:
    try:
        return tarfile.TarInfo.frombuf(head, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        raise Unreadable("it is damaged") from None


def _extension(tap: Tap, info: tarfile.TarInfo) -> bytes:
    if not 0 <= info.size <= MIB:
        raise Unreadable("it is damaged: what is said of a file is longer than any name")
    data = tap.exactly(info.size)
    tap.exactly(-info.size % _RECORD)
    return data


def _records(data: bytes) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    at = 0
    while at < len(data) and data[at : at + 1] != b"\0":
        length, _, rest = data[at : at + 20].partition(b" ")
        if not length.isdigit() or not rest or not 0 < int(length) <= len(data) - at:
            raise Unreadable("it is damaged")
        key, _, value = data[at + len(length) + 1 : at + int(length) - 1].partition(b"=")
        found[key.decode("utf-8", "replace")] = value
        at += int(length)
    return found


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
    others = [key.encode() + b"=" + value for key, value in said.items() if key not in _KNOWN]
    owners = [
        label + b"=" + one.encode("utf-8", "surrogateescape")
        for label, one in ((b"user", info.uname), (b"group", info.gname))
        if one
    ]
    return Entry(info, name, link, closed, (*others, *owners))


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
