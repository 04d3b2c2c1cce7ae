"""Alarms about clocks: requests that are due within five days or late, breaches whose hours run out; and about an hour
in which so many codes were asked that everybody gets fewer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from houvast.app import desk
from houvast.cases import Breach, Case, inbox, store
from houvast.database import Connection, queries

MANY = 1000
"""From how many codes an hour on everybody gets fewer, as `houvast.count_asking` has it."""
REQUEST, BREACH, MAIL = "request due", "breach due", "mail waits"
DENIED, CODES = "request denied", "codes asked"
"""Kinds of alarms."""
DAYS, HOURS = 5, 24
"""How long before its end a clock raises its alarm."""
LOOKED = 3
"""Within how many days somebody looks at a mail that came in."""
Text = Mapping[str, str]
_SQL = queries("houvast.app", "outgoing.sql")


def watch(connection: Connection, looked: int = LOOKED) -> int:
    """Raise an alarm for each clock that runs out, settle those of what was answered; how many are new.

    `looked`: within how many days somebody looks at a mail that came in.

    An alarm that is open is not raised again; when its clock has run out, it is raised once more as late.
    """
    if not store.there(connection):
        return 0
    new = 0
    causes = (
        (REQUEST, _requests(connection)),
        (BREACH, _breaches(connection)),
        (MAIL, _mails(connection, looked)),
        (DENIED, _denied(connection)),
        (CODES, _codes(connection)),
    )
    for kind, found in ((kind, dict(found)) for kind, found in causes):
        for key, (text, promise) in found.items():
            new += desk.raise_alarm(connection, kind, key, text, promise) is not None
        desk.settle(connection, kind, set(found))
    return new


def _codes(connection: Connection) -> Iterator[tuple[str, tuple[Text, str]]]:
    row = connection.execute(_SQL["codes_asked"]).fetchone()
    if row and row[0] > MANY:
        yield "hour", ({
            "nl": f"Dit uur zijn meer dan {MANY} codes gevraagd. Iedereen krijgt er nu minder, tot het volgende uur.",
            "en": f"More than {MANY} codes were asked this hour. Everybody gets fewer now, until the next hour.",
        }, "C35")  # fmt: skip


def _requests(connection: Connection) -> Iterator[tuple[str, tuple[Text, str]]]:
    for one in store.cases(connection):
        if one.days_left < 0:
            yield f"{one.number} late", (_late(one), "G18")
        elif one.days_left <= DAYS and one.paused_at is None:
            yield f"{one.number} soon", (_soon(one), "G18")


def _denied(connection: Connection) -> Iterator[tuple[str, tuple[Text, str]]]:
    for number, _ in store.denied(connection):
        yield str(number), ({
            "nl": f"Verzoek {number} is niet van de persoon om wie het gaat: die zegt het niet te hebben"
            " gedaan. Kijk wie het deed, en wat er al verstuurd is.",
            "en": f"Request {number} is not of the person it is about: they say that they did not make it. Look"
            " into who did, and what was sent already.",
        }, "C35")  # fmt: skip


def _soon(one: Case) -> Text:
    return {
        "nl": f"Verzoek {one.number} moet uiterlijk {one.due_on:%d-%m-%Y} antwoord krijgen.",
        "en": f"Request {one.number} must get an answer by {one.due_on}.",
    }


def _late(one: Case) -> Text:
    return {
        "nl": f"Verzoek {one.number} is te laat: de laatste dag was {one.due_on:%d-%m-%Y}.",
        "en": f"Request {one.number} is late: its last day was {one.due_on}.",
    }


def _mails(connection: Connection, looked: int) -> Iterator[tuple[str, tuple[Text, str]]]:
    """One alarm for all that waits too long, and one when a last day is near or over."""
    if not inbox.there(connection):
        return
    now = datetime.now(UTC)
    waits = [one for one in inbox.mails(connection) if now - one.received_at > timedelta(days=looked)]
    if waits:
        first = waits[0]
        yield "unread", ({
            "nl": f"{len(waits)} mail naar het privacyadres wacht langer dan {looked} dagen tot iemand ernaar kijkt.",
            "en": f"{len(waits)} mail to the address for privacy waits for more than {looked} days.",
        }, "C32")  # fmt: skip
        if first.days_left <= DAYS:
            yield f"{first.number} due", ({
                "nl": f"Mail {first.number} moet uiterlijk {first.due_on:%d-%m-%Y} antwoord krijgen.",
                "en": f"Mail {first.number} must get an answer by {first.due_on}.",
            }, "G18")  # fmt: skip


def _breaches(connection: Connection) -> Iterator[tuple[str, tuple[Text, str]]]:
    for one in store.breaches(connection):
        if one.state == "open" and one.risk != "none" and one.hours_left <= HOURS:
            yield f"{one.number} {'late' if one.hours_left < 0 else 'soon'}", (_hours(one), "G14")


def _hours(one: Breach) -> Text:
    until = f"{one.report_by:%Y-%m-%d %H:%M %Z}"
    if one.hours_left < 0:
        return {
            "nl": f"Datalek {one.number} is niet op tijd gemeld: dat moest voor {until}.",
            "en": f"Breach {one.number} was not reported in time: that was due by {until}.",
        }
    return {
        "nl": f"Datalek {one.number} moet voor {until} gemeld zijn.",
        "en": f"Breach {one.number} must be reported by {until}.",
    }
