"""7z archives, read whole: their list stands at the end. Needs py7zr."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, cast

from houvast.errors import UsageError
from houvast.screening.bundle.limits import MIB, Budget, Unreadable

if TYPE_CHECKING:
    from types import ModuleType

_MOST = 64 * MIB
_DICTIONARY = 64 * MIB


def _py7zr() -> ModuleType:
    try:
        import py7zr
    except ImportError as error:
        raise UsageError("This needs what opens archives.", todo="pip install 'houvast[diagnostics]'") from error
    return cast("ModuleType", py7zr)


_LZMA, _LZMA2 = b"\x03\x01\x01", b"\x21"
_METHODS = {_LZMA, _LZMA2, b"\0", b"\x03", b"\x04\x02\x02", b"\x04\x01\x08", b"\x03\x03\x01\x03"}
"""LZMA and LZMA2, stored, delta, bzip2, deflate, and the filter for x86 programs."""


def _asks_for(coder: Mapping[str, Any]) -> int:
    """Bytes of memory that unpacking asks for. Raises Unreadable when it is packed in a way that is not opened."""
    method, said = coder["method"], coder.get("properties") or b""
    if method not in _METHODS:
        raise Unreadable("it is packed in a way that is not opened")
    if method == _LZMA:
        return int.from_bytes(said[1:5], "little")
    if method == _LZMA2:
        return (2 | said[0] & 1) << said[0] // 2 + 11
    return 0


class _Kept(io.BytesIO):
    """A file of the archive, in memory."""

    def size(self) -> int:
        return len(self.getbuffer())

    def close(self) -> None:
        """It is read afterwards."""


def unpacked_seven_zip(data: bytes, budget: Budget, folder: Callable[[bytes], object]) -> Iterator[tuple[bytes, bytes]]:
    """The files of an archive, by their names; `folder` is told the names of what holds nothing. Raises Unreadable and
    Hostile."""
    py7zr = _py7zr()
    kept: dict[str, _Kept] = {}

    class Factory(py7zr.WriterFactory):
        def create(self, filename: str) -> _Kept:
            return kept.setdefault(filename, _Kept())

    try:
        with py7zr.SevenZipFile(io.BytesIO(data), max_extract_size=_MOST) as archive:
            if archive.needs_password():
                raise Unreadable("it has a password")
            names = [one.filename for one in archive.list()]
            folders = archive.header.main_streams.unpackinfo.folders if archive.header.main_streams else ()
            if sum(_asks_for(coder) for folder in folders for coder in folder.coders) > _DICTIONARY:
                raise Unreadable("unpacking it asks for too much memory")
            if len(set(names)) < len(names):
                raise Unreadable("its archive has two files of one name")
            archive.extract(factory=Factory())
    except py7zr.PasswordRequired:
        raise Unreadable("it has a password") from None
    except py7zr.DecompressionBombError:
        raise Unreadable(f"more comes out of it than the {_MOST >> 20} MiB that can be held of its kind") from None
    except (Unreadable, UsageError):
        raise
    except Exception:  # noqa: BLE001 (a damaged archive raises whatever its parser stumbles over)
        raise Unreadable("it is damaged") from None
    for name in names:
        if name not in kept:
            folder(name.encode("utf-8", "surrogateescape"))
    for name, content in kept.items():
        size = content.size()
        budget.came_out(size, size, len(data))
        yield name.encode("utf-8", "surrogateescape"), content.getvalue()


def written_seven_zip(files: list[tuple[bytes, bytes]]) -> bytes:
    """An archive of these files."""
    py7zr = _py7zr()
    out = io.BytesIO()
    with py7zr.SevenZipFile(out, "w", filters=[{"id": py7zr.FILTER_LZMA2, "preset": 1}]) as archive:
        for name, content in files:
            archive.writestr(content, name.decode("utf-8", "replace"))
    return out.getvalue()
