"""Run the fills of a plan: page by page, two at a time where they fill the same, or where one fills a large table.

PostgreSQL computes a fill in one process; a server has more. Each fill runs over a connection of its own, and
only the one who applies remembers what is finished, so that a crash leaves fills that the next apply does again.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from queue import Empty, SimpleQueue
from threading import Event
from typing import TypeAlias

from houvast.compiler import registry
from houvast.compiler.fills import FILLING
from houvast.compiler.piece import Fill, Phase, Piece
from houvast.compiler.words import SCHEMA, relation
from houvast.database import Connection, LockTimeout, again, run
from houvast.errors import DatabaseRefusal

AT_ONCE = 2
LOCK_TIMEOUT = "SET LOCAL lock_timeout = '100ms'"
UNTOLD = "SET LOCAL houvast.filling = 'yes'"
"""What was there before is told as one event, the policy that was applied, not person by person."""
WORK_MEM = "64MB"
"""A whole table is joined with the people it is about; what does not fit is written to disk and read again."""
TRIES = 200
_ALIKE = ("fill guard ", "trigger zzz_hv_keep on ", "fill stand_", "fill c_", "fill flags ")
_WALKED = re.compile(r"(\w+)\.ctid >= \{low\}")
_LONG = 2000
"""Pages of a table that two connections fill sooner than one."""
_GLANCE = 0.05  # seconds between two looks at what the fills tell

Progress: TypeAlias = Callable[[str, int, int], None]
Pages: TypeAlias = dict[str, int]


def patiently(connection: Connection, work: Callable[[], None], *, timeout: str = LOCK_TIMEOUT) -> None:
    """Run in a transaction that waits for no lock longer than 100 ms; try again while others hold it."""

    def attempt() -> None:
        with connection.transaction():
            run(connection, timeout) if timeout else None
            work()

    _until_unlocked(attempt)


def at_once(connection: Connection, *statements: str) -> None:
    """Run statements as `patiently` does, in one message, which PostgreSQL takes as one transaction."""
    text = in_one(LOCK_TIMEOUT, *statements)
    _until_unlocked(lambda: run(connection, text))


def in_one(*statements: str) -> str:
    """Several texts as one; each may end in a comment."""
    return "\n;\n".join(filter(None, statements))


def _until_unlocked(attempt: Callable[[], None]) -> None:
    for number in range(TRIES):
        try:
            attempt()
        except LockTimeout:
            time.sleep(min(0.01 * (number + 1), 0.25))
        else:
            return
    raise DatabaseRefusal(
        "A table stayed locked by somebody else.", todo="apply again when the long transaction there has ended."
    )


def together(pieces: Iterable[Piece | None]) -> list[Piece]:
    """Those at the beginning that fill the same from different tables, and so may run side by side."""
    found: list[Piece] = []
    for piece in pieces:
        if piece is None or not piece.fill or not piece.name.startswith(_ALIKE):
            break
        if found and _sort(piece) != _sort(found[0]):
            break
        found.append(piece)
    return found


def _sort(piece: Piece) -> str:
    return next(name for name in _ALIKE if piece.name.startswith(name))


def fill(connection: Connection, piece: Piece, tell: Progress) -> None:
    """One fill: over the connection of who applies, or over two where it is long and nothing but its pages."""
    pages = sum(pages for _, pages in registry.pages(connection, _table(piece)))
    if piece.kind == "fill" and piece.fill and not piece.fill.whole and pages >= _LONG:
        fill_side_by_side(connection, [piece], tell)
        return
    _Filler(connection, piece, tell).run()
    _finish(connection, piece)


def fill_side_by_side(connection: Connection, pieces: Sequence[Piece], tell: Progress) -> None:
    """Fills of different tables, the largest first, or of parts of one table. What one of them raises ends the others
    and is raised here."""
    told: SimpleQueue[tuple[str, int, int]] = SimpleQueue()
    stop = Event()
    sizes: Pages = {
        piece.name: sum(pages for _, pages in registry.pages(connection, _table(piece))) for piece in pieces
    }
    ordered = sorted(pieces, key=lambda piece: -sizes[piece.name])
    with ExitStack() as opened, ThreadPoolExecutor(AT_ONCE) as pool:
        free = SimpleQueue[Connection]()
        shares = AT_ONCE if len(pieces) == 1 else 1
        for _ in range(min(AT_ONCE, len(pieces) * shares)):
            free.put(opened.enter_context(again(connection)))
        running = {
            pool.submit(_over_its_own, free, piece, told, stop, (share, shares)): piece
            for piece in ordered for share in range(shares)
        }  # fmt: skip
        try:
            while running:
                done, _ = wait(running, _GLANCE, FIRST_COMPLETED)
                _pass_on(told, tell)
                for future in done:
                    future.result()
                    piece = running.pop(future)
                    if piece not in running.values():
                        _finish(connection, piece)
        finally:
            _end(running, stop)


def _end(running: dict[Future[None], Piece], stop: Event) -> None:
    stop.set()
    for future in running:
        future.cancel()


def _pass_on(told: SimpleQueue[tuple[str, int, int]], tell: Progress) -> None:
    while True:
        try:
            tell(*told.get_nowait())
        except Empty:
            return


def _over_its_own(
    free: SimpleQueue[Connection],
    piece: Piece,
    told: SimpleQueue[tuple[str, int, int]],
    stop: Event,
    share: tuple[int, int],
) -> None:
    if stop.is_set():
        return
    own = free.get()
    try:
        run(own, f"SET synchronous_commit = off; SET work_mem = '{WORK_MEM}'")
        _Filler(own, piece, lambda what, done, total: told.put((what, done, total)), stop, share).run()
    finally:
        free.put(own)


def _finish(connection: Connection, piece: Piece) -> None:
    with connection.transaction():
        if piece.phase is Phase.PEOPLE_FILL:
            run(connection, f"ANALYZE {SCHEMA}.person")
        run(connection, registry.register(piece))


def _table(piece: Piece) -> str:
    schema, _, name = (piece.fill.table if piece.fill else "").rpartition(".")
    return relation(schema or "public", name)


def of_part(statement: str, table: str, part: str) -> str:
    """A fill's statement on one partition of its table, "" = none: pages are numbered in each of them anew."""
    for alias in set(_WALKED.findall(statement)) if part else ():
        statement, found = re.subn(rf"{re.escape(table)} {alias}\b", lambda _, a=alias: f"{part} {a}", statement)
        if not found:
            raise RuntimeError(f"a fill of {table} walks pages of something else")
    return statement


@dataclass(frozen=True)
class _Filler:
    """One fill over one connection. `share`: which of how many parts of it."""

    connection: Connection
    piece: Piece
    tell: Progress
    stop: Event = field(default_factory=Event)
    share: tuple[int, int] = (0, 1)

    def run(self) -> None:
        """Made first what is no fill itself; batch by batch; and then what was missed meanwhile."""
        work = self.piece.fill
        if work is None:
            return
        if self.piece.kind != "fill":
            patiently(self.connection, lambda: run(self.connection, self.piece.create))
        filling = registry.setting(self.connection, "profile") == "fast"
        for part, total in registry.pages(self.connection, _table(self.piece)) if work.statement else ():
            self._part(replace(work, statement=of_part(work.statement, _table(self.piece), part)), total, fast=filling)
        for statement in work.whole:
            patiently(self.connection, lambda statement=statement: run(self.connection, statement), timeout="")

    def _part(self, work: Fill, total: int, *, fast: bool) -> None:
        mine, shares = self.share
        for low in range(mine * work.batch_pages, total, shares * work.batch_pages):
            if self.stop.is_set():
                return
            high = low + work.batch_pages
            # the application locks in another order: apply gives way, not it
            patiently(self.connection, lambda low=low, high=high: self._batch(work, low, high, fast=fast))
            self.tell(self.piece.name, min(high, total), total)

    def _batch(self, work: Fill, low: int, high: int, *, fast: bool) -> None:
        run(self.connection, UNTOLD)
        if work.quiet:
            run(self.connection, "SET LOCAL session_replication_role = replica")
            run(self.connection, f"SET LOCAL backtrace_functions = '{FILLING}'") if fast else None
        for text in filter(None, (work.lock, work.statement)):
            run(self.connection, text.replace("{low}", f"'({low},0)'::tid").replace("{high}", f"'({high},0)'::tid"))
