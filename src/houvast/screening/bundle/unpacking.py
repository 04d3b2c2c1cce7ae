"""Layers that pack one stream: gzip (RFC 1952), bzip2, xz, Zstandard (RFC 8878); unpacked and packed as it comes."""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Protocol, cast

from houvast.errors import UsageError
from houvast.screening.bundle.forms import ZLIB, Form
from houvast.screening.bundle.limits import MIB, Budget, Unreadable
from houvast.screening.bundle.tap import BLOCK, CUT_OFF, Tap

if TYPE_CHECKING:
    from types import ModuleType

_MEMORY = 128 * MIB
"""What unpacking may ask for: xz and Zstandard say so themselves."""
_WINDOW = 27
_GZIP, _ZLIB = 31, 15
_PIECE = {Form.ZSTD: 16 << 10, Form.BZIP2: 16 << 10, Form.XZ: 16 << 10}
"""Bytes that go in at once, where the unpacker keeps what it has not used yet: how much went in is known so far only."""
_NAME, _COMMENT, _EXTRA = 8, 16, 4
_LONGEST = 64 << 10
"""Bytes of a name or comment of gzip."""
_MAGIC = {
    Form.GZIP: (b"\x1f\x8b",), Form.ZLIB: ZLIB, Form.BZIP2: (b"BZh",), Form.XZ: (b"\xfd7zXZ\x00",), Form.ZSTD: (b"\x28\xb5\x2f\xfd",),
}  # fmt: skip
_SKIPPED = tuple(bytes([0x50 + at]) + b"\x2a\x4d\x18" for at in range(16))


class Unpacker(Protocol):
    """Unpacks one stream."""

    def decompress(self, data: bytes, /, max_length: int = ...) -> bytes: ...
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...


class Packer(Protocol):
    """Packs what it is given."""

    def compress(self, data: bytes, /) -> bytes:
        """What is packed by now."""
        ...

    def flush(self) -> bytes:
        """The rest."""
        ...


def _zlib() -> ModuleType:
    """isal unpacks thrice as fast, where it is installed."""
    try:
        from isal import isal_zlib
    except ImportError:
        return zlib
    return cast("ModuleType", isal_zlib)


class Inflater(Unpacker, Protocol):
    """Unpacks deflate (RFC 1951). `unconsumed_tail`: what is still to go in."""

    @property
    def unconsumed_tail(self) -> bytes: ...


def inflater(window: int = -15) -> Inflater:
    """Unpacks deflate (RFC 1951)."""
    return cast("Inflater", _zlib().decompressobj(window))


def _zstandard() -> ModuleType:
    try:
        return import_module("compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd")
    except ImportError as error:
        raise UsageError("This needs what opens archives.", todo="pip install 'houvast[diagnostics]'") from error


def zstd_unpacker() -> Unpacker:
    """Unpacks one frame of Zstandard."""
    zstd = _zstandard()
    return cast("Unpacker", zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: _WINDOW}))


_UNPACKERS: dict[Form, Callable[[], Unpacker]] = {
    Form.GZIP: lambda: inflater(_GZIP),
    Form.ZLIB: lambda: inflater(_ZLIB),
    Form.BZIP2: cast("Callable[[], Unpacker]", bz2.BZ2Decompressor),
    Form.XZ: lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MEMORY),
    Form.ZSTD: zstd_unpacker,
}


def raw_packer() -> Packer:
    """Packs with deflate (RFC 1951), fast."""
    return cast("Packer", _zlib().compressobj(1, zlib.DEFLATED, -15))


def packer(form: Form) -> Packer:
    """Packs again what `unpacked` unpacked. Fast settings: who waits for it waits more for slow ones."""
    match form:
        case Form.GZIP | Form.ZLIB:
            window = _GZIP if form is Form.GZIP else _ZLIB
            return cast("Packer", _zlib().compressobj(1, zlib.DEFLATED, window))
        case Form.BZIP2:
            return bz2.BZ2Compressor(5)
        case Form.XZ:
            return lzma.LZMACompressor(preset=0)
        case _:
            return cast("Packer", _zstandard().ZstdCompressor(level=3))


def _errors() -> tuple[type[Exception], ...]:
    """Of what is installed: what it says of damage."""
    return (_zlib().error, _zstandard().ZstdError)


class Inflating:
    """One unpacker at work: takes from a tap until the packed stream has its end."""

    def __init__(self, tap: Tap, budget: Budget, unpacker: Unpacker, piece: int = BLOCK) -> None:
        self._tap, self._budget, self._one, self._piece = tap, budget, unpacker, piece
        self._rest = b""
        self.out = self.taken = 0

    def read(self, size: int = BLOCK) -> bytes:
        """Some of what comes out; none at the end. Raises Unreadable when it is damaged, Hostile."""
        while not self._one.eof:
            if not self._rest and getattr(self._one, "needs_input", True):
                self._rest = self._tap.read(self._piece)
                self.taken += len(self._rest)
                if not self._rest:
                    raise Unreadable(CUT_OFF)
            data = self._step(size)
            if self._one.eof:
                self.taken -= len(self._one.unused_data)
                self._tap.unread(self._one.unused_data)
            if data:
                self.out += len(data)
                self._budget.came_out(len(data), self.out, self.taken - len(self._rest))
                return data
        return b""

    def _step(self, size: int) -> bytes:
        given, self._rest = self._rest, b""
        try:
            data = self._one.decompress(given, size)
        except MemoryError:
            raise Unreadable("unpacking it asks for too much memory") from None
        except lzma.LZMAError as error:
            much = "limit" in str(error).lower()
            raise Unreadable("unpacking it asks for too much memory" if much else "it is damaged") from None
        except (zlib.error, OSError, EOFError, ValueError, *_errors()):
            raise Unreadable("it is damaged") from None
        self._rest = getattr(self._one, "unconsumed_tail", b"")
        return data


class Unpacking:
    """A packed stream with all that is in it one after the other. `label` is told names and comments in its heads.
    Raises Unreadable."""

    def __init__(self, form: Form, tap: Tap, budget: Budget, label: Callable[[bytes], object]) -> None:
        self._form, self._tap, self._budget, self._label = form, tap, budget, label
        self._begin()

    def _begin(self) -> None:
        if self._form is Form.GZIP:
            for label in _labels(self._tap):
                self._label(label)
        piece = _PIECE.get(self._form, BLOCK)
        self._one = Inflating(self._tap, self._budget, _UNPACKERS[self._form](), piece)

    def read(self, size: int) -> bytes:
        """Some of what comes out; none at the end. Raises Unreadable and Hostile."""
        before = self._one.out, self._one.taken
        while not (data := self._one.read(size)):
            if not self._next():
                return b""
            self._one.out, self._one.taken = before
        return data

    def _next(self) -> bool:
        """Whether another stream follows, as tools put one behind the other; nothing else may."""
        while (head := self._tap.peek(8)) and not head.strip(b"\0"):
            self._tap.read(len(head))
        if self._form is Form.ZSTD:
            while head.startswith(_SKIPPED):
                self._tap.exactly(8)
                self._label(self._tap.part(int.from_bytes(head[4:8], "little")).whole(MIB))
                head = self._tap.peek(8)
        if not head:
            return False
        if not head.startswith(_MAGIC[self._form]):
            raise Unreadable("something else stands behind its end")
        self._begin()
        return True


def _labels(tap: Tap) -> Iterator[bytes]:
    """What gzip keeps in its head beside what it packs: a field of its own, the name and the comment."""
    head = tap.peek(12)
    flags, at = head[3] if len(head) > 3 else 0, 10
    if flags & _EXTRA:
        length = int.from_bytes(head[10:12], "little")
        yield tap.peek(12 + length)[12:]
        at = 12 + length
    for _ in range(bool(flags & _NAME) + bool(flags & _COMMENT)):
        head = tap.peek(at + _LONGEST)
        end = head.find(b"\0", at)
        if end < 0:
            raise Unreadable("it is damaged")
        yield head[at:end]
        at = end + 1
