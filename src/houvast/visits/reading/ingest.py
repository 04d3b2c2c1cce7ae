"""Reads logs into the store of visits, each line once.

A batch is a stretch of one log. Its rows are written, and one commit says that they count and how far the log was read:
both, or neither. Whoever is killed in between begins at the last commit, and writes the same files again.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from houvast.errors import UsageError
from houvast.visits import committing, store
from houvast.visits.keys_of_day import Keys, secret
from houvast.visits.model import Declared
from houvast.visits.reading import stretches
from houvast.visits.reading.day_keys import DayKeys
from houvast.visits.reading.done import Counts, Done, Whole
from houvast.visits.reading.formats import LOOKED_AT, Format, detect, with_fields
from houvast.visits.reading.holding import disk
from houvast.visits.reading.positions import HEAD, Positions
from houvast.visits.reading.streams import Block, Stream
from houvast.visits.reading.workers import Order, Worker

if TYPE_CHECKING:
    from houvast.visits.reading.minimising import Minimiser

BATCH: Final = 32 << 20
"""Bytes of a log that are one batch: in a larger one more lines are alike. What is held in memory is some five times that."""
DIGESTS: Final = "logs.key"
"""The file with the key by which logs are known again."""
_SEEN: Final = 64 << 10
"""Bytes of a log's beginning in which the lines lie by which its format is told."""
Telling = Callable[[str, list[Whole]], object]
"""(name of a batch, whole addresses): what the store of whole addresses is given. The same batch may come again."""
Progress = Callable[[str, int, int], None]
"""(name of a log, bytes read, bytes in all)."""


@dataclass
class Totals(Counts):
    """What came of reading. `silent`: logs that do not say who objects."""

    silent: list[str] = field(default_factory=list[str])

    def add(self, done: Done) -> None:
        """Add what came of a batch."""
        self.lines += done.lines
        self.stored += done.stored
        self.robots += done.robots
        self.numberless += done.numberless
        self.skipped.update(done.skipped)

    def to_json(self) -> dict[str, object]:
        """For programs."""
        return {"lines": self.lines, "stored": self.stored, "robots": self.robots, "numberless": self.numberless,
                "skipped": dict(sorted(self.skipped.items())), "silent": self.silent}  # fmt: skip


@dataclass
class Reader:
    """Reads logs into one store. `whole`: what takes whole addresses. `site`: that of lines that name no host.

    `processes`: how many batches of a long log are read at once. `lock`: the open file that holds the store (`alone`).
    """

    folder: Path
    declared: Declared
    keys: Keys
    formats: tuple[Format, ...] = ()
    format: Format | None = None
    site: str = ""
    whole: Telling | None = None
    processes: int = 1
    lock: int | None = None
    totals: Totals = field(default_factory=Totals)

    def __post_init__(self) -> None:
        """Raises UsageError for a site that is not declared, HouvastError when commits cannot be read."""
        names = [site.name for site in self.declared.sites]
        if self.site and self.site not in names:
            raise UsageError(f"`{self.site}` is no site.", todo=f"Write one of: {', '.join(names)}.")
        with disk():
            found = store.commits(self.folder).values()
            self._positions = Positions.of(found, secret(self.keys.folder / DIGESTS))
        self._day_keys = DayKeys.of_store(self.keys, self.folder)
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
        from houvast.visits.reading.minimising import Minimiser  # late: workers may do all of it

        first = format_.host_first
        if first not in self._minimisers:
            self._minimisers[first] = Minimiser(
                self.declared, self._day_keys, None, first, self.site, whole=self.whole is not None
            )
        return self._minimisers[first]

    def worker(self, format_: Format, stream: Stream) -> Worker:
        """A process that reads batches of this log. It holds the store as long as it lives."""
        order = Order(self.folder, self.declared, self.keys.folder, format_, self.site, self._day_keys.counted,
                      self._day_keys.passing)  # fmt: skip
        log = stream.source.fileno() if stream.plain else None
        return Worker(order, () if self.lock is None else (self.lock,), log)

    def now(self) -> datetime:
        """The clock."""
        return self.keys.now()

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
        self._begun = self._place
        self._first = stretches.begun(reader.folder, reader.positions, start, self._place)

    def read(self, progress: Progress | None = None) -> bool:
        """Read what is there; whether anything was."""
        stream, alone = self._stream, self._reader.processes == 1 or self._reader.whole is not None
        apart = stream.plain and not alone and not self._first  # those who read batches read their lines themselves
        number, blocks = _peeked(stream.spans(BATCH) if apart else stream.blocks(BATCH, self._first))
        self._first = 0
        many = number > 1 and not alone
        with closing((self._beside if many else self._here)(blocks)) as made:
            for block, done in made:
                self._commit(block, done)
                if progress:
                    progress(self._stream.name, min(block.place, self._stream.size), self._stream.size)
        return number > 0

    def _here(self, blocks: Iterable[Block]) -> Generator[tuple[Block, Done]]:
        """Batches, one after the other."""
        from houvast.visits.reading.batch import digest

        for block in blocks:
            format_ = self._told(block)
            if format_:
                minimiser = self._reader.minimiser(format_)
                with disk():
                    lines, folder = self._stream.lines(block), self._reader.folder
                    done = digest(lines, format_, minimiser, folder, self._batch(), self._reader.now())
                yield block, done

    def _beside(self, blocks: Iterable[Block]) -> Generator[tuple[Block, Done]]:
        """Batches in processes of their own, as many at once; they are committed in their order."""
        reader, waiting = self._reader, deque[tuple[Block, Worker]]()
        with ExitStack() as stack, disk():
            trouble: UsageError | None = None
            try:
                for block in blocks:
                    format_ = self._told(block)
                    if not format_:
                        continue
                    made: list[tuple[Block, Done]] = []
                    if len(waiting) == reader.processes:
                        before, worker = waiting.popleft()
                        made.append((before, worker.done()))
                    else:
                        worker = stack.enter_context(reader.worker(format_, self._stream))
                    worker.take(block, self._batch(), reader.now())
                    waiting.append((block._replace(lines=memoryview(b"")), worker))
                    self._begun = block.place
                    yield from made  # it is committed while its process has work again
            except UsageError as error:  # the log is damaged: what came before counts
                trouble = error
            for before, worker in waiting:
                yield before, worker.done()
            if trouble:
                raise trouble

    def _batch(self) -> str:
        return f"log-{self._name[:20]}-{self._begun}"

    def _commit(self, block: Block, done: Done) -> None:
        """Let the rows of a batch count, and how far the log was read."""
        reader = self._reader
        with disk():
            if reader.whole and done.whole:
                stretches.begin(reader.folder, self._name, self._head, self._place, block.place)
                reader.whole(f"{self._batch()}-{block.place}", done.whole)
            position = reader.positions.after(self._name, self._head, block)
            committing.commit(reader.folder, done.files, {self._name: position.to_json()})
        self._place = block.place
        self._begun = max(self._begun, block.place)
        reader.totals.add(done)

    def _told(self, block: Block) -> Format | None:
        """The format of this log, told from its beginning; None while it holds nothing but comments."""
        if self._format:
            return self._format
        reader = self._reader
        self._start += self._stream.first(block, max(0, _SEEN - len(self._start)))
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
        if not self._name:
            self._head = min(HEAD, len(self._start), block.place)
            self._name = reader.positions.digest(self._start[: self._head])
        return found


def _peeked(blocks: Iterator[Block]) -> tuple[int, Generator[Block]]:
    """How many blocks there are, two at most, and all of them. No block is held longer than needed."""
    found, trouble = deque[Block](), list[UsageError]()
    try:
        found.extend(islice(blocks, 1))
        found.extend(islice(blocks, 1))
    except UsageError as error:
        trouble.append(error)

    def every() -> Generator[Block]:
        while found:
            yield found.popleft()
        if trouble:
            raise trouble[0]
        yield from blocks

    if trouble and not found:
        raise trouble[0]
    return len(found), every()
