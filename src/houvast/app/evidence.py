"""The log of one target: its store, its signing key, and the sequencer's rounds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path

from houvast.app.places import home
from houvast.app.project import Project
from houvast.app.settings import Settings, Timestamp, load_settings
from houvast.app.stamper import Stamper
from houvast.app.target import Target
from houvast.app.witnesses import follow, witnesses_of
from houvast.database import Connection
from houvast.evidence import Signer, Store, Verifier, open_store, rows
from houvast.evidence.checkpoint import opened
from houvast.evidence.comparing import CHECKPOINT, KEY
from houvast.evidence.cosigning import Cosigner, Witness, cosigned
from houvast.evidence.key_file import read_key, write_key
from houvast.evidence.problems import EvidenceError, MissingTile, said_by_houvast
from houvast.evidence.rotating import hand_over, is_handed_over, next_key
from houvast.evidence.sequence import LIMIT, Integrated, integrate, mend

KEY_FILE = "evidence.key"
_BEGUN = "or, when it is lost for good, give this log an origin, a store and a key file of its own (settings.yaml)."


@dataclass(frozen=True)
class Log:
    """Where the log of a target lies. `origin`: its name; `where`: the store, a folder or URL; `key`: a file."""

    origin: str
    where: str
    key: Path
    witnesses: tuple[Witness, ...] = ()
    quorum: int = 0
    timestamp: Timestamp | None = None

    @classmethod
    def of(cls, target: Target, settings: Settings | None = None) -> Log:
        """By the settings of its project. Raises FileErrors."""
        return cls.of_project(target.project, settings)

    @classmethod
    def of_project(cls, project: Project, settings: Settings | None = None) -> Log:
        """The same, for who reads the store and has no target. Raises FileErrors."""
        chosen = (settings or load_settings(project.folder)).evidence
        ours = home() / "evidence" / project.datamap.database
        return cls(
            chosen.origin or f"houvast/{project.versions[-1].name}",
            chosen.store or str(ours / "log"),
            Path(chosen.key) if chosen.key else ours / KEY_FILE,
            witnesses_of(project, chosen),
            chosen.quorum,
            chosen.timestamp,
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
            write_key(self.key, Signer.generate(self.origin))
        found = read_key(self.key)
        if found.name != self.origin:
            raise EvidenceError(
                f"The key {self.key} is of the log {found.name}; this one is called {self.origin}.",
                todo=f"Set `evidence: {{origin: {found.name}}}` in settings.yaml, or give another key file.",
            )
        return found

    def integrate(self, connection: Connection, *, limit: int = LIMIT) -> Integrated:
        """Take and publish everything that waits; the witnesses are asked. Raises as the sequencer does."""
        signer, store = self._as_keeper(connection), self.store
        try:
            done = self._rounds(connection, store, signer, limit)
        finally:
            follow(connection, self.cosigner)
        if self.stamper:
            self.stamper.stamp(connection, store, opened(self.note(), signer.verifier))
        return done

    def _rounds(self, connection: Connection, store: Store, signer: Signer, limit: int) -> Integrated:
        taken, adopted, set_back = 0, 0, 0
        while True:
            done = integrate(connection, store, signer, limit=limit, cosign=self.cosigner)
            taken, adopted, set_back = taken + done.taken, adopted + done.adopted, max(set_back, done.set_back)
            if done.taken < limit:
                return Integrated(done.size, taken, adopted, set_back)

    @cached_property
    def cosigner(self) -> Cosigner:
        """Asks the witnesses, and remembers how each is doing for as long as this value lives."""
        return Cosigner(self.store, self.witnesses, quorum=self.quorum)

    @cached_property
    def stamper(self) -> Stamper | None:
        """Asks the timestamp authority, when there is one, at its time."""
        return Stamper(self.timestamp) if self.timestamp else None

    def cosigned(self) -> Mapping[Witness, datetime | None]:
        """When each witness cosigned the checkpoint that was published last; None for one that did not."""
        try:
            note = self.store.get(CHECKPOINT).decode(errors="replace")
        except MissingTile:
            note = ""
        return {one: cosigned(note, one.key) for one in self.witnesses}

    def is_due(self, connection: Connection) -> bool:
        """Whether something waits, or a witness is to be asked once more. Quick."""
        return rows.there(connection) and (rows.is_due(connection) or self.cosigner.is_due())

    def mend(self, connection: Connection) -> int:
        """Write the store anew from the database; how many files were missing or damaged."""
        try:
            return mend(connection, self.store, self._as_keeper(connection), cosign=self.cosigner)
        finally:
            follow(connection, self.cosigner)

    def prepare_rotation(self, connection: Connection) -> tuple[Verifier, Verifier]:
        """The key in use, and the one to come, which is made when there is none. Raises as `signer` does."""
        return self._as_keeper(connection).verifier, next_key(self.key, self.origin).verifier

    def rotate(self, connection: Connection) -> tuple[Verifier, Verifier, int]:
        """Let the next key sign from now on; the old one, the new one, and the size at which both signed.

        Raises:
            EvidenceError: as the sequencer does.
        """
        old, new = self.prepare_rotation(connection)
        if not is_handed_over(self.store, self.key):
            self.integrate(connection)
        return old, new, hand_over(connection, self.store, self.key, cosign=self.cosigner)

    def begin(self, connection: Connection) -> Verifier:
        """The public key of a log that may have nothing in it yet. Raises as `signer` does."""
        return self._as_keeper(connection).verifier

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
