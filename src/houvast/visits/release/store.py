"""The ledger: what was spent and what was published, kept by PostgreSQL. The only SQL about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from houvast.database import Connection, queries
from houvast.database.refusing import refused
from houvast.errors import DatabaseRefusal
from houvast.evidence.canonical import canonical
from houvast.visits.release.model import Budget, Cost, Question

_SQL = queries("houvast.visits.release", "ledger.sql")


@dataclass(frozen=True)
class Paid:
    """A report that was paid for. `password`: by which it is published, known to this process alone."""

    number: int
    password: str = field(repr=False)


@dataclass(frozen=True)
class Left:
    """The budget, the cap with its delta, and what is left of delta (in trillionths)."""

    budget: Budget
    cap: Cost
    delta: int


def there(connection: Connection) -> bool:
    """Whether this database keeps a budget for reports."""
    return connection.execute(_SQL["there"]).fetchone() == (True,)


def left(connection: Connection, since: date, until: date) -> Left:
    """What may be released now, and what is left for these days. Raises DatabaseRefusal."""
    with refused():
        row = _asked(connection).execute(_SQL["budget"], {"since": since, "until": until}).fetchone()
    cap, cap_delta, spent, rest, delta, days = row or (0, 0, 0, 0, 0, 1)
    return Left(Budget(cap, spent, rest, days), Cost(cap, cap_delta), delta)


def text_of(question: Question) -> str:
    """A question as the ledger keeps it; by its digest the same is known again."""
    return canonical(question.to_json()).decode()


def pay(connection: Connection, question: Question, cost: Cost, by: str, code: str) -> Paid:
    """Spend, before anything is looked at; it is spent once this returns. Raises DatabaseRefusal, RuntimeError.

    by, code: an officer, and a code of theirs that serves once.
    """
    if not connection.autocommit or connection.info.transaction_status:
        raise RuntimeError("what is spent must outlive whatever comes after it: no transaction may be open")
    values = {"question": text_of(question), "rho": cost.rho_millionths, "delta": cost.delta_trillionths, "by": by,
              "code": code}  # fmt: skip
    with refused():
        row = _asked(connection).execute(_SQL["pay"], values).fetchone()
    number, password = row or (0, "")
    return Paid(int(number), str(password))


def publish(connection: Connection, paid: Paid, content: bytes) -> None:
    """Publish what was paid for, once. Raises DatabaseRefusal."""
    with refused():
        connection.execute(_SQL["publish"], {"number": paid.number, "pass": paid.password, "content": content})


def answering(connection: Connection, question: Question) -> tuple[int, bytes] | None:
    """The report that answers a question already: its number and bytes."""
    with refused():
        row = _asked(connection).execute(_SQL["answering"], {"question": text_of(question)}).fetchone()
    return (row[0], bytes(row[1])) if row else None


def published(connection: Connection) -> list[bytes]:
    """Every report, newest first."""
    return [bytes(row[1]) for row in _asked(connection).execute(_SQL["all"]).fetchall()]


def read(connection: Connection, number: int) -> bytes | None:
    """A report as it was published; None when there is none of this number."""
    row = _asked(connection).execute(_SQL["read"], {"number": number}).fetchone()
    return bytes(row[0]) if row and row[0] is not None else None


def entry(connection: Connection, number: int) -> tuple[int, bytes] | None:
    """Index and bytes of the entry of the log about a report; None before it is taken into the log."""
    row = connection.execute(_SQL["entry"], {"number": str(number)}).fetchone()
    return (row[0], row[1].encode()) if row else None


def _asked(connection: Connection) -> Connection:
    if not there(connection):
        raise DatabaseRefusal(
            "This database keeps no budget for reports of visits (promise C24).",
            todo="Apply this release: houvast apply",
        )
    return connection
