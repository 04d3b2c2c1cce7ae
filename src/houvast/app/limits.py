"""Alarms about logins that opened nearly as much as the policy allows, or more. The database counts and refuses."""

from __future__ import annotations

from houvast.app import desk
from houvast.database import Connection, queries

ALARM = "limit"
_SQL = queries("houvast.app", "limits.sql")
_COUNTED = {"people": "mensen", "uses": "keer"}
_WITHIN = {"hour": "een uur", "day": "een dag", "week": "een week"}


def follow(connection: Connection) -> None:
    """An alarm for each of them, which is settled when so much is no longer within the time of the limit."""
    if not desk.exists(connection) or connection.execute(_SQL["there"]).fetchone() != (True,):
        return
    near = connection.execute(_SQL["near"]).fetchall()
    for login, purpose, promise, counts, count, most, per in near:
        desk.raise_alarm(connection, ALARM, f"{login} {purpose}", {
            "nl": f"Login {login} opende doel {purpose} binnen {_WITHIN[per]} voor {count} van de {most}"
                  f" {_COUNTED[counts]} die mogen. Kijk in het logboek of dat klopt.",
            "en": f"Login {login} opened purpose {purpose} within one {per} for {count} of the {most} {counts}"
                  " that are allowed. See in the log whether that is right.",
        }, promise)  # fmt: skip
    desk.settle(connection, ALARM, {f"{login} {purpose}" for login, purpose, *_ in near})
