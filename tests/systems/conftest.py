"""A second system of the sample company: an SQLite database of newsletters, beside a database under its policy."""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from houvast.app.target import Target
from houvast.systems import Systems, load_systems, store
from tests.rights.conftest import _template, office  # noqa: F401  # pyright: ignore[reportPrivateUsage, reportUnusedImport]
from tests.rights.office import Office

SCHEMA = """
CREATE TABLE subscriber (id INTEGER PRIMARY KEY, customer INTEGER, email TEXT NOT NULL UNIQUE, name TEXT);
CREATE TABLE sent (id INTEGER PRIMARY KEY, subscriber_id INTEGER NOT NULL REFERENCES subscriber, subject TEXT, address TEXT);
CREATE TABLE bill (id INTEGER PRIMARY KEY, customer INTEGER, email TEXT);
CREATE TABLE topic (id INTEGER PRIMARY KEY, title TEXT);
"""
SYSTEMS = """
systems:
  newsletter:
    label: {{nl: De nieuwsbrief, en: The newsletter}}
    sort: database
    url: {url}
    people: customer
    tables:
      subscriber:
        person: {{key: customer, email: email}}
        columns: {{id: not personal, customer: not personal, email: contact, name: contact}}
      sent:
        person: {{key: subscriber_id.customer, email: address}}
        columns: {{id: not personal, subscriber_id: not personal, subject: question, address: contact}}
      bill:
        person: {{key: customer}}
        columns: {{id: not personal, customer: not personal, email: invoice}}
        erasure: keep
        because: AWR 52(4)
    closed: topic
"""


def systems_in(folder: Path, text: str) -> Systems:
    """The systems that a text names, as a file in a folder."""
    (folder / "systems.yaml").write_text(text)
    return load_systems(folder)


@dataclass(frozen=True)
class Firm:
    """The company with its second system. `file`: of SQLite."""

    office: Office
    target: Target
    file: Path
    folder: Path

    def rows(self, text: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query of the second system gives."""
        connection = sqlite3.connect(self.file)
        try:
            with connection:
                return connection.execute(text, values).fetchall()
        finally:
            connection.close()

    def known(self, key: int) -> str:
        """The address of an account."""
        return self.office.one("SELECT email FROM contact WHERE account_id = %s", key)

    def subscribe(self, key: int, *, numbered: bool = True) -> str:
        """Let an account have rows in the second system; its address."""
        email = self.known(key)
        self.rows(
            "INSERT INTO subscriber (customer, email, name) VALUES (?, ?, 'A name')", key if numbered else None, email
        )
        (number,) = self.rows("SELECT id FROM subscriber WHERE email = ?", email)[0]
        self.rows(
            "INSERT INTO sent (subscriber_id, subject, address) VALUES (?, 'News', ?), (?, 'More', ?)",
            number,
            email,
            number,
            email,
        )
        self.rows("INSERT INTO bill (customer, email) VALUES (?, ?)", key, email)
        return email

    def with_systems(self, text: str) -> Target:
        """The target with other systems, which the database knows."""
        found = systems_in(self.folder, text)
        target = replace(self.target, project=replace(self.target.project, systems=found))
        store.register(self.office.admin, found)
        return target

    def free(self) -> int:
        """An account that nothing holds back: no dispute, no request."""
        return self.office.one("SELECT min(a.id) FROM account a JOIN contact c ON c.account_id = a.id WHERE a.closed_at IS NULL"
                               " AND (SELECT count(*) FROM contact d WHERE d.account_id = a.id) = 1"
                               " AND NOT EXISTS (SELECT FROM houvast.request q WHERE q.key = a.id::text)")  # fmt: skip


@pytest.fixture
def firm(office: Office, tmp_path: Path) -> Firm:  # noqa: F811
    file = tmp_path / "newsletter.db"
    connection = sqlite3.connect(file)
    connection.executescript(SCHEMA)
    connection.close()
    made = Firm(office, office.target, file, tmp_path)
    return replace(made, target=made.with_systems(SYSTEMS.format(url=f"sqlite:///{file}")))
