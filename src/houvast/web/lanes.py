"""The threads that answer: of those only some take in pieces of uploads, so that pages never wait for all of them."""

# pyright: reportMissingTypeStubs=false, reportUnknownMemberType=false
from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any

from waitress.task import ThreadedTaskDispatcher

THREADS = 8
PIECES = THREADS // 2
"""So many threads take in pieces at the same time at most; other pieces wait, already received."""


class Lanes(ThreadedTaskDispatcher):
    """Waitress's threads, and a lane of its own for pieces. A task is a connection with a request that is whole."""

    def __init__(self) -> None:
        super().__init__()
        self._free = PIECES
        self._waiting: deque[Any] = deque()
        self.set_thread_count(THREADS)

    def add_task(self, task: Any) -> None:  # noqa: ANN401 - waitress has no types
        """Have a request answered as soon as there is a thread for it."""
        if not _is_piece(task):
            super().add_task(task)
            return
        with self.lock:
            if not self._free:
                self._waiting.append(task)
                return
            self._free -= 1
        super().add_task(self._piece(task))

    def shutdown(self, cancel_pending: bool = True, timeout: int = 5) -> Any:  # noqa: ANN401
        """End; what waits is not answered."""
        with self.lock:
            self.queue.extend(self._waiting)
            self._waiting.clear()
        return super().shutdown(cancel_pending, timeout)

    def _piece(self, task: Any) -> Any:  # noqa: ANN401
        return _Piece(task, self._ended)

    def _ended(self) -> None:
        with self.lock:
            if not self._waiting:
                self._free += 1
                return
            following = self._waiting.popleft()
        super().add_task(self._piece(following))


class _Piece:
    """A piece in its lane, which it leaves whatever comes of it."""

    def __init__(self, task: Any, ended: Callable[[], None]) -> None:  # noqa: ANN401
        self._task, self._ended = task, ended

    def service(self) -> None:
        try:
            self._task.service()
        finally:
            self._ended()

    def cancel(self) -> None:
        self._task.cancel()


def _is_piece(task: Any) -> bool:  # noqa: ANN401
    return bool(task.requests) and getattr(task.requests[0], "command", "") == "PATCH"
