"""Two threads beside the jobs: one screens what customers send, in children with limits, one destroys what ended."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from houvast.app import desk
from houvast.app.confining import lacking
from houvast.app.custody import Custody, Round
from houvast.app.exchange import Exchange
from houvast.app.recording import said
from houvast.database import Connection
from houvast.diagnostics import store
from houvast.errors import HouvastError
from houvast.worker.beside import Beside
from houvast.worker.jobs import LOG

KEY = "bundles"
CONFIRM, UNCONFINED = "exchange-confirm", "exchange-unconfined"


class Elsewhere(HouvastError):
    """Another worker looks after bundles."""

    code = "elsewhere"


@dataclass
class _Keeper(Beside):
    """A thread that does its part for bundles, unless another worker does it."""

    part: ClassVar[int]
    busy: ClassVar[tuple[type[Exception], ...]] = (Elsewhere,)

    def _now(self, connection: Connection) -> None:
        if not store.there(connection):
            return
        if getattr(self, "_held", None) is not connection:
            if not store.alone(connection, self.part):
                raise Elsewhere("Another worker looks after bundles.", todo="Nothing has to be done.")
            self._held = connection
        done = self._do(Custody(Exchange.of_project(self.target.project, self.settings)), connection)
        for what, count in (("screened", done.screened), ("redacted", done.redacted), ("destroyed", done.destroyed),
                            ("certified", done.certified)):  # fmt: skip
            if count:
                LOG.info("exchange: %s %s", what, count)
        if done.trouble is not None:
            if isinstance(done.trouble, HouvastError):
                LOG.warning("exchange: %s", said(done.trouble))
            raise done.trouble
        if desk.exists(connection):
            desk.settle(connection, self.alarm[0], ())

    @abstractmethod
    def _do(self, custody: Custody, connection: Connection) -> Round:
        """One round of its part."""


@dataclass
class Custodian(_Keeper):
    """Screens and redacts what waits, until it is stopped."""

    part: ClassVar[int] = store.SCREENS
    name: ClassVar[str] = "exchange"
    alarm: ClassVar[tuple[str, str, str | None]] = ("exchange", KEY, "C44")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "Wat een klant stuurde kan niet worden nagekeken",
        "en": "What a customer sent cannot be screened",
    }

    def _do(self, custody: Custody, connection: Connection) -> Round:
        done = custody.screen(connection, self._stopping.is_set)
        if (done.screened or done.redacted) and desk.exists(connection):
            self._tell(connection)
        return done

    def _tell(self, connection: Connection) -> None:
        """An alarm where the kernel leaves the children more than they need."""
        if not (left := ", ".join(lacking())):
            desk.settle(connection, UNCONFINED, ())
            return
        text = {
            "nl": f"Een bestand dat het nakijken overneemt, kan hier meer dan nodig is: {left}. Deze kernel heeft geen"
            " Landlock of seccomp",
            "en": f"A file that takes over its screening could do more here than is needed: {left}. This kernel has no"
            " Landlock or seccomp",
        }
        desk.raise_alarm(connection, UNCONFINED, KEY, text, "C44")


@dataclass
class Ender(_Keeper):
    """Destroys what has ended and certifies, however long a screening takes, until it is stopped."""

    part: ClassVar[int] = store.ENDS
    name: ClassVar[str] = "exchange-end"
    alarm: ClassVar[tuple[str, str, str | None]] = ("exchange-end", KEY, "C48")
    says: ClassVar[Mapping[str, str]] = {
        "nl": "Wat een klant stuurde kan niet worden vernietigd",
        "en": "What a customer sent cannot be destroyed",
    }

    def _do(self, custody: Custody, connection: Connection) -> Round:
        done = custody.end(connection)
        self._tell(connection, done.waits)
        return done

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
