"""What a data folder says of its server: who runs it, whether it still does, and why it would not start."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from houvast.database import embedded
from houvast.errors import ServerError


@dataclass(frozen=True)
class Postmaster:
    """The server process of a data folder, as its postmaster.pid tells."""

    pid: int
    port: int
    sockets: Path | None
    ready: bool


def read(cluster: Path) -> Postmaster | None:
    """The server that runs on `cluster`, or None: not started, stopped, or killed and its number reused."""
    lines = _lines(cluster / "postmaster.pid")
    if not lines or not lines[0].strip().isdigit() or not _runs_here(int(lines[0]), cluster):
        return None
    lines += [""] * (8 - len(lines))
    port = int(lines[3]) if lines[3].strip().isdigit() else 0
    sockets = Path(lines[4].strip()) if lines[4].strip() else None
    return Postmaster(int(lines[0]), port, sockets, lines[7].strip() == "ready")


def clear_stale(cluster: Path, sockets: Path) -> None:
    """Remove a killed server's locks where its process number has gone to another program.

    PostgreSQL itself would wait for that program for ever. In every other case the locks stay: by them
    it sees whether a session of the killed server is still writing.
    """
    import psutil  # of the extra `server`

    if read(cluster) is None:
        for lock in (cluster / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
            number = "".join(_lines(lock)[:1]).strip()
            if number.isdigit() and psutil.pid_exists(int(number)):
                lock.unlink()


def still_in_use(said: str, log: Path) -> bool:
    """Whether a server did not start because sessions of a killed one have not ended yet."""
    return "pre-existing shared memory block" in "\n".join([said, *_lines(log)])


def of_another_server(folder: Path) -> ServerError:
    """The error for a folder that is the data folder of a server which is not ours."""
    version = (folder / "PG_VERSION").read_text().strip()
    found = read(folder)
    running = f", which runs now (process {found.pid})" if found else ""
    return ServerError(
        f"{folder} is the data folder of another server, PostgreSQL {version}{running}.",
        todo="Choose an empty folder; to use that server itself, give its URL with --database.",
    )


def why_not(said: str, log: Path, cluster: Path) -> ServerError:
    """The error for a server that did not start, from what its programs said and the end of its log."""
    words = "\n".join([said, *_lines(log)[-40:]])
    for pattern, message, todo in _REASONS:
        if re.search(pattern, words):
            return ServerError(message.format(cluster=cluster), todo=todo.format(cluster=cluster, log=log))
    fatal = [line for line in words.splitlines() if re.search(r"FATAL|PANIC|error:", line)]
    reason = re.sub(r"^.*?(FATAL|PANIC|error): *", "", fatal[-1]) if fatal else "it does not say why"
    return ServerError(f"PostgreSQL could not be started on {cluster}: {reason}", todo=f"Look at {log}.")


_REASONS = (
    (
        r"No space left on device",
        "There is no space left on the disk that holds {cluster}.",
        "Free some space, or choose a folder on another disk.",
    ),
    (
        r"Read-only file system",
        "The disk that holds {cluster} is read-only.",
        "Choose a folder on another disk.",
    ),
    (
        r"could not bind .*: Address already in use|lock file \"[^\"]*\.s\.PGSQL",
        "Another server already uses the port or socket that {cluster} asks for.",
        "Stop the other server, or choose another port or another data folder.",
    ),
    (
        r"Is another postmaster|pre-existing shared memory block",
        "Another server, or a query of one that was killed, is still using {cluster}.",
        "Stop it or wait until it ends, or choose another data folder.",
    ),
    (
        r"database files are incompatible",
        "{cluster} was made by a PostgreSQL that this one cannot read.",
        "Choose an empty folder, or open this one with the PostgreSQL that made it.",
    ),
    (
        r"could not map anonymous shared memory|could not (create|resize) shared memory",
        "There is not enough memory for this server.",
        "Lower the setting shared_buffers.",
    ),
    (
        r"unrecognized configuration parameter|invalid value for parameter|contains errors",
        "A setting for {cluster} is not one that PostgreSQL accepts.",
        "Look at the end of {log} for its name, and correct it.",
    ),
    (
        r"Permission denied|wrong ownership|invalid permissions",
        "The server may not use {cluster}.",
        "Give the folder to the user who runs the server, with chmod 700, or choose another folder.",
    ),
)


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text(errors="replace").splitlines()
    except FileNotFoundError:
        return []


def _runs_here(pid: int, cluster: Path) -> bool:
    """Whether process `pid` is a server in `cluster`: a server's working folder is its data."""
    embedded.programs()
    import psutil

    try:
        return Path(psutil.Process(pid).cwd()) == cluster
    except psutil.NoSuchProcess:
        return False
    except psutil.AccessDenied:
        return psutil.Process(pid).name() == "postgres"
