"""The custodian beside the jobs: screens what customers send, in children with limits, and destroys what has ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from houvast.app import desk
from houvast.app.custody import Custody
from houvast.app.exchange import Exchange
from houvast.app.recording import said
from houvast.database import Connection
from houvast.diagnostics import store
from houvast.errors import HouvastError
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

ALARM, KEY = "exchange", "bundles"
CONFIRM = "exchange-confirm"


class Elsewhere(HouvastError):
    """Another worker looks after bundles."""

    code = "elsewhere"


@dataclass
class Custodian(Beside):
    """A thread that looks after bundles, until it is stopped."""

    name: ClassVar[str] = "exchange"
    alarm: ClassVar[tuple[str, str, str | None]] = (ALARM, KEY, "C44")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "Wat een klant stuurde kan niet worden nagekeken of vernietigd",
        "en": "What a customer sent cannot be screened or destroyed",
    }
    busy: ClassVar[tuple[type[Exception], ...]] = (Elsewhere,)

    def _now(self, connection: Connection) -> None:
        if not store.there(connection):
            return
        if getattr(self, "_held", None) is not connection:
            if not store.alone(connection):
                raise Elsewhere("Another worker looks after bundles.", todo="Nothing has to be done.")
            self._held = connection
        done = Custody(Exchange.of_project(self.target.project, self.settings)).round(connection, self._stopping.is_set)
        for what, count in (("screened", done.screened), ("redacted", done.redacted), ("destroyed", done.destroyed),
                            ("certified", done.certified)):  # fmt: skip
            if count:
                LOG.info("exchange: %s %s", what, count)
        self._tell(connection, done.waits)
        if done.trouble is not None:
            if isinstance(done.trouble, HouvastError):
                LOG.warning("exchange: %s", said(done.trouble))
            raise done.trouble
        if desk.exists(connection):
            desk.settle(connection, ALARM, ())

    def _tell(self, connection: Connection, waits: int) -> None:
        """An alarm while a subcontractor has not confirmed that its copies are gone."""
        if not desk.exists(connection):
            return
        if waits:
            text = {"nl": f"Onderaannemers bevestigden nog niet dat hun kopieën weg zijn: {waits}",
                    "en": f"Subcontractors have not confirmed yet that their copies are gone: {waits}"}  # fmt: skip
            desk.raise_alarm(connection, CONFIRM, KEY, text, "C48")
        else:
            desk.settle(connection, CONFIRM, ())
