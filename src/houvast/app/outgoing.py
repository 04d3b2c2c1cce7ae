"""Mail to people: what waits in the database is sent, to the address on file at that moment.

Each piece is taken, sent and written down in a transaction of its own, so that two workers never send the same; killed
between sending and writing down, it is sent again under the same Message-ID, by which mail systems keep one. What was
sent, and what is not to be sent, loses its address and its content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Any

from houvast.app.mailing import Letter, MailFailed, send
from houvast.app.settings import Mail
from houvast.database import Connection, queries

_SQL = queries("houvast.app", "outgoing.sql")


@dataclass(frozen=True)
class Sender:
    """How mail to people is sent. `origin`: where the pages are. `name`, `contact`: of the organisation."""

    mail: Mail
    origin: str
    name: str
    contact: str


@dataclass(frozen=True)
class Posted:
    """How many pieces were sent, and how many were dropped: blanks, too late, nowhere to send them to."""

    sent: int = 0
    dropped: int = 0


def there(connection: Connection) -> bool:
    """Whether a policy is kept here that queues mail to people."""
    row = connection.execute(_SQL["there"]).fetchone()
    return bool(row and row[0])


def waits(connection: Connection) -> bool:
    """Whether mail waits to be sent."""
    row = connection.execute(_SQL["waits"]).fetchone()
    return bool(row and row[0])


def stuck(connection: Connection) -> int:
    """How many pieces wait for more than five minutes."""
    row = connection.execute(_SQL["stuck"]).fetchone()
    return int(row[0]) if row else 0


def sweep(connection: Connection) -> None:
    """Take away checks and sessions of people that have ended."""
    connection.execute(_SQL["sweep"])


def take_agents(connection: Connection) -> int:
    """Look whose the requests of agents are, and have those people asked; how many were looked at."""
    row = connection.execute(_SQL["take_agents"]).fetchone()
    return int(row[0]) if row else 0


def post(connection: Connection, sender: Sender) -> Posted:
    """Send everything that waits. What the mail server refuses waits longer, and what comes after it goes on.

    Raises MailFailed, without an address, when nothing could be sent at all.
    """
    sent = dropped = 0
    refused: list[object] = []
    trouble: MailFailed | None = None
    while True:
        with connection.transaction():
            row = connection.execute(_SQL["next"], (refused,)).fetchone()
            if row is None:
                break
            number, address, template, language, values, blank, late = row
            why = "blank" if blank else "late" if late else "" if address else "no address"
            if why:
                connection.execute(_SQL["dropped"], (why, number))
                dropped += 1
                continue
            try:
                letter = TEMPLATES[template](str(number), language, values, sender)
                send(replace(sender.mail, to=(address,)), [letter])
            except MailFailed as error:
                trouble = error
                refused.append(number)
                connection.execute(_SQL["failed"], (number,))
                if len(refused) > _PATIENCE:
                    break
                continue
            connection.execute(_SQL["sent"], (number,))
            sent += 1
    if trouble and not sent:
        raise trouble
    return Posted(sent, dropped)


_PATIENCE = 3
"""How many pieces may be refused before the mail server is left alone for a while."""


def _filled(template: str, language: str, number: str, values: Mapping[str, str]) -> Letter:
    """A text of ours: its first line is the subject."""
    text = files("houvast.app").joinpath("mails", f"{template}.{language}.txt").read_text(encoding="utf-8")
    subject, _, body = text.format_map(values).partition("\n\n")
    return Letter(number, subject, body)


def _code(number: str, language: str, values: Mapping[str, str], sender: Sender) -> Letter:
    link = _link(sender, language, f"stop/{values['stop']}")
    return _filled("code", language, number, {"name": sender.name, "code": values["code"], "link": link})


def _changed(number: str, language: str, _values: Mapping[str, str], sender: Sender) -> Letter:
    return _filled("contact_changed", language, number, {"name": sender.name, "contact": sender.contact})


def _received(number: str, language: str, _values: Mapping[str, str], sender: Sender) -> Letter:
    return _filled("mail_received", language, number, {"name": sender.name, "contact": sender.contact})


def _received_both(number: str, _language: str, _values: Mapping[str, str], sender: Sender) -> Letter:
    return _filled("mail_received_both", "en", number, {"name": sender.name, "contact": sender.contact})


def _mandate(number: str, language: str, values: Mapping[str, str], sender: Sender) -> Letter:
    link = _link(sender, language, f"mandate/{values['token']}")
    return _filled("mandate", language, number, {"name": sender.name, "link": link})


def _passkey(number: str, language: str, _values: Mapping[str, str], sender: Sender) -> Letter:
    values = {"name": sender.name, "contact": sender.contact, "link": _link(sender, language, "passkeys")}
    return _filled("passkey", language, number, values)


def _oidc(number: str, language: str, values: Mapping[str, str], sender: Sender) -> Letter:
    link = _link(sender, language, "passkeys")
    return _filled("oidc", language, number, {"name": sender.name, "contact": sender.contact, "link": link, **values})


def _as_written(number: str, language: str, values: Mapping[str, str | None], sender: Sender) -> Letter:
    """With `reference` the letter ends with a link for who did not ask what it is about."""
    body, reference = values["body"] or "", values.get("reference")
    if reference:
        text = files("houvast.app").joinpath("mails", f"not_me.{language}.txt").read_text(encoding="utf-8")
        body = f"{body.rstrip()}\n\n{text.format_map({'link': _link(sender, language, f'not-me/{reference}')})}"
    return Letter(number, values["subject"] or "", body)


def _link(sender: Sender, language: str, path: str) -> str:
    return f"{sender.origin}/{'' if language == 'nl' else f'{language}/'}me/{path}/"


TEMPLATES: Mapping[str, Callable[[str, str, dict[str, Any], Sender], Letter]] = {
    "code": _code,
    "contact_changed": _changed,
    "letter": _as_written,
    "mail_received": _received,
    "mail_received_both": _received_both,
    "mandate": _mandate,
    "oidc": _oidc,
    "passkey": _passkey,
}
"""What can be queued: `code` ({code, stop}), `contact_changed` ({}), `letter` ({subject, body}, perhaps {reference}),
that a mail came in (`mail_received`, or `mail_received_both` in both languages; {}), `mandate` ({token}),
`oidc` ({site}), `passkey` ({})."""
