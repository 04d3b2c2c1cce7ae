"""A log in a database with its store, as tests of the sequencer use it, and what must hold of it at any time."""

from __future__ import annotations

import multiprocessing
import os
import time
from dataclasses import dataclass, field
from pathlib import Path

from houvast.database import Connection
from houvast.evidence import Signer, Store, Tiles, open_store, rows
from houvast.evidence.checkpoint import opened
from houvast.evidence.entry import parse
from houvast.evidence.sequence import Integrated, integrate
from houvast.evidence.tree import leaf_hash, root
from tests.compiler.asking import column, value
from tests.compiler.asking import rows as ask
from tests.evidence.killing import a_round

NAME = "houvast/small"
LOCKED = """SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database AND d.datname = current_database()
WHERE l.locktype = 'advisory' AND (l.classid, l.objid) = (7236541, 4)"""
APART = multiprocessing.get_context("forkserver")
"""Where programs that are killed come from: a process that has read the modules, which takes longer than a round."""
APART.set_forkserver_preload(["tests.evidence.killing"])


@dataclass
class Logbook:
    """A log: where it lies, and what was told to it."""

    url: str
    admin: Connection
    folder: Path
    signer: Signer = field(default_factory=lambda: Signer.generate(NAME))
    bucket: str = ""

    @property
    def where(self) -> str | Path:
        """The URL of its store, or the folder."""
        return self.bucket or self.folder

    @property
    def store(self) -> Store:
        """Its store."""
        return open_store(self.where)

    def tell(self, count: int, person: str = "") -> None:
        """Let something happen so many times."""
        kind = "customer" if person else ""
        ask(
            self.admin,
            """INSERT INTO houvast.event (kind, promise, body, sealed, subject_kind, subject_key)
            SELECT 'use_closed', 'C02', '{"purpose": "answer", "login": "support"}', jsonb_build_object('use', n),
            nullif(%s, ''), nullif(%s, '') FROM generate_series(1, %s) n""",
            kind,
            person,
            count,
        )

    def integrate(self, **how: object) -> Integrated:
        """One round."""
        return integrate(self.admin, self.store, self.signer, **how)  # pyright: ignore[reportArgumentType]

    def killed(self, step: str = "", put: int = 0) -> int:
        """A round in a program that is killed at a step, or instead of its nth write; its exit code."""
        about = (self.url, str(self.where), self.signer.to_text(), step, put, dict(os.environ))
        program = APART.Process(target=a_round, args=about)
        program.start()
        program.join()
        code = program.exitcode or 0
        program.close()
        while value(self.admin, LOCKED):
            time.sleep(0.02)  # until PostgreSQL has noticed
        return code

    def nonces(self) -> list[str]:
        """What waits, in order."""
        return [one.hex for one in column(self.admin, "SELECT nonce FROM houvast.event ORDER BY id")]

    def check(self, told: list[str]) -> None:
        """Everything that was told is in the log once, in order; store and database hold the same, signed."""
        size = rows.size(self.admin)
        leaves = list(rows.leaves(self.admin, 0, size))
        found = [parse(leaf) for leaf in leaves]
        assert [one.nonce for one in found if one.kind != "clock_set_back"] == told
        assert rows.standing(self.admin).waiting == 0
        signed = opened(self.store.get("checkpoint").decode(), self.signer.verifier)
        assert (signed.size, signed.root) == (size, root([leaf_hash(leaf) for leaf in leaves]))
        assert list(Tiles(self.store, size).entries(0, size)) == leaves
        assert value(self.admin, "SELECT max(size) FROM houvast.checkpoint") == size
