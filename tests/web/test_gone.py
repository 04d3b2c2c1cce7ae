"""The database goes away for some seconds while people read: a calm page, and back by itself."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from houvast.database.server import FAST_AND_UNSAFE
from houvast.web.settings import hang_up
from tests.web.asking import Answer, Reader, served_at
from tests.web.conftest import Enter, Kept

PUBLIC = ("/", "/en/policy/", "/policy/C10/", "/en/versions/")
DESK = ("/desk/", "/en/desk/promises/", "/desk/runs/")
CALM = {"nl": "Even geduld", "en": "One moment"}


@dataclass
class Readers:
    """People who go on reading until they are told to stop; each answer with the time at which it was asked for."""

    seen: list[tuple[float, str, Answer]] = field(default_factory=list[tuple[float, str, Answer]])
    done: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list[threading.Thread])

    def begin(self, who: Callable[[], Reader], paths: tuple[str, ...]) -> None:
        """One more, with these pages."""
        self.threads.append(threading.Thread(target=self._read, args=(who(), paths)))
        self.threads[-1].start()

    def _read(self, reader: Reader, paths: tuple[str, ...]) -> None:
        turn = 0
        while not self.done.wait(0.1):
            path, turn = paths[turn % len(paths)], turn + 1
            asked = time.monotonic()
            self.seen.append((asked, path, reader.get(path)))

    def end(self) -> None:
        """Everybody stops."""
        self.done.set()
        for thread in self.threads:
            thread.join(120)

    def between(self, start: float, end: float) -> list[tuple[str, Answer]]:
        """What was asked for in this time."""
        return [(path, answer) for asked, path, answer in self.seen if start <= asked < end]


@pytest.mark.parametrize("seconds", [3.0, pytest.param(10.0, marks=pytest.mark.long)])
def test_some_seconds_without_a_database_under_load_are_calm_and_end_by_themselves(
    kept: Kept, served: str, enter: Enter, seconds: float
) -> None:
    pages = served_at(served)
    officer = enter(f"away-{seconds:.0f}", "officer", pages)
    cookie = officer.cookies["houvast"]
    readers = Readers()
    try:
        for _ in range(3):
            readers.begin(lambda: Reader(pages), PUBLIC)
        readers.begin(lambda: officer, DESK)
        began = time.monotonic()
        time.sleep(1.5)
        kept.server.stop()
        try:
            gone = time.monotonic()
            time.sleep(seconds)
            back = time.monotonic()
        finally:
            type(kept.server).start(kept.server.data, settings=FAST_AND_UNSAFE)
            hang_up(kept.site)  # this process asks outside of requests too, on connections that are lost now
        up = time.monotonic()
        time.sleep(2)
    finally:
        readers.end()

    assert {answer.status for _, answer in readers.between(began, back)} == {200, 503}
    calm = readers.between(gone, back)
    assert len(calm) > 4 * seconds
    assert {path for path, _ in calm} == {*PUBLIC, *DESK}
    for path, answer in calm:
        assert answer.status == 503, path
        assert answer.headers["Retry-After"] == "10"
        assert CALM["en" if path.startswith("/en/") else "nl"] in answer.text, path
        assert not [one for one in answer.cookies if one.startswith("houvast=")], path
    after = readers.between(up, float("inf"))
    assert {path for path, _ in after} == {*PUBLIC, *DESK}
    assert {answer.status for _, answer in after} == {200}
    assert officer.cookies["houvast"] == cookie
