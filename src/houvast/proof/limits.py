# ruff: noqa: S608 - values pass through literal
"""Limits of use, tried: as many as the policy allows, one more, the same one again, past the function, in an emergency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from houvast.compiler.words import ident, literal
from houvast.datamap.model import DataMap
from houvast.policy.model import Policy, Purpose, Volume
from houvast.proof.handling import Handling
from houvast.proof.probe import ALLOWED, REFUSED
from houvast.proof.report import Attempt
from houvast.proof.safeguards import officers, opened_emergency

SORT = "volume"


def limits(h: Handling, versions: Sequence[Policy], datamap: DataMap) -> Iterator[Attempt]:
    """Every such attempt, for each limit of the version in force: as a login that has the purpose."""
    current = next((v for v in reversed(versions) if v.effective <= h.now), versions[-1])
    for purpose in current.purposes.values():
        login = next((one.name for one in datamap.logins.values() if purpose.name in one.purposes), "")
        if purpose.volume and login:
            yield from _Limit(h, login, purpose, purpose.volume).tried()


@dataclass(frozen=True)
class _Limit:
    """The attempts on one limit, which is made two for as long as they last; nobody needs two hundred people to try it."""

    h: Handling
    login: str
    purpose: Purpose
    volume: Volume

    @property
    def _number(self) -> str:
        return f"(SELECT number FROM houvast.purpose WHERE name = {literal(self.purpose.name)})"

    @property
    def _ready(self) -> tuple[str, ...]:
        """A limit of two, and nothing opened lately."""
        ours = f"login = {literal(self.login)} AND purpose = {self._number}"
        return (
            f"UPDATE houvast.volume SET most = 2, warns = 2 WHERE purpose = {self._number}",
            f"UPDATE houvast.use SET opened_at = opened_at - interval '9 days' WHERE {ours} AND opened_at > now() - interval '9 days'",
        )

    @property
    def _as_login(self) -> str:
        return f"SET LOCAL SESSION AUTHORIZATION {ident(self.login)}"

    def _open(self, who: str) -> str:
        person, case = (literal(who) if self.purpose.one == one else "NULL" for one in ("person", "case"))
        return f"SELECT houvast.record_use({literal(self.purpose.name)}, 'made up', {person}, {case})"

    def tried(self) -> Iterator[Attempt]:
        """Each of them, and what the database was told of the limit."""
        name, first, second, third = self.purpose.name, *map(self._open, ("nobody-1", "nobody-2", "nobody-3"))
        full = (*self._ready, self._as_login, first, second)
        back = "RESET SESSION AUTHORIZATION"
        later = f"UPDATE houvast.use SET opened_at = opened_at - interval '8 days' WHERE reason = 'made up' AND login = {literal(self.login)}"
        written = (f"INSERT INTO houvast.use (login, purpose, reason, kind, person, until) VALUES ({literal(self.login)}, {self._number},"
                   " 'made up', 'nobody', 'nobody-3', now() + interval '1 hour')")  # fmt: skip
        emergency = (*officers(), opened_emergency(self.login, name))
        over = ("ALTER TABLE houvast.emergency DISABLE TRIGGER hv_keep_emergency", "UPDATE houvast.emergency SET until = now() - interval '1 minute'",
                "ALTER TABLE houvast.emergency ENABLE TRIGGER hv_keep_emergency")  # fmt: skip
        tried: list[tuple[str, Sequence[str], str]] = [
            ("as much as the policy allows is opened", full, ALLOWED),
            ("one more is opened", (*full, third), REFUSED),
            ("one more is opened with a forged mark of a proof", (*full, "SET LOCAL houvast.trying = 'hv'", third), REFUSED),
            ("one more is written past the function that opens uses", (*full, back, written), REFUSED),
            ("one more is opened when the first are longer ago", (*full, back, later, self._as_login, third), ALLOWED),
            ("an officer lifts the limit in an emergency", (*self._ready, *emergency, self._as_login, first, second, third), ALLOWED),
            ("one more is opened after the time of an emergency", (*self._ready, *emergency, *over, self._as_login, first, second, third), REFUSED),
        ]  # fmt: skip
        if self.volume.counts == "people":
            tried.append(("somebody is opened again who was counted already", (*full, first), ALLOWED))
        for what, steps, expected in tried:
            yield self.h.attempt(f"{name}: {what}", steps, SORT, expected)
        told = f"SELECT count(*) FROM houvast.event WHERE kind = 'use_limit_near' AND body ->> 'purpose' = {literal(name)} AND body ->> 'most' = '2'"
        yield self.h.asked(
            f"{name}: that it comes near is told in the same transaction", (*full, back), told, "1", SORT
        )
        kept = f"SELECT concat_ws(' ', v.counts, v.most, v.per, v.warns) FROM houvast.volume_of({self._number}) v"
        volume = self.volume
        wanted = f"{volume.counts} {volume.most} {volume.per} {volume.warns}"
        yield self.h.asked(f"{name}: the limit is that of the policy", (), kept, wanted, SORT)
