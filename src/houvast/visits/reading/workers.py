"""Processes that read batches beside one another. They are given lines in memory, and answer with names and counts.

They talk by pipes, a line of JSON each. The lines of a batch lie in the log, if it is a plain file, or else in memory;
both processes have that open. The open file that holds the store is theirs too, so
that nobody else reads into it while one of them, whose parent was killed, ends its batch.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, BinaryIO, Final, Self

from houvast.errors import HouvastError
from houvast.visits.keys_of_day import Keys
from houvast.visits.model import Address, Declared, Page, Precision, Rules, Site
from houvast.visits.reading.day_keys import DayKeys
from houvast.visits.reading.done import Done
from houvast.visits.reading.formats import Format, Sort
from houvast.visits.reading.streams import Block, lines_at

_MEMORY: Final = {"MALLOC_TRIM_THRESHOLD_": str(256 << 20), "MALLOC_MMAP_THRESHOLD_": str(64 << 20)}
"""Let glibc keep memory from one batch for the next: what the kernel gives anew it empties first, which takes a tenth of the time."""


@dataclass(frozen=True)
class Order:
    """What a process must know. `passing`: the key of which those of days that are over are made; in memory alone."""

    folder: Path
    declared: Declared
    keys: Path
    format: Format
    site: str
    counted: frozenset[date]
    passing: bytes

    def to_json(self) -> dict[str, object]:
        """For the pipe."""
        declared, rules = self.declared, self.declared.rules
        return {
            "folder": str(self.folder), "keys": str(self.keys), "site": self.site, "passing": self.passing.hex(),
            "counted": sorted(map(str, self.counted)), "format": asdict(self.format),
            "sites": [[one.name, one.hosts, [[page.name, page.patterns] for page in one.pages]] for one in declared.sites],
            "proxies": declared.proxies, "default": declared.site_by_default,
            "rules": [rules.precision, rules.address, rules.keep.total_seconds()],
        }  # fmt: skip

    @classmethod
    def from_json(cls, said: dict[str, Any]) -> Self:
        """As `to_json` wrote it."""
        precision, address, keep = said["rules"]
        sites = tuple(
            Site(name, tuple(hosts), tuple(Page(page, tuple(patterns)) for page, patterns in pages), {})
            for name, hosts, pages in said["sites"]
        )
        rules = Rules(Precision(precision), Address(address), keep=timedelta(seconds=keep))
        format_: dict[str, Any] = said["format"]
        chosen = Format(format_["name"], Sort(format_["sort"]), format_["host_first"], format_["agent"],
                        tuple(format_["after"]), tuple(format_["fields"]))  # fmt: skip
        return cls(Path(said["folder"]), Declared(sites, rules, tuple(said["proxies"]), said["default"]), Path(said["keys"]),
                   chosen, said["site"], frozenset(map(date.fromisoformat, said["counted"])), bytes.fromhex(said["passing"]))  # fmt: skip


class Worker:
    """A process that reads one batch at a time."""

    def __init__(self, order: Order, held: Sequence[int], log: int | None = None) -> None:
        """`held`: open files that it keeps open. `log`: the open log, where that is a plain file."""
        here = str(Path(__file__).parents[3])
        path = os.pathsep.join(filter(None, (here, os.environ.get("PYTHONPATH"))))
        self._memory = os.memfd_create("houvast-lines")
        self._log = self._memory if log is None else log
        self._process = subprocess.Popen(
            [sys.executable, "-m", "houvast.visits.reading.workers"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, pass_fds=(*held, self._memory, self._log),
            env={**os.environ, **_MEMORY, "PYTHONPATH": path},
        )  # fmt: skip
        self._say(order.to_json())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()
        os.close(self._memory)

    def take(self, block: Block, batch: str, now: datetime) -> None:
        """Begin with a batch."""
        file, begin, size = self._log, block.place - block.size, block.size
        if not size:
            file, begin, size = self._memory, 0, len(block.lines)
            written = 0
            while written < size:
                written += os.pwrite(file, block.lines[written:], written)
        self._say({"batch": batch, "file": file, "begin": begin, "bytes": size, "now": now.isoformat()})

    def done(self) -> Done:
        """What came of the batch. Raises HouvastError when the disk took no more, or the process is gone."""
        answer = self._process.stdout.readline() if self._process.stdout else b""
        said: dict[str, Any] = json.loads(answer) if answer else {}
        if not said:
            raise HouvastError("A process that reads logs has ended by itself.", todo="Is there enough memory? Read again: nothing is counted twice.")  # fmt: skip
        if "error" in said:
            raise HouvastError(said["error"], todo=said["todo"])
        if "why" in said:
            raise OSError(0, said["why"])
        return Done(
            said["lines"], said["stored"], said["robots"], said["numberless"], Counter(said["skipped"]), said["files"]
        )

    def _say(self, what: dict[str, object]) -> None:
        try:
            if self._process.stdin:
                self._process.stdin.write(json.dumps(what).encode() + b"\n")
                self._process.stdin.flush()
        except BrokenPipeError:
            pass  # it is gone, and `done` says so


def serve(asked: BinaryIO, answers: BinaryIO) -> None:
    """Read batches until there are no more."""
    from houvast.visits.reading.batch import digest  # late: the other end of the pipe does not need them
    from houvast.visits.reading.minimising import Minimiser

    order = Order.from_json(json.loads(asked.readline()))
    now = [datetime.fromtimestamp(0, UTC)]
    keys = DayKeys(Keys(order.keys, lambda: now[0]), order.counted, order.passing)
    minimiser = Minimiser(order.declared, keys, None, order.format.host_first, order.site)
    while header := asked.readline():
        said = json.loads(header)
        now[0] = datetime.fromisoformat(said["now"])
        try:
            lines = lines_at(said["file"], said["begin"], said["bytes"])
            done = digest(lines, order.format, minimiser, order.folder, said["batch"], now[0])
            answer: dict[str, object] = {**vars(done), "whole": []}
        except HouvastError as error:
            answer = {"error": error.message, "todo": error.todo}
        except OSError as error:
            answer = {"why": error.strerror or type(error).__name__}
        answers.write(json.dumps(answer).encode() + b"\n")
        answers.flush()


if __name__ == "__main__":
    serve(sys.stdin.buffer, sys.stdout.buffer)
