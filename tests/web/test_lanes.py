"""However many send pieces of uploads at once, there is a thread for whoever reads a page."""

from __future__ import annotations

import threading
from collections.abc import Generator
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from houvast.web.lanes import PIECES, THREADS, Lanes


@dataclass
class Asked:
    """A connection with a request, which is answered when it may go on."""

    command: str
    goes_on: threading.Event
    begun: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    cancelled: bool = False
    fails: bool = False

    @property
    def requests(self) -> list[SimpleNamespace]:
        return [SimpleNamespace(command=self.command)]

    def service(self) -> None:
        self.begun.set()
        assert self.goes_on.wait(20)
        self.done.set()
        if self.fails:
            raise OSError

    def cancel(self) -> None:
        self.cancelled = True


@pytest.fixture
def lanes() -> Generator[Lanes]:
    found = Lanes()
    yield found
    found.shutdown()


def test_pages_are_answered_while_more_pieces_come_than_there_are_threads(lanes: Lanes) -> None:
    held, free = threading.Event(), threading.Event()
    free.set()
    pieces = [Asked("PATCH", held, fails=at % 2 == 0) for at in range(3 * THREADS)]
    for one in pieces:
        lanes.add_task(one)
    assert all(one.begun.wait(20) for one in pieces[:PIECES])
    page = Asked("GET", free)
    lanes.add_task(page)
    assert page.done.wait(20)
    assert [one.begun.is_set() for one in pieces] == [at < PIECES for at in range(len(pieces))]
    held.set()
    assert all(one.done.wait(20) for one in pieces)  # one that failed left the lane too


def test_what_waits_when_the_pages_end_is_let_go() -> None:
    lanes, held = Lanes(), threading.Event()
    pieces = [Asked("PATCH", held) for _ in range(PIECES + 2)]
    for one in pieces:
        lanes.add_task(one)
    assert all(one.begun.wait(20) for one in pieces[:PIECES])
    lanes.shutdown(timeout=0)
    held.set()
    assert [one.cancelled for one in pieces] == [False] * PIECES + [True] * 2
