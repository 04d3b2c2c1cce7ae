"""The log of one target: its store, its signing key, and the sequencer's rounds."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from houvast.app.places import home
from houvast.app.settings import Settings, load_settings
from houvast.app.target import Target
from houvast.database import Connection
from houvast.evidence import Signer, Store, Verifier, open_store, rows
from houvast.evidence.comparing import CHECKPOINT, KEY
from houvast.evidence.problems import EvidenceError, MissingTile, said_by_houvast
from houvast.evidence.sequence import LIMIT, Cosign, Integrated, integrate, mend

KEY_FILE = "evidence.key"
_BEGUN = "or, when it is lost for good, give this log an origin, a store and a key file of its own (settings.yaml)."


@dataclass(frozen=True)
class Log:
    """Where the log of a target lies. `origin`: its name; `where`: the store, a folder or URL; `key`: a file."""

    origin: str
    where: str
    key: Path

    @classmethod
    def of(cls, target: Target, settings: Settings | None = None) -> Log:
        """By the settings of its project. Raises FileErrors."""
        chosen = (settings or load_settings(target.project.folder)).evidence
        datamap = target.project.datamap
        ours = home() / "evidence" / datamap.database
        return cls(
            chosen.origin or f"houvast/{target.project.versions[-1].name}",
            chosen.store or str(ours / "log"),
            Path(chosen.key) if chosen.key else ours / KEY_FILE,
        )

    @property
    def store(self) -> Store:
        """The store. Raises UsageError for a URL that cannot be understood."""
        return open_store(self.where)

    def verifier(self) -> Verifier:
        """The public key, as it lies in the store. Raises EvidenceError when nothing was published yet."""
        try:
            text = self.store.get(KEY).decode(errors="replace")
        except MissingTile:
            raise EvidenceError(
                "Nothing of this log was published yet.", todo="Publish it: houvast evidence integrate"
            ) from None
        with said_by_houvast(todo="Put the key back: houvast evidence mend"):
            return Verifier.from_text(text)

    def signer(self, connection: Connection) -> Signer:
        """The signing key, which is made when the log begins.

        Raises:
            EvidenceError: it is gone, others can read it, or it is another log's.
        """
        if not self.key.exists():
            if rows.last_checkpoints(connection) or self._is_begun():
                raise EvidenceError(
                    f"The key {self.key} is not there, and this log was begun with it.",
                    todo=f"Put its copy back; {_BEGUN} Events wait in the database meanwhile.",
                )
            _write_secretly(self.key, f"{Signer.generate(self.origin).to_text()}\n")
        if self.key.stat().st_mode & 0o077:
            raise EvidenceError(f"Others can read the key {self.key}.", todo=f"chmod 600 {self.key}")
        found = Signer.from_text(self.key.read_text())
        if found.name != self.origin:
            raise EvidenceError(
                f"The key {self.key} is of the log {found.name}; this one is called {self.origin}.",
                todo=f"Set `evidence: {{origin: {found.name}}}` in settings.yaml, or give another key file.",
            )
        return found

    def integrate(self, connection: Connection, *, limit: int = LIMIT, cosign: Cosign | None = None) -> Integrated:
        """Take and publish everything that waits. `cosign` asks the witnesses. Raises as the sequencer does."""
        signer, store = self._as_keeper(connection), self.store
        done = integrate(connection, store, signer, limit=limit, cosign=cosign)
        taken, adopted, set_back = done.taken, done.adopted, done.set_back
        while done.taken == limit:
            done = integrate(connection, store, signer, limit=limit, cosign=cosign)
            taken, set_back = taken + done.taken, max(set_back, done.set_back)
        return Integrated(done.size, taken, adopted, set_back)

    def mend(self, connection: Connection) -> int:
        """Write the store anew from the database; how many files were missing or damaged."""
        return mend(connection, self.store, self._as_keeper(connection))

    def publisher(self, connection: Connection) -> Callable[[], None]:
        """Publishes what waits, if anything does."""

        def publish() -> None:
            if rows.there(connection) and rows.is_due(connection):
                self.integrate(connection)

        return publish

    def note(self) -> str:
        """The checkpoint that was published last. Raises EvidenceError when there is none."""
        self.verifier()
        return self.store.get(CHECKPOINT).decode(errors="replace")

    def _as_keeper(self, connection: Connection) -> Signer:
        if not rows.there(connection):
            raise EvidenceError("This database has no log.", todo="Apply the policy: houvast apply")
        with rows.keeping(connection):
            return self.signer(connection)

    def _is_begun(self) -> bool:
        try:
            self.store.get(CHECKPOINT)
        except MissingTile:
            return False
        return True


def _write_secretly(path: Path, text: str) -> None:
    """A file that nobody else can read, whole or not at all; one that is there already stays."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", dir=path.parent, prefix=".", delete=False) as file:
            try:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
                os.link(file.name, path)
            finally:
                Path(file.name).unlink()
    except FileExistsError:
        return
    except OSError as error:
        raise EvidenceError(
            f"The key {path} cannot be written: {error.strerror}.", todo="Choose another place for it."
        ) from error
