"""Debian's pgbouncer before a server of a test."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest

from houvast.database import connect
from houvast.database.embedded import account_for
from houvast.proof import Door

PROGRAM = shutil.which("pgbouncer") or "/usr/sbin/pgbouncer"
MISSING = "pgbouncer is not installed (Debian: apt install pgbouncer)."
PORT = 6432
MODES = {
    "session": "pool_mode=session pool_size=1",
    "many": "pool_mode=session pool_size=20",
    "transaction": "pool_mode=transaction pool_size=1",
}
"""What a client names as its database."""


@contextmanager
def pool(url: str, logins: list[str], settings: Mapping[str, str]) -> Generator[Path]:
    """A pool before the database at `url`, run by whom the server's socket belongs to; the folder of its socket."""
    if not Path(PROGRAM).exists():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    where = parse_qs(urlsplit(url).query)
    host, port, name = where["host"][0], where["port"][0], urlsplit(url).path.lstrip("/")
    owner = account_for(Path(host).stat().st_uid)
    with tempfile.TemporaryDirectory(prefix="hv-pool-") as made:
        folder = Path(made)
        owner.own(folder)
        databases = "".join(f"{mode} = host={host} port={port} dbname={name} {how}\n" for mode, how in MODES.items())
        fixed = {
            "listen_addr": "", "listen_port": str(PORT), "unix_socket_dir": made, "auth_type": "trust",
            "auth_file": f"{made}/users", "logfile": f"{made}/log", "pidfile": f"{made}/pid", **settings,
        }  # fmt: skip
        text = "[databases]\n" + databases + "[pgbouncer]\n" + "".join(f"{n} = {v}\n" for n, v in fixed.items())
        (folder / "users").write_text("".join(f'"{login}" ""\n' for login in logins))
        (folder / "ini").write_text(text)
        (folder / "users").chmod(0o644)
        (folder / "ini").chmod(0o644)
        as_owner = {} if owner.is_us else {"user": owner.uid, "group": owner.gid, "extra_groups": ()}
        running = subprocess.Popen([PROGRAM, "-q", str(folder / "ini")], **as_owner)  # pyright: ignore[reportCallIssue, reportArgumentType]
        try:
            _await(through(folder, "many", url).login(logins[0]), running)
            yield folder
        finally:
            running.terminate()
            running.wait(10)


def _await(url: str, running: subprocess.Popen[bytes]) -> None:
    for _ in range(100):
        try:
            connect(url).close()
        except psycopg.OperationalError:
            assert running.poll() is None, "pgbouncer did not start"
            time.sleep(0.05)
        else:
            return
    pytest.fail("pgbouncer does not answer")


def through(folder: Path, mode: str, url: str) -> Door:
    """The way through a pool for logins; the administrator goes past it."""
    return Door(url, lambda login: f"postgresql://{login}@/{mode}?host={folder}&port={PORT}")
