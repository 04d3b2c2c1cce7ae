"""What is written of a file until its size is known: redacted already, packed, in memory; much of it in a file without
a name, which is gone with the process."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import IO

from houvast.screening.bundle.limits import MIB, Unreadable
from houvast.screening.bundle.unpacking import inflater, raw_packer

_MOST = 64 * MIB


class Spool:
    """Takes bytes, then gives them back once. `size`: how many. Raises Unreadable when there is no room for them."""

    def __init__(self) -> None:
        self.size = 0
        self._file: IO[bytes] = io.BytesIO()
        self._in_memory = True
        self._packer = raw_packer()

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._file.close()

    def write(self, data: bytes) -> None:
        """More bytes."""
        self.size += len(data)
        self._keep(self._packer.compress(data))

    def pieces(self) -> Iterator[bytes]:
        """All of them."""
        self._keep(self._packer.flush())
        self._file.seek(0)
        unpacker = inflater()
        while packed := self._file.read(MIB):
            while packed:
                yield unpacker.decompress(packed, MIB)
                packed = unpacker.unconsumed_tail

    def _keep(self, packed: bytes) -> None:
        try:
            if self._in_memory and self._file.tell() + len(packed) > _MOST:
                held, self._file, self._in_memory = self._file, tempfile.TemporaryFile(), False  # noqa: SIM115
                held.seek(0)
                self._file.write(held.read())
            self._file.write(packed)
        except OSError:
            raise Unreadable("there is no room to write it again") from None


def spooled(wanted: object) -> AbstractContextManager[Spool | None]:
    """A spool, when something is to be written."""
    return Spool() if wanted else nullcontext()
