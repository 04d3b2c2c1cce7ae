"""A signing key in a file that only its owner can read."""

from __future__ import annotations

import os
from pathlib import Path

from houvast.evidence.note import Signer
from houvast.evidence.problems import EvidenceError
from houvast.evidence.store import sync_folder, write_secret


def read_key(path: Path) -> Signer:
    """The key in a file. Raises EvidenceError when others can read it or it cannot be read, UsageError: damaged."""
    try:
        if path.stat().st_mode & 0o077:
            raise EvidenceError(f"Others can read the key {path}.", todo=f"chmod 600 {path}")
        return Signer.from_text(path.read_text(errors="replace"))
    except OSError as error:
        raise EvidenceError(f"The key {path} cannot be read: {error.strerror}.", todo="Give access to it.") from error


def write_key(path: Path, signer: Signer) -> None:
    """A file that nobody else can read, whole or not at all, and lasting; one that is there already stays.

    Raises EvidenceError when it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_secret(path, f"{signer.to_text()}\n".encode())
    except OSError as error:
        raise EvidenceError(
            f"The key {path} cannot be written: {error.strerror}.", todo="Choose another place for it."
        ) from error


def swap_key(path: Path, new: Path, kept: Path) -> None:
    """Put a new key in the place of the one in use, which is kept beside it. Raises EvidenceError."""
    try:
        if not kept.exists():
            os.link(path, kept)
        new.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise EvidenceError(
            f"The key {path} cannot be replaced: {error.strerror}.", todo="Give access to its folder, and run it again."
        ) from error
