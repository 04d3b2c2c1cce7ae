"""A private MariaDB server in a temporary folder, as a user that is not root; it can be killed and started again."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pymysql
import pytest

from houvast.database.server import quick_place

PROGRAMS = ("mariadbd", "mariadb-install-db", "mariadb-admin")
WAIT = 60


def demanded() -> None:
    """Skip where there is no MariaDB, and say so; where tests run by themselves (CI), fail."""
    missing = [one for one in PROGRAMS if _program(one) is None]
    if missing and os.environ.get("CI"):
        pytest.fail(f"MariaDB is not installed: {', '.join(missing)}")
    if missing:
        pytest.skip(f"NOT TESTED ON MARIADB: {', '.join(missing)} is not installed")


def _program(name: str) -> str | None:
    return shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")


@dataclass
class MariaDB:
    """One server, reached by a socket in its folder."""

    folder: Path
    user: str | None
    _process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def socket(self) -> Path:
        return self.folder / "s"

    @property
    def url(self) -> str:
        """For SQLAlchemy."""
        return f"mariadb+pymysql://root@localhost/shop?unix_socket={self.socket}&charset=utf8mb4"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = subprocess.Popen(
            [str(_program("mariadbd")), "--no-defaults", f"--datadir={self.folder / 'data'}", f"--socket={self.socket}",
             "--skip-networking", f"--pid-file={self.folder / 'pid'}", "--innodb-buffer-pool-size=32M",
             "--innodb-log-file-size=16M"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, user=self.user,
        )  # fmt: skip
        until = time.monotonic() + WAIT
        ping = [str(_program("mariadb-admin")), "--no-defaults", f"--socket={self.socket}", "--user=root", "ping"]
        while subprocess.run(ping, capture_output=True, check=False).returncode:
            assert time.monotonic() < until, "MariaDB did not start"
            assert self._process.poll() is None, "MariaDB ended"
            time.sleep(0.1)

    def kill(self) -> None:
        """End it as a power cut would."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait(WAIT)

    def do(self, text: str, *values: object, database: str = "shop") -> list[tuple[object, ...]]:
        """A statement as the owner of the server, and what it gives."""
        connection = pymysql.connect(
            unix_socket=str(self.socket), user="root", database=database or None, charset="utf8mb4", autocommit=True
        )
        try:
            with connection.cursor() as cursor:
                cursor.execute(text, values)
                return list(cursor.fetchall())
        finally:
            connection.close()


@contextmanager
def private() -> Generator[MariaDB]:
    """A server with an empty database `shop`, stopped and deleted at the end."""
    user = "nobody" if os.getuid() == 0 else None
    folder = Path(tempfile.mkdtemp(prefix="hvm", dir=quick_place() or "/tmp"))
    made = MariaDB(folder, user)
    try:
        if user:
            shutil.chown(folder, user)
        subprocess.run(
            [str(_program("mariadb-install-db")), "--no-defaults", f"--datadir={folder / 'data'}",
             "--auth-root-authentication-method=normal", "--skip-test-db"],
            check=True, capture_output=True, user=user,
        )  # fmt: skip
        made.start()
        made.do("CREATE DATABASE shop", database="")
        yield made
    finally:
        made.kill()
        shutil.rmtree(folder, ignore_errors=True)
