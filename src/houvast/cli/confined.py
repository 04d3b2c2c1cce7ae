"""`houvast` for input that may be hostile: python -m houvast.cli.confined MEBIBYTES SECONDS scan - --json

Before anything is read this process gives up, for good: memory beyond so many MiB, processor time beyond so many
seconds, core dumps, more than a few open files, writing any file, reading any but those of this program, the network,
other programs, and privileges. It dies with whoever started it. `--tries` in the place of words: what it still could
do is tried, and answered as JSON; how far a system lets such things be taken differs.
"""

from __future__ import annotations

import json
import os
import resource
import socket
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path

from houvast.cli import kernel

OPEN_FILES = 64
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")


def confine(mebibytes: int, seconds: int) -> None:
    """Give up what screening does not need. Raises OSError when the system refuses a limit."""
    memory = mebibytes * 2**20
    for limit, value in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_FSIZE, 0),
                         (resource.RLIMIT_CORE, 0), (resource.RLIMIT_NOFILE, OPEN_FILES)):  # fmt: skip
        resource.setrlimit(limit, (value, value))
    if sys.platform == "linux":
        kernel.give_up(_code())


def tries() -> list[str]:
    """What can still be done that screening does not need."""
    return [name for name, attempt in _ATTEMPTS.items() if _succeeds(attempt)]


def _code() -> list[Path]:
    """Where this program, what it imports, and the libraries of that lie. Never a folder that a project is in."""
    paths = sysconfig.get_paths()
    found = {paths[name] for name in ("stdlib", "platstdlib", "purelib", "platlib")}
    found |= {one for one in sys.path if Path(one).name in ("site-packages", "dist-packages")}
    found |= {str(Path(__file__).parents[1]), *_LIBRARIES}
    return sorted({Path(one).resolve() for one in found if Path(one).exists()})


def _succeeds(attempt: Callable[[], object]) -> bool:
    try:
        attempt()
    except OSError:
        return False
    return True


def _read() -> None:
    Path("/etc/passwd").read_bytes()
    list(Path.cwd().iterdir())


def _write() -> None:
    descriptor = os.open("written", os.O_WRONLY | os.O_CREAT)
    os.close(descriptor)


def _connect() -> None:
    socket.socket(socket.AF_UNIX).close()


def _run() -> None:
    os.execv("/bin/true", ["true", json.dumps(["run"])])  # noqa: S606 - it must not succeed


def _change_group() -> None:
    os.setgroups([0])


_ATTEMPTS: dict[str, Callable[[], object]] = {
    "read": _read, "write": _write, "connect": _connect, "privileges": _change_group, "run": _run,
}  # fmt: skip
"""`run` last: one that succeeds leaves no answer, which is none that says that all is well."""


if __name__ == "__main__":
    confine(int(sys.argv[1]), int(sys.argv[2]))
    if sys.argv[3:] == ["--tries"]:
        sys.stdout.write(json.dumps(tries()))
        sys.exit()
    from houvast.cli import main

    sys.argv = ["houvast", *sys.argv[3:]]
    main()
