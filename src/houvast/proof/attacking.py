"""Makes the attacks of the corpus over real connections: several sessions, somebody who objects meanwhile, a control."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from houvast.database import Connection, queries, run
from houvast.database.connect import DatabaseError, Notice, Notification, undo
from houvast.proof.attack import ADMINISTRATOR, FRESH, MARKS, OBJECTION, OTHER, Attack, Login, Must, Step
from houvast.proof.canary import CanaryRow
from houvast.proof.door import Door
from houvast.proof.fitting import ANSWER, Aim, fitted, hides_after_objecting
from houvast.proof.judge import MANY_REFUSED, Answer, answered
from houvast.proof.probe import NOT_SEEN, SEEN
from houvast.proof.refused import gather

_SQL = queries("houvast.proof", "canary.sql")
BY_RIGHT, UNDONE, NOTHING_THERE = "42501", "25P02", "42704"
AWAITED = 15.0
"""Seconds that a statement may wait for others."""
_BEGUN = 0.05  # by then a statement that runs meanwhile has reached what it waits for
_READ = Step("a", "SELECT @cell@ FROM @table@ WHERE @row@")
_SAME = {Must.ALIKE: "as for no row", Must.UNCHANGED: "not changed", Must.REFUSED: "refused"}
_LET = {Must.SHOWN: SEEN, Must.TOLD: "told", Must.ALLOWED: "allowed"}


@dataclass(frozen=True)
class Result:
    """What came of one attack by one login. `expected` equals `seen` when it came to nothing."""

    attack: Attack
    aim: Aim
    sql: str
    expected: str
    seen: str
    control: str = SEEN
    """What came of the control; there is one only for a login that has a use open."""


@dataclass
class _Run:
    """The answers of one run, in order; those that count for what was shown."""

    answers: list[Answer] = field(default_factory=list[Answer])
    last: Answer = field(default_factory=Answer)
    answer: Answer = field(default_factory=Answer)  # the last one that had rows

    def tells(self, row: CanaryRow) -> bool:
        """Whether any answer holds the row's value."""
        marked = re.compile(re.escape(row.marker) + r"(?!\d)")
        return any(marked.search(text) for one in self.answers for text in _texts(one))


def concerns(attack: Attack, aim: Aim) -> bool:
    """Not where a purpose goes on seeing somebody who objects, or where there is no other login."""
    if aim.kind not in attack.logins or (attack.objects and not hides_after_objecting(aim.target)):
        return False
    return bool(aim.another) or all(step.session != OTHER for step in attack.steps)


def _texts(answer: Answer) -> list[str]:
    return [answer.words, *(str(value) for row in answer.rows for value in row)]


class Attacker:
    """Makes attacks one after the other. `pooled`: every session is a new one, and nothing is discarded before."""

    def __init__(self, door: Door, administrator: Connection, *, pooled: bool = False) -> None:
        self.door = door
        self.administrator = administrator
        self.pooled = pooled
        self.sessions: dict[tuple[str, str], Connection] = {}
        self.open: dict[str, Connection] = {}
        self.waiting: dict[str, Future[Answer]] = {}
        self.threads = ThreadPoolExecutor(4)
        self.told: list[str] = []
        self.refused = 0
        self.objected = False

    def close(self) -> None:
        """Let others have the sessions."""
        self.threads.shutdown()
        for (login, _), connection in self.sessions.items():
            connection.remove_notice_handler(self._notice)
            connection.remove_notify_handler(self._notify)
            self.door.give(login, connection)

    def _notice(self, said: Notice) -> None:
        self.told.append(f"{said.message_primary} {said.message_detail}")

    def _notify(self, said: Notification) -> None:
        self.told.append(said.payload)

    def attack(self, attack: Attack, aim: Aim) -> Result | None:
        """Make one attack; None when it says nothing of this login."""
        if not concerns(attack, aim):
            return None
        row = aim.target.seen if attack.later else aim.attacked
        with self._prepared(attack, aim, row):
            found = self._run(attack.steps, aim, row)
            other = self._run(attack.steps, aim, None) if attack.must in (Must.ALIKE, Must.TOLD) else found
            control = self._control(attack, aim) if aim.kind is Login.USE else SEEN
        self._take_refusals()
        text = "; ".join(fitted(step.text, aim, row) or f"-- {step.session}" for step in attack.steps)
        seen = _seen(attack, aim, row, found, other)
        return Result(attack, aim, text, _LET.get(attack.must) or _SAME.get(attack.must, NOT_SEEN), seen, control)

    @contextmanager
    def _prepared(self, attack: Attack, aim: Aim, row: CanaryRow) -> Generator[None]:
        for text in attack.prepare:
            run(self.administrator, fitted(text, aim, row))
        try:
            yield
        finally:
            for text in attack.clean:
                gone = answered(self.administrator, fitted(text, aim, row))
                if gone.sqlstate not in ("", NOTHING_THERE):
                    raise AssertionError(f"{attack.file} leaves something: {gone.sqlstate}")

    def _control(self, attack: Attack, aim: Aim) -> str:
        """Whether the row that this login may see shows, by the same statements or by those of the control."""
        steps = attack.control or (_READ,)
        if attack.same:
            steps = tuple(step for step in attack.steps if step.session not in MARKS)
        found = self._run(steps, aim, aim.target.seen)
        return SEEN if found.tells(aim.target.seen) else f"not seen: {found.last.sqlstate or 'nothing'}"

    def _run(self, steps: Sequence[Step], aim: Aim, row: CanaryRow | None) -> _Run:
        done = _Run()
        try:
            for step in steps:
                if step.session in MARKS:
                    done.answers.clear()
                answer = self._step(step, aim, _answering(fitted(step.text, aim, row), done.answer))
                if answer is not None:
                    done.last, done.answer = answer, answer if answer.rows else done.answer
                    done.answers += [answer] if step.session != ADMINISTRATOR else []
            for name in tuple(self.waiting):
                done.last = self._awaited(name)
                done.answers.append(done.last)
        finally:
            self._leave(aim)
        done.answers.append(Answer(words=" ".join(self.told)))
        return done

    def _step(self, step: Step, aim: Aim, text: str) -> Answer | None:
        if step.session in MARKS:
            if step.session == OBJECTION:
                self._object(aim)
            return None
        if step.session in self.waiting:
            self._awaited(step.session)
        if not step.text:
            self.open.pop(step.session).close()
            return None
        if step.session == ADMINISTRATOR:
            return answered(self.administrator, text)
        connection = self._session(step.session, aim)
        if step.meanwhile:
            self.waiting[step.session] = self.threads.submit(answered, connection, text)
            time.sleep(_BEGUN)
            return None
        found = answered(connection, text)
        self.refused += found.sqlstate == BY_RIGHT
        return found

    def _awaited(self, name: str) -> Answer:
        return self.waiting.pop(name).result(AWAITED)

    def _session(self, name: str, aim: Aim) -> Connection:
        """The session of this name, ready to attack."""
        if name not in self.open:
            login = aim.login if name != OTHER else aim.another
            self.open[name] = self._connected(login, name)
            for text in aim.entering if name not in (FRESH, OTHER) else ():
                answered(self.open[name], text)
        return self.open[name]

    def _connected(self, login: str, name: str) -> Connection:
        known = self.sessions.pop((login, name), None)
        if known is not None and not known.closed:
            undo(known)
            run(known, "DISCARD ALL")
        else:
            known = self.door.connect_as(login) if self.pooled else self.door.take(login)
            known.add_notice_handler(self._notice)
            known.add_notify_handler(self._notify)
        self.told.clear()
        self.sessions[login, name] = known
        return known

    def _object(self, aim: Aim) -> None:
        person = aim.target.seen.row.people[0]
        self.objected = True
        self.administrator.execute(_SQL["stand"], (*person.key, "restricted", ""))

    def _leave(self, aim: Aim) -> None:
        """End what is left open, and let the person say yes again."""
        for name in tuple(self.waiting):
            self._awaited(name)
        for connection in self.open.values():
            if not connection.closed:
                with suppress(DatabaseError):  # an attack may have ended it
                    undo(connection)
            if self.pooled and not connection.closed:
                answered(connection, "DISCARD ALL")
                connection.close()
        self.open.clear()
        with suppress(DatabaseError):
            undo(self.administrator)
        for person in aim.target.seen.row.people if self.objected else ():
            self.administrator.execute(_SQL["unsaid"], (*person.key, "restricted"))
        self.objected = False

    def _take_refusals(self) -> None:
        """The database remembers 64 refused calls; they are taken before that many."""
        if self.refused >= MANY_REFUSED:
            gather(self.administrator)
            self.refused = 0


def _seen(attack: Attack, aim: Aim, row: CanaryRow, found: _Run, other: _Run) -> str:
    """What came of it, in words that hold no personal data."""
    if attack.must is Must.SHOWN:
        return SEEN if found.tells(row) else NOT_SEEN
    if found.tells(row):
        return SEEN
    fine = {*attack.refusals, BY_RIGHT, UNDONE, ""}
    strange = [one.sqlstate for one in (*found.answers, found.last) if one.sqlstate not in fine]
    if strange:
        return f"error: {strange[0]}"
    alike = (found.last.sqlstate, found.last.rows, found.last.count) == (
        other.last.sqlstate,
        other.last.rows,
        other.last.count,
    )
    state = found.last.sqlstate
    if attack.must in (Must.ALIKE, Must.TOLD):
        return _SAME[Must.ALIKE] if alike else _LET[Must.TOLD]
    if attack.must is Must.UNCHANGED:
        return _SAME[Must.UNCHANGED] if state or found.last.count <= 0 else "changed"
    if attack.must in (Must.REFUSED, Must.ALLOWED):
        wanted = {*attack.refusals, UNDONE, BY_RIGHT if aim.kind is not Login.USE else UNDONE}
        return _LET[Must.ALLOWED] if not state else _SAME[Must.REFUSED] if state in wanted else f"error: {state}"
    return NOT_SEEN


def _answering(text: str, last: Answer) -> str:
    """The statement with what the one before answered, where it asks for that."""
    value = str(last.rows[0][0]) if last.rows else ""
    return text.replace(ANSWER, value if re.fullmatch(r"[\w:-]+", value) else "nothing")
