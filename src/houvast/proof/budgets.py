# ruff: noqa: S608 - values pass through literal, names through ident
"""The budget for reports of visits, tried: overspending, at once and bit by bit, past the function, and publishing something else (C24).

Each is made by the administrator in a transaction that is undone, on a ledger that is empty for as long as that.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from houvast.compiler.visiting import Cap, rules
from houvast.compiler.words import SCHEMA, ident, literal
from houvast.database import queries
from houvast.datamap.model import DataMap
from houvast.proof.handling import CODE, REFUSED, Handling
from houvast.proof.probe import ALLOWED
from houvast.proof.report import Attempt
from houvast.proof.safeguards import officers

SORT = "release"
_SQL = queries("houvast.proof", "budgets.sql")
_CLOSED = "refused: 42501"
_RELEASE, _REPORT = f"{SCHEMA}.visit_release", f"{SCHEMA}.visit_report"
_NEWEST = f"(SELECT max(id) FROM {_RELEASE})"
_BY, _OTHER = "madeupbyaproof", "anotherbyaproof"


def budgets(h: Handling, datamap: DataMap) -> Iterator[Attempt]:
    """Every such attempt; none where the policy lets nothing out, or nothing was applied that keeps it."""
    cap = rules(h.policy)
    if cap and h.connection.execute(_SQL["there"]).fetchone() == (True,):
        yield from _Tried(h, cap, datamap).all()


@dataclass(frozen=True)
class _Tried:
    h: Handling
    cap: Cap
    datamap: DataMap

    def all(self) -> Iterator[Attempt]:
        """What is spent, what is published, and who may."""
        yield from self._spent()
        yield from self._published()
        yield from self._closed()

    @property
    def _ready(self) -> tuple[str, ...]:
        """Two officers with codes, and nothing spent."""
        return (*officers(), "SET LOCAL session_replication_role = replica", f"DELETE FROM {_REPORT}", f"DELETE FROM {_RELEASE}",
                "SET LOCAL session_replication_role = origin")  # fmt: skip

    def _question(self, day: int = 1, until: str = "") -> str:
        said = {
            "keys": ["page"],
            "share": 15,
            "since": f"2001-01-{day:02}",
            "site": "",
            "until": until or f"2001-01-{day:02}",
        }
        return json.dumps(said, separators=(",", ":"))

    def _pay(self, rho: int, *, delta: int = 1, day: int = 1, by: str = _BY, code: str = CODE, until: str = "") -> str:
        return (
            f"SELECT {SCHEMA}.report_pay({literal(self._question(day, until))}, {rho}, {delta}, {literal(by)}, {code})"
        )

    def _spent(self) -> Iterator[Attempt]:
        """Up to the cap and no further, whatever way; of each day no more than that for ever."""
        whole, half = self.cap.rho, self.cap.rho // 2 + 1
        again = "UPDATE houvast.staff SET last_step = 0"
        support = f"UPDATE houvast.staff SET role = 'support' WHERE name = {literal(_BY)}"
        values = f"{literal(self._question(9))}, 'made up', '2001-01-09', '2001-01-09', {whole + 1}, 1, '', 'officer 1'"
        written = f"INSERT INTO {_RELEASE} (question, question_sha256, since, until, rho, delta, pass, paid_by) VALUES ({values})"
        past = ("SET LOCAL session_replication_role = replica",
                f"UPDATE {_RELEASE} SET at = at - interval '{self.cap.period + 1} days'",
                "SET LOCAL session_replication_role = origin")  # fmt: skip
        paid = (*self._ready, self._pay(half))
        tried: Sequence[tuple[str, Sequence[str], str]] = (
            ("an officer spends all of the budget, with a code", (*self._ready, self._pay(whole)), ALLOWED),
            ("a millionth more than the budget is spent", (*self._ready, self._pay(whole + 1)), REFUSED),
            ("more delta than the budget has is spent", (*self._ready, self._pay(1, delta=self.cap.delta + 1)), REFUSED),
            ("two reports together go beyond the budget", (*paid, self._pay(half, day=2, by=_OTHER)), REFUSED),
            ("what is left is spent", (*paid, self._pay(whole - half, day=2, by=_OTHER)), ALLOWED),
            ("more than the budget is spent past the function", (*self._ready, written), REFUSED),
            ("a report is paid for without a code", (*self._ready, self._pay(1, code="''")), REFUSED),
            ("support pays for a report", (*self._ready, support, self._pay(1)), REFUSED),
            ("the same question is asked again while it is answered", (*paid, again, self._pay(1)), REFUSED),
            ("a report is about a day that is not over", (*self._ready, self._pay(1, until="2001-01-02").replace("2001", "2100")), REFUSED),
            ("after the period other days are told of", (*self._ready, self._pay(whole), *past, self._pay(whole, day=2, by=_OTHER)), ALLOWED),
            ("after the period more is told of the same days", (*self._ready, self._pay(whole), *past, self._pay(1, until="2001-01-02", by=_OTHER)), REFUSED),
            ("what was spent is made less", (*paid, f"UPDATE {_RELEASE} SET rho = 1"), REFUSED),
            ("what was spent is longer ago than it was", (*paid, f"UPDATE {_RELEASE} SET at = at - interval '9 years'"), REFUSED),
            ("what was spent is taken away", (*paid, f"DELETE FROM {_RELEASE}"), REFUSED),
            ("all that was spent is taken away", (f"TRUNCATE {_RELEASE} CASCADE",), REFUSED),
        )  # fmt: skip
        for name, steps, expected in tried:
            yield self.h.attempt(name, steps, SORT, expected)
        told = f"SELECT count(*) FROM {SCHEMA}.event WHERE kind = 'report_paid' AND body ->> 'report' = {_NEWEST}::text"
        yield self.h.asked("what is spent is told in the same transaction", paid, told, "1", SORT)
        kept = f"SELECT concat_ws(' ', cap, cap_delta, days) FROM {SCHEMA}.report_budget('2001-01-01', '2001-01-01')"
        wanted = f"{self.cap.rho} {self.cap.delta} {self.cap.period}"
        yield self.h.asked("the budget is that of the policy", (), kept, wanted, SORT)

    def _published(self) -> Iterator[Attempt]:
        """What was paid for, once, and as it is."""
        paid = (*self._ready, self._pay(7, delta=3))
        body: dict[str, object] = {
            "format": "houvast-report/1",
            "guarantee": {"delta_trillionths": 3, "rho_millionths": 7},
            "rows": [],
            "totals": [],
        }

        def write(question: str, **more: object) -> str:
            said = json.dumps({**body, "question": json.loads(question), **more})
            content = f"convert_to(jsonb_set({literal(said)}::jsonb, '{{number}}', to_jsonb({_NEWEST}))::text, 'UTF8')"
            return f"INSERT INTO {_REPORT} (release, question_sha256, content, sha256, rows) VALUES ({_NEWEST}, '', {content}, '', 0)"

        ours, other = write(self._question()), write(self._question(3))
        cheaper = write(self._question(), guarantee={"delta_trillionths": 3, "rho_millionths": 1})
        again = "UPDATE houvast.staff SET last_step = 0"
        old = ("SET LOCAL session_replication_role = replica", f"UPDATE {_RELEASE} SET at = at - interval '1 hour'",
               "SET LOCAL session_replication_role = origin")  # fmt: skip
        guess = f"SELECT {SCHEMA}.report_publish({_NEWEST}, 'a guess', '\\x00')"
        tried: Sequence[tuple[str, Sequence[str], str]] = (
            ("what was paid for is published", (*paid, ours), ALLOWED),
            ("the answer to another question is published", (*paid, other), REFUSED),
            ("it says that it cost less", (*paid, cheaper), REFUSED),
            ("it is published by whoever did not pay", (*paid, guess), REFUSED),
            (
                "what was published is asked for and paid again",
                (*paid, ours, *old, again, self._pay(7, delta=3)),
                REFUSED,
            ),
            ("what was published is changed", (*paid, ours, f"UPDATE {_REPORT} SET rows = 9"), REFUSED),
            ("what was published is taken away", (*paid, ours, f"DELETE FROM {_REPORT}"), REFUSED),
        )
        for name, steps, expected in tried:
            yield self.h.attempt(name, steps, SORT, expected)
        same = f"SELECT (SELECT content FROM {_REPORT} WHERE release = {_NEWEST}) = {SCHEMA}.report_read({_NEWEST})"
        yield self.h.asked("a report that is read again has the same bytes", (*paid, ours), same, "True", SORT)

    def _closed(self) -> Iterator[Attempt]:
        """No login of an application spends, publishes, or looks into the ledger."""
        for login in self.datamap.logins:
            steps = (f"SET LOCAL SESSION AUTHORIZATION {ident(login)}", f"SELECT count(*) FROM {_RELEASE}")
            yield self.h.attempt(f"login {login} looks into the ledger of reports", steps, SORT, _CLOSED)
        first = next(iter(self.datamap.logins), "")
        if first:
            steps = (*self._ready, f"SET LOCAL SESSION AUTHORIZATION {ident(first)}", self._pay(1, code="'000000'"))
            yield self.h.attempt(f"login {first} pays for a report", steps, SORT, _CLOSED)
