"""A help desk that asks, customers who send, and how often each thing is told."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

from houvast.app.custody import Custody, Round
from houvast.app.exchange import Exchange
from houvast.database import Connection
from houvast.diagnostics import Screening, store
from tests.compiler.staffing import code_of, enrolled
from tests.rights.office import Office

CLEAN = Screening("clean", "test 1", 0, 0, {})
TODAY = datetime.now(UTC).date()


def whole_round(custody: Custody, db: Connection) -> Round:
    """What the worker's two threads do, one after the other, until nothing is left to do."""
    first, looked, last = custody.end(db), custody.screen(db), custody.end(db)
    trouble = first.trouble or looked.trouble or last.trouble
    return replace(looked, destroyed=first.destroyed + last.destroyed, certified=first.certified + last.certified,
                   trouble=trouble, waits=last.waits)  # fmt: skip


@dataclass(frozen=True)
class HelpDesk:
    """Anna of support asks; Olaf and Oda are officers; Sam works for a subcontractor."""

    office: Office
    exchange: Exchange
    folder: Path

    @classmethod
    def at(cls, office: Office, exchange: Exchange, folder: Path) -> HelpDesk:
        """With its staff written down."""
        for name, role in (("anna", "support"), ("olaf", "officer"), ("oda", "officer"), ("bob", "support")):
            enrolled(office.admin, name, role)
        return cls(office, exchange, folder)

    @property
    def db(self) -> Connection:
        """The administrator's connection."""
        return self.office.admin

    def ask(self, *, consumer: bool = True) -> tuple[int, str]:
        """Ask for a log: the number, and the customer's code once they used the link."""
        until = datetime.now(UTC) + timedelta(days=7)
        number, token = store.ask(self.db, "2231", "the log of the export", "it stops at 40 percent", until,
                                  purpose="fix", by="anna", consumer=consumer)  # fmt: skip
        follow = store.begin(self.db, token)
        assert follow
        return number, follow

    def stated(self, *, consumer: bool = True) -> tuple[int, str]:
        """The same, and the customer stated that they may send it."""
        number, follow = self.ask(consumer=consumer)
        self.exchange.state(self.db, follow, "en")
        return number, follow

    def sent(self, follow: str, data: bytes, name: str = "export.log") -> UUID:
        """Send a file whole."""
        code = self.exchange.begin(self.db, follow, len(data), name)
        assert self.exchange.receive(self.db, follow, code, 0, data)
        return code

    def accepted(self, data: bytes = b"line 1\n") -> tuple[int, str, UUID, int]:
        """(number, follow, code, bundle) of a bundle that was screened, submitted and accepted."""
        number, follow = self.stated()
        code = self.sent(follow, data)
        bundle = self.number_of(code)
        self.screened(bundle, len(data))
        store.decide(self.db, follow, code, "submit")
        store.judge(self.db, bundle, accepts=True, by="anna")
        return number, follow, code, bundle

    def screened(self, bundle: int, size: int, outcome: str = "clean", found: int = 0) -> None:
        """As if the worker had looked into it."""
        kinds = {"email": found} if found else {}
        store.screened(self.db, bundle, Screening(outcome, "test 1", size, found, kinds), "0" * 64)

    def number_of(self, code: UUID) -> int:
        """The number of a bundle."""
        return self.value("SELECT id FROM houvast.bundle WHERE code = %s", code)

    def state_of(self, code: UUID) -> str:
        """How far a bundle is."""
        return self.value("SELECT state FROM houvast.bundle WHERE code = %s", code)

    def subcontractor(self, *, ago: int = 31, country: str = "DE", tool: str = "eea", approves: bool = True) -> int:
        """A subcontractor that was announced so many days ago, with Sam, who works there."""
        until = date(TODAY.year + 5, 1, 1)
        number = store.record(self.db, "Helpers BV", country, tool, TODAY - timedelta(days=1), until, None, "olaf")
        announced = TODAY - timedelta(days=ago)
        self.past("UPDATE houvast.subcontractor SET announced_on = %s WHERE id = %s", announced, number)
        if approves:
            enrolled(self.db, "oda", "officer")
            store.approve(self.db, number, "oda", code_of(self.db, "oda"))
        enrolled(self.db, "sam", "subcontractor")
        store.place_staff(self.db, "sam", country, number)
        return number

    def later(self, number: int, days: int) -> None:
        """As if so many days had gone by since a problem was asked about."""
        self.past("UPDATE houvast.exchange SET until = until - %s WHERE id = %s", timedelta(days=days), number)

    def past(self, text: str, *values: object) -> None:
        """Write what time alone would have made so, and what the rules refuse."""
        with self.db.transaction():
            self.db.execute("SET LOCAL session_replication_role = replica")
            self.db.execute(text.encode(), values)

    def told(self, kind: str, **body: Any) -> int:
        """How many events of a kind say this."""
        rows = self.db.execute("SELECT body FROM houvast.event WHERE kind = %s", (kind,)).fetchall()
        return sum(all(row[0].get(name) == value for name, value in body.items()) for row in rows)

    def value(self, text: str, *values: object) -> Any:
        """One value of the database."""
        row = self.db.execute(text.encode(), values).fetchone()
        return row[0] if row else None
