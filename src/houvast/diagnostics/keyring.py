"""The keys of bundles: a folder apart from store and database, one file a bundle. A bundle is destroyed with its key.

Each key is encrypted under a master key (AES-256-GCM), which lies in the same folder (`master`, mode 0600), or comes
from outside (HOUVAST_DIAGNOSTICS_KEY). Whoever copies store and database has nothing without this folder; a copy of
this folder that is kept would give back what was destroyed since: leave it out of backups.
"""

from __future__ import annotations

import base64
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from houvast.errors import HouvastError
from houvast.evidence.store import sync_folder, write_secret

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

VARIABLE = "HOUVAST_DIAGNOSTICS_KEY"
"""The master key, as 32 bytes in base64, when it does not lie in the folder."""
_LENGTH, _NONCE = 32, 12
_MASTER = "master"


class KeyTrouble(HouvastError):
    """A key of the exchange cannot be made, read or destroyed."""

    code = "bundle-key"


@dataclass(frozen=True)
class Keyring:
    """The keys in a folder. `master`: from outside, in base64; "" for the one in the folder."""

    folder: Path
    master: str = field(default="", repr=False)

    def make(self, bundle: UUID) -> bytes:
        """A key for a new bundle, lasting. Raises KeyTrouble; one that is there already stays."""
        key, nonce = os.urandom(_LENGTH), os.urandom(_NONCE)
        self._write(self._at(bundle), nonce + self._box().encrypt(nonce, key, bundle.bytes))
        return self.key(bundle)

    def key(self, bundle: UUID) -> bytes:
        """The key of a bundle. Raises KeyTrouble when it was destroyed, or is of another master key."""
        from cryptography.exceptions import InvalidTag

        try:
            wrapped = self._at(bundle).read_bytes()
            return self._box().decrypt(wrapped[:_NONCE], wrapped[_NONCE:], bundle.bytes)
        except FileNotFoundError:
            raise KeyTrouble("The key of this bundle is destroyed.", todo="Ask the customer to send it anew.") from None
        except InvalidTag:
            raise KeyTrouble(
                "The master key is another one than this bundle was stored under.",
                todo=f"Put back {VARIABLE} or the file `master`.",
            ) from None
        except OSError as error:
            raise self._failed(error) from error

    def destroy(self, bundle: UUID) -> None:
        """Overwrite and take away the key of a bundle; that there is none is no error. Raises KeyTrouble."""
        at = self._at(bundle)
        try:
            with at.open("r+b") as file:
                file.write(os.urandom(at.stat().st_size))
                os.fsync(file.fileno())
            at.unlink()
            sync_folder(self.folder)
        except FileNotFoundError:
            return
        except OSError as error:
            raise self._failed(error) from error

    def bundles(self) -> frozenset[UUID]:
        """Of which bundles there is a key."""
        return frozenset(UUID(one.stem) for one in self.folder.glob("*.key"))

    def made(self, bundle: UUID) -> datetime:
        """When the key of a bundle was made; now, when there is none."""
        at = self._at(bundle)
        return datetime.fromtimestamp(at.stat().st_mtime, UTC) if at.exists() else datetime.now(UTC)

    def _box(self) -> AESGCM:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        try:
            master = base64.b64decode(self.master, validate=True) if self.master else self._own_master()
            if len(master) != _LENGTH:
                raise ValueError
        except ValueError:
            raise KeyTrouble(
                "The master key of the exchange is no key of 32 bytes in base64.",
                todo=f"Put the right one into {VARIABLE}, or take that away.",
            ) from None
        except OSError as error:
            raise self._failed(error) from error
        return AESGCM(master)

    def _own_master(self) -> bytes:
        at = self.folder / _MASTER
        if not at.exists():
            if any(self.folder.glob("*.key")):
                raise KeyTrouble(
                    "The master key of the exchange is gone.", todo=f"Put the file {at} back, or {VARIABLE}."
                )
            self._write(at, os.urandom(_LENGTH))
        if at.stat().st_mode & 0o077:
            raise KeyTrouble(f"Others can read the key {at}.", todo=f"chmod 600 {at}")
        return at.read_bytes()

    def _at(self, bundle: UUID) -> Path:
        return self.folder / f"{bundle}.key"

    def _write(self, at: Path, data: bytes) -> None:
        """Whole or not at all, lasting, and for its owner alone (mode 0600); one that is there already stays."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            write_secret(at, data)
        except OSError as error:
            raise self._failed(error) from error

    def _failed(self, error: OSError) -> KeyTrouble:
        return KeyTrouble(
            f"The keys in {self.folder} cannot be used: {error.strerror}.",
            todo="Give access to that folder, or make room.",
        )
