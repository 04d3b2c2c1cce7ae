"""The pages' own secret: made once, readable by its owner alone, never in the project."""

from __future__ import annotations

import os
import secrets
import stat
from pathlib import Path

from houvast.errors import UsageError

_FILE = "secret"
_LENGTH = 50


def secret(folder: Path) -> str:
    """The secret that signs sessions and forms, made when there is none.

    Raises UsageError when others may read it, or when it was cut short: the pages do not start then.
    """
    file = folder / _FILE
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as new:
            new.write(secrets.token_urlsafe(_LENGTH))
    except FileExistsError:
        pass
    if stat.S_IMODE(file.stat().st_mode) & 0o077:
        raise UsageError(f"Others may read {file}.", todo=f"chmod 600 {file}; if somebody did read it, delete it.")
    found = file.read_text().strip()
    if len(found) < _LENGTH:
        raise UsageError(
            f"{file} does not hold a whole secret.", todo="Delete it; a new one is made at the next start."
        )
    return found
