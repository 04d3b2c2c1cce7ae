"""Asks issuers what they are and for their keys, beside the jobs; people come in by what is kept of that alone."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from houvast.app import desk, oidc
from houvast.database import Connection
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

AGAIN = 600.0
"""Seconds until an issuer is asked again; a minute when one did not answer. The database takes a key for a day."""


@dataclass
class Issuers(Beside):
    """A thread that keeps what issuers say of themselves, until it is stopped."""

    name: ClassVar[str] = "issuers"
    alarm: ClassVar[tuple[str, str, str | None]] = ("issuer", "oidc", "C35")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "Inloggen via een ander kan niet",
        "en": "Signing in elsewhere does not work",
    }
    _next: float = field(init=False, default=0.0)

    def _now(self, connection: Connection) -> None:
        if time.monotonic() < self._next or not oidc.there(connection):
            return
        self._next = time.monotonic() + 60
        issuers = self.settings.issuers
        oidc.declare(connection, issuers)
        away: oidc.IssuerAway | None = None
        for issuer in issuers:
            try:
                oidc.keep(connection, issuer, oidc.describe(issuer))
            except oidc.IssuerAway as error:
                away = error
        if away is not None:
            raise away
        self._next = time.monotonic() + AGAIN
        if issuers:
            LOG.info("issuers: %s asked", len(issuers))
        if desk.exists(connection):
            desk.settle(connection, self.alarm[0], ())
