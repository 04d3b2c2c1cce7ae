"""Real witnesses for tests: in a thread, or in a program of their own that can be killed."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path

from houvast.evidence.cosigning import Witness
from houvast.evidence.note import COSIGNATURE, Signer, Verifier
from houvast.evidence.witness_memory import signer_of
from houvast.evidence.witness_server import WitnessServer

ROOT = Path(__file__).parents[2]
PROGRAM = """
import os, signal, sys
from pathlib import Path
from houvast.evidence import Verifier
from houvast.evidence.witness_memory import signer_of
from houvast.evidence.witness_server import WitnessServer

folder, step, *logs = sys.argv[1:]
signer, memory = signer_of(Path(folder, "key"), Path(folder, "state"), "witness.example")
server = WitnessServer(("127.0.0.1", 0), signer, [Verifier.from_text(one) for one in logs], memory,
                       pause=lambda name: name == step and os.kill(os.getpid(), signal.SIGKILL))
print(server.url, flush=True)
server.serve_forever()
"""


def prepared(folder: Path, name: str = "witness.example") -> Signer:
    """The key of a witness that keeps its things in this folder."""
    return signer_of(folder / "key", folder / "state", name)[0]


@contextmanager
def serving(
    folder: Path,
    logs: Sequence[Verifier],
    *,
    name: str = "witness.example",
    say: Callable[[str], None] = lambda _: None,
) -> Generator[Witness]:
    """A witness at work, until the end of the block."""
    signer, memory = signer_of(folder / "key", folder / "state", name)
    with WitnessServer(("127.0.0.1", 0), signer, logs, memory, say=say) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield Witness(server.url, signer.verifier)
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def running(folder: Path, step: str, *logs: Verifier) -> Generator[tuple[Witness, subprocess.Popen[str]]]:
    """A witness in a program of its own, which is killed at a step."""
    argv = [sys.executable, "-c", PROGRAM, str(folder), step, *(one.to_text() for one in logs)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as program:
        try:
            assert program.stdout
            url = program.stdout.readline().strip()
            yield Witness(url, prepared(folder).verifier), program
        finally:
            program.kill()


def post(url: str, data: bytes, path: str = "/add-checkpoint") -> tuple[int, str, str]:
    """Status, body and content type of the answer."""
    connection = HTTPConnection(url.removeprefix("http://"), timeout=60)
    try:
        connection.request("POST", path, data)
        found = connection.getresponse()
        return found.status, found.read().decode(), found.headers.get("Content-Type", "")
    finally:
        connection.close()


def stranger(name: str = "witness.example") -> Verifier:
    """A key of a witness that nobody runs."""
    return Signer.generate(name, COSIGNATURE).verifier
