"""Mail to people: codes and letters are sent, blanks are not, and nothing of it stays or shows."""

from __future__ import annotations

import json
import logging
import time

import pytest

from houvast.app import desk, outgoing
from houvast.database import Connection
from houvast.worker.postman import Postman
from tests.worker.conftest import Office, without_mail

BROWSER = "b" * 64
ASK = "SELECT houvast.ask_code('email', %s, %s, '192.0.2.1', 'en')"
LEFT = """SELECT count(*) FROM houvast.outgoing WHERE address IS NOT NULL OR "values" <> '{}'"""


@pytest.fixture
def address(admin: Connection) -> str:
    """The address on file of one customer alone."""
    admin.execute("DELETE FROM houvast.outgoing")
    admin.execute("DELETE FROM houvast.checked")
    row = admin.execute("SELECT min(email) FROM contact GROUP BY lower(email) HAVING count(*) = 1 ORDER BY 1 LIMIT 1")
    found = row.fetchone()
    assert found
    return str(found[0])


def test_a_code_is_mailed_to_whom_it_is_for_and_a_blank_to_nobody(
    office: Office, admin: Connection, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    for one in (address, "nobody@lakana.example"):
        admin.execute(ASK, (one, BROWSER))
    code, stop = admin.execute(
        """SELECT "values" ->> 'code', "values" ->> 'stop' FROM houvast.outgoing WHERE NOT blank"""
    ).fetchone() or ("", "")
    with caplog.at_level(logging.DEBUG):
        assert Postman(office.target, office.settings()).once()
    (mail,) = desk.mails(admin)
    assert mail.recipients == (address,)
    assert code in mail.body
    assert f"/en/me/stop/{stop}/" in mail.body
    assert code not in mail.subject
    assert admin.execute(LEFT).fetchone() == (0,)
    assert admin.execute("SELECT dropped FROM houvast.outgoing WHERE blank").fetchone() == ("blank",)
    assert "1 sent, 1 not to be sent" in caplog.text
    ours = " ".join(one.getMessage() for one in caplog.records if one.name != "mail.log")  # of the mail server
    assert not [secret for secret in (address, code, stop) if secret in ours]


def test_a_letter_goes_to_the_address_on_file_when_it_is_sent(office: Office, admin: Connection, address: str) -> None:
    kind, key = admin.execute("SELECT * FROM houvast.persons_by('email', %s)", (address,)).fetchone() or ("", "")
    queue = 'INSERT INTO houvast.outgoing (to_kind, to_key, template, "values") VALUES (%s, %s, %s, %s::jsonb)'
    said = json.dumps({"subject": "About your request", "body": "Here is our answer.\n"})
    admin.execute(queue, (kind, key, "letter", said))
    admin.execute(queue, ("customer", "999999999", "letter", said))
    assert Postman(office.target, office.settings()).once()
    assert [(one.recipients, one.subject) for one in desk.mails(admin)] == [((address,), "About your request")]
    assert admin.execute("SELECT dropped FROM houvast.outgoing WHERE to_key = '999999999'").fetchone() == (
        "no address",
    )


def test_a_letter_that_cannot_be_written_as_mail_holds_up_no_other(
    office: Office, admin: Connection, address: str
) -> None:
    queue = """INSERT INTO houvast.outgoing (address, template, "values") VALUES (%s, 'letter', %s::jsonb)"""
    admin.execute(queue, ("=?utf-8?b?CgpCY2M6?=@lakana.example", json.dumps({"subject": "x", "body": "x"})))
    admin.execute(queue, (address, json.dumps({"subject": "x\nBcc: y@lakana.example", "body": "x"})))
    admin.execute(queue, (address, json.dumps({"subject": "Whole", "body": "x"})))
    postman = Postman(office.target, office.settings())
    assert postman.once()
    assert [(one.recipients, one.subject) for one in desk.mails(admin)] == [((address,), "Whole")]
    admin.execute("DELETE FROM houvast.outgoing")


def test_a_code_of_ten_minutes_ago_is_not_sent_any_more(office: Office, admin: Connection, address: str) -> None:
    admin.execute(ASK, (address, BROWSER))
    admin.execute("UPDATE houvast.outgoing SET until = clock_timestamp()")
    assert Postman(office.target, office.settings()).once()
    assert desk.mails(admin) == ()


def test_a_mail_server_that_is_gone_loses_nothing_and_is_an_alarm(
    office: Office, admin: Connection, address: str
) -> None:
    admin.execute(ASK, (address, BROWSER))
    gone = without_mail(office)
    assert not Postman(gone.target, gone.settings()).once()
    assert ["Mail to people is not being sent" in one.text for one in desk.alarms(admin) if one.kind == "outgoing"] == [
        True
    ]
    assert address not in " ".join(one.text for one in desk.alarms(admin))
    assert Postman(office.target, office.settings()).once()
    assert len(desk.mails(admin)) == 1
    assert not [one for one in desk.alarms(admin) if one.kind == "outgoing"]


def test_what_is_sent_again_after_a_kill_arrives_once(office: Office, admin: Connection, address: str) -> None:
    admin.execute(ASK, (address, BROWSER))
    sender = outgoing.Sender(office.mail, "http://localhost:1", "Lakana", "privacy@lakana.example")
    with admin.transaction(force_rollback=True):
        assert outgoing.post(admin, sender).sent == 1
    assert outgoing.post(admin, sender).sent == 1
    assert len(desk.mails(admin)) == 1


def test_a_worker_at_work_mails_a_code_within_seconds(office: Office, admin: Connection, address: str) -> None:
    postman = Postman(office.target, office.settings())
    postman.start()
    try:
        admin.execute(ASK, (address, BROWSER))
        deadline = time.monotonic() + 10
        while not desk.mails(admin):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    finally:
        postman.stop()


def test_what_is_refused_for_good_keeps_no_address_and_no_words(
    office: Office, admin: Connection, address: str
) -> None:
    admin.execute(ASK, (address, BROWSER))
    admin.execute("UPDATE houvast.outgoing SET tries = 18")
    gone = without_mail(office)
    assert not Postman(gone.target, gone.settings()).once()
    assert admin.execute(LEFT).fetchone() == (1,)
    assert not Postman(gone.target, gone.settings()).once()
    assert admin.execute("SELECT dropped FROM houvast.outgoing").fetchone() == ("refused",)
    assert admin.execute(LEFT).fetchone() == (0,)
