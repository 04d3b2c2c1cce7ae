"""The embedded PostgreSQL server: started when needed, reused when running, reached by its socket only.

    server = Server.start(Path("data"))
    with connect(server.url("lakana")) as database: ...

The data folder holds `postgres` (PostgreSQL's own data and its log), `socket` and `lock`. Nobody but the
system user that runs the server, and root, can enter them; who can is trusted, so there are no passwords.
There is no TCP. The server outlives the program that started it.
"""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from houvast.database import embedded, postmaster
from houvast.database.embedded import Account
from houvast.database.postmaster import Postmaster
from houvast.errors import ServerError

SETTINGS: Mapping[str, str] = {
    "shared_buffers": "256MB",
    "fsync": "on",
    "jit": "off",
    "max_wal_size": "4GB",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "idle_in_transaction_session_timeout": "10min",
    # Errors quote rows and statements, and the log is no place for personal data.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
"""What a server runs with unless told otherwise."""

FAST_AND_UNSAFE: Mapping[str, str] = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "128MB",
    "max_connections": "200",
    "max_wal_size": "128MB",
    "min_wal_size": "32MB",
}
"""For data that may be lost when the machine stops: tests."""

PORT = "5432"
_LONGEST_SOCKET = 103  # macOS; Linux allows 107
_MEMORY = Path("/dev/shm")  # noqa: S108 - folders of random names, which nobody else can enter
_OURS = {"postgres", "postgres.new", "socket", "lock"}


@dataclass(frozen=True)
class Server:
    """The server of one data folder, running or not. `Server.start` makes and starts it."""

    data: Path

    @classmethod
    def start(cls, data: Path, *, settings: Mapping[str, str] | None = None) -> Server:
        """Make the data folder if it is new, and start its server if it does not run.

        Two starts at once end with one server. `settings` are added to SETTINGS and count from a start
        on: a server that is running already keeps its own.
        """
        embedded.programs()
        try:
            server = cls(data.expanduser().resolve())
            server._make_sure_it_runs({**SETTINGS, **(settings or {})})
        except OSError as error:
            raise _unusable(error, data) from error
        return server

    @staticmethod
    def binary(name: str) -> Path:
        """The path of one of PostgreSQL's programs: psql, pg_dump, pgbench ..."""
        path = embedded.programs() / name
        if not path.exists():
            raise ServerError(f"The embedded PostgreSQL has no program {name}.", todo=f"See {path.parent}.")
        return path

    @property
    def running(self) -> bool:
        """Whether the server runs."""
        return self._postmaster() is not None

    @property
    def pid(self) -> int:
        """The process number of the server; an error if it does not run."""
        return self._running().pid

    @property
    def log(self) -> Path:
        """The file with what the server said."""
        return self._cluster / "log"

    @property
    def environment(self) -> dict[str, str]:
        """What psql and its like need in their environment to find this server and its programs."""
        path = f"{embedded.programs()}{os.pathsep}{os.environ.get('PATH', '')}"
        return {"PATH": path, "PGHOST": str(self._sockets), "PGPORT": str(self._running().port)}

    def url(self, database: str = "postgres", user: str = "postgres") -> str:
        """Where to reach a database of this server, for psycopg, psql, pg_dump and pgbench alike."""
        found = self._running()
        host = quote(str(found.sockets), safe="")
        return f"postgresql://{quote(user, safe='')}@/{quote(database, safe='')}?host={host}&port={found.port}"

    def stop(self) -> None:
        """Stop the server, ending what its clients are doing; nothing if it does not run."""
        if not self.data.exists():
            return
        with self._locked():
            if self._postmaster() is None:
                return
            code, said = self._control("stop", "-m", "fast")
            if code != 0:
                message = f"The server of {self.data} did not stop: {said.strip()}"
                raise ServerError(message, todo=f"See {self.log}.")

    @property
    def _cluster(self) -> Path:
        return self.data / "postgres"

    @property
    def _sockets(self) -> Path:
        inside = self.data / "socket"
        if len(os.fsencode(inside / f".s.PGSQL.{PORT}")) <= _LONGEST_SOCKET:
            return inside
        name = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:16]
        return Path("/tmp", f"houvast-{name}")  # noqa: S108 - ours alone, or `_make_sockets` refuses it

    def _account(self) -> Account:
        return embedded.account_for(self._cluster.stat().st_uid if self._cluster.exists() else None)

    def _postmaster(self) -> Postmaster | None:
        return postmaster.read(self._cluster)

    def _running(self) -> Postmaster:
        found = self._postmaster()
        if found is None:
            raise ServerError(f"The server of {self.data} is not running.", todo="Start it: houvast demo")
        if found.sockets is None:
            message = f"The server of {self.data} was started by another program and has no socket."
            raise ServerError(message, todo="Stop it there and start it here.")
        return found

    def _refuse_foreign(self) -> None:
        """Refuse a folder that is not ours, before anything in it is touched."""
        if self.data.exists() and not self.data.is_dir():
            raise ServerError(f"{self.data} is not a folder.", todo="Choose another data folder.")
        here = {path.name for path in self.data.iterdir()} if self.data.exists() else set[str]()
        if "PG_VERSION" in here:
            raise postmaster.of_another_server(self.data)
        if here - _OURS and "postgres" not in here:
            raise ServerError(
                f"{self.data} is not empty and holds no database of Houvast.",
                todo="Choose an empty folder, or one that does not exist yet.",
            )
        version = self._cluster / "PG_VERSION"
        if version.exists() and version.read_text().strip() != embedded.major_version():
            raise ServerError(
                f"{self.data} was made by PostgreSQL {version.read_text().strip()}; "
                f"this is PostgreSQL {embedded.major_version()}.",
                todo="Dump it with that version and restore it here, or choose another data folder.",
            )

    def _make_sure_it_runs(self, settings: Mapping[str, str]) -> None:
        self._refuse_foreign()
        self.data.mkdir(parents=True, exist_ok=True)
        with self._locked():
            if self._postmaster() is None:
                self._launch(settings)
            self._await_ready()

    @contextmanager
    def _locked(self) -> Generator[None]:
        """One program at a time in this data folder."""
        with (self.data / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _launch(self, settings: Mapping[str, str]) -> None:
        account = self._account()
        embedded.let_run(account)
        if not self._cluster.exists():
            embedded.let_through(self._cluster, account)
            self._initialise(account, quick=settings["fsync"] == "off")
        elif self._cluster.stat().st_uid != account.uid:
            raise self._wrong_owner()
        _make_sockets(self._sockets, account)
        self._configure(settings, account)
        postmaster.clear_stale(self._cluster, self._sockets)
        for wait in (0.2, 0.5, 1, 3, 5, 0):
            self.log.unlink(missing_ok=True)
            code, said = self._control("start", "-t", "300", "-l", self.log)
            if code == 0:
                return
            if not postmaster.still_in_use(said, self.log):
                break
            time.sleep(wait)
        raise postmaster.why_not(said, self.log, self._cluster)

    def _wrong_owner(self) -> ServerError:
        owner = embedded.name_of(self._cluster.stat().st_uid)
        return ServerError(
            f"The database in {self.data} belongs to {owner}, who cannot run it from here.",
            todo=f"Run as {owner} (not root), or: chown -R {embedded.SYSTEM_USER} {self._cluster}",
        )

    def _initialise(self, account: Account, *, quick: bool) -> None:
        """Make PostgreSQL's data beside their place and move them there when complete."""
        new = self.data / "postgres.new"
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        account.own(new)
        how = ["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"]
        how += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", *(["--no-sync"] if quick else [])]
        code, said = embedded.run("initdb", *how, "-D", new, account=account, folder=new)
        if code != 0:
            shutil.rmtree(new, ignore_errors=True)
            raise postmaster.why_not(said, self.log, self._cluster)
        with (new / "postgresql.conf").open("a") as file:
            file.write("include_if_exists = 'houvast.conf'\n")
        new.rename(self._cluster)

    def _configure(self, settings: Mapping[str, str], account: Account) -> None:
        fixed = {"unix_socket_directories": str(self._sockets), "unix_socket_permissions": "0700"}
        given = {"listen_addresses": "", "port": PORT, **_shared_memory(), **settings, **fixed}
        quoted = {name: value.replace("\\", "\\\\").replace("'", "''") for name, value in given.items()}
        lines = [f"{name} = '{value}'\n" for name, value in sorted(quoted.items())]
        file = self._cluster / "houvast.conf"
        file.write_text("# Written at each start by the program that starts the server.\n" + "".join(lines))
        account.own(file)

    def _control(self, action: str, *arguments: str | Path) -> tuple[int, str]:
        account = self._account()
        embedded.let_through(self._cluster, account)
        options = ("-D", self._cluster, "-w", *arguments)
        return embedded.run("pg_ctl", action, *options, account=account, folder=self._cluster)

    def _await_ready(self) -> None:
        """Wait for a server that is still recovering, at most five minutes."""
        deadline = time.monotonic() + 300
        while not self._running().ready:
            if time.monotonic() > deadline:
                message = f"The server of {self.data} is not ready after 5 minutes."
                raise ServerError(message, todo=f"See {self.log}.")
            time.sleep(0.05)


@contextmanager
def temporary(settings: Mapping[str, str] | None = None) -> Generator[Server]:
    """A server of its own in a temporary folder, for tests: fast, unsafe, stopped and deleted at the end."""
    with tempfile.TemporaryDirectory(prefix="houvast-", dir=quick_place()) as folder:
        server = Server.start(Path(folder) / "data", settings={**FAST_AND_UNSAFE, **(settings or {})})
        try:
            yield server
        finally:
            server.stop()


def quick_place() -> Path | None:
    """Where a database is made ten times as fast: in memory, if there is enough for some servers. Else None."""
    if _MEMORY.is_dir() and os.access(_MEMORY, os.W_OK) and shutil.disk_usage(_MEMORY).free >= 2 * 1024**3:
        return _MEMORY
    return None


def _unusable(error: OSError, data: Path) -> ServerError:
    """The system refused something: say what and, for rights, to whom it belongs."""
    place = Path(str(error.filename or data))
    if isinstance(error, PermissionError):
        return ServerError(
            f"{embedded.name_of(os.geteuid())} may not use {place}.",
            todo="Run as the user to whom it belongs, or choose another data folder.",
        )
    if error.errno == errno.ENOSPC:
        return postmaster.why_not("No space left on device", place, data)
    return ServerError(f"{place} cannot be used: {error.strerror}.", todo="Choose another data folder.")


def _make_sockets(folder: Path, account: Account) -> None:
    """The folder for the socket, which nobody but `account` and root can enter."""
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.lstat()
    if folder.is_symlink() or state.st_uid not in {os.geteuid(), account.uid}:
        raise ServerError(
            f"{folder}, where the server's socket must be, belongs to {embedded.name_of(state.st_uid)}.",
            todo="Remove that folder, or choose a data folder with a shorter path.",
        )
    account.own(folder)


def _shared_memory() -> dict[str, str]:
    """Containers have little shared memory, in which parallel queries would fail: they use files then."""
    roomy = _MEMORY.exists() and shutil.disk_usage(_MEMORY).total >= 512 * 1024**2
    return {} if roomy else {"dynamic_shared_memory_type": "mmap"}
