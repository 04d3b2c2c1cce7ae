"""A service that is asked over HTTP, by signed messages; and recipients that are told so. Only addresses of systems.yaml."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, cast

from houvast.evidence.posting import FAILURES, post, why
from houvast.systems.addresses import wrong_with
from houvast.systems.connector import Away, Change, Counts, Needles, Part, Remains, Unfit
from houvast.systems.model import System
from houvast.systems.signing import NotSigned, headers
from houvast.systems.store import Task

PATIENCE = 30.0
"""Seconds that a service may take for each step of its answer."""
MOST = 50 << 20
"""Bytes of what a service tells of one person, at most."""
LATER = 202


class Service:
    """The way to one service. `token`: of the step; the service gives it back when it calls."""

    def __init__(self, system: System, url: str, secret: str, token: str) -> None:
        self.system, self.url, self.secret, self.token = system, url, secret, token
        self.of = f"system `{system.name}`"

    def look(self) -> None:
        self._ask("ping", {})

    def read(self, needles: Needles) -> Iterator[Part]:
        answer = self._ask("access", _person(needles))
        tables = answer.get("tables") if answer else None
        if not isinstance(tables, dict):
            raise Unfit(f"{self.of.capitalize()} did not tell what it holds.", todo="docs/systems.md says how.")
        for name, rows in cast("dict[str, object]", tables).items():
            yield _part(name, rows, self.system)

    def erase(self, needles: Needles) -> Counts | None:
        return _counts(self._ask("erasure", _person(needles)))

    def correct(self, needles: Needles, change: Change) -> Counts | None:
        return _counts(self._ask("rectification", {**_person(needles), "change": _change(change)}))

    def remaining(self, needles: Needles) -> Remains:
        answer = self._ask("search", _person(needles))
        left = answer.get("remains") if answer else None
        if type(left) is not int or left < 0:
            raise Unfit(f"{self.of.capitalize()} did not say what remains.", todo="docs/systems.md says how.")
        return Remains({self.system.name: left} if left else {})

    def _ask(self, what: str, about: Mapping[str, object]) -> dict[str, Any] | None:
        return asked(self.url, self.secret, self.of, self.token, what, about)


def asked(url: str, secret: str, of: str, token: str, what: str, about: Mapping[str, object]) -> dict[str, Any] | None:
    """What a service answers to a message; None: it answers later. Raises Away, Unfit."""
    wrong = wrong_with(url)
    if wrong:
        raise Unfit(f"The address of {of} may not be asked: {wrong}.", todo="Correct systems.yaml.")
    body = json.dumps({"type": f"person.{what}", "step": token, **about}, ensure_ascii=False).encode()
    try:
        signed = headers(secret, f"{token or 'ping'}.{what}", datetime.now(UTC), body)
        status, answer = post(url, body, "application/json", PATIENCE, signed, MOST)
    except NotSigned as error:
        raise Unfit(f"{of.capitalize()} cannot be asked: its secret is none.", todo=error.todo) from None
    except FAILURES as error:
        raise Away(f"{of.capitalize()} does not answer: {why(error)}.") from None
    if status == LATER:
        return None
    if status == 429 or status >= 500:
        raise Away(f"{of.capitalize()} cannot do it now (HTTP {status}).")
    if not 200 <= status < 300:
        raise Unfit(f"{of.capitalize()} refuses (HTTP {status}).", todo="Redirects are not followed; see its log.")
    try:
        found: object = json.loads(answer or b"{}")
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unfit(f"The answer of {of} is no JSON object.", todo="docs/systems.md says how.")
    return cast("dict[str, Any]", found)


def told(url: str, secret: str, of: str, task: Task) -> Counts | None:
    """Tell a recipient; None: it says later that it did it. Raises Away, Unfit."""
    about = _person(task.needles) | ({"change": _change(task.change)} if task.change else {})
    return None if asked(url, secret, of, str(task.token), task.what, about) is None else Counts(0, 0)


def counts_in(answer: Mapping[str, Any]) -> Counts | None:
    """The counts in an answer; None when they are none."""
    numbers = [answer.get(name, 0) for name in ("found", "changed", "kept")]
    return Counts(*numbers) if all(type(one) is int and 0 <= one < 1 << 62 for one in numbers) else None


def _counts(answer: dict[str, Any] | None) -> Counts | None:
    if answer is None:
        return None
    found = counts_in(answer)
    if found is None:
        raise Unfit("A service answered with counts that are none.", todo="docs/systems.md says how.")
    return found


def _person(needles: Needles) -> dict[str, object]:
    return {"person": ":".join(needles.person), "identifiers": {sort: list(v) for sort, v in needles.values.items()}}


def _change(change: Change) -> dict[str, str]:
    return {"category": change.category, "old": change.old, "new": change.new}


def _part(name: str, rows: object, system: System) -> Part:
    items = cast("list[object]", rows) if isinstance(rows, list) else None
    if items is None or not all(isinstance(row, dict) for row in items):
        raise Unfit(f"System `{system.name}` did not tell rows of `{name}`.", todo="docs/systems.md says how.")
    found = cast("list[dict[str, object]]", items)
    columns = tuple(dict.fromkeys(column for row in found for column in row))
    cells = tuple(tuple(None if row.get(c) is None else str(row[c]) for c in columns) for row in found)
    return Part(name, columns, tuple(system.holds[0] for _ in columns), cells)
