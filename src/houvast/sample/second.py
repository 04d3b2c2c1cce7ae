"""What else the sample company has: a newsletter in a database of its own, and a folder with mail of customers."""

from __future__ import annotations

import shutil
import sqlite3
from email.message import EmailMessage
from pathlib import Path

from houvast.database.connect import Connection, connect
from houvast.database.queries import queries

_SQL = queries("houvast.sample", "second.sql")
_SQLITE = queries("houvast.sample", "newsletter.sql")
LETTERS = (
    ("Vraag over mijn licentie", "Hallo,\n\nMijn licentie doet het niet meer. Kunt u kijken?\n\nGroeten,\n{name}\n"),
    ("Another address", "Dear Lakana,\n\nPlease use this address from now on: {email}.\n\nKind regards,\n{name}\n"),
    ("Bedankt", "Goedemiddag,\n\nHet werkt weer, bedankt voor de hulp.\n\n{name}\n"),
)


def create_second(conninfo: str, folder: Path) -> int:
    """Make both anew in a folder, about the first customers of the company at `conninfo`; how many.

    They appear whole: what a killed run left is made again.
    """
    folder.mkdir(parents=True, exist_ok=True)
    file, mails = folder / "newsletter.db", folder / "mails"
    new, letters = folder / ".newsletter.db", folder / ".mails"
    new.unlink(missing_ok=True)
    for one in (mails, letters):
        shutil.rmtree(one, ignore_errors=True)
    with connect(conninfo) as connection:
        people = _people(connection)
    _newsletter(new, people)
    letters.mkdir()
    for number, (_, email, name) in enumerate(people[:: len(LETTERS)]):
        subject, text = LETTERS[number % len(LETTERS)]
        (letters / f"{number + 1:03}.eml").write_bytes(
            _letter(subject, text.format(name=name, email=email), email, name)
        )
    letters.rename(mails)
    new.rename(file)
    return len(people)


def _people(connection: Connection) -> list[tuple[int, str, str]]:
    return [(int(key), str(email), str(name)) for key, email, name in connection.execute(_SQL["customers"]).fetchall()]


def _newsletter(file: Path, people: list[tuple[int, str, str]]) -> None:
    connection = sqlite3.connect(file)
    try:
        with connection:
            connection.executescript(_SQLITE["tables"])
            connection.executemany(_SQLITE["subscriber"], people)
            connection.execute(_SQLITE["sent"])
    finally:
        connection.close()


def _letter(subject: str, text: str, email: str, name: str) -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = f"{name} <{email}>", "support@lakana.example", subject
    message["Date"] = "Mon, 02 Nov 2026 10:00:00 +0100"
    message.set_content(text)
    return bytes(message)
