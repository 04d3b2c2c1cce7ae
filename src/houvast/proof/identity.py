"""Who somebody is, tried: codes that are guessed, old, used or of another, and the login of the pages without a session."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from uuid import uuid4

from houvast.database import Connection, queries
from houvast.database.connect import DatabaseError
from houvast.policy.model import Basis, PurposeKind
from houvast.proof.asked import asked
from houvast.proof.canary import Canary
from houvast.proof.door import Door
from houvast.proof.field import Field
from houvast.proof.passkeys import passkeys
from houvast.proof.probe import Opened
from houvast.proof.report import Attempt
from houvast.proof.states import State

SORT, CHOICE = "identity", "choice"
PEOPLE = "houvast_people"
_SQL = queries("houvast.proof", "identity.sql")
_CODE, _WRONG = "PR00-F4C0", "00000000"
_BROWSER, _OTHER = "b" * 64, "c" * 64
_IN, _OUT = "a session", "no session"
_GUESSES, _TRIES = 40, 5


def identity(connection: Connection, door: Door, about: Field, sort: str = SORT) -> Iterator[Attempt]:
    """Every attempt of a sort, on a canary of the first kind of people."""
    kind = next(iter(about.map.subjects), "")
    canary = about.flock.person(kind, State.ACTIVE)
    if canary is None:
        return
    trying = _Trying(connection, door, canary)
    try:
        if sort == CHOICE:
            consented = (use for use in about.policy.uses if Basis.CONSENT in use.basis)
            yield from trying.choices([purpose for use in consented for purpose in use.purposes])
            return
        yield from trying.codes()
        yield from trying.pages()
        yield from passkeys(connection, canary, sort)
        yield from asked(connection, door, about, sort)
        yield from _officer(connection, door, about, canary)
    finally:
        with suppress(DatabaseError):
            connection.execute(_SQL["clear"], {"checks": trying.checks, "codes": trying.codes_of_nobody})


@dataclass
class _Trying:
    connection: Connection
    door: Door
    canary: Canary
    checks: list[str] = field(default_factory=list[str])
    codes_of_nobody: list[str] = field(default_factory=list[str])

    def codes(self) -> Iterator[Attempt]:
        """Codes, right and wrong."""
        right = self._check()
        yield self._tried("the right code, in the browser that asked", right, _CODE, control=True)
        yield self._tried("the same code once more", right, _CODE)
        yield self._tried("a code that is guessed", self._check(), _WRONG)
        yield self._tried("the right code, in another browser", self._check(), _CODE, browser=_OTHER)
        old = self._check()
        self.connection.execute(_SQL["old"], (old,))
        yield self._tried("the right code, after its time", old, _CODE)
        spent = self._check()
        for _ in range(5):
            self._answer(spent, _WRONG, _BROWSER)
        yield self._tried("the right code, after five guesses", spent, _CODE)
        yield self._tried("the code of an address that nobody has", *self._of_nobody())
        yield self._rolled_back()
        yield self._at_once()

    def pages(self) -> Iterator[Attempt]:
        """The login of the pages for people, with a session and without."""
        secret = self._answer(self._check(), _CODE, _BROWSER)
        use = "SELECT kind || ':' || key FROM houvast.open_session_use(%s, 'houvast prove')"
        who = f"{self.canary.kind}:{self.canary.key}"
        ours, forged = self._as_people(use, secret), self._as_people(use, "0" * 64)
        same = "the person of the session" if ours == who else ours
        yield Attempt(
            "the pages read for the person of a session", PEOPLE, use, True, "the person of the session", same, SORT
        )
        yield Attempt("the pages read with a forged session", PEOPLE, use, False, "refused", forged, SORT)
        purpose = (
            "SELECT houvast.open_use(p.name, 'houvast prove', person => %s)::text FROM (VALUES ('rights')) p (name)"
        )
        yield Attempt("the pages read for somebody who did not sign in", PEOPLE, purpose, False, "refused",
                      self._as_people(purpose, who), SORT)  # fmt: skip
        kept = "SELECT count(*)::text FROM houvast.checking WHERE kind IS NOT DISTINCT FROM %s"
        yield Attempt(
            "the pages read the codes", PEOPLE, kept, False, "refused", self._as_people(kept, "customer"), SORT
        )

    def choices(self, consented: Sequence[str]) -> Iterator[Attempt]:
        """A yes and a no take one call each, and are in force when it returns, whatever was said before."""
        row = self.connection.execute(_SQL["consent"], (list(consented),)).fetchone()
        if row is None:
            return
        purpose, secret = str(row[0]), self._answer(self._check(), _CODE, _BROWSER)
        about = (self.canary.kind, self.canary.key, purpose)
        said = "SELECT houvast.say_choice(%s, %s, %s)"
        for choice in ("yes", "no", "no", "yes", "no"):
            with suppress(DatabaseError), self.door.session(PEOPLE) as session:
                session.execute(said, (secret, purpose, choice))
            (stood,) = self.connection.execute(_SQL["stood"], about).fetchone() or (None,)
            yield Attempt(
                f"one {choice} to {purpose}", PEOPLE, said, choice == "yes", choice, "yes" if stood else "no", CHOICE
            )
        self.connection.execute(_SQL["unsay"], about)

    def _check(self) -> str:
        number = str(uuid4())
        self.checks.append(number)
        values = {"check": number, "kind": self.canary.kind, "key": self.canary.key, "code": _CODE, "browser": _BROWSER}
        self.connection.execute(_SQL["check"], values)
        return number

    def _of_nobody(self) -> tuple[str, str]:
        (number,) = self.connection.execute(_SQL["ask"], (_BROWSER,)).fetchone() or ("",)
        (code,) = self.connection.execute(_SQL["asked"]).fetchone() or ("",)
        self.checks.append(str(number))
        self.codes_of_nobody.append(code)
        return str(number), code

    def _answer(self, check: str, code: str, browser: str) -> str:
        (secret,) = self.connection.execute(_SQL["answer"], (check, code, browser)).fetchone() or ("",)
        return str(secret)

    def _live(self, secret: str) -> str:
        (count,) = self.connection.execute(_SQL["live"], (secret,)).fetchone() or (0,)
        return _IN if count else _OUT

    def _tried(self, words: str, check: str, code: str, *, browser: str = _BROWSER, control: bool = False) -> Attempt:
        seen = self._live(self._answer(check, code, browser))
        return Attempt(words, "pages", _SQL["answer"], control, _IN if control else _OUT, seen, SORT)

    def _rolled_back(self) -> Attempt:
        """Whoever tries the right code and asks what it gave before committing learns nothing, and then takes it back."""
        check = self._check()
        with self.connection.transaction(force_rollback=True):
            seen = self._live(self._answer(check, _CODE, _BROWSER))
        return Attempt(
            "the right code, asked about before it is committed", "pages", _SQL["live"], False, _OUT, seen, SORT
        )

    def _at_once(self) -> Attempt:
        """Guesses that come at the same time are each counted."""
        check = self._check()

        def guess(_: int) -> None:
            with self.door.administer() as session:
                for number in range(_GUESSES // 4):
                    session.execute(_SQL["answer"], (check, f"{number:08d}", _BROWSER))

        with ThreadPoolExecutor(4) as pool:
            list(pool.map(guess, range(4)))
        (tries,) = self.connection.execute(_SQL["tries"], (check,)).fetchone() or (0,)
        return Attempt(
            f"{_GUESSES} guesses at once",
            "pages",
            _SQL["answer"],
            False,
            "five looked at",
            "five looked at" if tries == _TRIES else "another number",
            SORT,
        )

    def _as_people(self, text: str, value: str) -> str:
        try:
            with self.door.session(PEOPLE) as session:
                row = session.execute(text.encode(), (value,)).fetchone()
        except DatabaseError as error:
            return "refused" if error.sqlstate == "42501" else f"error: {error.sqlstate}"
        return str(row[0]) if row else ""


def _officer(connection: Connection, door: Door, about: Field, canary: Canary) -> Iterator[Attempt]:
    """A request opens nothing before somebody has checked whose it is."""
    purpose = next((p for p in about.policy.purposes.values() if p.kind is PurposeKind.RIGHTS), None)
    login = next((one.name for one in about.map.logins.values() if purpose and purpose.name in one.purposes), "")
    ended = about.flock.person(canary.kind, State.ENDED)
    if not (purpose and login and ended):
        return
    call = Opened(purpose.name, f"{ended.kind}:{ended.key}").sql()
    connection.execute(_SQL["request"], {"kind": ended.kind, "key": ended.key})
    for words, control in (("before it was checked whose request it is", False), ("after that", True)):
        if control:
            connection.execute(_SQL["verified"])
        seen = "opened"
        try:
            with door.session(login) as session:
                session.execute(call.encode())
        except DatabaseError as error:
            seen = "refused" if error.sqlstate == "42501" else f"error: {error.sqlstate}"
        expected = "opened" if control else "refused"
        yield Attempt(f"{login} opens a use for a person's rights {words}", login, call, control, expected, seen, SORT)
