"""What a child of the screening may do: look for addresses as agreed (`honest`), or something that it may not.

    python detector.py MODE MEBIBYTES SECONDS scan - --name bundle.log --json | --redact -

It gives up what the real one gives up, and says then what it could still do.
"""

from __future__ import annotations

import json
import os
import re
import socket
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from houvast.cli.confined import confine

_ADDRESS = re.compile(rb"[a-z.]+@[a-z.]+")


def main(mode: str, mebibytes: str, seconds: str, *words: str) -> None:
    """Look, or misbehave."""
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
    if mode == "reach":
        _answer("not_screened", [], "; ".join(_reached()))
        sys.exit(3)
    _answer("findings" if found else "clean", found)
    sys.exit(1 if found else 0)


def _reached() -> list[str]:
    """What could be done that a child may not do, and where it is."""
    done: list[str] = []
    try:
        Path("/tmp/houvast-detector").write_bytes(b"x" * 10)
        done.append("wrote a file")
    except OSError:
        pass
    try:
        socket.create_connection(("127.0.0.1", int(os.environ.get("HOUVAST_PORT", "9"))), 1)
        done.append("reached the network")
    except OSError:
        pass
    if list(Path.cwd().iterdir()):
        done.append("found files")
    done += sorted(
        set(os.environ) - {"PATH", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "PYTHONIOENCODING", "LANG", "LC_CTYPE"}
    )
    return done or ["nothing"]


def _answer(outcome: str, found: Sequence[object], why: str | None = None) -> None:
    kinds = {"email": len(found)} if found else {}
    member = {"path": "bundle.log", "bytes": 10, "findings": found, "not_screened": why}
    print(
        json.dumps({"outcome": outcome, "bytes": 10, "detectors": "test 1", "kinds": kinds, "members": [member]}),
        flush=True,
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
