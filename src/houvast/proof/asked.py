"""Requests in somebody's name, tried: codes of letters that are guessed, old or of another; mandates that nobody confirmed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass

from houvast.database import Connection, queries
from houvast.database.connect import DatabaseError
from houvast.policy.model import PurposeKind
from houvast.proof.canary import Canary
from houvast.proof.door import Door
from houvast.proof.field import Field
from houvast.proof.probe import Opened
from houvast.proof.report import Attempt
from houvast.proof.states import State

_SQL = queries("houvast.proof", "asked.sql")
_CODE, _WRONG, _TOKEN = "PR00-F4C0-DE00", "0000-0000-0000", "f" * 64
_CHECKED, _NOT, _REFUSED, _OPENED = "checked", "not checked", "refused", "opened"


def asked(connection: Connection, door: Door, about: Field, sort: str) -> Iterator[Attempt]:
    """Every attempt on requests of a canary of whom nothing else is open."""
    kind = next(iter(about.map.subjects), "")
    canary = about.flock.person(kind, State.ENDED)
    if canary is None:
        return
    trying = _Trying(connection, door, about, canary, sort)
    try:
        yield from trying.letters()
        yield from trying.mandates()
    finally:
        with suppress(DatabaseError):
            connection.execute(_SQL["clear"])


@dataclass
class _Trying:
    connection: Connection
    door: Door
    about: Field
    canary: Canary
    sort: str
    number: int = -471100

    def letters(self) -> Iterator[Attempt]:
        """Codes in letters."""
        reference = self._waiting()
        yield self._letter("the right code of a letter", reference, _CODE, control=True)
        yield self._letter("a code of a letter that is guessed", self._waiting(), _WRONG)
        other = self._waiting()
        self._waiting()
        self._do("old", number=self.number + 1)
        yield self._letter("the code of a letter for another request", other, _CODE, number=self.number + 1)
        reference = self._waiting()
        self._do("old")
        yield self._letter("the code of a letter after its time", reference, _CODE)
        reference = self._waiting()
        for _ in range(5):
            self._do("try", reference=reference, code=_WRONG)
        yield self._letter("the code of a letter after five guesses", reference, _CODE)
        reference = self._waiting()
        with self.connection.transaction(force_rollback=True):
            self._do("try", reference=reference, code=_CODE)
            self._do("settle", reference=reference)
            seen = self._stands()
        yield Attempt(
            "the code of a letter, acted on before it is committed",
            "pages",
            _SQL["settle"],
            False,
            _NOT,
            seen,
            self.sort,
        )

    def mandates(self) -> Iterator[Attempt]:
        """A mandate counts from when the person says so until they take it back."""
        reference = self._waiting()
        self._do("mandate", kind=self.canary.kind, key=self.canary.key, token=_TOKEN)
        seen = _CHECKED
        try:
            self._do("by_hand")
        except DatabaseError as error:
            seen = _REFUSED if error.sqlstate == "23514" else f"error: {error.sqlstate}"
        yield Attempt("a request by a mandate that nobody confirmed is called checked", "staff", _SQL["by_hand"], False,
                      _REFUSED, seen, self.sort)  # fmt: skip
        self._do("says", token=_TOKEN, choice="yes")
        yield Attempt(
            "the person says that somebody may ask for them",
            "pages",
            _SQL["says"],
            True,
            _CHECKED,
            self._stands(),
            self.sort,
        )
        self._do("says", token=_TOKEN, choice="no")
        yield from self._use("by a mandate that was taken back", control=False)
        reference = self._waiting()
        self._do("by_hand")
        yield from self._use("on a request that was checked", control=True)
        self._do("not_me", reference=reference)
        yield from self._use("after the person said that they did not ask it", control=False)

    def _use(self, words: str, *, control: bool) -> Iterator[Attempt]:
        purpose = next((p for p in self.about.policy.purposes.values() if p.kind is PurposeKind.RIGHTS), None)
        login = next(
            (one.name for one in self.about.map.logins.values() if purpose and purpose.name in one.purposes), ""
        )
        if not (purpose and login):
            return
        call, seen = Opened(purpose.name, f"{self.canary.kind}:{self.canary.key}").sql(), _OPENED
        try:
            with self.door.session(login) as session:
                session.execute(call.encode())
        except DatabaseError as error:
            seen = _REFUSED if error.sqlstate == "42501" else f"error: {error.sqlstate}"
        yield Attempt(
            f"{login} opens a use {words}", login, call, control, _OPENED if control else _REFUSED, seen, self.sort
        )

    def _letter(self, words: str, reference: str, code: str, *, control: bool = False, number: int = 0) -> Attempt:
        self._do("try", reference=reference, code=code)
        self._do("settle", reference=reference)
        expected = _CHECKED if control else _NOT
        attempt = Attempt(words, "pages", _SQL["try"], control, expected, self._stands(number), self.sort)
        self._do("not_me", reference=reference)
        return attempt

    def _waiting(self) -> str:
        """A request of the canary that waits, with a letter on its way; its reference."""
        self.number -= 1
        (reference,) = self._do("request", kind=self.canary.kind, key=self.canary.key)
        self._do("waits")
        self._do("code", code=_CODE)
        return reference

    def _stands(self, number: int = 0) -> str:
        (found,) = self._do("stands", number=number or self.number)
        return found

    def _do(self, name: str, **values: object) -> tuple[str, ...]:
        cursor = self.connection.execute(_SQL[name], {"number": self.number, **values})
        row = cursor.fetchone() if cursor.description else None
        return tuple(str(one) for one in row) if row else ("",)
