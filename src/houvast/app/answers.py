"""What services answer later, by signed messages: the pages take them in, and here their signatures are checked."""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, cast
from uuid import UUID

from houvast.app import steps
from houvast.app.recording import said
from houvast.app.target import Target
from houvast.database import Connection
from houvast.errors import HouvastError
from houvast.systems import Systems, store
from houvast.systems.connector import Counts, Unfit, found
from houvast.systems.service import counts_in
from houvast.systems.signing import NotSigned, check
from houvast.systems.store import Hook, Task


def take_in(target: Target, connection: Connection) -> int:
    """Look at every message that waits; how many steps are done by them. A message counts once, whatever it says."""
    done = 0
    store.forget_hooks(connection)
    for hook in store.hooks(connection):
        with suppress(HouvastError):  # a message that is not understood is none: the step waits on
            try:
                counts, token = _read(target.project.systems, hook)
            except NotSigned:  # anybody can send such a one: it takes no number away from whom it says it is from
                store.refused(connection, hook)
                continue
            task = store.answered(connection, hook.system, token)
            if task is not None:
                try:
                    done += _finish(target.project.systems, connection, task, counts)
                finally:
                    store.let(connection, task.number)
        store.taken(connection, hook)
    return done


def _finish(systems: Systems, connection: Connection, task: Task, counts: Counts) -> bool:
    try:
        return steps.look(connection, systems, task, counts, lambda _what: None)
    except HouvastError as error:
        store.later(connection, task.number, said(error), None)
        return False


def _read(systems: Systems, hook: Hook) -> tuple[Counts, UUID]:
    """The counts in a message, and the step that it answers. Raises NotSigned, Unfit."""
    named = systems.systems.get(hook.system) or systems.recipients.get(hook.system)
    if named is None:
        raise Unfit("Nobody knows who sent this.")
    body = hook.body.encode()
    check(found(named.sign, hook.system), hook.number, str(hook.sent_at), hook.signature, body,
          datetime.fromtimestamp(hook.sent_at, UTC))  # fmt: skip  # how old it may be was checked when it came in
    try:
        said_ = cast("dict[str, Any]", json.loads(body))
        token = UUID(str(said_["step"]))
        counts = counts_in(said_)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        counts, token = None, UUID(int=0)
    if counts is None:
        raise Unfit("A message says nothing that is understood.")
    return counts, token
