"""Reads logs into the store of visits, each line once.

A batch is a stretch of one log. Its rows are written, and one commit says that they count and how far the log was read:
both, or neither. Whoever is killed in between begins at the last commit, and writes the same files again.
"""

from __future__ import annotations

import fcntl
import os
from collections import Counter
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Final

from houvast.errors import HouvastError, UsageError
from houvast.visits import batches, store
from houvast.visits.keys_of_day import GRACE, Keys, end, fresh, secret
from houvast.visits.model import Declared
from houvast.visits.objecting import Objections
from houvast.visits.reading import stretches, writing
from houvast.visits.reading.formats import LOOKED_AT, Format, detect, with_fields
from houvast.visits.reading.minimising import Minimiser, Rows, Whole
from houvast.visits.reading.positions import HEAD, Positions
from houvast.visits.reading.scanning import scan
from houvast.visits.reading.streams import Block, Stream

BATCH: Final = 48 << 20
"""Bytes of a log that are one batch: what is held in memory at once is some five times that."""
LOCK: Final = ".reading"
DIGESTS: Final = "logs.key"
"""The file with the key by which logs are known again."""
_SEEN: Final = 64 << 10
"""Bytes of a log's beginning in which the lines lie by which its format is told."""
Telling = Callable[[str, list[Whole]], object]
"""(name of a batch, whole addresses): what the store of whole addresses is given. The same batch may come again."""
Progress = Callable[[str, int, int], None]
"""(name of a log, bytes read, bytes in all)."""


@dataclass
class Totals:
    """What came of reading. `stored`: visits, of which `robots` by robots and `numberless` too late for a number.

    `skipped`: why other lines are no visits, or could not be read. `silent`: logs that do not say who objects.
    """

    lines: int = 0
    stored: int = 0
    robots: int = 0
    numberless: int = 0
    skipped: Counter[str] = field(default_factory=Counter[str])
    silent: list[str] = field(default_factory=list[str])

    def add(self, rows: Rows, lines: int) -> None:
        """Add what came of a batch."""
        self.lines += lines
        self.stored += rows.stored
        self.robots += rows.robots
        self.numberless += rows.numberless
        self.skipped.update(rows.skipped)

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {"lines": self.lines, "stored": self.stored, "robots": self.robots, "numberless": self.numberless,
                "skipped": dict(sorted(self.skipped.items())), "silent": self.silent}  # fmt: skip


@dataclass
class DayKeys:
    """The keys of days while logs are read. A day that is over has one too when nothing of it was counted yet.

    That of such a day is held in memory alone, and gone when reading ends: old logs can be counted, and nobody can tell
    a visitor of them again.
    """

    keys: Keys
    folder: Path
    _passing: dict[date, bytes | None] = field(default_factory=dict["date", "bytes | None"], repr=False)

    def of(self, day: date) -> bytes | None:
        """The key of a day, None when numbers of it were given away before and their key is gone."""
        if self.keys.now() < end(day) + GRACE:
            return self.keys.of(day)
        if day not in self._passing:
            counted = bool(store.files(self.folder, day, day))
            self._passing[day] = None if counted else fresh()
        return self._passing[day]


@dataclass
class Reader:
    """Reads logs into one store. `whole`: what takes whole addresses. `site`: that of lines that name no host."""

    folder: Path
    declared: Declared
    keys: Keys
    formats: tuple[Format, ...] = ()
    format: Format | None = None
    site: str = ""
    whole: Telling | None = None
    totals: Totals = field(default_factory=Totals)

    def __post_init__(self) -> None:
        """Raises UsageError for a site that is not declared, HouvastError when commits cannot be read."""
        names = [site.name for site in self.declared.sites]
        if self.site and self.site not in names:
            raise UsageError(f"`{self.site}` is no site.", todo=f"Write one of: {', '.join(names)}.")
        with disk():
            found = batches.commits(self.folder).values()
            self._positions = Positions.of(found, secret(self.keys.folder / DIGESTS))
        self._day_keys = DayKeys(self.keys, self.folder)
        self._objected = Objections(self.folder)
        self._minimisers: dict[bool, Minimiser] = {}

    def read(self, stream: Stream, progress: Progress | None = None) -> None:
        """Read what a log holds that was not read yet, and let it count.

        Raises:
            UsageError: its format is not known, or it is not as it was when it was read before.
            HouvastError: the disk takes no more; what was committed counts, and nothing else.
        """
        LogReader(self, stream).read(progress)

    def position_of(self, stream: Stream) -> int | None:
        """How far a log was read before; None for a new one."""
        found = self._positions.find(stream)
        return found.read if found else None

    def minimiser(self, format_: Format) -> Minimiser:
        """What makes visits of lines; it remembers what it read from one log to the next."""
        first = format_.host_first
        if first not in self._minimisers:
            self._minimisers[first] = Minimiser(
                self.declared, self._day_keys, self._objected, first, self.site, whole=self.whole is not None
            )
        return self._minimisers[first]

    @property
    def positions(self) -> Positions:
        """How far each log was read."""
        return self._positions


class LogReader:
    """Reads one log, as far as it goes now, and further when it is asked again."""

    def __init__(self, reader: Reader, stream: Stream) -> None:
        """Raises UsageError as `Positions.resume` does."""
        self._reader, self._stream = reader, stream
        self._format: Format | None = None
        start = stream.head(_SEEN)
        known = reader.positions.resume(stream)
        self._start = start if known else b""
        self._name, self._head, self._place = (known.name, known.head, known.read) if known else ("", 0, 0)
        self._first = stretches.begun(reader.folder, reader.positions, start, self._place)

    def read(self, progress: Progress | None = None) -> bool:
        """Read what is there; whether anything was."""
        anything = False
        for block in self._stream.blocks(BATCH, self._first):
            self._first = 0
            self._take(block)
            anything = True
            if progress:
                progress(self._stream.name, min(block.place, self._stream.size), self._stream.size)
        return anything

    def _take(self, block: Block) -> None:
        """One batch: rows, whole addresses, commit."""
        self._start += block.lines[: max(0, _SEEN - len(self._start))]
        format_ = self._format or self._told()
        if format_ is None:
            return
        if not self._name:
            self._head = min(HEAD, len(self._start), block.place)
            self._name = self._reader.positions.digest(self._start[: self._head])
        reader = self._reader
        columns = scan(block.lines, format_)
        batch = f"log-{self._name[:20]}-{self._place}"
        with disk():
            rows = reader.minimiser(format_).rows(columns, reader.keys.now())
            files = [writing.write(reader.folder, batch, day, table) for day, table in rows.visits.items()]
            if reader.whole and rows.whole:
                stretches.begin(reader.folder, self._name, self._head, self._place, block.place)
                reader.whole(f"{batch}-{block.place}", rows.whole)
            position = reader.positions.after(self._name, self._head, block)
            batches.commit(reader.folder, files, {self._name: position.to_json()})
        self._place = block.place
        reader.totals.add(rows, columns.lines)

    def _told(self) -> Format | None:
        """The format of this log, told from its beginning; None while it holds nothing but comments."""
        reader = self._reader
        lines = self._start.split(b"\n")[:LOOKED_AT]
        if all(line.startswith(b"#") or not line.strip() for line in lines):
            return None
        found = with_fields(reader.format, self._start) if reader.format else detect(self._start, reader.formats)
        if found is None:
            raise UsageError(
                f"{self._stream.name} is in no format that is known here: nothing of it was read.",
                todo="Give --format, or declare it in visits.yaml (docs/visits.md).",
            )
        if not found.tells_objection and self._stream.name not in reader.totals.silent:
            reader.totals.silent.append(self._stream.name)
        self._format = found
        return found


@contextmanager
def disk() -> Generator[None]:
    """Say in one sentence that the disk took no more: nothing of this batch counts."""
    try:
        yield
    except OSError as error:
        raise HouvastError(
            f"The store of visits cannot be written: {error.strerror or type(error).__name__}.",
            todo="Make room, and read again: what counts was kept, and nothing is counted twice.",
        ) from None


class Busy(UsageError):
    """Another program reads logs into this store."""

    code = "busy"


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold the store against others who read logs into it. Raises Busy when one does."""
    with disk():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        opened = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        try:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Busy("Another program reads logs into this store.", todo="Wait until it ends, or stop it.") from None  # fmt: skip
        yield
    finally:
        os.close(opened)
