"""Programs that run on after the command that started them: the demo's pages and worker.

Each has a process group of its own, a log, and a file that says which process it is. A number that went to
another program meanwhile is never signalled.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import time
from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from houvast.app.places import home
from houvast.errors import ServerError

PATIENCE = 20.0
"""Seconds that a program gets to end by itself."""

CLOCK = 2.0
"""Seconds by which the same process may seem to have begun at another time, when the clock was set right."""


def log_of(name: str) -> Path:
    """Where a background program writes what it says."""
    return _folder() / f"{name}.log"


def is_running(name: str) -> bool:
    """Whether a background program runs."""
    return _process(name) is not None


def start_background(name: str, argv: Sequence[str | Path], environment: Mapping[str, str] | None = None) -> bool:
    """Start a program in the background, unless it runs; whether it was started now.

    `environment`: by default this one's. Raises ServerError when it ends within its first moment.
    """
    with _alone(name):
        if is_running(name):
            return False
        with log_of(name).open("wb") as log:
            process = subprocess.Popen(
                [str(word) for word in argv],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                env=environment,
            )
        _write(name, process.pid)
        with suppress(subprocess.TimeoutExpired):
            code = process.wait(0.3)
            _file(name).unlink(missing_ok=True)
            raise ServerError(f"`{name}` ended at once (exit code {code}).", todo=f"See {log_of(name)}.")
        process.returncode = 0  # it outlives this program, which is no mistake
        return True


def stop_background(name: str) -> bool:
    """Stop a background program and whatever it started; whether it ran.

    It is asked first (SIGTERM), and killed when it does not end in time: its work is made to survive that.
    """
    if not _folder().exists():
        return False
    with _alone(name):
        found = _process(name)
        if found is not None:
            _end(found)
        _file(name).unlink(missing_ok=True)
        return found is not None


def _end(leader: int) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        with suppress(ProcessLookupError):
            os.killpg(leader, number)
        deadline = time.monotonic() + PATIENCE
        while _group_lives(leader) and time.monotonic() < deadline:
            time.sleep(0.05)
        if not _group_lives(leader):
            return


def _group_lives(leader: int) -> bool:
    """Whether a program of the group runs; one that ended and that nobody has asked about does not."""
    import psutil

    with suppress(ChildProcessError):
        os.waitpid(leader, os.WNOHANG)  # where it is our own child
    try:
        os.killpg(leader, 0)
    except ProcessLookupError:
        return False
    for process in psutil.process_iter():
        with suppress(psutil.Error, ProcessLookupError):
            if os.getpgid(process.pid) == leader and process.status() != psutil.STATUS_ZOMBIE:
                return True
    return False


def _process(name: str) -> int | None:
    """The process of a program, if it still is the one that was started."""
    with suppress(FileNotFoundError, ValueError):
        number, began = _file(name).read_text().split()
        if abs(_began(int(number)) - float(began)) < CLOCK:
            return int(number)
    return None


def _write(name: str, pid: int) -> None:
    new = _file(name).with_suffix(".new")
    new.write_text(f"{pid} {_began(pid):.2f}\n")
    new.replace(_file(name))


def _began(pid: int) -> float:
    """When a process began, which tells it from a later one with the same number; 0 for one that has ended."""
    import psutil

    try:
        process = psutil.Process(pid)
        return 0 if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.NoSuchProcess:
        return 0


def _folder() -> Path:
    return home() / "run"


def _file(name: str) -> Path:
    return _folder() / f"{name}.pid"


@contextmanager
def _alone(name: str) -> Generator[None]:
    """One command at a time starts or stops this program."""
    _folder().mkdir(parents=True, exist_ok=True)
    with (_folder() / f"{name}.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
