"""The log in the database: closed to everybody, and closed to what is of no kind."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from houvast.database import Connection, connect
from houvast.errors import HouvastError
from houvast.evidence import rows
from houvast.evidence.kinds import KINDS
from tests.compiler.asking import Refused, value
from tests.compiler.asking import rows as ask
from tests.compiler.small import SUPPORT
from tests.evidence.test_kinds import WRONG, a_body

Unlike = psycopg.errors.CheckViolation


def _insert(admin: Connection, kind: str, body: Any, sealed: Any = None, person: str | None = None) -> None:
    """Write past every function, as only the keeper can."""
    ask(admin, "INSERT INTO houvast.event (kind, body, sealed, subject_kind, subject_key) VALUES (%s, %s, %s, %s, %s)",
        kind, json.dumps(body), json.dumps(sealed or {}), person and "customer", person)  # fmt: skip


@pytest.mark.parametrize("name", KINDS)
def test_the_database_takes_a_kind_with_its_fields_and_nothing_else(admin: Connection, name: str) -> None:
    one, body = KINDS[name], a_body(name)
    _insert(admin, name, body, dict.fromkeys(one.sealed or {}, "x"), "4711" if one.person else None)
    wrong: list[tuple[Any, Any]] = [
        ({**body, "email": "x"}, {}),
        (body, {"email": "x"}),
        ([], {}),
        (None, {}),
        (body, []),
    ]
    wrong += [({k: v for k, v in body.items() if k != field.name}, {}) for field in one.body]
    wrong += [({**body, f.name: bad}, {}) for f in one.body for bad in WRONG[f.sort]]
    for other, sealed in wrong:
        with pytest.raises((Unlike, psycopg.errors.InvalidParameterValue)):
            ask(admin, "INSERT INTO houvast.event (kind, body, sealed) VALUES (%s, %s, %s)",
                name, json.dumps(other), json.dumps(sealed))  # fmt: skip
    if not one.person:
        with pytest.raises(Unlike):
            _insert(admin, name, body, person="4711")
    assert value(admin, "SELECT count(*) FROM houvast.event") == 1


def test_a_kind_that_is_not_registered_cannot_be_written(admin: Connection) -> None:
    with pytest.raises(Unlike):
        _insert(admin, "door_opened", {})
    with pytest.raises(HouvastError, match="no kind of entry"):
        rows.tell(admin, "door_opened", {})


@pytest.mark.parametrize("promise", ["C02 ", "'", "x" * 41, "2"])
def test_a_promise_that_is_none_cannot_be_written(admin: Connection, promise: str) -> None:
    with pytest.raises(Unlike):
        rows.tell(admin, "drift_mended", {}, promise=promise)


def test_what_is_told_is_gone_with_its_transaction(admin: Connection) -> None:
    with admin.transaction(force_rollback=True):
        rows.tell(admin, "drift_mended", {})
    assert rows.standing(admin).waiting == 0
    rows.tell(admin, "use_closed", {"purpose": "answer", "login": SUPPORT}, sealed={"use": 4}, person=("customer", "1"))
    (event,) = rows.waiting(admin, 5)
    assert (event.kind, event.sealed, event.person) == ("use_closed", {"use": 4}, ("customer", "1"))


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM houvast.event", "SELECT * FROM houvast.entry", "SELECT * FROM houvast.secret",
        "SELECT * FROM houvast.checkpoint", "INSERT INTO houvast.event (kind, body) VALUES ('drift_mended', '{}')",
        "DELETE FROM houvast.event", "UPDATE houvast.entry SET leaf = ''", "TRUNCATE houvast.secret",
        "SELECT houvast.tell('drift_mended', '', '{}')", "SELECT houvast.tell_sign_in('officer', 'passkey')",
    ],
)  # fmt: skip
def test_an_application_neither_reads_nor_writes_the_log(url: str, statement: str) -> None:
    with connect(f"{url}&user={SUPPORT}") as application, pytest.raises(Refused):
        ask(application, statement)
