"""The register of uses and the log say the same, entry by entry: neither can be changed without the other telling."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from houvast.database import Connection, queries
from houvast.database.connect import DatabaseError
from houvast.evidence.checkpoint import Checkpoint
from houvast.evidence.entry import opening, seal
from houvast.evidence.kinds import SUBJECT
from houvast.evidence.rows import last_checkpoints, leaves
from houvast.evidence.tree import leaf_hash, root
from houvast.proof.attempts.uses import targets
from houvast.proof.door import Door
from houvast.proof.field import Field
from houvast.proof.report import Attempt

SORT = "register"
_SQL = queries("houvast.proof", "register.sql")
_WHO = "administrator"
_NONE, _TOLD, _UNTOLD = "none", "told once", "not told"


def register(connection: Connection, door: Door, field: Field) -> Iterator[Attempt]:
    """Every such attempt: that uses are told, that register and log are equal, and that the log is the signed one."""
    yield from _opened(connection, door, field)
    with connection.transaction():
        connection.execute(_SQL["snapshot"])
        yield from compared(connection)


def compared(connection: Connection) -> Iterator[Attempt]:
    """The register against the log, and the log against what was signed."""
    row = connection.execute(_SQL["before"]).fetchone()
    left_out = f" ({row[0]} of before the log began are not asked)" if row and row[0] else ""
    for what, count in connection.execute(_SQL["compare"]).fetchall():
        yield _attempt(f"in register and log there are no {what}{left_out}", _NONE, str(count) if count else _NONE)
    wrong = sum(1 for _ in _differing(connection))
    said = "no entry about a use was sealed with anything but what the register says"
    yield _attempt(said, _NONE, str(wrong) if wrong else _NONE)
    yield from _signed(connection)


def _attempt(
    name: str, expected: str, seen: str, *, login: str = _WHO, said: str = "", control: bool = False
) -> Attempt:
    return Attempt(name, login, said, control, expected, seen, SORT)


def _opened(connection: Connection, door: Door, field: Field) -> Iterator[Attempt]:
    """Whether a use that a login opens is told, and one that it takes back is not."""
    login, _, opened = next(targets(field), ("", None, None))
    if opened is None:
        return
    for undone in (False, True):
        words, said = ("is told in the log", opened.sql()) if not undone else (
            "and takes back is not told", f"BEGIN; {opened.sql()}; ROLLBACK")  # fmt: skip
        expected = _UNTOLD if undone else _TOLD
        seen = _told(connection, door, login, opened.sql(), undone=undone)
        yield _attempt(f"a use that {login} opens {words}", expected, seen, login=login, said=said, control=not undone)


def _told(connection: Connection, door: Door, login: str, statement: str, *, undone: bool) -> str:
    try:
        with door.session(login) as session, session.transaction(force_rollback=undone):
            row = session.execute(statement.encode()).fetchone()
    except DatabaseError as error:
        return f"error: {error.sqlstate}"
    found = connection.execute(_SQL["told"], {"use": row[0] if row else 0}).fetchone()
    return {0: _UNTOLD, 1: _TOLD}.get(found[0] if found else 0, "told more than once")


def _differing(connection: Connection) -> Iterator[int]:
    """The entries that were sealed with something else than the register says."""
    index = 0
    while found := connection.execute(_SQL["sealed"], (index,)).fetchall():
        for number, leaf, _, secret, subject, says in found:
            if not _is_sealed_with(json.loads(leaf), secret, {**says, **({SUBJECT: subject} if subject else {})}):
                yield number
        index = found[-1][0] + 1


def _is_sealed_with(entry: Mapping[str, Any], secret: bytes | None, says: Mapping[str, object]) -> bool:
    if secret is None or entry["sealed"].keys() != says.keys():
        return False
    nonce = entry["nonce"]
    return all(
        seal(opening(bytes(secret), nonce, name), value) == entry["sealed"][name] for name, value in says.items()
    )


def _signed(connection: Connection) -> Iterator[Attempt]:
    """Whether the entries in the database are those of the checkpoint that was signed last; not asked before the first."""
    for signed in last_checkpoints(connection)[:1]:
        found = root([leaf_hash(leaf) for leaf in leaves(connection, 0, signed.size)])
        noted = Checkpoint.parse(signed.note.partition("\n\n")[0] + "\n")
        same = found == signed.root == noted.root and signed.size == noted.size
        yield _attempt(
            "the entries give the root of the tree that was signed last", "they do", "they do" if same else "another"
        )
