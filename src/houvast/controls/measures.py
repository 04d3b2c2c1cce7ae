"""What the program measures by itself, on the live system: each measure names what is wrong, or nothing."""

from __future__ import annotations

import os
import sys
import sysconfig
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

from houvast.compiler.drift import drift
from houvast.controls import releases
from houvast.controls.model import Found
from houvast.database import Connection, DatabaseError, queries

RENEWED = timedelta(days=92)
"""So long installed packages may stay as they are: a quarter of a year."""
BACKED_UP, TRIED, REVIEWED = timedelta(days=8), timedelta(days=100), timedelta(days=100)
CLOCK = 5.0
"""Seconds that the clocks of the database and of this machine may differ."""
_SQL = queries("houvast.controls", "measures.sql")
_HERE = ("", "localhost", "127.0.0.1", "::1", "samehost")
_OTHERS = 0o077


@dataclass(frozen=True)
class Ground:
    """What measures look at. `files`: those that hold keys; `packages`: where what this program needs is installed."""

    connection: Connection
    files: tuple[Path, ...] = ()
    packages: Path = Path(sysconfig.get_path("purelib"))

    def setting(self, name: str) -> str:
        """A setting of the server; "" when it has none of that name."""
        row = self.connection.execute(_SQL["setting"], (name,)).fetchone()
        return str(row[0] or "") if row else ""

    @property
    def reached(self) -> bool:
        """Whether the server listens to other machines."""
        return any(one.strip() not in _HERE for one in self.setting("listen_addresses").split(","))


Measure = Callable[[Ground], tuple[Found, ...] | None]


def measured(name: str, ground: Ground) -> tuple[Found, ...] | None:
    """What a measure finds; what cannot be measured here is found too, for nobody knows that it is right.

    None: there is nothing to look at yet, which passes no test and fails none.
    """
    try:
        return MEASURES[name](ground)
    except DatabaseError as error:
        return (Found("unmeasured", error.sqlstate or "no connection"),)


def transport(ground: Ground) -> tuple[Found, ...]:
    """Nobody reads along: TLS for whoever comes from elsewhere; a socket without passwords is its owner's alone."""
    reached, listens = ground.reached, bool(ground.setting("listen_addresses"))
    found: list[Found] = []
    if reached and ground.setting("ssl") != "on":
        found.append(Found("no_tls", ground.setting("listen_addresses")))
    if reached and ground.setting("ssl_min_protocol_version") in ("TLSv1", "TLSv1.1"):
        found.append(Found("old_tls", ground.setting("ssl_min_protocol_version")))
    if int(ground.setting("data_directory_mode") or "0", 8) & 0o007:
        found.append(Found("data_open", ground.setting("data_directory_mode")))
    private = not int(ground.setting("unix_socket_permissions") or "0777", 8) & _OTHERS
    for sort, address, method in ground.connection.execute(_SQL["rules"]).fetchall():
        if method == "reject" or (sort != "local" and not listens):
            continue
        if sort in ("host", "hostnossl") and reached and not address.startswith(("127.", "::1", "samehost")):
            found.append(Found("plain_allowed", address))
        if method == "trust" and not (sort == "local" and private):
            found.append(Found("no_password", address or sort))
        elif method in ("password", "md5"):
            found.append(Found("weak_method", f"{method} {address}".strip()))
    return tuple(dict.fromkeys(found))


def passwords(ground: Ground) -> tuple[Found, ...]:
    """Passwords are kept as SCRAM-SHA-256 (RFC 7677); one that opens the server from elsewhere ends within 400 days."""
    found: list[Found] = []
    if ground.setting("password_encryption") != "scram-sha-256":
        found.append(Found("weak_setting", ground.setting("password_encryption")))
    for role, strong, ends in ground.connection.execute(_SQL["passwords"]).fetchall():
        if not strong:
            found.append(Found("weak_hash", role))
        if ground.reached and not ends:
            found.append(Found("no_end", role))
    return tuple(found)


def least_privilege(ground: Ground) -> tuple[Found, ...]:
    """PostgreSQL grants what it granted when the policy was applied, and nothing more (`houvast drift`)."""
    many = len(drift(ground.connection))
    return (Found("drifted", str(many)),) if many else ()


def versions(ground: Ground) -> tuple[Found, ...]:
    """Somebody looks after this PostgreSQL and this Python, and their small releases were installed."""
    today = datetime.now(UTC).date()
    major, minor = divmod(int(ground.setting("server_version_num")), 10000)
    python = sys.version_info[:2]
    found: list[Found] = []
    ends = releases.POSTGRESQL.get(major)
    if releases.is_over(ends[1] if ends else None, major > max(releases.POSTGRESQL), today):
        found.append(Found("unsupported", f"PostgreSQL {major}"))
    if minor < releases.least_minor(major, today):
        found.append(Found("behind", f"PostgreSQL {major}.{minor}"))
    if releases.is_over(releases.PYTHON.get(python), python > max(releases.PYTHON), today):
        found.append(Found("unsupported", f"Python {python[0]}.{python[1]}"))
    return tuple(found)


def packages(ground: Ground) -> tuple[Found, ...]:
    """What this program needs was renewed within a quarter of a year, as the newest of the installed packages says."""
    times = [folder.stat().st_mtime for folder in ground.packages.glob("*.dist-info")]
    newest = datetime.fromtimestamp(max(times, default=0), UTC).date()
    return (Found("old_packages", newest.isoformat()),) if datetime.now(UTC).date() - newest > RENEWED else ()


def leavers(ground: Ground) -> tuple[Found, ...]:
    """Whoever left has no token, account, session, passkey or database login any more."""
    desk = ground.connection.execute(_SQL["has_accounts"]).fetchone() == (True,)
    rows = ground.connection.execute(_SQL["leavers"]).fetchall()
    rows += ground.connection.execute(_SQL["leavers_at_desk"]).fetchall() if desk else []
    return tuple(Found(f"left_{what}", who) for what, who in rows)


def key_files(ground: Ground) -> tuple[Found, ...]:
    """Files with keys and secrets are their owner's alone (mode 0600)."""
    found: list[Found] = []
    for file in ground.files:
        if not file.exists():
            continue
        state = file.stat()
        if state.st_mode & _OTHERS or state.st_uid not in (0, os.geteuid()):
            found.append(Found("open_file", file.name))
    return tuple(found)


def clock(ground: Ground) -> tuple[Found, ...]:
    """The database and this machine agree what time it is."""
    before = time.time()
    row = ground.connection.execute(_SQL["now"]).fetchone()
    there = float(row[0]) if row else 0.0
    off = max(before - there, there - time.time())
    return (Found("clock_off", f"{off:.0f}"),) if off > CLOCK else ()


def backup(ground: Ground) -> tuple[Found, ...] | None:
    """The newest backup (`houvast backup make`, which makes none without encryption) is of the last eight days."""
    return _newest(ground, "made", BACKED_UP, "old_backup")


def restore(ground: Ground) -> tuple[Found, ...] | None:
    """Within a hundred days a backup was restored to try it (`houvast backup try`), and was whole."""
    return _newest(ground, "tried", TRIED, "old_trial")


def access_review(ground: Ground) -> tuple[Found, ...] | None:
    """Within a hundred days somebody reviewed who can do what (`houvast access`), and it is still what they signed."""
    row = ground.connection.execute(_SQL["review"]).fetchone()
    if row is None:
        return None
    at, same = row
    found = () if same else (Found("access_changed", at.astimezone(UTC).date().isoformat()),)
    late = datetime.now(UTC) - at > REVIEWED
    return (*found, Found("old_review", at.astimezone(UTC).date().isoformat())) if late else found


def _newest(ground: Ground, what: str, within: timedelta, code: str) -> tuple[Found, ...] | None:
    row = ground.connection.execute(_SQL["backup"], (what,)).fetchone()
    at: datetime | None = row[0] if row else None
    if at is None:
        return None
    return (Found(code, at.astimezone(UTC).date().isoformat()),) if datetime.now(UTC) - at > within else ()


MEASURES: Final[Mapping[str, Measure]] = {
    one.__name__: one
    for one in (
        transport,
        passwords,
        least_privilege,
        versions,
        packages,
        leavers,
        key_files,
        clock,
        backup,
        restore,
        access_review,
    )
}
"""Every measure by the name that `controls.yaml` gives it."""
