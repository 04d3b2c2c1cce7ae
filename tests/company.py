"""The sample company with its policy, made once in a run: whoever needs a server of it begins with a copy."""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from houvast.app import load_project
from houvast.compiler.apply import Sources, apply
from houvast.database import connect, run
from houvast.database.server import FAST_AND_UNSAFE, Server, quick_place
from houvast.sample import create

PROJECT = Path(__file__).parents[1] / "policies" / "lakana"
DATABASE = "lakana"
PEOPLE = 60
SHARED = "HOUVAST_TEST_COMPANY"
"""The variable with the folder in which it lies, for all workers of a run."""


@contextmanager
def company(settings: Mapping[str, str] | None = None) -> Generator[Server]:
    """A server of its own, as roles belong to the whole server: the policy is applied, and there is no desk yet."""
    with tempfile.TemporaryDirectory(prefix="houvast-", dir=quick_place()) as folder:
        data = Path(folder) / "data"
        copied(_made(), data)
        server = Server.start(data, settings={**FAST_AND_UNSAFE, **(settings or {})})
        try:
            yield server
        finally:
            server.stop()


def copied(data: Path, place: Path) -> None:
    """Copy the folder of a server that does not run, or a folder with one in it; to whom files belong stays."""
    place.mkdir(exist_ok=True)
    subprocess.run(["cp", "-a", f"{data}/.", place], check=True)


def _made() -> Path:
    """The data of the company's server, which is made by whoever needs it first."""
    folder = Path(os.environ[SHARED])
    data, done = folder / "data", folder / "done"
    with (folder / "lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            server = Server.start(data, settings=FAST_AND_UNSAFE)
            try:
                _fill(server)
            finally:
                server.stop()
            done.touch()
    return data


def _fill(server: Server) -> None:
    with connect(server.url()) as admin:
        run(admin, f"CREATE DATABASE {DATABASE}")  # pyright: ignore[reportArgumentType]
    create(server.url(DATABASE), people=PEOPLE)
    project = load_project(PROJECT)
    sources = (hashlib.sha256((PROJECT / name).read_bytes()).hexdigest() for name in ("policy.yaml", "datamap.yaml"))
    with connect(server.url(DATABASE)) as admin:
        apply(admin, project.versions, project.datamap, now=datetime.now(UTC), sources=Sources(*sources))
