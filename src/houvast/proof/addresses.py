# ruff: noqa: S608 - values pass through literal, names through ident
"""Whole addresses of visitors, tried: who reads them, in what incident, until when, and what whoever writes them may (C23).

Each is made by the administrator in a transaction that is undone, with an address of RFC 5737 that nobody has.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from houvast.compiler.guarding_visits import LOGIN, TABLE
from houvast.compiler.words import SCHEMA, ident, literal
from houvast.database import queries
from houvast.datamap.model import DataMap
from houvast.policy.counting import Apart, counting
from houvast.policy.periods import after
from houvast.policy.regime import regime
from houvast.proof.handling import CODE, REFUSED, Handling
from houvast.proof.probe import ALLOWED
from houvast.proof.report import Attempt
from houvast.proof.safeguards import officers

SORT = "address"
_SQL = queries("houvast.proof", "addresses.sql")
_TABLE, _SITE, _ADDRESS = f"{SCHEMA}.{TABLE}", "made up by a proof", "192.0.2.1"
_CLOSED = "refused: 42501"
_COUNT = f"SELECT count(*) FROM {_TABLE} WHERE site = {literal(_SITE)}"
_NEWEST = f"(SELECT max(id) FROM {SCHEMA}.incident)"


def addresses(h: Handling, datamap: DataMap, *, fast: bool) -> Iterator[Attempt]:
    """Every such attempt; none where no whole address is kept.

    `fast`: whether a use is carried by a setting; else one that is not committed counts for nothing, and reading is
    tried by nobody here.
    """
    said = counting(h.policy)
    if said and said.apart and h.connection.execute(_SQL["there"]).fetchone() == (True,):
        yield from _Tried(h, said.apart, datamap, fast=fast).all()


@dataclass(frozen=True)
class _Tried:
    h: Handling
    apart: Apart
    datamap: DataMap
    fast: bool

    def all(self) -> Iterator[Attempt]:
        """Incidents, who reads, until when, who writes."""
        yield from self._incidents()
        roles: Mapping[str, str] = dict(self.h.connection.execute(_SQL["roles"]).fetchall())
        if self.fast and self.apart.purpose in roles:
            yield from self._read(roles[self.apart.purpose])
        yield from self._closed({name: role for name, role in roles.items() if name != self.apart.purpose})
        yield from self._gone()
        yield from self._written()

    @property
    def _zone(self) -> str:
        return regime(self.h.policy.regime).timezone

    @property
    def _first(self) -> date:
        """The first day that is kept, by the calendar of the policy and not by the database's."""
        today = self.h.now.astimezone(ZoneInfo(self._zone)).date()
        day = today
        while after(day - timedelta(days=1), self.apart.term) > today:
            day -= timedelta(days=1)
        return day

    def _opened(self, *, what: str = "made up by a proof", days: int = 1, code: str = CODE) -> str:
        return f"SELECT {SCHEMA}.open_incident({literal(what)}, 'madeupbyaproof', {code}, {days})"

    def _row(self, day: date) -> tuple[str, ...]:
        """An address of noon of a day, in a part of its own where there is none."""
        place = f"{TABLE}_{day:%Y%m%d}"
        noon, begin, end = (
            f"(DATE {literal(str(day))} + {hours})::timestamp AT TIME ZONE {literal(self._zone)}"
            for hours in ("TIME '12:00'", "TIME '00:00'", "INTERVAL '1 day'")
        )
        made = (f"DO $$ BEGIN IF to_regclass('{SCHEMA}.{place}') IS NULL THEN EXECUTE format('CREATE TABLE {SCHEMA}.{place} PARTITION OF {_TABLE}"
                f" FOR VALUES FROM (%L) TO (%L)', {begin}, {end}); ALTER TABLE {SCHEMA}.{place} OWNER TO houvast_keeper; END IF; END $$")  # fmt: skip
        return made, f"INSERT INTO {_TABLE} VALUES ({noon}, {literal(_SITE)}, {literal(_ADDRESS)})"

    def _incidents(self) -> Iterator[Attempt]:
        """An officer opens one with a code, it stays as it was, and a use names one that is open."""
        ready, opened = officers(), self._opened()
        use = (f"INSERT INTO {SCHEMA}.use (login, purpose, reason, \"case\", until) SELECT 'made up', number, 'made up', {{}}, now() + interval '12 hours'"
               f" FROM {SCHEMA}.purpose WHERE name = {literal(self.apart.purpose)}")  # fmt: skip
        newest, ended = use.format(f"{_NEWEST}::text"), f"SELECT {SCHEMA}.end_incident({_NEWEST}, 'anotherbyaproof')"
        change = f"UPDATE {SCHEMA}.incident SET {{}} WHERE id = {_NEWEST}"
        support = f"UPDATE {SCHEMA}.staff SET role = 'support' WHERE name = 'madeupbyaproof'"
        written = f"INSERT INTO {SCHEMA}.incident (what, days, who, until) VALUES ('made up by a proof', 1, 'officer 1', now() + interval '9 days')"
        tried: Sequence[tuple[str, Sequence[str], str]] = (
            ("an officer opens an incident, with a code, and a use names it", (*ready, opened, newest), ALLOWED),
            ("an incident is opened without a code", (*ready, self._opened(code="''")), REFUSED),
            ("an incident is written past the function that asks a code", (*ready, written), REFUSED),
            ("support opens an incident", (*ready, support, opened), REFUSED),
            ("an incident is open for longer than thirty days", (*ready, self._opened(days=31)), REFUSED),
            ("an incident names somebody", (*ready, self._opened(what=f"mail of {self.h.marker}@canary.example")), REFUSED),
            ("an incident is made longer", (*ready, opened, change.format("until = until + interval '1 day'")), REFUSED),
            ("an incident is opened again", (*ready, opened, ended, change.format("ended_at = NULL")), REFUSED),
            ("an incident is taken out of the list", (*ready, opened, f"DELETE FROM {SCHEMA}.incident"), REFUSED),
            ("all incidents are taken out of the list", (f"TRUNCATE {SCHEMA}.incident",), REFUSED),
            ("a use of whole addresses names no incident", (use.format("NULL"),), _CLOSED),
            ("a use of whole addresses names an incident that is none", (use.format("'0'"),), _CLOSED),
            ("a use of whole addresses names an incident that ended", (*ready, opened, ended, newest), _CLOSED),
        )  # fmt: skip
        for name, steps, expected in tried:
            yield self.h.attempt(name, steps, SORT, expected)
        told = f"SELECT count(*) FROM {SCHEMA}.event WHERE kind = 'incident_opened' AND sealed ->> 'reason' = 'made up by a proof'"
        yield self.h.asked("an incident is told in the same transaction", (*ready, opened), told, "1", SORT)
        bound = f"SELECT max(u.until) <= now() + interval '25 hours' FROM {SCHEMA}.use u WHERE u.login = 'made up'"
        long = newest.replace("12 hours", "9 days")
        yield self.h.asked("a use ends with its incident", (*ready, opened, long), bound, "True", SORT)

    def _read(self, role: str) -> Iterator[Attempt]:
        """The role of the purpose: in an open incident, until the term, and in a use of that purpose."""
        ready = (*officers(), self._opened())
        kept, old, future = self._first, self._first - timedelta(days=1), self._first + timedelta(days=3)
        as_role = f"SET LOCAL ROLE {ident(role)}"

        def token(purpose: str, case: str = f"{_NEWEST}::text") -> str:
            number = f"(SELECT number FROM {SCHEMA}.purpose WHERE name = {literal(purpose)})"
            return f"SELECT {SCHEMA}.set_token_here('hv_' || {number} || '_0__' || encode(convert_to({case}, 'UTF8'), 'hex'), 0)"

        ours = token(self.apart.purpose)
        other = next(name for name in self.h.policy.purposes if name != self.apart.purpose)
        ended = f"SELECT {SCHEMA}.end_incident({_NEWEST}, 'anotherbyaproof')"
        tried: Sequence[tuple[str, Sequence[str], int]] = (
            ("in an open incident an address is seen on the last day of its term", (*self._row(kept), ours, as_role), 1),
            ("in an open incident an address of later is seen", (*self._row(future), ours, as_role), 1),
            ("an address is seen the day after its term", (*self._row(old), ours, as_role), 0),
            ("an address is seen when the incident has ended", (*self._row(kept), ended, ours, as_role), 0),
            ("an address is seen in an incident that is none", (*self._row(kept), token(self.apart.purpose, "'0'"), as_role), 0),
            ("an address is seen without an incident", (*self._row(kept), token(self.apart.purpose, "''"), as_role), 0),
            ("an address is seen in a use for another purpose", (*self._row(kept), token(other), as_role), 0),
            ("an address is seen without a use", (*self._row(kept), as_role), 0),
        )  # fmt: skip
        for name, steps, wanted in tried:
            found = self.h.asked(name, (*ready, *steps), _COUNT, str(wanted), SORT)
            yield replace(found, control=bool(wanted))

    def _closed(self, roles: Mapping[str, str]) -> Iterator[Attempt]:
        """Every other purpose and every login, the analysts' too."""
        for purpose, role in roles.items():
            steps = (f"SET LOCAL ROLE {ident(role)}", _COUNT)
            yield self.h.attempt(f"purpose {purpose} reads whole addresses", steps, SORT, _CLOSED)
        known = {
            row[0]
            for row in self.h.connection.execute(_SQL["logins"], (["houvast_web", "houvast_people", LOGIN],)).fetchall()
        }
        for login in (*self.datamap.logins, *sorted(known)):
            steps = (f"SET LOCAL SESSION AUTHORIZATION {ident(login)}", _COUNT)
            yield self.h.attempt(f"login {login} reads whole addresses without a use", steps, SORT, _CLOSED)

    def _gone(self) -> Iterator[Attempt]:
        """What is past its term goes; the term is that of the policy."""
        begins = f"SELECT ({SCHEMA}.addresses_since() AT TIME ZONE {literal(self._zone)})::text"
        yield self.h.asked("addresses are kept as long as the policy says", (), begins, f"{self._first} 00:00:00", SORT)
        old = self._row(self._first - timedelta(days=1))
        sweep, place = f"SELECT {SCHEMA}.sweep_addresses()", f"{TABLE}_{self._first - timedelta(days=1):%Y%m%d}"
        there = f"SELECT to_regclass('{SCHEMA}.{place}') IS NULL"
        yield self.h.asked("a day that is past its term is taken away whole", (*old, sweep), there, "True", SORT)
        yield self.h.asked("no day lies there that should have gone yesterday", (), _overdue(self._first), "0", SORT)

    def _written(self) -> Iterator[Attempt]:
        """The login that writes: a batch once, of days that may be kept, and it reads and changes nothing."""
        day, old = (
            f"ARRAY[DATE {literal(str(self._first))}]",
            f"ARRAY[DATE {literal(str(self._first - timedelta(days=1)))}]",
        )
        as_login, begin = (
            f"SET LOCAL SESSION AUTHORIZATION {LOGIN}",
            f"SELECT count(*) FROM {SCHEMA}.keep_addresses('made-up-by-a-proof', {{}})",
        )
        place = f"{SCHEMA}.{TABLE}_{self._first:%Y%m%d}"
        noon = f"(DATE {literal(str(self._first))} + TIME '12:00') AT TIME ZONE {literal(self._zone)}"
        row = f"INSERT INTO {place} VALUES ({noon}, 'made up', {literal(_ADDRESS)})"
        first = (as_login, begin.format(day))
        yield self.h.attempt("whoever writes addresses writes one", (*first, row), SORT, ALLOWED)
        yield self.h.asked("a batch that is in already is taken in again", first, begin.format(day), "0", SORT)
        yield self.h.asked("addresses past their term are taken in", (as_login,), begin.format(old), "0", SORT)
        for what, step in (
            ("reads what it wrote", f"SELECT count(*) FROM {place}"),
            ("changes what it wrote", f"UPDATE {place} SET site = ''"),
            ("takes away what it wrote", f"DELETE FROM {place}"),
            ("opens an incident", self._opened(code="'000000'")),
        ):
            yield self.h.attempt(f"whoever writes addresses {what}", (*first, row, step), SORT, _CLOSED)


def _overdue(first: date) -> str:
    """SQL: how many days lie there that were past their term yesterday already, when something should have taken them."""
    place = f"{TABLE}_{first - timedelta(days=1):%Y%m%d}"
    return (f"SELECT count(*) FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid WHERE i.inhparent = '{_TABLE}'::regclass"
            f" AND c.relname < {literal(place)}")  # fmt: skip
