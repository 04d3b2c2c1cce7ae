"""The same on a real MariaDB: a collation that takes é for e, keys between tables, and a power cut in the middle."""

from __future__ import annotations

import threading
import time
from collections.abc import Generator

import pytest

from houvast.app import steps
from houvast.app.erasing import erase
from houvast.app.target import Target
from houvast.systems import store
from tests.systems.conftest import Firm
from tests.systems.mariadb import MariaDB, demanded, private

SYSTEMS = """
systems:
  shop:
    label: {{nl: De winkel, en: The shop}}
    sort: database
    url: {url}
    people: customer
    tables:
      client:
        person: {{key: number, email: email, phone: phone}}
        columns: {{id: not personal, number: not personal, email: contact, phone: contact, note: question}}
        erasure: anonymise
        blank: [email, phone, note]
      purchase:
        person: {{key: client_id.number, email: client_id.email}}
        columns: {{id: not personal, client_id: not personal, sent_to: contact}}
"""
TABLES = (
    "CREATE TABLE client (id INT PRIMARY KEY AUTO_INCREMENT, number INT, email VARCHAR(190) NOT NULL UNIQUE,"
    " phone VARCHAR(40), note TEXT) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin",
    "ALTER TABLE client MODIFY email VARCHAR(190) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci NOT NULL",
    "CREATE TABLE purchase (id INT PRIMARY KEY AUTO_INCREMENT, client_id INT NOT NULL, sent_to VARCHAR(190),"
    " FOREIGN KEY (client_id) REFERENCES client (id))",
)


@pytest.fixture(scope="module")
def server() -> Generator[MariaDB]:
    demanded()
    with private() as made:
        for text in TABLES:
            made.do(text)
        yield made


@pytest.fixture
def shop(firm: Firm, server: MariaDB) -> Target:
    server.do("DELETE FROM purchase")
    server.do("DELETE FROM client")
    return firm.with_systems(SYSTEMS.format(url=server.url))


def _client(server: MariaDB, number: int | None, email: str, purchases: int = 2) -> None:
    server.do(
        "INSERT INTO client (number, email, phone, note) VALUES (%s, %s, '+31 6 00 00 00 00', 'Called twice')",
        number,
        email,
    )
    (row,) = server.do("SELECT id FROM client WHERE email = %s", email)
    for _ in range(purchases):
        server.do("INSERT INTO purchase (client_id, sent_to) VALUES (%s, %s)", row[0], email)


def test_an_erasure_empties_and_deletes_there_and_takes_nobody_else_along(
    firm: Firm, server: MariaDB, shop: Target
) -> None:
    one = firm.free()
    email = firm.known(one)
    name, _, domain = email.partition("@")
    other = f"{name[:-1]}{'é' if name[-1] != 'e' else 'ë'}@{domain}"
    _client(server, None, email.upper())
    _client(server, None, other)
    done = erase(shop, f"customer:{one}", verified_by="code")
    assert [(e.name, e.stands, e.changed) for e in done.certificate.elsewhere] == [("shop", "done", 3)]
    assert server.do("SELECT email, phone, note FROM client WHERE email LIKE 'erased-%%'")[0][1:] == (None, None)
    assert server.do("SELECT count(*) FROM client WHERE email = %s", other) == [(1,)]
    assert server.do("SELECT count(*) FROM purchase") == [(2,)]


@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # PyMySQL leaves a socket it cannot connect
def test_killed_in_the_middle_nothing_is_half_done_and_it_is_finished_when_it_is_back(
    firm: Firm, server: MariaDB, shop: Target
) -> None:
    one = firm.free()
    _client(server, one, firm.known(one), purchases=3)
    server.do("CREATE TRIGGER slow BEFORE UPDATE ON client FOR EACH ROW SET @slept = SLEEP(20)")
    found: list[str] = []

    def work() -> None:
        done = erase(shop, f"customer:{one}", verified_by="code")
        found.extend(waits.name for waits in done.certificate.waits)

    erasing = threading.Thread(target=work)
    erasing.start()
    until = time.monotonic() + 60
    while not server.do(
        "SELECT 1 FROM information_schema.processlist WHERE id <> connection_id() AND info LIKE '%%SLEEP%%'"
    ):
        assert time.monotonic() < until, "the erasure never came there"
        time.sleep(0.05)
    server.kill()
    erasing.join(60)
    assert found == ["shop"]
    request = firm.office.one("SELECT max(id) FROM houvast.request")
    (step,) = store.steps(firm.office.admin, request)
    assert step.stands == "again"
    assert step.changed == 0
    store.again(firm.office.admin)
    assert steps.work(shop).later == 1, "it is still away"
    server.start()
    assert server.do("SELECT count(*) FROM purchase") == [(3,)], "what had been deleted is there: one transaction"
    server.do("DROP TRIGGER slow")
    store.again(firm.office.admin)
    assert steps.work(shop).done == 1
    assert server.do("SELECT count(*) FROM purchase") == [(0,)]
    assert store.steps(firm.office.admin, request)[0].stands == "done"


def test_what_the_database_refuses_makes_the_step_wait_with_its_reason_and_no_value(
    firm: Firm, server: MariaDB, shop: Target
) -> None:
    one = firm.free()
    email = firm.known(one)
    _client(server, one, email)
    server.do(
        "CREATE TRIGGER kept BEFORE UPDATE ON client FOR EACH ROW SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'no'"
    )
    try:
        erase(shop, f"customer:{one}", verified_by="code")
    finally:
        server.do("DROP TRIGGER kept")
    (step,) = store.steps(firm.office.admin, firm.office.one("SELECT max(id) FROM houvast.request"))
    assert step.stands == "again"
    assert "1644" in step.error
    assert email not in step.error
    assert server.do("SELECT count(*) FROM purchase") == [(2,)]
