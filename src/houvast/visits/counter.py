"""Counts requests as they come: makes each smaller at once, and writes what is left in batches beside.

Whoever answers requests never waits for it and never fails by it. What cannot be kept is dropped, and how many were.
"""

from __future__ import annotations

# pyright: reportUnknownMemberType=false, reportUnknownArgumentType=false
import atexit
import logging
import os
import secrets
import threading
from collections import Counter as Tally
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple, TypeAlias
from weakref import WeakMethod

from houvast.visits import batches
from houvast.visits.edge import Facts, Left, Minimiser, Request
from houvast.visits.merging import PREFIX, merge
from houvast.visits.objecting import Objections

_log = logging.getLogger("houvast.visits")
FAILED, DROPPED = "failed", "dropped"
"""Requests that could not be made smaller, and visits for which there was no place: both are not counted."""


class Seen(NamedTuple):
    """What the store of whole addresses is given of a visit (`security.Whole`). `at`: seconds since 1970."""

    at: int
    address: str
    site: str


Telling: TypeAlias = Callable[[str, list[Seen]], None]
"""Takes a batch of whole addresses, once by its name."""


def _now() -> datetime:
    return datetime.now(UTC)


class Counter:
    """Counts visits into a folder (see `store`): rows of one process, and numbers of what was left out.

    `rows`, `seconds`: a batch is written after so many visits or so long. `waiting`: how many wait at most, as when
    the disk is full. `whole`: is given the whole addresses of a batch, by its name, for the store of security apart.
    """

    def __init__(
        self, folder: Path, minimiser: Minimiser, objections: Objections | None = None, *, rows: int = 50_000,
        seconds: float = 30.0, waiting: int = 500_000, whole: Telling | None = None,
        now: Callable[[], datetime] = _now,
    ) -> None:  # fmt: skip
        minimiser.warm()
        batches.table(())  # Arrow reads pandas when it is first used; not while somebody waits
        self.minimiser = minimiser
        self.now = now
        self._folder, self._objections, self._whole = folder, objections, whole
        self._rows, self._seconds, self._waiting = rows, seconds, waiting
        self._begin()
        os.register_at_fork(after_in_child=_weakly(self._begin))
        atexit.register(_weakly(self.close))

    def count(self, request: Request) -> None:
        """Count a request that was answered, or not, as the rules say. Never raises, never waits."""
        try:
            self._count(request)
        except Exception:  # noqa: BLE001 - an application must not fail because its visits cannot be counted
            self._tell(FAILED)

    def object(self, request: Request) -> bool:
        """Whoever asks is not counted any more today; False when that could not be kept. Never raises."""
        try:
            numbers = self.minimiser.numbers(request)
            if not numbers or self._objections is None:
                return False
            day = request.at.astimezone(UTC).date()
            self._objections.add(day, numbers)
            return all(self._objections.has(day, number) for number in numbers)
        except Exception as error:  # noqa: BLE001 - somebody waits for an answer, and gets a true one
            _log.error("An objection could not be kept (%s).", type(error).__name__)
            return False

    def flush(self) -> None:
        """Write what waits, and let it count. Raises OSError when the disk does not take it: then it goes on waiting."""
        with self._writing:
            try:
                rows, left = self._visits[:], self.left.copy()
                self._write(rows, left)
                del self._visits[: len(rows)]
                with self._telling:
                    self.left -= left
            finally:
                self._housekeeping()

    def tell_whole(self) -> None:
        """Give whole addresses to the store apart. What fails is given again: the same rows under the same name."""
        with self._writing:
            if self._whole is None:
                return
            if not self._batch_of_whole and self._seen:
                self._told += 1
                self._batch_of_whole = self._seen[:]
                del self._seen[: len(self._batch_of_whole)]
            if self._batch_of_whole:
                self._whole(f"{PREFIX}{self._name}-w{self._told:08}", self._batch_of_whole)
                self._batch_of_whole = []

    def close(self) -> None:
        """Write what waits, and end. What comes afterwards begins anew."""
        self._ended.set()
        self._full.set()
        if self._thread and self._thread is not threading.current_thread():
            self._thread.join()
        self._thread = None
        for what in (self.flush, self.tell_whole, self._together):
            self._try(what)

    def _count(self, request: Request) -> None:
        if self._thread is None:
            self._start()
        found = self.minimiser.facts(request)
        if isinstance(found, Left):
            with self._telling:
                self.left[found.reason] += 1
        elif len(self._visits) >= self._waiting:
            self._tell(DROPPED)
        else:
            self._visits.append(found)
            if self._whole and len(self._seen) < self._waiting:
                self._seen.append(Seen(int(request.at.timestamp()), self.minimiser.address(request), found[0][1]))
            if len(self._visits) >= self._rows:
                self._full.set()

    def _begin(self) -> None:
        """Nothing waits, nobody writes: as when new, and in a process that was forked off."""
        self._visits: list[tuple[Facts, int | None]] = []
        self._seen: list[Seen] = []
        self._batch_of_whole: list[Seen] = []
        self.left: Tally[str] = Tally()
        self._writing, self._starting, self._telling = threading.Lock(), threading.Lock(), threading.Lock()
        self._full, self._ended = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._name, self._batch = secrets.token_hex(6), 0
        self._told = 0
        self._hour = self.now().replace(minute=0, second=0, microsecond=0)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                self._ended.clear()
                self._thread = threading.Thread(target=self._run, name="houvast-visits", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while not self._ended.is_set():
            self._full.wait(self._seconds)
            self._full.clear()
            self._try(self.flush)
            self._try(self.tell_whole)
            if len(self._visits) >= self._rows:  # the disk does not take it: not at once again
                self._ended.wait(self._seconds)

    def _try(self, what: Callable[[], None]) -> None:
        try:
            what()
        except Exception as error:  # noqa: BLE001 - the thread must live: it tries again
            _log.error("Visits wait: %s failed (%s).", what.__name__, type(error).__name__)

    def _write(self, rows: list[tuple[Facts, int | None]], left: Tally[str]) -> None:
        if not rows and not left:
            return
        name = f"{PREFIX}{self._name}-{self._batch:08}"
        files = batches.write(self._folder, name, batches.table_of(rows)) if rows else []
        batches.commit(self._folder, files, {}, left=left)
        self._batch += 1  # what failed is written again under its name, so that nothing counts twice

    def _housekeeping(self) -> None:
        """Forget the key, see who objected elsewhere, and once an hour put the hour's files together."""
        self.minimiser.forget()
        if self._objections:
            self._objections.refresh()
        hour = self.now().replace(minute=0, second=0, microsecond=0)
        if hour != self._hour:
            self._together()
            self._hour = hour
            if self._objections:
                self._objections.sweep((hour - timedelta(days=1)).date())

    def _together(self) -> None:
        merge(self._folder, self._name, self.now())

    def _tell(self, what: str) -> None:
        with self._telling:
            self.left[what] += 1
            first = self.left[what] == 1
        if first:
            _log.error("A visit is not counted: %s. How many is told with the next batch.", what)


def _weakly(method: Callable[[], None]) -> Callable[[], None]:
    """A call of a method for as long as its object lives: what is registered for good must not keep it alive."""
    weak = WeakMethod(method)

    def call() -> None:
        if found := weak():
            found()

    return call
