"""Searches PostgreSQL's large objects: each as a file, block by block, whatever is packed in it."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from houvast.database import Connection, queries
from houvast.screening import Values, look_into
from houvast.screening.standing import in_words

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LARGE_OBJECTS = "large objects"
_BUFFER = 1 << 20
_SQL = queries("houvast.rights", "trace.sql")


@dataclass(frozen=True)
class Objects:
    """`found`: the numbers of those in which a value stands; `count`: how many were searched. For the rest, see `Trace`."""

    found: tuple[str, ...]
    count: int
    unread: tuple[tuple[str, str], ...]
    closed: tuple[tuple[str, int], ...]


class LargeObject(io.RawIOBase):
    """A large object to read from. One that is gone meanwhile is empty."""

    def __init__(self, connection: Connection, number: int) -> None:
        self._connection = connection
        self._number = number
        self._at = 0

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Read the next bytes; how many there were."""
        into = memoryview(buffer)
        asked = {"number": self._number, "at": self._at, "length": min(len(into), _BUFFER)}
        row = self._connection.execute(_SQL["bytes_of_object"], asked).fetchone()
        data = bytes(row[0]) if row else b""
        into[: len(data)] = data
        self._at += len(data)
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to another place."""
        self._at = max(0, {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size()}[whence] + offset)
        return self._at

    def _size(self) -> int:
        row = self._connection.execute(_SQL["size_of_object"], {"number": self._number}).fetchone()
        return int(row[0]) if row else 0


def search_objects(connection: Connection, values: Iterable[str]) -> Objects:
    """Search every large object, as somebody who may read them all."""
    numbers = [int(number) for (number,) in connection.execute(_SQL["large_objects"]).fetchall()]
    looked_for = Values(values if numbers else (), in_words)
    found: list[str] = []
    unread: list[tuple[str, str]] = []
    closed: Counter[str] = Counter()
    for number in numbers:
        with io.BufferedReader(LargeObject(connection, number), _BUFFER) as file:
            looked = look_into(file, looked_for)
        if looked.found:
            found.append(str(number))
        if looked.unread:
            unread.append((f"{LARGE_OBJECTS}.{number}", ", ".join(looked.unread)))
        closed.update(list(looked.closed))
    return Objects(tuple(found), len(numbers), tuple(unread), tuple(sorted(closed.items())))
