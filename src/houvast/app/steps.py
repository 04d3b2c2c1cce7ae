"""What other systems do for a request: each step is tried, looked at afterwards, and tried again until it is done."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from houvast.app.places import home
from houvast.app.recording import said
from houvast.app.target import Target
from houvast.app.telling import tell_recipient
from houvast.database import Connection, DatabaseError
from houvast.errors import HouvastError
from houvast.systems import Away, Systems, Unfit, connector, store
from houvast.systems.connector import Counts, Remains
from houvast.systems.model import RIGHTS, System
from houvast.systems.store import Task

Pause = Callable[[str], None]
"""Told what is done next, in one word and a system; an exception that it raises ends everything there."""


@dataclass(frozen=True)
class Worked:
    """How many steps were done, and how many are tried again later."""

    done: int = 0
    later: int = 0


def work(target: Target, request: int | None = None, pause: Pause | None = None) -> Worked:
    """Do every step that can be tried now, of one request or of all. What fails is tried again, and is not raised."""
    tell = pause or _say_nothing
    with target.session() as connection:
        if not store.there(connection):
            return Worked()
        systems = target.project.systems
        done = later = 0
        for number in store.due(connection, request):
            task = store.begin(connection, number)
            if task is None:
                continue
            try:
                if do(target, connection, systems, task, tell):
                    done += 1
                else:
                    later += 1
            finally:
                with suppress(DatabaseError):  # a lost connection has given it free
                    store.let(connection, number)
    return Worked(done, later)


def _say_nothing(_what: str) -> None:
    """Nobody watches."""


def do(target: Target, connection: Connection, systems: Systems, task: Task, tell: Pause) -> bool:
    """Do one step that was begun; whether it is done. What fails is written down without a word about the person."""
    try:
        if task.system in systems.recipients:
            counts = tell_recipient(target, systems.recipients[task.system], task)
        elif task.system in systems.systems:
            tell(f"work {task.system}")
            counts = _worked(systems.systems[task.system], task)
        else:
            raise Unfit(f"systems.yaml does not name `{task.system}`.", todo="Put it back until this is done.")
        if counts is None:
            store.asked(connection, task.number)
            return False
        tell(f"look {task.system}")
        return look(connection, systems, task, counts, tell)
    except HouvastError as error:
        store.later(connection, task.number, said(error), None)
    return False


def _worked(system: System, task: Task) -> Counts | None:
    way = connector(system, home(), str(task.token))
    if task.what == "erasure":
        return way.erase(task.needles)
    if task.what == "rectification" and task.change is not None:
        return way.correct(task.needles, task.change)
    if task.what in RIGHTS[3:]:
        return None if system.sort == "service" else Counts(0, 0)
    return Counts(0, 0)


def look(connection: Connection, systems: Systems, task: Task, counts: Counts, tell: Pause) -> bool:
    """See whether a step did what it should; whether it is done. Raises Away, Unfit."""
    system = systems.systems.get(task.system)
    if system is not None and task.what == "erasure":
        left = connector(system, home(), str(task.token)).remaining(task.needles)
        if left.count or left.unread:
            store.later(connection, task.number, _where(system, left), counts, left)
            return False
    tell(f"done {task.system}")
    store.done(connection, task.number, counts)
    return True


def _where(system: System, left: Remains) -> str:
    """What stands in the way, in words that name no file: people are in such names."""
    if not left.count:
        return f"{len(left.unread)} files could not be searched: houvast person trace names them"
    where = f"{left.count} files" if system.sort == "files" else ", ".join(sorted(left.places))
    return f"still there: {where}"[:200]


__all__ = ["Away", "Worked", "do", "look", "work"]
