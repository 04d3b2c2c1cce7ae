"""The exchange of diagnostic data of one project: its store, its keys, and what comes in and goes out."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

from houvast.app.places import home, pages_origin
from houvast.app.project import Project
from houvast.app.settings import Settings, load_settings
from houvast.compiler.exchanging import Statement, helping, statement
from houvast.database import Connection
from houvast.diagnostics import Followed, Keyring, Vault, store
from houvast.diagnostics.keyring import VARIABLE
from houvast.diagnostics.model import Content, Stands
from houvast.diagnostics.sealing import LEAST
from houvast.evidence import open_store
from houvast.policy.model import Policy

FORMATS = ("tar.gz", "tar.xz", "tar.bz2", "tar.zst", "tgz", "tar", "zip", "7z", "gz", "bz2", "xz", "zst", "json",
           "yaml", "yml", "xml", "csv", "log", "txt", "db", "sqlite", "pcap", "dmp", "docx", "xlsx", "eml",
           "mbox")  # fmt: skip
"""Endings of names that are kept, for they help to look into a file; of a name nothing else is."""


def places(project: Project, settings: Settings | None = None) -> tuple[Path, Path | str]:
    """Where the keys of bundles lie, and where the bundles. Raises FileErrors."""
    chosen = (settings or load_settings(project.folder)).diagnostics
    ours = home() / "diagnostics" / project.datamap.database
    return Path(chosen.keys) if chosen.keys else ours / "keys", chosen.store or ours / "store"


@dataclass(frozen=True)
class Exchange:
    """Where the bundles of a project lie, and how they come and go."""

    policy: Policy
    vault: Vault

    @classmethod
    def of_project(cls, project: Project, settings: Settings | None = None) -> Exchange:
        """By the settings of a project. Raises FileErrors, UsageError for a store that cannot be understood."""
        keys, store_at = places(project, settings)
        ring = Keyring(keys, os.environ.get(VARIABLE, ""))
        return cls(project.versions[-1], Vault(open_store(store_at), ring))

    @property
    def purposes(self) -> tuple[str, ...]:
        """For what diagnostic data are asked."""
        return helping(self.policy)

    def statement(self, language: str) -> Statement:
        """What a customer states, and the warnings beside it."""
        return statement(self.policy, language)

    def state(self, connection: Connection, follow: str, language: str) -> None:
        """Write down that the customer stated it. Raises Refused."""
        said = self.statement(language)
        store.state(connection, follow, language, said.statement_sha256, said.warnings_sha256)

    def begin(self, connection: Connection, follow: str, size: int, name: str) -> UUID:
        """An upload begins; its code. Of the name only its ending is kept. Raises Refused, KeyTrouble."""
        with connection.transaction():
            code = store.send(connection, follow, size, _ending(name))
            self.vault.keys.make(code)
        return code

    def receive(
        self, connection: Connection, follow: str, code: UUID, begins: int, data: bytes | memoryview,
        now: Stands | None = None,
    ) -> Stands | None:  # fmt: skip
        """The bytes from `begins` on, at most PIECE and, but for the last, at least LEAST; how it stands after that.

        `now`: how it stands, where that was asked just before; the database asks again.

        None when they are not the next ones, or nothing is awaited: nothing of them is kept. `until` is as it was
        before: it is later now. Raises Refused, StoreTrouble, KeyTrouble.
        """
        now = now or store.stands(connection, follow, code)
        ends = begins + len(data)
        if now is None or now.state != "receiving" or now.received != begins or ends > now.size:
            return None
        if len(data) < LEAST and ends < now.size:
            return None
        part = self.vault.put(code, begins, data, is_last=ends == now.size)
        taken = False
        try:
            taken = store.add_part(connection, follow, code, part)
        finally:
            if not taken:
                self.vault.drop(code, part)
        return replace(now, received=ends) if taken else None

    def read(self, content: Content, begins: int = 0) -> Iterator[bytes]:
        """What a bundle says, from the piece on in which that byte is. Raises Damaged, StoreTrouble, KeyTrouble."""
        return self.vault.read(content, begins)


def follow(connection: Connection, code: str) -> Followed | None:
    """How an exchange stands, for the customer with this code."""
    return store.follow(connection, code)


def link_of(token: str) -> str:
    """The address that is sent to a customer."""
    return f"{pages_origin()}/exchange/{token}/"


def _ending(name: str) -> str:
    low = name.lower()
    return next((one for one in FORMATS if low.endswith(f".{one}")), "bin")
