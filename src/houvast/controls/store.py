"""The only SQL about the register: the controls, what was found of them, and how they stand."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence

from houvast.controls.model import Control, Found, Standing
from houvast.database import Connection, queries
from houvast.database.refusing import refused
from houvast.evidence import rows

_SQL = queries("houvast.controls", "controls.sql")


def there(connection: Connection) -> bool:
    """Whether a register is kept in this database."""
    return connection.execute(_SQL["there"]).fetchone() == (True,)


def register(connection: Connection, controls: Sequence[Control]) -> bool:
    """Let the database know the controls of the file, as an administrator; whether anything changed, which is told."""
    with connection.transaction():
        values = {"controls": json.dumps([one.to_json() for one in controls])}
        if connection.execute(_SQL["register"], values).fetchone() != (True,):
            return False
        known = json.dumps(registered(connection), sort_keys=True, ensure_ascii=False)
        body = {"controls": len(controls), "register_sha256": hashlib.sha256(known.encode()).hexdigest()}
        rows.tell(connection, "controls_registered", body, promise="C36")
    return True


def begun(connection: Connection) -> bool:
    """Whether a control was ever registered here."""
    return there(connection) and connection.execute(_SQL["begun"]).fetchone() == (True,)


def registered(connection: Connection) -> list[dict[str, object]]:
    """The controls that the database knows, by name, as `Control.to_json` has them."""
    return [row[0] for row in connection.execute(_SQL["registered"]).fetchall()]


def standings(connection: Connection) -> tuple[Standing, ...]:
    """How each control stands now, red ones first."""
    return tuple(
        Standing(
            Control(row[0], row[1], row[2], row[3], row[4], row[5], {"nl": row[6], "en": row[7]}),
            row[8],
            row[9],
            row[10],
            row[11],
            tuple(Found(*one) for one in row[12]),
            row[13],
            row[14],
            row[15],
        )
        for row in connection.execute(_SQL["standings"]).fetchall()
    )


def record(connection: Connection, control: str, found: Sequence[Found]) -> None:
    """Write down what a measure found, as an administrator."""
    values = {"control": control, "found": json.dumps([[one.code, one.about] for one in found])}
    connection.execute(_SQL["record"], values)


def attest(connection: Connection, control: str, *, by: str, code: str, passed: bool, note: str) -> None:
    """One of the staff says how a control stands, with a code that serves once. Raises DatabaseRefusal."""
    values = {"control": control, "by": by, "code": code, "passed": passed, "note": note}
    with refused():
        connection.execute(_SQL["attest"], values)
