"""What a child of the screening may do: look for addresses as agreed (`honest`), or something that it may not.

    python detector.py MODE MEBIBYTES SECONDS scan - --name bundle.log --json | --redact -

It gives up what the real one gives up, and says then what it could still do; `free` gives up nothing.
"""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from houvast.cli.confined import confine

_ADDRESS = re.compile(rb"[a-z.]+@[a-z.]+")


def main(mode: str, mebibytes: str, seconds: str, *words: str) -> None:
    """Look, or misbehave."""
    if mode != "free":
        confine(int(mebibytes), int(seconds))
    out = sys.stdout.buffer
    if mode == "hang":
        time.sleep(600)
    if mode == "eat":
        len(b"x" * (int(mebibytes) + 64) * 2**20)
    if mode == "early":
        _answer("clean", [])
        os._exit(0)
    data = sys.stdin.buffer.read()
    if "--redact" in words:
        out.write(_ADDRESS.sub(b"[email]", data))
        return
    found = [
        {"kind": "email", "offset": m.start(), "length": len(m[0]), "confidence": 90} for m in _ADDRESS.finditer(data)
    ]
    if mode == "lie":
        _answer("clean", [{"kind": "email", "offset": 0, "length": 1, "confidence": 1}])
        return
    if mode in ("reach", "free"):
        _answer("not_screened", [], "; ".join(_reached(data.decode())))
        sys.exit(3)
    _answer("findings" if found else "clean", found)
    sys.exit(1 if found else 0)


def _reached(secret: str) -> list[str]:
    """What could be done that a child may not do. `secret`: a file that it may not read."""
    beside = Path(secret).with_name("written")
    attempts: dict[str, Callable[[], object]] = {
        "key": Path(secret).read_bytes,
        "folder": lambda: list(Path(secret).parent.iterdir()),
        "environ": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes(),
        "write": lambda: os.close(os.open(beside, os.O_WRONLY | os.O_CREAT)),
        "move": lambda: Path(secret).replace(beside),
        "empty": lambda: os.truncate(beside, 0),
        "socket": lambda: socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).close(),
        "network": lambda: socket.socket(socket.AF_INET6).close(),
        "signal": lambda: os.kill(os.getppid(), signal.SIGURG),
        "groups": lambda: os.setgroups(os.getgroups()),
        "run": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    }
    done: list[str] = []
    for name, attempt in attempts.items():
        try:
            attempt()
            done.append(name)
        except OSError:
            pass
    known = {"PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONIOENCODING", "LANG", "LC_CTYPE"}
    return [*done, *sorted(set(os.environ) - known)] or ["nothing"]


def _answer(outcome: str, found: Sequence[object], why: str | None = None) -> None:
    kinds = {"email": len(found)} if found else {}
    member = {"path": "bundle.log", "bytes": 10, "findings": found, "not_screened": why}
    print(
        json.dumps({"outcome": outcome, "bytes": 10, "detectors": "test 1", "kinds": kinds, "members": [member]}),
        flush=True,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
